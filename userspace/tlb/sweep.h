/* SPDX-License-Identifier: GPL-2.0-only */
/* Shootdowns of many kinds in turn, and a line through what they took. */
#ifndef PAGETREE_SWEEP_H
#define PAGETREE_SWEEP_H

#include <sys/types.h>

#include "output/columns.h"

/**
 * sweep() - shoot at a process in all ways, and print
 * @pid: a process that is held
 * @rounds: of each configuration
 * @start: address in the VMA of the ranges, 0 to choose one
 *
 * Return: the exit code.
 */
int sweep(pid_t pid, uint64_t rounds, uint64_t start,
	  const struct style *style);

/* Prints the same of rows that a file has. */
void sweep_replay(const struct list *rows, struct pairs *where,
		  const struct style *style);

#endif /* PAGETREE_SWEEP_H */

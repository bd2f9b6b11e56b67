/* SPDX-License-Identifier: GPL-2.0-only */
/* Shootdowns of all kinds in turn, and a line through their times. */
#ifndef PAGETREE_SWEEP_H
#define PAGETREE_SWEEP_H

#include <sys/types.h>

#include "cli/options.h"
#include "model/list.h"
#include "tlb/environment.h"

/* Shoots at a process that is held in all ways, and prints; returns the exit code. */
int sweep(pid_t pid, const struct options *options);

/* Prints the same for the rows of an input. */
void sweep_print(const struct list *rows, const struct environment *where,
		 const struct style *style);

#endif /* PAGETREE_SWEEP_H */

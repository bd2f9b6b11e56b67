/* SPDX-License-Identifier: GPL-2.0-only */
/* pagetree shootdown: flushes TLB entries of a process, and says what it took. */
#ifndef PAGETREE_SHOOTDOWN_H
#define PAGETREE_SHOOTDOWN_H

#include "cli/process.h"

/**
 * struct shooter - a process that is held, to be shot at
 * @pid: the process
 * @fd: its file shootdown
 * @seq: of the last result so far
 */
struct shooter {
	pid_t pid;
	int fd;
	uint64_t seq;
};

void shooter_open(struct shooter *shooter, pid_t pid);

/**
 * shooter_shoot() - a command, and the row that it leaves
 * @command: its text, with the tag
 * @tag: by which the row is known
 * @model: zeroed; what the row is in, to be freed
 * @row: set to the row; NULL if no round was done
 *
 * Return: 0, or the error of the command.
 */
int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
	      struct model *model, const struct shootdown **row);

/* The command; returns the exit code. */
int shootdown(const struct options *options);

/* Its scopes and keys, for people. */
void shootdown_help(void);

#endif /* PAGETREE_SHOOTDOWN_H */

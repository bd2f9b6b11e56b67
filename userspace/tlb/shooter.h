/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands to PID/shootdown, and their results. */
#ifndef PAGETREE_SHOOTER_H
#define PAGETREE_SHOOTER_H

#include "model/model.h"

/* Opens PID/shootdown of a process that is held, or ends the tool. */
int shooter_file(pid_t pid);

/* Writes a command there; returns 0 or its errno. */
int shooter_write(int fd, const char *command);

/* Ends the tool, and explains the errno of a command. */
_Noreturn void shooter_refused(pid_t pid, const char *command, int error);

/* Why shootdowns are not possible here, or NULL. */
const char *shooter_unarmed(void);

/**
 * struct shooter - a process that is held, and the file to write commands to
 * @pid: the process
 * @fd: its file shootdown
 * @seq: number of the last result so far
 */
struct shooter {
	pid_t pid;
	int fd;
	uint64_t seq;
};

void shooter_open(struct shooter *shooter, pid_t pid);

/**
 * shooter_shoot() - write a command, and find its row
 * @command: text with the tag
 * @tag: by which the row is found
 * @model: zeroed; holds the row; to be freed
 * @row: set to the row; NULL if no round was done
 *
 * Return: 0, or the errno of the command.
 */
int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
		  struct model *model, const struct shootdown **row);

#endif /* PAGETREE_SHOOTER_H */

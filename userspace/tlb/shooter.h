/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes commands to PID/shootdown, and reads their results. */
#ifndef PAGETREE_SHOOTER_H
#define PAGETREE_SHOOTER_H

#include "model/model.h"

/* Opens PID/shootdown of an attached process, or ends the tool. */
int shooter_file(pid_t pid);

/* Writes a command to this file. Returns 0 or the errno. */
int shooter_write(int fd, const char *command);

/* Ends the tool with an explanation of the errno of a command. */
_Noreturn void shooter_refused(pid_t pid, const char *command, int error);

/* Why shootdowns are not possible, or NULL if they are. */
const char *shooter_unarmed(void);

/**
 * struct shooter - a process that is attached, and its file shootdown
 * @pid: the process
 * @fd: the file
 * @seq: sequence number of the last result so far
 */
struct shooter {
	pid_t pid;
	int fd;
	uint64_t seq;
};

void shooter_open(struct shooter *shooter, pid_t pid);

/**
 * shooter_shoot() - run a command, and find its result
 * @command: text of the command, including the tag
 * @tag: tag of the row to find
 * @rows: zeroed, or a list of earlier rows. The row is added unless no round
 *	was done, or newer rows have replaced it
 *
 * Return: 0, or the errno of the command.
 */
int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
		  struct list *rows);

#endif /* PAGETREE_SHOOTER_H */

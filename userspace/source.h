/* SPDX-License-Identifier: GPL-2.0-only */
/* Where text comes from. What fails here ends the tool with the right code. */
#ifndef PAGETREE_SOURCE_H
#define PAGETREE_SOURCE_H

#include <sys/types.h>

#include "model.h"

/**
 * source_hold() - attach a process for as long as this tool lives
 * @pid: the process, or a thread of it
 *
 * Return: the pid of the process.
 */
pid_t source_hold(pid_t pid);

/* Adds a file of debugfs to a model. @pid: 0 for those of no process */
void source_debugfs(struct model *model, pid_t pid, const char *name);

/* Adds a file that holds what debugfs said; "-" is the standard input. */
void source_file(struct model *model, const char *path);

/* A file of /proc/PID, or of /proc if @pid is 0, as a new string, or NULL. */
char *source_proc(pid_t pid, const char *name);

/* Likewise of /sys. */
char *source_sys(const char *name);

/* Opens PID/shootdown of a process that is held, for source_shoot(). */
int source_shootdown(pid_t pid);

/* Writes a command there: 0, or what errno says. */
int source_shoot(int fd, const char *command);

/* Ends the tool, and says what @error means for the command. */
_Noreturn void source_refused(pid_t pid, const char *command, int error);

/* Why nobody can shoot here, or NULL. */
const char *source_unarmed(void);

#endif /* PAGETREE_SOURCE_H */

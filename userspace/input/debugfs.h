/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of the module, or an input with their text. Unless a function says
 * otherwise, an error ends the tool with the right code.
 */
#ifndef PAGETREE_DEBUGFS_H
#define PAGETREE_DEBUGFS_H

#include <sys/types.h>

#include "model/model.h"

/* Ends the tool if the module is missing, or the right to use it. */
void debugfs_check(void);

/* Whether kernel lockdown forbids to write files of debugfs. */
bool debugfs_is_locked_down(void);

/**
 * debugfs_hold() - attach a process for as long as this tool lives
 * @pid: the process, or a thread of it
 *
 * Return: the pid of the process; 0 if there is none, or it has no address space.
 */
pid_t debugfs_hold(pid_t pid);

/* debugfs_hold(), but ends the tool if there is no such process. */
pid_t debugfs_hold_one(pid_t pid);

/* The path of a file of a process, or of the module if @pid is 0; a new string. */
char *debugfs_path(pid_t pid, const char *name);

/**
 * debugfs_read() - add a file to a model
 * @pid: 0 for files that belong to no process
 *
 * Return: false if the process is gone.
 */
bool debugfs_read(struct model *model, pid_t pid, const char *name);

/**
 * debugfs_walk() - add PID/walk, asked for addresses
 * @addresses: as they are written to it: 0xADDRESS, white space between
 *
 * Return: 0, or the errno of the question; ESRCH if the process is gone.
 */
int debugfs_walk(struct model *model, pid_t pid, const char *addresses);

/* Adds geometry if it can be read; silent if not. */
void debugfs_geometry(struct model *model);

/* The unchanged bytes of a file, to be freed; NULL and errno if the process is gone. */
char *debugfs_bytes(pid_t pid, const char *name, size_t *size);
/* The same; NULL and errno whatever goes wrong. */
char *debugfs_optional(pid_t pid, const char *name, size_t *size);

/*
 * Adds an input, a file with the text of files of debugfs; "-" is the standard
 * input. The files of /proc and /sys captured in it answer from then on.
 */
void debugfs_input(struct model *model, const char *path);

#endif /* PAGETREE_DEBUGFS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the module's files, or an input that contains their text. If a comment
 * names no other result, an error ends the tool with the exit code for it.
 */
#ifndef PAGETREE_DEBUGFS_H
#define PAGETREE_DEBUGFS_H

#include <sys/types.h>

#include "model/model.h"

/* Ends the tool if the module is not loaded, or the tool may not use it. */
void debugfs_check(void);

/* Whether kernel lockdown forbids writing to debugfs files. */
bool debugfs_is_locked_down(void);

/**
 * debugfs_hold() - attach a process for as long as this tool runs
 * @pid: the process, or one of its threads
 *
 * Return: the pid of the process; 0 if it does not exist or has no address
 * space.
 */
pid_t debugfs_hold(pid_t pid);

/* debugfs_hold(), but ends the tool instead of returning 0. */
pid_t debugfs_hold_one(pid_t pid);

/* The path of a file of a process, or of the module if @pid is 0; a new string. */
char *debugfs_path(pid_t pid, const char *name);

/**
 * debugfs_read() - add a file to a model
 * @pid: the process; 0 for a file of the module
 *
 * Return: false if the process has ended.
 */
bool debugfs_read(struct model *model, pid_t pid, const char *name);

/**
 * debugfs_walk() - query PID/walk, and add its answer to a model
 * @addresses: the text to write: 0xADDRESS, separated by white space
 *
 * Return: 0, or the errno of the query; ESRCH if the process has ended.
 */
int debugfs_walk(struct model *model, pid_t pid, const char *addresses);

/* Adds geometry to a model; does nothing if it cannot be read. */
void debugfs_geometry(struct model *model);

/* The bytes of a file, a new array; NULL and errno if the process has ended. */
char *debugfs_bytes(pid_t pid, const char *name, size_t *size);
/* The same, but returns NULL and errno on any error. */
char *debugfs_optional(pid_t pid, const char *name, size_t *size);

/*
 * Adds an input to a model: a file with the text of debugfs files, "-" for
 * stdin. From then on, its captured files of /proc and /sys answer instead of
 * the kernel.
 */
void debugfs_input(struct model *model, const char *path);

#endif /* PAGETREE_DEBUGFS_H */

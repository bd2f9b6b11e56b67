/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds processes by pid, name and cgroup. */
#ifndef PAGETREE_FIND_H
#define PAGETREE_FIND_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The pid that @text stands for: a pid, a name, or an extended regular
 * expression for a name. Ends the tool unless exactly one process is found.
 */
pid_t find_process(const char *text);

/*
 * The processes of a cgroup and its descendants, @count of them; a new array.
 * Ends the tool if there are none. @path: below /sys/fs/cgroup, or from /sys/
 * on.
 */
pid_t *find_cgroup(const char *path, size_t *count);

/* A file of a cgroup, given as for find_cgroup(); a new string, or NULL. */
char *cgroup_read(const char *path, const char *name);

#endif /* PAGETREE_FIND_H */

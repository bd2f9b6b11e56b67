/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes by pid, by name, by cgroup. */
#ifndef PAGETREE_FIND_H
#define PAGETREE_FIND_H

#include <stddef.h>
#include <sys/types.h>

/* The pid of a process that a command line names; ends the tool if there is not one. */
pid_t find_process(const char *text);

/* The processes of a cgroup and its descendants, @count of them; at least one. */
pid_t *find_cgroup(const char *path, size_t *count);

#endif /* PAGETREE_FIND_H */

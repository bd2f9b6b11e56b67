/* SPDX-License-Identifier: GPL-2.0-only */
/* The limits of the cgroups that a process is in. */
#ifndef PAGETREE_LIMITS_H
#define PAGETREE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct limit - a limit that leaves no room
 * @file: its path below /sys/fs/cgroup; a new string
 * @used, @most: bytes
 * @droppable: bytes of the cgroup's page cache, and of swap: reclaim may make room
 */
struct limit {
	char *file;
	uint64_t used, most;
	uint64_t droppable;
};

/**
 * limits_find() - the first limit, from the cgroup of a process up, without room for more
 * @controller: memory or hugetlb
 * @size: bytes that are wanted; of hugetlb, the size of the pages as well
 *
 * Return: false if there is room, or nothing is known.
 */
bool limits_find(pid_t pid, const char *controller, uint64_t size,
		 struct limit *limit);

#endif /* PAGETREE_LIMITS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a measured curve rises: the sizes that exceed a TLB. */
#ifndef PAGETREE_KNEE_H
#define PAGETREE_KNEE_H

#include <stddef.h>
#include <stdint.h>

/* struct point - a size, and the ns of an access at this size */
struct point {
	uint64_t size;
	double ns;
};

/* struct knee - the last size before a rise, and the first that has half of it */
struct knee {
	uint64_t below;
	uint64_t above;
};

/**
 * knees_find() - the rises of a curve that begins flat and near 0
 * @points: sizes ascend
 * @least: smallest rise to find, in ns
 * @knees: array of @room elements
 *
 * Return: the number of knees found.
 */
size_t knees_find(const struct point *points, size_t count, double least,
		  struct knee *knees, size_t room);

#endif /* PAGETREE_KNEE_H */

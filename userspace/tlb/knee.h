/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a measured curve rises: how much is too much for a TLB. */
#ifndef PAGETREE_KNEE_H
#define PAGETREE_KNEE_H

#include "base/pagetree.h"

/* struct point - a size, and what an access costs at it, in ns */
struct point {
	uint64_t size;
	double ns;
};

/* struct knee - the last size before a rise, the first that pays half of it */
struct knee {
	uint64_t below;
	uint64_t above;
};

/**
 * knees_find() - the rises of a curve that begins flat and near 0
 * @points: sizes ascend
 * @least: ns that a rise has at least
 * @knees: room for @room of them
 *
 * Return: how many were found.
 */
size_t knees_find(const struct point *points, size_t count, double least,
		  struct knee *knees, size_t room);

#endif /* PAGETREE_KNEE_H */

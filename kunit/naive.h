/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of a tree, counted in the simplest way: page by page, from what was
 * drawn.
 */
#ifndef PAGETREE_NAIVE_H
#define PAGETREE_NAIVE_H

#include <kunit/test.h>

#include "../module/stats.h"
#include "synth.h"

/**
 * struct naive - a naive count
 * @counts: the sums of all ranges counted
 * @tables: the tables of these ranges
 * @seen: by level, the entry counted last, plus 1
 * @root: the root table was counted
 * @anon: as in struct pagetree_tally
 * @open: as in struct pagetree_tally
 */
struct naive {
	struct pagetree_counts counts;
	struct pagetree_tables tables;
	unsigned long seen[SYNTH_LEVELS + 1];
	bool root;
	bool anon;
	bool open;
};

/* Allocates @tables; the test frees them. */
void naive_tables_init(struct kunit *test, struct pagetree_tables *tables);

/* Sets all numbers of @tables to 0. */
void naive_tables_clear(struct pagetree_tables *tables);

/* Starts a count. naive->tables must be allocated. */
void naive_init(struct naive *naive, bool anon, bool open);

/* Counts a range. Several ranges are counted in ascending order. */
void naive_range(struct naive *naive, const struct synth *synth,
		 unsigned long start, unsigned long end);

#endif /* PAGETREE_NAIVE_H */

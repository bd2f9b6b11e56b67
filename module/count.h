/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk that counts: as pagetree_walk() with a sink that calls
 * pagetree_tally_event(), but without events between the two.
 */
#ifndef PAGETREE_COUNT_H
#define PAGETREE_COUNT_H

#include "pass.h"
#include "stats.h"
#include "walk.h"

/**
 * struct pagetree_counter - the state of such walks
 * @sink: how to walk. Without events: @sink.event is not used
 * @tally: where to count
 * @pass: the pass that is asked at the end of each table whether to stop, but for
 *	the last of the range
 * @end: the end of the range
 */
struct pagetree_counter {
	struct pagetree_sink sink;
	struct pagetree_tally tally;
	struct pagetree_pass *pass;
	unsigned long end;
};

/**
 * pagetree_count() - count every entry between two addresses
 * @counter: how to walk, and where to count
 * @root: as for pagetree_walk(), with a cursor
 * @start: first address
 * @end: address after the last
 *
 * Context: as pagetree_walk().
 * Return: the address reached: @end, or less if the pass must yield.
 */
unsigned long pagetree_count(struct pagetree_counter *counter,
			     const struct pagetree_root *root,
			     unsigned long start, unsigned long end);

/* After the last walk of a pass: counts the tables in @counter->sink.open. */
void pagetree_count_finish(struct pagetree_counter *counter);

#endif /* PAGETREE_COUNT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* From a root table to events. Knows no mm, no VMA and no lock. */
#ifndef PAGETREE_WALK_H
#define PAGETREE_WALK_H

#include <linux/types.h>

#include "event.h"

/**
 * struct pagetree_sink - the receiver of a walk's events; embed it
 * @event: called for each event, in address order. Must not sleep: below level
 *	2 it runs in an RCU read-side section. A nonzero return ends the walk:
 *	at the event's start for PAGETREE_TABLE (its entries are not reported),
 *	at the event's end for other kinds. The return value is ignored for
 *	PAGETREE_TABLE_USED and PAGETREE_TABLE_RACED; these two may still follow
 *	after the walk was ended.
 * @fresh: no PAGETREE_TABLE_USED is sent for tables whose span starts below this
 *	address: an earlier walk has sent it
 * @frames: end a run of leaves where the frames are not consecutive
 * @contig: where to count the contiguous blocks of leaves, indexed by log2 of
 *	their size up to PAGETREE_CONTIG_HIGHEST; NULL to count none. A block
 *	never crosses the end of its table or of the range.
 */
struct pagetree_sink {
	int (*event)(struct pagetree_sink *sink,
		     const struct pagetree_event *event);
	unsigned long fresh;
	bool frames;
	unsigned long long *contig;
};

/**
 * struct pagetree_root - the table that a walk starts from
 * @table: its address
 * @level: its level, which is the number of levels
 */
struct pagetree_root {
	const void *table;
	unsigned int level;
};

/**
 * pagetree_walk() - report every entry between two addresses
 * @root: the root table
 * @start: first address
 * @end: address after the last, above @start. Neither must be aligned, and
 *	neither may be in the kernel's half
 * @sink: receives the events
 *
 * The walk reads each entry once and classifies that copy. Neighbours with the
 * same kind and flags form one event; a run never crosses the end of its table.
 * If the range covers only a part of a table, the walk counts the table's other
 * entries and does not follow them.
 *
 * Context: the caller keeps the tables of level 2 and above in place. For a live
 *	mm: hold the mmap lock for reading, with [start, end) inside one VMA that
 *	was found under this hold, and i_mmap_rwsem if the VMA is a shared
 *	hugetlb mapping. PTE tables may be freed at any time, after an RCU grace
 *	period: the walk reads each in an RCU read-side section and checks its
 *	entry before and after. PAGETREE_TABLE_RACED reports a table that was
 *	removed during that.
 * Return: the address reached: @end, or less if the sink ended the walk.
 */
unsigned long pagetree_walk(const struct pagetree_root *root,
			    unsigned long start, unsigned long end,
			    struct pagetree_sink *sink);

#endif /* PAGETREE_WALK_H */

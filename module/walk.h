/* SPDX-License-Identifier: GPL-2.0-only */
/* From a root table to events. Knows no mm, no VMA, no lock; see entry.h. */
#ifndef PAGETREE_WALK_H
#define PAGETREE_WALK_H

#include <linux/types.h>

#include "event.h"

/**
 * struct pagetree_sink - who listens to a walk; embed it
 * @event: called for each event in address order. Must not sleep: below level
 *	2 it runs in an RCU read-side section. A nonzero return ends the walk,
 *	at the event's start for PAGETREE_TABLE (its entries are not said), at
 *	its end for any other; of PAGETREE_TABLE_USED and PAGETREE_TABLE_RACED
 *	it has no effect. These two may still be said after the end.
 * @fresh: of a table whose span begins below it, it is not said how many
 *	entries are in use: that was said before
 * @frames: whether a run of leaves ends where their frames are not consecutive
 * @contig: where to count the contiguous blocks of the leaves, by the binary
 *	logarithm of their size, up to PAGETREE_CONTIG_HIGHEST; NULL for not at
 *	all. A block never crosses the end of its table or of the range.
 */
struct pagetree_sink {
	int (*event)(struct pagetree_sink *sink,
		     const struct pagetree_event *event);
	unsigned long fresh;
	bool frames;
	unsigned long long *contig;
};

/**
 * struct pagetree_root - the table a walk starts from
 * @table: its address
 * @level: its level, which is how many levels there are
 */
struct pagetree_root {
	const void *table;
	unsigned int level;
};

/**
 * pagetree_walk() - say every entry between two addresses
 * @root: the root table
 * @start: first address
 * @end: address after the last, above @start; neither need be aligned, and
 *	neither lies in the kernel's half
 * @sink: who listens
 *
 * Each entry is read once and the copy decides. Neighbours of equal kind and
 * flags make one event; a run never crosses the end of its table. Of a table
 * that the range covers in part, the other entries are counted, not followed.
 *
 * Context: the caller keeps the tables of levels 2 and up in place. For a live
 *	mm: a read lock on the mmap lock, [start, end) inside one VMA found under
 *	that hold, and i_mmap_rwsem if the VMA is a shared hugetlb mapping. PTE
 *	tables may go at any time, freed after an RCU grace period: each is read
 *	in an RCU read-side section and its entry checked before and after; one
 *	that went meanwhile is said as PAGETREE_TABLE_RACED.
 * Return: the address reached: @end, or less if the sink ended the walk.
 */
unsigned long pagetree_walk(const struct pagetree_root *root,
			    unsigned long start, unsigned long end,
			    struct pagetree_sink *sink);

#endif /* PAGETREE_WALK_H */

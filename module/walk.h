/* SPDX-License-Identifier: GPL-2.0-only */
/* From a root table to events. Knows no VMA, and no lock but those of the tables. */
#ifndef PAGETREE_WALK_H
#define PAGETREE_WALK_H

#include <linux/types.h>

#include "event.h"

struct mm_struct;

/**
 * struct pagetree_open - a table that further walks may reach
 * @there: there is such a table, to be reported
 * @base: the first address that the table spans
 * @used: its entries in use that walks have seen
 * @node: NUMA node of the table
 * @sharers: how many others share the table
 */
struct pagetree_open {
	bool there;
	unsigned long base;
	unsigned int used;
	unsigned int node;
	unsigned int sharers;
};

/**
 * struct pagetree_sink - the receiver of a walk's events; embed it
 * @event: called for each event, in address order. Must not sleep. A nonzero
 *	return ends the walk: at the event's start for PAGETREE_TABLE (its entries
 *	are not reported),
 *	at the event's end for other kinds. The return value is ignored for
 *	PAGETREE_TABLE_USED and PAGETREE_TABLE_RACED; these two may still follow
 *	after the walk was ended.
 * @fresh: no PAGETREE_TABLE_USED is sent for tables whose span starts below this
 *	address: an earlier walk has sent it
 * @frames: end a run of leaves where the frames are not consecutive
 * @contig: where to count the contiguous blocks of leaves, indexed by log2 of
 *	their size up to PAGETREE_CONTIG_HIGHEST; NULL to count none. A block
 *	never crosses the end of its table or of the range.
 * @open: NULL: a table's entries in use are counted when it is met, those that
 *	no walk reaches too. Otherwise an array by level: the walks of a pass
 *	add up what they see, and report it when they reach the next table of
 *	the level. Entries outside VMAs are empty, so both are the same for an
 *	address space that does not change. The root, in which kernels keep
 *	entries of their own, is always counted when it is met
 * @resumed: set by the walk: the level of the table that it started at because
 *	of a cursor; 0 if it started at the root
 */
struct pagetree_sink {
	int (*event)(struct pagetree_sink *sink,
		     const struct pagetree_event *event);
	unsigned long fresh;
	bool frames;
	unsigned long long *contig;
	struct pagetree_open *open;
	unsigned int resumed;
};

/**
 * struct pagetree_known - what all entries of a level are that have the same bits
 * @bits: these bits, with all bits of the frame set; 0 for nothing known
 * @kind: their kind: a table, or a leaf whose kind does not depend on the frame
 * @flags: their flags
 */
struct pagetree_known {
	unsigned long long bits;
	unsigned char kind;
	unsigned short flags;
};

/**
 * struct pagetree_cursor - the tables on the way to an address that was walked
 * @at: the address
 * @lowest: level of the lowest of these tables, 2 or above; 0 if there is none
 * @table: the tables, by level, from @lowest to the root
 * @known: by level, less 1: what was read last. Remains true, whatever the tables
 *
 * It is good as long as the tables stay in place. Set @lowest to 0 before a lock
 * is released that keeps them there. Zeroed, it knows nothing.
 */
struct pagetree_cursor {
	unsigned long at;
	unsigned int lowest;
	const void *table[PAGETREE_LEVELS + 1];
	struct pagetree_known known[2][2];
};

/**
 * struct pagetree_root - the table that a walk starts from
 * @table: its address
 * @level: its level, which is the number of levels
 * @mm: whose tables these are; NULL if they have no locks, since nobody changes them
 * @hugetlb: the range is hugetlb's, whose entries never map the huge zero page, and on
 *	arm64 before 6.12 have locks of their own
 * @cursor: where earlier walks from @table have been, or NULL. A walk starts at
 *	the lowest table of the cursor that spans its whole range, and reports
 *	neither that table nor those above
 */
struct pagetree_root {
	const void *table;
	unsigned int level;
	struct mm_struct *mm;
	bool hugetlb;
	struct pagetree_cursor *cursor;
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
 * Context: in an RCU read-side section. The caller keeps the tables of level 2
 *	and above in place. For a live mm: hold the mmap lock or the lock of a
 *	VMA for reading, with [start, end) inside one VMA that was found under
 *	this hold, and i_mmap_rwsem if the VMA is a shared hugetlb mapping. PTE
 *	tables may be freed at any time, after an RCU grace period: the walk
 *	checks the entry of each table before it reads the table and after.
 *	PAGETREE_TABLE_RACED reports a table that was removed meanwhile.
 * Return: the address reached: @end, or less if the sink ended the walk.
 */
unsigned long pagetree_walk(const struct pagetree_root *root,
			    unsigned long start, unsigned long end,
			    struct pagetree_sink *sink);

/* After the last walk of a pass: reports the tables in @sink->open. */
void pagetree_walk_finish(struct pagetree_sink *sink);

#endif /* PAGETREE_WALK_H */

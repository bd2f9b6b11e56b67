/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the walker says and the statistics hear. Plain C, no kernel headers, so
 * that the statistics are tested on the host.
 */
#ifndef PAGETREE_EVENT_H
#define PAGETREE_EVENT_H

enum pagetree_kind {
	PAGETREE_HOLE,
	PAGETREE_TABLE,			/* a table below; its entries follow */
	PAGETREE_TABLE_END,		/* the last of its entries was said */
	PAGETREE_TABLE_RACED,		/* it was unhooked while it was read */
	PAGETREE_LEAF,			/* maps a normal page */
	PAGETREE_LEAF_ZERO,
	PAGETREE_LEAF_SPECIAL,
	PAGETREE_SWAP,
	PAGETREE_MIGRATION,
	PAGETREE_HWPOISON,
	PAGETREE_DEVICE,
	PAGETREE_MARKER,
	PAGETREE_BAD,
};

#define PAGETREE_PROTNONE	0x1	/* a leaf that no access passes */

/**
 * struct pagetree_event - a run of neighbouring entries that read alike
 * @start: first address of the run that lies in the range walked
 * @end: address after the last that lies in it
 * @base: where the first entry begins: @start, or below where the range starts
 *	inside that entry
 * @entries: how many entries; 1 for a table, 0 for the root table, to which no
 *	entry points
 * @kind: enum pagetree_kind
 * @flags: PAGETREE_PROTNONE
 * @level: level of the entries; a table is one level below its entry
 */
struct pagetree_event {
	unsigned long start;
	unsigned long end;
	unsigned long base;
	unsigned long entries;
	unsigned char kind;
	unsigned char flags;
	unsigned char level;
};

#endif /* PAGETREE_EVENT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the walker says and the statistics hear. Plain C, no kernel headers, so
 * that the statistics are tested on the host.
 */
#ifndef PAGETREE_EVENT_H
#define PAGETREE_EVENT_H

#include "abi.h"

#define X(enumerator, text) PAGETREE_##enumerator,
enum pagetree_kind {
	PAGETREE_ENTRY_KINDS(X)
	/* of a table: */
	PAGETREE_TABLE_USED,		/* so many of its entries are in use */
	PAGETREE_TABLE_RACED,		/* it was unhooked while it was read */
	PAGETREE_TABLE_END,		/* the last of its entries was said */
};
#undef X

/* The bits of an entry: PAGETREE_WRITE... from bit 0 on, then the key. */
#define X(enumerator, letter, meaning) PAGETREE_BIT_##enumerator,
enum { PAGETREE_ENTRY_FLAGS(X) PAGETREE_FLAGS };
#undef X
#define X(enumerator, letter, meaning)					\
	PAGETREE_##enumerator = 1 << PAGETREE_BIT_##enumerator,
enum { PAGETREE_ENTRY_FLAGS(X) };
#undef X
#define PAGETREE_PKEY_SHIFT	PAGETREE_FLAGS

/**
 * struct pagetree_event - a run of neighbouring entries that read alike
 * @start: first address of the run that lies in the range walked
 * @end: address after the last that lies in it
 * @base: where the first entry begins: @start, or below where the range starts
 *	inside that entry
 * @entries: how many entries; 1 for a table, 0 for the root table, to which no
 *	entry points; of PAGETREE_TABLE_USED: of the whole table, in use
 * @raw: the first entry as it was read; 0 for the root table
 * @kind: enum pagetree_kind
 * @level: level of the entries; a table is one level below its entry
 * @flags: PAGETREE_WRITE... and the protection key from PAGETREE_PKEY_SHIFT on,
 *	of leaves and of what is not present; 0 for tables
 * @node: of PAGETREE_TABLE_USED: NUMA node of the table
 * @sharers: of PAGETREE_TABLE_USED: how many others use the table too
 */
struct pagetree_event {
	unsigned long start;
	unsigned long end;
	unsigned long base;
	unsigned long entries;
	unsigned long long raw;
	unsigned char kind;
	unsigned char level;
	unsigned short flags;
	unsigned int node;
	unsigned int sharers;
};

#endif /* PAGETREE_EVENT_H */

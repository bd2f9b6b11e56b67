/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events that the walker sends to the statistics and other sinks. Plain C
 * without kernel headers, so that the statistics can be tested on the host.
 */
#ifndef PAGETREE_EVENT_H
#define PAGETREE_EVENT_H

#include "abi.h"

#define X(enumerator, text) PAGETREE_##enumerator,
enum pagetree_kind {
	PAGETREE_ENTRY_KINDS(X)
	/* about a table: */
	PAGETREE_TABLE_USED,		/* how many of its entries are in use */
	PAGETREE_TABLE_RACED,		/* it was unhooked while it was read */
	PAGETREE_TABLE_END,		/* no more entries of it follow */
};
#undef X

/* Flags of an entry: PAGETREE_WRITE... from bit 0, then the protection key. */
#define X(enumerator, letter, meaning) PAGETREE_BIT_##enumerator,
enum { PAGETREE_ENTRY_FLAGS(X) PAGETREE_FLAGS };
#undef X
#define X(enumerator, letter, meaning)					\
	PAGETREE_##enumerator = 1 << PAGETREE_BIT_##enumerator,
enum { PAGETREE_ENTRY_FLAGS(X) };
#undef X
#define PAGETREE_PKEY_SHIFT	PAGETREE_FLAGS

/**
 * struct pagetree_event - a run of neighbouring entries of the same kind
 * @start: first address of the run, not below the start of the walk
 * @end: address after the last, not above the end of the walk
 * @base: start of the first entry: below @start if the walk starts inside it
 * @entries: number of entries. 1 for a table; 0 for the root table, since no
 *	entry points to it. PAGETREE_TABLE_USED: entries in use, in the whole
 *	table
 * @raw: the first entry as it was read; 0 for the root table
 * @kind: enum pagetree_kind. PAGETREE_TABLE_USED of a table that was kept open
 *	(struct pagetree_sink) has no addresses
 * @level: level of the entries; a table is one level below its entry
 * @flags: PAGETREE_WRITE... and the protection key from PAGETREE_PKEY_SHIFT on;
 *	set for leaves and non-present entries, 0 for tables
 * @node: PAGETREE_TABLE_USED: NUMA node of the table
 * @sharers: PAGETREE_TABLE_USED: how many others share the table
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

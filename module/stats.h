/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From events to numbers. Pure arithmetic in plain C, so that it can be tested
 * on the host under sanitizers.
 */
#ifndef PAGETREE_STATS_H
#define PAGETREE_STATS_H

#include "abi.h"
#include "event.h"

/*
 * struct pagetree_counts - the numbers of one row, or a sum of rows. The members
 * are the lists of abi.h. Arrays are indexed by the number in the column's name.
 */
struct pagetree_counts {
#define X(name, lowest, highest, type, meaning)	\
	unsigned long long name[PAGETREE_LEVELS + 1];
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, lowest, highest, type, meaning)	\
	unsigned long long name[highest + 1];
	PAGETREE_SIZE_FIELDS(X)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(name, type, meaning) unsigned long long name;
	PAGETREE_TOTAL_FIELDS(X)
#undef X
};

/* The index of a counter in struct pagetree_counts, taken as an array. */
#define PAGETREE_OFFSET(member)						\
	(offsetof(struct pagetree_counts, member) / sizeof(unsigned long long))

/* What the number in the name of a column means. */
enum pagetree_index {
	PAGETREE_PLAIN, PAGETREE_BY_LEVEL, PAGETREE_BY_SIZE, PAGETREE_BY_FILL
};

/**
 * struct pagetree_field - a member of struct pagetree_counts, for loops
 * @name: its name in abi.h
 * @length: bytes of the name
 * @offset: its index in the struct, taken as an array of numbers
 * @index: enum pagetree_index
 * @lowest: first index; 0 for a plain number
 * @highest: last index; 0 for a plain number
 */
struct pagetree_field {
	const char *name;
	unsigned char length;
	unsigned short offset;
	unsigned char index;
	unsigned char lowest;
	unsigned char highest;
};

/* All members in the order of abi.h. The last element has no name. */
extern const struct pagetree_field pagetree_fields[];

/* struct pagetree_cost - the cost of a pass. The members are a list of abi.h. */
struct pagetree_cost {
#define X(name, meaning) unsigned long long name;
	PAGETREE_COST_FIELDS(X)
#undef X
};

/**
 * struct pagetree_tables - numbers about tables that only the file tables shows
 * @fill: tables by level and bit length of their entries in use
 * @nodes: tables by level and NUMA node, at index node + level * @node_count
 * @node_count: number of possible NUMA nodes
 * @online: bitmap of the online nodes
 */
struct pagetree_tables {
	unsigned long long fill[PAGETREE_LEVELS + 1][PAGETREE_FILL_HIGHEST + 1];
	unsigned int *nodes;
	unsigned int node_count;
	const unsigned long *online;
};

/**
 * struct pagetree_tally - how to count the events of one walk
 * @counts: the row to count in
 * @tables: the tables to count in, if not NULL
 * @fresh: everything below this address was walked before. Entries and tables
 *	whose span starts below it were counted then
 * @first: this walk is the first one of its row
 * @anon: the row is an anonymous VMA: each of its level-2 leaves has a deposited
 *	PTE table
 * @open: the VMA allows some access
 * @cost: the cost to add to, whether an entry was counted before or not
 */
struct pagetree_tally {
	struct pagetree_counts *counts;
	struct pagetree_tables *tables;
	unsigned long fresh;
	int first;
	int anon;
	int open;
	struct pagetree_cost *cost;
};

/* Adds the cost of one event. */
void pagetree_cost_event(struct pagetree_cost *cost,
			 const struct pagetree_event *event);

/* Counts one event and its cost. */
void pagetree_tally_event(const struct pagetree_tally *tally,
			  const struct pagetree_event *event);

/*
 * Counts the tables from level @lowest to @levels, which the walk did not report
 * because it started below them.
 */
void pagetree_tally_resumed(const struct pagetree_tally *tally,
			    unsigned int lowest, unsigned int levels);

/* Adds @row to @sum, member by member. */
void pagetree_counts_add(struct pagetree_counts *sum,
			 const struct pagetree_counts *row);

/*
 * The memory references of a page walk by the CPU, in thousandths: the mean over
 * all leaves, and over all bytes. 0 if there are no leaves. @levels: the level of
 * the root table.
 */
unsigned int pagetree_refs_leaf(const struct pagetree_counts *counts,
				unsigned int levels);
unsigned int pagetree_refs_byte(const struct pagetree_counts *counts,
				unsigned int levels);

/**
 * pagetree_packed() - minimum number of tables that could hold the same entries
 * @counts: the numbers of the address space
 * @entries: entries of a table, by level
 * @levels: level of the root table
 * @packed: set: the number of tables, by level
 *
 * Assumes that each leaf and each non-present entry can move to any place of its
 * level.
 */
void pagetree_packed(const struct pagetree_counts *counts,
		     const unsigned int *entries, unsigned int levels,
		     unsigned long long *packed);

#endif /* PAGETREE_STATS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From events to numbers. Pure arithmetic: plain C over event.h and abi.h, so
 * that it runs on the host under sanitizers.
 */
#ifndef PAGETREE_STATS_H
#define PAGETREE_STATS_H

#include "abi.h"
#include "event.h"

/*
 * struct pagetree_counts - one row's numbers, or the sum of many; the members
 * are the lists of abi.h, indexed by what is written behind their names.
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

/* Where a counter is in it, as an array. */
#define PAGETREE_OFFSET(member)						\
	(offsetof(struct pagetree_counts, member) / sizeof(unsigned long long))

/* What the number behind the name of a counter is. */
enum pagetree_index {
	PAGETREE_PLAIN, PAGETREE_BY_LEVEL, PAGETREE_BY_SIZE, PAGETREE_BY_FILL
};

/**
 * struct pagetree_field - one member of struct pagetree_counts, for loops
 * @name: as in abi.h
 * @offset: of the member in the struct as an array
 * @index: what it is indexed by, if by anything
 * @lowest: first index, 0 if none
 * @highest: last index, 0 likewise
 */
struct pagetree_field {
	const char *name;
	unsigned short offset;
	unsigned char index;
	unsigned char lowest;
	unsigned char highest;
};

/* All members in the order of abi.h; the last has no name. */
extern const struct pagetree_field pagetree_fields[];

/* struct pagetree_cost - what a pass has cost; the members are a list of abi.h */
struct pagetree_cost {
#define X(name, meaning) unsigned long long name;
	PAGETREE_COST_FIELDS(X)
#undef X
};

/**
 * struct pagetree_tables - what is known of tables, beside their counts
 * @fill: by level, then as fillN
 * @nodes: tables by level and NUMA node: node + level * @node_count
 * @node_count: NUMA nodes that there can be
 * @online: a bitmap of those that there are
 */
struct pagetree_tables {
	unsigned long long fill[PAGETREE_LEVELS + 1][PAGETREE_FILL_HIGHEST + 1];
	unsigned int *nodes;
	unsigned int node_count;
	const unsigned long *online;
};

/**
 * struct pagetree_tally - where the events of one walk are counted
 * @counts: the row
 * @tables: if not NULL, its tables
 * @fresh: address up to which everything was walked before: an entry or a table
 *	whose span begins below it was counted then
 * @first: this walk is the first of its row
 * @anon: the row is an anonymous VMA, whose level-2 leaves have a PTE table
 *	set aside
 * @open: the VMA allows some access
 * @cost: tables entered and entries read are added to it, counted before or not
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

/* Counts what one event has cost. */
void pagetree_cost_event(struct pagetree_cost *cost,
			 const struct pagetree_event *event);

/* Counts one event, and its cost. */
void pagetree_tally_event(const struct pagetree_tally *tally,
			  const struct pagetree_event *event);

/* Adds @row to @sum, member by member. */
void pagetree_counts_add(struct pagetree_counts *sum,
			 const struct pagetree_counts *row);

/*
 * Memory references of a page walk, in thousandths, for the mean leaf and for
 * the mean byte, where the root table is of level @levels; 0 without leaves.
 */
unsigned int pagetree_refs_leaf(const struct pagetree_counts *counts,
				unsigned int levels);
unsigned int pagetree_refs_byte(const struct pagetree_counts *counts,
				unsigned int levels);

/**
 * pagetree_packed() - the least tables that hold what the tree holds
 * @entries: by level, how many entries a table has
 * @levels: level of the root table
 * @packed: by level; set
 *
 * As if leaves and other ends could be moved together, each on its level.
 */
void pagetree_packed(const struct pagetree_counts *counts,
		     const unsigned int *entries, unsigned int levels,
		     unsigned long long *packed);

#endif /* PAGETREE_STATS_H */

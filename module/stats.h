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
 * are the lists of abi.h, per-level ones indexed by level (0 is unused).
 */
struct pagetree_counts {
#define X(name, lowest, highest, type, meaning)	\
	unsigned long long name[PAGETREE_LEVELS + 1];
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, type, meaning) unsigned long long name;
	PAGETREE_TOTAL_FIELDS(X)
#undef X
};

/**
 * struct pagetree_field - one member of struct pagetree_counts, for loops
 * @name: as in abi.h
 * @index: of the member, or of its level 0, in the struct as an array
 * @lowest: first level, 0 if the member is not per level
 * @highest: last level, 0 likewise
 */
struct pagetree_field {
	const char *name;
	unsigned int index;
	unsigned int lowest;
	unsigned int highest;
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
 * struct pagetree_tally - where the events of one walk are counted
 * @counts: the row
 * @fresh: address up to which everything was walked before: an entry or a table
 *	whose span begins below it was counted then
 * @first: this walk is the first of its row
 * @anon: the row is an anonymous VMA, whose level-2 leaves have a PTE table
 *	set aside
 * @cost: tables entered and entries read are added to it, counted before or not
 */
struct pagetree_tally {
	struct pagetree_counts *counts;
	unsigned long fresh;
	int first;
	int anon;
	struct pagetree_cost *cost;
};

/* Counts one event. */
void pagetree_tally_event(const struct pagetree_tally *tally,
			  const struct pagetree_event *event);

/* Adds @row to @sum, member by member. */
void pagetree_counts_add(struct pagetree_counts *sum,
			 const struct pagetree_counts *row);

#endif /* PAGETREE_STATS_H */

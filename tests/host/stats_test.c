// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends events to the statistics and checks the numbers. Each test is a
 * situation, drawn above its function; x86-64, 4 levels. Then the same for
 * durations (series.h). The file is long because it has many small tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/shootdown/series.h"
#include "../../module/stats.c"
#include "check.h"

#define K	1024UL
#define PAGE	(4 * K)
#define HUGE	(2 * K * K)
#define GIANT	(K * HUGE / 2)
#define BASE	0x200000000000UL	/* a table of each level starts here */
#define LEVELS	4
#define NODES	3	/* NUMA nodes */

static struct pagetree_counts row, other;
static struct pagetree_cost cost;
static struct pagetree_tally tally;
static unsigned int nodes[(PAGETREE_LEVELS + 1) * NODES];
static struct pagetree_tables tables;

/* Starts the row of a VMA. @fresh as in struct pagetree_tally. */
static void begin_row(struct pagetree_counts *counts, unsigned long fresh)
{
	tally = (struct pagetree_tally) {
		.counts = counts, .fresh = fresh, .first = 1, .cost = &cost,
	};
}

static void begin(void)
{
	memset(&row, 0, sizeof(row));
	memset(&other, 0, sizeof(other));
	memset(&cost, 0, sizeof(cost));
	memset(nodes, 0, sizeof(nodes));
	tables = (struct pagetree_tables) { .nodes = nodes, .node_count = NODES };
	begin_row(&row, 0);
}

static unsigned long span(unsigned int level)
{
	return PAGE << 9 * (level - 1);
}

static void emit_flags(enum pagetree_kind kind, unsigned int level,
		       unsigned long start, unsigned long end,
		       unsigned short flags)
{
	struct pagetree_event event = {
		.start = start,
		.end = end,
		.base = start / span(level) * span(level),
		.kind = kind,
		.flags = flags,
		.level = level,
	};

	event.entries = (end - event.base + span(level) - 1) / span(level);
	pagetree_tally_event(&tally, &event);
}

/* Sends the event of the walker for the entries of @level in [@start, @end). */
static void emit(enum pagetree_kind kind, unsigned int level,
		 unsigned long start, unsigned long end)
{
	emit_flags(kind, level, start, end, 0);
}

/* Sends the event for the table of @level that a walk of [@start, @end) enters. */
static void enter(unsigned int level, unsigned long start, unsigned long end)
{
	struct pagetree_event event = {
		.start = start,
		.end = end,
		.base = level == LEVELS ? 0 :
			start / span(level + 1) * span(level + 1),
		.entries = level != LEVELS,
		.kind = PAGETREE_TABLE,
		.level = level + 1,
	};

	pagetree_tally_event(&tally, &event);
}

/* The same for all tables down to level 1. */
static void enter_all(unsigned long start, unsigned long end)
{
	unsigned int level;

	for (level = LEVELS; level; level--)
		enter(level, start, end);
}

/* Sends the number of entries in use of a table of @level. */
static void emit_used(unsigned int level, unsigned long entries,
		      unsigned int node, unsigned int sharers)
{
	struct pagetree_event event = {
		.start = BASE,
		.end = BASE + PAGE,
		.base = level == LEVELS ? 0 : BASE,
		.entries = entries,
		.kind = PAGETREE_TABLE_USED,
		.level = level + 1,
		.node = node,
		.sharers = sharers,
	};

	pagetree_tally_event(&tally, &event);
}

/* [29 pages][35 holes] */
static void pages_and_holes(void)
{
	enter_all(BASE, BASE + 64 * PAGE);
	emit(PAGETREE_LEAF, 1, BASE, BASE + 29 * PAGE);
	emit(PAGETREE_HOLE, 1, BASE + 29 * PAGE, BASE + 64 * PAGE);
	emit(PAGETREE_TABLE_END, 2, BASE, BASE + 64 * PAGE);

	CHECK(row.leaf[1], 29);
	CHECK(row.bytes[1], 29 * PAGE);
	CHECK(row.rss, 29 * PAGE);
	CHECK(row.holes[1], 35);
	CHECK(row.hole_bytes, 35 * PAGE);
	CHECK(row.tables[1] + row.tables[2] + row.tables[3] + row.tables[4], 4);
	CHECK(row.borrowed[1] + row.borrowed[4], 0);
	CHECK(cost.tables, 4);
	CHECK(cost.entries, 64 + 3);
}

/* row [17 pages] other [19 pages]: one table, two VMAs */
static void table_of_two_vmas(void)
{
	const unsigned long middle = BASE + 17 * PAGE;

	enter_all(BASE, middle);
	emit(PAGETREE_LEAF, 1, BASE, middle);
	begin_row(&other, middle);
	enter_all(middle, middle + 19 * PAGE);
	emit(PAGETREE_LEAF, 1, middle, middle + 19 * PAGE);

	CHECK(row.tables[1], 1);
	CHECK(row.tables[4], 1);
	CHECK(row.borrowed[1], 0);
	CHECK(other.tables[1], 0);
	CHECK(other.tables[4], 0);
	CHECK(other.borrowed[1], 1);
	CHECK(other.borrowed[4], 1);
	CHECK(other.leaf[1], 19);
}

/* row [1 page] other [1 page], in PTE tables of their own under one level-2 table */
static void neighbour_table(void)
{
	enter_all(BASE, BASE + PAGE);
	emit(PAGETREE_LEAF, 1, BASE, BASE + PAGE);
	begin_row(&other, BASE + PAGE);
	enter_all(BASE + HUGE, BASE + HUGE + PAGE);
	emit(PAGETREE_LEAF, 1, BASE + HUGE, BASE + HUGE + PAGE);

	CHECK(other.tables[1], 1);
	CHECK(other.borrowed[1], 0);
	CHECK(other.tables[2], 0);
	CHECK(other.borrowed[2], 1);
}

/* [13 pages | yield | 11 pages], one row: nothing twice, nothing borrowed */
static void resumed_in_a_table(void)
{
	const unsigned long middle = BASE + 13 * PAGE;

	enter_all(BASE, BASE + 24 * PAGE);
	emit(PAGETREE_LEAF, 1, BASE, middle);
	tally.fresh = middle;
	tally.first = 0;
	enter_all(middle, BASE + 24 * PAGE);
	emit(PAGETREE_LEAF, 1, middle, BASE + 24 * PAGE);

	CHECK(row.leaf[1], 24);
	CHECK(row.tables[1], 1);
	CHECK(row.tables[4], 1);
	CHECK(row.borrowed[1], 0);
	CHECK(cost.tables, 8);
}

/* [2 MiB, one page of it for row | the rest for other] */
static void leaf_of_two_vmas(void)
{
	emit(PAGETREE_LEAF, 2, BASE, BASE + PAGE);
	begin_row(&other, BASE + PAGE);
	emit(PAGETREE_LEAF, 2, BASE + PAGE, BASE + HUGE);

	CHECK(row.leaf[2], 1);
	CHECK(row.bytes[2], PAGE);
	CHECK(row.rss, PAGE);
	CHECK(other.leaf[2], 0);
	CHECK(other.bytes[2], HUGE - PAGE);
	CHECK(other.rss, HUGE - PAGE);
}

/* ...[page | 2 MiB | 2 MiB | page]: a run that is cut at both ends */
static void clipped_run(void)
{
	const unsigned long start = BASE + HUGE - PAGE;

	begin_row(&row, start);
	emit(PAGETREE_LEAF, 2, start, BASE + 3 * HUGE + PAGE);
	CHECK(row.leaf[2], 3);
	CHECK(row.bytes[2], 2 * HUGE + 2 * PAGE);
	CHECK(cost.entries, 4);
}

/* [hole of level 3, of which 3 pages lie below and are counted already] */
static void clipped_hole(void)
{
	begin_row(&row, BASE + 3 * PAGE);
	emit(PAGETREE_HOLE, 3, BASE + 3 * PAGE, BASE + 2 * GIANT);
	CHECK(row.holes[3], 1);
	CHECK(row.hole_bytes, 2 * GIANT - 3 * PAGE);
}

/* [5 zero pages][7 special][11 normal]: zero and special are subsets of leaf */
static void zero_and_special(void)
{
	emit(PAGETREE_LEAF_ZERO, 1, BASE, BASE + 5 * PAGE);
	emit(PAGETREE_LEAF_SPECIAL, 1, BASE + 5 * PAGE, BASE + 12 * PAGE);
	emit(PAGETREE_LEAF, 1, BASE + 12 * PAGE, BASE + 23 * PAGE);

	CHECK(row.leaf[1], 23);
	CHECK(row.zero[1], 5);
	CHECK(row.special[1], 7);
	CHECK(row.bytes[1], 23 * PAGE);
	CHECK(row.rss, 11 * PAGE);
}

/* [3 pages and 2 zero pages, without access][7 pages] */
static void protnone(void)
{
	emit_flags(PAGETREE_LEAF, 1, BASE, BASE + 3 * PAGE, PAGETREE_PROTNONE);
	emit_flags(PAGETREE_LEAF_ZERO, 1, BASE + 3 * PAGE, BASE + 5 * PAGE,
		   PAGETREE_PROTNONE);
	emit(PAGETREE_LEAF, 1, BASE + 5 * PAGE, BASE + 12 * PAGE);

	CHECK(row.leaf[1], 12);
	CHECK(row.protnone[1], 5);
	CHECK(row.zero[1], 2);
	CHECK(row.rss, 10 * PAGE);
}

/* [2 swap][3 migration][5 hwpoison][7 device][11 uffd][13 bad][17 guard][19 poison] */
static void nonpresent(void)
{
	static const struct {
		enum pagetree_kind kind;
		unsigned int pages;
	} runs[] = {
		{ PAGETREE_SWAP, 2 }, { PAGETREE_MIGRATION, 3 },
		{ PAGETREE_HWPOISON, 5 }, { PAGETREE_DEVICE, 7 },
		{ PAGETREE_MARKER, 11 }, { PAGETREE_BAD, 13 },
		{ PAGETREE_GUARD, 17 }, { PAGETREE_POISON, 19 },
	};
	unsigned long at = BASE;
	size_t i;

	for (i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		emit(runs[i].kind, 1, at, at + runs[i].pages * PAGE);
		at += runs[i].pages * PAGE;
	}

	CHECK(row.swap[1], 2);
	CHECK(row.migration[1], 3);
	CHECK(row.hwpoison[1], 5);
	CHECK(row.device[1], 7);
	CHECK(row.marker[1], 11 + 17 + 19);
	CHECK(row.guard[1], 17);
	CHECK(row.poison[1], 19);
	CHECK(row.bad[1], 13);
	CHECK(row.leaf[1] + row.bytes[1] + row.holes[1] + row.hole_bytes, 0);
	CHECK(row.rss, (3 + 5 + 7) * PAGE);
	CHECK(cost.skipped, 13);
}

/* anonymous [23 x 2 MiB][3 huge zero][2 migrating][1 special][1 poisoned][5 x 4 KiB] */
static void deposited(void)
{
	tally.anon = 1;
	emit(PAGETREE_LEAF, 2, BASE, BASE + 23 * HUGE);
	CHECK(row.deposited, 23);
	emit(PAGETREE_LEAF_ZERO, 2, BASE + 23 * HUGE, BASE + 26 * HUGE);
	CHECK(row.deposited, 26);
	emit(PAGETREE_MIGRATION, 2, BASE + 26 * HUGE, BASE + 28 * HUGE);
	CHECK(row.deposited, 28);
	emit(PAGETREE_LEAF_SPECIAL, 2, BASE + 28 * HUGE, BASE + 29 * HUGE);
	emit(PAGETREE_HWPOISON, 2, BASE + 29 * HUGE, BASE + 30 * HUGE);
	emit(PAGETREE_LEAF, 1, BASE + 30 * HUGE, BASE + 30 * HUGE + 5 * PAGE);
	CHECK(row.deposited, 28);
	CHECK(row.rss, (23 + 2 + 1) * HUGE + 5 * PAGE);
}

/* file [3 x 2 MiB][1 GiB]: nothing is set aside */
static void not_deposited(void)
{
	emit(PAGETREE_LEAF, 2, BASE, BASE + 3 * HUGE);
	emit(PAGETREE_LEAF, 3, BASE + GIANT, BASE + 2 * GIANT);
	CHECK(row.deposited, 0);
	CHECK(row.leaf[3], 1);
	CHECK(row.bytes[3], GIANT);
	CHECK(row.rss, GIANT + 3 * HUGE);
}

/* a table that was unhooked under the walk */
static void raced(void)
{
	enter(1, BASE, BASE + HUGE);
	emit(PAGETREE_LEAF, 1, BASE, BASE + 2 * PAGE);
	emit(PAGETREE_TABLE_RACED, 2, BASE, BASE + HUGE);
	CHECK(row.retries, 1);
	CHECK(cost.retries, 1);
	CHECK(row.leaf[1], 2);
	CHECK(row.leaf[2] + row.bad[2] + row.holes[2], 0);
}

/* [3 w][5 x][7 u][11 a][13 d][17 soft-dirty][19 uffd][23 pkey 5], and 2 of 2 MiB with all */
static void bits(void)
{
	static const struct {
		unsigned short flags;
		unsigned int pages;
	} runs[] = {
		{ PAGETREE_WRITE, 3 }, { PAGETREE_EXEC, 5 },
		{ PAGETREE_USER, 7 }, { PAGETREE_ACCESSED, 11 },
		{ PAGETREE_DIRTY, 13 }, { PAGETREE_SOFTDIRTY, 17 },
		{ PAGETREE_UFFD, 19 }, { 5 << PAGETREE_PKEY_SHIFT, 23 },
	};
	unsigned long at = BASE;
	size_t i;

	tally.open = 1;
	for (i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		emit_flags(PAGETREE_LEAF, 1, at, at + runs[i].pages * PAGE,
			   runs[i].flags);
		at += runs[i].pages * PAGE;
	}
	emit_flags(PAGETREE_LEAF, 2, BASE + HUGE, BASE + 3 * HUGE, 0xffff);

	CHECK(row.writable[1], 3);
	CHECK(row.executable[1], 5);
	CHECK(row.user[1], 7);
	CHECK(row.accessed[1], 11);
	CHECK(row.dirty[1], 13);
	CHECK(row.softdirty[1], 17);
	CHECK(row.uffd[1], 19);
	CHECK(row.pkey[1], 23);
	CHECK(row.protnone[1] + row.numahint[1], 0);
	CHECK(row.leaf[1], 3 + 5 + 7 + 11 + 13 + 17 + 19 + 23);
	CHECK(row.writable[2], 2);
	CHECK(row.executable[2], 2);
	CHECK(row.user[2], 2);
	CHECK(row.accessed[2], 2);
	CHECK(row.dirty[2], 2);
	CHECK(row.softdirty[2], 2);
	CHECK(row.uffd[2], 2);
	CHECK(row.pkey[2], 2);
	CHECK(row.protnone[2], 2);
	/* userfaultfd protects these */
	CHECK(row.numahint[2], 0);
}

/* [5 without access][7 without, by userfaultfd], of a VMA that allows it and of one that doesn't */
static void numahint(void)
{
	const unsigned short both = PAGETREE_PROTNONE | PAGETREE_UFFD;
	int open;

	for (open = 0; open < 2; open++) {
		begin_row(open ? &other : &row, 0);
		tally.open = open;
		emit_flags(PAGETREE_LEAF, 1, BASE, BASE + 5 * PAGE,
			   PAGETREE_PROTNONE);
		emit_flags(PAGETREE_LEAF, 1, BASE + 5 * PAGE, BASE + 12 * PAGE,
			   both);
	}
	CHECK(row.protnone[1], 12);
	CHECK(row.numahint[1], 0);
	CHECK(other.protnone[1], 12);
	CHECK(other.numahint[1], 5);
	CHECK(other.uffd[1], 7);
}

/* [3 swap][5 migrating][7 device] with both marks, [11 uffd marker] that has no bits */
static void marks_of_what_is_absent(void)
{
	const unsigned short marks = PAGETREE_SOFTDIRTY | PAGETREE_UFFD;

	emit_flags(PAGETREE_SWAP, 1, BASE, BASE + 3 * PAGE, marks);
	emit_flags(PAGETREE_MIGRATION, 1, BASE + 3 * PAGE, BASE + 8 * PAGE, marks);
	emit_flags(PAGETREE_DEVICE, 1, BASE + 8 * PAGE, BASE + 15 * PAGE,
		   PAGETREE_SOFTDIRTY);
	emit(PAGETREE_SWAP, 1, BASE + 15 * PAGE, BASE + 17 * PAGE);
	emit(PAGETREE_MARKER, 1, BASE + 17 * PAGE, BASE + 28 * PAGE);
	CHECK(row.softdirty[1], 3 + 5 + 7);
	CHECK(row.uffd[1], 3 + 5);
	CHECK(row.leaf[1] + row.accessed[1] + row.writable[1], 0);
	CHECK(row.swap[1], 5);
}

/* PTE tables of 0, 0, 1, 2, 3, 4, 511 and 512 entries; one of each other level */
static void tables_in_use(void)
{
	static const unsigned int used[] = { 0, 0, 1, 2, 3, 4, 511, 512 };
	size_t i;

	tally.tables = &tables;
	for (i = 0; i < sizeof(used) / sizeof(*used); i++)
		emit_used(1, used[i], i % NODES, 0);
	emit_used(2, 0, 2, 0);
	emit_used(3, 7, 1, 0);
	emit_used(4, 256, 0, 0);

	CHECK(row.used[1], 1 + 2 + 3 + 4 + 511 + 512);
	CHECK(row.empty[1], 2);
	CHECK(row.fill[0], 2);
	CHECK(row.fill[1], 1);
	CHECK(row.fill[2], 2);
	CHECK(row.fill[3], 1);
	CHECK(row.fill[9], 1);
	CHECK(row.fill[10], 1);
	CHECK(row.fill[4] + row.fill[5] + row.fill[6] + row.fill[7] + row.fill[8], 0);
	CHECK(row.used[2], 0);
	CHECK(row.empty[2], 1);
	CHECK(row.used[3], 7);
	CHECK(row.used[4], 256);
	CHECK(row.empty[3] + row.empty[4], 0);

	CHECK(tables.fill[1][0], 2);
	CHECK(tables.fill[1][2], 2);
	CHECK(tables.fill[1][10], 1);
	CHECK(tables.fill[2][0], 1);
	CHECK(tables.fill[3][3], 1);
	CHECK(tables.fill[4][9], 1);
	CHECK(nodes[1 * NODES + 0], 3);
	CHECK(nodes[1 * NODES + 1], 3);
	CHECK(nodes[1 * NODES + 2], 2);
	CHECK(nodes[2 * NODES + 2], 1);
	CHECK(nodes[3 * NODES + 1], 1);
	CHECK(nodes[4 * NODES + 0], 1);

	/* this event counts neither an entry nor a table */
	CHECK(row.tables[1] + row.leaf[1] + row.holes[1], 0);
	CHECK(cost.entries + cost.tables, 0);
}

/* level-2 tables of hugetlb: one not shared, one shared with 2 others, one with 5 */
static void tables_of_many(void)
{
	emit_used(2, 3, 0, 0);
	emit_used(2, 5, 0, 2);
	emit_used(2, 7, 0, 5);
	CHECK(row.shared[2], 2);
	CHECK(row.sharers[2], 7);
	CHECK(row.used[2], 15);
	CHECK(row.shared[1] + row.shared[3], 0);
}

/* what a walk of the mean leaf and of the mean byte reads */
static void references(void)
{
	CHECK(row.leaf[1] + row.leaf[2] + row.leaf[3], 0);
	CHECK(pagetree_refs_leaf(&row, 4), 0);
	CHECK(pagetree_refs_byte(&row, 4), 0);

	emit(PAGETREE_LEAF, 1, BASE, BASE + 29 * PAGE);
	CHECK(pagetree_refs_leaf(&row, 3), 3000);
	CHECK(pagetree_refs_leaf(&row, 4), 4000);
	CHECK(pagetree_refs_byte(&row, 4), 4000);
	CHECK(pagetree_refs_leaf(&row, 5), 5000);

	memset(&row, 0, sizeof(row));
	emit(PAGETREE_LEAF, 2, BASE, BASE + 23 * HUGE);
	CHECK(pagetree_refs_leaf(&row, 4), 3000);
	CHECK(pagetree_refs_byte(&row, 4), 3000);

	memset(&row, 0, sizeof(row));
	emit(PAGETREE_LEAF, 3, BASE, BASE + 3 * GIANT);
	CHECK(pagetree_refs_leaf(&row, 4), 2000);
	CHECK(pagetree_refs_leaf(&row, 5), 3000);

	/* 29 of 4, 23 of 3 and 3 of 2 references: 191 / 55 leaves */
	emit(PAGETREE_LEAF, 2, BASE + 3 * GIANT, BASE + 3 * GIANT + 23 * HUGE);
	emit(PAGETREE_LEAF, 1, BASE + 4 * GIANT, BASE + 4 * GIANT + 29 * PAGE);
	CHECK(row.leaf[1] + row.leaf[2] + row.leaf[3], 55);
	CHECK(pagetree_refs_leaf(&row, 4), 3473);
	/* (29 * 4 * 4 + 23 * 2048 * 3 + 3 * 1048576 * 2) / (116 + 47104 + 3145728) KiB */
	CHECK(pagetree_refs_byte(&row, 4), 2015);
}

/* 2^57 bytes, the largest address space, all in small leaves */
static void references_of_all_memory(void)
{
	row.leaf[1] = 1ULL << 45;
	row.bytes[1] = 1ULL << 57;
	CHECK(pagetree_refs_leaf(&row, 5), 5000);
	CHECK(pagetree_refs_byte(&row, 5), 5000);
}

/* 1000 tables of 3 pages under 4, 2 and the root: 3000 pages fit in 6 tables */
static void packed(void)
{
	static const unsigned int entries[] = { 0, 512, 512, 512, 256 };
	unsigned long long least[PAGETREE_LEVELS + 1];

	row.tables[1] = 1000;
	row.used[1] = 3000;
	row.tables[2] = 4;
	row.used[2] = 1000;
	row.tables[3] = 2;
	row.used[3] = 4;
	row.tables[4] = 1;
	row.used[4] = 2;
	pagetree_packed(&row, entries, 4, least);
	CHECK(least[1], 6);
	CHECK(least[2], 1);
	CHECK(least[3], 1);
	CHECK(least[4], 1);

	/* 512 huge leaves beside the entries that lead to these 6 tables */
	row.used[2] += 512;
	pagetree_packed(&row, entries, 4, least);
	CHECK(least[1], 6);
	CHECK(least[2], 2);
	CHECK(least[3], 1);

	/* 506 of them, which just fit, and one more */
	row.used[2] -= 6;
	pagetree_packed(&row, entries, 4, least);
	CHECK(least[2], 1);
	row.used[2]++;
	pagetree_packed(&row, entries, 4, least);
	CHECK(least[2], 2);
}

/* no leaves, and tables that were added during the walk */
static void packed_of_little(void)
{
	static const unsigned int entries[] = { 0, 512, 512, 512, 256 };
	unsigned long long least[PAGETREE_LEVELS + 1];

	row.tables[4] = 1;
	pagetree_packed(&row, entries, 4, least);
	CHECK(least[1] + least[2] + least[3], 0);
	CHECK(least[4], 1);

	row.tables[1] = 3;
	row.used[1] = 5;
	row.used[2] = 2;
	pagetree_packed(&row, entries, 4, least);
	CHECK(least[1], 1);
	CHECK(least[2], 1);
	CHECK(least[3], 1);
	CHECK(least[4], 1);
}

/* one number everywhere in one, another in the other */
static void added_up(void)
{
	unsigned long long *ours = (unsigned long long *)&row;
	unsigned long long *theirs = (unsigned long long *)&other;
	size_t i, count = sizeof(row) / sizeof(*ours);

	for (i = 0; i < count; i++) {
		ours[i] = 7 * i;
		theirs[i] = 1009 * i;
	}
	pagetree_counts_add(&row, &other);
	for (i = 0; i < count; i++)
		CHECK(ours[i], 1016 * i);
}

/* each member of the struct is one field, at its place and behind the one before */
static void field_list(void)
{
	const struct pagetree_field *field;
	const unsigned long long *counts = (const unsigned long long *)&row;
	size_t next = 0;

	for (field = pagetree_fields; field->name; field++) {
		CHECK(field->offset, next);
		CHECK(field->lowest <= field->highest, 1);
		switch (field->index) {
		case PAGETREE_PLAIN:
			CHECK(field->highest, 0);
			next += 1;
			break;
		case PAGETREE_BY_LEVEL:
			CHECK(field->highest <= PAGETREE_LEVELS, 1);
			next += PAGETREE_LEVELS + 1;
			break;
		case PAGETREE_BY_SIZE:
			CHECK(field->lowest, 12);
			CHECK(field->highest, 30);
			next += 31;
			break;
		default:
			CHECK(field->highest, 14);
			next += 15;
		}
		if (!strcmp(field->name, "rss"))
			CHECK(&row.rss == counts + field->offset, 1);
		if (!strcmp(field->name, "contig"))
			CHECK(row.contig == counts + field->offset, 1);
		if (!strcmp(field->name, "fill"))
			CHECK(row.fill == counts + field->offset, 1);
	}
	CHECK(next, sizeof(row) / sizeof(*counts));
}

/* Durations */

static struct pagetree_series series;
static unsigned long long durations[10000];

static int compare(const void *a, const void *b)
{
	const unsigned long long *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void one_duration(void)
{
	series = (struct pagetree_series) { };
	CHECK(pagetree_series_quantile(&series, 500), 0);
	CHECK(pagetree_series_mean(&series), 0);
	pagetree_series_add(&series, 12345);
	CHECK(pagetree_series_quantile(&series, 1), 12345);
	CHECK(pagetree_series_quantile(&series, 500), 12345);
	CHECK(pagetree_series_quantile(&series, 1000), 12345);
	CHECK(pagetree_series_mean(&series), 12345);
}

/* 0 to 127 have a slot each: 50 of 100 numbers do not exceed 49. */
static void short_durations(void)
{
	unsigned int i;

	series = (struct pagetree_series) { };
	for (i = 0; i < 100; i++)
		pagetree_series_add(&series, i);
	CHECK(series.min, 0);
	CHECK(series.max, 99);
	CHECK(pagetree_series_quantile(&series, 500), 49);
	CHECK(pagetree_series_quantile(&series, 900), 89);
	CHECK(pagetree_series_quantile(&series, 999), 99);
	CHECK(pagetree_series_mean(&series), 49);
}

/* Over all lengths, beside the same numbers sorted. */
static void quantiles(void)
{
	static const unsigned int per_mille[] = { 1, 10, 500, 900, 990, 999, 1000 };
	const unsigned int count = sizeof(durations) / sizeof(*durations);
	unsigned int i;

	series = (struct pagetree_series) { };
	srandom(1);
	for (i = 0; i < count; i++) {
		durations[i] = (unsigned long long)random() >> (random() % 31);
		pagetree_series_add(&series, durations[i]);
	}
	qsort(durations, count, sizeof(*durations), compare);
	for (i = 0; i < sizeof(per_mille) / sizeof(*per_mille); i++) {
		const unsigned long long exact = durations[count * per_mille[i] / 1000 - 1];
		const unsigned long long estimate = pagetree_series_quantile(&series, per_mille[i]);

		CHECK(estimate >= exact && estimate - exact <= exact / 64, 1);
	}
	CHECK(series.min, durations[0]);
	CHECK(pagetree_series_quantile(&series, 1000), durations[count - 1]);
}

/* Minutes, and more than any clock shows: in the last slot, but max is exact. */
static void long_durations(void)
{
	series = (struct pagetree_series) { };
	pagetree_series_add(&series, 60000000000ULL);
	pagetree_series_add(&series, 600000000000ULL);
	pagetree_series_add(&series, ~0ULL >> 1);
	CHECK(pagetree_series_quantile(&series, 1000), ~0ULL >> 1);
	CHECK(pagetree_series_quantile(&series, 300) >= 60000000000ULL, 1);
	CHECK(pagetree_series_quantile(&series, 300) <= 61000000000ULL, 1);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "pages and holes", pages_and_holes },
	{ "a table that two VMAs use", table_of_two_vmas },
	{ "tables of their own under a table that two VMAs use", neighbour_table },
	{ "a walk resumed inside a table", resumed_in_a_table },
	{ "a huge leaf that two VMAs use", leaf_of_two_vmas },
	{ "a run of huge leaves cut at both ends", clipped_run },
	{ "a hole that begins below the range", clipped_hole },
	{ "zero pages and special leaves", zero_and_special },
	{ "leaves without access", protnone },
	{ "entries that are not present", nonpresent },
	{ "bits of leaves", bits },
	{ "no access where the VMA allows it", numahint },
	{ "marks of entries that are not present", marks_of_what_is_absent },
	{ "entries in use, of tables", tables_in_use },
	{ "tables that others use too", tables_of_many },
	{ "references of a page walk", references },
	{ "references where all memory is mapped", references_of_all_memory },
	{ "tables packed", packed },
	{ "little to pack", packed_of_little },
	{ "tables set aside for anonymous huge leaves", deposited },
	{ "none set aside for others", not_deposited },
	{ "a table unhooked meanwhile", raced },
	{ "rows added up", added_up },
	{ "the field list covers the struct", field_list },
	{ "one duration, and none", one_duration },
	{ "short durations", short_durations },
	{ "quantiles of durations", quantiles },
	{ "long durations", long_durations },
};

int main(void)
{
	int before;
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		before = failures;
		begin();
		tests[i].run();
		printf("%s stats: %s\n", failures == before ? "ok" : "not ok",
		       tests[i].name);
	}

	return failures != 0;
}

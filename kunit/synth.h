/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Synthetic page tables. A test draws them, one letter for each entry. The tree
 * keeps what was drawn, so that a test knows what an address maps without reading
 * an entry. Frames are fictitious unless noted otherwise.
 *
 *	.  hole		T  table, empty until something is put below it
 *	L  leaf, writable	R  leaf, read-only	D  leaf, dirty
 *	N  leaf, PROT_NONE	Z  zero page		X  leaf, special
 *	s  swap	  m  migration	 p  hwpoison   d  device   b  bad
 *	k  marker of userfaultfd   g  of a guard region   q  of poison
 */
#ifndef PAGETREE_SYNTH_H
#define PAGETREE_SYNTH_H

#include <kunit/test.h>
#include <linux/pgtable.h>
#include <linux/prandom.h>

#include "../module/entry.h"
#include "../module/event.h"
#include "../module/walk.h"
#include "arch/arch.h"

#define SYNTH_LEVELS	5
/* entries of the largest table */
#define SYNTH_ENTRIES	BIT(SYNTH_BITS)

/* Bytes that one entry of a level maps; 0 if these are all addresses. */
#define SPAN(level)							\
	((unsigned long)(1ULL << (PAGE_SHIFT + SYNTH_BITS * ((level) - 1))))

/**
 * struct synth_drawn - an entry as it was drawn
 * @what: its letter
 * @flags: the flags that the walker must report
 * @frame: frame number of a leaf; in other entries a number that varies them
 */
struct synth_drawn {
	char what;
	unsigned short flags;
	unsigned long frame;
};

/**
 * struct synth_table - a table and what was drawn in it
 * @entries: the table, in a page of its own
 * @drawn: each entry as it was drawn
 * @below: the table below each T
 * @sharers: how many others share it, if its level is 2
 */
struct synth_table {
	pteval_t *entries;
	struct synth_drawn drawn[SYNTH_ENTRIES];
	struct synth_table *below[SYNTH_ENTRIES];
	unsigned int sharers;
};

/**
 * struct synth - a tree of tables
 * @test: the test that frees it
 * @top: the root table
 * @root: the root table for pagetree_walk()
 */
struct synth {
	struct kunit *test;
	struct synth_table *top;
	struct pagetree_root root;
};

/**
 * struct synth_picture - a part of a tree, and a range to walk
 * @in: by level, the first entries of a table. A * at the end repeats the letter
 *	before it to the end of the table. The first T points to the table of the
 *	level below. All tables above the highest one drawn exist
 * @from: start of the range, relative to the first address of the highest table
 * @to: end of the range; 0 for the end of that table
 */
struct synth_picture {
	const char *in[SYNTH_LEVELS + 1];
	unsigned long from;
	unsigned long to;
};

/* Suite callbacks: allocate and free the pages that must be real. */
int synth_init(struct kunit_suite *suite);
void synth_exit(struct kunit_suite *suite);

/* Creates an empty tree. Skips the test if this machine has fewer than @levels. */
struct synth *synth_create(struct kunit *test, unsigned int levels);

/* The default entry of a letter, with a frame that @nr varies. */
struct synth_drawn synth_letter(unsigned int level, char what, unsigned int nr);

/* Those of @flags that an entry of that letter can have. */
unsigned short synth_flags(unsigned int level, char what, unsigned short flags);

/* Makes the raw entry. Return: false if this kernel has no such entry. */
bool synth_raw(unsigned int level, const struct synth_drawn *drawn,
	       pteval_t *raw);

/* Makes the raw default entry of a letter. */
bool synth_entry(unsigned int level, char what, unsigned int nr, pteval_t *raw);

/* Puts an entry at @addr, and the missing tables above it. */
void synth_put(struct synth *synth, unsigned long addr, unsigned int level,
	       char what);
void synth_put_drawn(struct synth *synth, unsigned long addr,
		     unsigned int level, const struct synth_drawn *drawn);

/* Puts an entry into @table at @index, with an empty table below a T. */
void synth_put_entry(struct synth *synth, struct synth_table *table,
		     unsigned int level, unsigned int index,
		     const struct synth_drawn *drawn);

/* Sets how many others share the table, if this kernel counts that. */
void synth_share(struct synth_table *table, unsigned int sharers);

/* Draws @picture and sets the range to walk. */
void synth_draw(struct synth *synth, const struct synth_picture *picture,
		unsigned long *start, unsigned long *end);

/*
 * Fills tables at random around the border between two entries of the root table.
 * Sets a range that starts and ends in them. @alone: no other entries are in use
 */
void synth_grow(struct synth *synth, const u64 *seed, bool alone,
		unsigned long *start, unsigned long *end);

/* The seeds, for KUNIT_ARRAY_PARAM(). */
#define SYNTH_SEEDS	6
extern const u64 synth_seeds[SYNTH_SEEDS];
void synth_seed_name(const u64 *seed, char *name);

/* The entry that maps @addr, and its level; never a T. */
const struct synth_drawn *synth_translate(const struct synth *synth,
					  unsigned long addr,
					  unsigned int *level);

/* The table of @level that maps @addr; NULL if there is none. */
struct synth_table *synth_table(const struct synth *synth, unsigned long addr,
				unsigned int level);

/* The index of the entry in a table of @level that maps @addr; its first address. */
unsigned int synth_index(unsigned long addr, unsigned int level);

static inline unsigned long synth_base(unsigned long addr, unsigned int level)
{
	return addr & -SPAN(level);
}

/* The address after that entry. */
static inline unsigned long synth_next(unsigned long addr, unsigned int level)
{
	return synth_base(addr, level) + SPAN(level);
}

/* The number of entries of a table of @level. */
unsigned int synth_entries(unsigned int level);

/* How many of them belong to the process. */
unsigned int synth_user_entries(unsigned int level);

/* The frame of leaf @number of a level, where there is no memory. */
unsigned long synth_nowhere(unsigned int level, unsigned long number);

/* @raw with another frame. */
pteval_t synth_with_frame(pteval_t raw, unsigned long pfn);

/* The kind that the walker must report for a letter. */
enum pagetree_kind synth_kind(char what);

/* Ends the test: this kernel or machine cannot run it. */
static inline void __noreturn synth_skip(struct kunit *test, const char *why)
{
	/* 6.1 shows neither the parameter nor the reason */
	kunit_info(test, "skipped: %s", why);
	kunit_skip(test, "%s", why);
}

#endif /* PAGETREE_SYNTH_H */

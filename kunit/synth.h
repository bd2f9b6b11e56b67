/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables made by hand. They are drawn, one letter an entry, and what was
 * drawn is kept, so that what is at an address is known without reading an
 * entry. Frames are fictitious unless said otherwise.
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

#define SYNTH_LEVELS	5
/* at level 3 neither pages of 16 KiB have any, nor does i386 */
#define SYNTH_LEAF_LEVELS						\
	(PAGE_SHIFT > 12 || IS_ENABLED(CONFIG_X86_32) ? 2 : 3)
/* of the largest table; its logarithm, said here again as a check */
#define SYNTH_ENTRIES	BIT(SYNTH_BITS)
#if defined(CONFIG_X86_32) && !defined(CONFIG_X86_PAE)
#define SYNTH_BITS	(PAGE_SHIFT - 2)
#else
#define SYNTH_BITS	(PAGE_SHIFT - 3)
#endif

/* Bytes that one entry of a level maps; 0 if these are all addresses. */
#define SPAN(level)							\
	((unsigned long)(1ULL << (PAGE_SHIFT + SYNTH_BITS * ((level) - 1))))

/**
 * struct synth_drawn - an entry as it is meant
 * @what: its letter
 * @flags: what the walker shall say of it
 * @frame: of a leaf; of what is not present, a number that varies it
 */
struct synth_drawn {
	char what;
	unsigned short flags;
	unsigned long frame;
};

/**
 * struct synth_table - a table and what was drawn in it
 * @entries: the table, a page of its own
 * @drawn: each entry
 * @below: the table below each T
 * @sharers: how many others use it, if it is of level 2
 */
struct synth_table {
	pteval_t *entries;
	struct synth_drawn drawn[SYNTH_ENTRIES];
	struct synth_table *below[SYNTH_ENTRIES];
	unsigned int sharers;
};

/**
 * struct synth - a tree of tables
 * @test: who made it and will free it
 * @top: the root table
 * @root: the same for pagetree_walk()
 */
struct synth {
	struct kunit *test;
	struct synth_table *top;
	struct pagetree_root root;
};

/**
 * struct synth_picture - a part of a tree, and a range to be walked
 * @in: by level, the entries of a table from its first on; a * at the end
 *	repeats the letter before it till the table ends. The table of the level
 *	below hangs from the first T, all tables above the highest drawn are there.
 * @from: start of the range, as a distance from what the highest table maps
 * @to: its end; 0 for all that this table maps
 */
struct synth_picture {
	const char *in[SYNTH_LEVELS + 1];
	unsigned long from;
	unsigned long to;
};

/* Suite callbacks: the pages that need to be real. */
int synth_init(struct kunit_suite *suite);
void synth_exit(struct kunit_suite *suite);

/* An empty tree. Skips the test if this machine doesn't have @levels. */
struct synth *synth_create(struct kunit *test, unsigned int levels);

/* What a letter means by itself, with a frame that @nr varies. */
struct synth_drawn synth_letter(unsigned int level, char what, unsigned int nr);

/* As many of @flags as an entry of that letter can have. */
unsigned short synth_flags(unsigned int level, char what, unsigned short flags);

/* Whether there is such an entry; if so @raw is it. */
bool synth_raw(unsigned int level, const struct synth_drawn *drawn,
	       pteval_t *raw);

/* The same for a letter by itself. */
bool synth_entry(unsigned int level, char what, unsigned int nr, pteval_t *raw);

/* Puts an entry where @addr is mapped, and the tables above it. */
void synth_put(struct synth *synth, unsigned long addr, unsigned int level,
	       char what);
void synth_put_drawn(struct synth *synth, unsigned long addr,
		     unsigned int level, const struct synth_drawn *drawn);

/* Makes it look as if so many others used the table too, if kernels can tell. */
void synth_share(struct synth_table *table, unsigned int sharers);

/* Draws @picture, and gives the range that it means. */
void synth_draw(struct synth *synth, const struct synth_picture *picture,
		unsigned long *start, unsigned long *end);

/*
 * Fills tables by chance around the border between two entries of the root, and
 * gives a range that begins and ends among them.
 */
void synth_grow(struct synth *synth, const u64 *seed, unsigned long *start,
		unsigned long *end);

/* What to grow from, for KUNIT_ARRAY_PARAM(). */
#define SYNTH_SEEDS	6
extern const u64 synth_seeds[SYNTH_SEEDS];
void synth_seed_name(const u64 *seed, char *name);

/* The entry that @addr ends at, and of which level; never a T. */
const struct synth_drawn *synth_translate(const struct synth *synth,
					  unsigned long addr,
					  unsigned int *level);

/* The table of @level that maps @addr, if there is one. */
struct synth_table *synth_table(const struct synth *synth, unsigned long addr,
				unsigned int level);

/* Which entry of a table of @level maps @addr, and from which address on. */
unsigned int synth_index(unsigned long addr, unsigned int level);

static inline unsigned long synth_base(unsigned long addr, unsigned int level)
{
	return addr & -SPAN(level);
}

/* The address behind that entry. */
static inline unsigned long synth_next(unsigned long addr, unsigned int level)
{
	return synth_base(addr, level) + SPAN(level);
}

/* How many entries a table of @level has. */
unsigned int synth_entries(unsigned int level);

/* How many entries of a table of @level are the process's. */
unsigned int synth_user_entries(unsigned int level);

/* How many levels this machine's tables have; said here again, as a check. */
unsigned int synth_levels(void);

/*
 * The first page frame of nowhere, which is a block of any size, and how many
 * there are.
 */
#ifdef CONFIG_X86_32
#define SYNTH_NOWHERE	(1UL << (IS_ENABLED(CONFIG_X86_PAE) ? 29 : 19))
#define SYNTH_FRAMES	SYNTH_NOWHERE
#else
#define SYNTH_NOWHERE	(1UL << (46 - PAGE_SHIFT))
#ifdef CONFIG_ARM64
#define SYNTH_FRAMES	(1UL << (CONFIG_ARM64_PA_BITS - 1 - PAGE_SHIFT))
#else
#define SYNTH_FRAMES	(1UL << (51 - PAGE_SHIFT))
#endif
#endif

/* @raw with another frame. */
pteval_t synth_with_frame(pteval_t raw, unsigned long pfn);

/* What @raw of a table is where it is not present, or is a leaf. */
pteval_t synth_not_present(pteval_t raw);
pteval_t synth_table_as_leaf(pteval_t raw);

/* Bits of a table that the CPU, or nobody, changes: it is the same table. */
extern const pteval_t synth_table_accessed;

/* Of a leaf of any level. */
extern const pteval_t synth_special;

/* What each leaf that lets anything through says: here nothing forbids it. */
#if defined(CONFIG_X86_32) && !defined(CONFIG_X86_PAE)
#define SYNTH_ALWAYS	PAGETREE_EXEC
#else
#define SYNTH_ALWAYS	0
#endif

/* The kernel's own PROT_NONE leaves, and what they say. */
pgprot_t synth_page_none(void);
#ifdef CONFIG_RISCV
#define SYNTH_PAGE_NONE	PAGETREE_PROTNONE
#else
#define SYNTH_PAGE_NONE	(PAGETREE_ACCESSED | PAGETREE_PROTNONE)
#endif

/* What the walker shall say of a letter. */
enum pagetree_kind synth_kind(char what);

/* Ends the test, which this kernel or machine can't run. */
static inline void __noreturn synth_skip(struct kunit *test, const char *why)
{
	/* 6.1 doesn't show of which parameter, and why */
	kunit_info(test, "skipped: %s", why);
	kunit_skip(test, "%s", why);
}

#endif /* PAGETREE_SYNTH_H */

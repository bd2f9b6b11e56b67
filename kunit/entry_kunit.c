// SPDX-License-Identifier: GPL-2.0-only
/* One raw entry to its kind. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/io.h>

#include "../module/entry.h"
#include "suites.h"
#include "synth.h"

static void expect(struct kunit *test, unsigned int level, pteval_t raw,
		   enum pagetree_kind kind, unsigned char flags)
{
	unsigned char read_flags = 0xff;

	KUNIT_EXPECT_EQ(test, (int)kind,
			(int)pagetree_classify(level, raw, &read_flags));
	KUNIT_EXPECT_EQ(test, flags, read_flags);
}

struct letter {
	unsigned int level;
	char what;
};

static const struct letter letters[] = {
	{ 1, '.' }, { 1, 'L' }, { 1, 'R' }, { 1, 'D' }, { 1, 'N' }, { 1, 'Z' },
	{ 1, 'X' }, { 1, 's' }, { 1, 'm' }, { 1, 'p' }, { 1, 'd' }, { 1, 'k' },

	{ 2, '.' }, { 2, 'T' }, { 2, 'L' }, { 2, 'R' }, { 2, 'D' }, { 2, 'N' },
	{ 2, 'Z' }, { 2, 'X' }, { 2, 's' }, { 2, 'm' }, { 2, 'p' }, { 2, 'd' },
	{ 2, 'k' }, { 2, 'b' },

	{ 3, '.' }, { 3, 'T' }, { 3, 'L' }, { 3, 'R' }, { 3, 'D' }, { 3, 'N' },
	{ 3, 'X' }, { 3, 'm' }, { 3, 'p' }, { 3, 'k' }, { 3, 'b' },

	{ 4, '.' }, { 4, 'T' }, { 4, 'b' },
	{ 5, '.' }, { 5, 'T' }, { 5, 'b' },
};

static void letter_name(const struct letter *letter, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%c at level %u", letter->what,
		 letter->level);
}

KUNIT_ARRAY_PARAM(letters, letters, letter_name);

static void entry_kinds(struct kunit *test)
{
	const struct letter *letter = test->param_value;
	enum pagetree_kind kind;
	unsigned char flags;
	unsigned int nr;
	pteval_t raw;

	if (letter->level > pagetree_levels())
		synth_skip(test, "more levels than this machine has");

	kind = synth_kind(letter->what, &flags);
	for (nr = 0; nr < SYNTH_ENTRIES; nr++) {
		if (!synth_entry(letter->level, letter->what, nr, &raw))
			synth_skip(test, "an entry that this kernel doesn't have");
		expect(test, letter->level, raw, kind, flags);
	}
}

/*
 * What pagetree_alike() takes for the same without a look is the same: tried
 * with each pair of letters and with each bit of an entry turned over.
 */
static void expect_alike(struct kunit *test, unsigned int level, pteval_t raw,
			 pteval_t next)
{
	unsigned char flags, next_flags;
	enum pagetree_kind kind = pagetree_classify(level, raw, &flags);

	if (!pagetree_alike(level, kind, raw, next))
		return;
	KUNIT_EXPECT_EQ_MSG(test, (int)kind,
			    (int)pagetree_classify(level, next, &next_flags),
			    "%#lx and %#lx at level %u", raw, next, level);
	KUNIT_EXPECT_EQ(test, flags, next_flags);
}

static void entry_neighbours_alike(struct kunit *test)
{
	unsigned int i, j, bit;
	pteval_t raw, next;

	for (i = 0; i < ARRAY_SIZE(letters); i++) {
		const unsigned int level = letters[i].level;

		if (level > pagetree_levels() ||
		    !synth_entry(level, letters[i].what, 6, &raw))
			continue;
		for (bit = 0; bit < BITS_PER_LONG; bit++)
			expect_alike(test, level, raw, raw ^ BIT(bit));
		for (j = 0; j < ARRAY_SIZE(letters); j++)
			if (letters[j].level == level &&
			    synth_entry(level, letters[j].what, 7, &next))
				expect_alike(test, level, raw, next);
	}
}

/* A run of plain leaves is known as one without a look at each. */
static void entry_leaves_alike(struct kunit *test)
{
	unsigned int level;
	pteval_t raw, next;

	for (level = 1; level <= SYNTH_LEAF_LEVELS; level++) {
		synth_entry(level, 'L', 6, &raw);
		synth_entry(level, 'L', 8, &next);
		KUNIT_EXPECT_NE(test, raw, next);
		KUNIT_EXPECT_TRUE(test, pagetree_alike(level, PAGETREE_LEAF, raw,
						       next));
	}
}

/* Some CPUs set accessed and dirty in entries that are empty. */
static void entry_hole_with_stray_bits(struct kunit *test)
{
	unsigned int level;

	for (level = 1; level <= 4; level++)
		expect(test, level, _PAGE_ACCESSED | _PAGE_DIRTY, PAGETREE_HOLE, 0);
}

/* Above level 3 the kernel has nothing but tables. */
static void entry_neither_empty_nor_present(struct kunit *test)
{
	unsigned int level;
	pteval_t raw;

	for (level = 4; level <= pagetree_levels(); level++) {
		synth_entry(level, 'T', 0, &raw);
		expect(test, level, raw & ~_PAGE_PRESENT, PAGETREE_BAD, 0);
	}
}

/* While it is split, a huge page is there although its entry isn't present. */
static void entry_huge_page_while_it_is_split(struct kunit *test)
{
	pteval_t raw;

	synth_entry(2, 'L', 0, &raw);
	expect(test, 2, pmd_val(pmd_mkinvalid(__pmd(raw))), PAGETREE_LEAF, 0);
	synth_entry(2, 'R', 0, &raw);
	expect(test, 2, pmd_val(pmd_mkinvalid(__pmd(raw))), PAGETREE_LEAF, 0);
}

/* Only what is read-only and clean can be the huge zero page... */
static void entry_dirty_huge_leaf_of_nothing(struct kunit *test)
{
	pteval_t raw;

	synth_entry(2, 'Z', 0, &raw);
	raw &= ~_PAGE_SPECIAL;
	expect(test, 2, raw | _PAGE_RW, PAGETREE_LEAF, 0);
	expect(test, 2, raw | _PAGE_RW | _PAGE_DIRTY, PAGETREE_LEAF, 0);
	expect(test, 2, pmd_val(pmd_mkdirty(__pmd(raw))), PAGETREE_LEAF, 0);
}

/* ...and only what this kernel marks as it marks that one... */
static void entry_huge_leaf_of_nothing_marked(struct kunit *test)
{
	pteval_t zero, plain, marked;

	synth_entry(2, 'Z', 0, &zero);
	synth_entry(2, 'R', 0, &plain);
	if (!synth_entry(2, 'X', 0, &marked))
		synth_skip(test, "an entry that this kernel doesn't have");
	zero &= PTE_PFN_MASK;
	plain &= ~PTE_PFN_MASK;
	marked &= ~PTE_PFN_MASK;
	expect(test, 2, zero | plain, PAGETREE_HUGE_ZERO_SPECIAL ?
	       PAGETREE_LEAF : PAGETREE_LEAF_ZERO, 0);
	expect(test, 2, zero | marked, PAGETREE_HUGE_ZERO_SPECIAL ?
	       PAGETREE_LEAF_ZERO : PAGETREE_LEAF_SPECIAL, 0);
}

/* ...and where there is memory... */
static void entry_huge_leaf_beyond_memory(struct kunit *test)
{
	pteval_t zero, nowhere;

	synth_entry(2, 'Z', 0, &zero);
	synth_entry(2, 'L', 0, &nowhere);
	expect(test, 2, (zero & ~PTE_PFN_MASK) | (nowhere & PTE_PFN_MASK),
	       PAGETREE_HUGE_ZERO_SPECIAL ? PAGETREE_LEAF_SPECIAL :
					    PAGETREE_LEAF, 0);
}

/* ...of which it is one huge page, as no driver's buffer is. */
static void entry_huge_leaf_of_a_buffer(struct kunit *test)
{
	const unsigned int order = PMD_SHIFT - PAGE_SHIFT;
	struct page *page = alloc_pages(GFP_KERNEL, order);
	pteval_t zero;

	KUNIT_ASSERT_NOT_NULL(test, page);
	synth_entry(2, 'Z', 0, &zero);
	expect(test, 2, (zero & ~PTE_PFN_MASK) | page_to_phys(page),
	       PAGETREE_HUGE_ZERO_SPECIAL ? PAGETREE_LEAF_SPECIAL :
					    PAGETREE_LEAF, 0);
	__free_pages(page, order);
}

static void entry_huge_zero_page_protnone(struct kunit *test)
{
	pteval_t raw;
	pmd_t pmd;

	synth_entry(2, 'Z', 0, &raw);
	pmd = pmd_mkhuge(pfn_pmd(pmd_pfn(__pmd(raw)), PAGE_NONE));
	expect(test, 2, pmd_val(pmd) | (raw & _PAGE_SPECIAL),
	       PAGETREE_LEAF_ZERO, PAGETREE_PROTNONE);
}

static void entry_special_protnone(struct kunit *test)
{
	pteval_t raw;

	synth_entry(1, 'N', 0, &raw);
	raw = pte_val(pte_mkspecial(__pte(raw)));
	expect(test, 1, raw, PAGETREE_LEAF_SPECIAL, PAGETREE_PROTNONE);
	raw = pte_val(pte_mkspecial(pfn_pte(page_to_pfn(ZERO_PAGE(0)), PAGE_NONE)));
	expect(test, 1, raw, PAGETREE_LEAF_ZERO, PAGETREE_PROTNONE);
}

/* What came of a page that couldn't be read back, before it was a marker. */
static void entry_swapin_error(struct kunit *test)
{
#ifdef SWP_SWAPIN_ERROR
	expect(test, 1, pte_val(swp_entry_to_pte(swp_entry(SWP_SWAPIN_ERROR, 1))),
	       PAGETREE_MARKER, 0);
#else
	synth_skip(test, "an entry that this kernel doesn't have");
#endif
}

static void entry_accessed_bit_makes_no_other_table(struct kunit *test)
{
	pteval_t raw, other;

	synth_entry(2, 'T', 0, &raw);
	synth_entry(2, 'T', 1, &other);
	KUNIT_EXPECT_TRUE(test, pagetree_same_table(2, raw, raw));
	KUNIT_EXPECT_TRUE(test, pagetree_same_table(2, raw, raw & ~_PAGE_ACCESSED));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw, other));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw, raw & ~_PAGE_PRESENT));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw, raw | _PAGE_PSE));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw, 0));
}

static void entry_geometry(struct kunit *test)
{
	unsigned int levels = pagetree_levels(), level;

	KUNIT_EXPECT_EQ(test, levels, pgtable_l5_enabled() ? 5U : 4U);
	for (level = 1; level <= levels; level++) {
		KUNIT_EXPECT_EQ(test, 1UL << pagetree_shift(level), SPAN(level));
		KUNIT_EXPECT_EQ(test, pagetree_entries(level, levels),
				(unsigned int)SYNTH_ENTRIES);
	}
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE_PARAM(entry_kinds, letters_gen_params),
	KUNIT_CASE(entry_neighbours_alike),
	KUNIT_CASE(entry_leaves_alike),
	KUNIT_CASE(entry_hole_with_stray_bits),
	KUNIT_CASE(entry_neither_empty_nor_present),
	KUNIT_CASE(entry_huge_page_while_it_is_split),
	KUNIT_CASE(entry_dirty_huge_leaf_of_nothing),
	KUNIT_CASE(entry_huge_leaf_of_nothing_marked),
	KUNIT_CASE(entry_huge_leaf_beyond_memory),
	KUNIT_CASE(entry_huge_leaf_of_a_buffer),
	KUNIT_CASE(entry_huge_zero_page_protnone),
	KUNIT_CASE(entry_special_protnone),
	KUNIT_CASE(entry_swapin_error),
	KUNIT_CASE(entry_accessed_bit_makes_no_other_table),
	KUNIT_CASE(entry_geometry),
	{}
};

struct kunit_suite pagetree_entry_suite = {
	.name = "pagetree_entry",
	.suite_init = synth_init,
	.suite_exit = synth_exit,
	.test_cases = entry_cases,
};

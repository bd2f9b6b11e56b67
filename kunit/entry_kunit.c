// SPDX-License-Identifier: GPL-2.0-only
/* From one raw entry to its kind. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../module/entry.h"
#include "suites.h"
#include "synth.h"

static void expect(struct kunit *test, unsigned int level, pteval_t raw,
		   enum pagetree_kind kind, unsigned short flags)
{
	unsigned short read_flags = 0xffff;

	KUNIT_EXPECT_EQ_MSG(test, (int)kind,
			    (int)pagetree_classify_locked(level, raw, &read_flags),
			    "%#llx at level %u", (u64)raw, level);
	KUNIT_EXPECT_EQ_MSG(test, flags, read_flags, "%#llx at level %u",
			    (u64)raw, level);
	KUNIT_EXPECT_EQ(test, kind != PAGETREE_HOLE, pagetree_is_used(raw));
}

/* Flags of a leaf: user mode, accessed. */
#define UA	(PAGETREE_USER | PAGETREE_ACCESSED | SYNTH_ALWAYS)

struct letter {
	unsigned int level;
	char what;
};

static const struct letter letters[] = {
	{ 1, '.' }, { 1, 'L' }, { 1, 'R' }, { 1, 'D' }, { 1, 'N' }, { 1, 'Z' },
	{ 1, 'X' }, { 1, 's' }, { 1, 'm' }, { 1, 'p' }, { 1, 'd' }, { 1, 'k' },
	{ 1, 'g' }, { 1, 'q' },

	{ 2, '.' }, { 2, 'T' }, { 2, 'L' }, { 2, 'R' }, { 2, 'D' }, { 2, 'N' },
	{ 2, 'Z' }, { 2, 'X' }, { 2, 's' }, { 2, 'm' }, { 2, 'p' }, { 2, 'd' },
	{ 2, 'k' }, { 2, 'g' }, { 2, 'q' }, { 2, 'b' },

	{ 3, '.' }, { 3, 'T' }, { 3, 'L' }, { 3, 'R' }, { 3, 'D' }, { 3, 'N' },
	{ 3, 'X' }, { 3, 'm' }, { 3, 'p' }, { 3, 'k' }, { 3, 'g' }, { 3, 'q' },
	{ 3, 'b' },

	{ 4, '.' }, { 4, 'T' }, { 4, 'b' },
	{ 5, '.' }, { 5, 'T' }, { 5, 'b' },
};

static void letter_name(const struct letter *letter, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%c at level %u", letter->what,
		 letter->level);
}

KUNIT_ARRAY_PARAM(letters, letters, letter_name);

/* Each letter with all combinations of its flags. */
static void entry_kinds(struct kunit *test)
{
	const struct letter *letter = test->param_value;
	struct synth_drawn drawn;
	unsigned int flags;
	pteval_t raw;

	if (letter->level > pagetree_levels())
		synth_skip(test, "more levels than this machine has");

	drawn = synth_letter(letter->level, letter->what, 0);
	if (!synth_raw(letter->level, &drawn, &raw))
		synth_skip(test, "an entry that this kernel doesn't have");
	expect(test, letter->level, raw, synth_kind(letter->what), drawn.flags);

	for (flags = 0; flags < 1 << (PAGETREE_PKEY_SHIFT + 4); flags++) {
		drawn = synth_letter(letter->level, letter->what, flags % 512);
		drawn.flags = synth_flags(letter->level, letter->what, flags);
		synth_raw(letter->level, &drawn, &raw);
		expect(test, letter->level, raw, synth_kind(letter->what),
		       drawn.flags);
		if (pagetree_is_leaf(synth_kind(letter->what)))
			KUNIT_EXPECT_EQ(test, drawn.frame,
					pagetree_frame(letter->level, raw));
	}
}

static bool same_but_frame(pteval_t a, pteval_t b)
{
	return !((a ^ b) & ~(pteval_t)PAGETREE_FRAME);
}

/*
 * The walker assumes that some neighbours have the same kind and flags, without
 * classifying them. Checks each pair of letters, and each bit of an entry
 * inverted.
 */
static void expect_alike(struct kunit *test, unsigned int level, pteval_t raw,
			 pteval_t next)
{
	unsigned short flags, next_flags;
	enum pagetree_kind kind = pagetree_classify_locked(level, raw, &flags);

	if (!pagetree_any_frame(level, kind, flags) ||
	    !same_but_frame(raw, next))
		return;
	KUNIT_EXPECT_EQ_MSG(test, (int)kind,
			    (int)pagetree_classify_locked(level, next, &next_flags),
			    "%#llx and %#llx at level %u", (u64)raw, (u64)next,
			    level);
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
		for (bit = 0; bit < BITS_PER_TYPE(pteval_t); bit++)
			expect_alike(test, level, raw,
				     raw ^ (pteval_t)BIT_ULL(bit));
		for (j = 0; j < ARRAY_SIZE(letters); j++) {
			if (letters[j].level != level ||
			    !synth_entry(level, letters[j].what, 7, &next))
				continue;
			expect_alike(test, level, raw, next);
			/* the frame of one, everything else of the other */
			expect_alike(test, level, raw,
				     (raw & ~(pteval_t)PAGETREE_FRAME) |
				     (next & PAGETREE_FRAME));
		}
	}
}

/* The walker recognizes a run of plain leaves without classifying each of them. */
static void entry_leaves_alike(struct kunit *test)
{
	unsigned int level;
	pteval_t raw, next;

	for (level = 1; level <= SYNTH_LEAF_LEVELS; level++) {
		synth_entry(level, 'L', 6, &raw);
		synth_entry(level, 'L', 8, &next);
		KUNIT_EXPECT_NE(test, raw, next);
		KUNIT_EXPECT_TRUE(test, pagetree_any_frame(level, PAGETREE_LEAF,
							   UA | PAGETREE_WRITE));
		KUNIT_EXPECT_TRUE(test, same_but_frame(raw, next));
	}
}

/*
 * A step leads to the next frame and changes nothing else: also over carries, and
 * with PROT_NONE, where the frame may be stored inverted.
 */
static void entry_step_to_the_next_frame(struct kunit *test)
{
	static const unsigned int numbers[] = { 0, 1, 6, 7, 511, 65535 };
	unsigned int level, i, number;
	pteval_t raw, next;
	const char *what;

	for (level = 1; level <= SYNTH_LEAF_LEVELS; level++) {
		for (what = "LDN"; *what; what++) {
			for (i = 0; i < ARRAY_SIZE(numbers); i++) {
				number = numbers[i];
				if (number + 1 >= SYNTH_FRAMES / (SPAN(level) / PAGE_SIZE))
					continue;
				synth_entry(level, *what, number, &raw);
				synth_entry(level, *what, number + 1, &next);
				raw += pagetree_step(level, raw);
				KUNIT_EXPECT_EQ(test, raw, next);
			}
		}
	}
}

/* Flags that the CPU and the kernel update do not matter, permissions do. */
static void entry_same_translation(struct kunit *test)
{
	const unsigned short noted = PAGETREE_ACCESSED | PAGETREE_DIRTY |
				     PAGETREE_SOFTDIRTY | PAGETREE_UFFD |
				     PAGETREE_CONTHINT;
	unsigned int level, bit;
	struct synth_drawn drawn;
	pteval_t raw, other;

	for (level = 1; level <= SYNTH_LEAF_LEVELS; level++) {
		synth_entry(level, 'L', 6, &raw);
		KUNIT_EXPECT_TRUE(test, pagetree_same_translation(raw, raw));
		synth_entry(level, 'L', 7, &other);
		KUNIT_EXPECT_FALSE(test, pagetree_same_translation(raw, other));
		for (bit = 0; bit < PAGETREE_PKEY_SHIFT + 4; bit++) {
			drawn = synth_letter(level, 'L', 6);
			drawn.flags = synth_flags(level, 'L',
						  drawn.flags ^ BIT(bit));
			synth_raw(level, &drawn, &other);
			KUNIT_EXPECT_EQ_MSG(test,
					    raw == other || BIT(bit) & noted,
					    pagetree_same_translation(raw, other),
					    "bit %u at level %u", bit, level);
		}
	}
}

/* Some CPUs set accessed and dirty in entries that are empty. */
static void entry_hole_with_stray_bits(struct kunit *test)
{
#if defined(CONFIG_X86_64) || defined(CONFIG_X86_PAE)
	unsigned int level;

	for (level = 1; level <= min(pagetree_levels(), 4U); level++)
		expect(test, level, _PAGE_ACCESSED | _PAGE_DIRTY, PAGETREE_HOLE, 0);
#else
	synth_skip(test, "a fault of x86 processors");
#endif
}

/* With PAE the kernel writes an entry in halves: the states in between. */
static void entry_half_written(struct kunit *test)
{
#ifdef CONFIG_X86_PAE
	const pteval_t low = U32_MAX;
	pteval_t page, raw, half;
	unsigned int i;

	synth_entry(1, 'L', 0, &page);
	half = page & ~low;
	KUNIT_EXPECT_NE(test, half, 0);
	KUNIT_EXPECT_EQ(test, pagetree_load(&half, 0), 0);
	for (i = 0; i < ARRAY_SIZE(letters); i++) {
		if (letters[i].level != 1 ||
		    !synth_entry(1, letters[i].what, 6, &raw))
			continue;
		KUNIT_EXPECT_EQ(test, pagetree_load(&raw, 0), raw);
		KUNIT_EXPECT_FALSE(test, pagetree_is_torn(__pte(raw)));
		half = (page & ~low) | (raw & low);
		KUNIT_EXPECT_EQ(test, pagetree_is_torn(__pte(half)),
				!!strchr("smpdkgq", letters[i].what));
	}
#else
	synth_skip(test, "entries are written as a whole");
#endif
}

/* Above level 3 the kernel has only tables. */
static void entry_neither_empty_nor_present(struct kunit *test)
{
	unsigned int level;
	pteval_t raw;

	if (pagetree_levels() < 4)
		synth_skip(test, "more levels than this machine has");
	for (level = 4; level <= pagetree_levels(); level++) {
		synth_entry(level, 'T', 0, &raw);
		expect(test, level, synth_not_present(raw), PAGETREE_BAD, 0);
	}
}

/* While a huge page is split, its entry is not present, but still maps it. */
static void entry_huge_page_while_it_is_split(struct kunit *test)
{
	const unsigned short flags = UA & ~PAGETREE_EXEC;
	pteval_t raw;

	synth_entry(2, 'L', 0, &raw);
	expect(test, 2, pmd_val(pmd_mkinvalid(__pmd(raw))), PAGETREE_LEAF,
	       flags | PAGETREE_WRITE);
	synth_entry(2, 'R', 0, &raw);
	expect(test, 2, pmd_val(pmd_mkinvalid(__pmd(raw))), PAGETREE_LEAF, flags);
}

/* The protections that the kernel itself uses. */
static void entry_protnone_as_the_kernel_makes_it(struct kunit *test)
{
	expect(test, 1, pte_val(pfn_pte(SYNTH_NOWHERE, synth_page_none())), PAGETREE_LEAF,
	       SYNTH_PAGE_NONE);
	expect(test, 1, pte_val(pfn_pte(SYNTH_NOWHERE, PAGE_READONLY_EXEC)),
	       PAGETREE_LEAF, UA | PAGETREE_EXEC);
	expect(test, 1, pte_val(pfn_pte(SYNTH_NOWHERE, PAGE_SHARED)), PAGETREE_LEAF,
	       UA | PAGETREE_WRITE);
	expect(test, 1, pte_val(pte_mkdirty(pfn_pte(SYNTH_NOWHERE, PAGE_SHARED))),
	       PAGETREE_LEAF,
	       synth_flags(1, 'L', UA | PAGETREE_WRITE | PAGETREE_DIRTY |
			   PAGETREE_SOFTDIRTY));
}

/* Only a read-only and clean leaf can map the huge zero page... */
static void entry_dirty_huge_leaf_of_nothing(struct kunit *test)
{
	struct synth_drawn drawn = synth_letter(2, 'Z', 0);
	unsigned int i;
	pteval_t raw;

	drawn.what = 'L';
	for (i = 1; i < 4; i++) {
		drawn.flags = UA | (i & 1 ? PAGETREE_WRITE : 0) |
			      (i & 2 ? PAGETREE_DIRTY : 0);
		synth_raw(2, &drawn, &raw);
		expect(test, 2, raw, PAGETREE_LEAF, drawn.flags);
	}
}

/* ...and only one with the special bit, where this kernel sets it there... */
static void entry_huge_leaf_of_nothing_marked(struct kunit *test)
{
	struct synth_drawn drawn = synth_letter(2, 'X', 0);
	pteval_t zero, plain, marked;

	synth_entry(2, 'Z', 0, &zero);
	synth_entry(2, 'R', 0, &plain);
	drawn.flags = UA;
	if (!synth_raw(2, &drawn, &marked))
		synth_skip(test, "an entry that this kernel doesn't have");
	zero &= PAGETREE_FRAME;
	plain &= ~(pteval_t)PAGETREE_FRAME;
	marked &= ~(pteval_t)PAGETREE_FRAME;
	expect(test, 2, zero | plain, PAGETREE_HUGE_ZERO_SPECIAL ?
	       PAGETREE_LEAF : PAGETREE_LEAF_ZERO, UA);
	expect(test, 2, zero | marked, PAGETREE_HUGE_ZERO_SPECIAL ?
	       PAGETREE_LEAF_ZERO : PAGETREE_LEAF_SPECIAL, UA);
}

/* ...and only one that maps memory... */
static void entry_huge_leaf_beyond_memory(struct kunit *test)
{
	pteval_t zero, nowhere;

	synth_entry(2, 'Z', 0, &zero);
	synth_entry(2, 'L', 0, &nowhere);
	expect(test, 2, (zero & ~(pteval_t)PAGETREE_FRAME) | (nowhere & PAGETREE_FRAME),
	       PAGETREE_HUGE_ZERO_SPECIAL ? PAGETREE_LEAF_SPECIAL :
					    PAGETREE_LEAF, UA);
}

/* ...that is one compound page, unlike the buffer of a driver. */
static void entry_huge_leaf_of_a_buffer(struct kunit *test)
{
	const unsigned int order = PMD_SHIFT - PAGE_SHIFT;
	struct page *page = alloc_pages(GFP_KERNEL, order);
	pteval_t zero;

	KUNIT_ASSERT_NOT_NULL(test, page);
	synth_entry(2, 'Z', 0, &zero);
	expect(test, 2, synth_with_frame(zero, page_to_pfn(page)),
	       PAGETREE_HUGE_ZERO_SPECIAL ? PAGETREE_LEAF_SPECIAL :
					    PAGETREE_LEAF, UA);
	__free_pages(page, order);
}

static void entry_huge_zero_page_protnone(struct kunit *test)
{
	pteval_t raw;
	pmd_t pmd;

	synth_entry(2, 'Z', 0, &raw);
	pmd = pmd_mkhuge(pfn_pmd(pmd_pfn(__pmd(raw)), synth_page_none()));
	expect(test, 2, pmd_val(pmd) | (raw & SYNTH_SPECIAL),
	       PAGETREE_LEAF_ZERO, SYNTH_PAGE_NONE);
}

static void entry_special_protnone(struct kunit *test)
{
	pteval_t raw;

	synth_entry(1, 'N', 0, &raw);
	raw = pte_val(pte_mkspecial(__pte(raw)));
	expect(test, 1, raw, PAGETREE_LEAF_SPECIAL,
	       PAGETREE_ACCESSED | PAGETREE_PROTNONE);
	raw = pte_val(pte_mkspecial(pfn_pte(page_to_pfn(ZERO_PAGE(0)),
					    synth_page_none())));
	expect(test, 1, raw, PAGETREE_LEAF_ZERO, SYNTH_PAGE_NONE);
}

/* A marker with several bits has the kind that decides what an access does. */
static void entry_marker_of_several_kinds(struct kunit *test)
{
#ifdef PTE_MARKER_GUARD
	const swp_entry_t entry = swp_entry(SWP_PTE_MARKER, PTE_MARKER_GUARD |
							    PTE_MARKER_UFFD_WP);

	expect(test, 1, pte_val(swp_entry_to_pte(entry)), PAGETREE_GUARD, 0);
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
	KUNIT_EXPECT_TRUE(test, pagetree_same_table(2, raw,
						    raw ^ SYNTH_TABLE_ACCESSED));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw, other));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw,
						     synth_not_present(raw)));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw,
						     synth_table_as_leaf(raw)));
	KUNIT_EXPECT_FALSE(test, pagetree_same_table(2, raw, 0));
}

static void entry_geometry(struct kunit *test)
{
	unsigned int levels = pagetree_levels(), level;

	KUNIT_EXPECT_EQ(test, levels, synth_levels());
	for (level = 1; level <= levels; level++) {
		KUNIT_EXPECT_EQ(test, 1UL << pagetree_shift(level), SPAN(level));
		KUNIT_EXPECT_EQ(test, pagetree_entries(level, levels),
				IS_ENABLED(CONFIG_ARM64) ?
				synth_user_entries(level) :
				synth_entries(level));
	}
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE_PARAM(entry_kinds, letters_gen_params),
	KUNIT_CASE(entry_neighbours_alike),
	KUNIT_CASE(entry_leaves_alike),
	KUNIT_CASE(entry_step_to_the_next_frame),
	KUNIT_CASE(entry_same_translation),
	KUNIT_CASE(entry_hole_with_stray_bits),
	KUNIT_CASE(entry_half_written),
	KUNIT_CASE(entry_neither_empty_nor_present),
	KUNIT_CASE(entry_huge_page_while_it_is_split),
	KUNIT_CASE(entry_protnone_as_the_kernel_makes_it),
	KUNIT_CASE(entry_dirty_huge_leaf_of_nothing),
	KUNIT_CASE(entry_huge_leaf_of_nothing_marked),
	KUNIT_CASE(entry_huge_leaf_beyond_memory),
	KUNIT_CASE(entry_huge_leaf_of_a_buffer),
	KUNIT_CASE(entry_huge_zero_page_protnone),
	KUNIT_CASE(entry_special_protnone),
	KUNIT_CASE(entry_marker_of_several_kinds),
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

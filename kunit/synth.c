// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../module/entry.h"
#include "synth.h"

/* A frame at 2 PiB, where no memory is. */
#define NOWHERE		(1UL << (51 - PAGE_SHIFT))

/*
 * The walker looks at the page of a read-only level-2 leaf: pages[0] is like one
 * of a file, pages[1] like the huge zero page.
 */
static struct page *pages[2];

int synth_init(struct kunit_suite *suite)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_pages(GFP_KERNEL | __GFP_COMP,
				       PMD_SHIFT - PAGE_SHIFT);
		if (!pages[i]) {
			synth_exit(suite);
			return -ENOMEM;
		}
	}
	pages[0]->mapping = (struct address_space *)pages;

	return 0;
}

void synth_exit(struct kunit_suite *suite)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (!pages[i])
			continue;
		pages[i]->mapping = NULL;
		__free_pages(pages[i], PMD_SHIFT - PAGE_SHIFT);
		pages[i] = NULL;
	}
}

static const struct {
	char letter;
	unsigned char kind;
	unsigned char flags;
} letters[] = {
	{ '.', PAGETREE_HOLE },
	{ 'T', PAGETREE_TABLE },
	{ 'L', PAGETREE_LEAF },
	{ 'R', PAGETREE_LEAF },
	{ 'D', PAGETREE_LEAF },
	{ 'N', PAGETREE_LEAF, PAGETREE_PROTNONE },
	{ 'Z', PAGETREE_LEAF_ZERO },
	{ 'X', PAGETREE_LEAF_SPECIAL },
	{ 's', PAGETREE_SWAP },
	{ 'm', PAGETREE_MIGRATION },
	{ 'p', PAGETREE_HWPOISON },
	{ 'd', PAGETREE_DEVICE },
	{ 'k', PAGETREE_MARKER },
	{ 'b', PAGETREE_BAD },
};

enum pagetree_kind synth_kind(char what, unsigned char *flags)
{
	unsigned int i = 0;

	while (letters[i].letter != what)
		i++;
	*flags = letters[i].flags;

	return letters[i].kind;
}

static pteval_t leaf(unsigned int level, unsigned long pfn, pgprotval_t prot)
{
	switch (level) {
	case 1:
		return pte_val(pfn_pte(pfn, __pgprot(prot)));
	case 2:
		return pmd_val(pmd_mkhuge(pfn_pmd(pfn, __pgprot(prot))));
	default:
		return pud_val(pud_mkhuge(pfn_pud(pfn, __pgprot(prot))));
	}
}

static bool make_special(unsigned int level, pteval_t *raw)
{
	switch (level) {
	case 1:
		*raw = pte_val(pte_mkspecial(__pte(*raw)));
		return true;
#if defined(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)
	case 2:
		*raw = pmd_val(pmd_mkspecial(__pmd(*raw)));
		return true;
#elif defined(CONFIG_ARCH_HAS_PTE_DEVMAP)
	case 2:
		*raw = pmd_val(pmd_mkdevmap(__pmd(*raw)));
		return true;
#endif
#if defined(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP)
	case 3:
		*raw = pud_val(pud_mkspecial(__pud(*raw)));
		return true;
#elif defined(CONFIG_ARCH_HAS_PTE_DEVMAP)
	case 3:
		*raw = pud_val(pud_mkdevmap(__pud(*raw)));
		return true;
#endif
	default:
		return false;
	}
}

static bool make_leaf(unsigned int level, char what, unsigned int nr,
		      pteval_t *raw)
{
	const pgprotval_t readonly = pgprot_val(PAGE_READONLY);
	const pgprotval_t shared = pgprot_val(PAGE_SHARED);
	const unsigned long pfn =
		NOWHERE + ((unsigned long)nr << (9 * (level - 1)));

	switch (what) {
	case 'L':
		*raw = leaf(level, pfn,
			    nr & 1 ? shared & ~_PAGE_ACCESSED : shared);
		return true;
	case 'D':
		*raw = leaf(level, pfn, shared | _PAGE_DIRTY);
		return true;
	case 'R':
		*raw = leaf(level, level == 2 ? page_to_pfn(pages[0]) : pfn,
			    nr & 1 ? readonly & ~_PAGE_NX : readonly);
		return true;
	case 'N':
		*raw = leaf(level, pfn, pgprot_val(PAGE_NONE));
		return true;
	case 'X':
		*raw = leaf(level, pfn, nr & 1 ? shared : readonly);
		return make_special(level, raw);
	case 'Z':
		*raw = leaf(level, page_to_pfn(level == 2 ? pages[1] :
							    ZERO_PAGE(0)), readonly);
		if (level == 2 && !PAGETREE_HUGE_ZERO_SPECIAL)
			return true;
		return level < 3 && make_special(level, raw);
	default:
		return false;
	}
}

/* In the form of a PTE, as hugetlb has it at any level. */
static bool make_soft(unsigned int level, char what, unsigned int nr,
		      pteval_t *raw)
{
	unsigned int type;
	pte_t pte;

	switch (what) {
	case 's':
		type = nr % 3;
		break;
#ifdef CONFIG_MIGRATION
	case 'm':
		type = SWP_MIGRATION_READ + nr % SWP_MIGRATION_NUM;
		break;
#endif
#ifdef CONFIG_MEMORY_FAILURE
	case 'p':
		type = SWP_HWPOISON;
		break;
#endif
#ifdef CONFIG_DEVICE_PRIVATE
	case 'd':
		type = SWP_DEVICE_WRITE + nr % SWP_DEVICE_NUM;
		break;
#endif
#ifdef SWP_PTE_MARKER
	case 'k':
		type = SWP_PTE_MARKER;
		break;
#endif
	default:
		return false;
	}

	pte = swp_entry_to_pte(swp_entry(type, what == 'k' ?
					       PTE_MARKER_UFFD_WP : nr + 1));
	*raw = pte_val(nr & 1 ? pte_swp_mksoft_dirty(pte) : pte);

	return level < 3 || (what != 's' && what != 'd');
}

bool synth_entry(unsigned int level, char what, unsigned int nr, pteval_t *raw)
{
	switch (what) {
	case '.':
		*raw = 0;
		return true;
	case 'T':
		*raw = _PAGE_TABLE | (NOWHERE + nr) << PAGE_SHIFT;
		return level > 1;
	case 'b':
		*raw = _PAGE_TABLE | _PAGE_GLOBAL | (NOWHERE + nr) << PAGE_SHIFT;
		return level > 1;
	default:
		return level <= SYNTH_LEAF_LEVELS &&
		       (make_leaf(level, what, nr, raw) ||
			make_soft(level, what, nr, raw));
	}
}

void synth_skip(struct kunit *test, const char *why)
{
	/* 6.1 doesn't show of which parameter, and why */
	kunit_info(test, "skipped: %s", why);
	kunit_skip(test, "%s", why);
}

static struct synth_table *make_table(struct kunit *test)
{
	struct synth_table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, table);
	table->entries = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table->entries);
	memset(table->drawn, '.', sizeof(table->drawn));

	return table;
}

struct synth *synth_create(struct kunit *test, unsigned int levels)
{
	struct synth *synth;

	if (levels > pagetree_levels())
		synth_skip(test, "more levels than this machine has");

	synth = kunit_kzalloc(test, sizeof(*synth), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, synth);
	synth->test = test;
	synth->top = make_table(test);
	synth->root.table = synth->top->entries;
	synth->root.level = levels;

	return synth;
}

static unsigned int index_of(unsigned long addr, unsigned int level)
{
	return addr / SPAN(level) % SYNTH_ENTRIES;
}

static void put(struct synth *synth, struct synth_table *table,
		unsigned int level, unsigned int index, char what)
{
	if (!synth_entry(level, what, index, &table->entries[index]))
		synth_skip(synth->test, "an entry that this kernel doesn't have");

	table->drawn[index] = what;
	table->below[index] = NULL;
	if (what == 'T') {
		table->below[index] = make_table(synth->test);
		table->entries[index] =
			_PAGE_TABLE | __pa(table->below[index]->entries);
	}
}

void synth_put(struct synth *synth, unsigned long addr, unsigned int level,
	       char what)
{
	struct synth_table *table = synth->top;
	unsigned int at, index;

	for (at = synth->root.level; at > level; at--) {
		index = index_of(addr, at);
		if (!table->below[index])
			put(synth, table, at, index, 'T');
		table = table->below[index];
	}
	put(synth, table, level, index_of(addr, level), what);
}

/* Draws one table; returns where its first T is. */
static unsigned long draw_table(struct synth *synth, unsigned long base,
				unsigned int level, const char *letter)
{
	unsigned long first = ULONG_MAX;
	unsigned int i;

	for (i = 0; *letter && i < SYNTH_ENTRIES; i++) {
		synth_put(synth, base + i * SPAN(level), level, *letter);
		if (*letter == 'T' && first == ULONG_MAX)
			first = base + i * SPAN(level);
		if (letter[1] != '*')
			letter++;
	}

	return first;
}

void synth_draw(struct synth *synth, const struct synth_picture *picture,
		unsigned long *start, unsigned long *end)
{
	/* an index of its own at each level, lest two be mistaken */
	unsigned long base = 9 * SPAN(4) + 5 * SPAN(3) + 7 * SPAN(2);
	unsigned int level = SYNTH_LEVELS;

	while (!picture->in[level])
		level--;
	if (synth->root.level == SYNTH_LEVELS)
		base += 3 * SPAN(SYNTH_LEVELS);
	base &= -SPAN(level + 1);

	*start = base + picture->from;
	*end = base + (picture->to ?: SPAN(level + 1));
	if (level < synth->root.level)
		synth_put(synth, base, level + 1, 'T');
	for (; level && picture->in[level]; level--)
		base = draw_table(synth, base, level, picture->in[level]);
}

/* What grows at each level, and how often. */
static const char *const seeds[] = {
	[1] = "LLLRRDDNNZX....ssmpdk",
	[2] = "TTTLLRRDNZX...smpdkb",
	[3] = "TTTTTLLRDNX..mpkb",
	[4] = "TTTTTT.b",
	[5] = "TTTTTT.b",
};

static char choose(unsigned int level, struct rnd_state *rnd)
{
	pteval_t raw;
	char what;

	do {
		what = seeds[level][prandom_u32_state(rnd) % strlen(seeds[level])];
	} while (!synth_entry(level, what, 0, &raw));

	return what;
}

static void grow(struct synth *synth, struct synth_table *table,
		 unsigned int level, struct rnd_state *rnd, unsigned long start,
		 unsigned long end)
{
	const unsigned long base = start & -SPAN(level + 1);
	unsigned long first, last, from;
	unsigned int i, left = 0;
	char what = '.';

	/* two entries more on each side: they are not to be seen */
	first = max(index_of(start, level), 2U) - 2;
	last = min(index_of(end - 1, level) + 2, SYNTH_ENTRIES - 1U);
	for (i = first; i <= last; i++) {
		if (!left--) {
			what = choose(level, rnd);
			left = what == 'T' ? 0 : prandom_u32_state(rnd) % 6;
		}
		put(synth, table, level, i, what);
		from = base + i * SPAN(level);
		if (what == 'T' && from < end && from + SPAN(level) > start)
			grow(synth, table->below[i], level - 1, rnd,
			     max(from, start), min(from + SPAN(level), end));
	}
}

const u64 synth_seeds[SYNTH_SEEDS] = { 1, 2, 3, 5, 8, 13 };

void synth_seed_name(const u64 *seed, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "seed %llu", *seed);
}

void synth_grow(struct synth *synth, const u64 *seed, unsigned long *start,
		unsigned long *end)
{
	const unsigned long border = 3 * SPAN(synth->root.level);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, *seed);
	*start = border - SPAN(3) -
		 prandom_u32_state(&rnd) % 100000 * PAGE_SIZE;
	*end = border + SPAN(3) + prandom_u32_state(&rnd) % 100000 * PAGE_SIZE;
	grow(synth, synth->top, synth->root.level, &rnd, *start, *end);
}

char synth_translate(const struct synth *synth, unsigned long addr,
		     unsigned int *level)
{
	const struct synth_table *table = synth->top;
	unsigned int index;

	for (*level = synth->root.level; ; --*level) {
		index = index_of(addr, *level);
		if (!table->below[index])
			return table->drawn[index];
		table = table->below[index];
	}
}

struct synth_table *synth_table(const struct synth *synth, unsigned long addr,
				unsigned int level)
{
	struct synth_table *table = synth->top;
	unsigned int at;

	for (at = synth->root.level; at > level; at--)
		table = table->below[index_of(addr, at)];

	return table;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../module/entry.h"
#include "synth.h"

/* "mm: make PTE_MARKER_SWAPIN_ERROR more general" (v6.6) renamed it. */
#if defined(PTE_MARKER_POISONED)
#define MARKER_POISON	PTE_MARKER_POISONED
#elif defined(PTE_MARKER_SWAPIN_ERROR)
#define MARKER_POISON	PTE_MARKER_SWAPIN_ERROR
#endif

/*
 * What an architecture has to say:
 *
 * can_have()		the flags that leaves of a level can have here
 * NOT_OF_PROTNONE	and those that PROT_NONE leaves cannot
 * protection()		of a leaf, all but the frame
 * frame_bits()		where the frame is
 * TABLE_BITS		of a table, beside the frame
 * UPPER_TABLE_BITS	where it is not of the highest level, and has no more
 * BAD_BITS()		of what the kernel takes for bad; 0 if there is none
 */
#if defined(CONFIG_X86)
#ifndef _PAGE_UFFD
#define _PAGE_UFFD	_PAGE_UFFD_WP
#define _PAGE_SWP_UFFD	_PAGE_SWP_UFFD_WP
#endif

/* A read-only entry with the hardware's dirty bit may be a shadow stack. */
#ifdef _PAGE_SAVED_DIRTY
#define READONLY_DIRTY	_PAGE_SAVED_DIRTY
#else
#define READONLY_DIRTY	_PAGE_DIRTY
#endif

#define NOT_OF_PROTNONE		0
#define TABLE_BITS		_PAGE_TABLE
/* which the kernel takes for bad at the highest level */
#define UPPER_TABLE_BITS	(_PAGE_TABLE & ~_PAGE_ACCESSED)
#define BAD_BITS(level)		(_PAGE_TABLE | _PAGE_PCD)

const pteval_t synth_table_accessed = _PAGE_ACCESSED;
const pteval_t synth_special = _PAGE_SPECIAL;

static unsigned short can_have(unsigned int level)
{
	unsigned short flags = 0xffff & ~PAGETREE_CONTHINT;

	if (!_PAGE_SOFT_DIRTY)
		flags &= ~PAGETREE_SOFTDIRTY;
	if (!_PAGE_UFFD)
		flags &= ~PAGETREE_UFFD;
	if (!IS_ENABLED(CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS))
		flags &= (1 << PAGETREE_PKEY_SHIFT) - 1;

	return flags;
}

static pteval_t protection(unsigned short flags)
{
	pteval_t prot = _PAGE_PRESENT;

	if (flags & PAGETREE_PROTNONE)
		prot = _PAGE_PROTNONE;
	else if (!(flags & PAGETREE_EXEC))
		prot |= _PAGE_NX;
	if (flags & PAGETREE_WRITE)
		prot |= _PAGE_RW;
	if (flags & PAGETREE_USER)
		prot |= _PAGE_USER;
	if (flags & PAGETREE_ACCESSED)
		prot |= _PAGE_ACCESSED;
	if (flags & PAGETREE_DIRTY)
		prot |= flags & PAGETREE_WRITE ? _PAGE_DIRTY : READONLY_DIRTY;
	if (flags & PAGETREE_SOFTDIRTY)
		prot |= _PAGE_SOFT_DIRTY;
	if (flags & PAGETREE_UFFD)
		prot |= _PAGE_UFFD;

	return prot | (pteval_t)((u64)(flags >> PAGETREE_PKEY_SHIFT) <<
				 _PAGE_BIT_PKEY_BIT0);
}

static pteval_t frame_bits(unsigned long pfn)
{
	return (pteval_t)pfn << PAGE_SHIFT;
}

unsigned int synth_levels(void)
{
	if (IS_ENABLED(CONFIG_X86_32))
		return IS_ENABLED(CONFIG_X86_PAE) ? 3 : 2;
	return pgtable_l5_enabled() ? 5 : 4;
}

pteval_t synth_not_present(pteval_t raw)
{
	return raw & ~_PAGE_PRESENT;
}

pteval_t synth_table_as_leaf(pteval_t raw)
{
	return raw | _PAGE_PSE;
}

#elif defined(CONFIG_ARM64)
#ifdef PTE_UFFD
#define _PAGE_UFFD		PTE_UFFD
#define _PAGE_SWP_UFFD		PTE_SWP_UFFD
#elif defined(PTE_UFFD_WP)
#define _PAGE_UFFD		PTE_UFFD_WP
#define _PAGE_SWP_UFFD		PTE_SWP_UFFD_WP
#else
#define _PAGE_UFFD		0
#define _PAGE_SWP_UFFD		0
#endif

#define NOT_OF_PROTNONE		PAGETREE_USER
#define TABLE_BITS		PMD_TYPE_TABLE
#define UPPER_TABLE_BITS	PMD_TYPE_TABLE
#define BAD_BITS(level)		((level) > 3 ? PMD_TYPE_SECT : 0)

const pteval_t synth_table_accessed = PTE_AF;
const pteval_t synth_special = PTE_SPECIAL;

static unsigned short can_have(unsigned int level)
{
	unsigned short flags = (1 << PAGETREE_PKEY_SHIFT) - 1;

	flags &= ~PAGETREE_SOFTDIRTY;
	if (!_PAGE_UFFD)
		flags &= ~PAGETREE_UFFD;
	if (IS_ENABLED(CONFIG_ARCH_HAS_PKEYS))
		flags |= 7 << PAGETREE_PKEY_SHIFT;

	return flags;
}

/* Before LPA2 (v6.9) the two bits were never of a frame. */
#ifndef PTE_MAYBE_SHARED
#define PTE_MAYBE_SHARED	PTE_SHARED
#endif

static pteval_t protection(unsigned short flags)
{
	pteval_t prot = pgprot_val(PAGE_READONLY);

	if (flags & PAGETREE_PROTNONE)
		prot = pgprot_val(PAGE_NONE);
	prot &= ~(PTE_AF | PTE_USER | PTE_SHARED);
	prot |= PTE_MAYBE_SHARED;
	if (flags & PAGETREE_EXEC)
		prot &= ~PTE_UXN;
	if (flags & PAGETREE_WRITE)
		prot |= PTE_WRITE;
	if (flags & PAGETREE_USER)
		prot |= PTE_USER;
	if (flags & PAGETREE_ACCESSED)
		prot |= PTE_AF;
	if (flags & PAGETREE_DIRTY)
		prot |= PTE_DIRTY;
	/* the hardware's dirty bit: a write went through */
	if (flags & PAGETREE_DIRTY && flags & PAGETREE_WRITE)
		prot &= ~PTE_RDONLY;
	if (flags & PAGETREE_UFFD)
		prot |= _PAGE_UFFD;
	if (flags & PAGETREE_CONTHINT)
		prot |= PTE_CONT;

	return prot | (pteval_t)(flags >> PAGETREE_PKEY_SHIFT) << 60;
}

static pteval_t frame_bits(unsigned long pfn)
{
	return __phys_to_pte_val(PFN_PHYS(pfn));
}

unsigned int synth_levels(void)
{
	/* a level translates so many bits, the highest what is left */
	return DIV_ROUND_UP(vabits_actual - PAGE_SHIFT, PAGE_SHIFT - 3);
}

/* Of either kind. */
pteval_t synth_not_present(pteval_t raw)
{
	return raw & ~PTE_TYPE_MASK;
}

pteval_t synth_table_as_leaf(pteval_t raw)
{
	return (raw & ~PMD_TYPE_MASK) | PMD_TYPE_SECT;
}

#else
#ifndef _PAGE_UFFD
#define _PAGE_UFFD		0
#define _PAGE_SWP_UFFD		0
#endif

#define NOT_OF_PROTNONE		0
#define TABLE_BITS		_PAGE_TABLE
#define UPPER_TABLE_BITS	_PAGE_TABLE
#define BAD_BITS(level)		((level) > 3 ? _PAGE_DIRTY : 0)
#ifndef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
#define pud_mkhuge(pud)		(pud)
#endif

/* no bit of a table is the CPU's: one that nobody looks at */
const pteval_t synth_table_accessed = 1 << 9;
const pteval_t synth_special = _PAGE_SPECIAL;

static unsigned short can_have(unsigned int level)
{
	return (1 << PAGETREE_PKEY_SHIFT) - 1 - PAGETREE_SOFTDIRTY -
	       PAGETREE_UFFD - PAGETREE_CONTHINT;
}

static pteval_t protection(unsigned short flags)
{
	pteval_t prot = _PAGE_PRESENT | _PAGE_READ;

	if (flags & PAGETREE_PROTNONE)
		prot = pgprot_val(PAGE_NONE);
	if (flags & PAGETREE_EXEC)
		prot |= _PAGE_EXEC;
	if (flags & PAGETREE_WRITE)
		prot |= _PAGE_WRITE;
	if (flags & PAGETREE_USER)
		prot |= _PAGE_USER;
	if (flags & PAGETREE_ACCESSED)
		prot |= _PAGE_ACCESSED;
	if (flags & PAGETREE_DIRTY)
		prot |= _PAGE_DIRTY;

	return prot;
}

static pteval_t frame_bits(unsigned long pfn)
{
	return (pteval_t)pfn << _PAGE_PFN_SHIFT;
}

unsigned int synth_levels(void)
{
	return 3 + pgtable_l4_enabled + pgtable_l5_enabled;
}

pteval_t synth_not_present(pteval_t raw)
{
	return raw & ~_PAGE_PRESENT;
}

pteval_t synth_table_as_leaf(pteval_t raw)
{
	return raw | _PAGE_READ;
}
#endif

pgprot_t synth_page_none(void)
{
#ifdef CONFIG_ARM64
	/* where frames have 52 bits, that is two of them */
	if (!PTE_MAYBE_SHARED)
		return __pgprot(pgprot_val(PAGE_NONE) & ~PTE_SHARED);
#endif
	return PAGE_NONE;
}

pteval_t synth_with_frame(pteval_t raw, unsigned long pfn)
{
	return (raw & ~(pteval_t)PAGETREE_FRAME) | frame_bits(pfn);
}

#define LEAF	(PAGETREE_USER | PAGETREE_ACCESSED | SYNTH_ALWAYS)

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
	unsigned short flags;
} letters[] = {
	{ '.', PAGETREE_HOLE },
	{ 'T', PAGETREE_TABLE },
	{ 'L', PAGETREE_LEAF, LEAF | PAGETREE_WRITE },
	{ 'R', PAGETREE_LEAF, LEAF },
	{ 'D', PAGETREE_LEAF, LEAF | PAGETREE_WRITE | PAGETREE_DIRTY },
	{ 'N', PAGETREE_LEAF, PAGETREE_ACCESSED | PAGETREE_PROTNONE },
	{ 'Z', PAGETREE_LEAF_ZERO, LEAF },
	{ 'X', PAGETREE_LEAF_SPECIAL, LEAF | PAGETREE_WRITE },
	{ 's', PAGETREE_SWAP },
	{ 'm', PAGETREE_MIGRATION },
	{ 'p', PAGETREE_HWPOISON },
	{ 'd', PAGETREE_DEVICE },
	{ 'k', PAGETREE_MARKER },
	{ 'g', PAGETREE_GUARD },
	{ 'q', PAGETREE_POISON },
	{ 'b', PAGETREE_BAD },
};

static unsigned int find(char what)
{
	unsigned int i = 0;

	while (letters[i].letter != what)
		i++;

	return i;
}

enum pagetree_kind synth_kind(char what)
{
	return letters[find(what)].kind;
}

unsigned short synth_flags(unsigned int level, char what, unsigned short flags)
{
	flags &= can_have(level);

	switch (what) {
	case 's':
	case 'm':
	case 'd':
		return flags & (PAGETREE_SOFTDIRTY | PAGETREE_UFFD);
	case 'Z':
		if (level == 2)
			flags &= ~(PAGETREE_WRITE | PAGETREE_DIRTY);
		break;
	case 'X':
		/* hugetlb alone has PROT_NONE there, and nothing special */
		if (level == 3)
			flags &= ~PAGETREE_PROTNONE;
		break;
	case 'L':
	case 'R':
	case 'D':
	case 'N':
		break;
	default:
		return 0;
	}
	if (flags & PAGETREE_PROTNONE)
		return flags & ~PAGETREE_EXEC & ~NOT_OF_PROTNONE;

	return flags | SYNTH_ALWAYS;
}

/* The frame of leaf @number of those that lie nowhere. */
static unsigned long nowhere(unsigned int level, unsigned long number)
{
	return SYNTH_NOWHERE +
	       number * (SPAN(level) / PAGE_SIZE) % SYNTH_FRAMES;
}

struct synth_drawn synth_letter(unsigned int level, char what, unsigned int nr)
{
	struct synth_drawn drawn = {
		.what = what,
		.flags = letters[find(what)].flags,
		.frame = nr,
	};

	if (what == 'Z')
		drawn.frame = page_to_pfn(level == 2 ? pages[1] : ZERO_PAGE(0));
	else if (what == 'R' && level == 2)
		drawn.frame = page_to_pfn(pages[0]);
	else if (strchr("LRDNX", what))
		drawn.frame = nowhere(level, nr);

	return drawn;
}

static pteval_t leaf(unsigned int level, unsigned long pfn, pteval_t prot)
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
#elif defined(CONFIG_ARCH_HAS_PTE_DEVMAP) && \
	defined(CONFIG_TRANSPARENT_HUGEPAGE)
	case 2:
		*raw = pmd_val(pmd_mkdevmap(__pmd(*raw)));
		return true;
#endif
#if defined(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP)
	case 3:
		*raw = pud_val(pud_mkspecial(__pud(*raw)));
		return true;
#elif defined(CONFIG_ARCH_HAS_PTE_DEVMAP) && \
	defined(CONFIG_TRANSPARENT_HUGEPAGE) && \
	defined(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD)
	case 3:
		*raw = pud_val(pud_mkdevmap(__pud(*raw)));
		return true;
#endif
	default:
		return false;
	}
}

static bool make_leaf(unsigned int level, const struct synth_drawn *drawn,
		      pteval_t *raw)
{
	*raw = leaf(level, drawn->frame, protection(drawn->flags));
	switch (drawn->what) {
	case 'L':
	case 'R':
	case 'D':
	case 'N':
		return true;
	case 'X':
		return make_special(level, raw);
	case 'Z':
		if (level == 2 && !PAGETREE_HUGE_ZERO_SPECIAL)
			return true;
		return level < 3 && make_special(level, raw);
	default:
		return false;
	}
}

/* In the form of a PTE, as hugetlb has it at any level. */
static bool make_soft(unsigned int level, const struct synth_drawn *drawn,
		      pteval_t *raw)
{
	unsigned long offset = drawn->frame + 1;
	unsigned int type;
	pte_t pte;

	switch (drawn->what) {
	case 's':
		type = drawn->frame % 3;
		break;
#ifdef CONFIG_MIGRATION
	case 'm':
		type = SWP_MIGRATION_READ + drawn->frame % SWP_MIGRATION_NUM;
		break;
#endif
#ifdef CONFIG_MEMORY_FAILURE
	case 'p':
		type = SWP_HWPOISON;
		break;
#endif
#ifdef CONFIG_DEVICE_PRIVATE
	case 'd':
		type = SWP_DEVICE_WRITE + drawn->frame % SWP_DEVICE_NUM;
		break;
#endif
#ifdef SWP_PTE_MARKER
	case 'k':
		type = SWP_PTE_MARKER;
		offset = PTE_MARKER_UFFD_WP;
		break;
#endif
#ifdef PTE_MARKER_GUARD
	case 'g':
		type = SWP_PTE_MARKER;
		offset = PTE_MARKER_GUARD;
		break;
#endif
#if defined(MARKER_POISON)
	case 'q':
		type = SWP_PTE_MARKER;
		/* with and without protection by userfaultfd */
		offset = MARKER_POISON;
		if (drawn->frame & 1)
			offset |= PTE_MARKER_UFFD_WP;
		break;
#elif defined(SWP_SWAPIN_ERROR)
	case 'q':
		type = SWP_SWAPIN_ERROR;
		break;
#endif
	default:
		return false;
	}

	pte = swp_entry_to_pte(swp_entry(type, offset));
	if (drawn->flags & PAGETREE_SOFTDIRTY)
		pte = pte_swp_mksoft_dirty(pte);
	if (drawn->flags & PAGETREE_UFFD)
		pte = __pte(pte_val(pte) | _PAGE_SWP_UFFD);
	*raw = pte_val(pte);

	return level < 3 || (drawn->what != 's' && drawn->what != 'd');
}

bool synth_raw(unsigned int level, const struct synth_drawn *drawn,
	       pteval_t *raw)
{
	const pteval_t frame = frame_bits(SYNTH_NOWHERE + drawn->frame);

	switch (drawn->what) {
	case '.':
		*raw = 0;
		return true;
	case 'T':
		*raw = frame | (drawn->frame & 64 && level <= 3 ?
				UPPER_TABLE_BITS : TABLE_BITS);
		return level > 1;
	case 'b':
		*raw = frame | BAD_BITS(level);
		return level > 1 && BAD_BITS(level);
	default:
		return level <= SYNTH_LEAF_LEVELS &&
		       (make_leaf(level, drawn, raw) ||
			make_soft(level, drawn, raw));
	}
}

bool synth_entry(unsigned int level, char what, unsigned int nr, pteval_t *raw)
{
	const struct synth_drawn drawn = synth_letter(level, what, nr);

	return synth_raw(level, &drawn, raw);
}

static int page_init(struct kunit_resource *resource, void *context)
{
	resource->data = (void *)get_zeroed_page(GFP_KERNEL);

	return resource->data ? 0 : -ENOMEM;
}

static void page_exit(struct kunit_resource *resource)
{
	free_page((unsigned long)resource->data);
}

void synth_share(struct synth_table *table, unsigned int sharers)
{
#if defined(CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING)
	atomic_set(&virt_to_ptdesc(table->entries)->pt_share_count, sharers);
#elif defined(CONFIG_ARCH_WANT_HUGE_PMD_SHARE)
	atomic_set(&virt_to_page(table->entries)->pt_share_count, sharers);
#else
	sharers = 0;
#endif
	table->sharers = sharers;
}

static struct synth_table *make_table(struct kunit *test)
{
	struct synth_table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, table);
	/* of which the walker asks the node and the sharers */
	table->entries = kunit_alloc_resource(test, page_init, page_exit,
					      GFP_KERNEL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, table->entries);
	synth_share(table, 0);
	for (i = 0; i < SYNTH_ENTRIES; i++)
		table->drawn[i].what = '.';

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

unsigned int synth_index(unsigned long addr, unsigned int level)
{
	return addr / SPAN(level) % SYNTH_ENTRIES;
}

unsigned int synth_entries(unsigned int level)
{
	/* the root of PAE is smaller than a page */
	return IS_ENABLED(CONFIG_X86_PAE) && level == 3 ? 4 : SYNTH_ENTRIES;
}

unsigned int synth_user_entries(unsigned int level)
{
	if (level < pagetree_levels())
		return SYNTH_ENTRIES;
#if defined(CONFIG_ARM64)
	/* the kernel's half has a table of its own */
	return BIT(vabits_actual) / SPAN(level);
#elif defined(CONFIG_X86_32)
	/* the kernel's half is a quarter */
	return synth_entries(level) / 4 * 3;
#else
	return SYNTH_ENTRIES / 2;
#endif
}

static void put(struct synth *synth, struct synth_table *table,
		unsigned int level, unsigned int index,
		const struct synth_drawn *drawn)
{
	pteval_t *entry = &table->entries[index];
	struct page *below;

	if (!synth_raw(level, drawn, entry))
		synth_skip(synth->test, "an entry that this kernel doesn't have");

	table->drawn[index] = *drawn;
	table->below[index] = NULL;
	if (drawn->what == 'T') {
		table->below[index] = make_table(synth->test);
		below = virt_to_page(table->below[index]->entries);
		*entry = synth_with_frame(*entry, page_to_pfn(below));
	}
}

void synth_put_drawn(struct synth *synth, unsigned long addr,
		     unsigned int level, const struct synth_drawn *drawn)
{
	struct synth_table *table = synth->top;
	struct synth_drawn above;
	unsigned int at, index;

	for (at = synth->root.level; at > level; at--) {
		index = synth_index(addr, at);
		if (!table->below[index]) {
			above = synth_letter(at, 'T', 0);
			put(synth, table, at, index, &above);
		}
		table = table->below[index];
	}
	put(synth, table, level, synth_index(addr, level), drawn);
}

void synth_put(struct synth *synth, unsigned long addr, unsigned int level,
	       char what)
{
	const struct synth_drawn drawn =
		synth_letter(level, what, synth_index(addr, level));

	synth_put_drawn(synth, addr, level, &drawn);
}

/* Draws one table; returns where its first T is. */
static unsigned long draw_table(struct synth *synth, unsigned long base,
				unsigned int level, const char *letter)
{
	unsigned long first = ULONG_MAX;
	unsigned int i;

	for (i = 0; *letter && i < synth_entries(level); i++) {
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
	if (synth_entries(level) < 512)
		synth_skip(synth->test, "drawn for larger tables");
	if (synth->root.level == SYNTH_LEVELS)
		base += 3 * SPAN(SYNTH_LEVELS);
	base &= SPAN(synth->root.level + 1) - 1;
	base = synth_base(base, level + 1);

	*start = base + picture->from;
	*end = base + (picture->to ?: synth_user_entries(level) * SPAN(level));
	if ((*end - 1) / SPAN(synth->root.level) >=
	    synth_user_entries(synth->root.level))
		synth_skip(synth->test, "more than user space");
	if (level < synth->root.level)
		synth_put(synth, base, level + 1, 'T');
	for (; level && picture->in[level]; level--)
		base = draw_table(synth, base, level, picture->in[level]);
}

/* What grows at each level, and how often. */
static const char *const seeds[] = {
	[1] = "LLLRRDDNNZX....ssmpdkgq",
	[2] = "TTTTLLRRDNZX...smpdkgqb",
	[3] = "TTTTTTTTTTTTTTLLLRDNX..mpkgqb",
	[4] = "TTTTTTTTTTTT.b",
	[5] = "TTTTTTTTTTTT.b",
};

/**
 * struct trail - what the entries of a table have in common with those before
 * @rnd: where chance comes from
 * @what: the letter
 * @left: of so many more
 * @flags: if not the letter's
 * @jitter: flags that each entry has or not
 * @number: frame of a leaf in units of its size, from nowhere on
 * @step: from a leaf to the next; 0 for anywhere
 */
struct trail {
	struct rnd_state *rnd;
	char what;
	unsigned int left;
	unsigned short flags;
	unsigned short jitter;
	unsigned long number;
	int step;
};

static u32 below(struct trail *trail, u32 limit)
{
	return prandom_u32_state(trail->rnd) % limit;
}

/* To frames that are aligned like the addresses, a little or very much. */
static void trail_jump(struct trail *trail, unsigned int index)
{
	trail->number = index + ((unsigned long)below(trail, 512) <<
				 below(trail, 11));
}

static void trail_turn(struct trail *trail, unsigned int level,
		       unsigned int index)
{
	static const signed char steps[] = { 1, 1, 1, 1, -1, 0 };
	const unsigned short seen = PAGETREE_ACCESSED | PAGETREE_DIRTY |
				    PAGETREE_SOFTDIRTY | PAGETREE_UFFD;
	pteval_t raw;

	/* the frames go on, and one flag changes */
	if (trail->what == 'L' && !below(trail, 3)) {
		trail->left = 1 + below(trail, 6);
		trail->flags ^= 1 << below(trail, PAGETREE_PKEY_SHIFT + 4);
		return;
	}

	do {
		trail->what = seeds[level][below(trail, strlen(seeds[level]))];
	} while (!synth_entry(level, trail->what, 0, &raw));
	trail->left = trail->what == 'T' ? 1 :
		      1 + below(trail, below(trail, 8) ? 6 : 128);
	trail->flags = synth_letter(level, trail->what, 0).flags;
	if (!below(trail, 2))
		trail->flags = below(trail, 1 << PAGETREE_FLAGS);
	if (!below(trail, 4))
		trail->flags |= below(trail, 16) << PAGETREE_PKEY_SHIFT;
	trail->jitter = below(trail, 4) ? 0 : seen;
	/* often the frames go on where the flags change */
	if (!below(trail, 3)) {
		trail_jump(trail, index);
		trail->step = steps[below(trail, ARRAY_SIZE(steps))];
	}
}

static struct synth_drawn trail_next(struct trail *trail, unsigned int level,
				     unsigned int index)
{
	struct synth_drawn drawn;

	if (!trail->left)
		trail_turn(trail, level, index);
	trail->left--;

	drawn = synth_letter(level, trail->what, below(trail, 100));
	drawn.flags = synth_flags(level, drawn.what, trail->flags ^
				  (trail->jitter & below(trail, 1 << 16)));
	if (strchr("LDNX", drawn.what)) {
		if (!trail->step)
			trail_jump(trail, index);
		drawn.frame = nowhere(level, trail->number);
		trail->number += trail->step;
	}

	return drawn;
}

static void grow(struct synth *synth, struct synth_table *table,
		 unsigned int level, struct rnd_state *rnd, unsigned long start,
		 unsigned long end)
{
	const unsigned long base = synth_base(start, level + 1);
	struct trail trail = { .rnd = rnd, .step = 1 };
	struct synth_drawn drawn;
	unsigned long from;
	unsigned int first, last, i;

	/* some entries more on each side: they are counted, but not to be seen */
	i = synth_index(start, level);
	first = i - min(i, below(&trail, 20));
	last = min(synth_index(end - 1, level) + below(&trail, 20),
		   synth_entries(level) - 1);
	for (i = first; i <= last; i++) {
		drawn = trail_next(&trail, level, i);
		put(synth, table, level, i, &drawn);
		if (drawn.what != 'T')
			continue;
		if (!below(&trail, 4))
			synth_share(table->below[i], 1 + below(&trail, 5));
		from = base + i * SPAN(level);
		if (from < end && from + SPAN(level) > start)
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
	const unsigned int level = synth->root.level;
	const unsigned long entries = synth_user_entries(level);
	const unsigned long border = entries / 2 * SPAN(level);
	/* at most a quarter of all on each side, and a third of it more */
	const unsigned long reach = min(entries * (SPAN(level) / PAGE_SIZE) / 4,
					262144UL);
	const unsigned long more = min(reach / 3, 100000UL);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, *seed);
	*start = border -
		 (reach + prandom_u32_state(&rnd) % more) * PAGE_SIZE;
	*end = border + (reach + prandom_u32_state(&rnd) % more) * PAGE_SIZE;
	grow(synth, synth->top, level, &rnd, *start, *end);
	/* the kernel's half, where the root table has one */
	synth_put(synth, (synth_entries(level) - 1) * SPAN(level), level, 'T');
}

const struct synth_drawn *synth_translate(const struct synth *synth,
					  unsigned long addr,
					  unsigned int *level)
{
	const struct synth_table *table = synth->top;
	unsigned int index;

	for (*level = synth->root.level; ; --*level) {
		index = synth_index(addr, *level);
		if (!table->below[index])
			return &table->drawn[index];
		table = table->below[index];
	}
}

struct synth_table *synth_table(const struct synth *synth, unsigned long addr,
				unsigned int level)
{
	struct synth_table *table = synth->top;
	unsigned int at;

	for (at = synth->root.level; table && at > level; at--)
		table = table->below[synth_index(addr, at)];

	return table;
}

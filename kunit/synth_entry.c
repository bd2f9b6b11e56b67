// SPDX-License-Identifier: GPL-2.0-only
/* From a letter to a raw entry. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../module/entry.h"
#include "synth.h"

/* "mm: make PTE_MARKER_SWAPIN_ERROR more general" (v6.6) renamed the bit. */
#if defined(PTE_MARKER_POISONED)
#define MARKER_POISON	PTE_MARKER_POISONED
#elif defined(PTE_MARKER_SWAPIN_ERROR)
#define MARKER_POISON	PTE_MARKER_SWAPIN_ERROR
#endif

pteval_t synth_with_frame(pteval_t raw, unsigned long pfn)
{
	return (raw & ~(pteval_t)PAGETREE_FRAME) | synth_frame_bits(pfn);
}

#define LEAF	(PAGETREE_USER | PAGETREE_ACCESSED | SYNTH_ALWAYS)

/*
 * The walker reads struct page of a read-only level-2 leaf: pages[0] is like a
 * page of a file, pages[1] like the huge zero page.
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
	flags &= synth_can_have(level);

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
		/* only hugetlb has PROT_NONE there, and it has no special leaves */
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
		return flags & ~PAGETREE_EXEC & ~SYNTH_NOT_OF_PROTNONE;

	return flags | SYNTH_ALWAYS;
}

unsigned long synth_nowhere(unsigned int level, unsigned long number)
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
		drawn.frame = synth_nowhere(level, nr);

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
	*raw = leaf(level, drawn->frame, synth_protection(drawn->flags));
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

/* In the format of a PTE, which hugetlb uses at any level. */
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
	const pteval_t frame = synth_frame_bits(SYNTH_NOWHERE + drawn->frame);

	switch (drawn->what) {
	case '.':
		*raw = 0;
		return true;
	case 'T':
		*raw = frame | (drawn->frame & 64 && level <= 3 ?
				SYNTH_UPPER_TABLE_BITS : SYNTH_TABLE_BITS);
		return level > 1;
	case 'b':
		*raw = frame | SYNTH_BAD_BITS(level);
		return level > 1 && SYNTH_BAD_BITS(level);
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

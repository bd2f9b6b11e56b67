/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From one raw entry to its kind. With arch/, the only code that knows the bits
 * of an entry and the shape of a table. Entries of all levels are read as
 * pteval_t.
 */
#ifndef PAGETREE_ENTRY_H
#define PAGETREE_ENTRY_H

#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "arch/arch.h"
#include "compat.h"
#include "event.h"

#ifdef CONFIG_HIGHPTE
#include <linux/highmem.h>

#ifdef CONFIG_NUMA
#error "pagetree does not know the NUMA node of a table in high memory"
#endif
#endif

/*
 * Converts a raw entry to the type of its level. Not with __pmd() and the like:
 * they take the value that pmd_val() returns, which differs from the memory
 * under Xen.
 */
union pagetree_entry {
	pteval_t raw;
	pte_t pte;
	pmd_t pmd;
	pud_t pud;
	p4d_t p4d;
	pgd_t pgd;
};

#define PAGETREE_AS(type, from, value) \
	(((union pagetree_entry){ .from = (value) }).type)

/* The number of levels of this kernel's user page tables. */
static inline unsigned int pagetree_levels(void)
{
	return 5 - !!mm_pmd_folded(NULL) - !!mm_pud_folded(NULL) -
	       !!mm_p4d_folded(NULL);
}

/* log2 of the bytes that one entry of @level covers. */
static inline unsigned int pagetree_shift(unsigned int level)
{
	switch (level) {
	case 1:
		return PAGE_SHIFT;
	case 2:
		return PMD_SHIFT;
	case 3:
		return PUD_SHIFT;
	case 4:
		return P4D_SHIFT;
	default:
		return PGDIR_SHIFT;
	}
}

/* The entries of a table of @level if the root table has level @levels. */
static inline unsigned int pagetree_entries(unsigned int level,
					    unsigned int levels)
{
	/* arm64 folds levels at run time, but keeps the size of the PGD */
	if (level == levels && pagetree_shift(level) == PGDIR_SHIFT)
		return PTRS_PER_PGD;

	switch (level) {
	case 1:
		return PTRS_PER_PTE;
	case 2:
		return PTRS_PER_PMD;
	case 3:
		return PTRS_PER_PUD;
	default:
		return PTRS_PER_P4D;
	}
}

/* As pagetree_entries(), but without the kernel's half of the root table. */
static inline unsigned int pagetree_user_entries(unsigned int level,
						 unsigned int levels)
{
	unsigned int entries = pagetree_entries(level, levels);

	if (level < levels)
		return entries;
	return min_t(unsigned long, entries,
		     DIV_ROUND_UP(PAGETREE_USER_END,
				  1UL << pagetree_shift(level)));
}

/* The NUMA node of a table. */
static inline unsigned int pagetree_table_node(const void *table)
{
	/* virt_to_page() does not work for a table in high memory */
	if (!IS_ENABLED(CONFIG_NUMA))
		return 0;

	return page_to_nid(virt_to_page(table));
}

/* The defaults of what an architecture may define otherwise: see arch/arch.h. */

/* Reads an entry whole, and once. */
#ifndef pagetree_load
static inline pteval_t pagetree_load(const void *table, unsigned int index)
{
	return READ_ONCE(((const pteval_t *)table)[index]);
}
#endif

#ifndef pagetree_reload
#define pagetree_reload pagetree_load
#endif

#ifndef pagetree_is_protnone
#define pagetree_is_protnone pte_protnone
#endif

#ifndef pagetree_pte_frame
#define pagetree_pte_frame pte_pfn
#endif

#ifndef pagetree_xen
static inline const char *pagetree_xen(void)
{
	return NULL;
}
#endif

#ifndef pagetree_frames_translated
static inline bool pagetree_frames_translated(void)
{
	return false;
}
#endif

#ifndef pagetree_pgd_table
static inline const void *pagetree_pgd_table(pgd_t pgd)
{
	return (const void *)pgd_page_vaddr(pgd);
}
#endif

/*
 * The table that @raw of @level points to; @raw is a PAGETREE_TABLE. With
 * CONFIG_HIGHPTE a PTE table may have no address: the result is its frame
 * number, for pagetree_table_map().
 */
static inline const void *pagetree_table_below(unsigned int level,
					       pteval_t raw)
{
	switch (level) {
	case 2:
#ifdef CONFIG_HIGHPTE
		return (const void *)pmd_pfn(PAGETREE_AS(pmd, raw, raw));
#else
		return (const void *)pmd_page_vaddr(PAGETREE_AS(pmd, raw, raw));
#endif
	case 3:
		return pud_pgtable(PAGETREE_AS(pud, raw, raw));
	case 4:
		return p4d_pgtable(PAGETREE_AS(p4d, raw, raw));
	default:
		return pagetree_pgd_table(PAGETREE_AS(pgd, raw, raw));
	}
}

/*
 * Maps a PTE table that pagetree_table_below() returned, until it is unmapped.
 * The caller keeps the table in place meanwhile. Return: its address.
 */
static inline const void *pagetree_table_map(const void *table)
{
#ifdef CONFIG_HIGHPTE
	return kmap_local_page(pfn_to_page((unsigned long)table));
#else
	return table;
#endif
}

static inline void pagetree_table_unmap(const void *mapped)
{
#ifdef CONFIG_HIGHPTE
	kunmap_local(mapped);
#endif
}

/* The flags of a leaf. The bits are the same at each level. */
static inline unsigned short pagetree_flags(pteval_t raw)
{
	const pte_t pte = PAGETREE_AS(pte, raw, raw);

	return (pte_write(pte) ? PAGETREE_WRITE : 0) |
	       (pte_young(pte) ? PAGETREE_ACCESSED : 0) |
	       (pte_dirty(pte) ? PAGETREE_DIRTY : 0) |
	       (pte_soft_dirty(pte) ? PAGETREE_SOFTDIRTY : 0) |
	       (pagetree_pte_uffd(pte) ? PAGETREE_UFFD : 0) |
	       (pagetree_is_protnone(pte) ? PAGETREE_PROTNONE : 0) |
	       pagetree_leaf_bits(raw);
}

/* The access that a table entry allows below it, and its accessed bit. */
static inline unsigned short pagetree_table_flags(unsigned int level,
						  pteval_t raw)
{
	return pagetree_arch_table_flags(level, raw, pagetree_flags(raw));
}

static inline enum pagetree_kind pagetree_soft_kind(pagetree_soft_t entry)
{
	if (pagetree_soft_is_swap(entry))
		return PAGETREE_SWAP;
	if (pagetree_soft_is_migration(entry))
		return PAGETREE_MIGRATION;
	if (pagetree_soft_is_hwpoison(entry))
		return PAGETREE_HWPOISON;
	if (pagetree_soft_is_device(entry))
		return PAGETREE_DEVICE;
	/* a marker can have several bits: the kernel checks them in this order */
	if (pagetree_soft_is_guard(entry))
		return PAGETREE_GUARD;
	if (pagetree_soft_is_poison(entry))
		return PAGETREE_POISON;
	if (pagetree_soft_is_marker(entry))
		return PAGETREE_MARKER;
	return PAGETREE_BAD;
}

/* Non-present entries have the format of a PTE at each level. */
static inline enum pagetree_kind pagetree_absent_kind(pte_t pte,
						      unsigned short *flags)
{
	enum pagetree_kind kind =
		pagetree_soft_kind(pagetree_soft_from_pte(pte));

	if (kind == PAGETREE_SWAP || kind == PAGETREE_MIGRATION ||
	    kind == PAGETREE_DEVICE)
		*flags = (pte_swp_soft_dirty(pte) ? PAGETREE_SOFTDIRTY : 0) |
			 (pagetree_pte_swp_uffd(pte) ? PAGETREE_UFFD : 0);

	return kind;
}

static inline enum pagetree_kind pagetree_pte_kind(pte_t pte,
						   unsigned short *flags)
{
	if (pte_none(pte))
		return PAGETREE_HOLE;
	if (!pte_present(pte))
		return pagetree_absent_kind(pte, flags);
	*flags = pagetree_flags(PAGETREE_AS(raw, pte, pte));
	if (!pte_special(pte))
		return PAGETREE_LEAF;
	return is_zero_pfn(pte_pfn(pte)) ? PAGETREE_LEAF_ZERO :
					   PAGETREE_LEAF_SPECIAL;
}

/*
 * Whether leaf @pmd can map the huge zero page: entries that do are read-only and
 * clean.
 */
static inline bool pagetree_pmd_can_map_zero(pmd_t pmd)
{
	return !pmd_write(pmd) && !pmd_dirty(pmd) &&
	       pagetree_pmd_special(pmd) == PAGETREE_HUGE_ZERO_SPECIAL;
}

/*
 * Whether leaf @pmd, which can, maps the huge zero page. The kernel does not export its address.
 * But no other compound page that a PMD maps lacks both an anon_vma and a file.
 */
static inline bool pagetree_pmd_maps_zero(pmd_t pmd)
{
	struct page *page = pfn_to_online_page(pmd_pfn(pmd));

	return page && PageHead(page) && !READ_ONCE(page->mapping);
}

static inline enum pagetree_kind pagetree_pmd_kind(pmd_t pmd,
						   unsigned short *flags)
{
	if (pmd_none(pmd))
		return PAGETREE_HOLE;
	/*
	 * Check present first: pmd_leaf() may test only the size bit. Kernels
	 * without THP do not decode non-present entries as a PMD.
	 */
	if (!pmd_present(pmd))
		return pagetree_absent_kind(PAGETREE_AS(pte, pmd, pmd), flags);
	if (pmd_leaf(pmd)) {
		*flags = pagetree_flags(PAGETREE_AS(raw, pmd, pmd));
		return pagetree_pmd_special(pmd) ? PAGETREE_LEAF_SPECIAL :
						   PAGETREE_LEAF;
	}
	return pmd_bad(pmd) ? PAGETREE_BAD : PAGETREE_TABLE;
}

static inline enum pagetree_kind pagetree_pud_kind(pud_t pud,
						   unsigned short *flags)
{
	if (pud_none(pud))
		return PAGETREE_HOLE;
	/* hugetlb stores a pte_t here, and only pte_t knows PROT_NONE and swap */
	if (!pud_present(pud))
		return pagetree_pte_kind(PAGETREE_AS(pte, pud, pud), flags);
	if (pud_leaf(pud)) {
		if (PUD_SHIFT > PAGETREE_CONTIG_HIGHEST)
			return PAGETREE_BAD;
		*flags = pagetree_flags(PAGETREE_AS(raw, pud, pud));
		return pagetree_pud_special(pud) ? PAGETREE_LEAF_SPECIAL :
						   PAGETREE_LEAF;
	}
	return pud_bad(pud) ? PAGETREE_BAD : PAGETREE_TABLE;
}

static inline enum pagetree_kind pagetree_p4d_kind(p4d_t p4d)
{
	if (p4d_none(p4d))
		return PAGETREE_HOLE;
	return !p4d_present(p4d) || p4d_bad(p4d) ? PAGETREE_BAD :
						   PAGETREE_TABLE;
}

static inline enum pagetree_kind pagetree_pgd_kind(pgd_t pgd)
{
	if (pgd_none(pgd))
		return PAGETREE_HOLE;
	return !pgd_present(pgd) || pgd_bad(pgd) ? PAGETREE_BAD :
						   PAGETREE_TABLE;
}

/**
 * pagetree_classify() - classify an entry by its bits
 * @level: the level of the table that the entry was read from
 * @raw: the copy that pagetree_load() returned
 * @flags: set to the flags of a leaf, or to those that a non-present entry
 *	keeps; 0 for all other kinds
 *
 * Return: the kind of the entry. If pagetree_depends_on_page(), it may be
 *	PAGETREE_LEAF_ZERO instead, which pagetree_classify_locked() tells.
 */
static inline enum pagetree_kind pagetree_classify(unsigned int level,
						   pteval_t raw,
						   unsigned short *flags)
{
	*flags = 0;
	switch (level) {
	case 1:
		return pagetree_pte_kind(PAGETREE_AS(pte, raw, raw), flags);
	case 2:
		return pagetree_pmd_kind(PAGETREE_AS(pmd, raw, raw), flags);
	case 3:
		return pagetree_pud_kind(PAGETREE_AS(pud, raw, raw), flags);
	case 4:
		return pagetree_p4d_kind(PAGETREE_AS(p4d, raw, raw));
	default:
		return pagetree_pgd_kind(PAGETREE_AS(pgd, raw, raw));
	}
}

/* Whether the kind of an entry of level 2 depends on the page that it maps. */
static inline bool pagetree_depends_on_page(pteval_t raw)
{
	const pmd_t pmd = PAGETREE_AS(pmd, raw, raw);

	return pmd_present(pmd) && pmd_leaf(pmd) &&
	       pagetree_pmd_can_map_zero(pmd);
}

/*
 * pagetree_classify() that looks at the page where the kind depends on it.
 *
 * Context: the lock of the table is held since before the entry was read, unless
 *	nobody changes the table. No other lock keeps the page.
 */
static inline enum pagetree_kind
pagetree_classify_locked(unsigned int level, pteval_t raw, unsigned short *flags)
{
	const enum pagetree_kind kind = pagetree_classify(level, raw, flags);

	return level == 2 && pagetree_depends_on_page(raw) &&
	       pagetree_pmd_maps_zero(PAGETREE_AS(pmd, raw, raw)) ?
	       PAGETREE_LEAF_ZERO : kind;
}

/*
 * Takes the lock of the table of level 2 that has entry @index. Return: the lock, for
 * spin_unlock().
 */
static inline spinlock_t *pagetree_table_lock(struct mm_struct *mm,
					      const void *table,
					      unsigned int index)
{
	return pmd_lock(mm, (pmd_t *)table + index);
}

/* Whether an entry is in use. Holes look the same at each level. */
static inline bool pagetree_is_used(pteval_t raw)
{
	return !pte_none(PAGETREE_AS(pte, raw, raw));
}

static inline bool pagetree_is_leaf(enum pagetree_kind kind)
{
	return kind == PAGETREE_LEAF || kind == PAGETREE_LEAF_ZERO ||
	       kind == PAGETREE_LEAF_SPECIAL;
}

/* The frame number of a leaf, or of the table that a table entry points to. */
static inline unsigned long pagetree_frame(unsigned int level, pteval_t raw)
{
	switch (level) {
	case 1:
		return pagetree_pte_frame(PAGETREE_AS(pte, raw, raw));
	case 2:
		return pmd_pfn(PAGETREE_AS(pmd, raw, raw));
	default:
		return pud_pfn(PAGETREE_AS(pud, raw, raw));
	}
}

/*
 * The frame number of a leaf as the processor sees it. It is another one where
 * pagetree_frames_translated(). Its highest bits may be missing.
 */
static inline unsigned long pagetree_raw_frame(pteval_t raw)
{
	return ((PAGETREE_INVERTED(raw) ? ~raw : raw) & PAGETREE_FRAME) >>
	       PAGETREE_FRAME_SHIFT;
}

/* The difference between leaf @raw and a leaf that maps the next frame. */
static inline pteval_t pagetree_step(unsigned int level, pteval_t raw)
{
	const pteval_t step = (pteval_t)1 << (pagetree_shift(level) -
					      PAGE_SHIFT + PAGETREE_FRAME_SHIFT);

	return PAGETREE_INVERTED(raw) ? -step : step;
}

/* Whether two leaves have the same frame and grant the same access. */
static inline bool pagetree_same_translation(pteval_t a, pteval_t b)
{
	return !((a ^ b) & (PAGETREE_FRAME | PAGETREE_PERMISSIONS));
}

/*
 * Whether the kind of an entry does not depend on its frame: neighbours that
 * differ only in the frame are then of the same kind. The frame does matter for
 * entries that can map a zero page.
 */
static inline bool pagetree_any_frame(unsigned int level,
				      enum pagetree_kind kind,
				      unsigned short flags)
{
	return kind == PAGETREE_LEAF && (level != 2 || flags & PAGETREE_WRITE);
}

/* Whether two copies of an entry point to the same table. */
static inline bool pagetree_same_table(unsigned int level, pteval_t a,
				       pteval_t b)
{
	unsigned short flags;

	/* the CPU may set the accessed bit of a table entry at any time */
	return a == b ||
	       (pagetree_classify(level, b, &flags) == PAGETREE_TABLE &&
		pagetree_table_below(level, a) == pagetree_table_below(level, b));
}

/* Whether entry @index still points to the table that it pointed to as @raw. */
static inline bool pagetree_still_points(const void *table, unsigned int level,
					 unsigned int index, pteval_t raw)
{
	return pagetree_same_table(level, raw, pagetree_reload(table, index));
}

#endif /* PAGETREE_ENTRY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One raw entry to its kind. The only file that knows the bits of an entry and
 * the shape of a table. An entry of any level is read as a pteval_t.
 */
#ifndef PAGETREE_ENTRY_H
#define PAGETREE_ENTRY_H

#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "compat.h"
#include "event.h"

#ifdef CONFIG_RISCV
#define pteval_t	unsigned long
#endif

#ifdef CONFIG_HIGHPTE
#include <linux/highmem.h>

#ifdef CONFIG_NUMA
#error "pagetree does not know the NUMA node of a table in high memory"
#endif
#endif

/*
 * A raw entry as the type of its level: not by __pmd() and the like, which take
 * what pmd_val() gives, and that is not what lies in memory under Xen.
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

/*
 * What an architecture has to say, of a raw entry where not said otherwise:
 *
 * PAGETREE_FRAME		where the frame is
 * PAGETREE_FRAME_SHIFT		of which bit 0 is this
 * PAGETREE_PERMISSIONS		what decides, beside the frame, whether two
 *				leaves let the same through
 * PAGETREE_INVERTED()		the frame is kept inverted
 * PAGETREE_USER_END		where user space ends
 * pagetree_leaf_bits()		the bits that pte_t has no word for; and the key
 * pagetree_table_flags()	the bits of a table: what it lets through, and
 *				whether it was accessed
 * pagetree_conthint_shift()	of a level, log2 of the bytes that a hint says
 *				to be contiguous; 0 without hint
 * pagetree_has_leaves()	an entry of a level can be a leaf
 */
static inline unsigned short pagetree_flags(pteval_t raw);

#if defined(CONFIG_X86)
#define PAGETREE_FRAME			PTE_PFN_MASK
#define PAGETREE_FRAME_SHIFT		PAGE_SHIFT
#define PAGETREE_PERMISSIONS						\
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PWT | _PAGE_PCD |	\
	 _PAGE_PSE | _PAGE_GLOBAL | _PAGE_NX | _PAGE_PKEY_MASK)
#define _PAGE_PKEY_MASK							\
	(_PAGE_PKEY_BIT0 | _PAGE_PKEY_BIT1 | _PAGE_PKEY_BIT2 | _PAGE_PKEY_BIT3)
/* PROT_NONE keeps the frame from speculation; two levels have no room for it */
#define PAGETREE_INVERTED(raw)						\
	(CONFIG_PGTABLE_LEVELS > 2 && !((raw) & _PAGE_PRESENT))
#define PAGETREE_USER_END		TASK_SIZE_MAX

/* PROT_NONE has no NX either. Without PAE, i386 has none at all. */
static inline unsigned int pagetree_leaf_bits(pteval_t raw)
{
	return ((raw & (_PAGE_PRESENT | _PAGE_NX)) == _PAGE_PRESENT ?
		PAGETREE_EXEC : 0) |
	       (raw & _PAGE_USER ? PAGETREE_USER : 0) |
	       pte_flags_pkey(raw) << PAGETREE_PKEY_SHIFT;
}

/* The four of PAE's root are no more than pointers, and let all through. */
static inline unsigned short pagetree_table_flags(unsigned int level,
						  pteval_t raw)
{
	if (IS_ENABLED(CONFIG_X86_PAE) && level == 3)
		return PAGETREE_WRITE | PAGETREE_EXEC | PAGETREE_USER;

	return pagetree_flags(raw);
}

static inline unsigned int pagetree_conthint_shift(unsigned int level)
{
	return 0;
}

static inline bool pagetree_has_leaves(unsigned int level)
{
	return level == 1 || (level == 2 && boot_cpu_has(X86_FEATURE_PSE)) ||
	       (level == 3 && IS_ENABLED(CONFIG_X86_64) &&
		boot_cpu_has(X86_FEATURE_GBPAGES));
}

#elif defined(CONFIG_ARM64)
#ifdef CONFIG_ARM64_PA_BITS_52
/* the high bits of 52, or else a memory attribute that all share */
#define PAGETREE_FRAME			(PTE_ADDR_LOW | PTE_ADDR_HIGH)
#else
#define PAGETREE_FRAME			PTE_ADDR_LOW
#endif
#define PAGETREE_FRAME_SHIFT		PAGE_SHIFT
#ifdef CONFIG_ARCH_HAS_PKEYS
#define PAGETREE_PKEY_MASK		PTE_PO_IDX_MASK
#define PAGETREE_PKEY(raw)		FIELD_GET(PTE_PO_IDX_MASK, raw)
#else
#define PAGETREE_PKEY_MASK		0
#define PAGETREE_PKEY(raw)		0
#endif
/* not PTE_RDONLY, which a clean page has until it is written to */
#define PAGETREE_PERMISSIONS						\
	(PTE_VALID | PTE_ATTRINDX_MASK | PTE_USER | PTE_SHARED | PTE_NG |	\
	 PTE_GP | PTE_WRITE | PTE_PXN | PTE_UXN | PAGETREE_PKEY_MASK)
#define PAGETREE_INVERTED(raw)		false
#define PAGETREE_USER_END		TASK_SIZE_64

/* PTE_PXN is the kernel's, to which no page of a process is executable */
static inline unsigned int pagetree_leaf_bits(pteval_t raw)
{
	return ((raw & (PTE_VALID | PTE_UXN)) == PTE_VALID ? PAGETREE_EXEC : 0) |
	       (raw & PTE_USER ? PAGETREE_USER : 0) |
	       (raw & PTE_CONT ? PAGETREE_CONTHINT : 0) |
	       PAGETREE_PKEY(raw) << PAGETREE_PKEY_SHIFT;
}

/* APTable, UXNTable: what a table takes away from all below */
static inline unsigned short pagetree_table_flags(unsigned int level,
						  pteval_t raw)
{
	return (raw & BIT_ULL(62) ? 0 : PAGETREE_WRITE) |
	       (raw & BIT_ULL(61) ? 0 : PAGETREE_USER) |
	       (raw & BIT_ULL(60) ? 0 : PAGETREE_EXEC) |
	       (raw & PTE_AF ? PAGETREE_ACCESSED : 0);
}

static inline unsigned int pagetree_conthint_shift(unsigned int level)
{
	if (level > 2)
		return 0;

	return level == 1 ? CONT_PTE_SHIFT : CONT_PMD_SHIFT;
}

static inline bool pagetree_has_leaves(unsigned int level)
{
	return level < 3 || (level == 3 && pud_sect_supported());
}

#elif defined(CONFIG_RISCV) && defined(CONFIG_64BIT)
#define PAGETREE_FRAME			_PAGE_PFN_MASK
#define PAGETREE_FRAME_SHIFT		_PAGE_PFN_SHIFT
#define PAGETREE_PERMISSIONS						\
	(_PAGE_PRESENT | _PAGE_LEAF | _PAGE_USER | _PAGE_GLOBAL |	\
	 _PAGE_NOCACHE_SVPBMT | _PAGE_IO_SVPBMT)
#define PAGETREE_INVERTED(raw)		false
#define PAGETREE_USER_END		TASK_SIZE_64
/* the one size that there is: 64 KiB */
#define PAGETREE_NAPOT_ORDER		4U

static inline bool pagetree_is_napot(pteval_t raw)
{
	return has_svnapot() && (raw & _PAGE_NAPOT) &&
	       (raw & (_PAGE_PRESENT | _PAGE_PROT_NONE));
}

static inline unsigned int pagetree_leaf_bits(pteval_t raw)
{
	return ((raw & (_PAGE_PRESENT | _PAGE_EXEC)) ==
		(_PAGE_PRESENT | _PAGE_EXEC) ? PAGETREE_EXEC : 0) |
	       (raw & _PAGE_USER ? PAGETREE_USER : 0) |
	       (pagetree_is_napot(raw) ? PAGETREE_CONTHINT : 0);
}

/* no bits that take away from what is below */
static inline unsigned short pagetree_table_flags(unsigned int level,
						  pteval_t raw)
{
	return PAGETREE_WRITE | PAGETREE_EXEC | PAGETREE_USER;
}

static inline unsigned int pagetree_conthint_shift(unsigned int level)
{
	return level == 1 && has_svnapot() ?
	       PAGE_SHIFT + PAGETREE_NAPOT_ORDER : 0;
}

static inline bool pagetree_has_leaves(unsigned int level)
{
	return level <= 3;
}
#else
#error "pagetree knows the paging of x86-64, i386, arm64 and riscv64 only"
#endif

/* How many levels this kernel's user page tables have. */
static inline unsigned int pagetree_levels(void)
{
	return 5 - !!mm_pmd_folded(NULL) - !!mm_pud_folded(NULL) -
	       !!mm_p4d_folded(NULL);
}

/* log2 of the bytes that one entry of @level maps. */
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

/* Entries of a table of @level, where the root table is of level @levels. */
static inline unsigned int pagetree_entries(unsigned int level,
					    unsigned int levels)
{
	/* arm64 folds levels at run time, but the PGD stays what it was */
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

/*
 * Likewise, but of the root table only the user half; what lies above is the
 * kernel's.
 */
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

/* NUMA node of a table. */
static inline unsigned int pagetree_table_node(const void *table)
{
	/* by the address of one in high memory its page cannot be found */
	if (!IS_ENABLED(CONFIG_NUMA))
		return 0;

	return page_to_nid(virt_to_page(table));
}

#ifdef CONFIG_X86_PAE
/*
 * Whether the high half of @pte is already of the page that is to come: what is
 * not present has an offset there, inverted, of which bit 58 is the highest.
 */
static inline bool pagetree_is_torn(pte_t pte)
{
	return !(pte.pte_low & (_PAGE_PRESENT | _PAGE_PROTNONE)) &&
	       pte.pte_low & ~_PAGE_KNL_ERRATUM_MASK &&
	       !(pte.pte & BIT_ULL(58));
}

/*
 * The one read of an entry, in halves. So the kernel writes them, with a lock
 * held: the high one first, but the low one when it clears them. Without a low
 * half the entry is not there yet, or no more, as pmd_none() sees it, too. What
 * stays torn makes no sense.
 */
static inline pteval_t pagetree_load(const void *table, unsigned int index)
{
	pte_t *const entry = (pte_t *)table + index;
	unsigned int tries = 100;
	pte_t pte;

	do {
		pte = ptep_get_lockless(entry);
	} while (unlikely(pagetree_is_torn(pte)) && --tries);

	return pte.pte_low ? pte.pte : 0;
}
#else
/*
 * The one read of an entry: whole, and once. NAPOT entries all say the middle
 * of what they map together: each is given its own frame.
 */
static inline pteval_t pagetree_load(const void *table, unsigned int index)
{
	const pteval_t *entry = (const pteval_t *)table + index;
	const pteval_t raw = READ_ONCE(*entry);

#ifdef CONFIG_RISCV
	if (unlikely(pagetree_is_napot(raw))) {
		const unsigned long mask = (1UL << PAGETREE_NAPOT_ORDER) - 1;

		return (raw & ~(mask << PAGETREE_FRAME_SHIFT)) |
		       ((unsigned long)entry / sizeof(*entry) & mask) <<
		       PAGETREE_FRAME_SHIFT;
	}
#endif
	return raw;
}
#endif

static inline const void *pagetree_pgd_table(pgd_t pgd)
{
#if defined(CONFIG_ARM64) && CONFIG_PGTABLE_LEVELS > 4
	return __va(pgd_page_paddr(pgd));
#else
	return (const void *)pgd_page_vaddr(pgd);
#endif
}

/*
 * The table that @raw of @level points to; @raw is a PAGETREE_TABLE. Where PTE
 * tables may lie in high memory, one is known by its frame.
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
 * The address of a PTE table, which pagetree_table_below() gave, until it is
 * unmapped. It has to stay in place meanwhile.
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

/* Present, but not to be accessed. */
static inline bool pagetree_is_protnone(pte_t pte)
{
#ifdef CONFIG_X86
	/* without NUMA balancing, pte_protnone() says no */
	return (pte_flags(pte) & (_PAGE_PROTNONE | _PAGE_PRESENT)) ==
	       _PAGE_PROTNONE;
#else
	return pte_protnone(pte);
#endif
}

/* The bits of a leaf, which lie alike at each level. */
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
	/* a marker can be of several kinds: the one that decides */
	if (pagetree_soft_is_guard(entry))
		return PAGETREE_GUARD;
	if (pagetree_soft_is_poison(entry))
		return PAGETREE_POISON;
	if (pagetree_soft_is_marker(entry))
		return PAGETREE_MARKER;
	return PAGETREE_BAD;
}

/* What is not present has the form of a PTE at each level. */
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
 * The kernel keeps the address of the huge zero page to itself, but no other
 * compound page that a PMD maps lacks both an anon_vma and a file. Only
 * read-only and clean entries can map it. The page is held by nothing but the
 * entry, so the caller has to see the entry unchanged afterwards.
 */
static inline bool pagetree_pmd_maps_zero(pmd_t pmd)
{
	struct page *page;

	if (pmd_write(pmd) || pmd_dirty(pmd) ||
	    pagetree_pmd_special(pmd) != PAGETREE_HUGE_ZERO_SPECIAL)
		return false;
	page = pfn_to_online_page(pmd_pfn(pmd));
	return page && PageHead(page) && !READ_ONCE(page->mapping);
}

static inline enum pagetree_kind pagetree_pmd_kind(pmd_t pmd,
						   unsigned short *flags)
{
	if (pmd_none(pmd))
		return PAGETREE_HOLE;
	/*
	 * Present first: pmd_leaf() may be the size bit alone. Kernels without
	 * THP do not decode the rest as a PMD.
	 */
	if (!pmd_present(pmd))
		return pagetree_absent_kind(PAGETREE_AS(pte, pmd, pmd), flags);
	if (pmd_leaf(pmd)) {
		*flags = pagetree_flags(PAGETREE_AS(raw, pmd, pmd));
		if (pagetree_pmd_maps_zero(pmd))
			return PAGETREE_LEAF_ZERO;
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
	/* hugetlb keeps a pte_t here, which alone knows PROT_NONE and swap */
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
 * pagetree_classify() - what one entry is
 * @level: the level of the table it was read from
 * @raw: the copy that pagetree_load() gave
 * @flags: set to the bits of a leaf, and to those that a non-present entry
 *	keeps; to 0 for anything else
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

/* Whether an entry is in use: holes read alike at each level. */
static inline bool pagetree_is_used(pteval_t raw)
{
	return !pte_none(PAGETREE_AS(pte, raw, raw));
}

static inline bool pagetree_is_leaf(enum pagetree_kind kind)
{
	return kind == PAGETREE_LEAF || kind == PAGETREE_LEAF_ZERO ||
	       kind == PAGETREE_LEAF_SPECIAL;
}

/* The frame of a leaf, or of the table that a table entry points to. */
static inline unsigned long pagetree_frame(unsigned int level, pteval_t raw)
{
	switch (level) {
	case 1:
#ifdef CONFIG_RISCV
		/* pte_pfn() takes a NAPOT entry for one as it lies in memory */
		return (raw & PAGETREE_FRAME) >> PAGETREE_FRAME_SHIFT;
#else
		return pte_pfn(PAGETREE_AS(pte, raw, raw));
#endif
	case 2:
		return pmd_pfn(PAGETREE_AS(pmd, raw, raw));
	default:
		return pud_pfn(PAGETREE_AS(pud, raw, raw));
	}
}

/* What is added to leaf @raw where it would map the next frame. */
static inline pteval_t pagetree_step(unsigned int level, pteval_t raw)
{
	const pteval_t step = (pteval_t)1 << (pagetree_shift(level) -
					      PAGE_SHIFT + PAGETREE_FRAME_SHIFT);

	return PAGETREE_INVERTED(raw) ? -step : step;
}

/* Whether two leaves differ in nothing that a translation depends on. */
static inline bool pagetree_same_translation(pteval_t a, pteval_t b)
{
	return !((a ^ b) & (PAGETREE_FRAME | PAGETREE_PERMISSIONS));
}

/*
 * Whether the frame of an entry says nothing about its kind: neighbours that
 * differ in the frame alone are then of the same. It decides about zero pages.
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

	/* a walk by the CPU may set the accessed bit of an entry any time */
	return a == b ||
	       (pagetree_classify(level, b, &flags) == PAGETREE_TABLE &&
		pagetree_table_below(level, a) == pagetree_table_below(level, b));
}

/*
 * Whether entry @index still points to the table that it pointed to as @raw. In
 * halves, two tables could be taken for a third one; but the kernel interrupts
 * all CPUs between them (pmdp_get_lockless_sync()). PT_RECLAIM does not, but it
 * would have to put a third table there within the three loads.
 */
static inline bool pagetree_still_points(const void *table, unsigned int level,
					 unsigned int index, pteval_t raw)
{
	pteval_t now;
#ifdef CONFIG_X86_PAE
	unsigned long flags;

	local_irq_save(flags);
	now = pagetree_load(table, index);
	local_irq_restore(flags);
#else
	now = pagetree_load(table, index);
#endif

	return pagetree_same_table(level, raw, now);
}

#endif /* PAGETREE_ENTRY_H */

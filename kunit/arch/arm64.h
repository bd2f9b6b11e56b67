/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64, with pages of any size; see arch.h. */
#ifndef PAGETREE_SYNTH_ARM64_H
#define PAGETREE_SYNTH_ARM64_H

#include <linux/mm.h>
#include <linux/pgtable.h>

#include "../../module/event.h"

#define SYNTH_BITS		(PAGE_SHIFT - 3)
/* with pages of 16 KiB, level 3 has no leaves */
#define SYNTH_LEAF_LEVELS	(PAGE_SHIFT > 12 ? 2 : 3)
#define SYNTH_NOWHERE		(1UL << (46 - PAGE_SHIFT))
#define SYNTH_FRAMES		(1UL << (CONFIG_ARM64_PA_BITS - 1 - PAGE_SHIFT))
#define SYNTH_ALWAYS		0
#define SYNTH_PAGE_NONE		(PAGETREE_ACCESSED | PAGETREE_PROTNONE)

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

#define SYNTH_NOT_OF_PROTNONE	PAGETREE_USER
#define SYNTH_TABLE_BITS	PMD_TYPE_TABLE
#define SYNTH_UPPER_TABLE_BITS	PMD_TYPE_TABLE
#define SYNTH_BAD_BITS(level)	((level) > 3 ? PMD_TYPE_SECT : 0)

#define SYNTH_TABLE_ACCESSED	PTE_AF
#define SYNTH_SPECIAL		PTE_SPECIAL

static inline unsigned short synth_can_have(unsigned int level)
{
	unsigned short flags = (1 << PAGETREE_PKEY_SHIFT) - 1;

	flags &= ~PAGETREE_SOFTDIRTY;
	if (!_PAGE_UFFD)
		flags &= ~PAGETREE_UFFD;
	if (IS_ENABLED(CONFIG_ARCH_HAS_PKEYS))
		flags |= 7 << PAGETREE_PKEY_SHIFT;

	return flags;
}

/* Before LPA2 (v6.9) these two bits were never part of a frame. */
#ifndef PTE_MAYBE_SHARED
#define PTE_MAYBE_SHARED	PTE_SHARED
#endif

static inline pteval_t synth_protection(unsigned short flags)
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
	/* the hardware's dirty bit */
	if (flags & PAGETREE_DIRTY && flags & PAGETREE_WRITE)
		prot &= ~PTE_RDONLY;
	if (flags & PAGETREE_UFFD)
		prot |= _PAGE_UFFD;
	if (flags & PAGETREE_CONTHINT)
		prot |= PTE_CONT;

	return prot | (pteval_t)(flags >> PAGETREE_PKEY_SHIFT) << 60;
}

static inline pteval_t synth_frame_bits(unsigned long pfn)
{
	return __phys_to_pte_val(PFN_PHYS(pfn));
}

static inline unsigned int synth_levels(void)
{
	/* each level translates PAGE_SHIFT - 3 bits, the highest the rest */
	return DIV_ROUND_UP(vabits_actual - PAGE_SHIFT, PAGE_SHIFT - 3);
}

/* A table or a leaf. */
static inline pteval_t synth_not_present(pteval_t raw)
{
	return raw & ~PTE_TYPE_MASK;
}

static inline pteval_t synth_table_as_leaf(pteval_t raw)
{
	return (raw & ~PMD_TYPE_MASK) | PMD_TYPE_SECT;
}

/* The kernel's half has a root table of its own. */
static inline unsigned int synth_root_entries(unsigned int entries,
					      unsigned long span)
{
	return BIT(vabits_actual) / span;
}

/* With frames of 52 bits, the two bits of PTE_SHARED belong to the frame. */
static inline pgprot_t synth_page_none(void)
{
	if (!PTE_MAYBE_SHARED)
		return __pgprot(pgprot_val(PAGE_NONE) & ~PTE_SHARED);

	return PAGE_NONE;
}

#endif /* PAGETREE_SYNTH_ARM64_H */

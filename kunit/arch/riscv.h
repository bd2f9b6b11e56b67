/* SPDX-License-Identifier: GPL-2.0-only */
/* riscv64; see arch.h. */
#ifndef PAGETREE_SYNTH_RISCV_H
#define PAGETREE_SYNTH_RISCV_H

#include <linux/mm.h>
#include <linux/pgtable.h>

#include "../../module/event.h"

#define SYNTH_BITS		(PAGE_SHIFT - 3)
#define SYNTH_LEAF_LEVELS	3
#define SYNTH_NOWHERE		(1UL << (46 - PAGE_SHIFT))
#define SYNTH_FRAMES		(1UL << (51 - PAGE_SHIFT))
#define SYNTH_ALWAYS		0
#define SYNTH_PAGE_NONE		PAGETREE_PROTNONE
#define PAGE_READONLY_EXEC	PAGE_READ_EXEC

#ifndef _PAGE_UFFD
#define _PAGE_UFFD		0
#define _PAGE_SWP_UFFD		0
#endif

#define SYNTH_NOT_OF_PROTNONE	0
#define SYNTH_TABLE_BITS	_PAGE_TABLE
#define SYNTH_UPPER_TABLE_BITS	_PAGE_TABLE
#define SYNTH_BAD_BITS(level)	((level) > 3 ? _PAGE_DIRTY : 0)
#ifndef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
#define pud_mkhuge(pud)		(pud)
#endif

/* the CPU changes no bit of a table entry: this is one that nobody checks */
#define SYNTH_TABLE_ACCESSED	BIT(9)
#define SYNTH_SPECIAL		_PAGE_SPECIAL

static inline unsigned short synth_can_have(unsigned int level)
{
	return (1 << PAGETREE_PKEY_SHIFT) - 1 - PAGETREE_SOFTDIRTY -
	       PAGETREE_UFFD - PAGETREE_CONTHINT;
}

static inline pteval_t synth_protection(unsigned short flags)
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

static inline pteval_t synth_frame_bits(unsigned long pfn)
{
	return (pteval_t)pfn << _PAGE_PFN_SHIFT;
}

static inline unsigned int synth_levels(void)
{
	return 3 + pgtable_l4_enabled + pgtable_l5_enabled;
}

static inline pteval_t synth_not_present(pteval_t raw)
{
	return raw & ~_PAGE_PRESENT;
}

static inline pteval_t synth_table_as_leaf(pteval_t raw)
{
	return raw | _PAGE_READ;
}

static inline unsigned int synth_root_entries(unsigned int entries,
					      unsigned long span)
{
	return entries / 2;
}

static inline pgprot_t synth_page_none(void)
{
	return PAGE_NONE;
}

#endif /* PAGETREE_SYNTH_RISCV_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* x86-64 and i386, with PAE and without; see arch.h. */
#ifndef PAGETREE_SYNTH_X86_H
#define PAGETREE_SYNTH_X86_H

#include <linux/mm.h>
#include <linux/pgtable.h>

#include "../../module/event.h"

#if defined(CONFIG_X86_32) && !defined(CONFIG_X86_PAE)
#define SYNTH_BITS		(PAGE_SHIFT - 2)
/* no NX bit: every leaf is executable */
#define SYNTH_ALWAYS		PAGETREE_EXEC
#else
#define SYNTH_BITS		(PAGE_SHIFT - 3)
#define SYNTH_ALWAYS		0
#endif
#ifdef CONFIG_X86_32
#define SYNTH_LEAF_LEVELS	2
#define SYNTH_NOWHERE		(1UL << (IS_ENABLED(CONFIG_X86_PAE) ? 29 : 19))
#define SYNTH_FRAMES		SYNTH_NOWHERE
#else
#define SYNTH_LEAF_LEVELS	3
#define SYNTH_NOWHERE		(1UL << (46 - PAGE_SHIFT))
#define SYNTH_FRAMES		(1UL << (51 - PAGE_SHIFT))
#endif
#define SYNTH_PAGE_NONE		(PAGETREE_ACCESSED | PAGETREE_PROTNONE)

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

#define SYNTH_NOT_OF_PROTNONE	0
#define SYNTH_TABLE_BITS	_PAGE_TABLE
/* the kernel considers these bad at the highest level */
#define SYNTH_UPPER_TABLE_BITS	(_PAGE_TABLE & ~_PAGE_ACCESSED)
#define SYNTH_BAD_BITS(level)	(_PAGE_TABLE | _PAGE_PCD)

#define SYNTH_TABLE_ACCESSED	_PAGE_ACCESSED
#define SYNTH_SPECIAL		_PAGE_SPECIAL

static inline unsigned short synth_can_have(unsigned int level)
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

static inline pteval_t synth_protection(unsigned short flags)
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

static inline pteval_t synth_frame_bits(unsigned long pfn)
{
	return (pteval_t)pfn << PAGE_SHIFT;
}

static inline unsigned int synth_levels(void)
{
	if (IS_ENABLED(CONFIG_X86_32))
		return IS_ENABLED(CONFIG_X86_PAE) ? 3 : 2;
	return pgtable_l5_enabled() ? 5 : 4;
}

static inline pteval_t synth_not_present(pteval_t raw)
{
	return raw & ~_PAGE_PRESENT;
}

static inline pteval_t synth_table_as_leaf(pteval_t raw)
{
	return raw | _PAGE_PSE;
}

/* On i386 the kernel has a quarter of the addresses. */
static inline unsigned int synth_root_entries(unsigned int entries,
					      unsigned long span)
{
	return IS_ENABLED(CONFIG_X86_32) ? entries / 4 * 3 : entries / 2;
}

static inline pgprot_t synth_page_none(void)
{
	return PAGE_NONE;
}

#endif /* PAGETREE_SYNTH_X86_H */

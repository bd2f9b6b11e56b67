/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a CPU flushes its TLB. The primitives are the architecture's: see
 * arch/arch.h.
 */
#ifndef PAGETREE_FLUSH_H
#define PAGETREE_FLUSH_H

#include <linux/pgtable.h>

#include "../arch/arch.h"

#ifndef PAGETREE_FLUSH_BY
#error "pagetree needs CONFIG_PARAVIRT on x86: without it, modules cannot flush a TLB"
#endif

/*
 * log2 of the bytes that flushing one page certainly drops, in a VMA with pages
 * of 2^@page_shift bytes. A page can be made of several entries, and a TLB may
 * cache each of them separately.
 */
static inline unsigned int pagetree_flush_shift(unsigned int page_shift)
{
	if (page_shift < PMD_SHIFT)
		return PAGE_SHIFT;

	return page_shift < PUD_SHIFT ? PMD_SHIFT : page_shift;
}

#endif /* PAGETREE_FLUSH_H */

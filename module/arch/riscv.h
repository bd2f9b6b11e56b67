/* SPDX-License-Identifier: GPL-2.0-only */
/* riscv64; see arch.h. */
#ifndef PAGETREE_ARCH_RISCV_H
#define PAGETREE_ARCH_RISCV_H

#include <linux/mm.h>
#include <linux/pgtable.h>

#include <asm/csr.h>
#include <asm/errata_list.h>
#include <asm/mmu.h>
#include <asm/sbi.h>
#include <asm/tlbflush.h>

#include "../event.h"

/* Entries */

#define pteval_t			unsigned long
#define PAGETREE_FRAME			_PAGE_PFN_MASK
#define PAGETREE_FRAME_SHIFT		_PAGE_PFN_SHIFT
#define PAGETREE_PERMISSIONS						\
	(_PAGE_PRESENT | _PAGE_LEAF | _PAGE_USER | _PAGE_GLOBAL |	\
	 _PAGE_NOCACHE_SVPBMT | _PAGE_IO_SVPBMT)
#define PAGETREE_INVERTED(raw)		false
#define PAGETREE_USER_END		TASK_SIZE_64
/* Svnapot has a single size: 64 KiB. */
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

/* Table entries have no bits that restrict what is below. */
static inline unsigned short pagetree_arch_table_flags(unsigned int level,
						       pteval_t raw,
						       unsigned short leaf)
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

/*
 * All NAPOT entries of a block store the same frame number, with the block's
 * size in the low bits. Gives each entry its own frame instead.
 */
#define pagetree_load pagetree_load
static inline pteval_t pagetree_load(const void *table, unsigned int index)
{
	const pteval_t *entry = (const pteval_t *)table + index;
	const pteval_t raw = READ_ONCE(*entry);

	if (unlikely(pagetree_is_napot(raw))) {
		const unsigned long mask = (1UL << PAGETREE_NAPOT_ORDER) - 1;

		return (raw & ~(mask << PAGETREE_FRAME_SHIFT)) |
		       ((unsigned long)entry / sizeof(*entry) & mask) <<
		       PAGETREE_FRAME_SHIFT;
	}

	return raw;
}

/* pte_pfn() would decode a NAPOT entry again, as if it came from memory. */
#define pagetree_pte_frame pagetree_pte_frame
static inline unsigned long pagetree_pte_frame(pte_t pte)
{
	return (pte_val(pte) & PAGETREE_FRAME) >> PAGETREE_FRAME_SHIFT;
}

/* TLB flushes */

#define PAGETREE_FLUSH_BY		"ipi"
#define PAGETREE_FLUSH_BROADCASTS	false
#define PAGETREE_FLUSH_HELD		true

static inline bool pagetree_flush_loaded(const struct mm_struct *mm)
{
	return (csr_read(CSR_SATP) & SATP_PPN) == virt_to_pfn(mm->pgd);
}

static inline void pagetree_flush_begin(void)
{
}

static inline void pagetree_flush_end(void)
{
}

/* Without ASIDs in the kernel, the ID is 0 for every address space. */
static inline unsigned long pagetree_flush_asid(const struct mm_struct *mm)
{
	return cntx2asid(atomic_long_read(&mm->context.id));
}

/* SFENCE.VMA; on processors with an erratum it flushes everything. */
static inline void pagetree_flush_page(const struct mm_struct *mm,
				       unsigned long address)
{
	ALT_SFENCE_VMA_ADDR_ASID(address, pagetree_flush_asid(mm));
}

static inline void pagetree_flush_context(const struct mm_struct *mm)
{
	ALT_SFENCE_VMA_ASID(pagetree_flush_asid(mm));
}

static inline void pagetree_flush_global(void)
{
	local_flush_tlb_all();
}

static inline void pagetree_flush_deferred(struct mm_struct *mm)
{
}

static inline bool pagetree_flush_by_broadcast(struct mm_struct *mm)
{
	return false;
}

static inline const char *pagetree_flush_by_kernel(void)
{
	return riscv_use_sbi_for_rfence() ? "sbi" : "ipi";
}

/* System calls */

static inline int pagetree_syscall_nr(struct pt_regs *regs)
{
	/* a7 is just a register unless this was an ecall */
	return regs->cause == EXC_SYSCALL ? syscall_get_nr(current, regs) : -1;
}

/* The file geometry: no keys of its own */

#define PAGETREE_ARCH			"riscv64"
#define PAGETREE_ARCH_KEYS(X)

#endif /* PAGETREE_ARCH_RISCV_H */

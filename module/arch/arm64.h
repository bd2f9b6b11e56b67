/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64, with pages of 4 or 16 KiB; see arch.h. */
#ifndef PAGETREE_ARCH_ARM64_H
#define PAGETREE_ARCH_ARM64_H

/* never tested, and a table of 8192 entries needs more columns */
#ifdef CONFIG_ARM64_64K_PAGES
#error "pagetree does not support pages of 64 KiB"
#endif

#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/mmu.h>
#include <asm/sysreg.h>

#include "../compat.h"
#include "../event.h"

/* Entries */

#ifdef CONFIG_ARM64_PA_BITS_52
/*
 * PTE_ADDR_HIGH: the high bits of a frame of 52 bits. On processors with 48 bits
 * they are a memory attribute, the same in all leaves.
 */
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
/* Not PTE_RDONLY: writable pages have it, too, until the first write. */
#define PAGETREE_PERMISSIONS						\
	(PTE_VALID | PTE_ATTRINDX_MASK | PTE_USER | PTE_SHARED | PTE_NG |	\
	 PTE_GP | PTE_WRITE | PTE_PXN | PTE_UXN | PAGETREE_PKEY_MASK)
#define PAGETREE_INVERTED(raw)		false
#define PAGETREE_USER_END		TASK_SIZE_64

/* Not PTE_PXN: the kernel never executes pages of a process. */
static inline unsigned int pagetree_leaf_bits(pteval_t raw)
{
	return ((raw & (PTE_VALID | PTE_UXN)) == PTE_VALID ? PAGETREE_EXEC : 0) |
	       (raw & PTE_USER ? PAGETREE_USER : 0) |
	       (raw & PTE_CONT ? PAGETREE_CONTHINT : 0) |
	       PAGETREE_PKEY(raw) << PAGETREE_PKEY_SHIFT;
}

/* APTable and UXNTable take permissions away from everything below. */
static inline unsigned short pagetree_arch_table_flags(unsigned int level,
						       pteval_t raw,
						       unsigned short leaf)
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

#if CONFIG_PGTABLE_LEVELS > 4
#define pagetree_pgd_table pagetree_pgd_table
static inline const void *pagetree_pgd_table(pgd_t pgd)
{
	return __va(pgd_page_paddr(pgd));
}
#endif

/*
 * TLB flushes. TLBI reaches all CPUs of the inner shareable domain. The kernel's
 * own functions do the same, but need symbols that modules do not have.
 */

#define PAGETREE_FLUSH_BY		"tlbi"
#define PAGETREE_FLUSH_BROADCASTS	true
#define PAGETREE_FLUSH_HELD		true

static inline void pagetree_flush_begin(void)
{
	dsb(ishst);
}

/* Waits until all CPUs are done. An extra TLBI works around an erratum. */
static inline void pagetree_flush_end(void)
{
	dsb(ish);
	if (cpus_have_final_cap(PAGETREE_REPEAT_TLBI)) {
		asm volatile("tlbi vale1is, xzr" : : : "memory");
		dsb(ish);
	}
	isb();
}

/* The operand of TLBI: the ASID of @mm, and a page of it or 0. */
static inline u64 pagetree_flush_operand(const struct mm_struct *mm,
					 unsigned long address)
{
	const u64 asid = atomic64_read(&mm->context.id) & 0xffff;

	return asid << 48 | (address >> 12 & GENMASK_ULL(43, 0));
}

/* User mode has an ASID of its own where the kernel is unmapped in it. */
static inline void pagetree_flush_page(const struct mm_struct *mm,
				       unsigned long address)
{
	const u64 operand = pagetree_flush_operand(mm, address);

	asm volatile("tlbi vale1is, %0" : : "r" (operand) : "memory");
	if (arm64_kernel_unmapped_at_el0())
		asm volatile("tlbi vale1is, %0"
			     : : "r" (operand | USER_ASID_FLAG) : "memory");
}

static inline void pagetree_flush_context(const struct mm_struct *mm)
{
	const u64 operand = pagetree_flush_operand(mm, 0);

	asm volatile("tlbi aside1is, %0" : : "r" (operand) : "memory");
	if (arm64_kernel_unmapped_at_el0())
		asm volatile("tlbi aside1is, %0"
			     : : "r" (operand | USER_ASID_FLAG) : "memory");
}

static inline void pagetree_flush_global(void)
{
	asm volatile("tlbi vmalle1is" : : : "memory");
}

static inline bool pagetree_flush_loaded(const struct mm_struct *mm)
{
	return false;
}

static inline void pagetree_flush_deferred(struct mm_struct *mm)
{
}

/*
 * We broadcast too, and normally reach everything. But some processors do not
 * wait for outstanding SME accesses; the kernel sends them IPIs in addition.
 */
static inline bool pagetree_flush_by_broadcast(struct mm_struct *mm)
{
#ifdef ARM64_WORKAROUND_4193714
	return cpus_have_final_cap(ARM64_WORKAROUND_4193714);
#else
	return false;
#endif
}

static inline const char *pagetree_flush_by_kernel(void)
{
	return "tlbi";
}

/* System calls */

static inline int pagetree_syscall_nr(struct pt_regs *regs)
{
	/* every other entry sets syscallno to NO_SYSCALL, -1 */
	return syscall_get_nr(current, regs);
}

/* The file geometry */

static inline int pagetree_asid_bits(void)
{
	const u64 features = read_sysreg(id_aa64mmfr0_el1);

	return (features >> 4 & 15) == 2 ? 16 : 8;
}

#define PAGETREE_ARCH			"aarch64"
#define PAGETREE_ARCH_KEYS(X)						\
	X(asid_bits, pagetree_asid_bits())				\
	X(pti,       arm64_kernel_unmapped_at_el0())

#endif /* PAGETREE_ARCH_ARM64_H */

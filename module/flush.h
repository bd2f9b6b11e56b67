/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a CPU drops what its TLB holds: by the kernel's own primitives where
 * modules have them. The only code of shootdowns that knows the architecture.
 *
 * PAGETREE_FLUSH_BY	how the others are made to
 * _BROADCASTS		the processor does that itself: no CPU is interrupted,
 *			and all drop what they hold, whether they run it or not
 * _HELD		one that is interrupted drops what it holds of an address
 *			space it does not run, too
 *
 * With neither, a CPU can only flush the address space that it runs.
 */
#ifndef PAGETREE_FLUSH_H
#define PAGETREE_FLUSH_H

#include <linux/cpumask.h>
#include <linux/mm_types.h>

#if defined(CONFIG_X86)
#include <asm/hypervisor.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

#include "compat.h"

#ifndef CONFIG_PARAVIRT
#error "pagetree needs CONFIG_PARAVIRT: without it, modules cannot flush a TLB"
#endif

#define PAGETREE_FLUSH_BY		"ipi"
#define PAGETREE_FLUSH_BROADCASTS	false
#define PAGETREE_FLUSH_HELD		false

/* Whether this CPU runs in @mm, lazily or not. With interrupts off. */
static inline bool pagetree_flush_loaded(const struct mm_struct *mm)
{
	return read_cr3_pa() == __pa(mm->pgd);
}

/* Around all flushes of a round, also if there are none. */
static inline void pagetree_flush_begin(void)
{
}

static inline void pagetree_flush_end(void)
{
}

/* What this CPU holds of one page, large or not, of @mm, which is loaded. */
static inline void pagetree_flush_page(const struct mm_struct *mm,
				       unsigned long address)
{
	__flush_tlb_one_user(address);
}

/* What it holds of @mm, which is loaded. */
static inline void pagetree_flush_context(const struct mm_struct *mm)
{
	__flush_tlb_local();
}

/* All it holds, global entries and other contexts too. */
static inline void pagetree_flush_global(void)
{
	__flush_tlb_global();
}

/*
 * CPUs that switch to @mm from now on flush what they hold of it. A full
 * barrier: mm_cpumask() is to be read afterwards.
 */
static inline void pagetree_flush_deferred(struct mm_struct *mm)
{
	atomic64_inc_return(&mm->context.tlb_gen);
}

/* Whether CPUs hold @mm in a way that only a broadcast reaches. */
static inline bool pagetree_flush_by_broadcast(struct mm_struct *mm)
{
#ifdef CONFIG_BROADCAST_TLB_FLUSH
	return READ_ONCE(mm->context.global_asid);
#else
	return false;
#endif
}

/* As pv_tlb_flush_supported() of the kernel decides. */
static inline bool pagetree_flush_by_kvm(void)
{
	const u32 base = cpuid_base_hypervisor("KVMKVMKVM\0\0\0", 1);
	u32 features = base ? cpuid_eax(base + 1) : 0;
	u32 hints = base ? cpuid_edx(base + 1) : 0;

	return (features & BIT(9)) && (features & BIT(5)) && !(hints & BIT(0)) &&
	       !boot_cpu_has(X86_FEATURE_MWAIT) && num_possible_cpus() > 1;
}

/* How the kernel has other CPUs flush. */
static inline const char *pagetree_flush_by_kernel(void)
{
#ifdef CONFIG_BROADCAST_TLB_FLUSH
	if (cpu_feature_enabled(X86_FEATURE_INVLPGB))
		return "invlpgb";
#endif
	if (boot_cpu_has(X86_FEATURE_XENPV) ||
	    (hypervisor_is_type(X86_HYPER_KVM) && pagetree_flush_by_kvm()) ||
	    /* bit 2: its hypercall is recommended */
	    (hypervisor_is_type(X86_HYPER_MS_HYPERV) &&
	     (cpuid_eax(0x40000004) & BIT(2))))
		return "paravirt";

	return "ipi";
}

#elif defined(CONFIG_ARM64)
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/mmu.h>

#include "compat.h"

/*
 * TLBI reaches all CPUs of the inner shareable domain. The kernel's functions
 * do the same, but need symbols that modules do not have.
 */
#define PAGETREE_FLUSH_BY		"tlbi"
#define PAGETREE_FLUSH_BROADCASTS	true
#define PAGETREE_FLUSH_HELD		true

static inline void pagetree_flush_begin(void)
{
	dsb(ishst);
}

/* Waits until all CPUs are through. A TLBI too many undoes an erratum. */
static inline void pagetree_flush_end(void)
{
	dsb(ish);
	if (cpus_have_final_cap(PAGETREE_REPEAT_TLBI)) {
		asm volatile("tlbi vale1is, xzr" : : : "memory");
		dsb(ish);
	}
	isb();
}

/* The operand: an address space, and a page of it or 0. */
static inline u64 pagetree_flush_operand(const struct mm_struct *mm,
					 unsigned long address)
{
	const u64 asid = atomic64_read(&mm->context.id) & 0xffff;

	return asid << 48 | (address >> 12 & GENMASK_ULL(43, 0));
}

/* Of one page, large or not. Without the kernel in it, user mode has its own ASID. */
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
 * For once, that is what we do: but some processors do not wait for what SME
 * has under way, to which the kernel sends IPIs.
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

#elif defined(CONFIG_RISCV)
#include <asm/csr.h>
#include <asm/errata_list.h>
#include <asm/mmu.h>
#include <asm/sbi.h>
#include <asm/tlbflush.h>

#define PAGETREE_FLUSH_BY		"ipi"
#define PAGETREE_FLUSH_BROADCASTS	false
#define PAGETREE_FLUSH_HELD		true

/* Whether this CPU runs in @mm, lazily or not. With interrupts off. */
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

/* 0 where the kernel gives no ASIDs: then it is that of all. */
static inline unsigned long pagetree_flush_asid(const struct mm_struct *mm)
{
	return cntx2asid(atomic_long_read(&mm->context.id));
}

/* SFENCE.VMA, of all where an erratum makes it leave something. */
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
#else
#error "pagetree knows how to flush the TLB of x86-64, i386, arm64 and riscv64 only"
#endif

/*
 * log2 of the bytes that one flush of a page surely drops, where pages have
 * 2^@page_shift: of one made of several entries, a TLB may hold each by itself.
 */
static inline unsigned int pagetree_flush_shift(unsigned int page_shift)
{
	if (page_shift < PMD_SHIFT)
		return PAGE_SHIFT;

	return page_shift < PUD_SHIFT ? PMD_SHIFT : page_shift;
}

#endif /* PAGETREE_FLUSH_H */

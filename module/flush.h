/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a CPU drops what its TLB holds: the kernel's own primitives, which know
 * of PTI, PCID and Xen. The only code of shootdowns that knows the architecture.
 */
#ifndef PAGETREE_FLUSH_H
#define PAGETREE_FLUSH_H

#include <linux/cpumask.h>
#include <linux/mm_types.h>

#ifdef CONFIG_X86
#include <asm/hypervisor.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

#include "compat.h"

#ifndef CONFIG_PARAVIRT
#error "pagetree needs CONFIG_PARAVIRT: without it, modules cannot flush a TLB"
#endif

/* Whether this CPU runs in @mm, lazily or not. With interrupts off. */
static inline bool pagetree_flush_loaded(const struct mm_struct *mm)
{
	return read_cr3_pa() == __pa(mm->pgd);
}

/* What this CPU holds of one page, large or not, of the loaded mm. */
static inline void pagetree_flush_page(unsigned long address)
{
	__flush_tlb_one_user(address);
}

/* What it holds of the loaded mm. */
static inline void pagetree_flush_context(void)
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
#else
#error "pagetree knows how to flush the TLB of x86-64 only"
#endif

#endif /* PAGETREE_FLUSH_H */

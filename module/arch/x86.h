/* SPDX-License-Identifier: GPL-2.0-only */
/* x86-64 and i386, with PAE and without; see arch.h. */
#ifndef PAGETREE_ARCH_X86_H
#define PAGETREE_ARCH_X86_H

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include <asm/cpufeature.h>
#include <asm/hypervisor.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

#include "../compat.h"
#include "../event.h"

/* Entries */

#define PAGETREE_FRAME			PTE_PFN_MASK
#define PAGETREE_FRAME_SHIFT		PAGE_SHIFT
#define PAGETREE_PERMISSIONS						\
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PWT | _PAGE_PCD |	\
	 _PAGE_PSE | _PAGE_GLOBAL | _PAGE_NX | _PAGE_PKEY_MASK)
#define _PAGE_PKEY_MASK							\
	(_PAGE_PKEY_BIT0 | _PAGE_PKEY_BIT1 | _PAGE_PKEY_BIT2 | _PAGE_PKEY_BIT3)
/*
 * The kernel inverts the frame of PROT_NONE entries against speculation (L1TF).
 * Entries of two-level tables are too small for that.
 */
#define PAGETREE_INVERTED(raw)						\
	(CONFIG_PGTABLE_LEVELS > 2 && !((raw) & _PAGE_PRESENT))
#define PAGETREE_USER_END		TASK_SIZE_MAX

/* The guest's own tables, in which Xen lets it write frames of the machine only. */
static inline bool pagetree_frames_translated(void)
{
	return boot_cpu_has(X86_FEATURE_XENPV);
}

#define pagetree_frames_translated pagetree_frames_translated

/* PROT_NONE entries lack NX, too. i386 without PAE has no NX bit at all. */
static inline unsigned int pagetree_leaf_bits(pteval_t raw)
{
	return ((raw & (_PAGE_PRESENT | _PAGE_NX)) == _PAGE_PRESENT ?
		PAGETREE_EXEC : 0) |
	       (raw & _PAGE_USER ? PAGETREE_USER : 0) |
	       pte_flags_pkey(raw) << PAGETREE_PKEY_SHIFT;
}

/* The four root entries of PAE are plain pointers and restrict nothing. */
static inline unsigned short pagetree_arch_table_flags(unsigned int level,
						       pteval_t raw,
						       unsigned short leaf)
{
	if (IS_ENABLED(CONFIG_X86_PAE) && level == 3)
		return PAGETREE_WRITE | PAGETREE_EXEC | PAGETREE_USER;

	return leaf;
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

/* pte_protnone() is always false in kernels without NUMA balancing. */
#define pagetree_is_protnone pagetree_is_protnone
static inline bool pagetree_is_protnone(pte_t pte)
{
	return (pte_flags(pte) & (_PAGE_PROTNONE | _PAGE_PRESENT)) ==
	       _PAGE_PROTNONE;
}

#ifdef CONFIG_X86_PAE
/*
 * Whether the high half of @pte already belongs to the page that replaces a
 * non-present entry. A non-present entry stores an inverted offset there, and
 * bit 58 is the highest bit of that offset: it is set. No page has it set.
 */
static inline bool pagetree_is_torn(pte_t pte)
{
	return !(pte.pte_low & (_PAGE_PRESENT | _PAGE_PROTNONE)) &&
	       pte.pte_low & ~_PAGE_KNL_ERRATUM_MASK &&
	       !(pte.pte & BIT_ULL(58));
}

/*
 * Reads an entry in two halves. The kernel also writes the halves separately,
 * under a lock: the high half first when it sets an entry, the low half first
 * when it clears one. An entry without a low half is not set yet or already
 * cleared; pmd_none() treats it the same way. Gives up after 100 tries and returns
 * the torn entry: no writer leaves one for long, unless it loses its CPU between
 * the stores.
 */
#define pagetree_load pagetree_load
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

/*
 * With two half reads, one table could follow another between the halves, and
 * the halves of both could look like a third table. With interrupts off that
 * cannot happen: the kernel interrupts all CPUs before it reuses the entry
 * (pmdp_get_lockless_sync()). PT_RECLAIM does not, but it would have to put a
 * third table there within the three loads.
 */
#define pagetree_reload pagetree_reload
static inline pteval_t pagetree_reload(const void *table, unsigned int index)
{
	unsigned long flags;
	pteval_t raw;

	local_irq_save(flags);
	raw = pagetree_load(table, index);
	local_irq_restore(flags);

	return raw;
}
#endif

/* TLB flushes. Without CONFIG_PARAVIRT, modules can call none of the primitives. */

#ifdef CONFIG_PARAVIRT

#define PAGETREE_FLUSH_BY		"ipi"
#define PAGETREE_FLUSH_BROADCASTS	false
#define PAGETREE_FLUSH_HELD		false

static inline bool pagetree_flush_loaded(const struct mm_struct *mm)
{
	return read_cr3_pa() == __pa(mm->pgd);
}

static inline void pagetree_flush_begin(void)
{
}

static inline void pagetree_flush_end(void)
{
}

static inline void pagetree_flush_page(const struct mm_struct *mm,
				       unsigned long address)
{
	__flush_tlb_one_user(address);
}

static inline void pagetree_flush_context(const struct mm_struct *mm)
{
	__flush_tlb_local();
}

static inline void pagetree_flush_global(void)
{
	__flush_tlb_global();
}

static inline void pagetree_flush_deferred(struct mm_struct *mm)
{
	atomic64_inc_return(&mm->context.tlb_gen);
}

/* INVLPGB flushes an mm with a global ASID: CPUs may hold it untracked. */
static inline bool pagetree_flush_by_broadcast(struct mm_struct *mm)
{
#ifdef CONFIG_BROADCAST_TLB_FLUSH
	return READ_ONCE(mm->context.global_asid);
#else
	return false;
#endif
}

/* Decides as the kernel's pv_tlb_flush_supported() does. */
static inline bool pagetree_flush_by_kvm(void)
{
	const u32 base = cpuid_base_hypervisor("KVMKVMKVM\0\0\0", 1);
	u32 features = base ? cpuid_eax(base + 1) : 0;
	u32 hints = base ? cpuid_edx(base + 1) : 0;

	return (features & BIT(9)) && (features & BIT(5)) && !(hints & BIT(0)) &&
	       !boot_cpu_has(X86_FEATURE_MWAIT) && num_possible_cpus() > 1;
}

static inline const char *pagetree_flush_by_kernel(void)
{
#ifdef CONFIG_BROADCAST_TLB_FLUSH
	if (cpu_feature_enabled(X86_FEATURE_INVLPGB))
		return "invlpgb";
#endif
	if (boot_cpu_has(X86_FEATURE_XENPV) ||
	    (hypervisor_is_type(X86_HYPER_KVM) && pagetree_flush_by_kvm()) ||
	    /* bit 2: Hyper-V recommends its hypercall */
	    (hypervisor_is_type(X86_HYPER_MS_HYPERV) &&
	     (cpuid_eax(0x40000004) & BIT(2))))
		return "paravirt";

	return "ipi";
}

#endif /* CONFIG_PARAVIRT */

/* System calls */

static inline int pagetree_syscall_nr(struct pt_regs *regs)
{
	/* every other entry sets orig_ax to -1, with FRED too */
	return syscall_get_nr(current, regs);
}

/* The file geometry */

static inline const char *pagetree_xen(void)
{
	if (hypervisor_is_type(X86_HYPER_XEN_PV))
		return "pv";

	return hypervisor_is_type(X86_HYPER_XEN_HVM) ? "hvm" : NULL;
}

#define pagetree_xen pagetree_xen

#ifdef CONFIG_X86_64
#define PAGETREE_ARCH			"x86_64"
#else
#define PAGETREE_ARCH			"i386"
#endif
#define PAGETREE_ARCH_KEYS(X)						\
	X(pcid,       !!boot_cpu_has(X86_FEATURE_PCID))			\
	X(invpcid,    !!boot_cpu_has(X86_FEATURE_INVPCID))		\
	X(pti,        !!boot_cpu_has(X86_FEATURE_PTI))			\
	X(hypervisor, !!boot_cpu_has(X86_FEATURE_HYPERVISOR))

#endif /* PAGETREE_ARCH_X86_H */

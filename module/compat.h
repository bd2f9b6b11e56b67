/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every kernel-version test of the module, each with the upstream commit that
 * made it necessary. All other files are written for the newest kernel.
 */
#ifndef PAGETREE_COMPAT_H
#define PAGETREE_COMPAT_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#include <linux/sched/task_stack.h>	/* for task_pt_regs() */
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/version.h>

/* Of newer kernels nobody has read by which rules they free page tables. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "pagetree needs Linux 6.1 or newer"
#elif defined(CONFIG_RISCV) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "pagetree needs Linux 6.12 or newer on riscv64"
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(7, 4, 0) && !defined(PAGETREE_UNTESTED)
#error "pagetree was not tested on Linux 7.4 and newer; to try: make PAGETREE_UNTESTED=1"
#endif

/*
 * The walk reads a table that was reachable when its RCU section began. Where
 * tables are freed with the mmap lock held for reading only, that must be by RCU.
 */
#if defined(CONFIG_PT_RECLAIM) && !defined(CONFIG_MMU_GATHER_RCU_TABLE_FREE)
#error "pagetree needs MMU_GATHER_RCU_TABLE_FREE where there is PT_RECLAIM"
#endif

/*
 * Non-present entries. 68aa2fdbf57f "mm: introduce leaf entry type and use to
 * simplify leaf entry logic" (v6.19) replaced swp_entry_t with softleaf_t. The
 * names here are our own: stable kernels have backported one of the new names
 * without the others.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>

typedef softleaf_t pagetree_soft_t;

#define pagetree_soft_from_pte		softleaf_from_pte
#define pagetree_soft_is_swap		softleaf_is_swap
#define pagetree_soft_is_migration	softleaf_is_migration
#define pagetree_soft_is_hwpoison	softleaf_is_hwpoison
#define pagetree_soft_is_marker		softleaf_is_marker
#define pagetree_soft_is_guard		softleaf_is_guard_marker
#define pagetree_soft_is_poison		softleaf_is_poison_marker

static inline bool pagetree_soft_is_device(softleaf_t entry)
{
	return softleaf_is_device_private(entry) ||
	       softleaf_is_device_exclusive(entry);
}
#else
#include <linux/swapops.h>

typedef swp_entry_t pagetree_soft_t;

#define pagetree_soft_from_pte		pte_to_swp_entry
#define pagetree_soft_is_migration	is_migration_entry
#define pagetree_soft_is_hwpoison	is_hwpoison_entry

/*
 * Markers. 15520a3f0469 "mm: use pte markers for swap errors" (v6.2) turned the
 * entries for swap errors into markers. af19487f00f3
 * "mm: make PTE_MARKER_SWAPIN_ERROR more general" (v6.6) renamed their bit.
 * 7c53dfbdb024 "mm: add PTE_MARKER_GUARD PTE marker" (v6.13) added guard regions.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define PAGETREE_MARKER_POISON		PTE_MARKER_POISONED
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define PAGETREE_MARKER_POISON		PTE_MARKER_SWAPIN_ERROR
#endif

#ifdef PAGETREE_MARKER_POISON
#define pagetree_soft_is_marker		is_pte_marker_entry

static inline bool pagetree_soft_is_poison(swp_entry_t entry)
{
	return is_pte_marker_entry(entry) &&
	       (pte_marker_get(entry) & PAGETREE_MARKER_POISON);
}
#else
#define pagetree_soft_is_poison		is_swapin_error_entry

static inline bool pagetree_soft_is_marker(swp_entry_t entry)
{
	return is_pte_marker_entry(entry) || is_swapin_error_entry(entry);
}
#endif

static inline bool pagetree_soft_is_guard(swp_entry_t entry)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	return is_pte_marker_entry(entry) &&
	       (pte_marker_get(entry) & PTE_MARKER_GUARD);
#else
	return false;
#endif
}

static inline bool pagetree_soft_is_swap(swp_entry_t entry)
{
	return !non_swap_entry(entry);
}

static inline bool pagetree_soft_is_device(swp_entry_t entry)
{
	return is_device_private_entry(entry) ||
	       is_device_exclusive_entry(entry);
}
#endif

/*
 * "mm: rename uffd-wp PTE accessors to uffd" (v7.3): the bit is also used to
 * protect from reads now.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#define pagetree_pte_uffd		pte_uffd
#define pagetree_pte_swp_uffd		pte_swp_uffd
#else
#define pagetree_pte_uffd		pte_uffd_wp
#define pagetree_pte_swp_uffd		pte_swp_uffd_wp
#endif

/*
 * Huge leaves without a normal page. 3c8e44c9b369
 * "mm: mark special bits for huge pfn mappings when inject" (v6.12) added the
 * special bit. d438d2734170
 * "mm: remove devmap related functions and page table bits" (v6.17) removed the
 * devmap bit.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define pagetree_pmd_special(pmd)	pmd_special(pmd)
#define pagetree_pud_special(pud)	pud_special(pud)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define pagetree_pmd_special(pmd)	(pmd_special(pmd) || pmd_devmap(pmd))
#define pagetree_pud_special(pud)	(pud_special(pud) || pud_devmap(pud))
#else
#define pagetree_pmd_special(pmd)	pmd_devmap(pmd)
#define pagetree_pud_special(pud)	pud_devmap(pud)
#endif

/*
 * d82d09e48219
 * "mm/huge_memory: mark PMD mappings of the huge zero folio special" (v6.18).
 */
#define PAGETREE_HUGE_ZERO_SPECIAL \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0))

/*
 * How many other address spaces or VMAs share a level-2 table of hugetlb.
 *
 * 59d9094df3d7 "mm: hugetlb: independent PMD page table shared count" (v6.13)
 * added a separate count, and was backported to all stable kernels of its time, not
 * to 6.2 to 6.5, and to kernels of distributions whatever their number. So Kbuild
 * compiles a program with each of the two forms of it: the count is in struct page
 * before bf2d4334f72e "mm: add utility functions for ptdesc" (v6.6).
 *
 * 188cac58a8bc
 * "mm/hugetlb: enforce that PMD PT sharing has split PMD PT locks" (v6.12)
 * renamed the option. It was backported, too; before 6.12 together with the
 * count.
 *
 * Two-level tables (i386) are never shared, even if the option is set: the root
 * stores a pointer in place of the count.
 */
#if defined(CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING)
#define PAGETREE_SHARERS_PTDESC
#elif defined(CONFIG_ARCH_WANT_HUGE_PMD_SHARE) && defined(CONFIG_HUGETLB_PAGE) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0) && CONFIG_PGTABLE_LEVELS > 2
#define PAGETREE_SHARERS_PAGE
#endif
#if (defined(PAGETREE_SHARERS_PTDESC) && !defined(PAGETREE_HAS_PTDESC_SHARERS)) || \
	(defined(PAGETREE_SHARERS_PAGE) && !defined(PAGETREE_HAS_PAGE_SHARERS))
#error "pagetree needs a kernel that counts the sharers of a table: 6.1.142, 6.12.9 or newer"
#endif

static inline unsigned int pagetree_table_sharers(const void *table)
{
#if defined(PAGETREE_SHARERS_PTDESC)
	return ptdesc_pmd_pts_count(virt_to_ptdesc(table));
#elif defined(PAGETREE_SHARERS_PAGE)
	return atomic_read(&virt_to_page(table)->pt_share_count);
#else
	return 0;
#endif
}

/*
 * The path of a mapped file as its user knows it. 08582d678fcf
 * "fs: create helper file_user_path() for user displayed mapped file path" (v6.7).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline const struct path *file_user_path(struct file *file)
{
	return &file->f_path;
}
#endif

/*
 * 3bf8ce828419
 * "x86/cpuid: Rename hypervisor_cpuid_base()/for_each_possible_hypervisor_cpuid_base()
 * to cpuid_base_hypervisor()/for_each_possible_cpuid_base_hypervisor()" (v6.16).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define cpuid_base_hypervisor	hypervisor_cpuid_base
#endif

/*
 * Locks of VMAs. lock_vma_under_rcu() is exported since v7.3. Before that, a
 * module can lock a VMA only while it holds the mmap lock.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0) && defined(CONFIG_PER_VMA_LOCK)
#define PAGETREE_VMA_LOCK	1

/* Whether a task waits until @vma, which the caller has locked, is unlocked. */
static inline bool pagetree_vma_is_contended(const struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt) & VM_REFCNT_EXCLUDE_READERS_FLAG;
}
#else
#define PAGETREE_VMA_LOCK	0

static inline bool pagetree_vma_is_contended(const struct vm_area_struct *vma)
{
	return false;
}
#endif

/* The erratum of arm64 that wants TLBIs repeated has a new name since v7.3. */
#ifdef ARM64_WORKAROUND_REPEAT_TLBI_SYNC
#define PAGETREE_REPEAT_TLBI	ARM64_WORKAROUND_REPEAT_TLBI_SYNC
#elif defined(ARM64_WORKAROUND_REPEAT_TLBI)
#define PAGETREE_REPEAT_TLBI	ARM64_WORKAROUND_REPEAT_TLBI
#endif

/*
 * Flags of an mm, and what prctl(PR_GET_THP_DISABLE) answers of it. 9dc21bbd62ed
 * "prctl: extend PR_SET_THP_DISABLE to optionally exclude VM_HUGEPAGE" (v6.18) added a
 * flag, in the release that made mm->flags a bitmap with accessors of its own.
 */
#ifdef MMF_DISABLE_THP_COMPLETELY
#define pagetree_mm_flag(mm, flag)	mm_flags_test(flag, mm)
#else
#define pagetree_mm_flag(mm, flag)	test_bit(flag, &(mm)->flags)
#define MMF_DISABLE_THP_COMPLETELY	MMF_DISABLE_THP
#define MMF_DISABLE_THP_EXCEPT_ADVISED	MMF_DISABLE_THP
#endif

static inline unsigned int pagetree_mm_thp_disabled(const struct mm_struct *mm)
{
	if (pagetree_mm_flag(mm, MMF_DISABLE_THP_COMPLETELY))
		return 1;

	return pagetree_mm_flag(mm, MMF_DISABLE_THP_EXCEPT_ADVISED) ? 3 : 0;
}

/*
 * Tasks that run in the kernel only, but in the address space of a process.
 * "fork/vm: Move common PF_IO_WORKER behavior to new flag" (v6.4) made vhost's such tasks.
 */
#ifndef PF_USER_WORKER
#define PF_USER_WORKER		PF_IO_WORKER
#endif

/*
 * 2932ba8d9c99 "slab: Introduce kmalloc_obj() and family" (v7.0). They use
 * GFP_KERNEL by default.
 */
#ifndef kmalloc_obj
#define kmalloc_obj(object)	kmalloc(sizeof(object), GFP_KERNEL)
#define kzalloc_obj(object)	kzalloc(sizeof(object), GFP_KERNEL)
#define kvzalloc_obj(object)	kvzalloc(sizeof(object), GFP_KERNEL)
#define kvzalloc_objs(object, count)	\
	kvcalloc(count, sizeof(object), GFP_KERNEL)
#define kvzalloc_flex(object, member, count)	\
	kvzalloc(struct_size(&(object), member, count), GFP_KERNEL)
#endif

#endif /* PAGETREE_COMPAT_H */

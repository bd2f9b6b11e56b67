/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every kernel-version test of the module, each with the upstream commit that
 * made it needed. The rest is written for the newest kernel.
 */
#ifndef PAGETREE_COMPAT_H
#define PAGETREE_COMPAT_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "pagetree needs Linux 6.1 or newer"
#endif

/*
 * Entries that are not present. "mm: introduce leaf entry type and use to
 * simplify leaf entry logic" (v6.19) made softleaf_t of swp_entry_t. Names of
 * our own, since stable kernels backported one of the new ones alone.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>

typedef softleaf_t pagetree_soft_t;

#define pagetree_soft_from_pte		softleaf_from_pte
#define pagetree_soft_is_swap		softleaf_is_swap
#define pagetree_soft_is_migration	softleaf_is_migration
#define pagetree_soft_is_hwpoison	softleaf_is_hwpoison
#define pagetree_soft_is_marker		softleaf_is_marker

static inline bool pagetree_soft_is_device(softleaf_t entry)
{
	return softleaf_is_device_private(entry) ||
	       softleaf_is_device_exclusive(entry);
}
#else
#include <linux/swap.h>
#include <linux/swapops.h>

typedef swp_entry_t pagetree_soft_t;

#define pagetree_soft_from_pte		pte_to_swp_entry
#define pagetree_soft_is_migration	is_migration_entry
#define pagetree_soft_is_hwpoison	is_hwpoison_entry

/* "mm: use pte markers for swap errors" (v6.2) made one kind of the two. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define pagetree_soft_is_marker		is_pte_marker_entry
#else
static inline bool pagetree_soft_is_marker(swp_entry_t entry)
{
	return is_pte_marker_entry(entry) || is_swapin_error_entry(entry);
}
#endif

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
 * Huge leaves without a normal page. "mm: mark special bits for large pfn maps
 * when inject" (v6.12) brought the special bit, "mm: remove devmap related
 * functions and page table bits" (v6.17) took the devmap bit away.
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
 * "mm/huge_memory: mark PMD mappings of the huge zero folio special" (v6.18).
 */
#define PAGETREE_HUGE_ZERO_SPECIAL \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0))

/*
 * The path of a mapped file as its user knows it: "fs: create helper
 * file_user_path() for user displayed mapped file path" (v6.7).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline const struct path *file_user_path(struct file *file)
{
	return &file->f_path;
}
#endif

/*
 * "slab: Introduce kmalloc_obj() and family" (v7.0); GFP_KERNEL is understood.
 */
#ifndef kmalloc_obj
#define kmalloc_obj(object)	kmalloc(sizeof(object), GFP_KERNEL)
#define kzalloc_obj(object)	kzalloc(sizeof(object), GFP_KERNEL)
#define kvzalloc_obj(object)	kvzalloc(sizeof(object), GFP_KERNEL)
#define kvzalloc_flex(object, member, count)	\
	kvzalloc(struct_size(&(object), member, count), GFP_KERNEL)
#endif

#endif /* PAGETREE_COMPAT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limits of the benchmark: two walks that report nothing. Write a pid to the
 * parameter of one of them; the parameter sum says what came out, so that no load
 * can be left out.
 *
 * walk loads each page-table entry once, VMA by VMA from the root down, and adds it
 * up. limit is the least that a walk that counts can cost: it keeps its place from one
 * VMA to the next, and looks at 8 entries at a time. Of each entry it finds out whether it
 * continues the one before, and if not, which bits they have in common.
 */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

static unsigned long sum;
module_param(sum, ulong, 0400);
MODULE_PARM_DESC(sum, "of the entries that the last walk read");

/* Where the span of an entry ends; nobody's lies at the end of all addresses. */
#define SPAN_END(addr, level)	(((addr) & level##_MASK) + level##_SIZE)

static void add_ptes(const pmd_t *entry, pmd_t pmd, unsigned long addr,
		     unsigned long end)
{
	const pteval_t *pte, *last;
	unsigned long added = 0;

	if (!pmd_present(pmd) || pmd_leaf(pmd) || pmd_bad(pmd))
		return;
	/* the entry read before may have gone with its table */
	rcu_read_lock();
	if (pmd_val(READ_ONCE(*entry)) == pmd_val(pmd)) {
		pte = &pte_offset_kernel(&pmd, addr)->pte;
		last = pte + ((end - addr) >> PAGE_SHIFT);
		for (; pte < last; pte++)
			added += READ_ONCE(*pte);
	}
	rcu_read_unlock();
	sum += added;
}

static void add_pmds(pud_t pud, unsigned long addr, unsigned long end)
{
	unsigned long added = 0;
	const pmd_t *entry;
	pmd_t pmd;

	if (!pud_present(pud) || pud_leaf(pud) || pud_bad(pud))
		return;
	entry = pmd_offset(&pud, addr);
	for (; addr < end; addr = SPAN_END(addr, PMD), entry++) {
		pmd = READ_ONCE(*entry);
		if (!pmd.pmd)
			continue;
		added += pmd.pmd;
		add_ptes(entry, pmd, addr, min(SPAN_END(addr, PMD), end));
	}
	sum += added;
}

static void add_puds(p4d_t p4d, unsigned long addr, unsigned long end)
{
	unsigned long added = 0;
	const pud_t *entry;
	pud_t pud;

	if (p4d_none(p4d) || p4d_bad(p4d))
		return;
	entry = pud_offset(&p4d, addr);
	for (; addr < end; addr = SPAN_END(addr, PUD), entry++) {
		pud = READ_ONCE(*entry);
		if (!pud.pud)
			continue;
		added += pud.pud;
		add_pmds(pud, addr, min(SPAN_END(addr, PUD), end));
	}
	sum += added;
}

static void add_p4ds(pgd_t *pgd, unsigned long addr, unsigned long end)
{
	const p4d_t *entry;
	p4d_t p4d;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return;
	entry = p4d_offset(pgd, addr);
	for (; addr < end; addr = SPAN_END(addr, P4D), entry++) {
		p4d = READ_ONCE(*entry);
		sum += p4d_val(p4d);
		add_puds(p4d, addr, min(SPAN_END(addr, P4D), end));
	}
}

static void add_vma(const struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start;
	pgd_t *entry = pgd_offset(vma->vm_mm, addr);

	for (; addr < vma->vm_end; addr = SPAN_END(addr, PGDIR), entry++) {
		sum += pgd_val(READ_ONCE(*entry));
		add_p4ds(entry, addr, min(SPAN_END(addr, PGDIR), vma->vm_end));
	}
}

/* limit: a table is an array of 512 entries on each level. */

#define GROUP		8
#define ENTRIES		512UL
#define SHIFT(level)	(PAGE_SHIFT + 9 * ((level) - 1))
#define INDEX(addr, level)	(((addr) >> SHIFT(level)) & (ENTRIES - 1))

/* struct cursor - the level-2 table that spans [@start, @end), where the walk was last */
static struct cursor {
	const unsigned long *table;
	unsigned long start, end;
} cursor;

/* Whether a group maps frames in a row, with the same bits. */
static __always_inline bool is_row(const unsigned long *entry)
{
	const unsigned long first = entry[0];
	int i;

#pragma GCC unroll 8
	for (i = 1; i < GROUP; i++)
		if (entry[i] != first + i * PAGE_SIZE)
			return false;

	return true;
}

/*
 * The bits of the entries of a group, and in @common those that all of them have. The
 * loads are plain: they become operands of instructions, which volatile ones do not.
 */
static __always_inline unsigned long bits_of(const unsigned long *entry,
					     unsigned long *common)
{
	unsigned long any = 0, all = ~0UL;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < GROUP; i++) {
		any |= entry[i];
		all &= entry[i];
	}
	*common = all;

	return any;
}

static __always_inline unsigned long read_group(const unsigned long *entry)
{
	unsigned long any, all;

	if (entry[0] && is_row(entry))
		return entry[0];
	/* else all entries would be loaded into registers first */
	barrier();
	any = bits_of(entry, &all);

	return any ^ all;
}

static unsigned long read_ptes(const unsigned long *entry,
			       const unsigned long *end)
{
	unsigned long added = 0;

	for (; end - entry >= GROUP; entry += GROUP)
		added += read_group(entry);
	for (; entry < end; entry++)
		added += *entry;

	return added;
}

/* Where the first group begins that is not all holes, or what is left of the table. */
static const unsigned long *skip_holes(const unsigned long *entry,
				       const unsigned long *end)
{
	unsigned long all;

	while (end - entry >= GROUP && !bits_of(entry, &all))
		entry += GROUP;

	return entry;
}

static void limit_table(const unsigned long *table, unsigned int level,
			unsigned long addr, unsigned long end)
{
	const unsigned long *entry = table + INDEX(addr, level);
	const unsigned long *const last = table + INDEX(end - 1, level);
	const unsigned long *const base = entry, *below;
	const unsigned long start = addr & -(1UL << SHIFT(level));
	unsigned long value, from, to;

	for (; entry <= last; entry++) {
		value = READ_ONCE(*entry);
		if (!value) {
			entry = skip_holes(entry + 1, last + 1) - 1;
			continue;
		}
		if (!(value & _PAGE_PRESENT) || (level < 4 && value & _PAGE_PSE)) {
			sum += value;
			continue;
		}
		from = max(addr, start + ((entry - base) << SHIFT(level)));
		to = min(end, start + ((entry - base + 1) << SHIFT(level)));
		below = __va(value & PTE_PFN_MASK);
		if (level > 2) {
			if (level == 3)
				cursor = (struct cursor) {
					below, from & PUD_MASK,
					(from & PUD_MASK) + PUD_SIZE,
				};
			limit_table(below, level - 1, from, to);
			continue;
		}
		rcu_read_lock();
		if (READ_ONCE(*entry) == value)
			sum += read_ptes(below + INDEX(from, 1),
					 below + INDEX(to - 1, 1) + 1);
		rcu_read_unlock();
	}
}

static void limit_vma(const struct vm_area_struct *vma)
{
	if (vma->vm_start >= cursor.start && vma->vm_end <= cursor.end)
		limit_table(cursor.table, 2, vma->vm_start, vma->vm_end);
	else
		limit_table((const unsigned long *)vma->vm_mm->pgd,
			    pgtable_l5_enabled() ? 5 : 4, vma->vm_start,
			    vma->vm_end);
}

/* Calls @add_one for each VMA of the process. */
static __always_inline int
walk_process(const char *text, void (*add_one)(const struct vm_area_struct *vma))
{
	struct vm_area_struct *vma;
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *pid;
	int nr, err;

	err = kstrtoint(text, 10, &nr);
	if (err)
		return err;
	pid = find_get_pid(nr);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -ESRCH;

	err = mmap_read_lock_killable(mm);
	if (!err) {
		VMA_ITERATOR(vmi, mm, 0);

		sum = 0;
		cursor = (struct cursor) { 0 };
		/* the tables of hugetlb have rules of their own */
		for_each_vma(vmi, vma)
			if (!(vma->vm_flags & VM_HUGETLB))
				add_one(vma);
		mmap_read_unlock(mm);
	}
	mmput(mm);

	return err;
}

static int walk(const char *text, const struct kernel_param *param)
{
	return walk_process(text, add_vma);
}

static const struct kernel_param_ops walk_ops = { .set = walk };
module_param_cb(walk, &walk_ops, NULL, 0200);
MODULE_PARM_DESC(walk, "pid: walk its page tables from the root, entry by entry");

/* Parameters are written one at a time: so the cursor is nobody else's. */
static int limit(const char *text, const struct kernel_param *param)
{
	return walk_process(text, limit_vma);
}

static const struct kernel_param_ops limit_ops = { .set = limit };
module_param_cb(limit, &limit_ops, NULL, 0200);
MODULE_PARM_DESC(limit, "pid: walk its page tables with a cursor, 8 entries at a time");

MODULE_DESCRIPTION("pagetree: the least that a walk of page tables costs");
MODULE_LICENSE("GPL");

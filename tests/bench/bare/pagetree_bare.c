// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limit of the benchmark: loads each page-table entry of a process once,
 * VMA by VMA, and adds it up; no more. Write a pid to the parameter walk; the
 * parameter sum says what came out, so that no load can be left out.
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

static int walk(const char *text, const struct kernel_param *param)
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
		/* the tables of hugetlb have rules of their own */
		for_each_vma(vmi, vma)
			if (!(vma->vm_flags & VM_HUGETLB))
				add_vma(vma);
		mmap_read_unlock(mm);
	}
	mmput(mm);

	return err;
}

static const struct kernel_param_ops walk_ops = { .set = walk };
module_param_cb(walk, &walk_ops, NULL, 0200);
MODULE_PARM_DESC(walk, "pid: walk its page tables");

MODULE_DESCRIPTION("pagetree: the least that a walk of page tables costs");
MODULE_LICENSE("GPL");

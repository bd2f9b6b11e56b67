// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "entry.h"
#include "pass.h"
#include "target.h"

static unsigned int slice_us = 100;
module_param(slice_us, uint, 0644);
MODULE_PARM_DESC(slice_us, "microseconds of work between two yields of the mmap lock (default 100)");

static enum pagetree_vma_kind vma_kind(struct vm_area_struct *vma)
{
	const struct inode *inode;

	if (is_vm_hugetlb_page(vma))
		return PAGETREE_VMA_HUGETLB;
	if (!vma->vm_file && vma->vm_ops && vma->vm_ops->name)
		return PAGETREE_VMA_SPECIAL;
	if (vma->vm_flags & VM_PFNMAP)
		return PAGETREE_VMA_PFNMAP;
	if (vma_is_anonymous(vma))
		return PAGETREE_VMA_ANON;
	/* only regular files: devtmpfs has the same magic number */
	inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;
	if (inode && S_ISREG(inode->i_mode) &&
	    inode->i_sb->s_magic == TMPFS_MAGIC)
		return PAGETREE_VMA_SHMEM;
	return PAGETREE_VMA_FILE;
}

const char *pagetree_vma_name(const struct pagetree_vma *seen, char *buf,
			      int size)
{
	struct vm_area_struct *vma = seen->vma;
	const struct mm_struct *mm = vma->vm_mm;
	const char *name;

	if (vma->vm_file) {
		name = d_path(file_user_path(vma->vm_file), buf, size);
		return IS_ERR(name) ? "?" : name;
	}
	if (vma->vm_ops && vma->vm_ops->name) {
		name = vma->vm_ops->name(vma);
		if (name)
			return name;
	}
	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return "";
}

/* Starts at the first VMA, without an open row. */
static void pass_begin(struct pagetree_pass *pass)
{
	pass->next = 0;
	pass->end = ULONG_MAX;
	pass->state = PAGETREE_PASS_MORE;
	pass->open.end = 0;
	pass->tries = 0;
}

int pagetree_pass_init(struct pagetree_pass *pass,
		       struct pagetree_target *target)
{
	pass->mm = pagetree_target_grab_mm(target);
	if (!pass->mm)
		return -ESRCH;
	pass->target = pagetree_target_get(target);
	pass_begin(pass);

	return 0;
}

void pagetree_pass_init_try(struct pagetree_pass *pass, struct mm_struct *mm)
{
	pass->mm = mm;
	pass->only_try = true;
	pass_begin(pass);
}

void pagetree_pass_exit(struct pagetree_pass *pass)
{
	mmdrop(pass->mm);
	if (pass->target)
		pagetree_target_put(pass->target);
}

void pagetree_pass_rewind(struct pagetree_pass *pass)
{
	pass_begin(pass);
	pass->cost = (struct pagetree_cost) { };
	pass->timed_at = 0;
	pass->held_max = 0;
	pass->held_total = 0;
}

unsigned long pagetree_pass_vmpte(const struct pagetree_pass *pass)
{
	return mm_pgtables_bytes(pass->mm);
}

/* The work done so far, in entries. A table or a VMA counts as several entries. */
static u64 work_done(const struct pagetree_pass *pass)
{
	return pass->cost.entries + 128 * pass->cost.tables +
	       64 * pass->cost.vmas;
}

bool pagetree_pass_must_yield(struct pagetree_pass *pass)
{
	if (mmap_lock_is_contended(pass->mm) ||
	    (pass->i_mmap_rwsem && rwsem_is_contended(pass->i_mmap_rwsem)))
		return true;
	/* the clock costs as much as a few VMAs: ask it once a table of work */
	if (!pass->slice_over &&
	    work_done(pass) - pass->timed_at >= PTRS_PER_PTE) {
		pass->timed_at = work_done(pass);
		pass->slice_over = ktime_get_ns() >= pass->yield_at;
	}

	return pass->slice_over;
}

/*
 * Locks the tables of a shared hugetlb VMA: another process may unshare one of
 * them and free it, holding only i_mmap_rwsem. Waiting for that lock would mean
 * to wait with the mmap lock held, so this only tries it.
 */
static bool lock_tables(struct pagetree_pass *pass, struct vm_area_struct *vma)
{
	if (!is_vm_hugetlb_page(vma) || !(vma->vm_flags & VM_MAYSHARE))
		return true;

	pass->i_mmap_rwsem = &vma->vm_file->f_mapping->i_mmap_rwsem;
	if (down_read_trylock(pass->i_mmap_rwsem))
		return true;
	pass->i_mmap_rwsem = NULL;
	pass->locked_out = true;

	return false;
}

static void unlock_tables(struct pagetree_pass *pass)
{
	if (pass->i_mmap_rwsem)
		up_read(pass->i_mmap_rwsem);
	pass->i_mmap_rwsem = NULL;
}

/* Whether @vma is the VMA whose row an earlier slice started, unchanged. */
static bool is_open(const struct pagetree_pass *pass,
		    const struct vm_area_struct *vma)
{
	return vma->vm_start == pass->open.start &&
	       vma->vm_end == pass->open.end &&
	       vma->vm_flags == pass->open.flags &&
	       vma->vm_pgoff == pass->open_pgoff &&
	       vma->vm_file == pass->open_file;
}

static void end_row(struct pagetree_pass *pass, struct pagetree_visitor *visitor,
		    bool changed)
{
	pass->open.end = 0;
	pass->cost.retries += changed;
	visitor->end_row(visitor, pass->next, changed);
}

/* Visits one VMA from pass->next on. Return: false to end the slice. */
static bool visit(struct pagetree_pass *pass, struct pagetree_visitor *visitor,
		  struct vm_area_struct *vma)
{
	const struct pagetree_root root = {
		.table = pass->mm->pgd,
		.level = pagetree_levels(),
	};
	unsigned long reached;
	bool more;

	if (pass->open.end && !is_open(pass, vma))
		end_row(pass, visitor, true);

	pass->open.from = max(pass->next, vma->vm_start);
	pass->open.to = min(pass->end, vma->vm_end);
	pass->open.first = !pass->open.end;
	pass->open.start = vma->vm_start;
	pass->open.end = vma->vm_end;
	pass->open.flags = vma->vm_flags;
	pass->open.offset = vma->vm_file ?
			    ((u64)vma->vm_pgoff << PAGE_SHIFT) +
			    pass->open.from - vma->vm_start : 0;
	pass->open.kind = vma_kind(vma);
	pass->open.vma = vma;
	pass->open_file = vma->vm_file;
	pass->open_pgoff = vma->vm_pgoff;

	reached = pass->open.from;
	if (lock_tables(pass, vma))
		reached = visitor->visit(visitor, &pass->open, &root);
	more = reached == pass->open.to && !pagetree_pass_must_yield(pass);
	unlock_tables(pass);

	if (reached == pass->open.from) {
		if (pass->open.first)
			pass->open.end = 0;
		return false;
	}

	pass->cost.vmas += pass->open.first;
	pass->next = reached;
	if (reached == pass->open.to)
		end_row(pass, visitor, false);

	return more;
}

static void slice_locked(struct pagetree_pass *pass,
			 struct pagetree_visitor *visitor)
{
	VMA_ITERATOR(vmi, pass->mm, pass->next);
	struct vm_area_struct *vma;

	pass->state = PAGETREE_PASS_MORE;
	for_each_vma_range(vmi, vma, pass->end)
		if (!visit(pass, visitor, vma))
			return;

	if (pass->open.end)
		end_row(pass, visitor, true);
	pass->state = PAGETREE_PASS_COMPLETE;
}

/* Ends the pass early, with @state. */
static void pass_stop(struct pagetree_pass *pass,
		      struct pagetree_visitor *visitor,
		      enum pagetree_pass_state state)
{
	if (pass->open.end)
		end_row(pass, visitor, false);
	pass->state = state;
}

/*
 * The trylock failed. After a yield, backs off for a tick, up to ten times: the
 * task that we yielded to should finish soon. At the start of a pass, gives up
 * at once.
 */
static int pass_wait(struct pagetree_pass *pass,
		     struct pagetree_visitor *visitor)
{
	if (pass->next && ++pass->tries <= 10)
		schedule_timeout_killable(1);
	else
		pass_stop(pass, visitor, PAGETREE_PASS_BUSY);

	return fatal_signal_pending(current) ? -EINTR : 0;
}

int pagetree_pass_slice(struct pagetree_pass *pass,
			struct pagetree_visitor *visitor)
{
	struct mm_struct *mm = pass->mm;
	u64 locked_at, held;

	if ((pass->target && READ_ONCE(pass->target->dead)) ||
	    !mmget_not_zero(mm)) {
		pass_stop(pass, visitor, PAGETREE_PASS_PARTIAL);
		return 0;
	}
	if (pass->only_try) {
		if (!mmap_read_trylock(mm)) {
			mmput_async(mm);
			return pass_wait(pass, visitor);
		}
	} else if (mmap_read_lock_killable(mm)) {
		mmput_async(mm);
		return -EINTR;
	}

	locked_at = ktime_get_ns();
	pass->yield_at = locked_at + (u64)READ_ONCE(slice_us) * NSEC_PER_USEC;
	pass->locked_out = false;
	pass->slice_over = false;
	slice_locked(pass, visitor);
	mmap_read_unlock(mm);
	held = ktime_get_ns() - locked_at;
	pass->held_total += held;
	pass->held_max = max(pass->held_max, held);
	pass->cost.lock_us_total = div_u64(pass->held_total, NSEC_PER_USEC);
	pass->cost.lock_us_max = div_u64(pass->held_max, NSEC_PER_USEC);

	mmput_async(mm);
	if (pass->locked_out && pass->only_try)
		return pass_wait(pass, visitor);
	pass->tries = 0;
	if (pass->locked_out)
		schedule_timeout_killable(1);
	cond_resched();

	return fatal_signal_pending(current) ? -EINTR : 0;
}

void pagetree_pass_give_up(struct pagetree_pass *pass,
			   struct pagetree_visitor *visitor)
{
	pass_stop(pass, visitor, PAGETREE_PASS_PARTIAL);
}

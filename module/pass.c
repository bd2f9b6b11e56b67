// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "entry.h"
#include "pass.h"
#include "target.h"

#define SLICE_US_MAX	1000U	/* preemption is off so long */
#define TRIES_SHORT	10U	/* the first waits for a lock take 0.1 ms each, the others a tick */
#define TRIES_HURRY	20U
#define TRIES_MAX	(10U * HZ)

static unsigned int slice_us = 100;
module_param(slice_us, uint, 0644);
MODULE_PARM_DESC(slice_us, "microseconds of work between two yields of the target's locks, at most 1000 (default 100)");

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
	pass->hurry = true;
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

/* Whether somebody waits for a lock that the slice holds. */
static bool is_contended(const struct pagetree_pass *pass)
{
	if (pass->i_mmap_rwsem && rwsem_is_contended(pass->i_mmap_rwsem))
		return true;

	return PAGETREE_VMA_LOCK ? pagetree_vma_is_contended(pass->open.vma) :
				   mmap_lock_is_contended(pass->mm);
}

bool pagetree_pass_must_yield(struct pagetree_pass *pass)
{
	if (is_contended(pass))
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
 * them and free it, holding only i_mmap_rwsem. This only tries that lock, since
 * a slice holds others and may not sleep.
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
	if (!pass->i_mmap_rwsem)
		return;
	pass->cursor.lowest = 0;
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
		.mm = pass->mm,
		.hugetlb = is_vm_hugetlb_page(vma),
		.cursor = &pass->cursor,
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

/*
 * Two ways to keep the VMA that is visited, and its tables, from going away:
 * - where the kernel exports lock_vma_under_rcu(), a slice locks one VMA after
 *   the other. Who changes another VMA does not wait for it;
 * - elsewhere it holds the mmap lock, for reading.
 * Both only try their locks. A reader that slept for one would get it while it
 * sleeps, and the target would wait until the scheduler runs the reader.
 */
struct slice {
	struct vma_iterator vmi;
	unsigned int seq;
};

#if PAGETREE_VMA_LOCK
static bool slice_begin(struct pagetree_pass *pass, struct slice *slice)
{
	/* no reader can begin at an odd count */
	slice->seq = 1;

	return true;
}

static void slice_end(struct pagetree_pass *pass)
{
}

/* As lock_next(), but returns ERR_PTR(-EAGAIN) if the VMAs change meanwhile. */
static struct vm_area_struct *lock_next_alone(struct pagetree_pass *pass,
					      struct slice *slice)
{
	struct mm_struct *mm = pass->mm;
	struct vm_area_struct *vma;
	unsigned int seq;

	if (!mmap_lock_speculate_try_begin(mm, &seq))
		return ERR_PTR(-EAGAIN);
	/* after a change, what was found before may be gone */
	if (seq != slice->seq) {
		vma_iter_set(&slice->vmi, pass->next);
		pass->cursor.lowest = 0;
	}
	slice->seq = seq;

	vma = vma_find(&slice->vmi, pass->end);
	/* the VMA may be freed and used anew by now: if so, the count says it */
	if (vma)
		vma = lock_vma_under_rcu(mm, max(pass->next,
						 READ_ONCE(vma->vm_start))) ?:
		      ERR_PTR(-EAGAIN);
	if (!IS_ERR(vma) && mmap_lock_speculate_retry(mm, seq)) {
		if (vma)
			vma_end_read(vma);
		vma = ERR_PTR(-EAGAIN);
	}

	return vma;
}

/*
 * Locks the next VMA of the pass. Return: the VMA; NULL if there is none; or
 * ERR_PTR(-EAGAIN) if somebody else has the lock.
 */
static struct vm_area_struct *lock_next(struct pagetree_pass *pass,
					struct slice *slice)
{
	struct vm_area_struct *vma = lock_next_alone(pass, slice);

	if (!IS_ERR(vma) || !mmap_read_trylock(pass->mm))
		return vma;

	vma_iter_set(&slice->vmi, pass->next);
	vma = vma_find(&slice->vmi, pass->end);
	if (vma && !vma_start_read_locked(vma))
		vma = ERR_PTR(-EAGAIN);
	mmap_read_unlock(pass->mm);
	slice->seq = 1;
	pass->cursor.lowest = 0;

	return vma;
}

static void unlock_vma(struct vm_area_struct *vma)
{
	vma_end_read(vma);
}
#else
static bool slice_begin(struct pagetree_pass *pass, struct slice *slice)
{
	return mmap_read_trylock(pass->mm);
}

static void slice_end(struct pagetree_pass *pass)
{
	mmap_read_unlock(pass->mm);
}

static struct vm_area_struct *lock_next(struct pagetree_pass *pass,
					struct slice *slice)
{
	struct vm_area_struct *vma;

	/* not vma_find(), which includes the end in Linux 6.1 */
	for_each_vma_range(slice->vmi, vma, pass->end)
		return vma;

	return NULL;
}

static void unlock_vma(struct vm_area_struct *vma)
{
}
#endif

static void slice_visit(struct pagetree_pass *pass,
			struct pagetree_visitor *visitor, struct slice *slice)
{
	struct vm_area_struct *vma;
	bool more;

	while (!IS_ERR_OR_NULL(vma = lock_next(pass, slice))) {
		more = visit(pass, visitor, vma);
		unlock_vma(vma);
		if (!more)
			return;
	}
	if (IS_ERR(vma)) {
		pass->locked_out = true;
		return;
	}

	if (pass->open.end)
		end_row(pass, visitor, true);
	pass->state = PAGETREE_PASS_COMPLETE;
}

static void account(struct pagetree_pass *pass, u64 held)
{
	pass->held_total += held;
	pass->held_max = max(pass->held_max, held);
	pass->cost.lock_us_total = div_u64(pass->held_total, NSEC_PER_USEC);
	pass->cost.lock_us_max = div_u64(pass->held_max, NSEC_PER_USEC);
}

static void slice_run(struct pagetree_pass *pass,
		      struct pagetree_visitor *visitor)
{
	const unsigned int us = min(READ_ONCE(slice_us), SLICE_US_MAX);
	struct slice slice = { };
	u64 began;

	pass->state = PAGETREE_PASS_MORE;
	pass->slice_over = false;
	pass->cursor.lowest = 0;
	vma_iter_init(&slice.vmi, pass->mm, pass->next);
	pagetree_preempt_disable();
	rcu_read_lock();
	pass->locked_out = !slice_begin(pass, &slice);
	if (!pass->locked_out) {
		began = ktime_get_ns();
		pass->yield_at = began + (u64)us * NSEC_PER_USEC;
		slice_visit(pass, visitor, &slice);
		slice_end(pass);
		account(pass, ktime_get_ns() - began);
	}
	rcu_read_unlock();
	pagetree_preempt_enable();
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
 * A trylock failed: waits a little, or ends the pass after too many tries. A pass
 * in a hurry gives up at once where it has not begun.
 */
static void pass_wait(struct pagetree_pass *pass,
		      struct pagetree_visitor *visitor)
{
	const unsigned int most = !pass->hurry ? TRIES_MAX :
				  pass->next ? TRIES_HURRY : 0;

	if (++pass->tries > most)
		pass_stop(pass, visitor, pass->hurry ? PAGETREE_PASS_BUSY :
						       PAGETREE_PASS_PARTIAL);
	else if (pass->tries <= TRIES_SHORT)
		usleep_range_state(50, 100, TASK_KILLABLE);
	else
		schedule_timeout_killable(1);
}

int pagetree_pass_slice(struct pagetree_pass *pass,
			struct pagetree_visitor *visitor)
{
	const unsigned long from = pass->next;

	if ((pass->target && READ_ONCE(pass->target->dead)) ||
	    !mmget_not_zero(pass->mm)) {
		pass_stop(pass, visitor, PAGETREE_PASS_PARTIAL);
		return 0;
	}
	slice_run(pass, visitor);
	mmput_async(pass->mm);

	if (!pass->locked_out || pass->next != from)
		pass->tries = 0;
	if (pass->locked_out)
		pass_wait(pass, visitor);
	cond_resched();

	return fatal_signal_pending(current) ? -EINTR : 0;
}

void pagetree_pass_give_up(struct pagetree_pass *pass,
			   struct pagetree_visitor *visitor)
{
	pass_stop(pass, visitor, PAGETREE_PASS_PARTIAL);
}

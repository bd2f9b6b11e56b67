// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/mmu_notifier.h>
#include <linux/hugetlb.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "compat.h"
#include "target.h"

struct mm_struct *pagetree_pid_grab_mm(struct pid *pid)
{
	struct task_struct *leader, *thread;
	struct mm_struct *mm = NULL;

	/* the leader may have exited before its threads, which share its mm */
	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader) {
		for_each_thread(leader, thread) {
			mm = get_task_mm(thread);
			if (mm)
				break;
		}
	}
	rcu_read_unlock();

	if (mm) {
		mmgrab(mm);
		mmput_async(mm);
	}

	return mm;
}

struct pagetree_target *pagetree_target_create(pid_t nr)
{
	struct pagetree_target *target;
	struct task_struct *task;
	struct pid *pid = NULL;
	struct mm_struct *mm;

	rcu_read_lock();
	task = pid_task(find_pid_ns(nr, &init_pid_ns), PIDTYPE_PID);
	if (task)
		pid = get_pid(task_tgid(task));
	rcu_read_unlock();
	if (!pid)
		return ERR_PTR(-ESRCH);

	mm = pagetree_pid_grab_mm(pid);
	if (!mm) {
		put_pid(pid);
		return ERR_PTR(-ESRCH);
	}
	mmdrop(mm);

	target = kzalloc_obj(*target);
	if (!target) {
		put_pid(pid);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&target->ref);
	mutex_init(&target->command);
	mutex_init(&target->results_lock);
	mutex_init(&target->invalidations_lock);
	target->pid = pid;

	return target;
}

static void target_release(struct kref *ref)
{
	struct pagetree_target *target =
		container_of(ref, struct pagetree_target, ref);

	put_pid(target->pid);
	kvfree(target->results);
	kvfree(target->invalidations);
	kfree(target);
}

void pagetree_target_put(struct pagetree_target *target)
{
	kref_put(&target->ref, target_release);
}

struct mm_struct *pagetree_target_grab_mm(const struct pagetree_target *target)
{
	return pagetree_pid_grab_mm(target->pid);
}

void pagetree_mm_drop(struct mm_struct *mm)
{
	mmdrop(mm);
}

bool pagetree_target_alive(const struct pagetree_target *target)
{
	struct mm_struct *mm = pagetree_pid_grab_mm(target->pid);

	if (mm)
		mmdrop(mm);

	return mm;
}

bool pagetree_task_runs_in(struct task_struct *process,
			   const struct mm_struct *mm)
{
	struct task_struct *thread;
	const struct mm_struct *its;

	/* its threads have one address space; those that have exited have none */
	for_each_thread(process, thread) {
		its = READ_ONCE(thread->mm);
		if (its)
			return its == mm && !(thread->flags & PF_KTHREAD);
	}

	return false;
}

bool pagetree_target_runs_in(const struct pagetree_target *target,
			     const struct mm_struct *mm)
{
	struct task_struct *process;
	bool runs;

	rcu_read_lock();
	process = pid_task(target->pid, PIDTYPE_TGID);
	runs = process && pagetree_task_runs_in(process, mm);
	rcu_read_unlock();

	return runs;
}

/* As pagetree_mm_find_vma(), but returns -EAGAIN if the mmap lock is taken. */
static int try_find_vma(struct mm_struct *mm, unsigned long address,
			struct pagetree_span *span)
{
	VMA_ITERATOR(vmi, mm, address);
	struct vm_area_struct *vma;
	int err = -EAGAIN;

	pagetree_preempt_disable();
	if (mmap_read_trylock(mm)) {
		err = -EINVAL;
		vma = vma_next(&vmi);
		if (vma && vma->vm_start <= address) {
			span->start = vma->vm_start;
			span->end = vma->vm_end;
			span->page_shift = ilog2(vma_kernel_pagesize(vma));
			err = 0;
		}
		mmap_read_unlock(mm);
	}
	pagetree_preempt_enable();

	return err;
}

int pagetree_mm_find_vma(struct mm_struct *mm, unsigned long address,
			 u64 deadline, struct pagetree_span *span)
{
	int err;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	/* any signal ends the wait; mmap_read_lock_killable() ends for fatal ones */
	while ((err = try_find_vma(mm, address, span)) == -EAGAIN) {
		schedule_timeout_interruptible(1);
		if (signal_pending(current))
			err = -EINTR;
		else if (ktime_get_ns() >= deadline)
			err = -ETIMEDOUT;
		else
			continue;
		break;
	}
	mmput_async(mm);

	return err;
}

#ifdef CONFIG_MMU_NOTIFIER
/* As mmu_notifier_register(), but killable, and refused above @vmas VMAs. */
int pagetree_mm_notify(struct mm_struct *mm, struct mmu_notifier *notifier,
		       unsigned int vmas, u64 *held_ns)
{
	int err = -E2BIG;
	u64 began;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	/* a refusal costs the process nothing, but the number counts under the lock */
	if (READ_ONCE(mm->map_count) > vmas)
		goto out;
	if (mmap_write_lock_killable(mm)) {
		err = -EINTR;
		goto out;
	}
	if (mm->map_count <= vmas) {
		began = ktime_get_ns();
		err = __mmu_notifier_register(notifier, mm);
		*held_ns = ktime_get_ns() - began;
	}
	mmap_write_unlock(mm);
out:
	mmput_async(mm);

	return err;
}
#endif

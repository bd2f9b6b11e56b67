/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a pid to a pinned address space, and the short operations on one. This
 * file, pass.h and scan.h are the only code that touches a live task or takes
 * its locks.
 */
#ifndef PAGETREE_TARGET_H
#define PAGETREE_TARGET_H

#include <linux/kref.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>

struct mmu_notifier;

/**
 * struct pagetree_target - an attached process
 * @ref: one reference for the attachment, one for each open file
 * @pid: the process (PIDTYPE_TGID); it stays the same over exec
 * @dead: the attachment has ended: readers stop at their next slice,
 *	shootdowns at their next round
 * @command: held while a command shoots down TLBs
 * @results_lock: protects @results
 * @results: results of shootdowns, in one allocation; NULL before the first one
 * @invalidations_lock: protects @invalidations; never held while waiting for a
 *	lock of a process
 * @invalidations: counts of invalidations, in one allocation; NULL before
 *	counting was first switched on
 */
struct pagetree_target {
	struct kref ref;
	struct pid *pid;
	bool dead;
	struct mutex command; /* see above */
	struct mutex results_lock; /* see above */
	struct pagetree_results *results;
	struct mutex invalidations_lock; /* see above */
	struct pagetree_invalidations *invalidations;
};

/**
 * pagetree_target_create() - create the target of a process
 * @nr: pid in the initial namespace; a thread id selects its process
 *
 * Return: the target with one reference, -ESRCH if there is no such process or
 *	it has no address space, -ENOMEM.
 */
struct pagetree_target *pagetree_target_create(pid_t nr);

static inline struct pagetree_target *
pagetree_target_get(struct pagetree_target *target)
{
	kref_get(&target->ref);
	return target;
}

/* Drops a reference; the last one frees the target. May sleep. */
void pagetree_target_put(struct pagetree_target *target);

/*
 * Whether the process still has an address space. Dead processes and zombies
 * have none. May sleep.
 */
bool pagetree_target_alive(const struct pagetree_target *target);

/*
 * Pins the current address space of the process with mmgrab(), but not its
 * users. NULL if the process has none. The caller drops it with
 * pagetree_mm_drop(). May sleep.
 */
struct mm_struct *pagetree_target_grab_mm(const struct pagetree_target *target);
struct mm_struct *pagetree_pid_grab_mm(struct pid *pid);
void pagetree_mm_drop(struct mm_struct *mm);

/* Whether the process still runs in @mm: it did not exit and not call exec. */
bool pagetree_target_runs_in(const struct pagetree_target *target,
			     const struct mm_struct *mm);

/*
 * Whether a thread of @process runs in @mm. Kernel threads that borrow @mm do
 * not count. Called under RCU.
 */
bool pagetree_task_runs_in(struct task_struct *process,
			   const struct mm_struct *mm);

/**
 * struct pagetree_span - the range of a VMA, copied under the mmap lock
 * @start: first address
 * @end: address after the last
 * @page_shift: log2 of the page size; a large page in a hugetlb VMA
 */
struct pagetree_span {
	unsigned long start;
	unsigned long end;
	unsigned int page_shift;
};

/*
 * Around the hold of a lock of a target. The target waits for that lock as long as
 * we do not run, so nothing but interrupts may keep us from running. Not under
 * PREEMPT_RT, where these locks can sleep.
 */
static inline void pagetree_preempt_disable(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
}

static inline void pagetree_preempt_enable(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

/**
 * pagetree_mm_find_vma() - find the VMA of an address
 * @mm: pinned with mmgrab()
 * @address: a user address
 * @deadline: nanoseconds, as ktime_get_ns(): when to give up
 * @span: set on success
 *
 * Context: may sleep. Retries a trylock of the mmap lock for reading, and
 *	releases it before it returns.
 * Return: 0, -EINVAL if no VMA contains @address, -ESRCH if the address space
 *	has no users, -EINTR after any signal, -ETIMEDOUT if the lock was taken
 *	until @deadline.
 */
int pagetree_mm_find_vma(struct mm_struct *mm, unsigned long address,
			 u64 deadline, struct pagetree_span *span);

/**
 * pagetree_mm_notify() - register an mmu notifier
 * @mm: pinned with mmgrab()
 * @notifier: pins @mm itself until it is unregistered
 * @vmas: how many VMAs the address space may have: registering takes the locks of
 *	each
 * @held_ns: set to the nanoseconds for which the mmap lock was held
 *
 * Context: may sleep. Takes the mmap lock for writing, and releases it before
 *	it returns.
 * Return: 0, -ESRCH if the address space has no users, -E2BIG if it has more than
 *	@vmas VMAs, -ENOMEM, -EINTR after a fatal signal while it waits for the
 *	mmap lock, or after any signal once it has it.
 */
int pagetree_mm_notify(struct mm_struct *mm, struct mmu_notifier *notifier,
		       unsigned int vmas, u64 *held_ns);

#endif /* PAGETREE_TARGET_H */

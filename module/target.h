/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a pid to a pinned address space and its VMAs. The only code that touches
 * a live task or takes a lock of it.
 */
#ifndef PAGETREE_TARGET_H
#define PAGETREE_TARGET_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>

#include "stats.h"
#include "walk.h"

struct mmu_notifier;

#define X(enumerator, text) PAGETREE_VMA_##enumerator,
enum pagetree_vma_kind { PAGETREE_VMA_KINDS(X) };
#undef X

/**
 * struct pagetree_target - a process that somebody attached to
 * @ref: one for the attachment, one for each open file
 * @pid: the process (PIDTYPE_TGID), whatever it executes
 * @dead: nobody is attached any more: readers stop at their next slice,
 *	shootdowns at their next round
 * @command: held while one shoots TLBs down
 * @results_lock: covers @results
 * @results: of shootdowns, in one piece of memory; NULL until there was one
 * @invalidations_lock: covers @invalidations; never held for a lock of a process
 * @invalidations: the counts of them, in one piece of memory; NULL until there
 *	are some
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
 * pagetree_target_create() - make a target of a process
 * @nr: pid of the initial namespace; a thread's means its process
 *
 * Return: the target with one reference, -ESRCH if no such process has an
 *	address space, -ENOMEM.
 */
struct pagetree_target *pagetree_target_create(pid_t nr);

static inline struct pagetree_target *
pagetree_target_get(struct pagetree_target *target)
{
	kref_get(&target->ref);
	return target;
}

/* Drops a reference; the last one frees. May sleep. */
void pagetree_target_put(struct pagetree_target *target);

/*
 * Whether the process still has an address space; dead ones and zombies have
 * none. May sleep.
 */
bool pagetree_target_alive(const struct pagetree_target *target);

/*
 * Pins the address space that the process has now, but not its users; NULL if
 * it has none. The caller drops it. May sleep.
 */
struct mm_struct *pagetree_target_grab_mm(const struct pagetree_target *target);
void pagetree_mm_drop(struct mm_struct *mm);

/* Whether the process still runs in @mm: has not ended, nor executed. */
bool pagetree_target_runs_in(const struct pagetree_target *target,
			     const struct mm_struct *mm);

/**
 * struct pagetree_span - where a VMA lay
 * @start: first address
 * @end: address after the last
 * @page_shift: binary logarithm of the size of its pages, large ones if hugetlb
 */
struct pagetree_span {
	unsigned long start;
	unsigned long end;
	unsigned int page_shift;
};

/**
 * pagetree_mm_find_vma() - look for the VMA of an address
 * @mm: pinned
 * @address: in user space
 * @span: set if there is one
 *
 * Context: may sleep; tries the mmap lock until it can be read, gives it back.
 * Return: 0, -EINVAL if there is none, -ESRCH if the address space has no users,
 *	-EINTR after a signal.
 */
int pagetree_mm_find_vma(struct mm_struct *mm, unsigned long address,
			 struct pagetree_span *span);

/**
 * pagetree_mm_notify() - register an mmu notifier
 * @mm: pinned
 * @notifier: it pins @mm itself until it is unregistered
 * @held_ns: set to how long the mmap lock was held
 *
 * Context: may sleep; takes the mmap lock for writing, and gives it back.
 * Return: 0, -ESRCH if the address space has no users, -EINTR after a signal,
 *	-ENOMEM.
 */
int pagetree_mm_notify(struct mm_struct *mm, struct mmu_notifier *notifier,
		       u64 *held_ns);

/**
 * struct pagetree_vma - a VMA as a visitor sees it, valid during the visit
 * @start: its first address
 * @end: the address after its last
 * @flags: VM_*
 * @offset: of @from in the file or object, in bytes; 0 if none is mapped
 * @kind: what it maps
 * @from: where this visit starts: @start, or further up after a yield
 * @to: where it ends: @end, or where the pass does
 * @first: this visit starts a row, at @start or where an earlier row ended
 * @vma: for pagetree_vma_name()
 */
struct pagetree_vma {
	unsigned long start;
	unsigned long end;
	unsigned long flags;
	u64 offset;
	enum pagetree_vma_kind kind;
	unsigned long from;
	unsigned long to;
	bool first;
	struct vm_area_struct *vma;
};

/**
 * pagetree_vma_name() - the name that /proc/PID/maps shows, without escapes
 * @vma: the VMA being visited
 * @buf: room for the name
 * @size: of @buf; PATH_MAX is enough for any
 *
 * Return: the name, which lies anywhere in @buf or is constant; "" if there is
 *	none.
 */
const char *pagetree_vma_name(const struct pagetree_vma *vma, char *buf,
			      int size);

/* The state of a pass after a slice. */
enum pagetree_pass_state {
	PAGETREE_PASS_MORE,	/* call pagetree_pass_slice() again */
	PAGETREE_PASS_COMPLETE,	/* every VMA was walked */
	PAGETREE_PASS_PARTIAL,	/* the process or the attachment went away */
	PAGETREE_PASS_BUSY,	/* somebody has a lock, which is only tried */
};

struct pagetree_pass;

/**
 * struct pagetree_visitor - what a pass calls, under the locks of the walk
 * @visit: walk [vma->from, vma->to) of @root and return the address reached.
 *	Must not sleep. Less than vma->to ends the slice: because
 *	pagetree_pass_must_yield() said so, or because the visitor has no room.
 *	Returning vma->from says that nothing was done, not even a row begun.
 * @end_row: the row of the last visit is complete: it ends at @end. Called with
 *	or without the locks. @changed: its VMA changed under the walk.
 */
struct pagetree_visitor {
	unsigned long (*visit)(struct pagetree_visitor *visitor,
			       const struct pagetree_vma *vma,
			       const struct pagetree_root *root);
	void (*end_row)(struct pagetree_visitor *visitor, unsigned long end,
			bool changed);
};

/**
 * struct pagetree_pass - one look at the VMAs of an address space, in slices
 * @target: whose attachment allows the pass; NULL if it needs none
 * @mm: pinned by mmgrab(), its users only during a slice
 * @next: everything below was walked
 * @end: nothing from here on is; ULONG_MAX for all VMAs
 * @only_try: the locks are only tried: once at first, some times after a yield
 * @cost: so far; the visitor adds what it reads, the caller its own time
 * @state: after the last slice
 */
struct pagetree_pass {
	struct pagetree_target *target;
	struct mm_struct *mm;
	unsigned long next;
	unsigned long end;
	bool only_try;
	struct pagetree_cost cost;
	enum pagetree_pass_state state;
	/* private: the VMA whose row is not complete; end is 0 if none */
	struct pagetree_vma open;
	struct file *open_file;
	unsigned long open_pgoff;
	/* private: of the slice; times in nanoseconds */
	struct rw_semaphore *i_mmap_rwsem;
	u64 yield_at;
	u64 timed_at;
	u64 held_max;
	u64 held_total;
	bool slice_over;
	bool locked_out;
	unsigned int tries;
};

/**
 * pagetree_pass_init() - begin a pass
 * @pass: zeroed
 * @target: whose address space it is to be
 *
 * Context: may sleep.
 * Return: 0, or -ESRCH if the process has no address space now. The pass holds
 *	a reference to @target until pagetree_pass_exit().
 */
int pagetree_pass_init(struct pagetree_pass *pass,
		       struct pagetree_target *target);

/**
 * struct pagetree_scan - a look at all processes, one after the other; zeroed
 * @pid: of the one looked at, the lowest of those that share its address space
 * @comm: its name
 */
struct pagetree_scan {
	pid_t pid;
	char comm[TASK_COMM_LEN];
	/* private: when it began, and below which pid there were none later on */
	u64 began;
	pid_t wrapped_below;
};

/**
 * pagetree_pass_init_next() - begin a pass over the next address space
 * @pass: zeroed, or one that was ended by pagetree_pass_exit() and adds to its
 *	cost; the locks are only tried
 * @scan: goes on to the process found
 *
 * Context: may sleep.
 * Return: 0, -ESRCH if there are no more, -EINTR if the reader was killed.
 */
int pagetree_pass_init_next(struct pagetree_pass *pass,
			    struct pagetree_scan *scan);

void pagetree_pass_exit(struct pagetree_pass *pass);

/* Begins a pass again, over the same address space, as if nothing had been. */
void pagetree_pass_rewind(struct pagetree_pass *pass);

/**
 * pagetree_pass_slice() - go on, with the mmap lock held once
 *
 * Takes the mmap lock for reading, visits VMAs from pass->next on until
 * slice_us are over, somebody waits for the lock, the visitor has no room, or
 * there are no more, and gives the lock back. Sets pass->state.
 *
 * Context: may sleep; holds nothing on return.
 * Return: 0, or -EINTR if the reader was killed.
 */
int pagetree_pass_slice(struct pagetree_pass *pass,
			struct pagetree_visitor *visitor);

/* Ends a pass that there is more of, as partial. */
void pagetree_pass_give_up(struct pagetree_pass *pass,
			   struct pagetree_visitor *visitor);

/* Whether a visit should stop here: asked where a table is done. */
bool pagetree_pass_must_yield(struct pagetree_pass *pass);

/* What the kernel counts as VmPTE of the address space, in bytes. */
unsigned long pagetree_pass_vmpte(const struct pagetree_pass *pass);

#endif /* PAGETREE_TARGET_H */

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
#include <linux/pid.h>

#include "stats.h"
#include "walk.h"

#define X(enumerator, text) PAGETREE_VMA_##enumerator,
enum pagetree_vma_kind { PAGETREE_VMA_KINDS(X) };
#undef X

/**
 * struct pagetree_target - a process that somebody attached to
 * @ref: one for the attachment, one for each open file
 * @pid: the process (PIDTYPE_TGID), whatever it executes
 * @dead: nobody is attached any more: readers stop at their next slice
 */
struct pagetree_target {
	struct kref ref;
	struct pid *pid;
	bool dead;
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

/* Drops a reference; the last one frees. May be called in any context. */
void pagetree_target_put(struct pagetree_target *target);

/*
 * Whether the process still has an address space; dead ones and zombies have
 * none. May sleep.
 */
bool pagetree_target_alive(const struct pagetree_target *target);

/**
 * struct pagetree_vma - a VMA as a visitor sees it, valid during the visit
 * @start: its first address
 * @end: the address after its last
 * @flags: VM_*
 * @offset: of @from in the file or object, in bytes; 0 if none is mapped
 * @kind: what it maps
 * @from: where this visit starts: @start, or further up after a yield
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
};

/**
 * struct pagetree_visitor - what a pass calls, under the locks of the walk
 * @visit: walk [vma->from, vma->end) of @root and return the address reached.
 *	Must not sleep. Less than vma->end means that it stopped because
 *	pagetree_pass_must_yield() said so.
 *	Returning vma->from makes the slice end with nothing done: the visitor
 *	has no room for another row.
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
 * struct pagetree_pass - one look at all VMAs of an address space, in slices
 * @target: whose attachment allows the pass
 * @mm: pinned by mmgrab(), its users only during a slice
 * @next: everything below was walked
 * @cost: so far; the caller adds what its visitor reads and its own time
 * @state: after the last slice
 */
struct pagetree_pass {
	struct pagetree_target *target;
	struct mm_struct *mm;
	unsigned long next;
	struct pagetree_cost cost;
	enum pagetree_pass_state state;
	/* private: the VMA whose row is not complete; end is 0 if none */
	struct pagetree_vma open;
	struct file *open_file;
	unsigned long open_pgoff;
	/* private: of the slice; times in nanoseconds */
	struct rw_semaphore *i_mmap_rwsem;
	u64 yield_at;
	u64 held_max;
	u64 held_total;
	bool locked_out;
};

/**
 * pagetree_pass_init() - begin a pass
 *
 * Context: may sleep.
 * Return: 0, or -ESRCH if the process has no address space now. The pass holds
 *	a reference to @target until pagetree_pass_exit().
 */
int pagetree_pass_init(struct pagetree_pass *pass,
		       struct pagetree_target *target);
void pagetree_pass_exit(struct pagetree_pass *pass);

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

/* Whether a visit should stop here: asked where a PTE table is done. */
bool pagetree_pass_must_yield(const struct pagetree_pass *pass);

#endif /* PAGETREE_TARGET_H */

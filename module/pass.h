/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pass visits the VMAs of an address space in ascending order, in slices. A
 * slice holds the mmap lock, or the locks of its VMAs one after the other, for a
 * bounded time without preemption.
 */
#ifndef PAGETREE_PASS_H
#define PAGETREE_PASS_H

#include <linux/mm_types.h>

#include "stats.h"
#include "walk.h"

struct pagetree_target;

#define X(enumerator, text) PAGETREE_VMA_##enumerator,
enum pagetree_vma_kind { PAGETREE_VMA_KINDS(X) };
#undef X

/**
 * struct pagetree_vma - a VMA as a visitor sees it, valid during the visit
 * @start: its first address
 * @end: the address after its last
 * @flags: VM_*
 * @offset: offset of @from in the file or object, in bytes; 0 without a file
 * @kind: what the VMA maps
 * @from: where this visit starts: @start, or further up after a yield
 * @to: where this visit ends: @end, or the end of the pass
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
 * @buf: buffer for the name
 * @size: size of @buf; PATH_MAX is enough for any name
 *
 * Return: the name, "" if the VMA has none. It lies anywhere in @buf or is
 *	constant.
 */
const char *pagetree_vma_name(const struct pagetree_vma *vma, char *buf,
			      int size);

/* The state of a pass after a slice. */
enum pagetree_pass_state {
	PAGETREE_PASS_MORE,	/* call pagetree_pass_slice() again */
	PAGETREE_PASS_COMPLETE,	/* every VMA was walked */
	PAGETREE_PASS_PARTIAL,	/* the process or the attachment went away, or a
				 * lock could not be had for ten seconds
				 */
	PAGETREE_PASS_BUSY,	/* a trylock failed, @hurry */
};

struct pagetree_pass;

/**
 * struct pagetree_visitor - callbacks of a pass
 * @visit: walk [vma->from, vma->to) from @root and return the address reached.
 *	Called with the locks of the walk held and preemption off (but on
 *	PREEMPT_RT); must not sleep. Return less than
 *	vma->to to end the slice: pagetree_pass_must_yield() returned true, or
 *	the visitor's buffer is full. Return vma->from if nothing was done, not
 *	even a row started.
 * @end_row: the row of the last visit ends at @end. Called with or without the
 *	locks. @changed: the VMA changed during the walk.
 */
struct pagetree_visitor {
	unsigned long (*visit)(struct pagetree_visitor *visitor,
			       const struct pagetree_vma *vma,
			       const struct pagetree_root *root);
	void (*end_row)(struct pagetree_visitor *visitor, unsigned long end,
			bool changed);
};

/**
 * struct pagetree_pass - one pass over the VMAs of an address space
 * @target: the attachment that allows the pass; NULL if it needs none
 * @mm: pinned with mmgrab(); its users are pinned only during a slice
 * @next: everything below this address was walked
 * @end: nothing from this address on is walked; ULONG_MAX for all VMAs
 * @hurry: try the locks once at the start, for some ten ticks after a yield
 * @cost: the cost so far. The visitor adds what it reads, the caller its own
 *	time
 * @state: the state after the last slice
 */
struct pagetree_pass {
	struct pagetree_target *target;
	struct mm_struct *mm;
	unsigned long next;
	unsigned long end;
	bool hurry;
	struct pagetree_cost cost;
	enum pagetree_pass_state state;
	/* private: the VMA whose row is incomplete; its end is 0 if there is none */
	struct pagetree_vma open;
	struct file *open_file;
	unsigned long open_pgoff;
	/* private: of the slice; times in nanoseconds */
	struct pagetree_cursor cursor;
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
 * pagetree_pass_init() - start a pass over the address space of a process
 * @pass: zeroed
 * @target: the process
 *
 * Context: may sleep.
 * Return: 0, or -ESRCH if the process has no address space now. On success the
 *	pass holds a reference to @target until pagetree_pass_exit().
 */
int pagetree_pass_init(struct pagetree_pass *pass,
		       struct pagetree_target *target);

/**
 * pagetree_pass_init_try() - start a pass that does not wait for a lock
 * @pass: zeroed, or begun here before and ended by pagetree_pass_exit(): then it
 *	adds to its cost
 * @mm: pinned with mmgrab(); pagetree_pass_exit() drops it
 */
void pagetree_pass_init_try(struct pagetree_pass *pass, struct mm_struct *mm);

/* Drops what the pass pins. May sleep. */
void pagetree_pass_exit(struct pagetree_pass *pass);

/* Restarts the pass over the same address space, at no cost so far. */
void pagetree_pass_rewind(struct pagetree_pass *pass);

/**
 * pagetree_pass_slice() - continue the pass for a slice
 * @pass: the pass; its state becomes the result
 * @visitor: is called for each VMA from pass->next on
 *
 * Visits VMAs until slice_us are over, a task waits for a lock that the slice
 * holds, the visitor's buffer is full, or there are no more. If a lock cannot be
 * had, it sleeps for a tick or less, without one.
 *
 * Context: may sleep; holds nothing on return.
 * Return: 0, or -EINTR if the reader was killed.
 */
int pagetree_pass_slice(struct pagetree_pass *pass,
			struct pagetree_visitor *visitor);

/* Ends a pass early; its state becomes PAGETREE_PASS_PARTIAL. */
void pagetree_pass_give_up(struct pagetree_pass *pass,
			   struct pagetree_visitor *visitor);

/* Whether a visit should stop here. Ask at the end of each table. */
bool pagetree_pass_must_yield(struct pagetree_pass *pass);

/* The kernel's VmPTE of the address space, in bytes. */
unsigned long pagetree_pass_vmpte(const struct pagetree_pass *pass);

#endif /* PAGETREE_PASS_H */

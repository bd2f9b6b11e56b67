// SPDX-License-Identifier: GPL-2.0-only
/*
 * An mmu notifier hears of each range between the moment when its entries begin
 * to go and the one when no TLB holds them any more. These are ranges, not
 * flushes: the kernel may flush several at once, or none where nothing was.
 */
#include <linux/bitmap.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mmu_notifier.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../compat.h"
#include "../target.h"
#include "invalidations.h"

#define OPEN_RANGES	64	/* whose beginning is remembered */

static const char *const reasons[] = {
#define X(enumerator, text) text,
	PAGETREE_INVALIDATION_REASONS(X)
#undef X
	"all",
};

#define X(enumerator, text)						\
	static_assert((int)PAGETREE_INVALIDATED_##enumerator ==		\
		      (int)MMU_NOTIFY_##enumerator);
PAGETREE_INVALIDATION_REASONS(X)
#undef X

struct open_range {
	const struct mmu_notifier_range *range;
	u64 began;
};

/**
 * struct pagetree_invalidations - an address space that is counted, or was
 * @notifier: pins it while registered
 * @registered: and so to be unregistered
 * @register_ns: the mmap lock was held so long to register
 * @heard: the address space still has users; else nothing more is heard of
 * @lock: covers the rest. Raw, for some ranges may not block.
 * @rows: the counts
 * @ns: by row, all times from beginning to end
 * @taken: which of @open are
 * @open: ranges that have begun, known by their address until they end
 */
struct pagetree_invalidations {
	struct mmu_notifier notifier;
	bool registered;
	u64 register_ns;
	bool heard;
	raw_spinlock_t lock; /* see above */
	struct pagetree_invalidation rows[PAGETREE_INVALIDATION_ROWS];
	u64 ns[PAGETREE_INVALIDATION_ROWS];
	DECLARE_BITMAP(taken, OPEN_RANGES);
	struct open_range open[OPEN_RANGES];
};

/* Callbacks: of any task, several at once */

static u64 *by_digits(u64 *counts, u64 number)
{
	return &counts[min(fls64(number), PAGETREE_INVALIDATION_DIGITS)];
}

static void count_begin(struct pagetree_invalidation *row, u64 pages)
{
	row->ranges++;
	row->unfinished++;
	/* clearing soft-dirty bits says everything, 2^52 pages */
	if (check_add_overflow(row->pages, pages, &row->pages))
		row->pages = U64_MAX;
	++*by_digits(row->of_pages, pages);
}

static int range_begins(struct mmu_notifier *notifier,
			const struct mmu_notifier_range *range)
{
	struct pagetree_invalidations *counted =
		container_of(notifier, struct pagetree_invalidations, notifier);
	const u64 pages = ((range->end - 1) >> PAGE_SHIFT) -
			  (range->start >> PAGE_SHIFT) + 1;
	const unsigned int reason = range->event;
	unsigned int slot;

	raw_spin_lock(&counted->lock);
	count_begin(&counted->rows[PAGETREE_INVALIDATED_ALL], pages);
	/* a newer kernel may have reasons without a name here */
	if (reason < PAGETREE_INVALIDATED_ALL)
		count_begin(&counted->rows[reason], pages);

	slot = find_first_zero_bit(counted->taken, OPEN_RANGES);
	if (slot < OPEN_RANGES) {
		__set_bit(slot, counted->taken);
		counted->open[slot].range = range;
		counted->open[slot].began = ktime_get_ns();
	}
	raw_spin_unlock(&counted->lock);

	return 0;
}

/* Ends a range of a row; @ns is NULL if nobody knows when it began. */
static void count_end(struct pagetree_invalidations *counted, unsigned int i,
		      const u64 *ns)
{
	struct pagetree_invalidation *row = &counted->rows[i];
	u64 us;

	row->unfinished--;
	if (!ns) {
		row->untimed++;
		return;
	}
	us = div_u64(*ns, NSEC_PER_USEC);
	row->us_max = max(row->us_max, us);
	counted->ns[i] += *ns;
	++*by_digits(row->of_us, us);
}

/* None ends that began before: who registers has all locks that ranges need. */
static void range_ends(struct mmu_notifier *notifier,
		       const struct mmu_notifier_range *range)
{
	struct pagetree_invalidations *counted =
		container_of(notifier, struct pagetree_invalidations, notifier);
	const unsigned int reason = range->event;
	const u64 *known = NULL;
	unsigned int slot;
	u64 ns;

	raw_spin_lock(&counted->lock);
	for_each_set_bit(slot, counted->taken, OPEN_RANGES) {
		if (counted->open[slot].range != range)
			continue;
		__clear_bit(slot, counted->taken);
		ns = ktime_get_ns() - counted->open[slot].began;
		known = &ns;
		break;
	}
	count_end(counted, PAGETREE_INVALIDATED_ALL, known);
	if (reason < PAGETREE_INVALIDATED_ALL)
		count_end(counted, reason, known);
	raw_spin_unlock(&counted->lock);
}

/* The last user of the address space goes, or we unregister. */
static void released(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	struct pagetree_invalidations *counted =
		container_of(notifier, struct pagetree_invalidations, notifier);

	WRITE_ONCE(counted->heard, false);
}

static const struct mmu_notifier_ops notifier_ops = {
	.release = released,
	.invalidate_range_start = range_begins,
	.invalidate_range_end = range_ends,
};

/* On and off */

static void unregister(struct pagetree_invalidations *counted)
{
	if (counted->registered)
		mmu_notifier_unregister(&counted->notifier,
					counted->notifier.mm);
	counted->registered = false;
}

/* Whether @mm is to be counted anew: 0, or why not. Under the target's lock. */
static int check(const struct pagetree_target *target,
		 const struct mm_struct *mm)
{
	const struct pagetree_invalidations *counted = target->invalidations;

	if (READ_ONCE(target->dead) || !pagetree_target_runs_in(target, mm))
		return -ESRCH;
	if (counted && counted->registered && counted->notifier.mm == mm &&
	    READ_ONCE(counted->heard))
		return -EALREADY;

	return 0;
}

/*
 * Waits for the mmap lock without one of ours: the end of an attachment does
 * not wait for a process that is stuck. Whoever comes too late takes his off.
 */
int pagetree_invalidations_on(struct pagetree_target *target,
			      struct mm_struct *mm)
{
	struct pagetree_invalidations *counted;
	int err;

	if (mutex_lock_killable(&target->invalidations_lock))
		return -EINTR;
	err = check(target, mm);
	mutex_unlock(&target->invalidations_lock);
	if (err)
		return err == -EALREADY ? 0 : err;

	counted = kvzalloc_obj(*counted);
	if (!counted)
		return -ENOMEM;
	raw_spin_lock_init(&counted->lock);
	counted->notifier.ops = &notifier_ops;
	counted->heard = true;
	err = pagetree_mm_notify(mm, &counted->notifier, &counted->register_ns);
	if (err) {
		kvfree(counted);
		return err;
	}
	counted->registered = true;

	mutex_lock(&target->invalidations_lock);
	err = check(target, mm);
	if (!err)
		swap(target->invalidations, counted);
	mutex_unlock(&target->invalidations_lock);
	if (counted)
		unregister(counted);
	kvfree(counted);

	return err == -EALREADY ? 0 : err;
}

void pagetree_invalidations_off(struct pagetree_target *target)
{
	mutex_lock(&target->invalidations_lock);
	if (target->invalidations)
		unregister(target->invalidations);
	mutex_unlock(&target->invalidations_lock);
}

int pagetree_invalidations_read(struct pagetree_target *target,
				struct pagetree_invalidation *rows)
{
	struct pagetree_invalidations *counted;
	u64 ns[PAGETREE_INVALIDATION_ROWS] = { };
	unsigned int i;

	memset(rows, 0, sizeof(*rows) * PAGETREE_INVALIDATION_ROWS);
	if (mutex_lock_killable(&target->invalidations_lock))
		return -EINTR;
	counted = target->invalidations;
	if (counted) {
		raw_spin_lock(&counted->lock);
		memcpy(rows, counted->rows, sizeof(counted->rows));
		memcpy(ns, counted->ns, sizeof(ns));
		raw_spin_unlock(&counted->lock);
		rows[PAGETREE_INVALIDATED_ALL].register_us =
			div_u64(counted->register_ns, NSEC_PER_USEC);
	}
	for (i = 0; i < PAGETREE_INVALIDATION_ROWS; i++) {
		rows[i].reason = reasons[i];
		rows[i].on = counted && READ_ONCE(counted->heard);
		rows[i].us_total = div_u64(ns[i], NSEC_PER_USEC);
	}
	mutex_unlock(&target->invalidations_lock);

	return 0;
}

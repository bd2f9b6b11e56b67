// SPDX-License-Identifier: GPL-2.0-only
/*
 * An mmu notifier is called when the kernel starts to change the entries of a
 * range, and again when no TLB holds the old entries any longer. These are
 * ranges, not flushes: the kernel may flush several ranges at once, or not at
 * all if a range was empty.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../compat.h"
#include "../target.h"
#include "initiators.h"
#include "invalidations.h"
#include "trace.h"

#define OPEN_RANGES	64	/* their start times are stored */

static bool invalidations;
module_param(invalidations, bool, 0600);
MODULE_PARM_DESC(invalidations, "allow PID/shootdown to count what the kernel invalidates (default no)");

bool pagetree_invalidations_allowed(void)
{
	return READ_ONCE(invalidations);
}

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
	struct pagetree_caused *caused;
	u64 began;
};

/**
 * struct pagetree_invalidations - the counts of one address space
 * @notifier: pins the address space while it is registered
 * @registered: @notifier is registered and must be unregistered
 * @session: identifies these counts
 * @plain: counting lasts until somebody switches it off
 * @holds: it also lasts until these are dropped
 * @register_ns: nanoseconds for which registering held the mmap lock
 * @pid: the process, for the tracepoint
 * @active: the address space still has users, so callbacks can come
 * @lock: protects the members below. Raw, since some ranges must not block
 * @rows: the counts; the row all has those of unknown reasons only
 * @ns: by row: the sum of the times from start to end of a range
 * @initiators: the same counts by task, call and reason
 * @taken: which elements of @open are in use
 * @open: ranges that have started, identified by their address until they end
 */
struct pagetree_invalidations {
	struct mmu_notifier notifier;
	bool registered;
	u64 session;
	bool plain;
	unsigned int holds;
	u64 register_ns;
	pid_t pid;
	bool active;
	raw_spinlock_t lock; /* see above */
	struct pagetree_invalidation rows[PAGETREE_INVALIDATION_ROWS];
	u64 ns[PAGETREE_INVALIDATION_ROWS];
	struct pagetree_initiators initiators;
	DECLARE_BITMAP(taken, OPEN_RANGES);
	struct open_range open[OPEN_RANGES];
};

/* Callbacks: they run in any task, and concurrently */

static u64 *by_length(u64 *counts, u64 number)
{
	return &counts[min(fls64(number), PAGETREE_INVALIDATION_DIGITS)];
}

/* Newer kernels may have reasons that are unknown here. */
static unsigned int row_of(unsigned int reason)
{
	return min_t(unsigned int, reason, PAGETREE_INVALIDATED_ALL);
}

static void sum_pages(u64 *sum, u64 pages)
{
	/* clear_refs reports the whole address space: 2^52 pages */
	if (check_add_overflow(*sum, pages, sum))
		*sum = U64_MAX;
}

static void count_begin(struct pagetree_invalidation *row, u64 pages)
{
	row->ranges++;
	row->unfinished++;
	sum_pages(&row->pages, pages);
	++*by_length(row->of_pages, pages);
}

static int range_begins(struct mmu_notifier *notifier,
			const struct mmu_notifier_range *range)
{
	struct pagetree_invalidations *counted =
		container_of(notifier, struct pagetree_invalidations, notifier);
	const u64 pages = ((range->end - 1) >> PAGE_SHIFT) -
			  (range->start >> PAGE_SHIFT) + 1;
	const unsigned int reason = range->event;
	struct pagetree_caused *caused;
	struct pagetree_cause cause;
	unsigned int slot;

	pagetree_cause_now(&cause, reason);
	raw_spin_lock(&counted->lock);
	count_begin(&counted->rows[row_of(reason)], pages);
	caused = pagetree_initiators_row(&counted->initiators, &cause, true);
	pagetree_caused_begin(caused, pages, range->start, range->end);

	slot = find_first_zero_bit(counted->taken, OPEN_RANGES);
	if (slot < OPEN_RANGES) {
		__set_bit(slot, counted->taken);
		counted->open[slot].range = range;
		counted->open[slot].caused = caused;
		counted->open[slot].began = ktime_get_ns();
	}
	raw_spin_unlock(&counted->lock);

	return 0;
}

/* Counts the end of a range. @ns: its duration; NULL if that is unknown. */
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
	++*by_length(row->of_us, us);
}

/*
 * Every range that ends here has also started here: registering a notifier holds
 * all locks that a range needs.
 */
static void range_ends(struct mmu_notifier *notifier,
		       const struct mmu_notifier_range *range)
{
	struct pagetree_invalidations *counted =
		container_of(notifier, struct pagetree_invalidations, notifier);
	const unsigned int reason = range->event;
	struct pagetree_caused *caused = NULL;
	const u64 *known = NULL;
	struct pagetree_cause cause;
	unsigned int slot;
	u64 ns;

	raw_spin_lock(&counted->lock);
	for_each_set_bit(slot, counted->taken, OPEN_RANGES) {
		if (counted->open[slot].range != range)
			continue;
		__clear_bit(slot, counted->taken);
		ns = ktime_get_ns() - counted->open[slot].began;
		known = &ns;
		caused = counted->open[slot].caused;
		break;
	}
	if (!caused) {
		/* the task has not left the kernel since the range began */
		pagetree_cause_now(&cause, reason);
		caused = pagetree_initiators_row(&counted->initiators, &cause,
						 false);
	}
	pagetree_caused_end(caused, known);
	count_end(counted, row_of(reason), known);
	raw_spin_unlock(&counted->lock);

	trace_invalidation(counted->pid, reason < PAGETREE_INVALIDATED_ALL ?
			   reasons[reason] : "unknown", range->start,
			   range->end, known ? ns : 0);
}

/* The address space has lost its last user, or we unregister. */
static void released(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	struct pagetree_invalidations *counted =
		container_of(notifier, struct pagetree_invalidations, notifier);

	WRITE_ONCE(counted->active, false);
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

/*
 * Return: 0 to start counting in @mm, -EALREADY if it is being counted, or an
 * error. Called with target->invalidations_lock held.
 */
static int check(const struct pagetree_target *target,
		 const struct mm_struct *mm)
{
	const struct pagetree_invalidations *counted = target->invalidations;

	if (READ_ONCE(target->dead) || !pagetree_target_runs_in(target, mm))
		return -ESRCH;
	if (counted && counted->registered && counted->notifier.mm == mm &&
	    READ_ONCE(counted->active))
		return -EALREADY;

	return 0;
}

/* Makes counting last. Called with target->invalidations_lock held. */
static void keep(struct pagetree_invalidations *counted, u64 *hold)
{
	if (!hold) {
		counted->plain = true;
	} else if (*hold != counted->session) {
		counted->holds++;
		*hold = counted->session;
	}
}

/*
 * Waits for the mmap lock while holding no lock of our own, so that the end of
 * an attachment does not wait for a stuck process. If two tasks race, the loser
 * unregisters its own notifier.
 */
int pagetree_invalidations_on(struct pagetree_target *target,
			      struct mm_struct *mm, bool force, u64 *hold)
{
	static atomic64_t sessions = ATOMIC64_INIT(0);
	struct pagetree_invalidations *counted;
	int err;

	if (mutex_lock_killable(&target->invalidations_lock))
		return -EINTR;
	err = check(target, mm);
	if (err == -EALREADY)
		keep(target->invalidations, hold);
	mutex_unlock(&target->invalidations_lock);
	if (err)
		return err == -EALREADY ? 0 : err;

	counted = kvzalloc_obj(*counted);
	if (!counted)
		return -ENOMEM;
	raw_spin_lock_init(&counted->lock);
	pagetree_initiators_init(&counted->initiators);
	counted->notifier.ops = &notifier_ops;
	counted->session = atomic64_inc_return(&sessions);
	counted->pid = pid_nr(target->pid);
	counted->active = true;
	err = pagetree_mm_notify(mm, &counted->notifier,
				 force ? UINT_MAX : PAGETREE_INVALIDATION_VMAS,
				 &counted->register_ns);
	if (err) {
		kvfree(counted);
		return err;
	}
	counted->registered = true;

	mutex_lock(&target->invalidations_lock);
	err = check(target, mm);
	if (!err)
		swap(target->invalidations, counted);
	if (!err || err == -EALREADY)
		keep(target->invalidations, hold);
	mutex_unlock(&target->invalidations_lock);
	if (counted)
		unregister(counted);
	kvfree(counted);

	return err == -EALREADY ? 0 : err;
}

void pagetree_invalidations_drop(struct pagetree_target *target, u64 hold)
{
	struct pagetree_invalidations *counted;

	if (!hold)
		return;
	mutex_lock(&target->invalidations_lock);
	counted = target->invalidations;
	if (counted->session == hold && !--counted->holds && !counted->plain)
		unregister(counted);
	mutex_unlock(&target->invalidations_lock);
}

void pagetree_invalidations_off(struct pagetree_target *target)
{
	mutex_lock(&target->invalidations_lock);
	if (target->invalidations)
		unregister(target->invalidations);
	mutex_unlock(&target->invalidations_lock);
}

static void add_row(struct pagetree_invalidation *sum,
		    const struct pagetree_invalidation *row)
{
	unsigned int i;

	sum->ranges += row->ranges;
	sum_pages(&sum->pages, row->pages);
	sum->unfinished += row->unfinished;
	sum->untimed += row->untimed;
	sum->us_max = max(sum->us_max, row->us_max);
	for (i = 0; i <= PAGETREE_INVALIDATION_DIGITS; i++) {
		sum->of_pages[i] += row->of_pages[i];
		sum->of_us[i] += row->of_us[i];
	}
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
	for (i = 0; i < PAGETREE_INVALIDATED_ALL; i++) {
		add_row(&rows[PAGETREE_INVALIDATED_ALL], &rows[i]);
		ns[PAGETREE_INVALIDATED_ALL] += ns[i];
	}
	for (i = 0; i < PAGETREE_INVALIDATION_ROWS; i++) {
		rows[i].reason = reasons[i];
		rows[i].on = counted && READ_ONCE(counted->active);
		rows[i].us_total = div_u64(ns[i], NSEC_PER_USEC);
	}
	mutex_unlock(&target->invalidations_lock);

	return 0;
}

int pagetree_initiators_read(struct pagetree_target *target,
			     struct pagetree_initiator *rows)
{
	struct pagetree_invalidations *counted;
	struct pagetree_initiators *table;
	unsigned int i, count = 0;

	if (mutex_lock_killable(&target->invalidations_lock))
		return -EINTR;
	counted = target->invalidations;
	table = counted ? &counted->initiators : NULL;
	/* ranges wait for one row at most, not for all of them */
	for (i = 0; table && i < READ_ONCE(table->count); i++) {
		raw_spin_lock(&counted->lock);
		rows[count++] = table->rows[i].row;
		raw_spin_unlock(&counted->lock);
	}
	if (table) {
		raw_spin_lock(&counted->lock);
		rows[count++] = table->rows[PAGETREE_INITIATORS].row;
		raw_spin_unlock(&counted->lock);
	}
	mutex_unlock(&target->invalidations_lock);

	return count;
}

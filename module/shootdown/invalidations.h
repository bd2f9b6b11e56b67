/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts what the kernel itself invalidates in an address space. */
#ifndef PAGETREE_INVALIDATIONS_H
#define PAGETREE_INVALIDATIONS_H

#include <linux/errno.h>
#include <linux/types.h>

#include "../abi.h"

struct mm_struct;
struct pagetree_initiator;
struct pagetree_target;

#define X(enumerator, text) PAGETREE_INVALIDATED_##enumerator,
enum pagetree_invalidated {
	PAGETREE_INVALIDATION_REASONS(X)
	PAGETREE_INVALIDATED_ALL
};
#undef X

#define PAGETREE_INVALIDATION_ROWS (PAGETREE_INVALIDATED_ALL + 1)

#define TYPE_TEXT(name)		const char *name
#define TYPE_COUNT(name)	u64 name

/**
 * struct pagetree_invalidation - a row of invalidations
 * @of_pages: number of ranges, by the bit length of their pages
 * @of_us: number of ended ranges, by the bit length of their microseconds
 *
 * The other members are a list of abi.h.
 */
struct pagetree_invalidation {
#define X(name, type, meaning) TYPE_##type(name);
	PAGETREE_INVALIDATION_FIELDS(X)
#undef X
	u64 of_pages[PAGETREE_INVALIDATION_DIGITS + 1];
	u64 of_us[PAGETREE_INVALIDATION_DIGITS + 1];
};

#undef TYPE_TEXT
#undef TYPE_COUNT

#ifdef CONFIG_MMU_NOTIFIER
/* The parameter invalidations: whether commands may start and stop counting. */
bool pagetree_invalidations_allowed(void);

/**
 * pagetree_invalidations_on() - start to count
 * @target: the process; the counts are stored with it, earlier ones are dropped
 * @mm: its address space, pinned with mmgrab()
 * @force: even if the address space has more than PAGETREE_INVALIDATION_VMAS
 * @hold: NULL to count until somebody switches it off; else 0 at first, and set to
 *	what is held: counting lasts until the last hold is dropped
 *
 * Counts on if @mm is being counted already. Counting ends when @mm loses its last
 * user.
 *
 * Context: may sleep. Takes the mmap lock for writing and all locks of the VMAs.
 * Return: 0; -ESRCH if the address space or the attachment went away; -E2BIG if
 *	it has too many VMAs; -EINTR after a signal; -ENOMEM; -EOPNOTSUPP without
 *	CONFIG_MMU_NOTIFIER.
 */
int pagetree_invalidations_on(struct pagetree_target *target,
			      struct mm_struct *mm, bool force, u64 *hold);

/* Drops what pagetree_invalidations_on() set, if not 0. Context: as below. */
void pagetree_invalidations_drop(struct pagetree_target *target, u64 hold);

/*
 * Stops counting, whoever holds it; the counts stay. No callback runs after it returns.
 *
 * Context: may sleep. Waits for no lock of a process, but for all callbacks of mmu
 *	notifiers that run at the time, those of other drivers too: call it under
 *	no lock that other processes need.
 */
void pagetree_invalidations_off(struct pagetree_target *target);

/*
 * Copies all rows to @rows, which has PAGETREE_INVALIDATION_ROWS elements. They
 * are zero before counting was first started.
 *
 * Context: may sleep.
 * Return: 0, -EINTR if the reader was killed, or -EOPNOTSUPP on a kernel without
 *	mmu notifiers.
 */
int pagetree_invalidations_read(struct pagetree_target *target,
				struct pagetree_invalidation *rows);

/*
 * Copies the rows of the same counts by task, call and reason to @rows, which has
 * PAGETREE_INITIATORS + 1 elements. The row other is the last one. There are none
 * before counting was first started.
 *
 * Context: may sleep.
 * Return: their number, or an error as pagetree_invalidations_read().
 */
int pagetree_initiators_read(struct pagetree_target *target,
			     struct pagetree_initiator *rows);
#else
/* it is the kernel that refuses */
static inline bool pagetree_invalidations_allowed(void)
{
	return true;
}

static inline int pagetree_invalidations_on(struct pagetree_target *target,
					    struct mm_struct *mm, bool force,
					    u64 *hold)
{
	return -EOPNOTSUPP;
}

static inline void pagetree_invalidations_drop(struct pagetree_target *target,
					       u64 hold)
{
}

static inline void pagetree_invalidations_off(struct pagetree_target *target)
{
}

static inline int
pagetree_invalidations_read(struct pagetree_target *target,
			    struct pagetree_invalidation *rows)
{
	return -EOPNOTSUPP;
}

static inline int pagetree_initiators_read(struct pagetree_target *target,
					   struct pagetree_initiator *rows)
{
	return -EOPNOTSUPP;
}
#endif

#endif /* PAGETREE_INVALIDATIONS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* TLB shootdowns of a process: commands, rounds, and what they took. */
#ifndef PAGETREE_SHOOTDOWN_H
#define PAGETREE_SHOOTDOWN_H

#include <linux/types.h>

#include "abi.h"

struct mm_struct;
struct pagetree_target;

#define TYPE_TEXT(name)		char name[PAGETREE_SHOOTDOWN_WORD]
#define TYPE_ADDRESS(name)	u64 name
#define TYPE_COUNT(name)	u64 name
#define TYPE_NS(name)		u64 name

/* struct pagetree_shootdown - a row of shootdowns */
struct pagetree_shootdown {
#define X(name, type, meaning) TYPE_##type(name);
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
};

#undef TYPE_TEXT
#undef TYPE_ADDRESS
#undef TYPE_COUNT
#undef TYPE_NS

/**
 * pagetree_shootdown() - do what one write asks for
 * @target: the process; its result is kept there
 * @mm: its address space, pinned by mmgrab()
 * @text: the command, see docs/abi.md; it is cut into words
 *
 * Waits for an earlier command on @target, then sends IPIs round by round with
 * no lock held but that. Or puts the counting of invalidations on or off.
 *
 * Context: may sleep: for earlier commands, shootdown_ms, and one round.
 * Return: 0; -EPERM while the parameter shootdown is off; -EINVAL; -ESRCH if the
 *	address space or the attachment went away; -EOPNOTSUPP if IPIs do not
 *	reach all that this CPU's TLBs hold of it; -EINTR after a signal; -ENOMEM.
 */
int pagetree_shootdown(struct pagetree_target *target, struct mm_struct *mm,
		       char *text);

/*
 * Copies the first kept result whose seq is above @seq. False: there is none.
 * Context: may sleep.
 */
bool pagetree_shootdown_next(struct pagetree_target *target, u64 seq,
			     struct pagetree_shootdown *result);

/* The parameters: so many invalidations one by one; whether there are any. */
unsigned int pagetree_shootdown_ceiling(void);
bool pagetree_shootdown_allowed(void);

#endif /* PAGETREE_SHOOTDOWN_H */

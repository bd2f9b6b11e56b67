/* SPDX-License-Identifier: GPL-2.0-only */
/* The rounds of a shootdown command, and what they took. */
#ifndef PAGETREE_ROUNDS_H
#define PAGETREE_ROUNDS_H

#include <linux/types.h>

struct mm_struct;
struct pagetree_command;
struct pagetree_target;

/**
 * pagetree_rounds_run() - run a command
 * @target: the process; the result is stored with it
 * @mm: its address space, pinned with mmgrab()
 * @command: parsed; the range and the mechanism are set in it
 *
 * Waits for an earlier command to @target, then sends IPIs, round by round. While
 * it does, it holds only target->command.
 *
 * Context: may sleep: for earlier commands, shootdown_ms, and one round.
 * Return: 0; -EPERM if the parameter shootdown is off; -EINVAL for a range that
 *	is not in one VMA, or if all CPUs are left out; -ESRCH if the address
 *	space or the attachment went away; -EOPNOTSUPP if IPIs do not reach all
 *	CPUs that may hold entries of @mm; -EINTR after a signal; -ENOMEM.
 */
int pagetree_rounds_run(struct pagetree_target *target, struct mm_struct *mm,
			struct pagetree_command *command);

/* The parameter shootdown_ceiling: most pages that a CPU flushes one by one. */
unsigned int pagetree_shootdown_ceiling(void);

/* The parameter shootdown: whether commands are allowed. */
bool pagetree_shootdown_allowed(void);

#endif /* PAGETREE_ROUNDS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Visits the address spaces of all processes, one after the other. */
#ifndef PAGETREE_SCAN_H
#define PAGETREE_SCAN_H

#include <linux/sched.h>
#include <linux/types.h>

struct pagetree_pass;

/**
 * struct pagetree_scan - a scan of all processes; zeroed at first
 * @pid: the current process, which has the lowest pid of those that share its
 *	address space
 * @comm: its name
 */
struct pagetree_scan {
	pid_t pid;
	char comm[TASK_COMM_LEN];
	/* private: start time, and the pid that was to be allocated next then */
	u64 began;
	pid_t wrapped_below;
};

/**
 * pagetree_scan_next() - start a pass over the next address space
 * @scan: moves on to the next process that has an address space of its own
 * @pass: zeroed, or ended by pagetree_pass_exit(): then it adds to its cost. It
 *	only tries the locks
 *
 * Context: may sleep.
 * Return: 0, -ESRCH after the last process, -EINTR if the reader was killed.
 */
int pagetree_scan_next(struct pagetree_scan *scan, struct pagetree_pass *pass);

#endif /* PAGETREE_SCAN_H */

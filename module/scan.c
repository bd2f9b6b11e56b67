// SPDX-License-Identifier: GPL-2.0-only
#include <linux/idr.h>
#include <linux/ktime.h>
#include <linux/mm_types.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "pass.h"
#include "scan.h"
#include "target.h"

/*
 * Whether this scan has already visited @mm: a process with a lower pid runs in
 * it. A process that started during the scan does not count if its pid lies below
 * the first free one when the scan began: the pids have wrapped around since. One
 * that started behind the scan with a pid above that counts although it was not
 * visited, so an address space that it shares can be missed.
 */
static bool is_known(const struct pagetree_scan *scan,
		     const struct mm_struct *mm)
{
	struct task_struct *process;
	bool known = false;

	rcu_read_lock();
	for_each_process(process) {
		const pid_t nr = task_tgid_nr(process);

		if (nr >= scan->pid || (process->start_time > scan->began &&
					nr < scan->wrapped_below))
			continue;
		known = pagetree_task_runs_in(process, mm);
		if (known)
			break;
	}
	rcu_read_unlock();

	return known;
}

/* The number of threads of a process that still use its address space. */
static unsigned int live_threads(struct pid *pid)
{
	struct task_struct *task;
	unsigned int live = 0;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		live = atomic_read(&task->signal->live);
	rcu_read_unlock();

	return live;
}

/* The process with the lowest pid from scan->pid on. Skips ids of threads. */
static struct pid *next_process(struct pagetree_scan *scan)
{
	struct task_struct *task;
	struct pid *pid;

	rcu_read_lock();
	while ((pid = find_ge_pid(scan->pid, &init_pid_ns))) {
		scan->pid = pid_nr(pid);
		task = pid_task(pid, PIDTYPE_TGID);
		if (task && !(task->flags & PF_KTHREAD)) {
			strscpy(scan->comm, task->comm, TASK_COMM_LEN);
			get_pid(pid);
			break;
		}
		scan->pid++;
	}
	rcu_read_unlock();

	return pid;
}

/* Pins the address space of @pid. NULL if this scan has already visited it. */
static struct mm_struct *grab_new_mm(const struct pagetree_scan *scan,
				     struct pid *pid)
{
	unsigned int live = live_threads(pid), users;
	struct mm_struct *mm = pagetree_pid_grab_mm(pid);

	if (!mm)
		return NULL;
	users = atomic_read(&mm->mm_users);
	/* with more users than threads, another process may share it */
	if (users > min(live, live_threads(pid)) && is_known(scan, mm)) {
		mmdrop(mm);
		return NULL;
	}

	return mm;
}

int pagetree_scan_next(struct pagetree_scan *scan, struct pagetree_pass *pass)
{
	struct mm_struct *mm;
	struct pid *pid;

	if (!scan->began) {
		scan->began = ktime_get_ns();
		scan->wrapped_below = idr_get_cursor(&init_pid_ns.idr);
	}
	scan->pid++;
	while ((pid = next_process(scan))) {
		mm = grab_new_mm(scan, pid);
		put_pid(pid);
		if (mm) {
			pagetree_pass_init_try(pass, mm);
			return 0;
		}
		if (fatal_signal_pending(current))
			return -EINTR;
		scan->pid++;
		cond_resched();
	}

	return -ESRCH;
}

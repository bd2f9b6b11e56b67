// SPDX-License-Identifier: GPL-2.0-only
/*
 * A round sends one IPI to each CPU and waits for all handlers. Where the
 * processor broadcasts flushes, it does that instead. Each round of a command
 * comes with a null round, whose handler does everything but the flush. So the
 * cost of the flush is the difference, measured under the same conditions.
 */
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/isolation.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "../compat.h"
#include "../target.h"
#include "command.h"
#include "flush.h"
#include "results.h"
#include "rounds.h"
#include "series.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define CEILING_MAX	512	/* the handler runs with interrupts off */
#define MS_MAX		60000U	/* no counter of a series overflows in this time */

static bool shootdown;
module_param(shootdown, bool, 0600);
MODULE_PARM_DESC(shootdown, "allow PID/shootdown to flush TLBs (default no)");

static unsigned int shootdown_ceiling = 33;
module_param(shootdown_ceiling, uint, 0600);
MODULE_PARM_DESC(shootdown_ceiling, "most pages to flush one by one, at most 512; above, flush the whole context (default 33)");

static unsigned int shootdown_ms = 10000;
module_param(shootdown_ms, uint, 0600);
MODULE_PARM_DESC(shootdown_ms, "time limit of one command in milliseconds, at most 60000 (default 10000)");

unsigned int pagetree_shootdown_ceiling(void)
{
	return min_t(unsigned int, READ_ONCE(shootdown_ceiling), CEILING_MAX);
}

bool pagetree_shootdown_allowed(void)
{
	return READ_ONCE(shootdown);
}

static const char *const mechanisms[] = { "none", "page", "context", "global" };

/* The report of one handler. */
struct handled {
	bool ran;
	bool local;
	bool loaded;
	u64 ns;
};

/**
 * struct measured - measurements of all rounds of one kind; CPUs are summed
 * @n: number of rounds
 * @rounds: durations of the rounds, as the initiator sees them; without rounds
 *	that had no CPU to send to
 * @handlers: durations inside the handlers of all CPUs
 * @sent: CPUs that were sent an IPI, with the initiator's own
 * @ran: CPUs whose handler ran
 * @local: of these, the initiator's own
 * @loaded: of these, CPUs where the address space was loaded
 * @skipped: CPUs left out
 */
struct measured {
	u64 n;
	struct pagetree_series rounds;
	struct pagetree_series handlers;
	u64 sent;
	u64 ran;
	u64 local;
	u64 loaded;
	u64 skipped;
};

/**
 * struct shot - a running command
 * @mm: the address space, pinned with mmgrab()
 * @initiator: the task that sends the IPIs
 * @mechanism: what the handlers of the current round do
 * @first: the first address to flush
 * @shift: log2 of the distance to the next address
 * @strides: number of addresses
 * @mask: the CPUs of the current round
 * @handled: the report of each CPU's handler
 * @asked: measurements of the rounds that the command asked for
 * @null: measurements of the null rounds
 */
struct shot {
	struct mm_struct *mm;
	struct task_struct *initiator;
	enum pagetree_mechanism mechanism;
	unsigned long first;
	unsigned int shift;
	unsigned int strides;
	cpumask_var_t mask;
	struct handled __percpu *handled;
	struct measured asked;
	struct measured null;
};

/* Flushes on this CPU. @reaches: it can flush the address space. */
static void flush(const struct shot *shot, bool reaches)
{
	unsigned int i;

	pagetree_flush_begin();
	switch (shot->mechanism) {
	case PAGETREE_MECHANISM_NONE:
		break;
	case PAGETREE_MECHANISM_PAGE:
		for (i = 0; i < shot->strides && reaches; i++)
			pagetree_flush_page(shot->mm, shot->first +
					    ((unsigned long)i << shot->shift));
		break;
	case PAGETREE_MECHANISM_CONTEXT:
		if (reaches)
			pagetree_flush_context(shot->mm);
		break;
	case PAGETREE_MECHANISM_GLOBAL:
		pagetree_flush_global();
		break;
	}
	pagetree_flush_end();
}

/* Runs on each CPU, with interrupts off. */
static void shoot_here(void *data)
{
	const struct shot *shot = data;
	struct handled *handled = this_cpu_ptr(shot->handled);
	const u64 began = ktime_get_ns();
	const bool loaded = pagetree_flush_loaded(shot->mm);

	flush(shot, loaded || PAGETREE_FLUSH_HELD);

	handled->ns = ktime_get_ns() - began;
	/* the initiator may have moved to a CPU that got an IPI */
	handled->local = current == shot->initiator && !in_hardirq();
	handled->loaded = loaded;
	handled->ran = true;
}

/* Whether @cpu is left out unless it is listed. Called under RCU. */
static bool is_isolated(int cpu)
{
	return cpu_is_isolated(cpu) || !housekeeping_test_cpu(cpu, HK_TYPE_TICK);
}

/* Chooses the CPUs of a round. Return: how many are left out. */
static unsigned int choose_cpus(struct shot *shot,
				const struct pagetree_command *command)
{
	const struct cpumask *wanted = mm_cpumask(shot->mm);
	unsigned int cpu, count;

	/* a broadcast needs no IPIs */
	if (PAGETREE_FLUSH_BROADCASTS)
		return 0;

	if (command->cpus == PAGETREE_CPUS_LISTED)
		wanted = command->listed;
	else if (command->cpus == PAGETREE_CPUS_ONLINE)
		wanted = cpu_online_mask;

	cpumask_copy(shot->mask, wanted);
	count = cpumask_weight(shot->mask);
	cpumask_and(shot->mask, shot->mask, cpu_online_mask);
	if (command->cpus != PAGETREE_CPUS_LISTED) {
		rcu_read_lock();
		for_each_cpu(cpu, shot->mask)
			if (is_isolated(cpu))
				cpumask_clear_cpu(cpu, shot->mask);
		rcu_read_unlock();
	}

	return count - cpumask_weight(shot->mask);
}

static void shoot_round(struct shot *shot,
			const struct pagetree_command *command,
			enum pagetree_mechanism mechanism, struct measured *measured)
{
	unsigned int cpu;
	u64 began;

	shot->mechanism = mechanism;
	measured->skipped += choose_cpus(shot, command);
	for_each_cpu(cpu, shot->mask)
		per_cpu_ptr(shot->handled, cpu)->ran = false;

	measured->n++;
	if (PAGETREE_FLUSH_BROADCASTS) {
		began = ktime_get_ns();
		flush(shot, true);
		pagetree_series_add(&measured->rounds, ktime_get_ns() - began);
		return;
	}
	if (cpumask_empty(shot->mask))
		return;

	began = ktime_get_ns();
	on_each_cpu_mask(shot->mask, shoot_here, shot, true);
	pagetree_series_add(&measured->rounds, ktime_get_ns() - began);

	measured->sent += cpumask_weight(shot->mask);
	for_each_cpu(cpu, shot->mask) {
		const struct handled *handled = per_cpu_ptr(shot->handled, cpu);

		if (!handled->ran)
			continue;
		measured->ran++;
		measured->local += handled->local;
		measured->loaded += handled->loaded;
		pagetree_series_add(&measured->handlers, handled->ns);
	}
}

/* The second of the two rounds has warmer caches, so they take turns. */
static void shoot_rounds(struct shot *shot,
			 const struct pagetree_command *command,
			 bool null_first)
{
	const bool null = command->mechanism != PAGETREE_MECHANISM_NONE;

	if (null && null_first)
		shoot_round(shot, command, PAGETREE_MECHANISM_NONE, &shot->null);
	if (command->deferred)
		pagetree_flush_deferred(shot->mm);
	shoot_round(shot, command, command->mechanism, &shot->asked);
	if (null && !null_first)
		shoot_round(shot, command, PAGETREE_MECHANISM_NONE, &shot->null);
}

/* Sleeps for @ns between two rounds, but not after @deadline. */
static void sleep_gap(u64 ns, u64 deadline)
{
	const u64 now = ktime_get_ns();
	ktime_t gap;

	if (!ns || now >= deadline)
		return;
	gap = min(ns, deadline - now);
	set_current_state(TASK_INTERRUPTIBLE);
	schedule_hrtimeout(&gap, HRTIMER_MODE_REL);
}

/* Whether IPIs do not reach all TLB entries of the mm. Null rounds need none. */
static bool is_refused(const struct shot *shot,
		       const struct pagetree_command *command)
{
	return command->scope != PAGETREE_SCOPE_NULL &&
	       pagetree_flush_by_broadcast(shot->mm);
}

/* Return: 0 if another round is allowed, or an error; then sets @ended. */
static int may_shoot(const struct shot *shot,
		     const struct pagetree_command *command,
		     const struct pagetree_target *target, const char **ended)
{
	if (signal_pending(current)) {
		*ended = "signal";
		return -EINTR;
	}
	if (READ_ONCE(target->dead)) {
		*ended = "detached";
		return -ESRCH;
	}
	if (!pagetree_target_runs_in(target, shot->mm)) {
		*ended = "exited";
		return -ESRCH;
	}
	if (!pagetree_shootdown_allowed()) {
		*ended = "off";
		return -EPERM;
	}
	if (is_refused(shot, command)) {
		*ended = "refused";
		return -EOPNOTSUPP;
	}

	return 0;
}

/* Runs all rounds, or as many as possible. Sets @ended. */
static int shoot_all(struct shot *shot, const struct pagetree_command *command,
		     const struct pagetree_target *target, u64 deadline,
		     const char **ended)
{
	u64 gap = 0, began;
	unsigned int n;
	int err;

	for (n = 0; n < command->n; n++) {
		sleep_gap(gap, deadline);
		began = ktime_get_ns();
		if (n && began >= deadline)
			break;
		err = may_shoot(shot, command, target, ended);
		if (err)
			return err;
		shoot_rounds(shot, command, !(n & 1));
		gap = command->gap_us == PAGETREE_GAP_PACED ?
		      ktime_get_ns() - began :
		      (u64)command->gap_us * NSEC_PER_USEC;
		cond_resched();
	}
	/* this may have changed during the last round */
	if (is_refused(shot, command)) {
		*ended = "refused";
		return -EOPNOTSUPP;
	}
	*ended = n < command->n ? "time" : "done";

	return 0;
}

/*
 * Sets the range, which must be in one VMA, and the mechanism: for many pages it
 * is cheaper to flush the whole context.
 */
static int resolve(struct shot *shot, struct pagetree_command *command,
		   u64 deadline)
{
	struct pagetree_span span;
	u64 strides;
	int err;

	switch (command->scope) {
	case PAGETREE_SCOPE_NULL:
		command->mechanism = PAGETREE_MECHANISM_NONE;
		return 0;
	case PAGETREE_SCOPE_MM:
		command->mechanism = PAGETREE_MECHANISM_CONTEXT;
		return 0;
	case PAGETREE_SCOPE_ALL:
		command->mechanism = PAGETREE_MECHANISM_GLOBAL;
		return 0;
	default:
		break;
	}

	err = pagetree_mm_find_vma(shot->mm, command->start, deadline, &span);
	if (err)
		return err;
	if (command->scope == PAGETREE_SCOPE_VMA) {
		command->start = span.start;
		command->end = span.end;
	} else if (command->scope == PAGETREE_SCOPE_PAGE) {
		command->end = command->start + PAGE_SIZE;
	}
	if (command->end <= command->start || command->end > span.end)
		return -EINVAL;

	shot->shift = pagetree_flush_shift(span.page_shift);
	shot->first = round_down(command->start, 1UL << shot->shift);
	strides = ((command->end - 1 - shot->first) >> shot->shift) + 1;
	if (command->scope != PAGETREE_SCOPE_PAGE &&
	    strides > pagetree_shootdown_ceiling()) {
		command->mechanism = PAGETREE_MECHANISM_CONTEXT;
	} else {
		command->mechanism = PAGETREE_MECHANISM_PAGE;
		shot->strides = strides;
	}

	return 0;
}

static void conclude(const struct shot *shot,
		     const struct pagetree_command *command,
		     struct pagetree_shootdown *result)
{
	const struct measured *asked = &shot->asked, *null = &shot->null;

	if (command->scope == PAGETREE_SCOPE_NULL)
		null = asked;

	result->start = command->start;
	result->end = command->end;
	result->pages = (command->end - command->start) >> PAGE_SHIFT;
	result->strides = shot->strides;
	result->deferred = command->deferred;
	result->asked = command->n;
	result->n = asked->n;
	result->sent = asked->sent;
	result->ran = asked->ran;
	result->local = asked->local;
	result->loaded = asked->loaded;
	result->skipped = asked->skipped;
	result->min_ns = asked->rounds.min;
	result->p50_ns = pagetree_series_quantile(&asked->rounds, 500);
	result->p90_ns = pagetree_series_quantile(&asked->rounds, 900);
	result->p99_ns = pagetree_series_quantile(&asked->rounds, 990);
	result->p999_ns = pagetree_series_quantile(&asked->rounds, 999);
	result->max_ns = asked->rounds.max;
	result->mean_ns = pagetree_series_mean(&asked->rounds);
	result->handler_p50_ns = pagetree_series_quantile(&asked->handlers, 500);
	result->handler_max_ns = asked->handlers.max;
	result->null_min_ns = null->rounds.min;
	result->null_p50_ns = pagetree_series_quantile(&null->rounds, 500);
	result->null_p90_ns = pagetree_series_quantile(&null->rounds, 900);
	result->null_p99_ns = pagetree_series_quantile(&null->rounds, 990);
	result->null_max_ns = null->rounds.max;
	result->null_mean_ns = pagetree_series_mean(&null->rounds);
	result->null_handler_p50_ns = pagetree_series_quantile(&null->handlers, 500);
	strscpy(result->scope, pagetree_scope_name(command->scope),
		sizeof(result->scope));
	strscpy(result->mechanism, mechanisms[command->mechanism],
		sizeof(result->mechanism));
	strscpy(result->tag, command->tag, sizeof(result->tag));
}

static int shoot(struct shot *shot, struct pagetree_command *command,
		 struct pagetree_target *target)
{
	struct pagetree_shootdown result = { };
	const u64 began = ktime_get_ns(), deadline = began + NSEC_PER_MSEC *
		(u64)clamp(READ_ONCE(shootdown_ms), 1U, MS_MAX);
	const char *ended;
	int err;

	err = may_shoot(shot, command, target, &ended);
	if (err)
		return err;
	err = resolve(shot, command, deadline);
	if (err)
		return err;
	if (choose_cpus(shot, command) && cpumask_empty(shot->mask))
		return -EINVAL;

	err = shoot_all(shot, command, target, deadline, &ended);
	if (!shot->asked.n)
		return err;

	conclude(shot, command, &result);
	strscpy(result.ended, ended, sizeof(result.ended));
	result.us = div_u64(ktime_get_ns() - began, NSEC_PER_USEC);
	pagetree_results_add(target, &result);
	trace_shootdown(pid_nr(target->pid), &result);

	return err;
}

/* Called with target->command held. */
static int run(struct pagetree_target *target, struct mm_struct *mm,
	       struct pagetree_command *command)
{
	struct shot *shot = kvzalloc_obj(*shot);
	int err = -ENOMEM;

	if (!shot)
		return err;
	shot->mm = mm;
	shot->initiator = current;
	if (!zalloc_cpumask_var(&shot->mask, GFP_KERNEL))
		goto out_shot;
	shot->handled = alloc_percpu(struct handled);
	if (!shot->handled)
		goto out_mask;

	err = pagetree_results_init(target);
	if (!err)
		err = shoot(shot, command, target);

	free_percpu(shot->handled);
out_mask:
	free_cpumask_var(shot->mask);
out_shot:
	kvfree(shot);
	return err;
}

int pagetree_rounds_run(struct pagetree_target *target, struct mm_struct *mm,
			struct pagetree_command *command)
{
	int err = mutex_lock_interruptible(&target->command);

	if (err)
		return err;
	err = run(target, mm, command);
	mutex_unlock(&target->command);

	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/string.h>

#include "../arch/arch.h"
#include "../compat.h"
#include "initiators.h"

static const char *const calls[] = {
#define X(enumerator, text) text,
	PAGETREE_INITIATOR_CALLS(X)
#undef X
};

static const char *const reasons[] = {
#define X(enumerator, text) text,
	PAGETREE_INVALIDATION_REASONS(X)
#undef X
};

/* Sets the columns that a cause determines, except the name. */
static void set_words(struct pagetree_caused *caused)
{
	const struct pagetree_cause *cause = &caused->cause;
	struct pagetree_initiator *row = &caused->row;

	row->tid = cause->tid;
	row->arch = cause->arch;
	if (cause->call < 0)
		strscpy(row->call, calls[cause->call - PAGETREE_CALL_BASE - 1],
			sizeof(row->call));
	else
		snprintf(row->call, sizeof(row->call), "%d", cause->call);
	/* newer kernels may have reasons that are unknown here */
	strscpy(row->reason, cause->reason < ARRAY_SIZE(reasons) ?
		reasons[cause->reason] : "unknown", sizeof(row->reason));
}

void pagetree_initiators_init(struct pagetree_initiators *table)
{
	struct pagetree_initiator *other =
		&table->rows[PAGETREE_INITIATORS].row;

	table->seed = get_random_u64();
	strscpy(other->call, "other", sizeof(other->call));
	strscpy(other->reason, "other", sizeof(other->reason));
}

/*
 * Kernel threads and workers of io_uring and vhost never came from user mode: they
 * have no registers that mean anything. A task that exits may have been killed in any
 * call.
 */
static int call_now(u32 *arch)
{
	int nr;

	*arch = 0;
	if (current->flags & PF_KTHREAD)
		return PAGETREE_CALL_KTHREAD;
	if (current->flags & (PF_IO_WORKER | PF_USER_WORKER))
		return PAGETREE_CALL_WORKER;
	if (current->flags & PF_EXITING)
		return PAGETREE_CALL_EXIT;
	nr = pagetree_syscall_nr(current_pt_regs());
	if (nr < 0)
		return PAGETREE_CALL_FAULT;
	*arch = syscall_get_arch(current);

	return nr;
}

void pagetree_cause_now(struct pagetree_cause *cause, unsigned int reason)
{
	cause->started = current->start_time;
	cause->tid = current->pid;
	cause->call = call_now(&cause->arch);
	cause->reason = reason;
}

static bool is_same(const struct pagetree_cause *a,
		    const struct pagetree_cause *b)
{
	return a->tid == b->tid && a->call == b->call &&
	       a->reason == b->reason && a->arch == b->arch &&
	       a->started == b->started;
}

struct pagetree_caused *
pagetree_initiators_row(struct pagetree_initiators *table,
			const struct pagetree_cause *cause, bool add)
{
	u32 slot = hash_64(((u64)cause->tid << 32 | (u32)cause->call) ^
			   (u64)cause->reason << 28 ^ table->seed,
			   PAGETREE_INITIATOR_BITS);
	struct pagetree_caused *caused;

	while (table->slots[slot]) {
		caused = &table->rows[table->slots[slot] - 1];
		if (is_same(&caused->cause, cause))
			return caused;
		slot = (slot + 1) % PAGETREE_INITIATOR_SLOTS;
	}
	if (!add || table->count == PAGETREE_INITIATORS)
		return &table->rows[PAGETREE_INITIATORS];

	caused = &table->rows[table->count];
	caused->cause = *cause;
	set_words(caused);
	/* a reader looks at the count without the lock */
	WRITE_ONCE(table->count, table->count + 1);
	table->slots[slot] = table->count;

	return caused;
}

void pagetree_caused_begin(struct pagetree_caused *caused, u64 pages, u64 start,
			   u64 end)
{
	struct pagetree_initiator *row = &caused->row;

	if (!row->ranges || start < row->start)
		row->start = start;
	row->end = max(row->end, end);
	row->ranges++;
	row->unfinished++;
	/* clear_refs reports the whole address space: 2^52 pages */
	if (check_add_overflow(row->pages, pages, &row->pages))
		row->pages = U64_MAX;
	row->pages_max = max(row->pages_max, pages);
	/* somebody may be renaming the task; the last byte of a name is always NUL */
	if (row->tid)
		memcpy(row->comm, current->comm, sizeof(row->comm));
}

void pagetree_caused_end(struct pagetree_caused *caused, const u64 *ns)
{
	struct pagetree_initiator *row = &caused->row;

	row->unfinished--;
	if (!ns) {
		row->untimed++;
		return;
	}
	row->ns_max = max(row->ns_max, *ns);
	row->ns_total += *ns;
}

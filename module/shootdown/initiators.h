/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who causes invalidations: a table of fixed size with a row for each task, call and
 * reason. It has no lock: the caller has one.
 */
#ifndef PAGETREE_INITIATORS_H
#define PAGETREE_INITIATORS_H

#include <linux/bits.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "../abi.h"

#define PAGETREE_INITIATORS		512	/* rows, without the row other */
#define PAGETREE_INITIATOR_BITS		10	/* twice as many slots */
#define PAGETREE_INITIATOR_SLOTS	BIT(PAGETREE_INITIATOR_BITS)

/* How a task got into the kernel, if not by a system call: below 0. */
#define X(enumerator, text) PAGETREE_CALL_##enumerator,
enum pagetree_call {
	PAGETREE_CALL_BASE = -100,
	PAGETREE_INITIATOR_CALLS(X)
};
#undef X

/**
 * struct pagetree_cause - the key of a row
 * @started: when the task started, since tids are used again
 * @tid: the task, in the initial namespace
 * @call: number of its system call, or enum pagetree_call
 * @arch: AUDIT_ARCH_* of that number; 0 if there is none
 * @reason: enum mmu_notifier_event
 */
struct pagetree_cause {
	u64 started;
	pid_t tid;
	int call;
	u32 arch;
	u32 reason;
};

#define TYPE_TEXT(name)		char name[PAGETREE_INITIATOR_WORD]
#define TYPE_ADDRESS(name)	u64 name
#define TYPE_COUNT(name)	u64 name
#define TYPE_NS(name)		u64 name

/**
 * struct pagetree_initiator - a row of initiators
 * @comm: name of the task at its last range
 *
 * The other members are a list of abi.h.
 */
struct pagetree_initiator {
#define X(name, type, meaning) TYPE_##type(name);
	PAGETREE_INITIATOR_FIELDS(X)
#undef X
	char comm[TASK_COMM_LEN];
};

#undef TYPE_TEXT
#undef TYPE_ADDRESS
#undef TYPE_COUNT
#undef TYPE_NS

/* struct pagetree_caused - what a cause has caused */
struct pagetree_caused {
	struct pagetree_cause cause;
	struct pagetree_initiator row;
};

/**
 * struct pagetree_initiators - the table; zeroed at first, then initialized
 * @seed: of the hash
 * @count: number of rows in use; it only grows
 * @rows: in the order of their first range; the last one is the row other, which
 *	has all that came when the others were in use
 * @slots: a hash table with open addressing, never more than half full: 1 + the
 *	number of a row, or 0
 */
struct pagetree_initiators {
	u64 seed;
	unsigned int count;
	struct pagetree_caused rows[PAGETREE_INITIATORS + 1];
	u16 slots[PAGETREE_INITIATOR_SLOTS];
};

void pagetree_initiators_init(struct pagetree_initiators *table);

/* Sets @cause to what the current task is doing. Context: any but interrupts. */
void pagetree_cause_now(struct pagetree_cause *cause, unsigned int reason);

/* The row of a cause; the row other if it has none and @add is false or all are in use. */
struct pagetree_caused *
pagetree_initiators_row(struct pagetree_initiators *table,
			const struct pagetree_cause *cause, bool add);

/* Counts the begin of a range, called by the task that causes it. */
void pagetree_caused_begin(struct pagetree_caused *caused, u64 pages, u64 start,
			   u64 end);

/* Counts the end of a range. @ns: its duration; NULL if that is unknown. */
void pagetree_caused_end(struct pagetree_caused *caused, const u64 *ns);

#endif /* PAGETREE_INITIATORS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports on invalidations: what PID/initiators counted between two times. */
#ifndef PAGETREE_CAUSES_H
#define PAGETREE_CAUSES_H

#include "input/places.h"
#include "model/pairs.h"
#include "tlb/tlb.h"

/* X(ENUMERATOR, text): what the rows of a report stand for. */
#define CAUSES_BY(X)							\
	X(CAUSE, "cause") X(REASON, "reason") X(TASK, "task")		\
	X(CALL, "call") X(VMA, "vma")

#define X(enumerator, text) CAUSES_BY_##enumerator,
enum causes_by { CAUSES_BY(X) CAUSES_BY_END };
#undef X

/**
 * struct report - what caused invalidations
 * @seconds: how long it was counted; 0: unknown
 * @total: sums over all rows
 * @causes: rows of view_causes, those with most ranges first
 */
struct report {
	double seconds;
	struct pairs total;
	struct list causes;
};

/**
 * report_make() - compare two readings of PID/initiators
 * @before: rows at the beginning; NULL: nothing was counted then
 * @after: rows at the end, of the same counting
 * @seconds: time between them; 0: unknown
 * @by: what each row stands for
 * @places: the VMAs at the beginning, and at the end
 *
 * Return: the report; the caller frees it by report_free(). Strings of @after must
 *	outlive it.
 */
struct report report_make(const struct list *before, const struct list *after,
			  double seconds, enum causes_by by,
			  const struct places *places);
void report_free(struct report *report);

/* What @text stands for; CAUSES_BY_END: nothing. */
enum causes_by causes_by(const char *text);

#endif /* PAGETREE_CAUSES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers computed from the file summary. */
#ifndef PAGETREE_SUMMARY_H
#define PAGETREE_SUMMARY_H

#include "model/fields.h"
#include "model/pairs.h"

/* The sum of a counter over all levels. */
uint64_t summary_sum(const struct pairs *summary, const char *key);
/* Number of non-present entries on a level. */
uint64_t summary_nonpresent(const struct pairs *summary, unsigned int level);
/* Memory references per translation, averaged over all mapped bytes. */
double summary_references(const struct pairs *summary);

enum {
	SUMMARY_MAPPED, SUMMARY_HUGE, SUMMARY_REFS, SUMMARY_TABLES,
	SUMMARY_TABLE_BYTES, SUMMARY_TABLE_SHARE, SUMMARY_EMPTY,
#define X(digits, name) SUMMARY_CONT_##name,
	CONT_SIZES(X)
#undef X
	SUMMARY_TOTALS
};

/* The bytes in contiguous, aligned blocks of at least 2^@digits bytes. */
uint64_t summary_blocks(const struct pairs *summary, unsigned int digits);

/* Computes all totals. @geometry: may have no keys; table_bytes is 0 then */
void summary_totals(const struct pairs *summary, const struct pairs *geometry,
		    double totals[SUMMARY_TOTALS]);

/**
 * struct summary_total - the name of a total
 * @name: in --expect, and in JSON as a member of totals
 * @counts: it is a whole number
 * @meaning: for people
 */
struct summary_total {
	const char *name;
	bool counts;
	const char *meaning;
};

extern const struct summary_total summary_total[SUMMARY_TOTALS];

#endif /* PAGETREE_SUMMARY_H */

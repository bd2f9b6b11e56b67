/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that follow from the file summary. */
#ifndef PAGETREE_SUMMARY_H
#define PAGETREE_SUMMARY_H

#include "model/pairs.h"

/* The sum of a counter over all levels. */
uint64_t summary_sum(const struct pairs *summary, const char *key);
/* Bytes mapped by leaves above level 1. */
uint64_t summary_huge(const struct pairs *summary);
/* Non-present entries of a level. */
uint64_t summary_nonpresent(const struct pairs *summary, unsigned int level);
/* Memory references of a translation: the mean over all mapped bytes. */
double summary_references(const struct pairs *summary);

/**
 * struct summary_number - a number with a name
 * @name: in --expect, and in JSON the member of totals
 * @number: computes it
 * @counts: it is a whole number
 * @meaning: for people
 */
struct summary_number {
	const char *name;
	double (*number)(const struct pairs *summary,
			 const struct pairs *geometry);
	bool counts;
	const char *meaning;
};

/* All of them, then one without a name. */
extern const struct summary_number summary_numbers[];

#endif /* PAGETREE_SUMMARY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Merges the shootdowns of a configuration, and fits a line to the medians. */
#ifndef PAGETREE_FIT_H
#define PAGETREE_FIT_H

#include "model/fields.h"

/* The mean per round of a column that is a sum over the rounds. */
double per_round(const struct shootdown *row, union value sum);

/* Sets @merged to a row per configuration, in the order of their first rows. */
void shootdowns_merge(const struct list *list, struct list *merged);

/**
 * struct fit - median round = a + b * strides + c * CPUs, by least squares
 * @rows: number of rows
 * @strides: the largest number of strides of a row
 * @cpus: the largest number of CPUs of a row
 * @loaded: the largest number of CPUs of a row that had the process loaded
 * @has_b: @b is known, because the rows differ in strides
 * @has_c: @c is known, because the rows differ in CPUs
 * @has_r2: @r2 is known, because the medians differ
 * @a: ns per round
 * @b: ns per stride
 * @c: ns per CPU
 * @r2: coefficient of determination, at most 1
 */
struct fit {
	size_t rows;
	double strides, cpus, loaded;
	bool has_b, has_c, has_r2;
	double a, b, c, r2;
};

/* Fits the rows of one mechanism. */
struct fit fit_shootdowns(const struct list *list, const char *mechanism);

/**
 * struct crossing - where two mechanisms take the same time: invalidating one
 *	by one, and flushing the whole context
 * @exists: there is such a number of strides
 * @cpus: the number of CPUs that it holds for: the largest of any row
 * @strides: the number of strides
 * @extrapolated: no row has as many strides, one by one
 */
struct crossing {
	bool exists;
	double cpus;
	double strides;
	bool extrapolated;
};

struct crossing fit_cross(const struct fit *page, const struct fit *context);

#endif /* PAGETREE_FIT_H */

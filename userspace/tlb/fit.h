/* SPDX-License-Identifier: GPL-2.0-only */
/* Shootdowns of many configurations: merged, and a line through their medians. */
#ifndef PAGETREE_FIT_H
#define PAGETREE_FIT_H

#include "model/fields.h"

/* The mean over the rounds of a column that is a sum over them. */
double per_round(const struct shootdown *row, union value sum);

/* One row for each configuration, in the order of their first rows. */
void shootdowns_merge(const struct list *list, struct list *merged);

/**
 * struct fit - median round = a + b * strides + c * CPUs, by least squares
 * @rows: number of rows
 * @strides: most strides of a row
 * @cpus: most CPUs of a row
 * @loaded: most CPUs of a row where the process was loaded
 * @has_b: the strides differ, so that @b is known
 * @has_c: the CPUs differ, so that @c is known
 * @has_r2: the medians differ, so that @r2 is known
 * @a: ns of a round
 * @b: ns of a stride
 * @c: ns of a CPU
 * @r2: part of the variance that the fit explains
 */
struct fit {
	size_t rows;
	double strides, cpus, loaded;
	bool has_b, has_c, has_r2;
	double a, b, c, r2;
};

/* Over the rows of one mechanism. */
struct fit fit_shootdowns(const struct list *list, const char *mechanism);

/**
 * struct crossing - where one by one and all at once take the same time
 * @exists: there is such a number of strides
 * @cpus: number of CPUs it is computed for, the most of any row
 * @strides: number of strides
 * @extrapolated: it exceeds what was measured one by one
 */
struct crossing {
	bool exists;
	double cpus;
	double strides;
	bool extrapolated;
};

struct crossing fit_cross(const struct fit *page, const struct fit *context);

#endif /* PAGETREE_FIT_H */

// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "tlb/fit.h"
#include "tlb/measure.h"

double per_round(const struct shootdown *row, union value sum)
{
	return (double)sum.number / row->n.number;
}

/* Merging the rows of several visits to a configuration */

enum rule { FIRST, SUM, MEAN, LEAST, MEDIAN, MOST };

/*
 * The quantiles over all rounds are not known. For p50 and p90 we take the
 * median over the visits, which one disturbed visit does not change. For higher
 * quantiles a visit has few rounds. We take the maximum, an upper bound.
 */
static const enum rule rules[SHOOTDOWN_FIELDS] = {
	[SHOOTDOWN_asked] = SUM, [SHOOTDOWN_n] = SUM, [SHOOTDOWN_us] = SUM,
	[SHOOTDOWN_sent] = SUM, [SHOOTDOWN_ran] = SUM,
	[SHOOTDOWN_local] = SUM, [SHOOTDOWN_loaded] = SUM,
	[SHOOTDOWN_skipped] = SUM,
	[SHOOTDOWN_min_ns] = LEAST, [SHOOTDOWN_null_min_ns] = LEAST,
	[SHOOTDOWN_p99_ns] = MOST, [SHOOTDOWN_null_p99_ns] = MOST,
	[SHOOTDOWN_p999_ns] = MOST, [SHOOTDOWN_max_ns] = MOST,
	[SHOOTDOWN_null_max_ns] = MOST, [SHOOTDOWN_handler_max_ns] = MOST,
	[SHOOTDOWN_mean_ns] = MEAN, [SHOOTDOWN_null_mean_ns] = MEAN,
	[SHOOTDOWN_p50_ns] = MEDIAN, [SHOOTDOWN_null_p50_ns] = MEDIAN,
	[SHOOTDOWN_p90_ns] = MEDIAN, [SHOOTDOWN_null_p90_ns] = MEDIAN,
	[SHOOTDOWN_handler_p50_ns] = MEDIAN,
	[SHOOTDOWN_null_handler_p50_ns] = MEDIAN,
};

static bool is_same(const struct shootdown *a, const struct shootdown *b)
{
	return !strcmp(a->scope.text, b->scope.text) &&
	       !strcmp(a->mechanism.text, b->mechanism.text) &&
	       !strcmp(a->tag.text, b->tag.text) &&
	       a->start.number == b->start.number &&
	       a->end.number == b->end.number &&
	       a->strides.number == b->strides.number &&
	       a->deferred.number == b->deferred.number &&
	       per_round(a, a->sent) == per_round(b, b->sent);
}

static uint64_t merge_field(const struct list *list,
			    const struct shootdown *first, size_t field)
{
	static const unsigned int per_mille[] = {
		[LEAST] = 0, [MEDIAN] = 500, [MOST] = 1000,
	};
	const struct shootdown *row = list_shootdowns(list);
	const struct shootdown *const end = row + list->count;
	const enum rule rule = rules[field];
	struct samples values = { 0 };
	uint64_t sum = 0, rounds = 0, value;

	for (; row < end; row++) {
		if (!is_same(first, row))
			continue;
		value = row->values[field].number;
		samples_add(&values, value);
		rounds += row->n.number;
		sum += rule == MEAN ? value * row->n.number : value;
	}
	value = rule == SUM ? sum : rule == MEAN ? sum / rounds :
		samples_quantile(&values, per_mille[rule]);
	samples_free(&values);

	return value;
}

void shootdowns_merge(const struct list *list, struct list *merged)
{
	const struct shootdown *rows = list_shootdowns(list);
	struct shootdown row;
	size_t i, j, field;

	*merged = list_new(&view_shootdowns);
	memcpy(merged->has, list->has, SHOOTDOWN_FIELDS * sizeof(*list->has));
	for (i = 0; i < list->count; i++) {
		row = rows[i];
		for (j = 0; j < i && !is_same(&row, &rows[j]); j++)
			;
		if (j < i)
			continue;
		for (field = 0; field < SHOOTDOWN_FIELDS; field++)
			if (rules[field] != FIRST)
				row.values[field].number =
					merge_field(list, &rows[i], field);
		for (j = i; j < list->count; j++)
			if (is_same(&row, &rows[j]) &&
			    strcmp(rows[j].ended.text, "done"))
				row.ended.text = rows[j].ended.text;
		memcpy(list_add(merged), row.values, sizeof(row.values));
	}
}

/* The fit */

enum { X, Y, Z, AXES };	/* strides, CPUs, and the median that they explain */

/* Sets the point of a row; false if it is a row of another mechanism. */
static bool get_point(const struct shootdown *row, const char *mechanism,
		      double *point)
{
	point[X] = row->strides.number;
	point[Y] = per_round(row, row->sent);
	point[Z] = row->p50_ns.number;

	return !strcmp(row->mechanism.text, mechanism);
}

struct fit fit_shootdowns(const struct list *list, const char *mechanism)
{
	const struct shootdown *const rows = list_shootdowns(list);
	const struct shootdown *row, *const end = rows + list->count;
	double p[AXES], mean[AXES] = { 0 }, s[AXES][AXES] = { 0 }, det,
	       loaded;
	struct fit fit = { 0 };
	int i, j;

	for (row = rows; row < end; row++) {
		if (!get_point(row, mechanism, p))
			continue;
		fit.rows++;
		loaded = per_round(row, row->loaded);
		fit.strides = p[X] > fit.strides ? p[X] : fit.strides;
		fit.cpus = p[Y] > fit.cpus ? p[Y] : fit.cpus;
		fit.loaded = loaded > fit.loaded ? loaded : fit.loaded;
		for (i = 0; i < AXES; i++)
			mean[i] += p[i];
	}
	if (!fit.rows)
		return fit;
	for (i = 0; i < AXES; i++)
		mean[i] /= fit.rows;

	/* sums of products of deviations from the means, in which a cancels out */
	for (row = rows; row < end; row++)
		for (i = 0; get_point(row, mechanism, p) && i < AXES; i++)
			for (j = 0; j < AXES; j++)
				s[i][j] += (p[i] - mean[i]) * (p[j] - mean[j]);
	fit.has_b = s[X][X] > 1e-9;
	fit.has_c = s[Y][Y] > 1e-9;
	fit.has_r2 = s[Z][Z] > 0;
	det = s[X][X] * s[Y][Y] - s[X][Y] * s[X][Y];
	if (fit.has_b && fit.has_c && det > 1e-9 * s[X][X] * s[Y][Y]) {
		fit.b = (s[X][Z] * s[Y][Y] - s[Y][Z] * s[X][Y]) / det;
		fit.c = (s[Y][Z] * s[X][X] - s[X][Z] * s[X][Y]) / det;
	} else if (fit.has_b) {
		/* if both grow together, attribute all to the strides */
		fit.has_c = false;
		fit.b = s[X][Z] / s[X][X];
	} else if (fit.has_c) {
		fit.c = s[Y][Z] / s[Y][Y];
	}
	fit.a = mean[Z] - fit.b * mean[X] - fit.c * mean[Y];
	if (fit.has_r2)
		fit.r2 = (fit.b * s[X][Z] + fit.c * s[Y][Z]) / s[Z][Z];

	return fit;
}

struct crossing fit_cross(const struct fit *page, const struct fit *context)
{
	struct crossing crossing = { .cpus = page->cpus };

	if (!page->has_b || page->b <= 0 || !context->rows)
		return crossing;
	crossing.strides = (context->a - page->a +
			    (context->c - page->c) * crossing.cpus) / page->b;
	crossing.exists = crossing.strides >= 0;
	crossing.extrapolated = crossing.strides > page->strides;

	return crossing;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "tlb/fit.h"
#include "tlb/measure.h"

double per_round(const struct shootdown *row, union value sum)
{
	return (double)sum.number / row->n.number;
}

/* Merging the rows of several visits to a configuration */

enum rule { FIRST, SUM, LEAST, MOST, MEDIAN, MEAN };

/*
 * The quantiles over all rounds are not known. For p50 and p90 we take the median
 * over the visits, which one disturbed visit does not move. For higher quantiles
 * a visit has few rounds: we take the highest, which the true one cannot exceed.
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
	const struct shootdown *row = list_shootdowns(list);
	const struct shootdown *const end = row + list->count;
	struct samples values = { 0 };
	uint64_t sum = 0, rounds = 0, value;

	for (; row < end; row++) {
		if (!is_same(first, row))
			continue;
		value = row->values[field].number;
		samples_add(&values, value);
		rounds += row->n.number;
		sum += rules[field] == MEAN ? value * row->n.number : value;
	}
	switch (rules[field]) {
	case SUM:
		value = sum;
		break;
	case MEAN:
		value = sum / rounds;
		break;
	default:
		value = samples_quantile(&values, rules[field] == LEAST ? 0 :
					 rules[field] == MOST ? 1000 : 500);
	}
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

struct fit fit_shootdowns(const struct list *list, const char *mechanism)
{
	double x = 0, y = 0, z = 0, xx = 0, xy = 0, yy = 0, xz = 0, yz = 0,
	       zz = 0, det, dx, dy, dz, loaded;
	const struct shootdown *const rows = list_shootdowns(list);
	const struct shootdown *row, *const end = rows + list->count;
	struct fit fit = { 0 };

	for (row = rows; row < end; row++) {
		if (strcmp(row->mechanism.text, mechanism))
			continue;
		loaded = per_round(row, row->loaded);
		fit.loaded = loaded > fit.loaded ? loaded : fit.loaded;
		fit.rows++;
		dx = row->strides.number;
		dy = per_round(row, row->sent);
		x += dx;
		y += dy;
		z += row->p50_ns.number;
		fit.strides = dx > fit.strides ? dx : fit.strides;
		fit.cpus = dy > fit.cpus ? dy : fit.cpus;
	}
	if (!fit.rows)
		return fit;
	x /= fit.rows;
	y /= fit.rows;
	z /= fit.rows;

	/* about the means, where a drops out */
	for (row = rows; row < end; row++) {
		if (strcmp(row->mechanism.text, mechanism))
			continue;
		dx = row->strides.number - x;
		dy = per_round(row, row->sent) - y;
		dz = row->p50_ns.number - z;
		xx += dx * dx;
		xy += dx * dy;
		yy += dy * dy;
		xz += dx * dz;
		yz += dy * dz;
		zz += dz * dz;
	}
	fit.has_b = xx > 1e-9;
	fit.has_c = yy > 1e-9;
	det = xx * yy - xy * xy;
	if (fit.has_b && fit.has_c && det > 1e-9 * xx * yy) {
		fit.b = (xz * yy - yz * xy) / det;
		fit.c = (yz * xx - xz * xy) / det;
	} else if (fit.has_b) {
		/* if both grow together, let the strides explain it */
		fit.has_c = false;
		fit.b = xz / xx;
	} else if (fit.has_c) {
		fit.c = yz / yy;
	}
	fit.a = z - fit.b * x - fit.c * y;
	fit.has_r2 = zz > 0;
	fit.r2 = fit.has_r2 ? (fit.b * xz + fit.c * yz) / zz : 0;

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

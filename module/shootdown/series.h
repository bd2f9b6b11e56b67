/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any number of durations in fixed memory: a histogram with 64 steps for each
 * power of two, so that quantiles are exact to 1.6 percent. Plain C, so that it
 * can be tested on the host.
 */
#ifndef PAGETREE_SERIES_H
#define PAGETREE_SERIES_H

#include "../host.h"

#define PAGETREE_SERIES_BITS	6
#define PAGETREE_SERIES_SLOTS	((37 - PAGETREE_SERIES_BITS) << PAGETREE_SERIES_BITS)

/**
 * struct pagetree_series - durations in nanoseconds; zeroed at first
 * @count: number of durations
 * @sum: their sum
 * @min: the shortest; 0 if there is none
 * @max: the longest
 * @slots: the histogram; the last slot counts everything longer than a minute
 */
struct pagetree_series {
	unsigned long long count;
	unsigned long long sum;
	unsigned long long min;
	unsigned long long max;
	unsigned int slots[PAGETREE_SERIES_SLOTS];
};

static inline void pagetree_series_add(struct pagetree_series *series,
				       unsigned long long ns)
{
	const int bits = fls64(ns) - PAGETREE_SERIES_BITS - 1;
	const unsigned int shift = bits > 0 ? bits : 0;
	unsigned long long slot = (shift << PAGETREE_SERIES_BITS) + (ns >> shift);

	if (slot >= PAGETREE_SERIES_SLOTS)
		slot = PAGETREE_SERIES_SLOTS - 1;
	if (!series->count || ns < series->min)
		series->min = ns;
	if (ns > series->max)
		series->max = ns;
	series->sum += ns;
	series->count++;
	series->slots[slot]++;
}

/* The duration that @per_mille of 1000 durations do not exceed; 0 without any. */
static inline unsigned long long
pagetree_series_quantile(const struct pagetree_series *series,
			 unsigned int per_mille)
{
	unsigned long long rank = div_u64(series->count * per_mille + 999, 1000);
	unsigned long long last;
	unsigned int slot = 0, shift;

	while (slot < PAGETREE_SERIES_SLOTS - 1 && rank > series->slots[slot])
		rank -= series->slots[slot++];
	if (slot == PAGETREE_SERIES_SLOTS - 1)
		return series->max;

	shift = slot >> PAGETREE_SERIES_BITS;
	if (shift)
		shift--;
	/* the longest duration of the slot, but within [min, max] */
	last = ((slot - (shift << PAGETREE_SERIES_BITS) + 1ULL) << shift) - 1;
	if (last < series->min)
		return series->min;

	return last < series->max ? last : series->max;
}

static inline unsigned long long
pagetree_series_mean(const struct pagetree_series *series)
{
	return series->count ? div64_u64(series->sum, series->count) : 0;
}

#endif /* PAGETREE_SERIES_H */

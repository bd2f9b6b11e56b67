/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many durations in fixed memory: a histogram of 64 steps for each power of
 * two, so that a quantile is known to 1.6 percent. Plain C: runs on the host.
 */
#ifndef PAGETREE_SERIES_H
#define PAGETREE_SERIES_H

#include "../host.h"

#define PAGETREE_SERIES_BITS	6
#define PAGETREE_SERIES_SLOTS	((37 - PAGETREE_SERIES_BITS) << PAGETREE_SERIES_BITS)

/**
 * struct pagetree_series - durations, zeroed at first
 * @count: how many
 * @sum: of all
 * @min: the shortest; 0 of none
 * @max: the longest
 * @slots: how many of each length; what is longer than a minute in the last
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

/* What @per_mille of a thousand do not exceed; 0 of none. */
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
	/* the longest that falls into the slot, if there was one so long */
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

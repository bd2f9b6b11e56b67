// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"
#include "stats.h"
#include "tally.h"

#define FIELD(name, index, lowest, highest)	\
	{ #name, sizeof(#name) - 1, PAGETREE_OFFSET(name), index, lowest, highest },

const struct pagetree_field pagetree_fields[] = {
#define X(name, lowest, highest, type, meaning)	\
	FIELD(name, PAGETREE_BY_LEVEL, lowest, highest)
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, lowest, highest, type, meaning)	\
	FIELD(name, PAGETREE_BY_SIZE, lowest, highest)
	PAGETREE_SIZE_FIELDS(X)
#undef X
#define X(name, lowest, highest, type, meaning)	\
	FIELD(name, PAGETREE_BY_FILL, lowest, highest)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(name, type, meaning) FIELD(name, PAGETREE_PLAIN, 0, 0)
	PAGETREE_TOTAL_FIELDS(X)
#undef X
	{ }
};

void pagetree_cost_event(struct pagetree_cost *cost,
			 const struct pagetree_event *event)
{
	cost_event(cost, event);
}

void pagetree_tally_event(const struct pagetree_tally *tally,
			  const struct pagetree_event *event)
{
	tally_event(tally, event);
}

void pagetree_tally_resumed(const struct pagetree_tally *tally,
			    unsigned int lowest, unsigned int levels)
{
	tally_resumed(tally, lowest, levels);
}

void pagetree_counts_add(struct pagetree_counts *sum,
			 const struct pagetree_counts *row)
{
	const unsigned long long *from = (const unsigned long long *)row;
	unsigned long long *to = (unsigned long long *)sum;
	unsigned long i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

/* The mean of the references in thousandths, weighted by level. */
static unsigned int mean_refs(const unsigned long long *weights,
			      unsigned int levels)
{
	unsigned long long sum = 0, references = 0;
	unsigned int level;

	for (level = 1; level <= 3 && level <= levels; level++) {
		sum += weights[level];
		references += weights[level] * (levels - level + 1);
	}
	if (!sum)
		return 0;

	return div64_u64(references * 1000 + sum / 2, sum);
}

unsigned int pagetree_refs_leaf(const struct pagetree_counts *counts,
				unsigned int levels)
{
	return mean_refs(counts->leaf, levels);
}

unsigned int pagetree_refs_byte(const struct pagetree_counts *counts,
				unsigned int levels)
{
	unsigned long long kib[PAGETREE_LEVELS + 1];
	unsigned int level;

	/* 2^57 bytes times 5000 would overflow */
	for (level = 0; level <= PAGETREE_LEVELS; level++)
		kib[level] = counts->bytes[level] >> 10;

	return mean_refs(kib, levels);
}

void pagetree_packed(const struct pagetree_counts *counts,
		     const unsigned int *entries, unsigned int levels,
		     unsigned long long *packed)
{
	unsigned long long ends, below = 0;
	unsigned int level;

	for (level = 1; level <= levels; level++) {
		/* the entries in use that do not point to a table */
		ends = counts->used[level];
		if (level > 1)
			ends -= ends < counts->tables[level - 1] ?
				ends : counts->tables[level - 1];
		packed[level] = div64_u64(ends + below + entries[level] - 1,
					  entries[level]);
		below = packed[level];
	}
	/* there is always one root table */
	packed[levels] = 1;
}

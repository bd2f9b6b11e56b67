// SPDX-License-Identifier: GPL-2.0-only
#include "model/summary.h"

uint64_t summary_sum(const struct pairs *summary, const char *key)
{
	uint64_t sum = 0;
	unsigned int level;

	for (level = 1; level <= PAGETREE_LEVELS; level++)
		sum += pairs_level(summary, key, level);

	return sum;
}

uint64_t summary_nonpresent(const struct pairs *summary, unsigned int level)
{
	return pairs_level(summary, "swap", level) +
	       pairs_level(summary, "migration", level) +
	       pairs_level(summary, "hwpoison", level) +
	       pairs_level(summary, "device", level) +
	       pairs_level(summary, "marker", level);
}

/* A page walk reads one entry on each level from the root down to the leaf. */
double summary_references(const struct pairs *summary)
{
	const unsigned int levels = pairs_number(summary, "levels");
	const uint64_t mapped = summary_sum(summary, "bytes");
	double sum = 0;
	unsigned int level;

	for (level = 1; level <= levels; level++)
		sum += (double)pairs_level(summary, "bytes", level) *
		       (levels - level + 1);

	return mapped ? sum / mapped : 0;
}

uint64_t summary_blocks(const struct pairs *summary, unsigned int digits)
{
	uint64_t sum = 0;

	for (; digits <= PAGETREE_CONTIG_HIGHEST; digits++)
		sum += pairs_level(summary, "contig", digits) << digits;

	return sum;
}

void summary_totals(const struct pairs *summary, const struct pairs *geometry,
		    double totals[SUMMARY_TOTALS])
{
	const uint64_t small = pairs_level(summary, "bytes", 1);
	const uint64_t mapped = summary_sum(summary, "bytes");
	const double tables = summary_sum(summary, "tables");
	const double table_bytes = tables * pairs_number(geometry, "table_bytes");

	totals[SUMMARY_MAPPED] = mapped;
	totals[SUMMARY_HUGE] = mapped ? 100.0 * (mapped - small) / mapped : 0;
	totals[SUMMARY_REFS] = summary_references(summary);
	totals[SUMMARY_TABLES] = tables;
	totals[SUMMARY_TABLE_BYTES] = table_bytes;
	totals[SUMMARY_TABLE_SHARE] = mapped ? 100 * table_bytes / mapped : 0;
	totals[SUMMARY_EMPTY] = summary_sum(summary, "empty");
#define X(digits, name)							\
	totals[SUMMARY_CONT_##name] = mapped ?				\
		100.0 * summary_blocks(summary, digits) / mapped : 0;
	CONT_SIZES(X)
#undef X
}

const struct summary_total summary_total[SUMMARY_TOTALS] = {
	[SUMMARY_MAPPED] = { "mapped", true, "bytes mapped by leaves" },
	[SUMMARY_HUGE] = { "huge%", false,
			   "share of mapped on leaves above level 1" },
	[SUMMARY_REFS] = { "refs", false,
			   "memory references per translation, on average" },
	[SUMMARY_TABLES] = { "tables", true, "page tables of all levels" },
	[SUMMARY_TABLE_BYTES] = { "table_bytes", true, "bytes of these tables" },
	[SUMMARY_TABLE_SHARE] = { "table%", false,
				  "table_bytes as a share of mapped" },
	[SUMMARY_EMPTY] = { "empty", true, "tables without a used entry" },
#define X(digits, name)							\
	[SUMMARY_CONT_##name] = { "cont" #name "%", false, CONT_MEANING(#name) },
	CONT_SIZES(X)
#undef X
};

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

uint64_t summary_huge(const struct pairs *summary)
{
	return summary_sum(summary, "bytes") - pairs_level(summary, "bytes", 1);
}

uint64_t summary_nonpresent(const struct pairs *summary, unsigned int level)
{
	return pairs_level(summary, "swap", level) +
	       pairs_level(summary, "migration", level) +
	       pairs_level(summary, "hwpoison", level) +
	       pairs_level(summary, "device", level) +
	       pairs_level(summary, "marker", level);
}

/* A walk reads an entry at each level from the root down to that of the leaf. */
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

static double mapped(const struct pairs *summary, const struct pairs *geometry)
{
	(void)geometry;

	return summary_sum(summary, "bytes");
}

static double huge(const struct pairs *summary, const struct pairs *geometry)
{
	const double whole = mapped(summary, geometry);

	return whole ? 100 * summary_huge(summary) / whole : 0;
}

static double references(const struct pairs *summary,
			 const struct pairs *geometry)
{
	(void)geometry;

	return summary_references(summary);
}

static double tables(const struct pairs *summary, const struct pairs *geometry)
{
	(void)geometry;

	return summary_sum(summary, "tables");
}

static double table_bytes(const struct pairs *summary,
			  const struct pairs *geometry)
{
	return tables(summary, geometry) * pairs_number(geometry, "table_bytes");
}

static double table_share(const struct pairs *summary,
			  const struct pairs *geometry)
{
	const double whole = mapped(summary, geometry);

	return whole ? 100 * table_bytes(summary, geometry) / whole : 0;
}

static double empty(const struct pairs *summary, const struct pairs *geometry)
{
	(void)geometry;

	return summary_sum(summary, "empty");
}

const struct summary_number summary_numbers[] = {
	{ "mapped", mapped, true, "bytes that the leaves map" },
	{ "huge%", huge, false, "part of them on leaves above level 1" },
	{ "refs", references, false, "memory references of a translation, mean" },
	{ "tables", tables, true, "page tables of all levels" },
	{ "table_bytes", table_bytes, true, "their size" },
	{ "table%", table_share, false, "their size as a part of mapped" },
	{ "empty", empty, true, "tables without an entry in use" },
	{ NULL, NULL, false, NULL }
};

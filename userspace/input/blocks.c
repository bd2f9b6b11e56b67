// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "input/blocks.h"
#include "input/system.h"

/* The number in the line of a zone, `key number`; @absent if it has none. */
static uint64_t zone_number(const char *zone, const char *key, uint64_t absent)
{
	const char *end = strstr(zone, "\nNode ");
	const char *at = strstr(zone, key);

	return at && (!end || at < end) ? strtoull(at + strlen(key), NULL, 10) : absent;
}

/*
 * Whether a zone may give a block of 2^@order pages away and keep what it has to keep.
 * True if zoneinfo, a text or NULL, does not know the zone.
 */
static bool has_room(const char *zoneinfo, int node, const char *zone,
		     unsigned int order)
{
	char name[16];
	int number;
	const char *at;

	for (at = zoneinfo; at && *at; at = strstr(at, "\nNode "), at += at != NULL)
		if (sscanf(at, "Node %d, zone %15s", &number, name) == 2 &&
		    number == node && !strcmp(name, zone))
			return zone_number(at, "\n  pages free ", UINT64_MAX >> 1) >=
			       zone_number(at, "\n        min ", 0) + (1ULL << order);

	return true;
}

/* The huge pages in the counts of blocks of a line, which ends with them. */
static uint64_t sum_blocks(const char *counts, unsigned int order)
{
	uint64_t blocks = 0, count;
	unsigned int i;
	char *end;

	for (i = 0; *counts && *counts != '\n'; i++, counts = end) {
		/* pagetypeinfo stops to count at `>100000` */
		counts += strspn(counts, " >");
		count = strtoull(counts, &end, 10);
		if (end == counts)
			break;
		if (i >= order)
			blocks += count << (i - order);
	}

	return blocks;
}

/*
 * Blocks in /proc/pagetypeinfo, or buddyinfo. Those of HighAtomic and Isolate are free
 * for nobody who wants a huge page.
 */
static uint64_t count_text(const char *text, const char *zoneinfo,
			   unsigned int order, bool reserved)
{
	char zone[16], type[16];
	const char *line = text;
	uint64_t blocks = 0;
	int node, at, more;

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (sscanf(line, "Node %d, zone %15[^, \n]%n", &node, zone, &at) != 2)
			continue;
		more = 0;
		if (sscanf(line + at, ", type %15s%n", type, &more) == 1 &&
		    (!strcmp(type, "HighAtomic") || !strcmp(type, "Isolate")))
			continue;
		/* the second table of pagetypeinfo has no types */
		if (line[at] == ',' && !more)
			continue;
		if ((reserved && !strcmp(zone, "DMA")) ||
		    !has_room(zoneinfo, node, zone, order))
			continue;
		blocks += sum_blocks(line + at + more, order);
	}

	return blocks;
}

bool blocks_count(unsigned int order, bool reserved, uint64_t *blocks)
{
	char *zoneinfo = proc_read(0, "zoneinfo");
	char *types = proc_read(0, "pagetypeinfo");
	char *buddies = proc_read(0, "buddyinfo");
	char *second = types ? strstr(types, "\nNumber of blocks type") : NULL;
	const bool known = types || buddies;

	if (second)
		*second = '\0';
	*blocks = count_text(types ? types : buddies, zoneinfo, order, reserved);
	free(zoneinfo);
	free(types);
	free(buddies);

	return known;
}

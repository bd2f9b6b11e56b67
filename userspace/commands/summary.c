// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/summary.h"
#include "output/table.h"

static char *percent(uint64_t part, uint64_t whole)
{
	return whole ? format("%.1f%%", 100.0 * part / whole) : format("-");
}

static uint64_t used(const struct pairs *summary, unsigned int level)
{
	return pairs_level(summary, "leaf", level) +
	       summary_nonpresent(summary, level) + pairs_level(summary, "bad", level) +
	       pairs_level(summary, "tables", level - 1);
}

/* The levels from the root down. */
static void print_levels(const struct model *model, uint64_t mapped,
			 bool exact)
{
	static const char *const headings[] = {
		"LEVEL", "ENTRY", "MAPPED", "SHARE", "TABLES", "BYTES", "USED",
		"HOLES", "NONPRESENT",
	};
	struct libscols_table *table = table_new(false, true);
	const struct pairs *geometry = &model->geometry;
	const struct pairs *summary = &model->summary;
	unsigned int level = pairs_number(summary, "levels");
	const uint64_t table_bytes = pairs_number(geometry, "table_bytes");
	uint64_t bytes, tables, entries;
	struct libscols_line *line;
	size_t i;

	for (i = 0; i < sizeof(headings) / sizeof(*headings); i++)
		table_column(table, headings[i], TABLE_RIGHT);

	for (; level; level--) {
		bytes = pairs_level(summary, "bytes", level);
		tables = pairs_level(summary, "tables", level);
		entries = tables * pairs_level(geometry, "entries", level);

		line = table_line(table);
		table_cell(line, 0, format("%u", level));
		if (fields[FIELD_bytes + level - 1].name) {
			table_cell(line, 2, size_text(bytes, exact));
			table_cell(line, 3, percent(bytes, mapped));
		}
		table_cell(line, 4, format("%" PRIu64, tables));
		table_cell(line, 7, format("%" PRIu64,
					   pairs_level(summary, "holes", level)));
		table_cell(line, 8, format("%" PRIu64,
					   summary_nonpresent(summary, level)));
		if (!geometry->present)
			continue;
		table_cell(line, 1, size_text(pairs_level(geometry,
							  "entry_bytes", level),
					      exact));
		table_cell(line, 5, size_text(tables * table_bytes, exact));
		table_cell(line, 6, percent(used(summary, level), entries));
	}
	table_print(table);
}

/* What lies in page tables but maps nothing, by kind. */
static void print_nonpresent(const struct pairs *summary)
{
	static const char *const kinds[] = {
		"swap", "migration", "hwpoison", "device", "marker", "bad",
	};
	const char *before = "not present: ";
	uint64_t entries;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		entries = summary_sum(summary, kinds[i]);
		if (!entries)
			continue;
		printf("%s%" PRIu64 " %s", before, entries, kinds[i]);
		before = ", ";
	}
	if (*before == ',')
		puts(" entries");
}

static void print_cost(const struct model *model)
{
	const struct cost *summary = &model->summary.cost;
	const struct cost *vmas = &model->vmas.cost;
	const uint64_t held = summary->lock_us_max > vmas->lock_us_max ?
			      summary->lock_us_max : vmas->lock_us_max;

	printf("cost: %" PRIu64 " us, mmap lock held for %" PRIu64
	       " us at most; %s, %" PRIu64 " retries\n",
	       summary->us + vmas->us, held,
	       model_is_complete(model) ? "complete" : "partial",
	       summary->retries + vmas->retries);
}

void summary_print(const struct model *model, const char *comm, bool exact)
{
	const struct pairs *summary = &model->summary;
	const struct pairs *geometry = &model->geometry;
	const uint64_t deposited = pairs_number(summary, "deposited");
	const uint64_t mapped = summary_sum(summary, "bytes");
	char *text[4];
	size_t i;

	text[0] = size_text(pairs_number(summary, "vma_bytes"), exact);
	text[1] = size_text(mapped, exact);
	text[2] = size_text(pairs_number(summary, "hole_bytes"), exact);
	text[3] = size_text(deposited * pairs_number(geometry, "table_bytes"),
			    exact);

	printf("%s%spid %" PRIu64 ": %" PRIu64 " VMAs of %s, %s mapped, %s in holes; %"
	       PRIu64 "-level paging\n\n", comm ? comm : "", comm ? ", " : "",
	       pairs_number(summary, "pid"), pairs_number(summary, "vmas"),
	       text[0], text[1], text[2], pairs_number(summary, "levels"));
	print_levels(model, mapped, exact);
	putchar('\n');
	if (mapped)
		printf("memory references per translation: %.2f on average\n",
		       summary_references(summary));
	if (deposited)
		printf("tables set aside to split huge pages: %" PRIu64 ", %s\n",
		       deposited, text[3]);
	print_nonpresent(summary);
	print_cost(model);
	for (i = 0; i < sizeof(text) / sizeof(*text); i++)
		free(text[i]);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/overview.h"
#include "input/system.h"
#include "model/summary.h"
#include "output/width.h"

/* The levels */

enum { LEVEL_level, LEVEL_entry, LEVEL_mapped, LEVEL_share, LEVEL_tables,
       LEVEL_bytes, LEVEL_used, LEVEL_holes, LEVEL_nonpresent, LEVEL_FIELDS };

static const struct field_info level_fields[LEVEL_FIELDS] = {
	[LEVEL_level] = { .name = "level", .type = COUNT },
	[LEVEL_entry] = { .name = "entry", .type = BYTES },
	[LEVEL_mapped] = { .name = "mapped", .type = BYTES },
	[LEVEL_share] = { .name = "share", .type = PERCENT },
	[LEVEL_tables] = { .name = "tables", .type = TABLES },
	[LEVEL_bytes] = { .name = "bytes", .type = BYTES },
	[LEVEL_used] = { .name = "used", .type = PERCENT },
	[LEVEL_holes] = { .name = "holes", .type = ENTRIES },
	[LEVEL_nonpresent] = { .name = "nonpresent", .type = ENTRIES },
};

static const struct view view_levels = {
	.name = "levels",
	.fields = level_fields,
	.count = LEVEL_FIELDS,
};

static uint64_t used(const struct pairs *summary, unsigned int level)
{
	return pairs_level(summary, "leaf", level) +
	       summary_nonpresent(summary, level) + pairs_level(summary, "bad", level) +
	       pairs_level(summary, "tables", level - 1);
}

static void add_level(struct list *list, const struct model *model,
		      unsigned int level)
{
	const struct pairs *geometry = &model->geometry;
	const struct pairs *summary = &model->summary;
	const uint64_t bytes = pairs_level(summary, "bytes", level);
	const uint64_t mapped = summary_sum(summary, "bytes");
	const uint64_t tables = pairs_level(summary, "tables", level);
	const uint64_t entries = tables * pairs_level(geometry, "entries", level);
	union value *row = list_add(list);

	row[LEVEL_level].number = level;
	if (fields[FIELD_bytes + level - 1].name) {
		row[LEVEL_mapped].number = bytes;
		if (mapped)
			row[LEVEL_share].real = 100.0 * bytes / mapped;
	}
	row[LEVEL_tables].number = tables;
	row[LEVEL_holes].number = pairs_level(summary, "holes", level);
	row[LEVEL_nonpresent].number = summary_nonpresent(summary, level);
	if (!geometry->present)
		return;
	row[LEVEL_entry].number = pairs_level(geometry, "entry_bytes", level);
	row[LEVEL_bytes].number = tables * pairs_number(geometry, "table_bytes");
	if (entries)
		row[LEVEL_used].real = 100.0 * used(summary, level) / entries;
}

/* The levels from the root down. */
static void print_levels(struct document *document, const struct model *model)
{
	unsigned int level = pairs_number(&model->summary, "levels");
	struct list list = list_new(&view_levels);

	for (; level; level--)
		add_level(&list, model, level);
	document_table(document, &list, true);
	list_free(&list);
}

/* The text around the levels */

/* Non-present entries by kind. */
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

	text_print("cost: %" PRIu64 " us, mmap lock held for %" PRIu64
		   " us at most; %s, %" PRIu64 " retries\n",
		   summary->us + vmas->us, held,
		   model_is_complete(model) ? "complete" : "partial",
		   summary->retries + vmas->retries);
}

void overview_print(struct document *document, const struct model *model,
		    const char *comm)
{
	const bool exact = document->style->bytes;
	const struct pairs *summary = &model->summary;
	const struct pairs *geometry = &model->geometry;
	const uint64_t limit = proc_number("sys/vm/max_map_count", UNKNOWN);
	const uint64_t deposited = pairs_number(summary, "deposited");
	const uint64_t mapped = summary_sum(summary, "bytes");
	char *vmas = size_text(pairs_number(summary, "vma_bytes"), exact);
	char *leaves = size_text(mapped, exact);
	char *holes = size_text(pairs_number(summary, "hole_bytes"), exact);
	char *tables = size_text(deposited *
				 pairs_number(geometry, "table_bytes"), exact);

	text_print("%s%spid %" PRIu64 ": %" PRIu64 " VMAs of %s, %s mapped, %s in holes; %"
		   PRIu64 "-level paging\n\n", comm ? comm : "",
		   comm ? ", " : "", pairs_number(summary, "pid"),
		   pairs_number(summary, "vmas"), vmas, leaves, holes,
		   pairs_number(summary, "levels"));
	print_levels(document, model);
	putchar('\n');
	if (mapped)
		printf("memory references per translation: %.2f on average\n",
		       summary_references(summary));
	if (mapped && pairs_find(summary, "contig21"))
		printf("in contiguous blocks of at least 64K: %.1f%%, of 2M: %.1f%%\n",
		       100.0 * summary_blocks(summary, 16) / mapped,
		       100.0 * summary_blocks(summary, 21) / mapped);
	if (deposited)
		printf("tables set aside to split huge pages: %" PRIu64 ", %s\n",
		       deposited, tables);
	print_nonpresent(summary);
	if (limit != UNKNOWN)
		printf("VMAs: %" PRIu64 " of at most %" PRIu64 " (vm.max_map_count)\n",
		       pairs_number(summary, "vmas"), limit);
	print_cost(model);
	free(vmas);
	free(leaves);
	free(holes);
	free(tables);
}

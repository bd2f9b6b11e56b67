// SPDX-License-Identifier: GPL-2.0-only
/* The command show: summary and VMAs. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cli/run.h"
#include "commands/commands.h"
#include "commands/groups.h"
#include "commands/overview.h"
#include "input/system.h"

#define MANY	1000	/* VMAs that nobody reads one by one */

/* Whether to print groups of VMAs: people asked for an overview, and there are many. */
static bool is_brief(const struct document *document, const struct list *vmas)
{
	const struct style *style = document->style;

	return document_has_text(document) && vmas->count > MANY && !style->all &&
	       !style->chosen && !style->filter && style->sort < 0;
}

/* Prints the VMAs by kind and name. The list may keep no more than the default columns. */
static void print_brief(struct document *document, const struct process *process)
{
	static const enum field shown[] = {
		FIELD_kind, FIELD_name, FIELD_size, FIELD_bytes, FIELD_bytes + 1,
		FIELD_bytes + 2, FIELD_all_tables, FIELD_hole_bytes,
		FIELD_nonpresent,
	};
	const struct list *vmas = &process->model.vmas;
	struct groups groups = groups_new(&view_groups);
	union value row[FIELDS];
	size_t i, j;

	for (i = 0; i < vmas->count; i++) {
		groups_begin(row);
		row[FIELD_processes].number = 1;
		row[FIELD_vmas].number = 1;
		for (j = 0; j < ARRAY_SIZE(shown); j++)
			row[shown[j]] = list_value(vmas, i, shown[j]);
		groups_add(&groups, row);
	}
	for (i = 0; i < groups.list.count; i++)
		list_row(&groups.list, i)[FIELD_processes].number = 1;
	document_list(document, &groups.list, &process->model.geometry, 0);
	document_text(document, "\n%zu VMAs, by kind and name: pagetree vmas has a row for each\n",
		      vmas->count);
	groups_free(&groups);
}

static void print(struct document *document, const struct process *process,
		  const struct options *options)
{
	const struct model *model = &process->model;
	const struct pairs *summary = &model->summary;
	const uint64_t limit = proc_number("sys/vm/max_map_count", UNKNOWN);
	struct json *json = &document->json;
	struct options rows = *options;

	if (summary->present) {
		json_pairs(json, "summary", summary);
		json_totals(json, summary, &model->geometry);
		json_cost(json, "summary", &summary->cost);
		if (limit != UNKNOWN)
			json_number(json, "max_map_count", limit);
	}
	if (summary->present && document_has_text(document)) {
		overview_print(document, model, process->comm);
		if (model->vmas.present)
			putchar('\n');
		/* the summary is the title */
		rows.pid_count = 1;
	}
	if (is_brief(document, &model->vmas))
		print_brief(document, process);
	else
		run_print_file(document, process, &rows, "vmas");
}

int run_show(const struct options *options)
{
	static const char *const files[] = { "summary", "vmas", NULL };
	const struct kept kept = columns_kept(options->view, &options->style);
	const struct run run = { .files = files, .kept = &kept, .print = print };
	const int status = options->verify ? run_verify(options) :
					     run_processes(&run, options);

	free(kept.fields);

	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The command show: summary and VMAs. */
#include <stdio.h>

#include "cli/run.h"
#include "commands/commands.h"
#include "commands/overview.h"
#include "input/system.h"

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
	run_print_file(document, process, &rows, "vmas");
}

int run_show(const struct options *options)
{
	static const char *const files[] = { "summary", "vmas", NULL };
	static const struct run run = {
		.files = files,
		.lists = true,
		.print = print,
	};

	return options->verify ? run_verify(options) : run_processes(&run, options);
}

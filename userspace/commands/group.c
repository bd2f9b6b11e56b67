// SPDX-License-Identifier: GPL-2.0-only
/* The command group: the VMAs of all processes by kind and name. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/run.h"
#include "commands/commands.h"
#include "commands/groups.h"
#include "input/system.h"

/*
 * The geometry, whose text belongs to the processes; the rows; and of the process with the
 * most VMAs their number and the title.
 */
static struct pairs geometry;
static struct groups groups;
static uint64_t most;
static char *most_title;

/* Adds the VMAs of a process; its rows are not needed after that. */
static bool add(struct process *process, const struct options *options)
{
	struct list *vmas = &process->model.vmas;
	union value *row;
	size_t i;

	if (!vmas->present)
		run_lacks(options, "vmas");
	if (!groups.list.present)
		groups = groups_new(&view_groups);
	geometry = process->model.geometry;
	groups_turn(&groups);
	for (i = 0; i < vmas->count; i++) {
		row = list_row(vmas, i);
		row_tables(row, &geometry);
		row[FIELD_pid].number = process->pid ? (uint64_t)process->pid : UNKNOWN;
		row[FIELD_state].text = vmas->cost.complete ? "ok" : "partial";
		row[FIELD_processes].number = UNKNOWN;
		row[FIELD_vmas].number = 1;
		row[FIELD_vma_bytes] = row[FIELD_size];
		groups_add(&groups, row);
	}
	if (vmas->count >= most) {
		most = vmas->count;
		free(most_title);
		most_title = process_title(process);
	}
	free(vmas->values);
	vmas->values = NULL;
	vmas->count = 0;

	return true;
}

static void print_groups(struct document *document, const struct options *options)
{
	const uint64_t limit = proc_number("sys/vm/max_map_count", UNKNOWN);

	(void)options;
	groups_end(&groups);
	/* a table may hold entries of several VMAs */
	groups.list.has[FIELD_packed] = false;
	document_list(document, &groups.list, &geometry, 0);
	if (limit == UNKNOWN)
		return;
	json_number(&document->json, "max_map_count", limit);
	document_text(document, "\n%s: %" PRIu64 " of at most %" PRIu64
		      " VMAs (vm.max_map_count)\n", most_title, most, limit);
}

static void print_cost(struct document *document, const struct process *process,
		       const struct options *options)
{
	(void)options;
	json_cost(&document->json, "vmas", &process->model.vmas.cost);
}

int run_group(const struct options *options)
{
	static const char *const files[] = { "vmas", NULL };
	static const struct run run = {
		.files = files, .prepare = add, .first = print_groups,
		.together = true, .print = print_cost,
	};
	const int status = run_processes(&run, options);

	groups_free(&groups);
	free(most_title);

	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The commands that print one file as it is: vmas, tables, map, geometry. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/text.h"
#include "cli/run.h"
#include "commands/commands.h"
#include "model/fields.h"

/* Whether a column of tables adds up over processes. */
static bool adds_up(int field)
{
	const enum type type = view_tables.fields[field].type;

	return field != TABLES_level && (type == COUNT || type == ENTRIES ||
					 type == TABLES || type == BYTES);
}

static union value *new_sum(struct list *sums)
{
	union value *row = list_add(sums);
	int field;

	for (field = 0; field < view_tables.count; field++)
		row[field].number = 0;

	return row;
}

/* A row per level: the sums over the processes. */
static struct list sum_tables(const struct process *processes, size_t count)
{
	struct list sums = list_new(&view_tables);
	const struct list *tables;
	const union value *row;
	union value *sum;
	size_t i, j, k;
	int field;

	for (field = 0; field < view_tables.count; field++)
		sums.has[field] = processes->model.tables.has[field] &&
				  (adds_up(field) || field == TABLES_level);
	for (i = 0; i < count; i++) {
		tables = &processes[i].model.tables;
		for (j = 0; j < tables->count; j++) {
			row = list_row(tables, j);
			for (k = 0; k < sums.count; k++)
				if (list_row(&sums, k)[TABLES_level].number ==
				    row[TABLES_level].number)
					break;
			sum = k < sums.count ? list_row(&sums, k) :
					       new_sum(&sums);
			for (field = 0; field < view_tables.count; field++)
				if (adds_up(field))
					sum[field].number += row[field].number;
			sum[TABLES_level].number = row[TABLES_level].number;
		}
	}
	sums.cost.complete = true;

	return sums;
}

/* The tables of all processes together: the question of who asks for a cgroup. */
static void print_sum(struct document *document, const struct process *processes,
		      size_t count)
{
	struct list sums = sum_tables(processes, count);
	uint64_t tables = 0, bytes = 0;
	char *text;
	size_t i;

	for (i = 0; i < sums.count; i++) {
		tables += list_row(&sums, i)[TABLES_tables].number;
		bytes += list_row(&sums, i)[TABLES_bytes].number;
	}
	text = size_text(bytes, document->style->bytes);
	document_text(document, "\ntotal of %zu processes: %" PRIu64 " tables, %s\n",
		      count, tables, text);
	free(text);
	if (document_has_text(document))
		document_list(document, &sums, &processes->model.geometry, 0);
	json_open(&document->json, "tables_sum", '{');
	json_number(&document->json, "processes", count);
	json_number(&document->json, "tables", tables);
	json_number(&document->json, "bytes", bytes);
	json_close(&document->json, '}');
	list_free(&sums);
}

int run_list(const struct options *options)
{
	const char *const files[] = { options->view->name, NULL };
	const struct kept kept = columns_kept(options->view, &options->style);
	/* the sum needs all columns */
	const bool sum = options->view == &view_tables;
	const struct run run = {
		.files = files,
		.kept = sum ? NULL : &kept,
		.last = sum ? print_sum : NULL,
	};
	const int status = run_processes(&run, options);

	free(kept.fields);

	return status;
}

int run_geometry(const struct options *options)
{
	struct document document;
	struct model model = { 0 };
	struct list list;

	run_global(&model, options, "geometry");
	list = pairs_list(&model.geometry);
	document = document_begin(&options->style);
	/* in JSON an object, unless -o asks for columns */
	if (document.json.on && !options->style.chosen)
		json_pairs(&document.json, "geometry", &model.geometry);
	else
		document_list(&document, &list, &model.geometry, 0);
	json_cost(&document.json, "geometry", &model.geometry.cost);
	document_end(&document);
	list_free(&list);
	model_free(&model);

	return EXIT_SUCCESS;
}

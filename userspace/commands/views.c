// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/expect.h"
#include "output/json.h"
#include "commands/proc.h"
#include "input/source.h"
#include "commands/summary.h"
#include "output/table.h"
#include "commands/verify.h"
#include "commands/views.h"

void views_print(const struct process *process, const struct options *options,
		 const struct list *list)
{
	const struct style *style = &options->style;
	const bool several = options->pid_count > 1;
	char *title;

	if (style->format == FORMAT_JSON) {
		columns_json(list, style);
		return;
	}
	if (several && style->format == FORMAT_TABLE && style->headings) {
		title = process_title(process);
		printf("%s:\n", title);
		free(title);
	}
	columns_print(list, &process->model.geometry, style,
		      several && (style->format != FORMAT_TABLE ||
				  !style->headings) ? process->pid : 0);
}

/* One that the kernel made. */
static void print_list(const struct process *process,
		       const struct options *options, const char *name)
{
	const struct list *list = process_list(process, name);

	if (!list)
		return;
	views_print(process, options, list);
	if (options->style.format == FORMAT_JSON)
		json_cost(name, &list->cost);
}

/* Summary and VMAs */

static void print_show(const struct process *process,
		       const struct options *options)
{
	const struct model *model = &process->model;
	const struct pairs *summary = &model->summary;
	const struct style *style = &options->style;
	struct options rows = *options;

	if (style->format == FORMAT_JSON && summary->present) {
		json_pairs("summary", summary);
		json_open("totals", '{');
		expect_json(summary, &model->geometry);
		json_close('}');
		json_cost("summary", &summary->cost);
	} else if (style->format == FORMAT_TABLE && style->headings &&
		   summary->present) {
		summary_print(model, process->comm, style->bytes);
		if (model->vmas.present)
			putchar('\n');
		/* it has said whose rows these are */
		rows.pid_count = 1;
	}
	print_list(process, &rows, "vmas");
}

int run_show(const struct options *options)
{
	static const char *const files[] = { "summary", "vmas", NULL };

	if (options->proc)
		return run_proc(options);
	if (options->verify)
		return verify(source_hold_one(options->pids[0]),
			      options->style.format == FORMAT_JSON);

	return processes_run(options, files, NULL, print_show);
}

/* One file */

#define RUN(name)							\
static void print_##name(const struct process *process,		\
			 const struct options *options)			\
{									\
	print_list(process, options, #name);				\
}									\
									\
int run_##name(const struct options *options)				\
{									\
	static const char *const files[] = { #name, NULL };		\
									\
	if (options->proc)						\
		return run_proc(options);				\
									\
	return processes_run(options, files, NULL, print_##name);	\
}

RUN(vmas)
RUN(tables)
RUN(map)

/* What addresses translate through */

#define QUESTION	3000	/* bytes, at most, that are asked at a time */

/* Asks for the addresses that come next; NULL if there are none left. */
static char *question(char *const **words)
{
	char *text = format("%s", ""), *longer;

	for (; **words && strlen(text) < QUESTION; (*words)++) {
		longer = format("%s%s ", text, **words);
		free(text);
		text = longer;
	}
	if (*text)
		return text;
	free(text);

	return NULL;
}

/* Adds the rows of one answer to those of the others. */
static void append(struct list *to, const struct list *from)
{
	const uint64_t longest = to->cost.lock_us_max > from->cost.lock_us_max ?
				 to->cost.lock_us_max : from->cost.lock_us_max;
	size_t i;

	for (i = 0; i < from->count; i++)
		memcpy(list_add(to), list_row(from, i),
		       from->view->count * sizeof(*from->values));
	to->cost.complete &= from->cost.complete;
#define X(name, meaning) to->cost.name += from->cost.name;
	PAGETREE_COST_FIELDS(X)
#undef X
	to->cost.lock_us_max = longest;
}

static bool ask(struct process *process, const struct options *options)
{
	struct model *model = &process->model;
	struct list all = { 0 };
	char *const *words = options->words;
	char *text;
	int error;

	if (options->input && !model->walk.present)
		process_lacks(options, "walk");
	if (options->input)
		return true;
	while ((text = question(&words))) {
		error = source_walk(model, process->pid, text);
		if (error == EINVAL)
			fail(EXIT_FAILURE, "%s: not in user space", text);
		if (error && error != ESRCH)
			fail(EXIT_FAILURE, "%d: walk: %s", process->pid,
			     strerror(error));
		free(text);
		if (error)
			return false;
		if (!all.present) {
			all = model->walk;
		} else {
			append(&all, &model->walk);
			list_free(&model->walk);
		}
		model->walk = (struct list) { 0 };
	}
	model->walk = all;

	return true;
}

static void print_walk(const struct process *process,
		       const struct options *options)
{
	print_list(process, options, "walk");
}

int run_walk(const struct options *options)
{
	/* of a process it is asked, and so not read like the others */
	static const char *const files[] = { "walk", NULL };
	char *const *word;
	uint64_t address;

	for (word = options->words; *word; word++)
		if (!parse_address(*word, &address))
			usage("%s: not an address, as 0x7f0000001000", *word);

	return processes_run(options, options->input ? files : files + 1, ask,
			     print_walk);
}

/* All processes */

int run_ps(const struct options *options)
{
	const struct style *style = &options->style;
	struct model model = { 0 };
	int status = EXIT_SUCCESS;

	if (options->input) {
		source_file(&model, options->input);
	} else {
		source_check();
		source_debugfs(&model, 0, "geometry");
		source_debugfs(&model, 0, "processes");
	}
	if (!model.processes.present)
		process_lacks(options, "processes");
	if (style->format == FORMAT_JSON) {
		json_begin();
		columns_json(&model.processes, style);
		json_cost("processes", &model.processes.cost);
		json_end();
	} else {
		columns_print(&model.processes, &model.geometry, style, 0);
	}
	if (!model.processes.cost.complete) {
		complain("the processes were not read to their end: state=partial");
		status = EXIT_PARTIAL;
	}
	model_free(&model);

	return status;
}

/* The machine */

enum { GEOMETRY_key, GEOMETRY_value, GEOMETRY_FIELDS };

static const struct field_info geometry_fields[GEOMETRY_FIELDS] = {
	[GEOMETRY_key] = { "key", TEXT, 0, "as in docs/abi.md", false },
	[GEOMETRY_value] = { "value", TEXT, 0, "a number or a word", false },
};

const struct view view_geometry = {
	.name = "geometry",
	.fields = geometry_fields,
	.count = GEOMETRY_FIELDS,
	.required = (const int[]) { -1 },
	.defaults = (const int[]) { GEOMETRY_key, GEOMETRY_value, -1 },
	.quiet = (const int[]) { -1 },
};

int run_geometry(const struct options *options)
{
	const struct style *style = &options->style;
	struct list list = list_new(&view_geometry);
	struct model model = { 0 };
	const struct pairs *geometry = &model.geometry;
	union value *row;
	size_t i;

	if (options->input) {
		source_file(&model, options->input);
	} else {
		source_check();
		source_debugfs(&model, 0, "geometry");
	}
	if (!geometry->present)
		process_lacks(options, "geometry");
	for (i = 0; i < geometry->count; i++) {
		row = list_add(&list);
		row[GEOMETRY_key].text = geometry->pairs[i].key;
		row[GEOMETRY_value].text = geometry->pairs[i].text;
	}
	if (style->format == FORMAT_JSON) {
		json_begin();
		/* an object, as everywhere, unless it is asked for by columns */
		if (style->chosen)
			columns_json(&list, style);
		else
			json_pairs("geometry", geometry);
		json_cost("geometry", &geometry->cost);
		json_end();
	} else {
		columns_print(&list, geometry, style, 0);
	}
	list_free(&list);
	model_free(&model);

	return EXIT_SUCCESS;
}

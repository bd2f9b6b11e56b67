// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any text through the parser to everything that prints it. Lines before the text
 * that begin with - are options: -o LIST, -x COLUMN, -O, -n, -b, --expect CONDITION,
 * --filter EXPRESSION.
 *
 * The tool is built with -Dexit=fuzz_exit and -Dmain=pagetree_main; run fuzzes,
 * ../host/fuzz.sh replays the corpus by the main() below.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/cli/expect.h"
#include "../../userspace/output/json.h"
#include "../../userspace/tlb/measure.h"
#include "../../userspace/commands/summary.h"
#include "../../userspace/tlb/sweep.h"

static const char *const views[] = {
	"vmas", "tables", "map", "walk", "processes", "shootdowns",
};

static jmp_buf out;

/* Where the tool ends, and nothing else ends here. */
void fuzz_exit(int status)
{
	longjmp(out, status ? status : -1);
}

/* Of a list, what the options of the command line would make of it. */
static struct style style_of(const struct style *style, const char *columns,
			     const char *sort, const struct view *view)
{
	struct style of = *style;

	if (columns && columns_parse(&of, view, columns)) {
		free(of.chosen);
		of.chosen = NULL;
		of.count = 0;
		of.defaults = false;
	}
	if (sort)
		of.sort = columns_find(view, sort, strlen(sort));

	return of;
}

static void print_list(const struct list *list, const struct process *process,
		       const struct style *style)
{
	struct pairs where = { 0 };

	if (style->format == FORMAT_JSON) {
		json_begin();
		columns_json(list, style);
		json_cost(list->view->name, &list->cost);
		json_end();
	} else {
		columns_print(list, &process->model.geometry, style,
			      process->pid);
	}
	if (list->view != &view_shootdowns)
		return;
	environment(&where, &process->model.geometry, false);
	sweep_replay(list, &where, style);
	environment_free(&where);
}

static void print_pairs(const struct process *process, bool exact)
{
	const struct model *model = &process->model;

	json_begin();
	json_pairs("geometry", &model->geometry);
	json_pairs("summary", &model->summary);
	expect_json(&model->summary, &model->geometry);
	json_end();
	if (model->summary.present)
		summary_print(model, process->comm, exact);
}

static void print_all(const struct process *process, struct style *style,
		      const char *columns, const char *sort)
{
	const struct list *list;
	struct style of;
	size_t i;

	print_pairs(process, style->bytes);
	for (i = 0; i < sizeof(views) / sizeof(*views); i++) {
		list = process_list(process, views[i]);
		if (!list)
			continue;
		of = style_of(style, columns, sort, list->view);
		for (of.format = FORMAT_TABLE; of.format <= FORMAT_JSON;
		     of.format++)
			print_list(list, process, &of);
		free(of.chosen);
	}
}

/* The options that @text begins with; returns what is behind them. */
static char *take_options(char *text, struct options *options,
			  const char **columns, const char **sort)
{
	char *line, *argument;

	for (line = text; *line == '-'; line = text) {
		text = strchrnul(line, '\n');
		if (*text)
			*text++ = '\0';
		argument = strchrnul(line, ' ');
		if (*argument)
			*argument++ = '\0';
		if (!strcmp(line, "-o"))
			*columns = argument;
		else if (!strcmp(line, "-x"))
			*sort = argument;
		else if (!strcmp(line, "-O"))
			options->style.all = true;
		else if (!strcmp(line, "-n"))
			options->style.headings = false;
		else if (!strcmp(line, "-b"))
			options->style.bytes = true;
#ifdef HAVE_SCOLS_FILTER
		else if (!strcmp(line, "--filter"))
			columns_check_filter(options->style.filter = argument);
#endif
		else if (!strcmp(line, "--expect"))
			expect_add(options, argument);
	}

	return text;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	/* static: they are looked at after a longjmp() */
	static struct process process;
	static struct options options;
	static char *input;
	const char *columns = NULL, *sort = NULL;
	char *text;
	size_t line;

	process = (struct process) { 0 };
	options = (struct options) {
		.style = { .headings = true, .sort = -1 },
	};
	input = resize(NULL, size + 1, 1);
	memcpy(input, data, size);
	input[size] = '\0';
	if (setjmp(out))
		goto free;

	text = take_options(input, &options, &columns, &sort);
	if (model_parse(&process.model,
			printable(text, size - (text - input), "\t\n"), &line))
		goto free;
	process.pid = pairs_number(&process.model.summary, "pid");
	print_all(&process, &options.style, columns, sort);
	expect_all(&options, &process);
free:
	while (options.expectation_count)
		free(options.expectations[--options.expectation_count].name);
	free(options.expectations);
	free(process.comm);
	model_free(&process.model);
	free(input);

	return 0;
}

#ifdef REPLAY
#undef main

int main(int argc, char **argv)
{
	static unsigned char data[1 << 20];
	size_t size;
	FILE *file;

	while (--argc) {
		file = fopen(*++argv, "rb");
		if (!file)
			return 1;
		size = fread(data, 1, sizeof(data), file);
		fclose(file);
		LLVMFuzzerTestOneInput(data, size);
	}

	return 0;
}
#endif

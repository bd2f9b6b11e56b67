// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any text through the parser to everything that prints it. Lines before the text
 * that begin with - are options: -o LIST, -x COLUMN, -O, -n, -b, --expect CONDITION,
 * --filter EXPRESSION.
 *
 * It is linked with the objects of the tool but main.o. Nothing that it calls ends
 * the process. run fuzzes; ../host/fuzz.sh replays the corpus by the main() below.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/overview.h"
#include "model/expectation.h"
#include "tlb/tlb.h"

/* struct choice - the options before the text, and the condition that they hold */
struct choice {
	struct style style;
	const char *columns;
	const char *sort;
	const char *filter;
	struct expectation expectation;
};

static const char *const names[] = {
	"vmas", "tables", "map", "walk", "processes", "shootdowns", "invalidations",
	"initiators",
};

/* What the options make of a view, as on the command line. */
static struct style style_of(const struct choice *choice, const struct view *view)
{
	struct style of = choice->style;

	if (choice->columns && columns_parse(&of, view, choice->columns)) {
		free(of.chosen);
		of.chosen = NULL;
		of.count = 0;
		of.defaults = false;
	}
	if (choice->sort)
		of.sort = view_find(view, choice->sort, strlen(choice->sort));
	if (choice->filter && !columns_check_filter(view, choice->filter))
		of.filter = choice->filter;

	return of;
}

static void print_list(const struct list *list, const struct model *model,
		       const struct style *style)
{
	struct document document = document_begin(style);
	struct environment where;

	document_list(&document, list, &model->geometry,
		      pairs_number(&model->summary, "pid"));
	json_cost(&document.json, list->view->name, &list->cost);
	document_end(&document);
	if (list->view != &view_shootdowns)
		return;
	where = environment_of(&model->geometry);
	sweep_print(list, &where, style);
	environment_free(&where);
}

static void print_pairs(const struct model *model, const struct style *style)
{
	const struct style json = { .format = FORMAT_JSON };
	struct document document = document_begin(&json);

	json_pairs(&document.json, "geometry", &model->geometry);
	json_pairs(&document.json, "summary", &model->summary);
	json_totals(&document.json, &model->summary, &model->geometry);
	document_end(&document);
	if (!model->summary.present)
		return;
	document = document_begin(style);
	overview_print(&document, model, NULL);
	document_end(&document);
}

static void print_all(const struct model *model, const struct choice *choice)
{
	const struct list *list;
	struct style of;
	size_t i;

	print_pairs(model, &choice->style);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		list = model_list(model, names[i]);
		if (!list)
			continue;
		of = style_of(choice, list->view);
		for (of.format = FORMAT_TABLE; of.format <= FORMAT_JSON;
		     of.format++)
			print_list(list, model, &of);
		free(of.chosen);
	}
}

/* The options that @text begins with; returns what is behind them. */
static char *take_options(char *text, struct choice *choice)
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
			choice->columns = argument;
		else if (!strcmp(line, "-x"))
			choice->sort = argument;
		else if (!strcmp(line, "-O"))
			choice->style.all = true;
		else if (!strcmp(line, "-n"))
			choice->style.headings = false;
		else if (!strcmp(line, "-b"))
			choice->style.bytes = true;
		else if (!strcmp(line, "--filter"))
			choice->filter = argument;
		else if (!strcmp(line, "--expect") && !choice->expectation.name)
			expectation_parse(&choice->expectation, argument);
	}

	return text;
}

static void expect(const struct model *model,
		   const struct expectation *expectation)
{
	double number;

	if (expectation->name && model->summary.present &&
	    expectation_number(model, expectation->name, &number))
		printf("%d\n", expectation_holds(expectation, number));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct choice choice = { .style = { .headings = true, .sort = -1 } };
	char *input = resize(NULL, size + 1, 1), *text;
	struct model model = { 0 };
	size_t line;

	memcpy(input, data, size);
	input[size] = '\0';
	text = take_options(input, &choice);
	text = printable(text, size - (text - input), "\t\n");
	if (!model_parse(&model, text, &line)) {
		print_all(&model, &choice);
		expect(&model, &choice.expectation);
	}
	free(choice.expectation.name);
	model_free(&model);
	free(input);

	return 0;
}

#ifdef REPLAY
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

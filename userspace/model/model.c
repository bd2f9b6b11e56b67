// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/model.h"

static const char truncated[] = "truncated: no line '# cost' ends the file";

/* struct parser - @next: the rest of the text; @line: number of the last line taken */
struct parser {
	char *next;
	size_t line;
};

/* The next line without its newline; NULL if no newline is left. */
static char *take_line(struct parser *parser)
{
	char *line = parser->next, *end = strchr(line, '\n');

	parser->line++;
	if (!end)
		return NULL;
	*end = '\0';
	parser->next = end + 1;

	return line;
}

/* Cuts the next word off *text; NULL if there is none. */
static char *take(char **text, char separator)
{
	char *word = *text, *end;

	if (!word)
		return NULL;
	end = strchr(word, separator);
	*text = end ? end + 1 : NULL;
	if (end)
		*end = '\0';

	return word;
}

static const char *parse_cost(struct cost *cost, char *line)
{
	bool has_state = false, has_next = false;
	char *word, *name;
	uint64_t number = 0;
	size_t found = 0;

	line += strlen("# cost ");
	while ((word = take(&line, ' '))) {
		name = take(&word, '=');
		if (!word)
			return "not NAME=VALUE";
		if (!strcmp(name, "state")) {
			cost->complete = !strcmp(word, "complete");
			if (!cost->complete && strcmp(word, "partial"))
				return "neither complete nor partial";
			has_state = true;
		} else if (!strcmp(name, "next")) {
			if (!parse_address(word, &cost->next))
				return "not an address";
			has_next = true;
		} else if (!parse_number(word, &number)) {
			return "not a number";
		}
#define X(known, meaning)						\
		if (!strcmp(name, #known)) {				\
			cost->known = number;				\
			found++;					\
		}
		PAGETREE_COST_FIELDS(X)
#undef X
	}
#define X(known, meaning) found--;
	PAGETREE_COST_FIELDS(X)
#undef X
	if (found || !has_state || has_next == cost->complete)
		return "not all of the cost";

	return NULL;
}

/* Parses up to the cost line, and calls @parse_row for each row. */
static const char *parse_rows(struct parser *parser, struct cost *cost,
			      const char *(*parse_row)(void *to, char *line),
			      void *to)
{
	const char *wrong = NULL;
	char *line;

	while (!wrong) {
		line = take_line(parser);
		if (!line)
			return truncated;
		if (!strncmp(line, "# cost ", 7))
			return parse_cost(cost, line);
		wrong = parse_row(to, line);
	}

	return wrong;
}

/* geometry and summary */

static const char *parse_pair(void *to, char *line)
{
	struct pairs *pairs = to;
	const char *key = take(&line, '\t');

	if (!line || strchr(line, '\t'))
		return "not a key and a value";
	if (pairs_find(pairs, key))
		return "a key is there twice";
	pairs_add(pairs, key, line);

	return NULL;
}

/* @required: keys that must be there, then NULL */
static const char *parse_pairs(struct pairs *pairs, struct parser *parser,
			       const char *const *required)
{
	static const char not_number[] = "above, a value is not a number";
	char *line = take_line(parser);
	const struct pair *pair;
	const char *wrong;
	enum field field;

	if (!line)
		return truncated;
	if (strcmp(line, "key\tvalue"))
		return "the columns are not key and value";
	wrong = parse_rows(parser, &pairs->cost, parse_pair, pairs);
	if (wrong)
		return wrong;
	for (; *required; required++) {
		pair = pairs_find(pairs, *required);
		if (!pair)
			return "above, a key is missing";
		if (!pair->is_number)
			return not_number;
	}
	for (field = 0; field < FIELDS; field++) {
		pair = field_is_counter(field) ?
		       pairs_find(pairs, fields[field].name) : NULL;
		if (pair && !pair->is_number)
			return not_number;
	}
	if (pairs_number(pairs, "levels") < 2 ||
	    pairs_number(pairs, "levels") > PAGETREE_LEVELS)
		return "above, an impossible number of levels";

	return NULL;
}

/* Columns and rows */

/**
 * struct column - a column of the text
 * @field: the column of the view; -1: unknown
 * @type: of @field; TEXT if unknown
 * @numbers: how many columns from this one on are decimal numbers
 */
struct column {
	int field;
	enum type type;
	size_t numbers;
};

/**
 * struct rows_parser - what the line of column names says
 * @list: where the rows go
 * @columns: of the text, @count of them
 * @blank: a row in which each value is 0 or empty
 * @row: the row that is being parsed, with all columns of the view
 */
struct rows_parser {
	struct list *list;
	struct column *columns;
	size_t count;
	union value *blank;
	union value *row;
};

static int find_field(const struct view *view, const char *name)
{
	int i;

	for (i = 0; i < view->count; i++)
		if (view_has(view, i) && !view->fields[i].made &&
		    !strcmp(view->fields[i].name, name))
			return i;

	return -1;
}

/* Sets what a row needs to know before it is parsed. */
static void prepare_rows(struct rows_parser *parser)
{
	const struct view *view = parser->list->view;
	const size_t size = view->count * sizeof(*parser->row);
	struct column *column = parser->columns + parser->count;
	size_t numbers = 0;
	int field;

	while (column-- > parser->columns) {
		numbers = type_is_text(column->type) || column->type == ADDRESS ?
			  0 : numbers + 1;
		column->numbers = numbers;
	}
	parser->row = resize(NULL, 1, size);
	parser->blank = resize(NULL, 1, size);
	for (field = 0; field < view->count; field++)
		parser->blank[field] = type_is_text(view->fields[field].type) ?
				       (union value) { .text = "" } :
				       (union value) { .number = 0 };
}

static const char *parse_columns(struct rows_parser *parser, char *line)
{
	struct list *list = parser->list;
	const struct view *view = list->view;
	const int *required;
	static char wrong[64];
	struct column column;
	int field;

	list->has = resize(NULL, view->count, sizeof(*list->has));
	for (field = 0; field < view->count; field++)
		list->has[field] = view_has(view, field) &&
				   view->fields[field].made;
	while (line) {
		field = find_field(view, take(&line, '\t'));
		if (field >= 0 && list->has[field])
			return "a column is there twice";
		if (field >= 0)
			list->has[field] = true;
		column = (struct column) {
			.field = field,
			.type = field < 0 ? TEXT : view->fields[field].type,
		};
		parser->columns = grow(parser->columns, parser->count,
				       sizeof(column));
		parser->columns[parser->count++] = column;
	}
	for (required = view->required; required && *required >= 0; required++) {
		snprintf(wrong, sizeof(wrong), "no column %s",
			 view->fields[*required].name);
		if (!list->has[*required])
			return wrong;
	}
	prepare_rows(parser);

	return NULL;
}

static const char *parse_value(union value *value, enum type type,
			       const char *text)
{
	if (type_is_text(type))
		value->text = text;
	else if (type == ADDRESS && !parse_address(text, &value->number))
		return "not an address";
	else if (type != ADDRESS && !parse_number(text, &value->number))
		return "not a number";

	return NULL;
}

/*
 * Takes a cell that is a number of up to 19 digits, which cannot overflow; false for
 * any other cell, which stays.
 */
static bool take_number(char **line, uint64_t *number)
{
	const char *at = *line;
	unsigned int digit;
	uint64_t value = 0;

	while ((digit = (unsigned char)*at - '0') < 10) {
		value = 10 * value + digit;
		at++;
	}
	if (at == *line || at - *line > 19 || (*at && *at != '\t'))
		return false;
	*line = *at ? *line + (at - *line) + 1 : NULL;
	*number = value;

	return true;
}

/* Whether the next ZEROS cells are 0, and another one follows. */
#define ZEROS	4
static bool is_zeros(const char *line)
{
	int i;

	for (i = 0; i < ZEROS; i++, line += 2)
		if (line[0] != '0' || line[1] != '\t')
			return false;

	return true;
}

/* Parses a row, and checks each cell. Columns that the text lacks become 0 or empty. */
static const char *parse_row(void *to, char *line)
{
	const struct rows_parser *parser = to;
	const struct view *view = parser->list->view;
	const struct column *column = parser->columns;
	const struct column *const end = column + parser->count;
	union value *row = parser->row;
	const char *wrong, *cell;

	memcpy(row, parser->blank, view->count * sizeof(*row));
	for (; column < end; column++) {
		/* most cells are 0, as is the row */
		if (column->numbers >= ZEROS && line && is_zeros(line)) {
			line += 2 * ZEROS;
			column += ZEROS - 1;
			continue;
		}
		if (column->numbers && line &&
		    take_number(&line, &row[column->field].number))
			continue;
		cell = take(&line, '\t');
		if (!cell)
			return "fewer cells than columns";
		wrong = column->field < 0 ? NULL :
			parse_value(&row[column->field], column->type, cell);
		if (wrong)
			return wrong;
	}
	if (line)
		return "more cells than columns";
	wrong = view->check ? view->check(row) : NULL;
	if (!wrong)
		list_take(parser->list, row);

	return wrong;
}

static const char *parse_list(struct list *list, const struct view *view,
			      struct parser *parser, const struct kept *kept)
{
	struct rows_parser rows = { .list = list };
	char *line = take_line(parser);
	const char *wrong = truncated;

	list->view = view;
	list->present = true;
	list->width = view->count;
	if (kept && kept->view == view)
		list_narrow(list, kept);
	if (line)
		wrong = parse_columns(&rows, line);
	if (!wrong)
		wrong = parse_rows(parser, &list->cost, parse_row, &rows);
	free(rows.columns);
	free(rows.blank);
	free(rows.row);

	return wrong;
}

/* Files */

#define VIEWS(X) X(vmas) X(tables) X(map) X(walk) X(processes) X(shootdowns) \
		 X(invalidations) X(initiators)

/* @title: `# pagetree FILE abi N` */
static const char *parse_file(struct model *model, struct parser *parser,
			      char *title)
{
	static const char *const geometry_keys[] = {
		"levels", "table_bytes", "entry_bytes1", "entry_bytes2", NULL
	};
	static const char *const summary_keys[] = {
		"pid", "levels", "vmas", "vma_bytes", NULL
	};
	const bool ours = !strncmp(title, "# pagetree ", 11);
	const char *file;
	uint64_t abi;

	title += ours ? 11 : 0;
	file = take(&title, ' ');
	if (!ours || !title || strncmp(title, "abi ", 4) ||
	    !parse_number(title + 4, &abi))
		return "not a file of pagetree";
	if (abi != PAGETREE_ABI)
		return "written by another version: unknown abi";

	if (!strcmp(file, "geometry") && !model->geometry.present) {
		model->geometry.present = true;
		return parse_pairs(&model->geometry, parser, geometry_keys);
	}
	if (!strcmp(file, "summary") && !model->summary.present) {
		model->summary.present = true;
		return parse_pairs(&model->summary, parser, summary_keys);
	}
#define X(name)								\
	if (!strcmp(file, #name) && !model->name.present)		\
		return parse_list(&model->name, &view_##name, parser, model->kept);
	VIEWS(X)
#undef X

	return "neither a file that is known, nor the first of its kind";
}

/* @title: `# captured PATH LINES`; LINES lines follow */
static const char *parse_captured(struct model *model, struct parser *parser,
				  char *title)
{
	struct captured captured = { 0 };
	uint64_t lines;
	char *line;

	title += strlen(CAPTURED);
	captured.path = take(&title, ' ');
	if (!title || !parse_number(title, &lines))
		return "not a path and a number of lines";
	captured.text = parser->next;
	while (lines--) {
		line = take_line(parser);
		if (!line)
			return "truncated: fewer lines than were captured";
		/* the lines stay one text */
		line[strlen(line)] = '\n';
	}
	parser->line++;
	if (strncmp(parser->next, "# end\n", 6))
		return "no line '# end' behind what was captured";
	*parser->next = '\0';
	parser->next += 6;
	model->captured = grow(model->captured, model->captured_count,
			       sizeof(captured));
	model->captured[model->captured_count++] = captured;

	return NULL;
}

const char *model_parse(struct model *model, char *text, size_t *line)
{
	struct parser parser = { .next = text };
	const char *wrong = NULL;
	char *title;

	texts_keep(&model->texts, text);
	do {
		title = take_line(&parser);
		if (!title)
			wrong = truncated;
		else if (!strncmp(title, CAPTURED, strlen(CAPTURED)))
			wrong = parse_captured(model, &parser, title);
		else
			wrong = parse_file(model, &parser, title);
	} while (!wrong && *parser.next);
	*line = parser.line;

	return wrong;
}

const struct list *model_list(const struct model *model, const char *name)
{
#define X(list)								\
	if (model->list.present && !strcmp(name, #list))		\
		return &model->list;
	VIEWS(X)
#undef X

	return NULL;
}

bool model_is_complete(const struct model *model)
{
#define X(name)								\
	if (model->name.present && !model->name.cost.complete)		\
		return false;
	X(geometry) X(summary) VIEWS(X)
#undef X

	return true;
}

void model_free(struct model *model)
{
	texts_free(&model->texts);
	free(model->geometry.pairs);
	free(model->summary.pairs);
#define X(name) list_free(&model->name);
	VIEWS(X)
#undef X
	free(model->captured);
	*model = (struct model) { 0 };
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

const struct field_info fields[FIELDS] = {
#define X(name, type, meaning) [FIELD_##name] = { #name, type, 0, meaning },
	PAGETREE_VMA_FIELDS(X)
	PAGETREE_TOTAL_FIELDS(X)
#undef X
#define AT(level, name, lowest, highest, type, meaning)			\
	[FIELD_##name + level - 1] = {					\
		level >= lowest && level <= highest ? #name #level : NULL, \
		type, level, meaning },
#define X(...) AT(1, __VA_ARGS__) AT(2, __VA_ARGS__) AT(3, __VA_ARGS__)	\
	       AT(4, __VA_ARGS__) AT(5, __VA_ARGS__)
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#undef AT
#define AT(number, name, lowest, highest, type, meaning)		\
	[FIELD_##name + number] = {					\
		number >= lowest && number <= highest ? #name #number : NULL, \
		type, number, meaning },
#define X(...)								\
	AT(0, __VA_ARGS__) AT(1, __VA_ARGS__) AT(2, __VA_ARGS__)	\
	AT(3, __VA_ARGS__) AT(4, __VA_ARGS__) AT(5, __VA_ARGS__)	\
	AT(6, __VA_ARGS__) AT(7, __VA_ARGS__) AT(8, __VA_ARGS__)	\
	AT(9, __VA_ARGS__) AT(10, __VA_ARGS__) AT(11, __VA_ARGS__)	\
	AT(12, __VA_ARGS__) AT(13, __VA_ARGS__) AT(14, __VA_ARGS__)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(...)								\
	AT(12, __VA_ARGS__) AT(13, __VA_ARGS__) AT(14, __VA_ARGS__)	\
	AT(15, __VA_ARGS__) AT(16, __VA_ARGS__) AT(17, __VA_ARGS__)	\
	AT(18, __VA_ARGS__) AT(19, __VA_ARGS__) AT(20, __VA_ARGS__)	\
	AT(21, __VA_ARGS__) AT(22, __VA_ARGS__) AT(23, __VA_ARGS__)	\
	AT(24, __VA_ARGS__) AT(25, __VA_ARGS__) AT(26, __VA_ARGS__)	\
	AT(27, __VA_ARGS__) AT(28, __VA_ARGS__) AT(29, __VA_ARGS__)	\
	AT(30, __VA_ARGS__)
	PAGETREE_SIZE_FIELDS(X)
#undef X
#undef AT
	[FIELD_name] = { "name", TEXT, 0, "file, [heap], [stack] or [vdso]" },
	[FIELD_size] = { "size", BYTES, 0, "from start to end" },
	[FIELD_all_tables] = { "tables", TABLES, 0,
		"tables first used by this VMA, of all levels" },
	[FIELD_nonpresent] = { "nonpresent", ENTRIES, 0,
		"swap, migration, hwpoison, device and marker entries" },
};

const struct field_info shootdown_fields[SHOOTDOWN_FIELDS] = {
#define X(name, type, meaning) { #name, type, 0, meaning },
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
};

bool field_is_counter(enum field field)
{
	return field >= FIELD_leaf && field < FIELD_name && fields[field].name;
}

bool parse_number(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *text - '0', &value))
			return false;
	}
	*number = value;

	return true;
}

bool parse_address(const char *text, uint64_t *number)
{
	size_t digits;

	if (strncmp(text, "0x", 2))
		return false;
	digits = strspn(text + 2, "0123456789abcdef");
	if (!digits || digits > 16 || text[2 + digits])
		return false;
	*number = strtoull(text + 2, NULL, 16);

	return true;
}

static const char truncated[] = "truncated: no line '# cost' ends the file";

/* Where the parser is: @line is the number of the line taken last. */
struct parser {
	char *next;
	size_t line;
};

/* The next line, without its newline; NULL if there is none or it has none. */
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

/* Parses up to the cost line; each row goes to @parse_row. */
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

const struct pair *pairs_find(const struct pairs *pairs, const char *key)
{
	size_t i;

	for (i = 0; i < pairs->count; i++)
		if (!strcmp(pairs->pairs[i].key, key))
			return &pairs->pairs[i];

	return NULL;
}

uint64_t pairs_number(const struct pairs *pairs, const char *key)
{
	const struct pair *pair = pairs_find(pairs, key);

	return pair && pair->is_number ? pair->number : 0;
}

uint64_t pairs_level(const struct pairs *pairs, const char *key,
		     unsigned int level)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%u", key, level);

	return pairs_number(pairs, name);
}

static const char *parse_pair(void *to, char *line)
{
	struct pairs *pairs = to;
	struct pair pair = { .key = take(&line, '\t') };

	if (!line || strchr(line, '\t'))
		return "not a key and a value";
	pair.text = line;
	pair.is_number = parse_number(line, &pair.number);
	pairs->pairs = room(pairs->pairs, pairs->count, sizeof(pair));
	pairs->pairs[pairs->count++] = pair;

	return NULL;
}

/* @required: keys that nothing can be said without; the last is NULL */
static const char *parse_pairs(struct pairs *pairs, struct parser *parser,
			       const char *const *required)
{
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
			return "above, a value is not a number";
	}
	for (field = 0; field < FIELDS; field++) {
		if (!field_is_counter(field))
			continue;
		pair = pairs_find(pairs, fields[field].name);
		if (pair && !pair->is_number)
			return "above, a value is not a number";
	}
	if (pairs_number(pairs, "levels") < 2 ||
	    pairs_number(pairs, "levels") > PAGETREE_LEVELS)
		return "above, an impossible number of levels";

	return NULL;
}

/* Columns and rows */

/* struct rows_parser - which of the columns that we know each column is */
struct rows_parser {
	const struct field_info *known;
	size_t known_count;
	bool *has;	/* of each that we know */
	int *fields;	/* of each that the text has; -1: unknown */
	size_t columns;
};

static int find_field(const struct rows_parser *parser, const char *name)
{
	size_t i;

	for (i = 0; i < parser->known_count; i++)
		if (parser->known[i].name &&
		    !strcmp(parser->known[i].name, name))
			return i;

	return -1;
}

static const char *parse_columns(struct rows_parser *parser, char *line)
{
	int field;

	while (line) {
		field = find_field(parser, take(&line, '\t'));
		if (field >= 0 && parser->has[field])
			return "a column is there twice";
		if (field >= 0)
			parser->has[field] = true;
		parser->fields = room(parser->fields, parser->columns,
				      sizeof(*parser->fields));
		parser->fields[parser->columns++] = field;
	}

	return NULL;
}

static const char *parse_value(union value *value, enum type type,
			       const char *text)
{
	switch (type) {
	case TEXT:
		value->text = text;
		return NULL;
	case ADDRESS:
		return parse_address(text, &value->number) ? NULL :
							     "not an address";
	default:
		return parse_number(text, &value->number) ? NULL :
							    "not a number";
	}
}

/* A row, into the values of the columns that we know. */
static const char *parse_cells(const struct rows_parser *parser,
			       union value *values, char *line)
{
	const char *wrong, *cell;
	size_t i;
	int field;

	for (i = 0; i < parser->columns; i++) {
		cell = take(&line, '\t');
		if (!cell)
			return "fewer cells than columns";
		field = parser->fields[i];
		if (field < 0)
			continue;
		wrong = parse_value(&values[field], parser->known[field].type,
				    cell);
		if (wrong)
			return wrong;
	}

	return line ? "more cells than columns" : NULL;
}

/* vmas */

struct vmas_parser {
	struct rows_parser columns;
	struct vmas *vmas;
};

static const char *parse_vmas_columns(struct vmas_parser *parser, char *line)
{
	struct vmas *vmas = parser->vmas;
	const char *wrong = parse_columns(&parser->columns, line);

	if (wrong)
		return wrong;
#define X(name, ...)							\
	if (!vmas->has[FIELD_##name])					\
		return "no column " #name;
	PAGETREE_VMA_FIELDS(X)
	X(name)
#undef X
	vmas->has[FIELD_size] = true;
	vmas->has[FIELD_all_tables] = vmas->has[FIELD_tables];
	vmas->has[FIELD_nonpresent] = vmas->has[FIELD_swap];

	return NULL;
}

static uint64_t sum_levels(const struct row *row, enum field field)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < PAGETREE_LEVELS; i++)
		sum += row->values[field + i].number;

	return sum;
}

static const char *parse_vma(void *to, char *line)
{
	struct vmas_parser *parser = to;
	struct vmas *vmas = parser->vmas;
	const char *wrong;
	struct row *row;

	vmas->rows = room(vmas->rows, vmas->count, sizeof(*row));
	row = &vmas->rows[vmas->count];
	memset(row, 0, sizeof(*row));

	wrong = parse_cells(&parser->columns, row->values, line);
	if (wrong)
		return wrong;
	if (row->values[FIELD_end].number <= row->values[FIELD_start].number)
		return "ends before it starts";

	row->values[FIELD_size].number = row->values[FIELD_end].number -
					 row->values[FIELD_start].number;
	row->values[FIELD_all_tables].number = sum_levels(row, FIELD_tables);
	row->values[FIELD_nonpresent].number =
		sum_levels(row, FIELD_swap) + sum_levels(row, FIELD_migration) +
		sum_levels(row, FIELD_hwpoison) +
		sum_levels(row, FIELD_device) + sum_levels(row, FIELD_marker);
	vmas->count++;

	return NULL;
}

static const char *parse_vmas(struct vmas *vmas, struct parser *parser)
{
	struct vmas_parser rows = {
		/* those behind the name are made of the others */
		.columns = { fields, FIELD_name + 1, vmas->has, NULL, 0 },
		.vmas = vmas,
	};
	char *line = take_line(parser);
	const char *wrong = truncated;

	if (line)
		wrong = parse_vmas_columns(&rows, line);
	if (!wrong)
		wrong = parse_rows(parser, &vmas->cost, parse_vma, &rows);
	free(rows.columns.fields);

	return wrong;
}

/* shootdowns */

struct shootdowns_parser {
	struct rows_parser columns;
	struct shootdowns *shootdowns;
};

static const char *parse_shootdown(void *to, char *line)
{
	struct shootdowns_parser *parser = to;
	struct shootdowns *shootdowns = parser->shootdowns;
	struct shootdown *row;
	const char *wrong;

	shootdowns->rows = room(shootdowns->rows, shootdowns->count,
				sizeof(*row));
	row = &shootdowns->rows[shootdowns->count];
	memset(row, 0, sizeof(*row));
	row->ended.text = "";
	row->mechanism.text = "";
	wrong = parse_cells(&parser->columns, row->values, line);
	if (wrong)
		return wrong;
	if (!row->n.number)
		return "no round was done";
	shootdowns->count++;

	return NULL;
}

static const char *parse_shootdowns(struct shootdowns *shootdowns,
				    struct parser *parser)
{
	struct shootdowns_parser rows = {
		.columns = { shootdown_fields, SHOOTDOWN_FIELDS,
			     shootdowns->has, NULL, 0 },
		.shootdowns = shootdowns,
	};
	char *line = take_line(parser);
	const char *wrong = truncated;

	if (line)
		wrong = parse_columns(&rows.columns, line);
	/* without these nobody knows what a row is about */
#define X(name)								\
	if (!wrong && !shootdowns->has[SHOOTDOWN_##name])		\
		wrong = "no column " #name;
	X(seq) X(scope) X(n) X(tag)
#undef X
	if (!wrong)
		wrong = parse_rows(parser, &shootdowns->cost, parse_shootdown,
				   &rows);
	free(rows.columns.fields);

	return wrong;
}

/* All */

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
	const char *file;
	uint64_t abi;

	if (strncmp(title, "# pagetree ", 11))
		return "not a file of pagetree";
	title += 11;
	file = take(&title, ' ');
	if (!title || strncmp(title, "abi ", 4) ||
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
	if (!strcmp(file, "vmas") && !model->vmas.present) {
		model->vmas.present = true;
		return parse_vmas(&model->vmas, parser);
	}
	if (!strcmp(file, "shootdowns") && !model->shootdowns.present) {
		model->shootdowns.present = true;
		return parse_shootdowns(&model->shootdowns, parser);
	}

	return "neither the first geometry, nor summary, vmas or shootdowns";
}

const char *model_parse(struct model *model, char *text, size_t *line)
{
	struct parser parser = { .next = text };
	const char *wrong = NULL;
	char *title;

	model->texts = room(model->texts, model->count, sizeof(char *));
	model->texts[model->count++] = text;

	do {
		title = take_line(&parser);
		wrong = title ? parse_file(model, &parser, title) : truncated;
	} while (!wrong && *parser.next);
	*line = parser.line;

	return wrong;
}

bool model_is_complete(const struct model *model)
{
	return (!model->geometry.present || model->geometry.cost.complete) &&
	       (!model->summary.present || model->summary.cost.complete) &&
	       (!model->vmas.present || model->vmas.cost.complete) &&
	       (!model->shootdowns.present || model->shootdowns.cost.complete);
}

void model_free(struct model *model)
{
	while (model->count)
		free(model->texts[--model->count]);
	free(model->texts);
	free(model->geometry.pairs);
	free(model->summary.pairs);
	free(model->vmas.rows);
	free(model->shootdowns.rows);
	*model = (struct model) { 0 };
}

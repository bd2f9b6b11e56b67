// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "output/columns.h"
#include "output/json.h"
#include "output/table.h"

/* Which columns */

/* Appends one unless it is there; returns the new count. */
static size_t add(int *list, size_t count, int field)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == field)
			return count;
	list[count] = field;

	return count + 1;
}

int columns_find(const struct view *view, const char *name, size_t len)
{
	int field;

	for (field = 0; field < view->count; field++)
		if (view_has(view, field) && len &&
		    !strncasecmp(name, view->fields[field].name, len) &&
		    !view->fields[field].name[len])
			return field;

	return -1;
}

const char *columns_parse(struct style *style, const struct view *view,
			  const char *list)
{
	int field;
	size_t len;

	free(style->chosen);
	style->chosen = resize(NULL, view->count, sizeof(*style->chosen));
	style->count = 0;
	style->defaults = *list == '+';
	list += style->defaults;
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		field = columns_find(view, list, len);
		if (field < 0)
			return "no such column";
		style->count = add(style->chosen, style->count, field);
		if (!list[len])
			return NULL;
	}
}

static bool is_among(const int *list, int field)
{
	for (; *list >= 0; list++)
		if (*list == field)
			return true;

	return false;
}

/* Whether a default column says anything; scripts get each. */
static bool is_wanted(const struct list *list, int field, bool exact)
{
	uint64_t number;
	size_t i;

	if (exact || !is_among(list->view->quiet, field))
		return true;
	for (i = 0; i < list->count; i++) {
		number = list_row(list, i)[field].number;
		if (number && number != UNKNOWN)
			return list->has[field];
	}

	return false;
}

/* What is shown in the end, of a view with so many columns; returns how many. */
static size_t choose(const struct list *list, const struct style *style,
		     int *chosen)
{
	const struct view *view = list->view;
	/* JSON has each column, unless -o says otherwise */
	const bool json = style->format == FORMAT_JSON;
	const bool all = style->all ||
			 (json && (!style->chosen || style->defaults));
	const int *field;
	size_t i, count = 0;
	int other;

	if (!json && (all || !style->chosen || style->defaults))
		for (field = view->defaults; *field >= 0; field++)
			if (is_wanted(list, *field,
				      all || style->format != FORMAT_TABLE))
				count = add(chosen, count, *field);
	for (i = 0; i < style->count; i++)
		count = add(chosen, count, style->chosen[i]);
	for (other = 0; all && other < view->count; other++)
		if (view_has(view, other))
			count = add(chosen, count, other);

	return count;
}

/* What cells say */

static bool is_text(enum type type)
{
	return type <= PROSE;
}

static bool is_real(enum type type)
{
	return type == PERCENT || type == RATIO;
}

static bool is_known(union value value, enum type type)
{
	return is_text(type) ? value.text != NULL : value.number != UNKNOWN;
}

/* A cell; @exact: for scripts */
static char *cell(const struct list *list, const union value *row, int field,
		  const struct style *style)
{
	const enum type type = list->view->fields[field].type;
	const bool exact = style->format != FORMAT_TABLE;
	const union value value = row[field];

	if (!list->has[field])
		return format("-");
	if (!is_known(value, type))
		return format("%s", exact ? "-" : "");
	switch (type) {
	case TEXT:
	case NAME:
	case PROSE:
		/* a raw cell is never empty, so that they can be counted */
		return format("%s", style->format == FORMAT_RAW && !*value.text ?
				    "-" : value.text);
	case ADDRESS:
		return format("0x%" PRIx64, value.number);
	case BYTES:
		return size_text(value.number, exact || style->bytes);
	case PERCENT:
		return format(exact ? "%.1f" : "%.1f%%", value.real);
	case RATIO:
		return format("%.2f", value.real);
	default:
		return format("%" PRIu64, value.number);
	}
}

static char *upper(const char *name)
{
	char *text = format("%s", name), *c;

	for (c = text; *c; c++)
		*c = toupper(*c);

	return text;
}

/*
 * The name, which in pairs is what a shell calls it; else of bytes1, bytes2...
 * the size of the pages, if known.
 */
static char *heading(const struct list *list, int field,
		     const struct pairs *geometry, const struct style *style)
{
	const struct field_info *info = &list->view->fields[field];

	if (list->view->fields != fields || style->format == FORMAT_PAIRS)
		return upper(info->name);
	if (field >= FIELD_bytes && field <= FIELD_bytes_highest &&
	    geometry->present)
		return size_text(pairs_level(geometry, "entry_bytes",
					     info->level), false);
	if (field == FIELD_hole_bytes)
		return format("HOLES");

	return upper(info->name);
}

/* Which rows, in which order */

struct order {
	const struct list *list;
	const struct style *style;
};

static int compare(const void *a, const void *b, void *arg)
{
	const size_t first = *(const size_t *)a, second = *(const size_t *)b;
	const struct order *order = arg;
	const int field = order->style->sort;
	const enum type type = order->list->view->fields[field].type;
	const union value x = list_row(order->list, first)[field];
	const union value y = list_row(order->list, second)[field];
	int result;

	if (!is_known(x, type) || !is_known(y, type))
		result = is_known(x, type) - is_known(y, type);
	else if (is_text(type))
		result = strcmp(x.text, y.text);
	else if (is_real(type))
		result = (x.real > y.real) - (x.real < y.real);
	else
		result = (x.number > y.number) - (x.number < y.number);

	/* of equals the first comes first */
	return result ? result : (first > second) - (first < second);
}

#ifdef HAVE_SCOLS_FILTER
void columns_check_filter(const char *expression)
{
	table_filter_parse(expression);
}

/* Drops the rows that do not pass, by a table that is never printed. */
static size_t filter(const struct list *list, const struct style *style,
		     size_t *rows, size_t count)
{
	const struct style exact = { .format = FORMAT_JSON };
	const struct view *view = list->view;
	const union value *row;
	struct libscols_table *table = table_new(true, true);
	struct libscols_line *line;
	size_t i, passed = 0, column;
	int field;

	for (field = 0; field < view->count; field++)
		if (view_has(view, field))
			table_filter_column(table, view->fields[field].name,
					    is_text(view->fields[field].type) ?
						    TABLE_IS_TEXT :
					    is_real(view->fields[field].type) ?
						    TABLE_IS_REAL :
					    view->fields[field].type == ADDRESS ?
						    TABLE_IS_TEXT :
						    TABLE_IS_NUMBER);
	table_filter(table, style->filter);
	for (i = 0; i < count; i++) {
		line = table_line(table);
		row = list_row(list, rows[i]);
		/* what is not known has no cell, and passes nothing */
		for (field = 0, column = 0; field < view->count; field++) {
			if (!view_has(view, field))
				continue;
			if (list->has[field] &&
			    is_known(row[field], view->fields[field].type))
				table_cell(line, column,
					   cell(list, row, field, &exact));
			column++;
		}
		if (table_passes(table, line))
			rows[passed++] = rows[i];
	}
	table_free(table);

	return passed;
}
#else
void columns_check_filter(const char *expression)
{
	(void)expression;
	usage("--filter: this libsmartcols cannot, 2.40 can: jq can filter --json");
}

static size_t filter(const struct list *list, const struct style *style,
		     size_t *rows, size_t count)
{
	(void)list;
	(void)style;
	(void)rows;

	return count;
}
#endif

/* The numbers of the rows that are shown; how many goes to @count. */
static size_t *arrange(const struct list *list, const struct style *style,
		       size_t *count)
{
	size_t *rows = resize(NULL, list->count + 1, sizeof(*rows)), i;
	struct order order = { list, style };

	for (i = 0; i < list->count; i++)
		rows[i] = i;
	*count = list->count;
	if (style->filter)
		*count = filter(list, style, rows, *count);
	if (style->sort >= 0 && *count)
		qsort_r(rows, *count, sizeof(*rows), compare, &order);

	return rows;
}

/* Whether rows hang below each other: as a table, in their own order. */
static bool is_tree(const struct list *list, const struct style *style,
		    const int *chosen, size_t columns)
{
	const struct view *view = list->view;
	size_t i;

	for (i = 0; i < columns && chosen[i] != view->tree; i++)
		;

	return view->tree != view->parent && i < columns &&
	       style->format == FORMAT_TABLE && style->sort < 0;
}

/* A line below that of the row's parent, or of the next above that is shown. */
static struct libscols_line *branch(struct libscols_table *table,
				    const struct list *list,
				    struct libscols_line **lines, size_t row)
{
	const int parent = list->view->parent;
	uint64_t above = list_row(list, row)[parent].number;

	while (above && !lines[above - 1])
		above = list_row(list, above - 1)[parent].number;
	lines[row] = table_branch(table, above ? lines[above - 1] : NULL);

	return lines[row];
}

void columns_print(const struct list *list, const struct pairs *geometry,
		   const struct style *style, pid_t pid)
{
	struct libscols_table *table = table_new(style->format == FORMAT_RAW,
						 style->headings);
	const struct view *view = list->view;
	int *chosen = resize(NULL, view->count, sizeof(*chosen));
	const size_t columns = choose(list, style, chosen);
	const size_t first = pid != 0;
	const bool tree = is_tree(list, style, chosen, columns);
	size_t count, *rows = arrange(list, style, &count), i, j;
	struct libscols_line *line, **lines = NULL;
	const union value *row;
	const char *color;
	enum type type;
	char *text;

	if (tree) {
		lines = resize(NULL, list->count + 1, sizeof(*lines));
		memset(lines, 0, list->count * sizeof(*lines));
	}
	if (style->format == FORMAT_PAIRS)
		table_pairs(table);
	if (pid)
		table_column(table, "PID", TABLE_RIGHT);
	for (i = 0; i < columns; i++) {
		text = heading(list, chosen[i], geometry, style);
		type = view->fields[chosen[i]].type;
		table_column(table, text,
			     tree && chosen[i] == view->tree ? TABLE_TREE :
			     type == NAME ? TABLE_CUT :
			     type == PROSE ? TABLE_WRAP :
			     type == TEXT ? 0 : TABLE_RIGHT);
		free(text);
	}
	for (i = 0; i < count; i++) {
		line = tree ? branch(table, list, lines, rows[i]) :
			      table_line(table);
		if (pid)
			table_cell(line, 0, format("%d", pid));
		for (j = 0; j < columns; j++) {
			row = list_row(list, rows[i]);
			table_cell(line, first + j,
				   cell(list, row, chosen[j], style));
			color = view->color ? view->color(row, chosen[j]) : NULL;
			if (color && style->format == FORMAT_TABLE)
				table_color(line, first + j, color);
		}
	}
	table_print(table);
	free(lines);
	free(rows);
	free(chosen);
}

static void print_value(const struct field_info *field, bool has,
			union value value)
{
	if (!has || !is_known(value, field->type))
		json_null(field->name);
	else if (is_text(field->type))
		json_string(field->name, value.text);
	else if (field->type == ADDRESS)
		json_address(field->name, value.number);
	else if (is_real(field->type))
		json_real(field->name, value.real);
	else
		json_number(field->name, value.number);
}

void columns_json(const struct list *list, const struct style *style)
{
	const struct view *view = list->view;
	int *chosen = resize(NULL, view->count, sizeof(*chosen));
	const size_t columns = choose(list, style, chosen);
	size_t count, *rows = arrange(list, style, &count), i, j;

	json_open(view->name, '[');
	for (i = 0; i < count; i++) {
		json_open(NULL, '{');
		for (j = 0; j < columns; j++)
			print_value(&view->fields[chosen[j]],
				    list->has[chosen[j]],
				    list_row(list, rows[i])[chosen[j]]);
		json_close('}');
	}
	json_close(']');
	free(rows);
	free(chosen);
}

/* Its length without the number that it may end in. */
static size_t stem(const char *name)
{
	size_t len = strlen(name);

	while (len && isdigit((unsigned char)name[len - 1]))
		len--;

	return len;
}

void columns_help(const struct view *view, const char *title)
{
	static const char *const types[] = {
		[TEXT] = "text", [NAME] = "text", [PROSE] = "text",
		[ADDRESS] = "address", [BYTES] = "bytes",
		[ENTRIES] = "entries", [TABLES] = "tables",
		[BLOCKS] = "blocks", [COUNT] = "number", [NS] = "ns",
		[PERCENT] = "percent", [RATIO] = "ratio",
	};
	const struct field_info *info = view->fields;
	int field, last;
	size_t len;
	char *name;

	puts(title);
	for (field = 0; field < view->count; field = last + 1) {
		last = field;
		if (!view_has(view, field))
			continue;
		/* one line for all that differ in the number behind the name */
		len = stem(info[field].name);
		while (info[field].name[len] && last + 1 < view->count &&
		       view_has(view, last + 1) &&
		       stem(info[last + 1].name) == len &&
		       info[last + 1].name[len] &&
		       !strncmp(info[last + 1].name, info[field].name, len))
			last++;
		name = field == last ? format("%s", info[field].name) :
			format("%s-%u", info[field].name, info[last].level);
		printf("  %-12s <%s> %s\n", name, types[info[field].type],
		       info[field].meaning);
		free(name);
	}
}

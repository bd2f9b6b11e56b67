// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "output/document.h"
#include "output/table.h"

struct document document_begin(const struct style *style)
{
	struct document document = {
		.style = style,
		.json.on = style->format == FORMAT_JSON,
	};

	json_open(&document.json, NULL, '{');
	json_open(&document.json, "pagetree", '{');
	json_number(&document.json, "schema", JSON_SCHEMA);

	return document;
}

void document_end(struct document *document)
{
	json_close(&document->json, '}');
	json_close(&document->json, '}');
}

bool document_has_text(const struct document *document)
{
	return document->style->format == FORMAT_TABLE &&
	       document->style->headings;
}

void document_text(const struct document *document, const char *fmt, ...)
{
	va_list args;

	if (!document_has_text(document))
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

/* Lists */

/* Whether to draw a tree: in a table, and in the order of the rows only. */
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

/* A line below the nearest ancestor of the row that is shown. */
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

static void print_table(const struct list *list, const struct pairs *geometry,
			const struct style *style, pid_t pid)
{
	struct libscols_table *table = table_new(style->format == FORMAT_RAW,
						 style->headings);
	const struct view *view = list->view;
	int *chosen = resize(NULL, view->count, sizeof(*chosen));
	const size_t columns = columns_choose(list, style, chosen);
	const size_t first = pid != 0;
	const bool tree = is_tree(list, style, chosen, columns);
	size_t count, *rows = columns_arrange(list, style, &count), i, j;
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
		text = columns_heading(list, chosen[i], geometry, style);
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
				   columns_cell(list, row, chosen[j], style));
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

static void print_json(struct json *json, const struct list *list,
		       const struct style *style)
{
	const struct view *view = list->view;
	int *chosen = resize(NULL, view->count, sizeof(*chosen));
	const size_t columns = columns_choose(list, style, chosen);
	size_t count, *rows = columns_arrange(list, style, &count), i, j;

	json_open(json, view->name, '[');
	for (i = 0; i < count; i++) {
		json_open(json, NULL, '{');
		for (j = 0; j < columns; j++) {
			if (list->has[chosen[j]])
				json_value(json, &view->fields[chosen[j]],
					   list_row(list, rows[i])[chosen[j]]);
			else
				json_null(json, view->fields[chosen[j]].name);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
	free(rows);
	free(chosen);
}

void document_list(struct document *document, const struct list *list,
		   const struct pairs *geometry, pid_t pid)
{
	if (document->json.on)
		print_json(&document->json, list, document->style);
	else
		print_table(list, geometry, document->style, pid);
}

void document_table(const struct document *document, const struct list *list,
		    bool headings)
{
	struct style style = style_plain(document->style);
	const struct pairs none = { 0 };

	style.format = FORMAT_TABLE;
	style.headings = headings;
	if (!document->json.on)
		print_table(list, &none, &style, 0);
}

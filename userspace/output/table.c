// SPDX-License-Identifier: GPL-2.0-only
#include <libsmartcols.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "output/table.h"

/* The width if neither a terminal nor COLUMNS says one. */
#define WIDTH	100

/* libsmartcols fails only if memory runs out. */
static void check(bool good)
{
	if (!good)
		out_of_memory();
}

/* Whether stdout is a terminal with colors and NO_COLOR is not set (no-color.org). */
static bool wants_colors(void)
{
	const char *unwanted = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(unwanted && *unwanted) && terminal &&
	       strcmp(terminal, "dumb");
}

static struct libscols_table *new_table(const struct style *style)
{
	struct libscols_table *table = scols_new_table();
	const char *columns = getenv("COLUMNS");
	uint64_t width = columns ? strtoul(columns, NULL, 10) : 0;

	check(table);
	scols_table_enable_noheadings(table, !style->headings);
	scols_table_enable_colors(table, wants_colors());
	if (!isatty(STDOUT_FILENO)) {
		scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		/* no terminal is wider than USHRT_MAX */
		scols_table_set_termwidth(table, width && width <= USHRT_MAX ?
						 width : WIDTH);
	}

	return table;
}

/* Whether to draw a tree: only in a table whose rows keep their order. */
static bool is_tree(const struct list *list, const struct style *style,
		    const int *chosen, size_t columns)
{
	const struct view *view = list->view;
	size_t i;

	for (i = 0; i < columns && chosen[i] != view->tree; i++)
		;

	return view->tree != view->parent && i < columns &&
	       style->sort < 0;
}

static void add_columns(struct libscols_table *table, const struct list *list,
			const struct pairs *geometry, const struct style *style,
			const int *chosen, size_t columns)
{
	const bool tree = is_tree(list, style, chosen, columns);
	enum type type;
	char *heading;
	size_t i;

	for (i = 0; i < columns; i++) {
		heading = columns_heading(list, chosen[i], geometry, style);
		type = list->view->fields[chosen[i]].type;
		check(scols_table_new_column(table, heading, 0,
			tree && chosen[i] == list->view->tree ? SCOLS_FL_TREE :
			type == NAME ? SCOLS_FL_TRUNC :
			type == PROSE ? SCOLS_FL_WRAP :
			type == TEXT ? 0 : SCOLS_FL_RIGHT));
		free(heading);
	}
}

/* The line of the nearest ancestor of a row that has one; NULL if there is none. */
static struct libscols_line *parent_line(const struct list *list,
					 struct libscols_line **lines, size_t row)
{
	const int parent = list->view->parent;
	uint64_t above = list_value(list, row, parent).number;

	while (above && !lines[above - 1])
		above = list_value(list, above - 1, parent).number;

	return above ? lines[above - 1] : NULL;
}

static void add_cells(struct libscols_line *line, size_t first,
		      const struct list *list, size_t row,
		      const struct style *style, const int *chosen, size_t columns)
{
	const struct view *view = list->view;
	const char *color;
	size_t i;

	for (i = 0; i < columns; i++) {
		check(!scols_line_refer_data(line, first + i,
			columns_cell(list, row, chosen[i], style)));
		color = view->color ? view->color(list_row(list, row), chosen[i]) : NULL;
		if (color)
			check(!scols_cell_set_color(
				scols_line_get_cell(line, first + i), color));
	}
}

void table_print(const struct list *list, const struct pairs *geometry,
		 const struct style *style, pid_t pid)
{
	struct libscols_table *table = new_table(style);
	int *chosen = resize(NULL, list->view->count, sizeof(*chosen));
	const size_t columns = columns_choose(list, style, chosen);
	const bool tree = is_tree(list, style, chosen, columns);
	size_t count, *rows = columns_arrange(list, style, &count), i;
	struct libscols_line **lines, *parent;

	lines = resize(NULL, list->count + 1, sizeof(*lines));
	memset(lines, 0, list->count * sizeof(*lines));
	if (pid)
		check(scols_table_new_column(table, "PID", 0, SCOLS_FL_RIGHT));
	add_columns(table, list, geometry, style, chosen, columns);
	for (i = 0; i < count; i++) {
		parent = tree ? parent_line(list, lines, rows[i]) : NULL;
		lines[rows[i]] = scols_table_new_line(table, parent);
		check(lines[rows[i]]);
		if (pid)
			check(!scols_line_refer_data(lines[rows[i]], 0,
						     format("%d", pid)));
		add_cells(lines[rows[i]], pid != 0, list,
			  rows[i], style, chosen, columns);
	}
	check(!scols_print_table(table));
	scols_unref_table(table);
	free(lines);
	free(rows);
	free(chosen);
}

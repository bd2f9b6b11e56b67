// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <libsmartcols.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "output/table.h"
#include "output/width.h"

/* A column of names that is cut keeps this much. */
#define LEAST	12
/* To leave more than this to names that are cut, a table leaves out spare columns. */
#define ENOUGH	20
/* A column of prose that would be narrower is printed below each row. */
#define READABLE	48
#define INDENT	4

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

	check(table);
	scols_table_enable_noheadings(table, !style->headings);
	scols_table_enable_colors(table, wants_colors());
	/* the cells fit already, and a string is no terminal */
	scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table, terminal_width());

	return table;
}

/*
 * struct column - a column that is to be printed
 * @field: of the list; -1: the process
 * @type: of its values
 * @heading: a new string
 * @cells: a new string for each row
 * @width: of the heading and of all cells
 */
struct column {
	int field;
	enum type type;
	char *heading;
	char **cells;
	size_t width;
};

/*
 * struct grid - the cells of a table before libsmartcols gets them
 * @columns: side by side, @count of them
 * @below: prose that is printed below each row, @below_count of them
 * @rows: number of rows
 */
struct grid {
	struct column *columns;
	size_t count;
	struct column *below;
	size_t below_count;
	size_t rows;
};

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

/* The parent of a row, counted from 1; 0: it has none. */
static uint64_t parent_of(const struct list *list, size_t row)
{
	return list_value(list, row, list->view->parent).number;
}

/* The width of the lines that lead to a row of a tree. */
static size_t lines_width(const struct list *list, size_t row)
{
	size_t width = 0;
	uint64_t parent;

	for (parent = parent_of(list, row); parent;
	     parent = parent_of(list, parent - 1))
		width += 2;

	return width;
}

static void add_cell(struct column *column, size_t row, char *cell, size_t before)
{
	const size_t width = before + text_width(cell);

	column->cells[row] = cell;
	if (width > column->width)
		column->width = width;
}

static struct column *add_column(struct grid *grid, int field, enum type type,
				 char *heading)
{
	struct column *column = &grid->columns[grid->count++];

	*column = (struct column) {
		.field = field, .type = type, .heading = heading,
		.cells = resize(NULL, grid->rows + 1, sizeof(*column->cells)),
		.width = text_width(heading),
	};

	return column;
}

static void free_column(const struct column *column, size_t rows)
{
	size_t row;

	for (row = 0; row < rows; row++)
		free(column->cells[row]);
	free(column->cells);
	free(column->heading);
}

/* Takes a column out. */
static struct column take_column(struct grid *grid, size_t i)
{
	const struct column column = grid->columns[i];

	grid->count--;
	memmove(&grid->columns[i], &grid->columns[i + 1],
		(grid->count - i) * sizeof(column));

	return column;
}

/* Fitting a table into the terminal */

static bool is_narrowed(const struct column *column, size_t most)
{
	return (column->type == NAME || column->type == PROSE) &&
	       column->width > most;
}

static size_t narrowed(const struct column *column, size_t most)
{
	const size_t heading = text_width(column->heading);

	if (!is_narrowed(column, most))
		return column->width;

	return most > heading ? most : heading;
}

/* The width of a table whose columns of names and of prose are at most @most wide. */
static size_t grid_width(const struct grid *grid, size_t most)
{
	size_t width = grid->count ? grid->count - 1 : 0, i;

	for (i = 0; i < grid->count; i++)
		width += narrowed(&grid->columns[i], most);

	return width;
}

/* Moves prose below the rows. */
static void move_prose(struct grid *grid)
{
	size_t i = 0;

	while (i < grid->count) {
		if (grid->columns[i].type == PROSE)
			grid->below[grid->below_count++] = take_column(grid, i);
		else
			i++;
	}
}

/* Leaves out a column. Return: false if there is none. */
static bool leave_out(struct grid *grid, int field)
{
	struct column column;
	size_t i;

	for (i = 0; i < grid->count; i++) {
		if (grid->columns[i].field != field)
			continue;
		column = take_column(grid, i);
		free_column(&column, grid->rows);
		return true;
	}

	return false;
}

/* @spare: columns that may be left out, or NULL */
static void fit(struct grid *grid, size_t width, const int *spare)
{
	struct column *column;
	size_t most = width > LEAST ? width : LEAST, i, row;
	char **cell;

	if (grid_width(grid, READABLE) > width)
		move_prose(grid);
	while (spare && *spare >= 0 && grid_width(grid, ENOUGH) > width)
		leave_out(grid, *spare++);
	while (most > LEAST && grid_width(grid, most) > width)
		most--;
	for (i = 0; i < grid->count; i++) {
		column = &grid->columns[i];
		if (!is_narrowed(column, most))
			continue;
		column->width = narrowed(column, most);
		for (row = 0; row < grid->rows; row++) {
			cell = &column->cells[row];
			*cell = column->type == NAME ?
				text_cut(*cell, column->width) :
				text_break(*cell, column->width);
		}
	}
}

/* Printing */

static void set_columns(struct libscols_table *table, const struct grid *grid,
			int tree)
{
	const struct column *column;
	struct libscols_column *made;
	size_t i;

	for (i = 0; i < grid->count; i++) {
		column = &grid->columns[i];
		made = scols_table_new_column(table, column->heading, 0,
			column->field == tree ? SCOLS_FL_TREE :
			column->type == PROSE ? SCOLS_FL_WRAP :
			type_is_text(column->type) ? 0 : SCOLS_FL_RIGHT);
		check(made);
		if (column->type != PROSE)
			continue;
		check(!scols_column_set_safechars(made, "\n"));
		check(!scols_column_set_wrapfunc(made, scols_wrapnl_chunksize,
						 scols_wrapnl_nextchunk, NULL));
	}
}

/* The line of the nearest ancestor of a row that has one; NULL if there is none. */
static struct libscols_line *parent_line(const struct list *list,
					 struct libscols_line **lines, size_t row)
{
	uint64_t above = parent_of(list, row);

	while (above && !lines[above - 1])
		above = parent_of(list, above - 1);

	return above ? lines[above - 1] : NULL;
}

/* Gives the cells of a row to a line, which frees them. @row: of the list */
static void set_cells(struct libscols_line *line, struct grid *grid, size_t i,
		      const struct list *list, size_t row)
{
	const struct view *view = list->view;
	struct column *column;
	const char *color;
	size_t j;

	for (j = 0; j < grid->count; j++) {
		column = &grid->columns[j];
		check(!scols_line_refer_data(line, j, column->cells[i]));
		column->cells[i] = NULL;
		color = view->color && column->field >= 0 ?
			view->color(list_row(list, row), column->field) : NULL;
		if (color)
			check(!scols_cell_set_color(scols_line_get_cell(line, j),
						    color));
	}
}

/* Prints the prose of a row, below it. */
static void print_below(const struct grid *grid, const struct view *view,
			size_t row)
{
	const size_t width = terminal_width();
	const struct column *column;
	char *text, *line, *rest;
	size_t i;

	for (i = 0; i < grid->below_count; i++) {
		column = &grid->below[i];
		if (!*column->cells[row])
			continue;
		text = format("%s: %s", view->fields[column->field].name,
			      column->cells[row]);
		text = text_break(text, width > INDENT ? width - INDENT : 1);
		for (rest = text; (line = strsep(&rest, "\n")); )
			printf("%*s%s\n", INDENT, "", line);
		free(text);
	}
}

/* Prints a table and below each row its prose. */
static void print_between(struct libscols_table *table, const struct grid *grid,
			  const struct view *view)
{
	const bool headings = !scols_table_is_noheadings(table);
	char *text, *line, *rest;
	size_t i;

	check(!scols_print_table_to_string(table, &text));
	rest = text;
	for (i = 0; i < grid->rows + headings; i++) {
		line = strsep(&rest, "\n");
		puts(line ? line : "");
		if (i >= headings)
			print_below(grid, view, i - headings);
	}
	free(text);
}

void table_print(const struct list *list, const struct pairs *geometry,
		 const struct style *style, pid_t pid)
{
	struct libscols_table *table = new_table(style);
	const struct view *view = list->view;
	int *chosen = resize(NULL, view->count, sizeof(*chosen));
	const size_t columns = columns_choose(list, style, chosen);
	const bool tree = is_tree(list, style, chosen, columns);
	size_t count, *rows = columns_arrange(list, style, &count), i, j;
	struct libscols_line **lines, *parent;
	struct grid grid = { .rows = count };
	struct column *column;

	grid.columns = resize(NULL, columns + 1, sizeof(*grid.columns));
	grid.below = resize(NULL, columns + 1, sizeof(*grid.below));
	if (pid) {
		column = add_column(&grid, -1, COUNT, format("PID"));
		for (i = 0; i < count; i++)
			add_cell(column, i, format("%d", pid), 0);
	}
	for (j = 0; j < columns; j++) {
		column = add_column(&grid, chosen[j], view->fields[chosen[j]].type,
				    columns_heading(list, chosen[j], geometry, style));
		for (i = 0; i < count; i++)
			add_cell(column, i,
				 columns_cell(list, rows[i], chosen[j], style),
				 tree && chosen[j] == view->tree ?
				 lines_width(list, rows[i]) : 0);
	}
	fit(&grid, terminal_width(),
	    style->chosen || style->all ? NULL : view->spare);

	set_columns(table, &grid, tree ? view->tree : -2);
	lines = resize(NULL, list->count + 1, sizeof(*lines));
	memset(lines, 0, list->count * sizeof(*lines));
	for (i = 0; i < count; i++) {
		parent = tree ? parent_line(list, lines, rows[i]) : NULL;
		lines[rows[i]] = scols_table_new_line(table, parent);
		check(lines[rows[i]]);
		set_cells(lines[rows[i]], &grid, i, list, rows[i]);
	}
	if (grid.below_count && count)
		print_between(table, &grid, view);
	else
		check(!scols_print_table(table));
	for (i = 0; i < grid.count; i++)
		free_column(&grid.columns[i], grid.rows);
	for (i = 0; i < grid.below_count; i++)
		free_column(&grid.below[i], grid.rows);
	free(grid.columns);
	free(grid.below);
	scols_unref_table(table);
	free(lines);
	free(rows);
	free(chosen);
}

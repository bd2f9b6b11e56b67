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

/* Where neither a terminal nor COLUMNS gives a width. */
#define WIDTH	100

/* libsmartcols fails for want of memory only. */
static void check(bool good)
{
	if (!good)
		out_of_memory();
}

/* On a terminal that can, unless NO_COLOR is set (no-color.org). */
static bool wants_colors(void)
{
	const char *unwanted = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(unwanted && *unwanted) && terminal &&
	       strcmp(terminal, "dumb");
}

struct libscols_table *table_new(bool raw, bool headings)
{
	struct libscols_table *table = scols_new_table();
	const char *columns = getenv("COLUMNS");
	uint64_t width = columns ? strtoul(columns, NULL, 10) : 0;

	check(table);
	scols_table_enable_raw(table, raw);
	scols_table_enable_noheadings(table, !headings);
	scols_table_enable_colors(table, wants_colors());
	if (!isatty(STDOUT_FILENO)) {
		scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		/* no terminal is wider than USHRT_MAX */
		scols_table_set_termwidth(table, width && width <= USHRT_MAX ?
						 width : WIDTH);
	}

	return table;
}

void table_column(struct libscols_table *table, const char *heading, int flags)
{
	check(scols_table_new_column(table, heading, 0,
				     (flags & TABLE_CUT ? SCOLS_FL_TRUNC : 0) |
				     (flags & TABLE_WRAP ? SCOLS_FL_WRAP : 0) |
				     (flags & TABLE_TREE ? SCOLS_FL_TREE : 0) |
				     (flags & TABLE_RIGHT ? SCOLS_FL_RIGHT : 0)));
}

void table_pairs(struct libscols_table *table)
{
	check(!scols_table_enable_export(table, true));
	check(!scols_table_enable_shellvar(table, true));
}

struct libscols_line *table_branch(struct libscols_table *table,
				   struct libscols_line *parent)
{
	struct libscols_line *line = scols_table_new_line(table, parent);

	check(line);

	return line;
}

struct libscols_line *table_line(struct libscols_table *table)
{
	return table_branch(table, NULL);
}

void table_cell(struct libscols_line *line, size_t column, char *text)
{
	check(!scols_line_refer_data(line, column, text));
}

void table_color(struct libscols_line *line, size_t column, const char *color)
{
	check(!scols_cell_set_color(scols_line_get_cell(line, column), color));
}

void table_print(struct libscols_table *table)
{
	check(!scols_print_table(table));
	table_free(table);
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}

#ifdef HAVE_SCOLS_FILTER
/* One at a time, like the table it belongs to. */
static struct libscols_filter *current;

void table_filter_column(struct libscols_table *table, const char *name, int is)
{
	struct libscols_column *column = scols_table_new_column(table, name, 0, 0);

	check(column);
	/* returns 1 where its documentation says 0 */
	check(scols_column_set_data_type(column,
					 is == TABLE_IS_TEXT ? SCOLS_DATA_STRING :
					 is == TABLE_IS_REAL ? SCOLS_DATA_FLOAT :
							       SCOLS_DATA_U64) >= 0);
}

const char *table_filter(struct libscols_table *table, const char *expression)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_column *column;
	static char wrong[128];
	const char *name;

	check(iter);
	scols_unref_filter(current);
	current = scols_new_filter(NULL);
	check(current);
	*wrong = '\0';
	if (scols_filter_parse_string(current, expression)) {
		name = scols_filter_get_errmsg(current);
		snprintf(wrong, sizeof(wrong), "%s", name ? name : "makes no sense");
	}
	while (!*wrong && !scols_filter_next_holder(current, iter, &name, 0)) {
		column = scols_table_get_column_by_name(table, name);
		if (!column)
			snprintf(wrong, sizeof(wrong), "%s: no such column", name);
		else
			check(!scols_filter_assign_column(current, iter, name,
							  column));
	}
	scols_free_iter(iter);

	return *wrong ? wrong : NULL;
}

bool table_passes(struct libscols_line *line)
{
	int passes = 0;

	check(!scols_line_apply_filter(line, current, &passes));

	return passes;
}
#endif

// SPDX-License-Identifier: GPL-2.0-only
#include <libsmartcols.h>
#include <stdlib.h>
#include <unistd.h>

#include "pagetree.h"
#include "table.h"

/* Where no terminal says how wide it is, nor COLUMNS. */
#define WIDTH	100

static void check(bool good)
{
	if (!good)
		fail(EXIT_FAILURE, "out of memory");
}

struct libscols_table *table_new(bool raw, bool headings)
{
	struct libscols_table *table = scols_new_table();
	const char *columns = getenv("COLUMNS");
	uint64_t width = columns ? strtoul(columns, NULL, 10) : 0;

	check(table);
	scols_table_enable_raw(table, raw);
	scols_table_enable_noheadings(table, !headings);
	if (!isatty(STDOUT_FILENO)) {
		scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		scols_table_set_termwidth(table, width ? width : WIDTH);
	}

	return table;
}

void table_column(struct libscols_table *table, const char *heading, int flags)
{
	check(scols_table_new_column(table, heading, 0,
				     (flags & TABLE_CUT ? SCOLS_FL_TRUNC : 0) |
				     (flags & TABLE_RIGHT ? SCOLS_FL_RIGHT : 0)));
}

struct libscols_line *table_line(struct libscols_table *table)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	check(line);

	return line;
}

void table_cell(struct libscols_line *line, size_t column, char *text)
{
	check(!scols_line_refer_data(line, column, text));
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

/* SPDX-License-Identifier: GPL-2.0-only */
/* The only user of libsmartcols. Its failures end the tool. */
#ifndef PAGETREE_TABLE_H
#define PAGETREE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct libscols_line;
struct libscols_table;

/* Columns that are cut or wrapped where the line gets too long, flush right, a tree. */
enum { TABLE_CUT = 1, TABLE_RIGHT = 2, TABLE_WRAP = 4, TABLE_TREE = 8 };

/* @raw: one blank between cells, \xHH for what is no printable ASCII in them */
struct libscols_table *table_new(bool raw, bool headings);
void table_column(struct libscols_table *table, const char *heading, int flags);
/* From here on the table is printed as NAME="VALUE" pairs, that a shell reads. */
void table_pairs(struct libscols_table *table);
struct libscols_line *table_line(struct libscols_table *table);
/* A line below another one of a column that is a tree; @parent may be NULL. */
struct libscols_line *table_branch(struct libscols_table *table,
				   struct libscols_line *parent);
/* @text is freed with the table. */
void table_cell(struct libscols_line *line, size_t column, char *text);
/* Shows a cell in this colour, where colours are wanted. */
void table_color(struct libscols_line *line, size_t column, const char *color);
/* Prints the table and frees it. */
void table_print(struct libscols_table *table);
void table_free(struct libscols_table *table);

#ifdef HAVE_SCOLS_FILTER
/* What a filter knows of a column; its name is in the expressions. */
enum { TABLE_IS_TEXT, TABLE_IS_NUMBER, TABLE_IS_REAL };
void table_filter_column(struct libscols_table *table, const char *name, int is);
/* Ends the tool if it is no expression. */
void table_filter_parse(const char *expression);
/* Sets the filter of the table; ends the tool if it makes no sense there. */
void table_filter(struct libscols_table *table, const char *expression);
bool table_passes(struct libscols_table *table, struct libscols_line *line);
#endif

#endif /* PAGETREE_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The only user of libsmartcols. */
#ifndef PAGETREE_TABLE_H
#define PAGETREE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct libscols_line;
struct libscols_table;

/* Where the line gets too long, cut or wrap the column; align right; draw as a tree. */
enum { TABLE_CUT = 1, TABLE_RIGHT = 2, TABLE_WRAP = 4, TABLE_TREE = 8 };

/* @raw: one blank between cells, \xHH for all but printable ASCII in them */
struct libscols_table *table_new(bool raw, bool headings);
void table_column(struct libscols_table *table, const char *heading, int flags);
/* The table will be printed as NAME="VALUE" pairs, which a shell reads. */
void table_pairs(struct libscols_table *table);
struct libscols_line *table_line(struct libscols_table *table);
/* A line below @parent in the tree; NULL: a root. */
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
/* What a filter knows of a column, which expressions call by its name. */
enum { TABLE_IS_TEXT, TABLE_IS_NUMBER, TABLE_IS_REAL };
void table_filter_column(struct libscols_table *table, const char *name, int is);
/*
 * Sets the filter of a table that has its columns. Returns NULL, or what is wrong
 * with the expression, until the next call.
 */
const char *table_filter(struct libscols_table *table, const char *expression);
bool table_passes(struct libscols_line *line);
#endif

#endif /* PAGETREE_TABLE_H */

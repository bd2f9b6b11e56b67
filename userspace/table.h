/* SPDX-License-Identifier: GPL-2.0-only */
/* The only user of libsmartcols. Its failures end the tool. */
#ifndef PAGETREE_TABLE_H
#define PAGETREE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct libscols_line;
struct libscols_table;

/* Columns that are cut where the line gets too long, or flush right. */
enum { TABLE_CUT = 1, TABLE_RIGHT = 2 };

/* @raw: one blank between cells, \xHH for what is no printable ASCII in them */
struct libscols_table *table_new(bool raw, bool headings);
void table_column(struct libscols_table *table, const char *heading, int flags);
struct libscols_line *table_line(struct libscols_table *table);
/* @text is freed with the table. */
void table_cell(struct libscols_line *line, size_t column, char *text);
/* Prints the table and frees it. */
void table_print(struct libscols_table *table);
void table_free(struct libscols_table *table);

#endif /* PAGETREE_TABLE_H */

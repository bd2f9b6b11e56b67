/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns and rows of a view are shown, and how. The only printer of lists. */
#ifndef PAGETREE_COLUMNS_H
#define PAGETREE_COLUMNS_H

#include "model/model.h"

enum format { FORMAT_TABLE, FORMAT_RAW, FORMAT_PAIRS, FORMAT_JSON };

/**
 * struct style - what the options say of output
 * @format: a table for people, cells for scripts, KEY="VALUE" pairs, or JSON
 * @bytes: not 4K, but 4096
 * @headings: a table has column names, and the summary stands above it
 * @all: all columns, the default ones first
 * @defaults: the default columns, then those of -o
 * @chosen: the columns of -o, @count of them; NULL if there was no -o
 * @sort: column to sort the rows by, -1 for the order they came in
 * @filter: expression that a row has to pass; NULL for all rows
 */
struct style {
	enum format format;
	bool bytes;
	bool headings;
	bool all;
	bool defaults;
	int *chosen;
	size_t count;
	int sort;
	const char *filter;
};

/**
 * columns_parse() - the argument of -o
 * @list: COLUMN[,COLUMN]..., behind a + to keep the default columns
 *
 * Return: NULL, or what is wrong.
 */
const char *columns_parse(struct style *style, const struct view *view,
			  const char *list);

/* The column of that name, in any case; -1 if there is none. */
int columns_find(const struct view *view, const char *name, size_t len);

/**
 * columns_print() - a list as text
 * @geometry: names columns by the size of pages; may be without keys
 * @pid: a first column that says it, if not 0
 */
void columns_print(const struct list *list, const struct pairs *geometry,
		   const struct style *style, pid_t pid);

/* A list as an array in JSON, and its cost if it is of the kernel. */
void columns_json(const struct list *list, const struct style *style);

/* A title, then names, types and meanings of all columns of a view, for people. */
void columns_help(const struct view *view, const char *title);

/* Ends the tool if this libsmartcols cannot filter, or not by that expression. */
void columns_check_filter(const char *expression);

#endif /* PAGETREE_COLUMNS_H */

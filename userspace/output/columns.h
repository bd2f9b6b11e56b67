/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns and rows of a list are shown, in which order, as which text. */
#ifndef PAGETREE_COLUMNS_H
#define PAGETREE_COLUMNS_H

#include "model/fields.h"
#include "model/pairs.h"

enum format { FORMAT_TABLE, FORMAT_RAW, FORMAT_PAIRS, FORMAT_JSON };

/**
 * struct style - the options about output
 * @format: a table for people, cells for scripts, KEY="VALUE" pairs, or JSON
 * @bytes: 4096 instead of 4K
 * @headings: print column names, and the summary above a table
 * @all: show all columns, the default ones first
 * @defaults: show the default columns, then those of -o
 * @chosen: the columns of -o, @count of them; NULL if there was no -o
 * @sort: column to sort the rows by, -1 for the order they came in
 * @filter: expression that each shown row passes; NULL for all rows
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

/* The same style for a list that -o, --sort and --filter are not about. */
struct style style_plain(const struct style *style);

/**
 * columns_parse() - the argument of -o
 * @list: COLUMN[,COLUMN]..., behind a + to keep the default columns
 *
 * Return: NULL, or what is wrong.
 */
const char *columns_parse(struct style *style, const struct view *view,
			  const char *list);

/*
 * What is wrong with the argument of --filter for a view, or NULL: not a valid
 * expression, or this libsmartcols has no filters. Valid until the next call.
 */
const char *columns_check_filter(const struct view *view, const char *expression);

/* Puts the columns to show into @chosen, which has room for all; returns their number. */
size_t columns_choose(const struct list *list, const struct style *style,
		      int *chosen);

/* The numbers of the rows to show, in order, @count of them; to be freed. */
size_t *columns_arrange(const struct list *list, const struct style *style,
			size_t *count);

/* The text of a cell, exact unless a table for people; a new string. */
char *columns_cell(const struct list *list, const union value *row, int field,
		   const struct style *style);

/*
 * The heading of a column; a new string. @geometry: bytes1, bytes2... are called
 * by the size of the pages if it has keys.
 */
char *columns_heading(const struct list *list, int field,
		      const struct pairs *geometry, const struct style *style);

#endif /* PAGETREE_COLUMNS_H */

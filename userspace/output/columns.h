/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns and rows of a list are shown, in which order, and their text. */
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
 * @sort: column to sort the rows by; -1: keep their order
 * @filter: expression that a row must match to be shown; NULL: show all rows
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

/* The same style without -o, --sort and --filter, for a list they do not apply to. */
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
 * Checks the argument of --filter for a view. Returns NULL, or what is wrong, until
 * the next call: not a valid expression, or this libsmartcols has no filters.
 */
const char *columns_check_filter(const struct view *view, const char *expression);

/*
 * The columns that a list of this view needs to be shown in this style; the caller
 * frees @fields of it.
 */
struct kept columns_kept(const struct view *view, const struct style *style);

/* Puts the columns to show into @chosen, which has room for all; returns their number. */
size_t columns_choose(const struct list *list, const struct style *style,
		      int *chosen);

/* The numbers of the @count rows to show, in order; the caller frees them. */
size_t *columns_arrange(const struct list *list, const struct style *style,
			size_t *count);

/* The longest double has 309 digits before the point. */
#define COLUMNS_NUMBER	320

/*
 * Writes a number of this type exactly, without a NUL, into @to, which has
 * COLUMNS_NUMBER bytes; returns its length.
 */
size_t columns_number(char *to, union value value, enum type type);

/* The text of a cell for libsmartcols, exact unless the format is a table; a new string. */
char *columns_cell(const struct list *list, size_t row, int field,
		   const struct style *style);

/*
 * The heading of a column; a new string. The heading of bytes1, bytes2... is their
 * page size if @geometry has keys.
 */
char *columns_heading(const struct list *list, int field,
		      const struct pairs *geometry, const struct style *style);

#endif /* PAGETREE_COLUMNS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists: rows with the columns of a view. */
#ifndef PAGETREE_LIST_H
#define PAGETREE_LIST_H

#include <stddef.h>

#include "../../module/abi.h"
#include "base/text.h"
#include "model/view.h"

/**
 * struct cost - the last line of a file
 * @complete: state=complete
 * @next: if not complete, the address that the walk had reached
 */
struct cost {
#define X(name, meaning) uint64_t name;
	PAGETREE_COST_FIELDS(X)
#undef X
	bool complete;
	uint64_t next;
};

/**
 * struct kept - the columns that a command needs of a view
 * @view: a list of another view keeps all of its columns
 * @fields: the columns, @count of them
 */
struct kept {
	const struct view *view;
	int *fields;
	size_t count;
};

/**
 * struct list - rows of a view
 * @view: the columns
 * @present: the list exists, even if it has no rows
 * @has: for each column, whether this kernel and this version of the text have it
 * @values: @count rows of @width values each
 * @kept: the columns that a row has, @width of them; NULL: all, by their number
 * @slots: for each column, its place in @kept, or -1; NULL like @kept
 * @width: values of a row
 * @count: number of rows
 * @cost: of reading the list
 * @texts: strings that the rows own
 */
struct list {
	const struct view *view;
	bool present;
	bool *has;
	union value *values;
	int *kept;
	int *slots;
	size_t width;
	size_t count;
	struct cost cost;
	struct texts texts;
};

/* An empty list that has all columns of the view. */
struct list list_new(const struct view *view);
/* Makes an empty list keep these columns only; does nothing if they are all. */
void list_narrow(struct list *list, const struct kept *kept);
union value *list_row(const struct list *list, size_t row);
/* The value of a column; unknown if the list does not keep it. */
union value list_value(const struct list *list, size_t row, int field);
/* A new row of unknown values, in a list that keeps all columns. */
union value *list_add(struct list *list);
/* A new row with what the list keeps of @row, which has all columns of the view. */
void list_take(struct list *list, const union value *row);
/* Keeps a string until list_free() frees it; returns it. */
const char *list_keep(struct list *list, char *text);
void list_free(struct list *list);

#endif /* PAGETREE_LIST_H */

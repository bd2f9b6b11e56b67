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
 * struct list - rows of a view
 * @view: the columns
 * @present: the list exists, even if it has no rows
 * @has: for each column, whether this kernel and this version of the text have it
 * @values: @count rows; a row has a value for each column of the view
 * @count: number of rows
 * @cost: of reading the list
 * @texts: strings that the rows own
 */
struct list {
	const struct view *view;
	bool present;
	bool *has;
	union value *values;
	size_t count;
	struct cost cost;
	struct texts texts;
};

/* An empty list that has all columns of the view. */
struct list list_new(const struct view *view);
union value *list_row(const struct list *list, size_t row);
/* A new row of unknown values. */
union value *list_add(struct list *list);
/* Keeps a string until list_free() frees it; returns it. */
const char *list_keep(struct list *list, char *text);
void list_free(struct list *list);

#endif /* PAGETREE_LIST_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of vmas or processes that have the same name, as one row. */
#ifndef PAGETREE_GROUPS_H
#define PAGETREE_GROUPS_H

#include <sys/types.h>

#include "model/fields.h"
#include "model/pairs.h"

/**
 * struct groups - rows by kind and name
 * @list: the rows
 * @tree: where they are, by kind and name
 * @turn: number of groups_turn() calls
 */
struct groups {
	struct list list;
	void *tree;
	size_t turn;
};

/* Computes what a row has in tables: bytes, empty and sparse ones, what can be saved. */
void row_tables(union value *row, const struct pairs *geometry);

/* An empty sum. */
void groups_begin(union value *sum);

struct groups groups_new(const struct view *view);

/* From now on, rows belong to another process. */
void groups_turn(struct groups *groups);

/*
 * Adds a row to that of its kind and name, whose text must outlive the groups. If the row
 * does not know its number of processes, it belongs to that of this turn.
 */
void groups_add(struct groups *groups, const union value *row);

/* Computes what depends on the sums. */
void groups_end(struct groups *groups);
void groups_free(struct groups *groups);

#endif /* PAGETREE_GROUPS_H */

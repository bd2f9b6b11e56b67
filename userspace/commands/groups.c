// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/groups.h"

/* struct group - its kind and name, the number of its row, and the turn that was last here */
struct group {
	const char *kind;
	const char *name;
	size_t row;
	size_t turn;
};

static int compare(const void *a, const void *b)
{
	const struct group *left = a, *right = b;
	const int kind = strcmp(left->kind, right->kind);

	return kind ? kind : strcmp(left->name, right->name);
}

void row_tables(union value *row, const struct pairs *geometry)
{
	const uint64_t entries = pairs_level(geometry, "entries", 1);
	const uint64_t table = pairs_number(geometry, "table_bytes");
	const unsigned int digits = entries ? __builtin_ctzll(entries) : 0;
	uint64_t empty = 0, sparse = 0;
	unsigned int i;

	for (i = 0; i < PAGETREE_LEVELS; i++)
		empty += row[FIELD_empty + i].number;
	/* less than 2^(digits - 4) entries: the number has fewer digits than that */
	for (i = 1; i + 4 <= digits; i++)
		sparse += row[FIELD_fill + i].number;
	row[FIELD_table_bytes].number = row[FIELD_all_tables].number * table;
	row[FIELD_empty_tables].number = empty;
	row[FIELD_sparse].number = sparse;
	row[FIELD_packed].number = UNKNOWN;
	row[FIELD_saves].number = (row[FIELD_tables].number -
				   row[FIELD_empty].number) * table;
}

struct groups groups_new(const struct view *view)
{
	return (struct groups) { .list = list_new(view) };
}

void groups_begin(union value *sum)
{
	enum field field;

	for (field = 0; field < FIELDS; field++)
		sum[field] = type_is_text(fields[field].type) ?
			     (union value) { .text = "" } :
			     (union value) { .number = 0 };
	sum[FIELD_pid].number = UNKNOWN;
	sum[FIELD_state].text = "ok";
}

/* The group of this kind and name, a new one if there is none. */
static struct group *find(struct groups *groups, const char *kind, const char *name)
{
	struct group wanted = { kind, name, groups->list.count, 0 }, **found, *group;
	union value *row;

	found = tfind(&wanted, &groups->tree, compare);
	if (found)
		return *found;
	group = resize(NULL, 1, sizeof(*group));
	*group = wanted;
	if (!tsearch(group, &groups->tree, compare))
		out_of_memory();
	row = list_add(&groups->list);
	groups_begin(row);
	row[FIELD_kind].text = kind;
	row[FIELD_name].text = name;

	return group;
}

void groups_turn(struct groups *groups)
{
	groups->turn++;
}

void groups_add(struct groups *groups, const union value *row)
{
	struct group *group = find(groups, row[FIELD_kind].text, row[FIELD_name].text);
	union value *sum = list_row(&groups->list, group->row);
	const char *state = row[FIELD_state].text;

	row_add(sum, row);
	if (row[FIELD_processes].number == UNKNOWN)
		sum[FIELD_processes].number += group->turn != groups->turn;
	group->turn = groups->turn;
	/* the lowest */
	if (row[FIELD_pid].number < sum[FIELD_pid].number)
		sum[FIELD_pid] = row[FIELD_pid];
	if (strcmp(state, "ok"))
		sum[FIELD_state].text = state;
}

void groups_end(struct groups *groups)
{
	size_t i;

	for (i = 0; i < groups->list.count; i++)
		row_make(list_row(&groups->list, i));
	groups->list.cost.complete = true;
}

void groups_free(struct groups *groups)
{
	tdestroy(groups->tree, free);
	list_free(&groups->list);
	*groups = (struct groups) { 0 };
}

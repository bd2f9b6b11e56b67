// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/list.h"

struct list list_new(const struct view *view)
{
	struct list list = { .view = view, .present = true, .width = view->count };
	int i;

	list.has = resize(NULL, view->count, sizeof(*list.has));
	for (i = 0; i < view->count; i++)
		list.has[i] = view_has(view, i);

	return list;
}

void list_narrow(struct list *list, const struct kept *kept)
{
	const int columns = list->view->count;
	int i;

	if (kept->count == (size_t)columns)
		return;
	list->width = kept->count;
	list->kept = resize(NULL, list->width, sizeof(*list->kept));
	memcpy(list->kept, kept->fields, list->width * sizeof(*list->kept));
	list->slots = resize(NULL, columns, sizeof(*list->slots));
	for (i = 0; i < columns; i++)
		list->slots[i] = -1;
	for (i = 0; i < (int)list->width; i++)
		list->slots[list->kept[i]] = i;
}

union value *list_row(const struct list *list, size_t row)
{
	return list->values + row * list->width;
}

union value list_value(const struct list *list, size_t row, int field)
{
	const int slot = list->slots ? list->slots[field] : field;

	return slot < 0 ? value_unknown(list->view->fields[field].type) :
			  list_row(list, row)[slot];
}

/* A new row, whose values are not set. */
static union value *add_row(struct list *list)
{
	list->values = grow(list->values, list->count,
			    list->width * sizeof(*list->values));

	return list_row(list, list->count++);
}

union value *list_add(struct list *list)
{
	union value *row = add_row(list);
	int i;

	for (i = 0; i < list->view->count; i++)
		row[i] = value_unknown(list->view->fields[i].type);

	return row;
}

void list_take(struct list *list, const union value *row)
{
	union value *to = add_row(list);
	size_t i;

	if (!list->kept)
		memcpy(to, row, list->width * sizeof(*row));
	for (i = 0; list->kept && i < list->width; i++)
		to[i] = row[list->kept[i]];
}

const char *list_keep(struct list *list, char *text)
{
	return texts_keep(&list->texts, text);
}

void list_free(struct list *list)
{
	free(list->has);
	free(list->values);
	free(list->kept);
	free(list->slots);
	texts_free(&list->texts);
	*list = (struct list) { 0 };
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "base/memory.h"
#include "model/list.h"

struct list list_new(const struct view *view)
{
	struct list list = { .view = view, .present = true };
	int i;

	list.has = resize(NULL, view->count, sizeof(*list.has));
	for (i = 0; i < view->count; i++)
		list.has[i] = view_has(view, i);

	return list;
}

union value *list_row(const struct list *list, size_t row)
{
	return list->values + row * list->view->count;
}

union value *list_add(struct list *list)
{
	const size_t size = list->view->count * sizeof(*list->values);
	union value *row;
	int i;

	list->values = grow(list->values, list->count, size);
	row = list_row(list, list->count++);
	for (i = 0; i < list->view->count; i++)
		row[i] = value_unknown(list->view->fields[i].type);

	return row;
}

const char *list_keep(struct list *list, char *text)
{
	return texts_keep(&list->texts, text);
}

void list_free(struct list *list)
{
	free(list->has);
	free(list->values);
	texts_free(&list->texts);
	*list = (struct list) { 0 };
}

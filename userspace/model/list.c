// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "model/model.h"

bool view_has(const struct view *view, int field)
{
	return view->fields[field].name &&
	       (field < view->without || field >= view->within);
}

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

	list->values = room(list->values, list->count, size);
	row = list_row(list, list->count++);
	for (i = 0; i < list->view->count; i++) {
		if (list->view->fields[i].type <= PROSE)
			row[i].text = NULL;
		else
			row[i].number = UNKNOWN;
	}

	return row;
}

void list_free(struct list *list)
{
	free(list->has);
	free(list->values);
	*list = (struct list) { 0 };
}

struct row *list_vmas(const struct list *list)
{
	return (struct row *)list->values;
}

struct shootdown *list_shootdowns(const struct list *list)
{
	return (struct shootdown *)list->values;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>

#include "model/view.h"

bool view_has(const struct view *view, int field)
{
	return view->fields[field].name &&
	       (field < view->without || field >= view->within);
}

int view_find(const struct view *view, const char *name, size_t len)
{
	int field;

	for (field = 0; field < view->count; field++)
		if (view_has(view, field) && len &&
		    !strncasecmp(name, view->fields[field].name, len) &&
		    !view->fields[field].name[len])
			return field;

	return -1;
}

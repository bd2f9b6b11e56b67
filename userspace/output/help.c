// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "output/help.h"

/* The length of a name without the number that it may end in. */
static size_t stem(const char *name)
{
	size_t len = strlen(name);

	while (len && isdigit((unsigned char)name[len - 1]))
		len--;

	return len;
}

void columns_help(const struct view *view, const char *title)
{
	static const char *const types[] = {
		[TEXT] = "text", [NAME] = "text", [PROSE] = "text",
		[ADDRESS] = "address", [BYTES] = "bytes",
		[ENTRIES] = "entries", [TABLES] = "tables",
		[BLOCKS] = "blocks", [COUNT] = "number", [NS] = "ns",
		[DELTA] = "difference", [PERCENT] = "percent", [RATIO] = "ratio",
	};
	const struct field_info *info = view->fields;
	int field, last;
	size_t len;
	char *name;

	puts(title);
	for (field = 0; field < view->count; field = last + 1) {
		last = field;
		if (!view_has(view, field))
			continue;
		/* one line for columns that differ only in the number at the end */
		len = stem(info[field].name);
		while (info[field].name[len] && last + 1 < view->count &&
		       view_has(view, last + 1) &&
		       stem(info[last + 1].name) == len &&
		       info[last + 1].name[len] &&
		       !strncmp(info[last + 1].name, info[field].name, len))
			last++;
		name = field == last ? format("%s", info[field].name) :
			format("%s-%u", info[field].name, info[last].level);
		printf("  %-12s <%s> %s\n", name, types[info[field].type],
		       info[field].meaning);
		free(name);
	}
}

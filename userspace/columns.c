// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "columns.h"
#include "table.h"

static const enum field defaults[] = {
	FIELD_start, FIELD_size, FIELD_perms, FIELD_kind, FIELD_bytes,
	FIELD_bytes + 1, FIELD_bytes + 2, FIELD_all_tables, FIELD_hole_bytes,
	FIELD_nonpresent, FIELD_name,
};

/* Appends one unless it is there; returns the new count. */
static size_t add(enum field *list, size_t count, enum field field)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == field)
			return count;
	list[count] = field;

	return count + 1;
}

const char *columns_parse(struct columns *columns, const char *list)
{
	enum field field;
	size_t len;

	*columns = (struct columns) { .defaults = *list == '+' };
	list += columns->defaults;
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		for (field = 0; field < FIELDS; field++)
			if (fields[field].name && len &&
			    !strncasecmp(list, fields[field].name, len) &&
			    !fields[field].name[len])
				break;
		if (field == FIELDS)
			return "no such column";
		columns->count = add(columns->fields, columns->count, field);
		if (!list[len])
			return NULL;
	}
}

/* Whether a default column says anything; scripts get each. */
static bool is_wanted(const struct vmas *vmas, enum field field, bool raw)
{
	size_t i;

	if (raw || (field != FIELD_bytes + 2 && field != FIELD_nonpresent))
		return true;
	for (i = 0; i < vmas->count; i++)
		if (vmas->rows[i].values[field].number)
			return true;

	return false;
}

/* What is shown in the end. */
static size_t choose(const struct columns *columns, const struct vmas *vmas,
		     bool raw, enum field *chosen)
{
	size_t i, count = 0;

	for (i = 0; i < sizeof(defaults) / sizeof(*defaults); i++) {
		if (columns->count && !columns->defaults)
			break;
		if (is_wanted(vmas, defaults[i], raw))
			chosen[count++] = defaults[i];
	}
	for (i = 0; i < columns->count; i++)
		count = add(chosen, count, columns->fields[i]);

	return count;
}

size_t columns_all(const struct columns *columns, enum field chosen[FIELDS])
{
	enum field field;
	size_t count = 0;

	if (columns->count && !columns->defaults) {
		memcpy(chosen, columns->fields, sizeof(columns->fields));
		return columns->count;
	}
	for (field = 0; field < FIELDS; field++)
		if (fields[field].name)
			chosen[count++] = field;

	return count;
}

char *heading_text(const char *name)
{
	char *text = format("%s", name), *c;

	for (c = text; *c; c++)
		*c = toupper(*c);

	return text;
}

/* The name; of bytes1, bytes2... the size of the pages, if it is known. */
static char *heading(enum field field, const struct pairs *geometry)
{
	const unsigned int level = fields[field].level;

	if (field >= FIELD_bytes && field <= FIELD_bytes_highest &&
	    geometry->present)
		return size_text(pairs_level(geometry, "entry_bytes", level),
				 false);
	if (field == FIELD_hole_bytes)
		return format("HOLES");

	return heading_text(fields[field].name);
}

char *value_text(union value value, enum type type, const struct style *style)
{
	switch (type) {
	case ADDRESS:
		return format("0x%" PRIx64, value.number);
	case TEXT:
		/* a raw cell is never empty, so that they can be counted */
		return format("%s", style->raw && !*value.text ? "-" :
								 value.text);
	case BYTES:
		return size_text(value.number, style->bytes);
	default:
		return format("%" PRIu64, value.number);
	}
}

static char *cell(const struct vmas *vmas, const struct row *row,
		  enum field field, const struct style *style)
{
	if (!vmas->has[field])
		return format("-");

	return value_text(row->values[field], fields[field].type, style);
}

void columns_print(const struct columns *columns, const struct model *model,
		   const struct style *style)
{
	struct libscols_table *table = table_new(style->raw, style->headings);
	const struct vmas *vmas = &model->vmas;
	enum field chosen[FIELDS];
	size_t count = choose(columns, vmas, style->raw, chosen), i, j;
	struct libscols_line *line;
	char *text;

	for (i = 0; i < count; i++) {
		text = heading(chosen[i], &model->geometry);
		table_column(table, text,
			     chosen[i] == FIELD_name ? TABLE_CUT :
			     fields[chosen[i]].type == TEXT ? 0 : TABLE_RIGHT);
		free(text);
	}
	for (i = 0; i < vmas->count; i++) {
		line = table_line(table);
		for (j = 0; j < count; j++)
			table_cell(line, j, cell(vmas, &vmas->rows[i],
						 chosen[j], style));
	}
	table_print(table);
}

void columns_help(void)
{
	static const char *const types[] = {
		[ADDRESS] = "address", [TEXT] = "text", [BYTES] = "bytes",
		[ENTRIES] = "entries", [TABLES] = "tables",
		[BLOCKS] = "blocks", [COUNT] = "number",
	};
	enum field field, last;
	size_t len;
	char *name;

	for (field = 0; field < FIELDS; field = last + 1) {
		last = field;
		if (!fields[field].name)
			continue;
		/* one line for all that differ in the number behind the name */
		len = strcspn(fields[field].name, "0123456789");
		while (last + 1 < FIELDS && fields[last + 1].name &&
		       !strncmp(fields[last + 1].name, fields[field].name, len) &&
		       isdigit((unsigned char)fields[last + 1].name[len]))
			last++;
		name = field == last ? format("%s", fields[field].name) :
			format("%s-%u", fields[field].name, fields[last].level);
		printf("  %-12s <%s> %s\n", name, types[fields[field].type],
		       fields[field].meaning);
		free(name);
	}
}

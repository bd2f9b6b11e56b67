// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "output/columns.h"

struct style style_plain(const struct style *style)
{
	return (struct style) {
		.format = style->format,
		.bytes = style->bytes,
		.headings = style->headings,
		.sort = -1,
	};
}

/* Which columns */

/* Appends one unless it is there; returns the new count. */
static size_t add(int *list, size_t count, int field)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == field)
			return count;
	list[count] = field;

	return count + 1;
}

const char *columns_parse(struct style *style, const struct view *view,
			  const char *list)
{
	int field;
	size_t len;

	free(style->chosen);
	style->chosen = resize(NULL, view->count, sizeof(*style->chosen));
	style->count = 0;
	style->defaults = *list == '+';
	list += style->defaults;
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		field = view_find(view, list, len);
		if (field < 0)
			return "no such column";
		style->count = add(style->chosen, style->count, field);
		if (!list[len])
			return NULL;
	}
}

static bool is_among(const int *list, int field)
{
	for (; list && *list >= 0; list++)
		if (*list == field)
			return true;

	return false;
}

/*
 * Whether to show a default column: scripts get all, people only those with values.
 * A column that this kernel lacks has a - in each cell.
 */
static bool is_wanted(const struct list *list, int field, bool exact)
{
	const bool quiet = is_among(list->view->quiet, field);
	union value value;
	size_t i;

	if (exact || (!quiet && (!list->has[field] || !list->count)))
		return true;
	for (i = 0; i < list->count; i++) {
		value = list_value(list, i, field);
		if (value_is_known(value, list->view->fields[field].type) &&
		    (!quiet || value.number))
			return list->has[field];
	}

	return false;
}

/* Adds the columns to show without -o; returns the new count. */
static size_t add_defaults(const struct list *list, bool exact, int *chosen)
{
	const struct view *view = list->view;
	const int *defaults = view->defaults;
	size_t count = 0;
	int i, field;

	for (i = 0; defaults ? defaults[i] >= 0 : i < view->count; i++) {
		field = defaults ? defaults[i] : i;
		if (view_has(view, field) && is_wanted(list, field, exact))
			count = add(chosen, count, field);
	}

	return count;
}

size_t columns_choose(const struct list *list, const struct style *style,
		      int *chosen)
{
	const struct view *view = list->view;
	/* JSON has each column, unless -o says otherwise */
	const bool json = style->format == FORMAT_JSON;
	const bool all = style->all ||
			 (json && (!style->chosen || style->defaults));
	size_t i, count = 0;
	int other;

	if (!json && (all || !style->chosen || style->defaults))
		count = add_defaults(list, all || style->format != FORMAT_TABLE,
				     chosen);
	for (i = 0; i < style->count; i++)
		count = add(chosen, count, style->chosen[i]);
	for (other = 0; all && other < view->count; other++)
		if (view_has(view, other))
			count = add(chosen, count, other);

	return count;
}

struct kept columns_kept(const struct view *view, const struct style *style)
{
	struct kept kept = { .view = view };
	struct list list = list_new(view);
	struct style exact = *style;
	int field;

	/* a table may leave out columns, but must look at them first */
	if (exact.format == FORMAT_TABLE)
		exact.format = FORMAT_RAW;
	kept.fields = resize(NULL, view->count, sizeof(*kept.fields));
	kept.count = columns_choose(&list, &exact, kept.fields);
	list_free(&list);
	if (style->sort >= 0)
		kept.count = add(kept.fields, kept.count, style->sort);
	/* an expression can name any column, and a color depend on it */
	if (style->filter || view->color)
		for (field = 0; field < view->count; field++)
			kept.count = add(kept.fields, kept.count, field);

	return kept;
}

/* The text of cells and headings */

size_t columns_number(char *to, union value value, enum type type)
{
	switch (type) {
	case ADDRESS:
		return put_address(to, value.number) - to;
	case DELTA:
		return snprintf(to, COLUMNS_NUMBER, "%+" PRId64,
				(int64_t)value.number);
	case PERCENT:
		return snprintf(to, COLUMNS_NUMBER, "%.1f", value.real);
	case RATIO:
		return snprintf(to, COLUMNS_NUMBER, "%.2f", value.real);
	default:
		return put_number(to, value.number) - to;
	}
}

char *columns_cell(const struct list *list, size_t row, int field,
		  const struct style *style)
{
	const enum type type = list->view->fields[field].type;
	const bool exact = style->format != FORMAT_TABLE;
	union value value = list_value(list, row, field);
	char number[COLUMNS_NUMBER];

	if (!list->has[field])
		return format("-");
	if (!value_is_known(value, type))
		return format("%s", exact ? "-" : "");
	if (type_is_text(type))
		return format("%s", value.text);
	if (type == BYTES)
		return size_text(value.number, exact || style->bytes);
	if (type == NS && !exact)
		return time_text(value.number);
	/* -0.00 */
	if (type == RATIO && !exact && value.real < 0 && value.real > -0.005)
		value.real = 0;

	return format("%.*s%s", (int)columns_number(number, value, type), number,
		      type == PERCENT && !exact ? "%" : "");
}

static char *upper(const char *name)
{
	char *text = format("%s", name), *c;

	for (c = text; *c; c++)
		*c = toupper(*c);

	return text;
}

/* Without the unit _ns, which a table has in the cells. */
static char *heading_of_time(const char *name)
{
	const size_t len = strlen(name);
	const bool has_unit = len > 3 && !strcmp(name + len - 3, "_ns");
	char *text = format("%.*s", (int)(has_unit ? len - 3 : len), name);
	char *heading = upper(text);

	free(text);

	return heading;
}

char *columns_heading(const struct list *list, int field,
		      const struct pairs *geometry, const struct style *style)
{
	const struct field_info *info = &list->view->fields[field];

	if (info->type == NS && style->format == FORMAT_TABLE)
		return heading_of_time(info->name);
	if (list->view->fields != fields || style->format == FORMAT_PAIRS)
		return upper(info->name);
	if (field >= FIELD_bytes && field <= FIELD_bytes_highest &&
	    geometry->present)
		return size_text(pairs_level(geometry, "entry_bytes",
					     info->level), false);
	if (field == FIELD_hole_bytes)
		return format("HOLES");

	return upper(info->name);
}

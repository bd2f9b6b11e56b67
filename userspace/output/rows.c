// SPDX-License-Identifier: GPL-2.0-only
/* Which rows of a list are shown, in which order. */
#define _GNU_SOURCE
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "output/columns.h"

/* The filter: expressions of libsmartcols 2.40 */

#ifdef HAVE_SCOLS_FILTER
/* libsmartcols fails only if memory runs out. */
static void check(bool good)
{
	if (!good)
		out_of_memory();
}

/* A table that is never printed, with all columns of a view. */
static struct libscols_table *new_table(const struct view *view)
{
	struct libscols_table *table = scols_new_table();
	struct libscols_column *column;
	enum type type;
	int field;

	check(table);
	for (field = 0; field < view->count; field++) {
		if (!view_has(view, field))
			continue;
		type = view->fields[field].type;
		column = scols_table_new_column(table, view->fields[field].name,
						0, 0);
		check(column);
		/* returns 1 where its documentation says 0 */
		check(scols_column_set_data_type(column,
			type_is_text(type) || type == ADDRESS ?
				SCOLS_DATA_STRING :
			type_is_real(type) ? SCOLS_DATA_FLOAT :
					     SCOLS_DATA_U64) >= 0);
	}

	return table;
}

/* A filter for the table; NULL, and the reason in @wrong, if it is not valid. */
static struct libscols_filter *new_filter(struct libscols_table *table,
					  const char *expression,
					  char *wrong, size_t size)
{
	struct libscols_filter *filter = scols_new_filter(NULL);
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_column *column;
	const char *name;

	check(filter && iter);
	*wrong = '\0';
	if (scols_filter_parse_string(filter, expression)) {
		name = scols_filter_get_errmsg(filter);
		snprintf(wrong, size, "%s", name ? name : "makes no sense");
	}
	while (!*wrong && !scols_filter_next_holder(filter, iter, &name, 0)) {
		column = scols_table_get_column_by_name(table, name);
		if (!column)
			snprintf(wrong, size, "%s: no such column", name);
		else
			check(!scols_filter_assign_column(filter, iter, name,
							  column));
	}
	scols_free_iter(iter);
	if (!*wrong)
		return filter;
	scols_unref_filter(filter);

	return NULL;
}

const char *columns_check_filter(const struct view *view, const char *expression)
{
	struct libscols_table *table = new_table(view);
	struct libscols_filter *filter;
	static char wrong[128];

	filter = new_filter(table, expression, wrong, sizeof(wrong));
	scols_unref_filter(filter);
	scols_unref_table(table);

	return filter ? NULL : wrong;
}

/* An unknown value has no cell, and no comparison with it is true. */
static bool passes(struct libscols_filter *filter, struct libscols_table *table,
		   const struct list *list, size_t row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const struct style exact = { .format = FORMAT_JSON };
	const struct view *view = list->view;
	int field, column = 0, status = 0;

	check(line);
	for (field = 0; field < view->count; field++) {
		if (!view_has(view, field))
			continue;
		if (list->has[field] &&
		    value_is_known(list_value(list, row, field),
				   view->fields[field].type))
			check(!scols_line_refer_data(line, column,
				columns_cell(list, row, field, &exact)));
		column++;
	}
	check(!scols_line_apply_filter(line, filter, &status));

	return status;
}

/* Drops the rows that do not pass; returns how many do. */
static size_t filter_rows(const struct list *list, const struct style *style,
			  size_t *rows)
{
	struct libscols_table *table = new_table(list->view);
	struct libscols_filter *filter;
	size_t i, passed = 0;
	char wrong[128];

	filter = new_filter(table, style->filter, wrong, sizeof(wrong));
	for (i = 0; filter && i < list->count; i++)
		if (passes(filter, table, list, rows[i]))
			rows[passed++] = rows[i];
	scols_unref_filter(filter);
	scols_unref_table(table);

	return passed;
}
#else
const char *columns_check_filter(const struct view *view, const char *expression)
{
	(void)view;
	(void)expression;

	return "this libsmartcols cannot, 2.40 can: jq can filter --json";
}

/* Drops the rows that do not pass; returns how many do. */
static size_t filter_rows(const struct list *list, const struct style *style,
			  size_t *rows)
{
	(void)style;
	(void)rows;

	return list->count;
}
#endif

/* Order */

struct order {
	const struct list *list;
	const struct style *style;
};

static int compare(const void *a, const void *b, void *arg)
{
	const size_t first = *(const size_t *)a, second = *(const size_t *)b;
	const struct order *order = arg;
	const int field = order->style->sort;
	const enum type type = order->list->view->fields[field].type;
	const union value x = list_value(order->list, first, field);
	const union value y = list_value(order->list, second, field);
	int result;

	if (!value_is_known(x, type) || !value_is_known(y, type))
		result = value_is_known(x, type) - value_is_known(y, type);
	else if (type_is_text(type))
		result = strcmp(x.text, y.text);
	else if (type_is_real(type))
		result = (x.real > y.real) - (x.real < y.real);
	else
		result = (x.number > y.number) - (x.number < y.number);

	/* equal rows keep their order */
	return result ? result : (first > second) - (first < second);
}

size_t *columns_arrange(const struct list *list, const struct style *style,
			size_t *count)
{
	size_t *rows = resize(NULL, list->count + 1, sizeof(*rows)), i;
	struct order order = { list, style };

	for (i = 0; i < list->count; i++)
		rows[i] = i;
	*count = list->count;
	if (style->filter)
		*count = filter_rows(list, style, rows);
	if (style->sort >= 0 && *count)
		qsort_r(rows, *count, sizeof(*rows), compare, &order);

	return rows;
}

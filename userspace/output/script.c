// SPDX-License-Identifier: GPL-2.0-only
/*
 * The formats are those of libsmartcols, which would lay out a table first: a cell
 * would cost ten times as much.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "output/script.h"

/* Prints a byte, or \xHH for those that scripts cannot split or would expand. */
static void print_byte(unsigned char c, enum format format)
{
	const char *special = format == FORMAT_RAW ? " \\" : "\"\\`$";

	if (isprint(c) && !strchr(special, c))
		putchar_unlocked(c);
	else
		printf("\\x%02x", c);
}

static void print_text(const char *text, enum format format)
{
	for (; *text; text++)
		print_byte(*text, format);
}

/* The name of a shell variable: HUGE_PCT for huge%. */
static void print_variable(const char *heading)
{
	for (; *heading; heading++) {
		if (*heading == '%')
			fputs_unlocked("_PCT", stdout);
		else
			putchar_unlocked(*heading);
	}
}

/* Prints what stands between the cells of a row. */
static void separate(bool first)
{
	if (!first)
		putchar_unlocked(' ');
}

static void print_cell(const struct list *list, size_t row, int field,
		       const struct style *style)
{
	const enum type type = list->view->fields[field].type;
	const union value value = list_value(list, row, field);
	char number[COLUMNS_NUMBER];
	size_t len, i;

	if (!list->has[field] || !value_is_known(value, type)) {
		putchar_unlocked('-');
	} else if (!type_is_text(type)) {
		len = columns_number(number, value, type);
		/* few digits: fwrite() would take longer */
		for (i = 0; i < len; i++)
			putchar_unlocked(number[i]);
	} else if (style->format == FORMAT_RAW && !*value.text) {
		/* so that awk can split on blanks */
		putchar_unlocked('-');
	} else {
		print_text(value.text, style->format);
	}
}

/* Prints a row; the line of headings of raw cells if @row is NULL. */
static void print_raw(const struct list *list, const size_t *row,
		      char *const *headings, const int *chosen, size_t columns,
		      const struct style *style, pid_t pid)
{
	size_t i;

	if (pid && row)
		printf("%d", pid);
	else if (pid)
		fputs_unlocked("PID", stdout);
	for (i = 0; i < columns; i++) {
		separate(!i && !pid);
		if (row)
			print_cell(list, *row, chosen[i], style);
		else
			print_text(headings[i], FORMAT_RAW);
	}
	putchar_unlocked('\n');
}

static void print_pairs(const struct list *list, size_t row,
			char *const *headings, const int *chosen, size_t columns,
			const struct style *style, pid_t pid)
{
	size_t i;

	if (pid)
		printf("PID=\"%d\"", pid);
	for (i = 0; i < columns; i++) {
		separate(!i && !pid);
		print_variable(headings[i]);
		fputs_unlocked("=\"", stdout);
		print_cell(list, row, chosen[i], style);
		putchar_unlocked('"');
	}
	putchar_unlocked('\n');
}

void script_print(const struct list *list, const struct pairs *geometry,
		  const struct style *style, pid_t pid)
{
	int *chosen = resize(NULL, list->view->count, sizeof(*chosen));
	const size_t columns = columns_choose(list, style, chosen);
	size_t count, *rows = columns_arrange(list, style, &count), i;
	char **headings = resize(NULL, columns + 1, sizeof(*headings));

	for (i = 0; i < columns; i++)
		headings[i] = columns_heading(list, chosen[i], geometry, style);
	/* nothing has no headings */
	if (count && style->headings && style->format == FORMAT_RAW)
		print_raw(list, NULL, headings, chosen, columns, style, pid);
	for (i = 0; i < count; i++) {
		if (style->format == FORMAT_RAW)
			print_raw(list, &rows[i], headings, chosen, columns,
				  style, pid);
		else
			print_pairs(list, rows[i], headings, chosen, columns,
				    style, pid);
	}
	for (i = 0; i < columns; i++)
		free(headings[i]);
	free(headings);
	free(rows);
	free(chosen);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "output/document.h"
#include "output/script.h"
#include "output/table.h"
#include "output/width.h"

struct document document_begin(const struct style *style)
{
	struct document document = {
		.style = style,
		.json.on = style->format == FORMAT_JSON,
	};

	json_open(&document.json, NULL, '{');
	json_open(&document.json, "pagetree", '{');
	json_number(&document.json, "schema", JSON_SCHEMA);

	return document;
}

void document_end(struct document *document)
{
	json_close(&document->json, '}');
	json_close(&document->json, '}');
}

bool document_has_text(const struct document *document)
{
	return document->style->format == FORMAT_TABLE &&
	       document->style->headings;
}

void document_text(const struct document *document, const char *fmt, ...)
{
	va_list args;
	char *text;

	if (!document_has_text(document))
		return;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		out_of_memory();
	va_end(args);
	text_print("%s", text);
	free(text);
}

/* Lists */

static void print_json(struct json *json, const struct list *list,
		       const struct style *style)
{
	const struct view *view = list->view;
	int *chosen = resize(NULL, view->count, sizeof(*chosen));
	const size_t columns = columns_choose(list, style, chosen);
	const struct field_info *info;
	size_t count, *rows = columns_arrange(list, style, &count), i, j;

	json_open(json, view->name, '[');
	for (i = 0; i < count; i++) {
		json_open(json, NULL, '{');
		for (j = 0; j < columns; j++) {
			info = &view->fields[chosen[j]];
			json_value(json, info, list->has[chosen[j]] ?
				   list_value(list, rows[i], chosen[j]) :
				   value_unknown(info->type));
		}
		json_close(json, '}');
	}
	json_close(json, ']');
	free(rows);
	free(chosen);
}

void document_list(struct document *document, const struct list *list,
		   const struct pairs *geometry, pid_t pid)
{
	if (document->json.on)
		print_json(&document->json, list, document->style);
	else if (document->style->format == FORMAT_TABLE)
		table_print(list, geometry, document->style, pid);
	else
		script_print(list, geometry, document->style, pid);
}

void document_table(const struct document *document, const struct list *list,
		    bool headings)
{
	struct style style = style_plain(document->style);
	const struct pairs none = { 0 };

	style.format = FORMAT_TABLE;
	style.headings = headings;
	if (!document->json.on)
		table_print(list, &none, &style, 0);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command prints, in the format that was asked for. */
#ifndef PAGETREE_DOCUMENT_H
#define PAGETREE_DOCUMENT_H

#include "output/columns.h"
#include "output/json.h"

/* The version of the JSON; members are only ever added to it. */
#define JSON_SCHEMA	1

/**
 * struct document - all that a command prints
 * @style: how
 * @json: on if the format is JSON, so that a command writes its members without
 *	asking for the format
 */
struct document {
	const struct style *style;
	struct json json;
};

/* In JSON a document is one object. */
struct document document_begin(const struct style *style);
void document_end(struct document *document);

/* Whether the document is for people: a table with headings. */
bool document_has_text(const struct document *document);

/* Prints text between lists, if the document is for people. */
__attribute__((format(printf, 2, 3)))
void document_text(const struct document *document, const char *format, ...);

/**
 * document_list() - a list: a table, rows, pairs, or in JSON an array
 * @geometry: names columns by the size of pages; may have no keys
 * @pid: if not 0, a first column with it, but not in JSON
 */
void document_list(struct document *document, const struct list *list,
		   const struct pairs *geometry, pid_t pid);

/* A list that is a table unless the format is JSON, which says the same elsewhere. */
void document_table(const struct document *document, const struct list *list,
		    bool headings);

#endif /* PAGETREE_DOCUMENT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The output of a command, in the format of --json, --raw, --pairs, or as a table. */
#ifndef PAGETREE_DOCUMENT_H
#define PAGETREE_DOCUMENT_H

#include "output/columns.h"
#include "output/json.h"

/* The version of the JSON. New members do not change it. */
#define JSON_SCHEMA	1

/**
 * struct document - the whole output of a command
 * @style: how to print
 * @json: on if the format is JSON, so that a command may write members without
 *	checking the format
 */
struct document {
	const struct style *style;
	struct json json;
};

/* In JSON a document is one object. */
struct document document_begin(const struct style *style);
void document_end(struct document *document);

/* Whether people read the document: a table with headings. */
bool document_has_text(const struct document *document);

/* text_print() between lists, if document_has_text(). */
__attribute__((format(printf, 2, 3)))
void document_text(const struct document *document, const char *format, ...);

/**
 * document_list() - print a list: a table, rows, pairs, or in JSON an array
 * @geometry: page sizes for the headings; may have no keys
 * @pid: printed in a first column unless it is 0, but not in JSON
 */
void document_list(struct document *document, const struct list *list,
		   const struct pairs *geometry, pid_t pid);

/* Prints a list as a table in all formats but JSON, which has the facts elsewhere. */
void document_table(const struct document *document, const struct list *list,
		    bool headings);

#endif /* PAGETREE_DOCUMENT_H */

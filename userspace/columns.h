/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns of vmas are shown, and how. */
#ifndef PAGETREE_COLUMNS_H
#define PAGETREE_COLUMNS_H

#include "model.h"

/**
 * struct columns - what -o says
 * @defaults: the default columns come first
 * @count: of @fields; 0 without @defaults means that there was no -o
 * @fields: the others
 */
struct columns {
	bool defaults;
	size_t count;
	enum field fields[FIELDS];
};

/* How a table is printed. */
struct style {
	bool raw;
	bool bytes;		/* not 4K, but 4096 */
	bool headings;
};

/**
 * columns_parse() - from the argument of -o
 * @list: COLUMN[,COLUMN]..., behind a + to keep the default columns
 *
 * Return: NULL, or what is wrong.
 */
const char *columns_parse(struct columns *columns, const char *list);

/* What -o says, or else all columns; returns how many. */
size_t columns_all(const struct columns *columns, enum field chosen[FIELDS]);

void columns_print(const struct columns *columns, const struct model *model,
		   const struct style *style);

/* What a cell or a heading says; new strings. */
char *value_text(union value value, enum type type, const struct style *style);
char *heading_text(const char *name);

/* Names, types and meanings of all columns, for people. */
void columns_help(void);

#endif /* PAGETREE_COLUMNS_H */

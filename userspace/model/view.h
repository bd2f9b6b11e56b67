/* SPDX-License-Identifier: GPL-2.0-only */
/* A view: the columns of a kind of table, and which of them are shown by default. */
#ifndef PAGETREE_VIEW_H
#define PAGETREE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The type of the values of a column. The first three are text: if a line is too
 * long, a NAME is cut, and a PROSE is wrapped or printed below the line. PERCENT and RATIO are real, a DELTA is
 * an int64_t.
 */
enum type {
	TEXT, NAME, PROSE, ADDRESS, BYTES, ENTRIES, TABLES, BLOCKS, COUNT, NS,
	DELTA, PERCENT, RATIO
};

static inline bool type_is_text(enum type type)
{
	return type <= PROSE;
}

static inline bool type_is_real(enum type type)
{
	return type == PERCENT || type == RATIO;
}

/**
 * struct field_info - a column
 * @name: in the text of debugfs, in -o and in JSON; NULL if this level does not
 *	have the column
 * @type: of its values
 * @level: the number at the end of the name, or 0
 * @meaning: for people
 * @made: computed from other columns; the text does not have it
 */
struct field_info {
	const char *name;
	enum type type;
	unsigned int level;
	const char *meaning;
	bool made;
};

/* A column that is not made. */
#define COLUMN(its_name, its_type, its_meaning)				\
	{ .name = its_name, .type = its_type, .meaning = its_meaning }

/* A cell. UNKNOWN or NULL if the value is not known. */
union value {
	uint64_t number;
	double real;
	const char *text;	/* printable() */
};

#define UNKNOWN	UINT64_MAX

static inline union value value_unknown(enum type type)
{
	return type_is_text(type) ? (union value) { .text = NULL } :
				    (union value) { .number = UNKNOWN };
}

static inline bool value_is_known(union value value, enum type type)
{
	return type_is_text(type) ? value.text != NULL :
				    value.number != UNKNOWN;
}

/* A list of columns, as in struct view. */
#define COLUMNS(...)	((const int[]) { __VA_ARGS__, -1 })

/**
 * struct view - a kind of table
 * @name: of the file in debugfs, of the command, and of the array in JSON
 * @fields: the columns
 * @count: number of @fields
 * @without: first column that the view leaves out
 * @within: first column after the left-out ones
 * @required: columns that a text must have; may be NULL
 * @defaults: columns to show without -o; NULL: all
 * @quiet: columns of @defaults that are hidden if all values are 0 or unknown; may
 *	be NULL
 * @spare: columns of @defaults that a table leaves out, the first ones first, if the
 *	terminal is too narrow for all; may be NULL
 * @check: computes the made columns; returns NULL, or what is wrong with the row.
 *	May be NULL
 * @color: returns the color of a cell, or NULL. May be NULL
 * @tree: column that is drawn as a tree; if equal to @parent there is no tree
 * @parent: column with the 1-based index of the parent's row, or 0; parents come
 *	before their children
 */
struct view {
	const char *name;
	const struct field_info *fields;
	int count;
	int without;
	int within;
	const int *required;
	const int *defaults;
	const int *quiet;
	const int *spare;
	const char *(*check)(union value *row);
	const char *(*color)(const union value *row, int field);
	int tree;
	int parent;
};

bool view_has(const struct view *view, int field);

/* The column of that name, in any case; -1 if there is none. */
int view_find(const struct view *view, const char *name, size_t len);

#endif /* PAGETREE_VIEW_H */

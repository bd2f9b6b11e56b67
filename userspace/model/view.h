/* SPDX-License-Identifier: GPL-2.0-only */
/* What a table looks like: its columns, and which of them are shown. */
#ifndef PAGETREE_VIEW_H
#define PAGETREE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the values of a column are. The first three are text: a NAME is cut and a
 * PROSE is wrapped where the line gets too long. PERCENT and RATIO are real, a
 * DELTA is an int64_t.
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
 * @type: what its values are
 * @level: the number that the name ends in, or 0
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

/* A column that the text has under its name. */
#define COLUMN(its_name, its_type, its_meaning)				\
	{ .name = its_name, .type = its_type, .meaning = its_meaning }

/* A cell. UNKNOWN or NULL if the value is not known. */
union value {
	uint64_t number;
	double real;
	const char *text;	/* printable() */
};

#define UNKNOWN	UINT64_MAX

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
 * @without: first of the columns that the view leaves out
 * @within: first column after those
 * @required: columns without which a row makes no sense; may be NULL
 * @defaults: columns to show without -o; NULL: all
 * @quiet: columns of @defaults that are hidden if each value is 0 or unknown; may
 *	be NULL
 * @check: returns what is wrong with a row, or NULL; computes the made columns.
 *	May be NULL
 * @color: returns the color of a cell, or NULL. May be NULL
 * @tree: column that is drawn as a tree; if equal to @parent there is no tree
 * @parent: column with the number of the parent's row, from 1 on, or 0. A parent
 *	comes before its children
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
	const char *(*check)(union value *row);
	const char *(*color)(const union value *row, int field);
	int tree;
	int parent;
};

bool view_has(const struct view *view, int field);

/* The column of that name, in any case; -1 if there is none. */
int view_find(const struct view *view, const char *name, size_t len);

#endif /* PAGETREE_VIEW_H */

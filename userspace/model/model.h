/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of the debugfs files as structs. Opens nothing, prints nothing. */
#ifndef PAGETREE_MODEL_H
#define PAGETREE_MODEL_H

#include "../../module/abi.h"
#include "base/pagetree.h"

/*
 * What the values of a column are. The first three are text: NAME is cut where the
 * line gets too long, PROSE is wrapped. PERCENT and RATIO are real.
 */
enum type {
	TEXT, NAME, PROSE, ADDRESS, BYTES, ENTRIES, TABLES, BLOCKS, COUNT, NS,
	PERCENT, RATIO
};

/*
 * The columns of vmas and processes. One that there is per level has
 * PAGETREE_LEVELS places: level 3 of leaf is FIELD_leaf + 3 - 1; one with
 * another number behind its name has a place for each: contig12 is FIELD_contig + 12.
 */
enum field {
#define X(name, ...) FIELD_##name,
	PAGETREE_VMA_FIELDS(X)
#undef X
#define X(name, ...)							\
	FIELD_##name,							\
	FIELD_##name##_highest = FIELD_##name + PAGETREE_LEVELS - 1,
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, lowest, highest, ...)					\
	FIELD_##name,							\
	FIELD_##name##_highest = FIELD_##name + highest,
	PAGETREE_SIZE_FIELDS(X)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(name, ...) FIELD_##name,
	PAGETREE_TOTAL_FIELDS(X)
#undef X
	FIELD_name,
	/* not in the text, but made of what is */
	FIELD_size,
	FIELD_all_tables,
	FIELD_nonpresent,
	FIELD_mapped,
	FIELD_huge,
	/* of processes only */
#define X(name, ...) FIELD_##name,
	PAGETREE_PROCESS_FIELDS(X)
#undef X
	FIELDS
};

enum tables_field {
#define X(name, ...) TABLES_##name,
	PAGETREE_TABLES_FIELDS(X)
#undef X
	TABLES_fill,
	TABLES_fill_highest = TABLES_fill + PAGETREE_FILL_HIGHEST,
	TABLES_node,
	TABLES_node_highest = TABLES_node + 63,
	TABLES_full,
	TABLES_FIELDS
};

enum map_field {
#define X(name, ...) MAP_##name,
	PAGETREE_MAP_FIELDS(X)
	PAGETREE_MAP_PHYSICAL_FIELDS(X)
#undef X
	MAP_FIELDS
};

enum walk_field {
#define X(name, ...) WALK_##name,
	PAGETREE_WALK_FIELDS(X)
	PAGETREE_WALK_PHYSICAL_FIELDS(X)
#undef X
	WALK_FIELDS
};

enum shootdown_field {
#define X(name, ...) SHOOTDOWN_##name,
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
	SHOOTDOWN_FIELDS
};

enum invalidation_field {
#define X(name, ...) INVALIDATION_##name,
	PAGETREE_INVALIDATION_FIELDS(X)
#undef X
	INVALIDATION_FIELDS
};

/**
 * struct field_info - all there is to know about a column
 * @name: as in the text, in -o and in JSON; NULL for a level that can't be
 * @type: what its values are
 * @level: the number behind the name, or 0
 * @meaning: for people
 * @made: it is not in the text, but made of what is
 */
struct field_info {
	const char *name;
	enum type type;
	unsigned int level;
	const char *meaning;
	bool made;
};

extern const struct field_info fields[FIELDS];

/* Numbers to be added up, and found in summary under the same name. */
bool field_is_counter(enum field field);

/* A cell. A number or a text that is not known is UNKNOWN or NULL. */
union value {
	uint64_t number;
	double real;
	const char *text;	/* printable() */
};

#define UNKNOWN	UINT64_MAX

/**
 * struct view - a kind of table
 * @name: of the file in debugfs, of the command, and of the array in JSON
 * @fields: its columns, @count of them, but those from @without to @within
 * @required: columns without which nobody knows what a row is about; -1 ends
 *	them, as it does
 * @defaults: what is shown unless -o says otherwise, and
 * @quiet: those of them that are not if all their values are 0 or unknown
 * @check: what is wrong with a row, or NULL; makes what is made. May be NULL
 * @color: name of the colour of a cell, or NULL. May be NULL
 * @tree: column that is drawn as a tree, by
 * @parent: that says the row above, counted from 1 on, which comes earlier; 0:
 *	none. If both are the same there is no tree
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

extern const struct view view_vmas, view_processes, view_tables, view_map,
	view_walk, view_shootdowns, view_invalidations;

bool view_has(const struct view *view, int field);

/* struct cost - the last line of a file */
struct cost {
#define X(name, meaning) uint64_t name;
	PAGETREE_COST_FIELDS(X)
#undef X
	bool complete;
	uint64_t next;		/* if not complete: what was reached */
};

/**
 * struct list - the rows of a view
 * @view: what it is a list of
 * @present: whether there is such a list at all
 * @has: for each column whether this kernel and this version of the text has it
 * @values: @count rows of as many values as the view has
 * @count: rows
 * @cost: of getting it
 */
struct list {
	const struct view *view;
	bool present;
	bool *has;
	union value *values;
	size_t count;
	struct cost cost;
};

/* An empty one, of a view that a command makes itself: it has all columns. */
struct list list_new(const struct view *view);
union value *list_row(const struct list *list, size_t row);
/* A new row, of unknown values. */
union value *list_add(struct list *list);
/* Frees the rows, not the texts in them. */
void list_free(struct list *list);

/* struct row - one of vmas or processes */
struct row {
	union value values[FIELDS];
};

/* struct shootdown - a row: its columns by name, or all of them */
struct shootdown {
	union {
		struct {
#define X(name, ...) union value name;
			PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
		};
		union value values[SHOOTDOWN_FIELDS];
	};
};

/* The rows of such lists. */
struct row *list_vmas(const struct list *list);
struct shootdown *list_shootdowns(const struct list *list);

/* A line of geometry or summary; @is_real: a number with a fraction. */
struct pair {
	const char *key;
	const char *text;
	bool is_number;
	bool is_real;
	uint64_t number;
	double real;
};

struct pairs {
	bool present;
	struct pair *pairs;
	size_t count;
	struct cost cost;
};

/* How a title begins of a file of /proc or /sys that was captured. */
#define CAPTURED	"# captured "

/* Such a file: its path, and all of it. */
struct captured {
	const char *path;
	const char *text;
};

/**
 * struct model - what is known of a process
 * @geometry: the file of that name, if present
 * @summary: likewise, and so on
 * @captured: files of /proc and /sys, of an input only
 * @captured_count: of these
 * @texts: what all the strings point into
 * @count: of @texts
 */
struct model {
	struct pairs geometry;
	struct pairs summary;
	struct list vmas;
	struct list tables;
	struct list map;
	struct list walk;
	struct list processes;
	struct list shootdowns;
	struct list invalidations;
	struct captured *captured;
	size_t captured_count;
	char **texts;
	size_t count;
};

/**
 * model_parse() - add files to a model
 * @model: zeroed, or with other files in it
 * @text: one file or several, one behind the other, printable(); it is
 *	changed, and freed by model_free()
 * @line: set to the number of the line that is wrong
 *
 * Return: NULL, or what is wrong with that line.
 */
const char *model_parse(struct model *model, char *text, size_t *line);
void model_free(struct model *model);

/* Keeps a text, of which rows say something, until model_free(); returns it. */
const char *model_keep(struct model *model, char *text);

/* Whether none of its files says state=partial. */
bool model_is_complete(const struct model *model);

/* The first line of this key, NULL if there is none. */
const struct pair *pairs_find(const struct pairs *pairs, const char *key);

/* The number behind a key, 0 if there is none. */
uint64_t pairs_number(const struct pairs *pairs, const char *key);
/* Likewise of a key that ends in a level. */
uint64_t pairs_level(const struct pairs *pairs, const char *key,
		     unsigned int level);

/* What summary says of all levels together. */
uint64_t summary_sum(const struct pairs *summary, const char *key);
/* Bytes that are mapped, and the part of them on levels above the first. */
uint64_t summary_huge(const struct pairs *summary);
/* Entries of a level that are neither hole, nor leaf, nor table. */
uint64_t summary_nonpresent(const struct pairs *summary, unsigned int level);
/* Memory references of a translation, as a mean over the bytes that are mapped. */
double summary_references(const struct pairs *summary);

/* Decimal digits and nothing else; false if they are not that or too many. */
bool parse_number(const char *text, uint64_t *number);
/* Digits, a point and digits, as refs_leaf of summary. */
bool parse_real(const char *text, double *number);
/* 0x and up to 16 lower-case hexadecimal digits. */
bool parse_address(const char *text, uint64_t *number);

#endif /* PAGETREE_MODEL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of the debugfs files as structs. Opens nothing, prints nothing. */
#ifndef PAGETREE_MODEL_H
#define PAGETREE_MODEL_H

#include "../module/abi.h"
#include "pagetree.h"

enum type { ADDRESS, TEXT, BYTES, ENTRIES, TABLES, BLOCKS, COUNT, NS };

/*
 * The columns of vmas. One that there is per level has PAGETREE_LEVELS places:
 * level 3 of leaf is FIELD_leaf + 3 - 1; one with another number behind its name
 * has a place for each: contig12 is FIELD_contig + 12.
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
	FIELDS
};

/**
 * struct field_info - all there is to know about a column
 * @name: as in the text, in -o and in JSON; NULL for a level that can't be
 * @type: what its values are
 * @level: the number behind the name, or 0
 * @meaning: for people
 */
struct field_info {
	const char *name;
	enum type type;
	unsigned int level;
	const char *meaning;
};

extern const struct field_info fields[FIELDS];

/* Numbers to be added up, and found in summary under the same name. */
bool field_is_counter(enum field field);

union value {
	uint64_t number;
	const char *text;	/* printable() */
};

struct row {
	union value values[FIELDS];
};

/* struct cost - the last line of a file */
struct cost {
#define X(name, meaning) uint64_t name;
	PAGETREE_COST_FIELDS(X)
#undef X
	bool complete;
	uint64_t next;		/* if not complete: what was reached */
};

struct vmas {
	bool present;
	bool has[FIELDS];	/* by this kernel and this version of the text */
	struct row *rows;
	size_t count;
	struct cost cost;
};

/* The columns of shootdowns. */
enum shootdown_field {
#define X(name, ...) SHOOTDOWN_##name,
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
	SHOOTDOWN_FIELDS,
};

extern const struct field_info shootdown_fields[SHOOTDOWN_FIELDS];

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

struct shootdowns {
	bool present;
	bool has[SHOOTDOWN_FIELDS];
	struct shootdown *rows;
	size_t count;
	struct cost cost;
};

/* A line of geometry or summary. */
struct pair {
	const char *key;
	const char *text;
	bool is_number;
	uint64_t number;
};

struct pairs {
	bool present;
	struct pair *pairs;
	size_t count;
	struct cost cost;
};

/**
 * struct model - what is known of a process
 * @geometry: the file of that name, if present
 * @summary: likewise
 * @vmas: likewise
 * @shootdowns: likewise
 * @texts: what all the strings point into
 * @count: of @texts
 */
struct model {
	struct pairs geometry;
	struct pairs summary;
	struct vmas vmas;
	struct shootdowns shootdowns;
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

/* Whether none of its files says state=partial. */
bool model_is_complete(const struct model *model);

/* The first line of this key, NULL if there is none. */
const struct pair *pairs_find(const struct pairs *pairs, const char *key);

/* The number behind a key, 0 if there is none. */
uint64_t pairs_number(const struct pairs *pairs, const char *key);
/* Likewise of a key that ends in a level. */
uint64_t pairs_level(const struct pairs *pairs, const char *key,
		     unsigned int level);

/* Decimal digits and nothing else; false if they are not that or too many. */
bool parse_number(const char *text, uint64_t *number);
/* 0x and up to 16 lower-case hexadecimal digits. */
bool parse_address(const char *text, uint64_t *number);

#endif /* PAGETREE_MODEL_H */

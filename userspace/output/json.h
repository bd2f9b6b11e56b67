/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes JSON to stdout. Strings and names are printable() already. */
#ifndef PAGETREE_JSON_H
#define PAGETREE_JSON_H

#include "model/pairs.h"

/**
 * struct json - a writer
 * @on: it writes; otherwise each function returns at once
 * @depth: number of objects and arrays that are open
 * @follows: the innermost of them has a member already
 */
struct json {
	bool on;
	int depth;
	bool follows;
};

/*
 * Begins and ends an object or an array. @name here and below: of the member; NULL
 * in an array and for the outermost object.
 */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *name, uint64_t number);
void json_real(struct json *json, const char *name, double number);
void json_address(struct json *json, const char *name, uint64_t address);
void json_string(struct json *json, const char *name, const char *text);
void json_null(struct json *json, const char *name);

/* A cell, as a member with the name of its column; null if unknown. */
void json_value(struct json *json, const struct field_info *field,
		union value value);

/* An object with a member for each pair. */
void json_pairs(struct json *json, const char *name, const struct pairs *pairs);
/* The member totals: numbers computed from summary. */
void json_totals(struct json *json, const struct pairs *summary,
		 const struct pairs *geometry);
/* The member NAME_cost: the cost of a file. */
void json_cost(struct json *json, const char *name, const struct cost *cost);

#endif /* PAGETREE_JSON_H */

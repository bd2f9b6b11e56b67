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
 * An object or an array. @name here and below: of the member; NULL in an array, and
 * for the outermost.
 */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *name, uint64_t number);
void json_delta(struct json *json, const char *name, int64_t delta);
void json_real(struct json *json, const char *name, double number);
void json_address(struct json *json, const char *name, uint64_t address);
void json_string(struct json *json, const char *name, const char *text);
void json_null(struct json *json, const char *name);

/* A cell, as the member that its column names; null if unknown. */
void json_value(struct json *json, const struct field_info *field,
		union value value);

/* An object with a member for each pair. */
void json_pairs(struct json *json, const char *name, const struct pairs *pairs);
/* The numbers that follow from summary, as the member totals. */
void json_totals(struct json *json, const struct pairs *summary,
		 const struct pairs *geometry);
/* The cost of a file, as the member NAME_cost. */
void json_cost(struct json *json, const char *name, const struct cost *cost);

#endif /* PAGETREE_JSON_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes JSON to stdout. Strings and names are printable() already. */
#ifndef PAGETREE_JSON_H
#define PAGETREE_JSON_H

#include "model/model.h"

/* The version of what is written; members are only ever added to it. */
#define JSON_SCHEMA	1

/* All that is printed lies between these: one object, with the schema. */
void json_begin(void);
void json_end(void);

/* An object or an array. @name: of the member; NULL in an array and outermost */
void json_open(const char *name, char bracket);
void json_close(char bracket);
void json_number(const char *name, uint64_t number);
void json_real(const char *name, double number);
void json_address(const char *name, uint64_t address);
void json_string(const char *name, const char *text);
void json_null(const char *name);

/* An object with a member a pair. */
void json_pairs(const char *name, const struct pairs *pairs);
/* What a file cost, as the member NAME_cost. */
void json_cost(const char *name, const struct cost *cost);

#endif /* PAGETREE_JSON_H */

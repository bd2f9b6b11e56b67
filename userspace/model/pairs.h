/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys and values: geometry, summary, the environment of a measurement. */
#ifndef PAGETREE_PAIRS_H
#define PAGETREE_PAIRS_H

#include "model/list.h"

/* struct pair - @is_number: an integer; @is_real: a number with a fraction */
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

/* Adds a pair. The caller keeps the strings until the pairs are gone. */
void pairs_add(struct pairs *pairs, const char *key, const char *text);

/* The pair of this key; NULL if there is none. */
const struct pair *pairs_find(const struct pairs *pairs, const char *key);

/* The integer of a key; 0 if there is none. */
uint64_t pairs_number(const struct pairs *pairs, const char *key);
/* The integer of a key that ends in a level, such as leaf1. */
uint64_t pairs_level(const struct pairs *pairs, const char *key,
		     unsigned int level);

/* Two columns, key and value, to show pairs as a list. */
extern const struct view view_pairs;

/* The pairs as rows, which use the strings of @pairs. */
struct list pairs_list(const struct pairs *pairs);

#endif /* PAGETREE_PAIRS_H */

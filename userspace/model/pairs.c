// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "model/pairs.h"

void pairs_add(struct pairs *pairs, const char *key, const char *text)
{
	struct pair pair = { .key = key, .text = text };

	pair.is_number = parse_number(text, &pair.number);
	pair.is_real = parse_real(text, &pair.real);
	pairs->pairs = grow(pairs->pairs, pairs->count, sizeof(pair));
	pairs->pairs[pairs->count++] = pair;
}

const struct pair *pairs_find(const struct pairs *pairs, const char *key)
{
	size_t i;

	for (i = 0; i < pairs->count; i++)
		if (!strcmp(pairs->pairs[i].key, key))
			return &pairs->pairs[i];

	return NULL;
}

uint64_t pairs_number(const struct pairs *pairs, const char *key)
{
	const struct pair *pair = pairs_find(pairs, key);

	return pair && pair->is_number ? pair->number : 0;
}

uint64_t pairs_level(const struct pairs *pairs, const char *key,
		     unsigned int level)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%u", key, level);

	return pairs_number(pairs, name);
}

enum { PAIR_key, PAIR_value, PAIR_FIELDS };

static const struct field_info pair_fields[PAIR_FIELDS] = {
	[PAIR_key] = COLUMN("key", TEXT, "as in docs/abi.md"),
	[PAIR_value] = COLUMN("value", NAME, "a number or a word"),
};

const struct view view_pairs = {
	.name = "geometry",
	.fields = pair_fields,
	.count = PAIR_FIELDS,
};

struct list pairs_list(const struct pairs *pairs)
{
	struct list list = list_new(&view_pairs);
	union value *row;
	size_t i;

	for (i = 0; i < pairs->count; i++) {
		row = list_add(&list);
		row[PAIR_key].text = pairs->pairs[i].key;
		row[PAIR_value].text = pairs->pairs[i].text;
	}

	return list;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a process, made again from what map says is in them. */
#ifndef PAGETREE_NODES_H
#define PAGETREE_NODES_H

#include "model/model.h"

/* struct part - entries of a table that read alike: kind, and rights of leaves */
struct part {
	const char *kind;
	char rights[4];
	uint64_t entries;
};

/**
 * struct node - a table, or neighbours that read alike
 * @start: of the first
 * @count: how many there are in each table of the node above
 * @used: entries in use, of each
 * @parts: what these are but tables: so many
 * @part: of the parts of all nodes, from here on
 * @vma: names
 * @size: it and all nodes below it, which follow it
 */
struct node {
	unsigned int level;
	uint64_t start;
	uint64_t count;
	uint64_t used;
	size_t parts;
	size_t part;
	const char *vma;
	size_t size;
};

struct parts {
	struct part *list;
	size_t count;
};

/**
 * struct nodes - of a process, from the root table on
 * @model: what they are made of
 * @levels: of page tables
 * @entries: of a table, by level, and
 * @bytes: what an entry spans
 * @list: each before those below it, @count of them
 * @parts: of all of them
 * @open: of the table of each level that is being filled
 * @extent: the one of map that is next,
 * @reached: the address up to which it was taken, and
 * @end: of it; both in whole entries
 * @texts: names of VMAs that were made
 */
struct nodes {
	const struct model *model;
	unsigned int levels;
	uint64_t entries[PAGETREE_LEVELS + 1];
	uint64_t bytes[PAGETREE_LEVELS + 1];
	struct node *list;
	size_t count;
	struct parts parts;
	struct parts open[PAGETREE_LEVELS + 1];
	size_t extent;
	uint64_t reached;
	uint64_t end;
	struct texts texts;
};

/**
 * nodes_init() - look whether nodes can be made
 * @model: has geometry and map
 *
 * Return: NULL, or what is wrong with these.
 */
const char *nodes_init(struct nodes *nodes, const struct model *model);
/* Makes them. */
void nodes_build(struct nodes *nodes);
void nodes_free(struct nodes *nodes);

/* What a table of that level spans. */
uint64_t nodes_span(const struct nodes *nodes, unsigned int level);

#endif /* PAGETREE_NODES_H */

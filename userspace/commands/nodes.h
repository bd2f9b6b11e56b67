/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of a process, rebuilt from the extents of map. */
#ifndef PAGETREE_NODES_H
#define PAGETREE_NODES_H

#include "model/model.h"

/* struct part - entries of a table with equal kind, and equal rights if leaves */
struct part {
	const char *kind;
	char rights[4];
	uint64_t entries;
};

/**
 * struct node - a table, or neighbouring tables with equal contents
 * @level: of the tables
 * @start: first address of the first table
 * @count: number of tables in each table of the node above
 * @used: entries in use, of one table
 * @parts: number of parts: the used entries that do not point to tables
 * @part: index of the first of them in the parts of all nodes
 * @vma: names of the VMAs there, or NULL
 * @size: number of nodes: this one and all below it, which follow it
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
 * struct nodes - the nodes of a process, from the root table on
 * @model: has geometry and map
 * @levels: number of levels
 * @entries: number of entries of a table, by level
 * @bytes: bytes that an entry spans, by level
 * @list: @count nodes; each comes before the nodes below it
 * @parts: parts of all nodes
 * @open: by level, parts of the table that is being filled
 * @extent: index of the next extent of map
 * @reached: address up to which @extent is consumed, in whole entries
 * @end: end of @extent, rounded up to whole entries
 * @texts: combined names of VMAs
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
 * nodes_init() - check that geometry and map of a model can be tables
 *
 * Return: NULL, or what is wrong with them.
 */
const char *nodes_init(struct nodes *nodes, const struct model *model);
/* Builds the nodes. Call nodes_init() first. */
void nodes_build(struct nodes *nodes);
void nodes_free(struct nodes *nodes);

/* Bytes that a table of this level spans. */
uint64_t nodes_span(const struct nodes *nodes, unsigned int level);

#endif /* PAGETREE_NODES_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * An extent of map tells which entries are in use; its addresses tell in which
 * tables. Extents are consumed once, in order. The number of nodes is bounded by the
 * number of extents, since neighbouring tables that an extent fills are one node,
 * and neighbouring tables with equal contents are joined.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/nodes.h"

#define NAMES	3	/* most names of VMAs to list for a table */

uint64_t nodes_span(const struct nodes *nodes, unsigned int level)
{
	return nodes->entries[level] * nodes->bytes[level];
}

/* Extents */

/* NULL, or what is wrong with the extents. */
static const char *check_extents(const struct nodes *nodes)
{
	const struct list *map = &nodes->model->map;
	const uint64_t top = nodes_span(nodes, nodes->levels);
	const union value *row;
	uint64_t end = 0;
	size_t i;

	for (i = 0; i < map->count; i++) {
		row = list_row(map, i);
		if (row[MAP_level].number > nodes->levels ||
		    row[MAP_size].number != nodes->bytes[row[MAP_level].number] ||
		    row[MAP_end].number > top)
			return "map: an extent that the geometry has no place for";
		if (row[MAP_start].number < end)
			return "map: extents that do not ascend";
		end = row[MAP_end].number;
	}

	return NULL;
}

const char *nodes_init(struct nodes *nodes, const struct model *model)
{
	const struct pairs *geometry = &model->geometry;
	unsigned int level;
	uint64_t below = 0;

	*nodes = (struct nodes) {
		.model = model,
		.levels = pairs_number(geometry, "levels"),
	};
	for (level = 1; level <= nodes->levels; level++) {
		nodes->entries[level] = pairs_level(geometry, "entries", level);
		nodes->bytes[level] = pairs_level(geometry, "entry_bytes", level);
		if (!nodes->entries[level] || !nodes->bytes[level] ||
		    (level > 1 && nodes->bytes[level] != below) ||
		    __builtin_mul_overflow(nodes->entries[level],
					   nodes->bytes[level], &below))
			return "geometry: entries and entry_bytes make no tables";
	}

	return check_extents(nodes);
}

/*
 * The extent that @nodes->reached lies in or before, if it has entries below @end.
 * An entry split between two extents is counted with the first.
 */
static const union value *next_extent(struct nodes *nodes, uint64_t end)
{
	const struct list *map = &nodes->model->map;
	const union value *row;
	uint64_t start, size;

	for (; nodes->extent < map->count; nodes->extent++) {
		row = list_row(map, nodes->extent);
		size = row[MAP_size].number;
		start = row[MAP_start].number / size * size;
		nodes->end = (row[MAP_end].number + size - 1) / size * size;
		if (nodes->reached < start)
			nodes->reached = start;
		if (nodes->reached < nodes->end)
			return nodes->reached < end ? row : NULL;
	}

	return NULL;
}

/* The number of rows with less than @number in a column that ascends. */
static size_t rows_below(const struct list *list, int field, uint64_t number)
{
	size_t low = 0, high = list->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (list_value(list, middle, field).number < number)
			low = middle + 1;
		else
			high = middle;
	}

	return low;
}

/* The names of the VMAs in a range, kinds for those without one; NULL: no VMA. */
static const char *vma_names(struct nodes *nodes, uint64_t start, uint64_t end)
{
	const struct list *vmas = &nodes->model->vmas;
	const char *name, *names[NAMES];
	size_t i, last, count = 0;
	char *text = NULL;

	if (!vmas->present)
		return NULL;
	last = rows_below(vmas, FIELD_start, end);
	for (i = rows_below(vmas, FIELD_end, start + 1); i < last; i++) {
		name = list_value(vmas, i, FIELD_name).text;
		if (!*name)
			name = list_value(vmas, i, FIELD_kind).text;
		if (count && !strcmp(name, names[count - 1]))
			continue;
		if (count == NAMES)
			break;
		names[count++] = name;
	}
	if (count < 2)
		return count ? names[0] : NULL;
	append(&text, "%s, %s", names[0], names[1]);
	if (count > 2)
		append(&text, ", %s", names[2]);
	if (i < last)
		append(&text, " and %zu more", last - i);

	return texts_keep(&nodes->texts, text);
}

/* Nodes */

static size_t add_node(struct nodes *nodes, unsigned int level, uint64_t start,
		       uint64_t count)
{
	const uint64_t end = start + count * nodes_span(nodes, level);

	nodes->list = grow(nodes->list, nodes->count, sizeof(*nodes->list));
	nodes->list[nodes->count] = (struct node) {
		.level = level,
		.start = start,
		.count = count,
		.vma = vma_names(nodes, start, end),
	};

	return nodes->count++;
}

/* Adds entries to the table of @level that is being filled. */
static void add_entries(struct nodes *nodes, unsigned int level,
			const union value *row, uint64_t entries)
{
	const char *kind = row[MAP_kind].text, *flags = row[MAP_flags].text;
	struct parts *open = &nodes->open[level];
	struct part part = { .kind = kind, .entries = entries };
	size_t i;

	if (!strcmp(kind, "leaf") || !strcmp(kind, "zero") ||
	    !strcmp(kind, "special"))
		snprintf(part.rights, sizeof(part.rights), "%c%c%c",
			 strchr(flags, 'n') ? '-' : 'r',
			 strchr(flags, 'w') ? 'w' : '-',
			 strchr(flags, 'x') ? 'x' : '-');
	for (i = 0; i < open->count; i++) {
		if (strcmp(open->list[i].kind, kind) ||
		    strcmp(open->list[i].rights, part.rights))
			continue;
		open->list[i].entries += entries;
		return;
	}
	open->list = grow(open->list, open->count, sizeof(part));
	open->list[open->count++] = part;
}

/* Completes a node: its open parts become final. */
static void end_node(struct nodes *nodes, size_t number, uint64_t used)
{
	struct node *node = &nodes->list[number];
	struct parts *open = &nodes->open[node->level], *all = &nodes->parts;
	size_t i;

	node->used = used;
	node->size = nodes->count - number;
	node->part = all->count;
	node->parts = open->count;
	for (i = 0; i < open->count; i++) {
		all->list = grow(all->list, all->count, sizeof(*all->list));
		all->list[all->count++] = open->list[i];
	}
	open->count = 0;
}

/* Adds @count neighbouring tables that the extent fills, and the tables below. */
static void add_full(struct nodes *nodes, unsigned int level, uint64_t start,
		     uint64_t count, const union value *extent)
{
	const size_t number = add_node(nodes, level, start, count);

	if (level == extent[MAP_level].number)
		add_entries(nodes, level, extent, nodes->entries[level]);
	else
		add_full(nodes, level - 1, start, nodes->entries[level], extent);
	end_node(nodes, number, nodes->entries[level]);
}

static bool same_parts(const struct nodes *nodes, const struct node *a,
		       const struct node *b)
{
	const struct part *x = nodes->parts.list + a->part;
	const struct part *y = nodes->parts.list + b->part;
	size_t i;

	if (a->parts != b->parts)
		return false;
	for (i = 0; i < a->parts; i++)
		if (x[i].entries != y[i].entries || strcmp(x[i].kind, y[i].kind) ||
		    strcmp(x[i].rights, y[i].rights))
			return false;

	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Whether two tables and all tables below them have equal contents. */
static bool alike(const struct nodes *nodes, const struct node *a,
		  const struct node *b)
{
	size_t i;

	if (a->size != b->size)
		return false;
	for (i = 0; i < a->size; i++)
		if (a[i].level != b[i].level || a[i].used != b[i].used ||
		    (i && a[i].count != b[i].count) || a[i].size != b[i].size ||
		    !same_text(a[i].vma, b[i].vma) ||
		    !same_parts(nodes, &a[i], &b[i]))
			return false;

	return true;
}

/*
 * Joins the last child @right of a table to the one before it, @left, if they are
 * alike; returns the node that is the last child now.
 */
static size_t join(struct nodes *nodes, size_t left, size_t right)
{
	struct node *a = &nodes->list[left], *b = &nodes->list[right];

	/* node 0 is the root: there is no child before @right */
	if (!left || a->start + a->count * nodes_span(nodes, a->level) != b->start ||
	    !alike(nodes, a, b))
		return right;
	a->count += b->count;
	nodes->count = right;

	return left;
}

static void add_table(struct nodes *nodes, unsigned int level, uint64_t start)
{
	const uint64_t bytes = nodes->bytes[level];
	const uint64_t end = start + nodes_span(nodes, level);
	const size_t number = add_node(nodes, level, start, 1);
	uint64_t used = 0, whole;
	const union value *extent;
	size_t last = 0, next;

	while ((extent = next_extent(nodes, end))) {
		whole = ((nodes->end < end ? nodes->end : end) - nodes->reached) /
			bytes;
		next = nodes->count;
		if (level < extent[MAP_level].number) {
			/* a table when map reached it, a leaf soon after */
			nodes->reached = nodes->end < end ? nodes->end : end;
			continue;
		}
		if (level == extent[MAP_level].number) {
			add_entries(nodes, level, extent, whole);
		} else if (whole && nodes->reached % bytes == 0) {
			add_full(nodes, level - 1, nodes->reached, whole, extent);
		} else {
			add_table(nodes, level - 1,
				  nodes->reached / bytes * bytes);
			used++;
			last = join(nodes, last, next);
			continue;
		}
		nodes->reached += whole * bytes;
		used += whole;
		if (next < nodes->count)
			last = join(nodes, last, next);
	}
	end_node(nodes, number, used);
}

void nodes_build(struct nodes *nodes)
{
	add_table(nodes, nodes->levels, 0);
}

void nodes_free(struct nodes *nodes)
{
	unsigned int level;

	for (level = 0; level <= PAGETREE_LEVELS; level++)
		free(nodes->open[level].list);
	texts_free(&nodes->texts);
	free(nodes->parts.list);
	free(nodes->list);
}

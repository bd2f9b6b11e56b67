// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/json.h"
#include "commands/nodes.h"
#include "commands/tree.h"
#include "commands/views.h"

enum {
	TREE_id, TREE_parent, TREE_level, TREE_name, TREE_start, TREE_span,
	TREE_tables, TREE_used, TREE_entries, TREE_full, TREE_bar, TREE_what,
	TREE_vma, TREE_FIELDS
};

static const struct field_info tree_fields[TREE_FIELDS] = {
	[TREE_id] = { "id", COUNT, 0, "of the row, from 1 on", false },
	[TREE_parent] = { "parent", COUNT, 0,
		"id of the row whose tables point to these; 0: none", false },
	[TREE_level] = { "level", COUNT, 0, "of the tables", false },
	[TREE_name] = { "name", TEXT, 0, "of the level: PGD, P4D, PUD, PMD, PTE",
		false },
	[TREE_start] = { "start", ADDRESS, 0, "first address of the first table",
		false },
	[TREE_span] = { "span", BYTES, 0, "what all the tables could map", false },
	[TREE_tables] = { "tables", TABLES, 0,
		"neighbours that read alike, in one row", false },
	[TREE_used] = { "used", ENTRIES, 0, "their entries in use", false },
	[TREE_entries] = { "entries", ENTRIES, 0,
		"all of their entries; of the root table its user half", false },
	[TREE_full] = { "used%", PERCENT, 0, "part of the entries in use", false },
	[TREE_bar] = { "bar", TEXT, 0, "the same as a bar", false },
	[TREE_what] = { "what", NAME, 0,
		"the entries in use: tables, leaves by size and rights, others by kind",
		false },
	[TREE_vma] = { "vma", NAME, 0, "names, or else kinds, of the VMAs there",
		false },
};

const struct view view_tree = {
	.name = "tree",
	.fields = tree_fields,
	.count = TREE_FIELDS,
	.required = (const int[]) { -1 },
	.defaults = (const int[]) {
		TREE_name, TREE_start, TREE_span, TREE_tables, TREE_used,
		TREE_full, TREE_bar, TREE_what, TREE_vma, -1
	},
	.quiet = (const int[]) { -1 },
	.tree = TREE_name,
	.parent = TREE_parent,
};

static const char *level_name(unsigned int level, unsigned int levels)
{
	static const char *const names[] = { "", "PTE", "PMD", "PUD", "P4D" };

	return level == levels ? "PGD" : names[level];
}

/* At least a cell if any entry is in use, and all of them only if each is. */
static const char *bar(uint64_t used, uint64_t entries)
{
	static const char *const bars[] = {
		"........", "#.......", "##......", "###.....", "####....",
		"#####...", "######..", "#######.", "########",
	};
	const uint64_t cells = used * 8 / entries;

	return bars[used && !cells ? 1 : cells];
}

/* What the entries in use of so many such tables are. */
static char *what(const struct nodes *nodes, const struct node *node,
		  uint64_t tables)
{
	const struct part *part = nodes->parts.list + node->part;
	uint64_t below = node->used;
	char *text, *longer, *size = size_text(nodes->bytes[node->level], false);
	const char *comma;
	size_t i;

	for (i = 0; i < node->parts; i++)
		below -= part[i].entries;
	text = below ? format("%" PRIu64 " %s", below * tables,
			      level_name(node->level - 1, nodes->levels)) :
		       format("%s", "");
	for (i = 0; i < node->parts; i++, part++) {
		comma = *text ? ", " : "";
		if (!*part->rights)
			longer = format("%s%s%" PRIu64 " %s", text, comma,
					part->entries * tables, part->kind);
		else
			longer = format("%s%s%" PRIu64 " x %s %s%s%s", text, comma,
					part->entries * tables, size, part->rights,
					strcmp(part->kind, "leaf") ? " " : "",
					strcmp(part->kind, "leaf") ? part->kind : "");
		free(text);
		text = longer;
	}
	free(size);

	return text;
}

/* struct drawn - the rows, and how many tables of each level there are in all */
struct drawn {
	struct list list;
	uint64_t tables[PAGETREE_LEVELS + 1];
};

static void add_row(struct drawn *drawn, struct nodes *nodes,
		    const struct node *node, uint64_t tables, uint64_t parent)
{
	const uint64_t used = tables * node->used;
	const uint64_t entries = tables * nodes->entries[node->level];
	union value *row = list_add(&drawn->list);

	row[TREE_id].number = drawn->list.count;
	row[TREE_parent].number = parent;
	row[TREE_level].number = node->level;
	row[TREE_name].text = level_name(node->level, nodes->levels);
	row[TREE_start].number = node->start;
	row[TREE_span].number = tables * nodes_span(nodes, node->level);
	row[TREE_tables].number = tables;
	row[TREE_used].number = used;
	row[TREE_entries].number = entries;
	row[TREE_full].real = 100.0 * used / entries;
	row[TREE_bar].text = bar(used, entries);
	row[TREE_what].text = nodes_keep(nodes, what(nodes, node, tables));
	row[TREE_vma].text = node->vma;
}

/* @depth: levels from the root down that get rows; 0: all */
static void draw(struct drawn *drawn, struct nodes *nodes, unsigned int depth)
{
	/* of the node of each level that is the last so far */
	uint64_t rows[PAGETREE_LEVELS + 2] = { 0 };
	uint64_t tables[PAGETREE_LEVELS + 2];
	const struct node *node;

	*drawn = (struct drawn) { .list = list_new(&view_tree) };
	tables[nodes->levels + 1] = 1;
	for (node = nodes->list; node < nodes->list + nodes->count; node++) {
		tables[node->level] = tables[node->level + 1] * node->count;
		drawn->tables[node->level] += tables[node->level];
		if (depth && nodes->levels - node->level >= depth)
			continue;
		add_row(drawn, nodes, node, tables[node->level],
			rows[node->level + 1]);
		rows[node->level] = drawn->list.count;
	}
}

/*
 * Whether summary has as many tables of that level: those that are drawn, the
 * empty ones, and of the others at most one above each that is not drawn.
 */
static bool agrees(const struct drawn *drawn, const struct pairs *summary,
		   unsigned int level)
{
	const uint64_t tables = pairs_level(summary, "tables", level);
	const uint64_t empty = pairs_level(summary, "empty", level);
	const uint64_t below = level > 1 ?
			       pairs_level(summary, "tables", level - 1) : 0;
	const uint64_t shown = level > 1 ? drawn->tables[level - 1] : 0;
	const uint64_t least = drawn->tables[level] + empty;

	return tables >= least &&
	       tables - least <= (below > shown ? below - shown : 0);
}

/* A line of the tables that no entry of map leads to, or of contradictions. */
static void print_rest(const struct process *process, const struct drawn *drawn)
{
	const struct pairs *summary = &process->model.summary;
	const unsigned int levels = pairs_number(&process->model.geometry, "levels");
	const char *before = "not in the tree, since they are empty or have empty ones below: ";
	unsigned int level;
	uint64_t tables;
	bool agree = true;

	for (level = levels; level; level--)
		agree &= agrees(drawn, summary, level);
	if (!agree)
		before = "the process moved between map and summary: ";
	for (level = levels; level; level--) {
		tables = pairs_level(summary, "tables", level);
		if (agree ? tables == drawn->tables[level] :
			    agrees(drawn, summary, level))
			continue;
		fputs(before, stdout);
		before = ", ";
		if (agree)
			printf("%" PRIu64 " %s", tables - drawn->tables[level],
			       level_name(level, levels));
		else
			printf("%" PRIu64 " %s here, %" PRIu64 " there, %" PRIu64 " of them empty",
			       drawn->tables[level], level_name(level, levels),
			       tables, pairs_level(summary, "empty", level));
	}
	puts(*before == ',' ? "" : "no table is empty: all are in the tree");
}

/* The same as members. */
static void rest_json(const struct process *process, const struct drawn *drawn)
{
	const struct pairs *summary = &process->model.summary;
	unsigned int level = pairs_number(&process->model.geometry, "levels");

	json_open("tree_levels", '[');
	for (; level; level--) {
		json_open(NULL, '{');
		json_number("level", level);
		json_number("drawn", drawn->tables[level]);
		json_number("tables", pairs_level(summary, "tables", level));
		json_number("empty", pairs_level(summary, "empty", level));
		json_number("agrees", agrees(drawn, summary, level));
		json_close('}');
	}
	json_close(']');
}

static bool check(struct process *process, const struct options *options)
{
	struct nodes nodes;
	const char *wrong;

	if (!process->model.map.present)
		process_lacks(options, "map");
	if (!process->model.geometry.present)
		process_lacks(options, "geometry");
	wrong = nodes_init(&nodes, &process->model);
	if (wrong)
		fail(EXIT_FAILURE, "tree: %s", wrong);

	return true;
}

static void print(const struct process *process, const struct options *options)
{
	const struct style *style = &options->style;
	/* half of a process says nothing of the other half */
	const bool whole = process->model.summary.present &&
			   model_is_complete(&process->model);
	struct nodes nodes;
	struct drawn drawn;

	nodes_init(&nodes, &process->model);
	nodes_build(&nodes);
	draw(&drawn, &nodes, options->depth);
	views_print(process, options, &drawn.list);
	if (style->format == FORMAT_JSON) {
		if (whole)
			rest_json(process, &drawn);
		json_cost("map", &process->model.map.cost);
	} else if (style->format == FORMAT_TABLE && style->headings && whole) {
		putchar('\n');
		print_rest(process, &drawn);
	}
	list_free(&drawn.list);
	nodes_free(&nodes);
}

int run_tree(const struct options *options)
{
	static const char *const files[] = { "map", "summary", "vmas", NULL };

	return processes_run(options, files, check, print);
}

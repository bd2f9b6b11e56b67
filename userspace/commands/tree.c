// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/memory.h"
#include "cli/run.h"
#include "commands/commands.h"
#include "commands/nodes.h"
#include "output/width.h"

enum {
	TREE_id, TREE_parent, TREE_level, TREE_name, TREE_start, TREE_span,
	TREE_tables, TREE_used, TREE_entries, TREE_full, TREE_bar, TREE_what,
	TREE_vma, TREE_FIELDS
};

static const struct field_info tree_fields[TREE_FIELDS] = {
	[TREE_id] = COLUMN("id", COUNT, "number of the row, from 1 on"),
	[TREE_parent] = COLUMN("parent", COUNT,
		"id of the row whose tables point to these; 0: none does"),
	[TREE_level] = COLUMN("level", COUNT, "level of the tables"),
	[TREE_name] = COLUMN("name", TEXT, "name of the level: PGD, P4D, PUD, PMD, PTE"),
	[TREE_start] = COLUMN("start", ADDRESS, "first address of the first table"),
	[TREE_span] = COLUMN("span", BYTES, "bytes that the tables could map"),
	[TREE_tables] = COLUMN("tables", TABLES, "number of neighbouring tables with equal contents"),
	[TREE_used] = COLUMN("used", ENTRIES, "entries in use, of all the tables"),
	[TREE_entries] = COLUMN("entries", ENTRIES,
		"entries of all the tables; only the user half of the root table"),
	[TREE_full] = COLUMN("used%", PERCENT, "used as a share of entries"),
	[TREE_bar] = COLUMN("bar", TEXT, "used% as a bar"),
	[TREE_what] = COLUMN("what", NAME,
		"the entries in use: tables, leaves by size and rights, others by kind"),
	[TREE_vma] = COLUMN("vma", NAME, "names of the VMAs there, or kinds of those without one"),
};

const struct view view_tree = {
	.name = "tree",
	.fields = tree_fields,
	.count = TREE_FIELDS,
	.defaults = COLUMNS(TREE_name, TREE_start, TREE_span, TREE_tables,
			    TREE_used, TREE_full, TREE_bar, TREE_what,
			    TREE_vma),
	.spare = COLUMNS(TREE_bar, TREE_span),
	.tree = TREE_name,
	.parent = TREE_parent,
};

static const char *level_name(unsigned int level, unsigned int levels)
{
	static const char *const names[] = { "", "PTE", "PMD", "PUD", "P4D" };

	return level == levels ? "PGD" : names[level];
}

/* At least one # if any entry is in use, and only # if all are; a new string. */
static char *bar(uint64_t used, uint64_t entries)
{
	const int full = used * 8 / entries;
	const int cells = used && !full ? 1 : full;

	return format("%.*s%.*s", cells, "########", 8 - cells, "........");
}

/* The entries in use of @tables tables like @node; a new string. */
static char *what(const struct nodes *nodes, const struct node *node,
		  uint64_t tables)
{
	const struct part *part = nodes->parts.list + node->part;
	const struct part *const end = part + node->parts;
	char *text = format("%s", ""), *size;
	uint64_t below = node->used;
	const struct part *p;

	for (p = part; p < end; p++)
		below -= p->entries;
	if (below)
		append(&text, "%" PRIu64 " %s", below * tables,
		       level_name(node->level - 1, nodes->levels));
	size = size_text(nodes->bytes[node->level], false);
	for (p = part; p < end; p++) {
		append(&text, "%s%" PRIu64, *text ? ", " : "",
		       p->entries * tables);
		if (*p->rights)
			append(&text, " x %s %s", size, p->rights);
		if (!*p->rights || strcmp(p->kind, "leaf"))
			append(&text, " %s", p->kind);
	}
	free(size);

	return text;
}

/* struct drawn - the rows, and the number of tables in them by level */
struct drawn {
	struct list list;
	uint64_t tables[PAGETREE_LEVELS + 1];
};

static void add_row(struct drawn *drawn, const struct nodes *nodes,
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
	row[TREE_bar].text = list_keep(&drawn->list, bar(used, entries));
	row[TREE_what].text = list_keep(&drawn->list, what(nodes, node, tables));
	row[TREE_vma].text = node->vma;
}

/* @depth: number of levels from the root down that get rows; 0: all */
static void draw(struct drawn *drawn, const struct nodes *nodes,
		 unsigned int depth)
{
	/* by level: the row of the last node, and the number of its tables */
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
 * Whether summary agrees with the number of tables drawn on a level. map does not
 * lead to empty tables, nor to tables above nothing but empty ones: summary may have
 * all of its empty tables more, and one more for each table missing one level below.
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

/* Prints a line about tables that map does not lead to, or about contradictions. */
static void print_rest(const struct process *process, const struct drawn *drawn)
{
	const struct pairs *summary = &process->model.summary;
	const unsigned int levels = pairs_number(&process->model.geometry, "levels");
	const char *before = "not in the tree, because empty or with only empty tables below: ";
	char *text = format("%s", "");
	unsigned int level;
	uint64_t tables;
	bool agree = true;

	for (level = levels; level; level--)
		agree &= agrees(drawn, summary, level);
	if (!agree)
		before = "the process changed between map and summary: ";
	for (level = levels; level; level--) {
		tables = pairs_level(summary, "tables", level);
		if (agree ? tables == drawn->tables[level] :
			    agrees(drawn, summary, level))
			continue;
		append(&text, "%s", before);
		before = ", ";
		if (agree)
			append(&text, "%" PRIu64 " %s",
			       tables - drawn->tables[level],
			       level_name(level, levels));
		else
			append(&text, "%" PRIu64 " %s in map, %" PRIu64 " in summary, %" PRIu64 " of these empty",
			       drawn->tables[level], level_name(level, levels),
			       tables, pairs_level(summary, "empty", level));
	}
	text_print("%s\n", *text ? text : "no table is empty: all are in the tree");
	free(text);
}

/* print_rest() in JSON: the facts by level. */
static void rest_json(struct json *json, const struct process *process,
		      const struct drawn *drawn)
{
	const struct pairs *summary = &process->model.summary;
	unsigned int level = pairs_number(&process->model.geometry, "levels");

	json_open(json, "tree_levels", '[');
	for (; level; level--) {
		json_open(json, NULL, '{');
		json_number(json, "level", level);
		json_number(json, "drawn", drawn->tables[level]);
		json_number(json, "tables", pairs_level(summary, "tables", level));
		json_number(json, "empty", pairs_level(summary, "empty", level));
		json_number(json, "agrees", agrees(drawn, summary, level));
		json_close(json, '}');
	}
	json_close(json, ']');
}

static bool check(struct process *process, const struct options *options)
{
	struct nodes nodes;
	const char *wrong;

	if (!process->model.map.present)
		run_lacks(options, "map");
	if (!process->model.geometry.present)
		run_lacks(options, "geometry");
	wrong = nodes_init(&nodes, &process->model);
	if (wrong)
		fail(EXIT_FAILURE, "tree: %s", wrong);

	return true;
}

static void print(struct document *document, const struct process *process,
		  const struct options *options)
{
	/* a partial map cannot be compared with summary */
	const bool whole = process->model.summary.present &&
			   model_is_complete(&process->model);
	struct nodes nodes;
	struct drawn drawn;

	nodes_init(&nodes, &process->model);
	nodes_build(&nodes);
	draw(&drawn, &nodes, options->depth);
	run_print(document, process, options, &drawn.list);
	if (whole)
		rest_json(&document->json, process, &drawn);
	json_cost(&document->json, "map", &process->model.map.cost);
	if (whole && document_has_text(document)) {
		putchar('\n');
		print_rest(process, &drawn);
	}
	list_free(&drawn.list);
	nodes_free(&nodes);
}

int run_tree(const struct options *options)
{
	static const char *const files[] = { "map", "summary", "vmas", NULL };
	/* what nodes.c looks at */
	static int fields_of_vmas[] = {
		FIELD_start, FIELD_end, FIELD_kind, FIELD_name,
	};
	static const struct kept kept = {
		&view_vmas, fields_of_vmas, ARRAY_SIZE(fields_of_vmas),
	};
	static const struct run run = {
		.files = files, .kept = &kept, .prepare = check, .print = print,
	};

	return run_processes(&run, options);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The command ps: a row per process or name, the sums, and what the kernel counts of tables. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/memory.h"
#include "cli/run.h"
#include "commands/commands.h"
#include "commands/groups.h"
#include "input/find.h"
#include "input/system.h"

/* Which rows */

/* The processes of the command line, threads as their processes; a new array. */
static pid_t *chosen_pids(const struct options *options)
{
	pid_t *pids = resize(NULL, options->pid_count, sizeof(*pids));
	size_t i;

	for (i = 0; i < options->pid_count; i++)
		pids[i] = options->input ? options->pids[i] :
					   proc_leader(options->pids[i]);

	return pids;
}

static bool is_among(const pid_t *pids, size_t count, uint64_t pid)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (pids[i] && (uint64_t)pids[i] == pid)
			return true;

	return false;
}

/* Drops the rows of processes that the command line does not name, if it names some. */
static void choose_rows(struct list *list, const struct options *options)
{
	const size_t count = list->count;
	pid_t *pids;
	size_t i;

	if (!options->pid_count)
		return;
	pids = chosen_pids(options);
	for (i = list->count = 0; i < count; i++) {
		if (!is_among(pids, options->pid_count,
			      list_row(list, i)[FIELD_pid].number))
			continue;
		memmove(list_row(list, list->count), list_row(list, i),
			list->width * sizeof(*list->values));
		list->count++;
	}
	free(pids);
	if (!list->count)
		fail(EXIT_FAILURE, "none of these processes has a row: they have ended, or are kernel threads");
}

/*
 * The minimum number of tables that could hold the entries of a process, as PID/tables
 * has it: entries may move to any place of their level.
 */
static uint64_t packed_of(const union value *row, const struct pairs *geometry)
{
	const unsigned int levels = pairs_number(geometry, "levels");
	uint64_t ends, entries, tables, below = 0, sum = 1;
	unsigned int level;

	for (level = 1; level < levels; level++) {
		entries = pairs_level(geometry, "entries", level);
		if (!entries)
			return UNKNOWN;
		ends = row[FIELD_used + level - 1].number;
		tables = level > 1 ? row[FIELD_tables + level - 2].number : 0;
		ends -= ends < tables ? ends : tables;
		below = (ends + below + entries - 1) / entries;
		sum += below;
	}

	return row[FIELD_all_tables].number ? sum : 0;
}

static void complete_rows(struct list *list, const struct pairs *geometry)
{
	union value *row;
	size_t i;

	for (i = 0; i < list->count && geometry->present; i++) {
		row = list_row(list, i);
		row_tables(row, geometry);
		row[FIELD_packed].number = packed_of(row, geometry);
	}
}

/* Sums */

/**
 * struct sums - all rows together
 * @row: their sum
 * @processes: number of rows
 * @unseen: number of rows that are not complete
 */
struct sums {
	union value row[FIELDS];
	uint64_t processes;
	uint64_t unseen;
};

static void sum_up(struct sums *sums, const struct list *list)
{
	const union value *row;
	size_t i;

	*sums = (struct sums) { .processes = list->count };
	groups_begin(sums->row);
	for (i = 0; i < list->count; i++) {
		row = list_row(list, i);
		row_add(sums->row, row);
		sums->unseen += strcmp(row[FIELD_state].text, "ok") != 0;
	}
	row_make(sums->row);
	sums->row[FIELD_name].text = "total";
}

/* Mapped memory that processes share counts for each. */
static void print_total(struct document *document, const struct sums *sums,
			const struct pairs *geometry)
{
	const uint64_t tables = sums->row[FIELD_all_tables].number;
	char *sizes[] = {
		size_text(sums->row[FIELD_mapped].number, document->style->bytes),
		size_text(tables * pairs_number(geometry, "table_bytes"),
			  document->style->bytes),
	};

	document_text(document, "\ntotal of %" PRIu64 " processes: %s mapped, %" PRIu64 " tables, %s\n",
		      sums->processes, sizes[0], tables, sizes[1]);
	free(sizes[0]);
	free(sizes[1]);
}

/* What the kernel counts */

/* The number after a key at the beginning of a line; UNKNOWN without the line. Frees the text. */
static uint64_t number_after(char *text, const char *key)
{
	const size_t len = strlen(key);
	uint64_t number = UNKNOWN;
	const char *line = text;

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (!strncmp(line, key, len) && strchr(": ", line[len]))
			number = strtoull(line + len + 1, NULL, 10);
	free(text);

	return number;
}

/* A number of memory.stat, summed over the cgroups of the command line; UNKNOWN if one has none. */
static uint64_t of_cgroups(const struct options *options, const char *key)
{
	uint64_t sum = 0, number;
	size_t i;

	for (i = 0; i < options->cgroup_count; i++) {
		number = number_after(cgroup_read(options->cgroups[i], "memory.stat"),
				      key);
		if (number == UNKNOWN)
			return UNKNOWN;
		sum += number;
	}

	return options->cgroup_count ? sum : UNKNOWN;
}

static uint64_t of_meminfo(const char *key)
{
	const uint64_t kib = number_after(proc_read(0, "meminfo"), key);

	return kib == UNKNOWN ? UNKNOWN : kib * 1024;
}

/* Prints a count of the kernel's beside @ours, bytes of tables and deposited tables. */
static void print_count(struct document *document, const char *name, uint64_t count,
			uint64_t ours, const struct sums *sums)
{
	const bool more = count >= ours;
	char *sizes[] = {
		size_text(count, document->style->bytes),
		size_text(more ? count - ours : ours - count, document->style->bytes),
	};

	document_text(document, "%s: %s, %s %s than these tables and the deposited ones\n",
		      name, sizes[0], sizes[1], more ? "more" : "less");
	if (more)
		document_text(document, "  more: processes that are not above, exiting, or not read whole (%" PRIu64 " rows);\n"
			      "  in Linux 7 tables of the kernel itself, and second pages of root tables (isolation)\n",
			      sums->unseen);
	else
		document_text(document, "  less: Linux 6.1 counts levels 1 and 2, 6.12 also level 3; shared tables count once%s\n",
			      strncmp(name, "memory.stat", 11) ? "" :
			      ";\n  a table counts for the cgroup in which it was made");
	free(sizes[0]);
	free(sizes[1]);
}

/* The tables of each level, since kernels differ in which they count. */
static void print_levels(struct document *document, const struct sums *sums,
			 unsigned int levels)
{
	unsigned int level;
	char name[16];

	document_text(document, "\ntables by level, from 1 on:");
	for (level = 1; level <= levels; level++) {
		const uint64_t tables = sums->row[FIELD_tables + level - 1].number;

		document_text(document, "%s %" PRIu64, level > 1 ? "," : "", tables);
		snprintf(name, sizeof(name), "tables%u", level);
		json_number(&document->json, name, tables);
	}
}

static void json_known(struct json *json, const char *name, uint64_t number)
{
	if (number != UNKNOWN)
		json_number(json, name, number);
}

static void print_tables(struct document *document, const struct sums *sums,
			 const struct pairs *geometry, const struct options *options)
{
	const uint64_t deposited = sums->row[FIELD_deposited].number *
				   pairs_number(geometry, "table_bytes");
	const uint64_t ours = sums->row[FIELD_table_bytes].number + deposited;
	const uint64_t machine = of_meminfo("PageTables");
	const uint64_t secondary = of_meminfo("SecPageTables");
	const uint64_t cgroup = of_cgroups(options, "pagetables");
	struct json *json = &document->json;
	char *size = size_text(deposited, document->style->bytes);

	json_open(json, "tables_sum", '{');
	print_levels(document, sums, pairs_number(geometry, "levels"));
	document_text(document, "\ndeposited to split huge pages, in no page tree: %" PRIu64 " tables, %s\n",
		      sums->row[FIELD_deposited].number, size);
	free(size);
	if (cgroup != UNKNOWN)
		print_count(document, "memory.stat pagetables of the cgroup", cgroup,
			    ours, sums);
	if (machine != UNKNOWN)
		print_count(document, "PageTables of /proc/meminfo", machine, ours, sums);
	if (secondary != UNKNOWN) {
		size = size_text(secondary, document->style->bytes);
		document_text(document, "SecPageTables of /proc/meminfo: %s of KVM and IOMMUs, not of processes\n",
			      size);
		free(size);
	}
	json_number(json, "processes", sums->processes);
	json_number(json, "not_whole", sums->unseen);
	json_number(json, "tables", sums->row[FIELD_all_tables].number);
	json_number(json, "bytes", sums->row[FIELD_table_bytes].number);
	json_number(json, "empty", sums->row[FIELD_empty_tables].number);
	json_number(json, "sparse", sums->row[FIELD_sparse].number);
	json_number(json, "packed", sums->row[FIELD_packed].number);
	json_number(json, "shared", sums->row[FIELD_shared + 1].number);
	json_number(json, "saves", sums->row[FIELD_saves].number);
	json_number(json, "deposited", sums->row[FIELD_deposited].number);
	json_known(json, "meminfo_page_tables", machine);
	json_known(json, "meminfo_sec_page_tables", secondary);
	json_known(json, "cgroup_pagetables", cgroup);
	json_known(json, "cgroup_sec_pagetables", of_cgroups(options, "sec_pagetables"));
	json_close(json, '}');
}

/* The sums as a row below the others. */
static void print_sum_row(struct document *document, const struct sums *sums,
			  const struct list *list, const struct pairs *geometry)
{
	const struct style *whole = document->style;
	struct style style = *whole;
	struct list one = list_new(list->view);

	if (!document_has_text(document)) {
		list_free(&one);
		return;
	}
	memcpy(list_add(&one), sums->row, sizeof(sums->row));
	document_text(document, "\ntotal of %" PRIu64 " processes:\n", sums->processes);
	style.filter = NULL;
	document->style = &style;
	document_list(document, &one, geometry, 0);
	document->style = whole;
	list_free(&one);
}

/* The rows of @model, or of @groups if they are wanted, with the columns that are. */
static struct list *rows_of(struct model *model, struct groups *groups,
			    const struct options *options)
{
	const int shape = (options->tables ? SHAPE_TABLES : 0) |
			  (options->group ? SHAPE_GROUPS : 0);
	struct list *list = &model->processes;
	size_t i;

	if (options->group) {
		*groups = groups_new(&view_process_shapes[shape]);
		for (i = 0; i < list->count; i++)
			groups_add(groups, list_row(list, i));
		groups_end(groups);
		return &groups->list;
	}
	if (shape)
		list->view = &view_process_shapes[shape];

	return list;
}

int run_ps(const struct options *options)
{
	struct style style = options->style;
	struct groups groups = { 0 };
	struct model model = { 0 };
	struct document document;
	struct list *list;
	struct sums sums;
	bool complete;

	run_global(&model, options, "processes");
	complete = model.processes.cost.complete;
	choose_rows(&model.processes, options);
	complete_rows(&model.processes, &model.geometry);
	sum_up(&sums, &model.processes);
	list = rows_of(&model, &groups, options);
	/* the largest stand last, next to the sum */
	if (options->tables && style.sort < 0)
		style.sort = FIELD_table_bytes;
	document = document_begin(&style);
	document_list(&document, list, &model.geometry, 0);
	if (options->tables) {
		print_sum_row(&document, &sums, list, &model.geometry);
		print_tables(&document, &sums, &model.geometry, options);
	} else {
		print_total(&document, &sums, &model.geometry);
	}
	json_cost(&document.json, "processes", &model.processes.cost);
	document_end(&document);
	groups_free(&groups);
	model_free(&model);
	if (complete)
		return EXIT_SUCCESS;
	complain("the processes were not read to their end: state=partial");

	return EXIT_PARTIAL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each VMA, what of it could be on huge pages of level 2, what is not, and the
 * first thing that stands in the way: of the VMA's shape, of what the process or
 * the administrator asked for, of the pages that are there, of the machine.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/json.h"
#include "commands/reason.h"
#include "input/source.h"
#include "commands/why.h"

/* The view */

enum { WHY_start, WHY_end, WHY_size, WHY_vmas, WHY_perms, WHY_kind, WHY_reason,
       WHY_eligible, WHY_huge, WHY_small, WHY_spans, WHY_evidence, WHY_remedy,
       WHY_name, WHY_FIELDS };

static const struct field_info why_fields[WHY_FIELDS] = {
	[WHY_start] = { "start", ADDRESS, 0, "first address", false },
	[WHY_end] = { "end", ADDRESS, 0, "address after the last", false },
	[WHY_size] = { "size", BYTES, 0, "of the VMAs", false },
	[WHY_vmas] = { "vmas", COUNT, 0, "VMAs, neighbours with the same reason", false },
	[WHY_perms] = { "perms", TEXT, 0, "as in vmas, of the first", false },
	[WHY_kind] = { "kind", TEXT, 0, "as in vmas", false },
	[WHY_reason] = { "reason", TEXT, 0, "why not: the reasons are below", false },
	[WHY_eligible] = { "eligible", BYTES, 0, "in whole, aligned huge pages of level 2", false },
	[WHY_huge] = { "huge", BYTES, 0, "mapped by leaves above level 1", false },
	[WHY_small] = { "small", BYTES, 0, "mapped by leaves of level 1", false },
	[WHY_spans] = { "spans", COUNT, 0, "huge pages that it could be on, and of which something is touched", false },
	[WHY_evidence] = { "evidence", PROSE, 0, "what says so", false },
	[WHY_remedy] = { "remedy", PROSE, 0, "what can be done", false },
	[WHY_name] = { "name", NAME, 0, "as in vmas, of the first", false },
};

/* What can be changed stands out. */
static const char *why_color(const union value *row, int field)
{
	return field == WHY_reason && row[WHY_spans].number ? "yellow" : NULL;
}

const struct view view_why = {
	.name = "why",
	.fields = why_fields,
	.count = WHY_FIELDS,
	.required = (const int[]) { -1 },
	.defaults = (const int[]) {
		WHY_start, WHY_vmas, WHY_eligible, WHY_small, WHY_reason,
		WHY_evidence, WHY_name, -1
	},
	.quiet = (const int[]) { -1 },
	.color = why_color,
};

void why_help(void)
{
	size_t i;

	puts("Reasons, in the order in which they are looked for; the first that holds is said:");
	for (i = 0; i < FINE; i++)
		printf("  %-12s %s\n", reasons[i].code, reasons[i].meaning);
}

/* What is known */

/* The word in brackets; "" if there is none. */
static char *read_choice(const char *name)
{
	char *text = source_sys(name), *word = NULL;
	char *open = text ? strchr(text, '[') : NULL;

	if (open)
		word = format("%.*s", (int)strcspn(open + 1, "]"), open + 1);
	free(text);

	return word ? word : format("%s", "");
}

/* The mode of this size, which may be that of all. */
static char *read_mode(const char *name, uint64_t size)
{
	char *path = format("kernel/mm/transparent_hugepage/hugepages-%" PRIu64
			    "kB/%s", size / 1024, name);
	char *mode = read_choice(path);

	free(path);
	if (*mode && strcmp(mode, "inherit"))
		return mode;
	free(mode);
	path = format("kernel/mm/transparent_hugepage/%s", name);
	mode = read_choice(path);
	free(path);

	return mode;
}

/* A number behind a key of status, 0 if there is none. */
static uint64_t status_number(const char *status, const char *key,
			      uint64_t absent)
{
	const char *line = status ? strstr(status, key) : NULL;

	return line ? strtoull(line + strlen(key), NULL, 10) : absent;
}

/*
 * Blocks of a huge page and larger, as so many huge pages, in all zones but DMA,
 * which is kept for devices.
 */
static uint64_t count_blocks(const char *buddyinfo, unsigned int order)
{
	const char *line = buddyinfo, *counts;
	uint64_t blocks = 0, count;
	unsigned int i;
	char *end;

	for (; line && (line = strstr(line, "zone ")); line = counts) {
		line += strlen("zone ");
		line += strspn(line, " ");
		counts = line + strcspn(line, " \n");
		if (!strncmp(line, "DMA ", 4))
			continue;
		for (i = 0; *counts == ' '; i++, counts = end) {
			count = strtoull(counts, &end, 10);
			if (end == counts)
				break;
			if (i >= order)
				blocks += count << (i - order);
			/* a line may end in a blank */
			if (end[strspn(end, " ")] == '\n')
				break;
		}
	}

	return blocks;
}

/* False if the process is gone. @input: there need not be any smaps in it */
static bool learn(struct why *why, const struct process *process, bool input)
{
	const struct pairs *geometry = &process->model.geometry;
	char *status = source_proc(process->pid, "status");
	char *buddyinfo = source_proc(0, "buddyinfo");
	const char *khugepaged = "kernel/mm/transparent_hugepage/khugepaged";
	char *name;

	*why = (struct why) {
		.process = process,
		.page = pairs_level(geometry, "entry_bytes", 1),
		.huge = pairs_level(geometry, "entry_bytes", 2),
		.list = list_new(&view_why),
		.mountinfo = source_proc(process->pid, "mountinfo"),
	};
	if (!why->page || !why->huge)
		fail(EXIT_FAILURE, "why: there is no geometry: pagetree capture writes all that it needs");
	why->per = why->huge / why->page;
	why->enabled = read_mode("enabled", why->huge);
	why->shmem_enabled = read_mode("shmem_enabled", why->huge);
	why->disabled = !status_number(status, "\nTHP_enabled:", 1);
	why->pinned = status_number(status, "\nVmPin:", 0) * 1024;
	why->has_blocks = buddyinfo;
	why->blocks = count_blocks(buddyinfo, why_order(why->per));
#define LIMIT(member, file, absent)					\
	name = format("%s/" file, khugepaged);				\
	why->member = why_number(name, absent);			\
	free(name)
	LIMIT(max_none, "max_ptes_none", why->per - 1);
	LIMIT(max_swap, "max_ptes_swap", why->per / 8);
	LIMIT(max_shared, "max_ptes_shared", why->per / 2);
#undef LIMIT
	free(status);
	free(buddyinfo);

	return smaps_read(&why->smaps, process->pid) || input;
}

static void forget(struct why *why)
{
	while (why->text_count)
		free(why->texts[--why->text_count]);
	free(why->texts);
	free(why->spans);
	free(why->mountinfo);
	free(why->enabled);
	free(why->shmem_enabled);
	smaps_free(&why->smaps);
	list_free(&why->list);
	free(why);
}

/* Keeps a text as long as the rows. */
static const char *keep(struct why *why, char *text)
{
	why->texts = room(why->texts, why->text_count, sizeof(text));
	why->texts[why->text_count++] = text;

	return text;
}

/* Looking */

/* The smaps of a VMA; both ascend. */
static const struct smaps_vma *find_smaps(struct why *why, uint64_t start)
{
	const struct smaps *smaps = &why->smaps;

	while (why->next_smaps < smaps->count &&
	       smaps->vmas[why->next_smaps].end <= start)
		why->next_smaps++;
	if (why->next_smaps == smaps->count ||
	    smaps->vmas[why->next_smaps].start > start)
		return NULL;

	return &smaps->vmas[why->next_smaps];
}

/* Adds entries of level 1 to the span that they are in. */
static void touch(struct why *why, uint64_t start, unsigned int pages,
		  const char *kind)
{
	struct span *span = why->span_count ?
			    &why->spans[why->span_count - 1] : NULL;

	if (!span || span->start != start) {
		why->spans = room(why->spans, why->span_count, sizeof(*span));
		span = &why->spans[why->span_count++];
		*span = (struct span) { .start = start };
	}
	if (!strcmp(kind, "swap"))
		span->swapped += pages;
	else if (!strcmp(kind, "leaf") || !strcmp(kind, "special"))
		span->pages += pages;
}

/* What of the VMA's huge pages is touched, by the extents of map. */
static void look_at_map(struct why *why, struct look *look)
{
	const struct list *map = &why->process->model.map;
	const union value *extent;
	uint64_t start, end, next;
	size_t i;

	why->span_count = 0;
	while (why->extent < map->count &&
	       list_row(map, why->extent)[MAP_end].number <= look->start)
		why->extent++;
	for (i = why->extent; i < map->count; i++) {
		extent = list_row(map, i);
		start = extent[MAP_start].number;
		end = extent[MAP_end].number;
		if (start >= look->last)
			break;
		start = start > look->first ? start : look->first;
		end = end < look->last ? end : look->last;
		if (start >= end)
			continue;
		if (extent[MAP_level].number > 1) {
			look->huge += end - start;
			continue;
		}
		for (; start < end; start = next) {
			next = (start / why->huge + 1) * why->huge;
			next = next < end ? next : end;
			touch(why, start - start % why->huge,
			      (next - start) / why->page,
			      extent[MAP_kind].text);
		}
	}
}

/* Rows */

static void add_row(struct why *why, const struct look *look, enum reason reason,
		    char *evidence)
{
	const struct row *vma = look->vma;
	union value *row = why->list.count ?
			   list_row(&why->list, why->list.count - 1) : NULL;
	const char *name = vma->values[FIELD_name].text;
	/* the VMA before it is the last of the row, and says the same */
	const bool goes_on = row && vma > list_vmas(&why->process->model.vmas) &&
			     row[WHY_end].number == number(vma - 1, FIELD_end) &&
			     row[WHY_reason].text == reasons[reason].code &&
			     !strcmp(row[WHY_kind].text,
				     vma->values[FIELD_kind].text) &&
			     (reason == REASON_SMALL ||
			      reason == REASON_PROTECTION ||
			      !strcmp(row[WHY_evidence].text, evidence));

	if (!goes_on) {
		row = list_add(&why->list);
		row[WHY_start].number = look->start;
		row[WHY_size].number = 0;
		row[WHY_vmas].number = 0;
		row[WHY_perms].text = vma->values[FIELD_perms].text;
		row[WHY_kind].text = vma->values[FIELD_kind].text;
		row[WHY_reason].text = reasons[reason].code;
		row[WHY_remedy].text = reasons[reason].remedy;
		row[WHY_evidence].text = keep(why, evidence);
		row[WHY_name].text = name;
		row[WHY_eligible].number = 0;
		row[WHY_huge].number = 0;
		row[WHY_small].number = 0;
		row[WHY_spans].number = 0;
	} else {
		free(evidence);
	}
	row[WHY_end].number = look->end;
	row[WHY_size].number += look->end - look->start;
	row[WHY_vmas].number++;
	row[WHY_eligible].number += look->eligible;
	row[WHY_small].number += number(vma, FIELD_bytes);
	row[WHY_huge].number += number(vma, FIELD_mapped) -
				number(vma, FIELD_bytes);
	row[WHY_spans].number += why->span_count;
}

/* What would be won, and what a fork would copy. */
static void sum_up(struct why *why, const struct look *look)
{
	size_t i;

	why->eligible += look->eligible;
	why->eligible_huge += look->huge;
	for (i = 0; i < why->span_count; i++)
		if (why->spans[i].pages)
			why->saved_translations += why->spans[i].pages - 1;
	why->saved_tables += why->span_count;
	if (look_is(look, "anon") || look_is(look, "hugetlb") ||
	    look_is(look, "pfnmap") ||
	    (look->smaps && look->smaps->anonymous))
		why->fork_tables += number(look->vma, FIELD_all_tables);
}

static void look_at(struct why *why, const struct row *vma)
{
	struct look look = {
		.vma = vma,
		.start = number(vma, FIELD_start),
		.end = number(vma, FIELD_end),
	};
	char *evidence = NULL;
	enum reason reason;

	look.smaps = find_smaps(why, look.start);
	look.first = (look.start + why->huge - 1) / why->huge * why->huge;
	look.last = look.end / why->huge * why->huge;
	look.congruent = look_is_congruent(why, &look);
	if (look.last < look.first || look_is(&look, "pfnmap") ||
	    look_is(&look, "special") || !look.congruent)
		look.last = look.first;
	look.eligible = look.last - look.first;
	look_at_map(why, &look);
	reason = why_judge(why, &look, &evidence);
	sum_up(why, &look);
	if (reason != FINE)
		add_row(why, &look, reason, evidence);
	else
		free(evidence);
}

/* Printing */

static void print_json(const struct why *why, const struct style *style)
{
	const uint64_t table = pairs_number(&why->process->model.geometry,
					    "table_bytes");

	json_open("why_summary", '{');
	json_number("huge_bytes", why->huge);
	json_number("eligible", why->eligible);
	json_number("eligible_huge", why->eligible_huge);
	if (why->has_blocks)
		json_number("free_huge_pages", why->blocks);
	json_number("saved_tables", why->saved_tables);
	json_number("saved_translations", why->saved_translations);
	json_number("fork_tables", why->fork_tables);
	json_number("fork_bytes", why->fork_tables * table);
	json_string("enabled", why->enabled);
	json_string("shmem_enabled", why->shmem_enabled);
	json_close('}');
	columns_json(&why->list, style);
}

static void print_summary(const struct why *why, const struct style *style)
{
	const uint64_t table = pairs_number(&why->process->model.geometry,
					    "table_bytes");
	char *title = process_title(why->process);
	char *eligible = size_text(why->eligible, style->bytes);
	char *got = size_text(why->eligible_huge, style->bytes);
	char *huge = size_text(why->huge, style->bytes);
	char *copied = size_text(why->fork_tables * table, style->bytes);

	printf("%s: %s could be on pages of %s, %s are (%.1f%%); THP: %s, of shmem: %s\n",
	       title, eligible, huge, got,
	       why->eligible ? 100.0 * why->eligible_huge / why->eligible : 0,
	       *why->enabled ? why->enabled : "?",
	       *why->shmem_enabled ? why->shmem_enabled : "?");
	if (why->has_blocks)
		printf("memory has %" PRIu64 " more of them without compaction; ",
		       why->blocks);
	printf("what is touched would then translate by %" PRIu64
	       " tables and %" PRIu64 " TLB entries fewer\n",
	       why->saved_tables, why->saved_translations);
	printf("a fork copies up to %" PRIu64 " tables, %s\n",
	       why->fork_tables, copied);
	free(title);
	free(eligible);
	free(got);
	free(huge);
	free(copied);
}

/* Each reason that was found, once, with what can be done. */
static void print_remedies(const struct why *why)
{
	bool said[FINE] = { false };
	size_t i;
	int reason;

	for (i = 0; i < why->list.count; i++)
		for (reason = 0; reason < FINE; reason++)
			if (list_row(&why->list, i)[WHY_reason].text ==
			    reasons[reason].code)
				said[reason] = true;
	putchar('\n');
	for (reason = 0; reason < FINE; reason++)
		if (said[reason])
			printf("%s: %s. To do: %s\n", reasons[reason].code,
			       reasons[reason].meaning, reasons[reason].remedy);
}

static bool look_at_all(struct process *process, const struct options *options)
{
	const struct list *vmas = &process->model.vmas;
	size_t i;

	if (!vmas->present || !process->model.map.present)
		fail(EXIT_FAILURE, "%s: why takes vmas and map: pagetree capture writes all that it needs",
		     options->input);
	process->why = resize(NULL, 1, sizeof(*process->why));
	if (!learn(process->why, process, options->input)) {
		forget(process->why);
		return false;
	}
	for (i = 0; i < vmas->count; i++)
		look_at(process->why, &list_vmas(vmas)[i]);

	return true;
}

static void print(const struct process *process, const struct options *options)
{
	const struct style *style = &options->style;
	const bool people = style->format == FORMAT_TABLE && style->headings;
	struct why *why = process->why;

	/* it has moved on in memory since */
	why->process = process;
	if (style->format == FORMAT_JSON) {
		print_json(why, style);
	} else {
		if (people) {
			print_summary(why, style);
			putchar('\n');
		}
		columns_print(&why->list, &process->model.geometry, style,
			      options->pid_count > 1 && !people ?
				      process->pid : 0);
		if (people)
			print_remedies(why);
	}
	forget(why);
}

int run_why(const struct options *options)
{
	static const char *const files[] = { "vmas", "map", NULL };

	return processes_run(options, files, look_at_all, print);
}

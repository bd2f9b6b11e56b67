// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command why: for each VMA, how much of it could be on huge pages of level 2,
 * how much is not, and the first reason that holds: the shape of the VMA, the
 * wishes of the process and of the administrator, its pages, the machine.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "commands/reason.h"
#include "input/collapse.h"
#include "output/width.h"

/* The view */

enum { WHY_start, WHY_end, WHY_size, WHY_vmas, WHY_perms, WHY_kind, WHY_reason,
       WHY_eligible, WHY_huge, WHY_small, WHY_spans, WHY_evidence, WHY_remedy,
       WHY_name, WHY_FIELDS };

static const struct field_info why_fields[WHY_FIELDS] = {
	[WHY_start] = COLUMN("start", ADDRESS, "first address"),
	[WHY_end] = COLUMN("end", ADDRESS, "address after the last"),
	[WHY_size] = COLUMN("size", BYTES, "sum over the VMAs"),
	[WHY_vmas] = COLUMN("vmas", COUNT, "number of neighbouring VMAs with the same reason"),
	[WHY_perms] = COLUMN("perms", TEXT, "as in vmas, of the first VMA"),
	[WHY_kind] = COLUMN("kind", TEXT, "as in vmas"),
	[WHY_reason] = COLUMN("reason", TEXT, "why not on huge pages: one of the reasons below"),
	[WHY_eligible] = COLUMN("eligible", BYTES, "size of the aligned huge pages of level 2 that fit"),
	[WHY_huge] = COLUMN("huge", BYTES, "mapped by leaves above level 1"),
	[WHY_small] = COLUMN("small", BYTES, "mapped by leaves of level 1"),
	[WHY_spans] = COLUMN("spans", COUNT,
		"number of places for a huge page that are touched, but not huge"),
	[WHY_evidence] = COLUMN("evidence", PROSE, "the facts behind the reason"),
	[WHY_remedy] = COLUMN("remedy", PROSE, "what to do about it"),
	[WHY_name] = COLUMN("name", NAME, "as in vmas, of the first VMA"),
};

/* Highlights rows with memory that huge pages could map. */
static const char *why_color(const union value *row, int field)
{
	return field == WHY_reason && row[WHY_spans].number ? "yellow" : NULL;
}

const struct view view_why = {
	.name = "why",
	.fields = why_fields,
	.count = WHY_FIELDS,
	.defaults = COLUMNS(WHY_start, WHY_vmas, WHY_eligible, WHY_small,
			    WHY_reason, WHY_evidence, WHY_name),
	.spare = COLUMNS(WHY_vmas),
	.color = why_color,
};

void why_help(void)
{
	size_t i;

	puts("Reasons, in the order in which they are checked; a row shows the first that holds:");
	for (i = 0; i < FINE; i++)
		printf("  %-12s %s\n", reasons[i].code, reasons[i].meaning);
	puts("\nOrigins, the reasons that --huge shows:");
	for (i = 0; i < ORIGIN_COUNT; i++)
		printf("  %-12s %s\n", origins[i].code, origins[i].meaning);
}

/* Judging */

/* The VMA of smaps that holds @start, which must ascend from call to call; or NULL. */
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

/* Where a span counts entries of a kind; NULL if nothing depends on them. */
static unsigned int *counter_of(struct span *span, const char *kind)
{
	static const struct {
		const char *kind;
		size_t offset;
	} counters[] = {
		{ "leaf", offsetof(struct span, pages) },
		{ "zero", offsetof(struct span, zero) },
		{ "special", offsetof(struct span, foreign) },
		{ "swap", offsetof(struct span, swapped) },
		{ "migration", offsetof(struct span, swapped) },
		{ "device", offsetof(struct span, swapped) },
		{ "uffd", offsetof(struct span, watched) },
		{ "guard", offsetof(struct span, marked) },
		{ "poison", offsetof(struct span, marked) },
		{ "hwpoison", offsetof(struct span, marked) },
		{ "bad", offsetof(struct span, marked) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (!strcmp(kind, counters[i].kind))
			return (unsigned int *)((char *)span + counters[i].offset);

	return NULL;
}

/* Adds entries of level 1 to their span. @extent: of map, which they are part of */
static void touch(struct why *why, uint64_t start, unsigned int pages,
		  const union value *extent)
{
	const char *flags = extent[MAP_flags].text;
	struct span *span = why->span_count ?
			    &why->spans[why->span_count - 1] : NULL;
	unsigned int *counter;

	if (!span || span->start != start) {
		why->spans = grow(why->spans, why->span_count, sizeof(*span));
		span = &why->spans[why->span_count++];
		*span = (struct span) { .start = start };
	}
	counter = counter_of(span, extent[MAP_kind].text);
	if (counter)
		*counter += pages;
	if (strchr(flags, 'p') && counter != &span->watched)
		span->watched += pages;
	if (counter != &span->pages)
		return;
	span->writable += strchr(flags, 'w') ? pages : 0;
	span->accessed += strchr(flags, 'a') ? pages : 0;
	span->clean += strchr(flags, 'd') ? 0 : pages;
}

/*
 * Counts what a fork leaves in private, writable memory: leaves that allow no writes. What
 * userfaultfd protects is not of a fork, nor are NUMA hints.
 */
static void add_guarded(struct candidate *candidate, const union value *extent,
			uint64_t start, uint64_t end)
{
	const char *flags = extent[MAP_flags].text;

	if (strncmp(candidate->vma->values[FIELD_perms].text + 1, "w", 1) ||
	    !candidate_is(candidate, "anon") || strcmp(extent[MAP_kind].text, "leaf") ||
	    strpbrk(flags, "wpn"))
		return;
	if (extent[MAP_level].number == 1) {
		candidate->guarded_small += end - start;
		return;
	}
	candidate->guarded += end - start;
	if (!candidate->guarded_at)
		candidate->guarded_at = start;
}

/* Collects the touched spans of a VMA and its huge bytes from the extents of map. */
static void add_spans(struct why *why, struct candidate *candidate)
{
	const struct list *map = &why->process->model.map;
	const union value *extent;
	uint64_t start, end, next;
	size_t i;

	why->span_count = 0;
	while (why->extent < map->count &&
	       list_row(map, why->extent)[MAP_end].number <= candidate->start)
		why->extent++;
	for (i = why->extent; i < map->count; i++) {
		extent = list_row(map, i);
		start = extent[MAP_start].number;
		end = extent[MAP_end].number;
		if (start >= candidate->last)
			break;
		start = start > candidate->first ? start : candidate->first;
		end = end < candidate->last ? end : candidate->last;
		if (start >= end)
			continue;
		add_guarded(candidate, extent, start, end);
		if (extent[MAP_level].number > 1 &&
		    extent[MAP_size].number >= why->huge) {
			candidate->huge += end - start;
			continue;
		}
		for (; start < end; start = next) {
			next = (start / why->huge + 1) * why->huge;
			next = next < end ? next : end;
			touch(why, start - start % why->huge,
			      (next - start) / why->page, extent);
		}
	}
}

/* Counts blocks of at least the size that was asked for, unless that is level 2. */
static void add_blocks(struct why *why, struct candidate *candidate)
{
	unsigned int digits = __builtin_ctzll(why->huge);
	uint64_t bytes = 0;

	why->span_blocks = 0;
	if (why->huge == why->level2)
		return;
	for (; digits <= PAGETREE_CONTIG_HIGHEST; digits++)
		bytes += row_number(candidate->vma, FIELD_contig + digits) << digits;
	/* leaves of that size are known from map */
	bytes -= bytes < candidate->huge ? bytes : candidate->huge;
	candidate->huge += bytes;
	why->span_blocks = bytes / why->huge;
	if (why->span_blocks > why->span_count)
		why->span_blocks = why->span_count;
}

/* Rows */

/* The bytes of a VMA on huge pages, aligned or not. */
static uint64_t huge_of(const struct why *why, const struct candidate *candidate)
{
	return why->huge != why->level2 ? candidate->huge :
	       row_number(candidate->vma, FIELD_mapped) -
	       row_number(candidate->vma, FIELD_bytes);
}

/* Adds a row, or adds the VMA to the row before it. Takes its evidence and remedy. */
static void add_row(struct why *why, const struct candidate *candidate,
		    const struct reason_info *info)
{
	static const int sums[] = { WHY_size, WHY_vmas, WHY_eligible, WHY_huge,
				    WHY_small, WHY_spans };
	const struct row *vma = candidate->vma;
	union value *row = why->list.count ?
			   list_row(&why->list, why->list.count - 1) : NULL;
	/* whether the previous VMA ends the last row, with the same reason */
	const bool goes_on = row && vma > list_vmas(&why->process->model.vmas) &&
			     row[WHY_end].number ==
			     row_number(vma - 1, FIELD_end) &&
			     row[WHY_reason].text == info->code &&
			     !strcmp(row[WHY_kind].text,
				     vma->values[FIELD_kind].text) &&
			     (info == &reasons[REASON_SMALL] ||
			      info == &reasons[REASON_PROTECTION] ||
			      info == &reasons[REASON_FLAGS] ||
			      !strcmp(row[WHY_evidence].text, candidate->evidence));
	size_t i;

	list_keep(&why->list, candidate->evidence);
	if (candidate->remedy)
		list_keep(&why->list, candidate->remedy);
	if (!goes_on) {
		row = list_add(&why->list);
		for (i = 0; i < sizeof(sums) / sizeof(*sums); i++)
			row[sums[i]].number = 0;
		row[WHY_start].number = candidate->start;
		row[WHY_perms].text = vma->values[FIELD_perms].text;
		row[WHY_kind].text = vma->values[FIELD_kind].text;
		row[WHY_reason].text = info->code;
		row[WHY_remedy].text = candidate->remedy ? candidate->remedy :
				       info->remedy;
		row[WHY_evidence].text = candidate->evidence;
		row[WHY_name].text = vma->values[FIELD_name].text;
	}
	row[WHY_end].number = candidate->end;
	row[WHY_size].number += candidate->end - candidate->start;
	row[WHY_vmas].number++;
	row[WHY_eligible].number += candidate->eligible;
	row[WHY_small].number += row_number(vma, FIELD_mapped) - huge_of(why, candidate);
	row[WHY_huge].number += huge_of(why, candidate);
	row[WHY_spans].number += why->span_count - why->span_blocks;
}

/* Adds a VMA to the totals: the savings of huge pages, the tables that a fork copies. */
static void sum_up(struct why *why, const struct candidate *candidate)
{
	size_t i;

	why->eligible += candidate->eligible;
	why->eligible_huge += candidate->huge;
	why->guarded += candidate->guarded;
	why->guarded_small += candidate->guarded_small;
	why->rss += row_number(candidate->vma, FIELD_rss);
	why->lazyfree += candidate->smaps ? candidate->smaps->lazyfree : 0;
	for (i = 0; i < why->span_count; i++)
		if (why->spans[i].pages)
			why->saved_translations += why->spans[i].pages - 1;
	/* blocks take one entry, where the CPU has such */
	why->saved_translations -= why->span_blocks * (why->per - 1);
	if (why->huge >= why->level2)
		why->saved_tables += why->span_count;
	if (candidate_is(candidate, "anon") || candidate_is(candidate, "hugetlb") ||
	    candidate_is(candidate, "pfnmap") ||
	    (candidate->smaps && candidate->smaps->anonymous))
		why->fork_tables += row_number(candidate->vma,
					       FIELD_all_tables);
}

/* Asks the kernel for the first span, and adds its answer to the evidence. */
static void try_span(struct why *why, struct candidate *candidate)
{
	const uint64_t start = why->spans[0].start;
	const int error = collapse(why->process->pid, start, why->huge);

	why->tried++;
	why->came += !error;
	append(&candidate->evidence, "; tried: MADV_COLLAPSE of 0x%" PRIx64 ": %s%s%s",
	       start, error ? strerrorname_np(error) : "done", error ? ", " : "",
	       error ? strerror(error) : "");
}

static void judge_vma(struct why *why, const struct row *vma)
{
	struct candidate candidate = {
		.vma = vma,
		.start = row_number(vma, FIELD_start),
		.end = row_number(vma, FIELD_end),
	};
	enum reason reason;
	uint64_t huge;

	candidate.smaps = find_smaps(why, candidate.start);
	candidate.first = (candidate.start + why->huge - 1) / why->huge * why->huge;
	candidate.last = candidate.end / why->huge * why->huge;
	candidate.congruent = candidate_is_congruent(why, &candidate);
	if (candidate.last < candidate.first || candidate_is(&candidate, "pfnmap") ||
	    candidate_is(&candidate, "special") || !candidate.congruent)
		candidate.last = candidate.first;
	candidate.eligible = candidate.last - candidate.first;
	add_spans(why, &candidate);
	add_blocks(why, &candidate);
	if (why->origins) {
		sum_up(why, &candidate);
		huge = huge_of(why, &candidate);
		if (huge)
			add_row(why, &candidate,
				&origins[why_origin(why, &candidate, huge)]);
		return;
	}
	reason = why_judge(why, &candidate);
	sum_up(why, &candidate);
	if (why->tries && reason != FINE && why->span_count)
		try_span(why, &candidate);
	if (reason != FINE)
		add_row(why, &candidate, &reasons[reason]);
}

/* Printing */

/* Whether a row before row @end has the same reason and remedy. */
static bool is_said(const struct why *why, size_t end)
{
	const union value *row = list_row(&why->list, end), *other;
	size_t i;

	for (i = 0; i < end; i++) {
		other = list_row(&why->list, i);
		if (other[WHY_reason].text == row[WHY_reason].text &&
		    !strcmp(other[WHY_remedy].text, row[WHY_remedy].text))
			return true;
	}

	return false;
}

/* Prints each of these reasons that is in the list, with its remedies. */
static void print_remedies(const struct why *why, const struct reason_info *infos,
			   int count)
{
	const struct reason_info *info;
	const union value *row;
	size_t i;

	putchar('\n');
	for (info = infos; info < infos + count; info++) {
		for (i = 0; i < why->list.count; i++) {
			row = list_row(&why->list, i);
			if (row[WHY_reason].text == info->code && !is_said(why, i))
				text_print("%s: %s. To do: %s\n", info->code,
					   info->meaning, row[WHY_remedy].text);
		}
	}
}

/* The bytes of --size; 0 without it. */
static uint64_t size_of(const struct options *options)
{
	static const char units[] = "KMG";
	uint64_t size = 0;
	const char *unit;
	char *end;

	if (!options->size)
		return 0;
	size = strtoull(options->size, &end, 10);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (size > 1 << 20 || !unit || end[1] || !isdigit((unsigned char)*options->size))
		size = 0;
	else
		size <<= 10 * (unit - units + 1);
	if (!size || size & (size - 1) || size > UINT64_C(1) << PAGETREE_CONTIG_HIGHEST)
		usage("--size: '%s': not a size of pages, such as 64K or 2M: a power of two up to 1G",
		      options->size);

	return size;
}

static bool prepare(struct process *process, const struct options *options)
{
	const struct list *vmas = &process->model.vmas;
	struct why *why;
	size_t i;

	if (!vmas->present || !process->model.map.present)
		fail(EXIT_FAILURE, "%s: why needs vmas and map: pagetree capture writes all that why needs",
		     options->input);
	if (options->tries && options->huge)
		usage("--huge, --try: what is huge need not be asked for");
	if (options->tries && options->size)
		usage("--size, --try: only huge pages of level 2 can be asked for");
	if (options->tries && options->input)
		usage("--input, --try: only a process can be asked for huge pages");
	why = resize(NULL, 1, sizeof(*why));
	if (!why_read(why, process, size_of(options), options->input)) {
		why_free(why);
		return false;
	}
	why->list = list_new(&view_why);
	why->tries = options->tries;
	why->origins = options->huge;
	for (i = 0; i < vmas->count; i++)
		judge_vma(why, &list_vmas(vmas)[i]);
	if (why->tries)
		complain("%d: --try has changed the process: %u huge pages were asked for, %u were made",
			 process->pid, why->tried, why->came);
	process->state = why;

	return true;
}

static void print(struct document *document, const struct process *process,
		  const struct options *options)
{
	const bool text = document_has_text(document);
	struct why *why = process->state;

	/* the struct has moved since prepare() */
	why->process = process;
	why_json(&document->json, why);
	if (text)
		why_print(why, document->style->bytes);
	document_list(document, &why->list, &process->model.geometry,
		      options->pid_count > 1 && !text ? process->pid : 0);
	if (text && why->origins)
		print_remedies(why, origins, ORIGIN_COUNT);
	else if (text)
		print_remedies(why, reasons, FINE);
	if (text && why->origins)
		puts("A huge page has one accessed bit for all of it: how much of it the program uses cannot be told.");
	why_free(why);
}

int run_why(const struct options *options)
{
	static const char *const files[] = { "summary", "vmas", "map", NULL };
	static const struct run run = {
		.files = files, .prepare = prepare, .print = print,
	};

	return run_processes(&run, options);
}

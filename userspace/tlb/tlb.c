// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif
#include <ctype.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "cli/run.h"
#include "input/system.h"
#include "output/help.h"
#include "tlb/measure.h"
#include "tlb/reach.h"
#include "tlb/tlb.h"

#define K	UINT64_C(1024)

/*
 * The list of TLBs; what could not be measured, as PAGE_SIZE: WHY; and where what was
 * measured contradicts CPUID, in sentences.
 */
static struct list tlbs;
static struct texts left_out;
static struct texts contradictions;

static const struct field_info tlb_fields[TLB_FIELDS] = {
	[TLB_tlb] = COLUMN("tlb", COUNT, "number of the TLB: rows with the same number share its entries"),
	[TLB_level] = COLUMN("level", COUNT, "1 is looked up first"),
	[TLB_type] = COLUMN("type", TEXT, "data, instruction, unified, load or store"),
	[TLB_page_size] = COLUMN("page_size", BYTES, "size of the pages that this row describes"),
	[TLB_entries] = COLUMN("entries", ENTRIES,
		"number of such pages it holds; at least, if measured"),
	[TLB_upto] = COLUMN("upto", ENTRIES, "if measured: half of the accesses to this many pages miss"),
	[TLB_ways] = COLUMN("ways", COUNT, "associativity; equal to entries: fully associative"),
	[TLB_reach] = COLUMN("reach", BYTES, "entries * page_size"),
	[TLB_source] = COLUMN("source", TEXT, "cpuid18, cpuid2, amd, measured, user or unknown"),
	[TLB_cpu] = COLUMN("cpu", COUNT, "the CPU that was asked or measured; others may differ"),
	[TLB_measured] = COLUMN("measured", TEXT, "of CPUID: the range that was measured, if that contradicts it; of a measured row: counts"),
	[TLB_threads] = COLUMN("threads", COUNT, "logical processors that can share it"),
};

const struct view view_tlb = {
	.name = "tlb",
	.fields = tlb_fields,
	.count = TLB_FIELDS,
	.defaults = COLUMNS(TLB_tlb, TLB_level, TLB_type, TLB_page_size,
			    TLB_entries, TLB_upto, TLB_ways, TLB_reach,
			    TLB_source, TLB_cpu, TLB_measured),
	.quiet = COLUMNS(TLB_tlb, TLB_upto, TLB_ways, TLB_measured),
};

static union value *add(uint64_t page_size, const char *source)
{
	union value *row = list_add(&tlbs);

	row[TLB_page_size].number = page_size;
	row[TLB_source].text = source;

	return row;
}

static void set_entries(union value *row, uint64_t level, uint64_t entries)
{
	row[TLB_level].number = level;
	row[TLB_entries].number = entries;
	row[TLB_reach].number = entries * row[TLB_page_size].number;
}

/* Whether a row has this page size and, unless NULL, this source. */
static bool is_listed(uint64_t page_size, const char *source)
{
	const union value *row;
	size_t i;

	for (i = 0; i < tlbs.count; i++) {
		row = list_row(&tlbs, i);
		if (row[TLB_page_size].number == page_size &&
		    (!source || !strcmp(row[TLB_source].text, source)))
			return true;
	}

	return false;
}

/* TLBs of --tlb */

/* The bytes of a number and its unit; 0 unless a power of two up to 1T. */
static uint64_t parse_size(const char *number, char unit)
{
	static const char units[] = "kmg";
	const char *found = strchr(units, tolower((unsigned char)unit));
	uint64_t size;

	if (!found)
		return 0;
	size = strtoull(number, NULL, 10) << 10 * (found - units + 1);

	return size & (size - 1) || size > K * K * K * K ? 0 : size;
}

static void add_user(const char *list)
{
	char number[8], unit, first[8], second[8];
	const char *text = list;
	uint64_t size;
	int length;

	do {
		length = 0;
		*second = '\0';
		sscanf(text, "%7[0-9]%c:%7[0-9]%n/%7[0-9]%n", number, &unit,
		       first, &length, second, &length);
		text += length;
		size = length ? parse_size(number, unit) : 0;
		if (!size || !atoi(first) || (*second && !atoi(second)) ||
		    (*text && *text != ',') || is_listed(size, NULL))
			usage("--tlb: '%s': not SIZE:ENTRIES[/ENTRIES],..., such as 4k:64/1536,2m:32/1536",
			      list);
		set_entries(add(size, "user"), 1, atoi(first));
		if (*second)
			set_entries(add(size, "user"), 2, atoi(second));
	} while (*text++);
}

/* TLBs of CPUID */

static void ask(uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
#if defined(__x86_64__) || defined(__i386__)
	__cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
#else
	/* as of an unknown vendor */
	(void)leaf;
	(void)subleaf;
	memset(regs, 0, 4 * sizeof(*regs));
#endif
}

/* Adds page sizes of this machine only: CPUID has those of 32-bit paging, too. */
static void add_cpuid(const uint64_t *sizes, size_t count)
{
	struct tlbs found = { 0 };
	const struct tlb *tlb;
	union value *row;
	size_t i;

	cpuid_tlbs(&found, ask);
	for (tlb = found.tlbs; tlb < found.tlbs + found.count; tlb++) {
		for (i = 0; i < count && sizes[i] != tlb->page_size; i++)
			;
		if (i == count || is_listed(tlb->page_size, "user"))
			continue;
		row = add(tlb->page_size, tlb->source);
		set_entries(row, tlb->level, tlb->entries);
		row[TLB_tlb].number = tlb->number;
		row[TLB_type].text = tlb->type;
		row[TLB_ways].number = tlb->ways;
		row[TLB_threads].number = tlb->threads;
	}
	free(found.tlbs);
}

/* Measured TLBs */

#define BASE_PAGES	12288
#define HUGE_PAGES	128	/* for level 1; level 2 would need gigabytes */

static void add_measured(uint64_t page_size, size_t pages, bool huge)
{
	struct knee knees[2];
	const char *why;
	size_t count = probe_pages(page_size, pages, huge, knees, huge ? 1 : 2,
				   &why), i;
	union value *row;
	char *size;

	for (i = 0; i < count; i++) {
		row = add(page_size, "measured");
		set_entries(row, i + 1, knees[i].below);
		row[TLB_upto].number = knees[i].above;
		row[TLB_type].text = "data";
	}
	if (count)
		return;
	size = size_text(page_size, false);
	texts_keep(&left_out, format("%s pages: %s", size, why));
	free(size);
}

/* All TLBs */

/* Sets @sizes by geometry or this machine. Returns their number. */
static size_t page_sizes(const struct pairs *geometry,
			 uint64_t sizes[PAGETREE_LEVELS])
{
	unsigned int level;
	size_t count = 0;

	for (level = 1; level <= PAGETREE_LEVELS; level++)
		if (pairs_level(geometry, "leaves", level))
			sizes[count++] = pairs_level(geometry, "entry_bytes",
						     level);
	if (count)
		return count;
	sizes[count++] = sysconf(_SC_PAGESIZE);
#if defined(__x86_64__)
	sizes[count++] = 2 * K * K;
	sizes[count++] = K * K * K;
#endif

	return count;
}

static void list_tlbs(const struct options *options,
		      const struct pairs *geometry)
{
	uint64_t sizes[PAGETREE_LEVELS];
	size_t count = page_sizes(geometry, sizes), i, user;

	tlbs = list_new(&view_tlb);
	if (options->tlb)
		add_user(options->tlb);
	user = tlbs.count;
	if (!options->input) {
		cpus_pin(sched_getcpu());
		add_cpuid(sizes, count);
	}
	if (options->measure) {
		add_measured(sysconf(_SC_PAGESIZE), BASE_PAGES, false);
		add_measured(sys_huge_page(), HUGE_PAGES, true);
		tlbs_refute(&tlbs, &contradictions);
	}
	for (i = 0; i < count; i++)
		if (!is_listed(sizes[i], NULL))
			add(sizes[i], "unknown");
	for (i = user; i < tlbs.count && !options->input; i++)
		list_row(&tlbs, i)[TLB_cpu].number = sched_getcpu();
}

/* Prints texts: in JSON the array @member, else each behind @label. */
static void print_texts(struct document *document, const struct texts *texts,
			const char *member, const char *label)
{
	struct json *json = &document->json;
	size_t i;

	if (!texts->count)
		return;
	json_open(json, member, '[');
	for (i = 0; i < texts->count; i++) {
		json_string(json, NULL, texts->list[i]);
		document_text(document, "%s: %s\n", label, texts->list[i]);
	}
	json_close(json, ']');
}

static void print_tlbs(struct document *document, const struct options *options)
{
	struct json *json = &document->json;
	const struct pairs none = { 0 };

	document_list(document, &tlbs, &none, 0);
	print_texts(document, &left_out, "left_out", "left out");
	print_texts(document, &contradictions, "contradictions", "contradiction");
	if (!json->on && (options->input || options->pid_count))
		putchar('\n');
}

/* The reach of TLBs in processes */

static bool prepare(struct process *process, const struct options *options)
{
	const struct model *model = &process->model;

	if (!model->geometry.present)
		run_lacks(options, "geometry");
	if (!tlbs.present)
		list_tlbs(options, &model->geometry);
	process->made = list_reach(model, &tlbs);

	return true;
}

static void print_reach(struct document *document, const struct process *process,
			const struct options *options)
{
	/* -o, --sort and --filter apply to the list of TLBs only */
	const struct style *whole = document->style;
	const struct style style = style_plain(whole);
	struct options titled = *options;

	/* below the TLBs, a single process gets a title, too */
	if (document_has_text(document))
		titled.pid_count = 2;
	document->style = &style;
	run_print(document, process, &titled, &process->made);
	document->style = whole;
}

int run_tlb(const struct options *options)
{
	static const char *const files[] = { "summary", NULL };
	static const struct run run = {
		.files = files, .prepare = prepare, .first = print_tlbs,
		.print = print_reach,
	};
	const struct pairs none = { 0 };
	struct document document;
	int status = EXIT_SUCCESS;

	if (options->input || options->pid_count) {
		status = run_processes(&run, options);
	} else {
		list_tlbs(options, &none);
		document = document_begin(&options->style);
		print_tlbs(&document, options);
		document_end(&document);
	}
	list_free(&tlbs);
	texts_free(&left_out);
	texts_free(&contradictions);

	return status;
}

void tlb_help(void)
{
	columns_help(&view_reach, "Reach, a table for each process, has the columns:");
}

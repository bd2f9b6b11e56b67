// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <ctype.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tlb/cpuid.h"
#include "output/json.h"
#include "tlb/measure.h"
#include "tlb/probe.h"
#include "tlb/reach.h"
#include "input/source.h"
#include "tlb/tlb.h"

#define K	UINT64_C(1024)

/* The list of TLBs, and what could not be measured for it, as PAGE_SIZE: WHY. */
static struct list tlbs;
static char *left_out[2];
static size_t left_out_count;

static const struct field_info tlb_fields[TLB_FIELDS] = {
	[TLB_tlb] = { "tlb", COUNT, 0, "its number: rows of one TLB share its entries", false },
	[TLB_level] = { "level", COUNT, 0, "1 is looked up first", false },
	[TLB_type] = { "type", TEXT, 0, "data, instruction, unified, load or store", false },
	[TLB_page_size] = { "page_size", BYTES, 0, "pages that this row is about", false },
	[TLB_entries] = { "entries", ENTRIES, 0, "such pages that it holds; if measured: at least", false },
	[TLB_upto] = { "upto", ENTRIES, 0, "if measured: of so many, half are missed", false },
	[TLB_ways] = { "ways", COUNT, 0, "as many as entries: fully associative", false },
	[TLB_reach] = { "reach", BYTES, 0, "entries * page_size", false },
	[TLB_source] = { "source", TEXT, 0, "cpuid18, cpuid2, amd, measured, user or unknown", false },
	[TLB_cpu] = { "cpu", COUNT, 0, "that was asked or measured; others may differ", false },
	[TLB_threads] = { "threads", COUNT, 0, "logical processors that can share it", false },
};

const struct view view_tlb = {
	.name = "tlb",
	.fields = tlb_fields,
	.count = TLB_FIELDS,
	.required = (const int[]) { -1 },
	.defaults = (const int[]) {
		TLB_tlb, TLB_level, TLB_type, TLB_page_size, TLB_entries,
		TLB_upto, TLB_ways, TLB_reach, TLB_source, TLB_cpu, -1
	},
	.quiet = (const int[]) { TLB_tlb, TLB_upto, TLB_ways, -1 },
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

/* Whether there is a row of this page size; @source: of it, or NULL */
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

/* What the user says */

#define DIGITS	"0123456789"
#define MOST	7	/* digits */

/* A power of two with K, M or G behind it; 0 if it is none, or too large. */
static uint64_t take_size(const char **text)
{
	static const char units[] = "kmg";
	const size_t digits = strspn(*text, DIGITS);
	const char letter = tolower((unsigned char)(*text)[digits]);
	const char *unit = letter ? strchr(units, letter) : NULL;
	uint64_t size;

	if (!unit || digits > MOST)
		return 0;
	size = strtoull(*text, NULL, 10) << 10 * (unit - units + 1);
	*text += digits + 1;

	return size & (size - 1) || size > K * K * K * K ? 0 : size;
}

/* A number behind @mark; 0 if there is none, and then @text stays where it is. */
static uint64_t take_entries(const char **text, char mark)
{
	const size_t digits = **text == mark ? strspn(*text + 1, DIGITS) : 0;
	uint64_t entries = 0;

	if (digits && digits <= MOST)
		entries = strtoull(*text + 1, NULL, 10);
	if (entries)
		*text += digits + 1;

	return entries;
}

static void add_user(const char *list)
{
	uint64_t size, first, second;
	const char *text;

	for (text = list;; text++) {
		size = take_size(&text);
		first = take_entries(&text, ':');
		second = take_entries(&text, '/');
		if (!size || !first || (*text && *text != ',') ||
		    is_listed(size, NULL))
			usage("--tlb: '%s': not SIZE:ENTRIES[/ENTRIES],..., as 4k:64/1536,2m:32/1536",
			      list);
		set_entries(add(size, "user"), 1, first);
		if (second)
			set_entries(add(size, "user"), 2, second);
		if (!*text)
			return;
	}
}

/* What the processor says */

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static void ask(uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	__cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
}
#else
/* Nobody's name, no leaves. */
static void ask(uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	(void)leaf;
	(void)subleaf;
	memset(regs, 0, 4 * sizeof(*regs));
}
#endif

/* Of the sizes that there are: those of 32-bit paging are not. */
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

/* What it takes */

#define BASE_PAGES	12288
#define HUGE_PAGES	128	/* enough for level 1; level 2 would take gigabytes */

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
	left_out[left_out_count++] = format("%s pages: %s", size, why);
	free(size);
}

/* All of them */

/* The sizes of pages; where the module says nothing, those of this machine. */
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
	size_t count = page_sizes(geometry, sizes), i, said;

	tlbs = list_new(&view_tlb);
	if (options->tlb)
		add_user(options->tlb);
	said = tlbs.count;
	if (!options->input) {
		cpus_pin(sched_getcpu());
		add_cpuid(sizes, count);
	}
	if (options->measure) {
		add_measured(sysconf(_SC_PAGESIZE), BASE_PAGES, false);
		add_measured(source_huge_page(), HUGE_PAGES, true);
	}
	for (i = 0; i < count; i++)
		if (!is_listed(sizes[i], NULL))
			add(sizes[i], "unknown");
	for (i = said; i < tlbs.count && !options->input; i++)
		list_row(&tlbs, i)[TLB_cpu].number = sched_getcpu();
}

static void print_tlbs(const struct options *options)
{
	const struct style *style = &options->style;
	const struct pairs none = { 0 };
	size_t i;

	if (style->format == FORMAT_JSON) {
		columns_json(&tlbs, style);
		if (left_out_count)
			json_open("left_out", '[');
		for (i = 0; i < left_out_count; i++)
			json_string(NULL, left_out[i]);
		if (left_out_count)
			json_close(']');
		return;
	}
	columns_print(&tlbs, &none, style, 0);
	for (i = 0; i < left_out_count && style->format == FORMAT_TABLE &&
	     style->headings; i++)
		printf("left out: %s\n", left_out[i]);
	if (options->input || options->pid_count)
		putchar('\n');
}

/* What they reach of processes */

static bool prepare(struct process *process, const struct options *options)
{
	if (!process->model.geometry.present)
		fail(EXIT_FAILURE, "%s: there is no geometry in it: pagetree capture writes all",
		     options->input);
	if (!tlbs.present)
		list_tlbs(options, &process->model.geometry);

	return true;
}

static void print_reach(const struct process *process,
			const struct options *options)
{
	/* what else is said of columns and rows is said of the TLBs */
	const struct style style = {
		.format = options->style.format, .bytes = options->style.bytes,
		.headings = options->style.headings, .sort = -1,
	};
	const bool titled = style.format == FORMAT_TABLE && style.headings;
	struct list list = list_reach(&process->model, &tlbs);
	char *title;

	if (style.format == FORMAT_JSON) {
		columns_json(&list, &style);
	} else {
		if (titled) {
			title = process_title(process);
			printf("%s:\n", title);
			free(title);
		}
		columns_print(&list, &process->model.geometry, &style,
			      !titled && options->pid_count > 1 ? process->pid : 0);
	}
	list_free(&list);
}

int run_tlb(const struct options *options)
{
	static const char *const files[] = { "summary", NULL };
	const struct pairs none = { 0 };
	int status = EXIT_SUCCESS;

	if (options->input || options->pid_count) {
		status = processes_run_after(options, files, prepare, print_tlbs,
					     print_reach);
	} else {
		list_tlbs(options, &none);
		if (options->style.format == FORMAT_JSON)
			json_begin();
		print_tlbs(options);
		if (options->style.format == FORMAT_JSON)
			json_end();
	}
	list_free(&tlbs);
	while (left_out_count)
		free(left_out[--left_out_count]);

	return status;
}

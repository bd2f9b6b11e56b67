// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/fields.h"
#include "tlb/calls.h"
#include "tlb/causes.h"

/* The columns; those up to CAUSE_ranges say what a row stands for. */
enum {
	CAUSE_task, CAUSE_tid, CAUSE_call, CAUSE_reason, CAUSE_where,
	CAUSE_ranges, CAUSE_rate, CAUSE_pages, CAUSE_pages_max, CAUSE_us,
	CAUSE_us_max, CAUSE_unfinished, CAUSE_untimed, CAUSE_start, CAUSE_end,
	CAUSE_FIELDS
};

static const struct field_info cause_fields[CAUSE_FIELDS] = {
	[CAUSE_task] = COLUMN("task", TEXT, "name of the task, and its tid"),
	[CAUSE_tid] = COLUMN("tid", COUNT, "tid of the task; 0: several"),
	[CAUSE_call] = COLUMN("call", TEXT,
			      "its system call; or fault, kthread, worker, exit, other"),
	[CAUSE_reason] = COLUMN("reason", TEXT, "reason as the kernel names it"),
	[CAUSE_where] = COLUMN("where", NAME,
			       "VMA of the ranges, or how many VMAs lie between them"),
	[CAUSE_ranges] = COLUMN("ranges", COUNT, "ranges that began"),
	[CAUSE_rate] = COLUMN("rate", RATIO, "ranges a second"),
	[CAUSE_pages] = COLUMN("pages", COUNT, "base pages in the ranges"),
	[CAUSE_pages_max] = COLUMN("pages_max", COUNT,
				   "base pages in the largest range since counting began"),
	[CAUSE_us] = COLUMN("us", RATIO,
			    "microseconds from begin to end, over all ranges"),
	[CAUSE_us_max] = COLUMN("us_max", RATIO,
				"the longest of these since counting began"),
	[CAUSE_unfinished] = COLUMN("unfinished", COUNT,
				    "ranges that have not ended"),
	[CAUSE_untimed] = COLUMN("untimed", COUNT,
				 "of ranges: those that ended after an unknown time"),
	[CAUSE_start] = COLUMN("start", ADDRESS,
			       "lowest address of the ranges since counting began"),
	[CAUSE_end] = COLUMN("end", ADDRESS, "highest address after one of them"),
};

const struct view view_causes = {
	.name = "causes",
	.fields = cause_fields,
	.count = CAUSE_FIELDS,
	.defaults = COLUMNS(CAUSE_task, CAUSE_call, CAUSE_reason, CAUSE_ranges,
			    CAUSE_rate, CAUSE_pages, CAUSE_us_max, CAUSE_where),
	.quiet = COLUMNS(CAUSE_task, CAUSE_call, CAUSE_reason, CAUSE_rate,
			 CAUSE_where),
};

/* What the rows stand for, and the columns that they have then. */
static const struct {
	const char *name;
	const int *fields;
} kinds[] = {
	[CAUSES_BY_CAUSE] = { "cause", COLUMNS(CAUSE_task, CAUSE_tid, CAUSE_call,
					       CAUSE_reason, CAUSE_where) },
	[CAUSES_BY_REASON] = { "reason", COLUMNS(CAUSE_reason) },
	[CAUSES_BY_TASK] = { "task", COLUMNS(CAUSE_task, CAUSE_tid) },
	[CAUSES_BY_CALL] = { "call", COLUMNS(CAUSE_call) },
	[CAUSES_BY_VMA] = { "vma", COLUMNS(CAUSE_where) },
};

enum causes_by causes_by(const char *text)
{
	enum causes_by by = 0;

	while (by < CAUSES_BY_END && strcmp(kinds[by].name, text))
		by++;

	return by;
}

/* X(key, meaning): the numbers of a report. */
#define TOTALS(X)							\
	X(ranges, "ranges that began")					\
	X(rate, "ranges a second")					\
	X(pages, "base pages in the ranges")				\
	X(us, "microseconds from begin to end, over all ranges")	\
	X(us_max, "the longest of these since counting began")		\
	X(unfinished, "ranges that have not ended")			\
	X(untimed, "ranges that ended after an unknown time")		\
	X(tasks, "tasks that caused ranges")

void causes_help(void)
{
	puts("Names that --expect knows:");
#define X(key, meaning) printf("  %-12s %s\n", #key, meaning);
	TOTALS(X)
#undef X
}

static uint64_t number(const union value *row, int field)
{
	return row[field].number;
}

/* The rows of one counting only grow, and none is inserted but before the last. */
static const union value *row_before(const struct list *before,
				     const struct list *after, size_t i)
{
	const bool other = i == after->count - 1;

	if (!before || !before->count)
		return NULL;
	if (other)
		return list_row(before, before->count - 1);

	return i < before->count - 1 ? list_row(before, i) : NULL;
}

/* What a column added since the row before. */
static uint64_t added(const union value *row, const union value *before, int field)
{
	return number(row, field) - (before ? number(before, field) : 0);
}

static char *name_call(const union value *row)
{
	const uint64_t arch = number(row, INITIATOR_arch);
	const char *call = row[INITIATOR_call].text, *name;
	uint64_t nr;

	if (!arch || !parse_number(call, &nr))
		return format("%s", call);
	name = call_name(arch, nr);

	return name ? format("%s", name) : format("%s of 0x%" PRIx64, call, arch);
}

static char *name_task(const union value *row)
{
	if (!number(row, INITIATOR_tid))
		return format("other");

	return format("%s/%" PRIu64, row[INITIATOR_name].text,
		      number(row, INITIATOR_tid));
}

/* The VMA of a range, or of what was there when counting began; NULL if unknown. */
static char *name_place(const struct places *places, uint64_t start, uint64_t end)
{
	const struct place *place = NULL;
	size_t count, i;

	for (i = 0; i < 2 && !place; i++)
		place = places_find(&places[i], start, end, &count);
	if (!place)
		return NULL;
	if (count > 1)
		return format("%zu VMAs", count);
	if (*place->name)
		return format("%s", place->name);

	return format("0x%" PRIx64, place->start);
}

/* The row that stands for the same as @key; a new one if there is none. */
static union value *find_row(struct list *list, const union value *key,
			     enum causes_by by)
{
	const int *field;
	union value *row;
	size_t i;

	for (i = 0; i < list->count && by != CAUSES_BY_CAUSE; i++) {
		row = list_row(list, i);
		for (field = kinds[by].fields; *field >= 0; field++) {
			const char *a = row[*field].text, *b = key[*field].text;

			/* the name of a task may change, its tid does not */
			if (*field == CAUSE_task)
				continue;
			if (*field == CAUSE_tid ?
			    row[*field].number != key[*field].number :
			    (!a || !b ? a != b : strcmp(a, b)))
				break;
		}
		if (*field < 0)
			return row;
	}
	row = list_add(list);
	for (field = kinds[by].fields; *field >= 0; field++)
		row[*field] = key[*field];
	for (i = CAUSE_ranges; i < CAUSE_FIELDS; i++)
		row[i].number = 0;
	row[CAUSE_rate].real = row[CAUSE_us].real = row[CAUSE_us_max].real = 0;
	row[CAUSE_start].number = UINT64_MAX;

	return row;
}

static double more(double a, double b)
{
	return a > b ? a : b;
}

static void add_cause(struct list *list, const union value *row,
		      const union value *before, enum causes_by by,
		      const struct places *places)
{
	const uint64_t start = number(row, INITIATOR_start);
	const uint64_t end = number(row, INITIATOR_end);
	union value key[CAUSE_FIELDS], *sum;
	char *where = name_place(places, start, end);

	key[CAUSE_task].text = list_keep(list, name_task(row));
	key[CAUSE_tid] = row[INITIATOR_tid];
	key[CAUSE_call].text = list_keep(list, name_call(row));
	key[CAUSE_reason] = row[INITIATOR_reason];
	key[CAUSE_where].text = where ? list_keep(list, where) : NULL;

	sum = find_row(list, key, by);
	sum[CAUSE_ranges].number += added(row, before, INITIATOR_ranges);
	sum[CAUSE_pages].number += added(row, before, INITIATOR_pages);
	sum[CAUSE_us].real += added(row, before, INITIATOR_ns_total) / 1e3;
	sum[CAUSE_us_max].real = more(sum[CAUSE_us_max].real,
				      number(row, INITIATOR_ns_max) / 1e3);
	sum[CAUSE_untimed].number += added(row, before, INITIATOR_untimed);
	sum[CAUSE_unfinished].number += number(row, INITIATOR_unfinished);
	if (number(row, INITIATOR_pages_max) > number(sum, CAUSE_pages_max))
		sum[CAUSE_pages_max] = row[INITIATOR_pages_max];
	if (start < number(sum, CAUSE_start))
		sum[CAUSE_start].number = start;
	if (end > number(sum, CAUSE_end))
		sum[CAUSE_end].number = end;
}

/* Most ranges first; the rest makes the order the same on every machine. */
static int compare(const void *a, const void *b)
{
	static const int keys[] = { CAUSE_ranges, CAUSE_pages, CAUSE_start, CAUSE_tid };
	uint64_t one, other;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		one = number(a, keys[i]);
		other = number(b, keys[i]);
		if (one != other)
			return one < other ? 1 : -1;
	}

	return 0;
}

/* @tasks: by task, to count them */
static struct pairs sum_up(struct list *causes, const struct list *tasks,
			   double seconds)
{
	union value total[CAUSE_FIELDS] = { 0 };
	struct pairs pairs = { .present = true };
	const union value *row;
	size_t i;

	for (i = 0; i < tasks->count; i++) {
		row = list_row(tasks, i);
		total[CAUSE_ranges].number += number(row, CAUSE_ranges);
		total[CAUSE_pages].number += number(row, CAUSE_pages);
		total[CAUSE_us].real += row[CAUSE_us].real;
		total[CAUSE_us_max].real = more(total[CAUSE_us_max].real,
						row[CAUSE_us_max].real);
		total[CAUSE_unfinished].number += number(row, CAUSE_unfinished);
		total[CAUSE_untimed].number += number(row, CAUSE_untimed);
	}

#define ADD(key, ...) pairs_add(&pairs, key, list_keep(causes, format(__VA_ARGS__)))
#define INTEGER(field)	ADD(#field, "%" PRIu64, total[CAUSE_##field].number)
	INTEGER(ranges);
	if (seconds > 0)
		ADD("rate", "%.2f", total[CAUSE_ranges].number / seconds);
	INTEGER(pages);
	ADD("us", "%.2f", total[CAUSE_us].real);
	ADD("us_max", "%.2f", total[CAUSE_us_max].real);
	INTEGER(unfinished);
	INTEGER(untimed);
	ADD("tasks", "%zu", tasks->count);
#undef INTEGER
#undef ADD

	return pairs;
}

/* The rows that have something to show. */
static struct list list_causes(const struct list *before, const struct list *after,
			       enum causes_by by, const struct places *places)
{
	struct list list = list_new(&view_causes);
	const union value *row, *old;
	size_t i;

	for (i = 0; i < after->count; i++) {
		row = list_row(after, i);
		old = row_before(before, after, i);
		if (added(row, old, INITIATOR_ranges) ||
		    number(row, INITIATOR_unfinished))
			add_cause(&list, row, old, by, places);
	}

	return list;
}

struct report report_make(const struct list *before, const struct list *after,
			  double seconds, enum causes_by by,
			  const struct places *places)
{
	struct report report = {
		.seconds = seconds,
		.causes = list_causes(before, after, by, places),
	};
	struct list *causes = &report.causes;
	struct list tasks = list_causes(before, after, CAUSES_BY_TASK, places);
	const int *field;
	size_t i;

	/* rows of a list that keeps all columns have no gaps */
	if (causes->count)
		qsort(causes->values, causes->count,
		      causes->width * sizeof(*causes->values), compare);
	for (i = 0; i < CAUSE_ranges; i++)
		causes->has[i] = false;
	for (field = kinds[by].fields; *field >= 0; field++)
		causes->has[*field] = true;
	causes->has[CAUSE_rate] = seconds > 0;
	for (i = 0; i < causes->count && seconds > 0; i++)
		list_row(causes, i)[CAUSE_rate].real =
			number(list_row(causes, i), CAUSE_ranges) / seconds;
	report.total = sum_up(causes, &tasks, seconds);
	list_free(&tasks);

	return report;
}

void report_free(struct report *report)
{
	free(report->total.pairs);
	list_free(&report->causes);
}

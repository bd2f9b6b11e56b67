// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "input/debugfs.h"
#include "input/system.h"
#include "tlb/fit.h"
#include "tlb/shooter.h"
#include "tlb/tlb.h"

#define VISITS		10	/* parts of the rounds of a configuration, at most */
#define PROBES		20	/* rounds that show where the process runs */

/* Sizes of the ranges in pages: powers of two, and those around the ceiling. */
static const unsigned int sizes[] = {
	1, 2, 4, 8, 16, 32, 33, 34, 64, 128, 512
};

/* Whether the processor broadcasts invalidations, and no CPU gets an IPI. */
static bool by_broadcast(const struct pairs *environment)
{
	const struct pair *by = pairs_find(environment, "pagetree_flush");

	return by && !strcmp(by->text, "tlbi");
}

/* Printing */

/**
 * struct report - the results of a sweep
 * @rows: one for each configuration
 * @page: fit of the rows that invalidate one by one
 * @context: fit of the rows that flush the whole context
 * @crossing: where both take the same time
 * @pages: number of pages of the VMA. Larger ranges are left out
 */
struct report {
	struct list rows;
	struct fit page;
	struct fit context;
	struct crossing crossing;
	uint64_t pages;
};

static void json_fit(struct json *json, const char *name, const struct fit *fit)
{
	json_open(json, name, '{');
	json_number(json, "rows", fit->rows);
	if (fit->rows)
		json_real(json, "a", fit->a);
	if (fit->has_b)
		json_real(json, "b", fit->b);
	if (fit->has_c)
		json_real(json, "c", fit->c);
	if (fit->has_r2)
		json_real(json, "r2", fit->r2);
	json_close(json, '}');
}

static void print_json(struct json *json, const struct report *report)
{
	const struct crossing *crossing = &report->crossing;
	size_t i;

	json_open(json, "left_out", '[');
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (sizes[i] > report->pages)
			json_number(json, NULL, sizes[i]);
	json_close(json, ']');
	json_open(json, "fit", '{');
	json_fit(json, "page", &report->page);
	json_fit(json, "context", &report->context);
	if (crossing->exists) {
		json_open(json, "crossing", '{');
		json_real(json, "cpus", crossing->cpus);
		json_real(json, "invalidations", crossing->strides);
		json_number(json, "extrapolated", crossing->extrapolated);
		json_close(json, '}');
	}
	json_close(json, '}');
}

#define REAL(x)		((union value) { .real = (x) })
#define NUMBER(x)	((union value) { .number = (x) })

/* X(heading, type, value): columns for people, of a struct shootdown *row */
#define SWEEP_COLUMNS(X)						\
	X("scope", TEXT, row->scope)					\
	X("pages", COUNT, row->pages)					\
	X("strides", COUNT, row->strides)				\
	X("mech", TEXT, row->mechanism)					\
	X("cpus", RATIO, REAL(per_round(row, row->sent)))		\
	X("loaded", RATIO, REAL(per_round(row, row->loaded)))		\
	X("n", COUNT, row->n)						\
	X("p50", NS, row->p50_ns)					\
	X("p90", NS, row->p90_ns)					\
	X("p99", NS, row->p99_ns)					\
	X("p99.9", NS, row->p999_ns)					\
	X("null", NS, row->null_p50_ns)					\
	X("net", NS, NUMBER(row->p50_ns.number - row->null_p50_ns.number)) \
	X("h_p50", NS, row->handler_p50_ns)

static const struct field_info sweep_fields[] = {
#define X(heading, its_type, value) { .name = heading, .type = its_type },
	SWEEP_COLUMNS(X)
#undef X
};

static const struct view view_sweep = {
	.name = "sweep",
	.fields = sweep_fields,
	.count = ARRAY_SIZE(sweep_fields),
	.spare = COLUMNS(10, 8),	/* p99.9, p90 */
};

static void print_rows(struct document *document, const struct list *rows)
{
	const struct shootdown *row = list_shootdowns(rows);
	const struct shootdown *const end = row + rows->count;
	struct list list = list_new(&view_sweep);
	union value *cell;

	for (; row < end; row++) {
		cell = list_add(&list);
#define X(heading, type, value) *cell++ = value;
		SWEEP_COLUMNS(X)
#undef X
	}
	document_table(document, &list, document->style->headings);
	list_free(&list);
}

static void print_fit(const char *name, const struct fit *fit)
{
	if (!fit->rows) {
		printf("%s: no rows\n", name);
		return;
	}
	printf("%s: %.0f ns", name, fit->a);
	if (fit->has_b)
		printf(" %+.1f ns per invalidation", fit->b);
	if (fit->has_c)
		printf(" %+.1f ns per CPU", fit->c);
	printf(" (rows: %zu", fit->rows);
	if (fit->has_r2)
		printf(", R2 %.3f", fit->r2);
	puts(")");
}

static void print_crossing(const struct report *report, bool broadcast)
{
	const struct crossing *crossing = &report->crossing;

	if (!crossing->exists) {
		puts(report->page.has_b && report->context.rows ?
		     "equal: at no number of invalidations" :
		     "equal: unknown, because there are too few rows");
		return;
	}
	printf("equal at %.1f invalidations", crossing->strides);
	if (!broadcast)
		printf(", on %.4g CPUs", crossing->cpus);
	puts(crossing->extrapolated ?
	     ": extrapolated, no row has as many one by one" : "");
}

static void print_text(struct document *document, const struct report *report,
		       const struct environment *environment)
{
	const struct pairs *pairs = &environment->pairs;
	const struct pair *kernel = pairs_find(pairs, "kernel_ceiling");
	const struct pair *ours = pairs_find(pairs, "flush_ceiling");
	const bool broadcast = by_broadcast(pairs);
	const char *before = "left out: ranges of ";
	size_t i;

	environment_print(document, environment);
	putchar('\n');
	print_rows(document, &report->rows);
	putchar('\n');
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i] <= report->pages)
			continue;
		printf("%s%u", before, sizes[i]);
		before = ", ";
	}
	if (sizes[i - 1] > report->pages)
		printf(" pages: the VMA has %" PRIu64 "\n", report->pages);
	if (!broadcast && report->page.loaded < 0.5 &&
	    report->context.loaded < 0.5)
		puts("LOADED: the process hardly ran on these CPUs, so there was nothing to flush. All times except\n"
		     "those of scope all are times of IPIs.");
	print_fit("one by one", &report->page);
	print_fit("the whole context", &report->context);
	print_crossing(report, broadcast);
	printf("one by one up to: kernel %s, pagetree %s\n",
	       kernel ? kernel->text : "?", ours ? ours->text : "?");
	if (report->crossing.extrapolated && report->crossing.exists)
		puts("echo 512 >/sys/module/pagetree/parameters/shootdown_ceiling measures more of them.");
}

/* @pages: of the VMA */
static void print(const struct list *rows, const struct environment *environment,
		  uint64_t pages, const struct style *style)
{
	struct document document = document_begin(style);
	struct report report = { .pages = pages };

	shootdowns_merge(rows, &report.rows);
	report.page = fit_shootdowns(&report.rows, "page");
	report.context = fit_shootdowns(&report.rows, "context");
	report.crossing = fit_cross(&report.page, &report.context);
	json_pairs(&document.json, "environment", &environment->pairs);
	if (style->format == FORMAT_TABLE && !style->chosen && !style->all)
		print_text(&document, &report, environment);
	else
		document_list(&document, &report.rows, &environment->pairs, 0);
	print_json(&document.json, &report);
	document_end(&document);
	list_free(&report.rows);
}

void sweep_print(const struct list *rows, const struct environment *environment,
		 const struct style *style)
{
	print(rows, environment, UNKNOWN, style);
}

/* Shooting */

/*
 * If @start is 0, sets the range to the largest writable anonymous VMA. Otherwise
 * sets @end to the end of the VMA that contains @start.
 */
static void find_range(pid_t pid, uint64_t *start, uint64_t *end)
{
	const union value *row, *best = NULL;
	struct model model = { 0 };
	size_t i;

	if (!debugfs_read(&model, pid, "vmas"))
		proc_dead(pid);
	for (i = 0; i < model.vmas.count; i++) {
		row = list_row(&model.vmas, i);
		if (*start ? row[FIELD_start].number <= *start &&
			     row[FIELD_end].number > *start :
			     row[FIELD_perms].text[1] == 'w' &&
			     !strcmp(row[FIELD_kind].text, "anon") &&
			     (!best || row[FIELD_size].number >
				       best[FIELD_size].number))
			best = row;
	}
	if (!best && *start)
		fail(EXIT_FAILURE, "0x%" PRIx64 ": not mapped in %d", *start, pid);
	if (!best)
		fail(EXIT_FAILURE, "%d: no writable anonymous memory: choose a VMA by --range START",
		     pid);
	*start = *start ? *start : best[FIELD_start].number;
	*end = best[FIELD_end].number;
	model_free(&model);
}

/*
 * Shoots at @cpus, or at all CPUs if that is NULL, and adds the result to
 * @rows. Ends the tool if the command fails.
 */
static void shoot(struct shooter *shooter, const char *scope, uint64_t rounds,
		  const char *cpus, struct list *rows)
{
	char *tag = format("sweep:%d", getpid());
	char *command = format("%s n=%" PRIu64 " tag=%s%s%s", scope, rounds, tag,
			       cpus ? " cpus=" : "", cpus ? cpus : "");
	const size_t before = rows->count;
	const int error = shooter_shoot(shooter, command, tag, rows);

	if (error)
		shooter_refused(shooter->pid, command, error);
	if (rows->count == before)
		fail(EXIT_FAILURE, "'%s': its row is gone: others shoot at the process, too",
		     command);
	free(command);
	free(tag);
}

/* The first @count CPUs of @order, as the module takes them; a new string. */
static char *cpu_list(const int *order, size_t count)
{
	char *text = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		append(&text, "%s%d", i ? "," : "", order[i]);

	return text;
}

/*
 * Orders the CPUs by how often the process runs on them, most often first.
 * Moves this tool to the last one, which keeps the process away from there.
 * Returns the number of CPUs.
 */
static size_t order_cpus(struct shooter *shooter, int order[CPU_SETSIZE])
{
	uint64_t loaded[CPU_SETSIZE], here;
	struct list probes = { 0 };
	size_t count = 0, i;
	cpu_set_t online;
	char *name;
	int cpu;

	cpus_online(&online);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &online))
			continue;
		name = cpu_list(&cpu, 1);
		shoot(shooter, "null", PROBES, name, &probes);
		free(name);
		here = list_shootdowns(&probes)[probes.count - 1].loaded.number;
		for (i = count++; i && loaded[i - 1] < here; i--) {
			loaded[i] = loaded[i - 1];
			order[i] = order[i - 1];
		}
		loaded[i] = here;
		order[i] = cpu;
	}
	list_free(&probes);
	if (!count)
		fail(EXIT_FAILURE, "/sys/devices/system/cpu/online: it lists no CPU that is not isolated");
	cpus_pin(order[count - 1]);

	return count;
}

/* Sets @scopes to the commands, without their CPUs. Returns their number. */
static size_t list_scopes(char **scopes, uint64_t start, uint64_t pages,
			  uint64_t page)
{
	size_t count = 0, i;

	scopes[count++] = format("null");
	scopes[count++] = format("page 0x%" PRIx64, start);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (sizes[i] <= pages)
			scopes[count++] = format("range 0x%" PRIx64 " 0x%" PRIx64,
						 start,
						 start + sizes[i] * page);
	scopes[count++] = format("mm");
	scopes[count++] = format("all");

	return count;
}

/* Visits each configuration several times: a drift affects all of them. */
static void shoot_all(struct shooter *shooter, char *const *scopes, size_t count,
		      uint64_t rounds, bool broadcast, struct list *rows)
{
	const bool watched = isatty(STDERR_FILENO);
	int order[CPU_SETSIZE];
	const size_t all = broadcast ? 1 : order_cpus(shooter, order);
	/* at least two rounds each: null IPIs come first in every other round */
	const uint64_t visits = rounds < 4 ? 1 :
				rounds < 2 * VISITS ? rounds / 2 : VISITS;
	uint64_t visit, part;
	size_t cpus, i;
	char *names;

	for (visit = 0; visit < visits; visit++) {
		part = rounds * (visit + 1) / visits - rounds * visit / visits;
		for (i = 0; i < count; i++) {
			for (cpus = 1;; cpus = 2 * cpus < all ? 2 * cpus : all) {
				names = broadcast ? NULL : cpu_list(order, cpus);
				shoot(shooter, scopes[i], part, names, rows);
				free(names);
				if (cpus == all)
					break;
			}
			if (watched)
				fprintf(stderr, "\r%3" PRIu64 "%%",
					100 * (visit * count + i + 1) /
					(visits * count));
		}
	}
	if (watched)
		fputs("\r    \r", stderr);
}

int sweep(pid_t pid, const struct options *options)
{
	const uint64_t rounds = options->rounds ? options->rounds : 200;
	const uint64_t page = sysconf(_SC_PAGESIZE);
	char *scopes[4 + ARRAY_SIZE(sizes)];
	uint64_t start = options->range, end = 0, pages;
	struct list rows = { 0 };
	struct environment environment;
	struct shooter shooter;
	size_t count;

	shooter_open(&shooter, pid);
	find_range(pid, &start, &end);
	environment = environment_begin();
	pages = (end - start) / page;
	count = list_scopes(scopes, start, pages, page);
	shoot_all(&shooter, scopes, count, rounds,
		  by_broadcast(&environment.pairs), &rows);
	environment_end(&environment);
	print(&rows, &environment, pages, &options->style);

	while (count)
		free(scopes[--count]);
	list_free(&rows);
	environment_free(&environment);
	close(shooter.fd);

	return EXIT_SUCCESS;
}

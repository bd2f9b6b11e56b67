// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "input/debugfs.h"
#include "input/system.h"
#include "tlb/fit.h"
#include "tlb/measure.h"
#include "tlb/shooter.h"
#include "tlb/sweep.h"

#define VISITS		10	/* parts of the rounds of a configuration, at most */
#define PROBES		20	/* rounds to find out where the process runs */

/* Pages of the ranges: powers of two, and around the ceiling. */
static const unsigned int sizes[] = {
	1, 2, 4, 8, 16, 32, 33, 34, 64, 128, 512
};

/**
 * struct left_out - ranges that the VMA is too small for
 * @had: pages of the VMA
 * @sizes: pages of the ranges
 * @count: number of @sizes
 */
struct left_out {
	uint64_t had;
	unsigned int sizes[sizeof(sizes) / sizeof(*sizes)];
	size_t count;
};

/* Whether the processor broadcasts invalidations, so that no CPU gets an IPI. */
static bool by_broadcast(const struct pairs *where)
{
	const struct pair *by = pairs_find(where, "pagetree_flush");

	return by && !strcmp(by->text, "tlbi");
}

/* Printing */

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

static void print_fit(const char *name, const struct fit *fit)
{
	if (!fit->rows) {
		printf("%s: was not measured\n", name);
		return;
	}
	printf("%s: %.0f ns", name, fit->a);
	if (fit->has_b)
		printf(" %+.1f ns an invalidation", fit->b);
	if (fit->has_c)
		printf(" %+.1f ns a CPU", fit->c);
	printf(" (rows: %zu", fit->rows);
	if (fit->has_r2)
		printf(", R2 %.3f", fit->r2);
	puts(")");
}

/**
 * struct report - what a sweep found
 * @rows: one for each configuration
 * @page: fit of the rows that invalidate one by one
 * @context: fit of the rows that flush the whole context
 * @crossing: where both take the same time
 */
struct report {
	struct list rows;
	struct fit page;
	struct fit context;
	struct crossing crossing;
};

static void print_json(struct json *json, const struct report *report,
		       const struct left_out *left_out)
{
	const struct crossing *crossing = &report->crossing;
	size_t i;

	json_open(json, "left_out", '[');
	for (i = 0; i < left_out->count; i++)
		json_number(json, NULL, left_out->sizes[i]);
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

/* The rows for people: CPUs are means over the rounds. */

enum { SWEEP_scope, SWEEP_pages, SWEEP_strides, SWEEP_mech, SWEEP_cpus,
       SWEEP_loaded, SWEEP_n, SWEEP_p50, SWEEP_p90, SWEEP_p99, SWEEP_p999,
       SWEEP_null, SWEEP_net, SWEEP_h_p50, SWEEP_FIELDS };

static const struct field_info sweep_fields[SWEEP_FIELDS] = {
	[SWEEP_scope] = { .name = "scope", .type = TEXT },
	[SWEEP_pages] = { .name = "pages", .type = COUNT },
	[SWEEP_strides] = { .name = "strides", .type = COUNT },
	[SWEEP_mech] = { .name = "mech", .type = TEXT },
	[SWEEP_cpus] = { .name = "cpus", .type = RATIO },
	[SWEEP_loaded] = { .name = "loaded", .type = RATIO },
	[SWEEP_n] = { .name = "n", .type = COUNT },
	[SWEEP_p50] = { .name = "p50", .type = NS },
	[SWEEP_p90] = { .name = "p90", .type = NS },
	[SWEEP_p99] = { .name = "p99", .type = NS },
	[SWEEP_p999] = { .name = "p99.9", .type = NS },
	[SWEEP_null] = { .name = "null", .type = NS },
	[SWEEP_net] = { .name = "net", .type = DELTA },
	[SWEEP_h_p50] = { .name = "h_p50", .type = NS },
};

static const struct view view_sweep = {
	.name = "sweep",
	.fields = sweep_fields,
	.count = SWEEP_FIELDS,
};

static void print_rows(struct document *document, const struct list *rows)
{
	struct list list = list_new(&view_sweep);
	const struct shootdown *row = list_shootdowns(rows);
	const struct shootdown *const end = row + rows->count;
	union value *to;

	for (; row < end; row++) {
		to = list_add(&list);
		to[SWEEP_scope] = row->scope;
		to[SWEEP_pages] = row->pages;
		to[SWEEP_strides] = row->strides;
		to[SWEEP_mech] = row->mechanism;
		to[SWEEP_cpus].real = per_round(row, row->sent);
		to[SWEEP_loaded].real = per_round(row, row->loaded);
		to[SWEEP_n] = row->n;
		to[SWEEP_p50] = row->p50_ns;
		to[SWEEP_p90] = row->p90_ns;
		to[SWEEP_p99] = row->p99_ns;
		to[SWEEP_p999] = row->p999_ns;
		to[SWEEP_null] = row->null_p50_ns;
		to[SWEEP_net].number = row->p50_ns.number -
				       row->null_p50_ns.number;
		to[SWEEP_h_p50] = row->handler_p50_ns;
	}
	document_table(document, &list, document->style->headings);
	list_free(&list);
}

static void print_text(struct document *document, const struct report *report,
		       const struct environment *environment,
		       const struct left_out *left_out)
{
	const struct pairs *where = &environment->pairs;
	const struct crossing *crossing = &report->crossing;
	const bool broadcast = by_broadcast(where);
	const struct pair *pair;
	size_t i;

	environment_print(document, environment);
	putchar('\n');
	print_rows(document, &report->rows);
	putchar('\n');
	for (i = 0; i < left_out->count; i++)
		printf("%s%u", i ? ", " : "left out: ranges of ",
		       left_out->sizes[i]);
	if (left_out->count)
		printf(" pages: the VMA has %" PRIu64 "\n", left_out->had);
	if (!broadcast && report->page.loaded < 0.5 &&
	    report->context.loaded < 0.5)
		puts("LOADED: the process hardly ran on these CPUs. Where it does not run there is nothing to flush:\n"
		     "but for scope all these are times of IPIs.");
	print_fit("one by one", &report->page);
	print_fit("the whole context", &report->context);
	if (crossing->exists) {
		printf("equal at %.1f invalidations", crossing->strides);
		if (!broadcast)
			printf(", on %.4g CPUs", crossing->cpus);
		puts(crossing->extrapolated ?
		     ": extrapolated, so many were never made one by one" : "");
	} else if (report->page.has_b && report->context.rows) {
		puts("equal at no number of invalidations");
	} else {
		puts("equal: cannot be said of so few rows");
	}
	pair = pairs_find(where, "kernel_ceiling");
	printf("one by one up to: kernel %s, pagetree ", pair ? pair->text : "?");
	pair = pairs_find(where, "flush_ceiling");
	puts(pair ? pair->text : "?");
	if (crossing->extrapolated && crossing->exists)
		puts("echo 512 >/sys/module/pagetree/parameters/shootdown_ceiling measures more of them.");
}

static void print(const struct list *rows, const struct environment *where,
		  const struct left_out *left_out, const struct style *style)
{
	struct document document = document_begin(style);
	struct report report;

	shootdowns_merge(rows, &report.rows);
	report.page = fit_shootdowns(&report.rows, "page");
	report.context = fit_shootdowns(&report.rows, "context");
	report.crossing = fit_cross(&report.page, &report.context);
	json_pairs(&document.json, "environment", &where->pairs);
	if (style->format == FORMAT_TABLE && !style->chosen && !style->all)
		print_text(&document, &report, where, left_out);
	else
		document_list(&document, &report.rows, &where->pairs, 0);
	print_json(&document.json, &report, left_out);
	document_end(&document);
	list_free(&report.rows);
}

void sweep_print(const struct list *rows, const struct environment *where,
		 const struct style *style)
{
	const struct left_out nothing = { 0 };

	print(rows, where, &nothing, style);
}

/* Shooting */

/* The VMA of @start from there on; if @start is 0, the largest writable anon VMA. */
static void find_range(pid_t pid, uint64_t *start, uint64_t *end)
{
	struct model model = { 0 };
	uint64_t size = 0;
	const struct row *row, *end_row;

	if (!debugfs_read(&model, pid, "vmas"))
		proc_dead(pid);
	row = list_vmas(&model.vmas);
	for (end_row = row + model.vmas.count; row < end_row; row++) {
		if (*start ? *start < row->values[FIELD_start].number ||
			     *start >= row->values[FIELD_end].number :
		    row->values[FIELD_perms].text[1] != 'w' ||
			     strcmp(row->values[FIELD_kind].text, "anon") ||
			     row->values[FIELD_size].number <= size)
			continue;
		size = row->values[FIELD_size].number;
		*end = row->values[FIELD_end].number;
		if (*start)
			break;
	}
	if (!size && *start)
		fail(EXIT_FAILURE, "0x%" PRIx64 ": not mapped in %d", *start, pid);
	if (!size)
		fail(EXIT_FAILURE,
		     "%d: no writable anonymous memory: say --range START", pid);
	if (!*start)
		*start = *end - size;
	model_free(&model);
}

/*
 * Shoots at @cpus, or at all CPUs if that is NULL, and adds the result to @rows.
 * Ends the tool if the command fails.
 */
static void shoot(struct shooter *shooter, const char *scope, uint64_t rounds,
		  const char *cpus, struct list *rows)
{
	char *tag = format("sweep:%d", getpid());
	char *text = format("%s n=%" PRIu64 " tag=%s%s%s", scope, rounds, tag,
			    cpus ? " cpus=" : "", cpus ? cpus : "");
	const struct shootdown *row;
	struct model model = { 0 };
	union value *kept;
	size_t i;
	int error = shooter_shoot(shooter, text, tag, &model, &row);

	if (error)
		shooter_refused(shooter->pid, text, error);
	if (!row)
		fail(EXIT_FAILURE, "'%s': its row is gone: others shoot too", text);
	if (!rows->present)
		*rows = list_new(&view_shootdowns);
	memcpy(rows->has, model.shootdowns.has,
	       SHOOTDOWN_FIELDS * sizeof(*rows->has));
	kept = list_add(rows);
	for (i = 0; i < SHOOTDOWN_FIELDS; i++) {
		if (view_shootdowns.fields[i].type == TEXT)
			kept[i].text = list_keep(rows, format("%s", row->values[i].text));
		else
			kept[i] = row->values[i];
	}
	model_free(&model);
	free(text);
	free(tag);
}

/* CPUs as the module takes them: the first @count of @order. */
static char *cpu_list(const int *order, size_t count)
{
	char *text = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		append(&text, "%s%d", i ? "," : "", order[i]);

	return text;
}

/*
 * Orders the CPUs: first those where the process runs most, last the one to run
 * this tool on, since the process does not run there then. Returns their number.
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
		fail(EXIT_FAILURE, "/sys/devices/system/cpu/online: no CPU is in it that is not isolated");
	cpus_pin(order[count - 1]);

	return count;
}

/* The commands, but for their CPUs; returns their number. */
static size_t list_scopes(char **scopes, uint64_t start, uint64_t end,
			  uint64_t page, struct left_out *left_out)
{
	size_t count = 0, i;

	left_out->had = (end - start) / page;
	scopes[count++] = format("null");
	scopes[count++] = format("page 0x%" PRIx64, start);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (sizes[i] > left_out->had)
			left_out->sizes[left_out->count++] = sizes[i];
		else
			scopes[count++] = format("range 0x%" PRIx64 " 0x%" PRIx64,
						 start,
						 start + sizes[i] * page);
	}
	scopes[count++] = format("mm");
	scopes[count++] = format("all");

	return count;
}

static void shoot_all(struct shooter *shooter, char *const *scopes, size_t count,
		      uint64_t rounds, bool broadcast, struct list *rows)
{
	const bool watched = isatty(STDERR_FILENO);
	int order[CPU_SETSIZE];
	const size_t all = broadcast ? 1 : order_cpus(shooter, order);
	/* a visit needs two rounds: the null IPI comes first in every other one */
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
	char *scopes[4 + sizeof(sizes) / sizeof(*sizes)];
	uint64_t start = options->range, end = 0;
	struct left_out left_out = { 0 };
	struct list rows = { 0 };
	struct model model = { 0 };
	struct environment where;
	struct shooter shooter;
	size_t count, i;

	shooter_open(&shooter, pid);
	debugfs_read(&model, 0, "geometry");
	find_range(pid, &start, &end);
	where = environment_begin(&model.geometry, true);
	count = list_scopes(scopes, start, end,
			    pairs_level(&model.geometry, "entry_bytes", 1),
			    &left_out);
	shoot_all(&shooter, scopes, count, rounds, by_broadcast(&where.pairs),
		  &rows);
	environment_end(&where);
	print(&rows, &where, &left_out, &options->style);

	for (i = 0; i < count; i++)
		free(scopes[i]);
	list_free(&rows);
	environment_free(&where);
	model_free(&model);
	close(shooter.fd);

	return EXIT_SUCCESS;
}

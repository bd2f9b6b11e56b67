// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/json.h"
#include "tlb/measure.h"
#include "tlb/shootdown.h"
#include "input/source.h"
#include "tlb/sweep.h"
#include "output/table.h"

#define VISITS		10	/* at most, in which a configuration's rounds are done */
#define PROBES		20	/* rounds that look where the process runs */

/* Pages of the ranges: about the ceiling, and powers of two. */
static const unsigned int sizes[] = {
	1, 2, 4, 8, 16, 32, 33, 34, 64, 128, 512
};

/* Where the processor broadcasts, no CPU is asked. */
static bool by_broadcast(const struct pairs *where)
{
	const struct pair *by = pairs_find(where, "pagetree_flush");

	return by && !strcmp(by->text, "tlbi");
}

static double per_round(const struct shootdown *row, union value sum)
{
	return (double)sum.number / row->n.number;
}

/* Merging what several visits to a configuration say */

enum rule { FIRST, SUM, LEAST, MOST, MEDIAN, MEAN };

/*
 * Quantiles of all rounds are not known. The 50th and the 90th percentile are the
 * median of those of the visits, which one disturbed visit does not move. For
 * the higher ones a visit has few rounds: the highest, which the true one
 * can't exceed.
 */
static const enum rule rules[SHOOTDOWN_FIELDS] = {
	[SHOOTDOWN_asked] = SUM, [SHOOTDOWN_n] = SUM, [SHOOTDOWN_us] = SUM,
	[SHOOTDOWN_sent] = SUM, [SHOOTDOWN_ran] = SUM,
	[SHOOTDOWN_local] = SUM, [SHOOTDOWN_loaded] = SUM,
	[SHOOTDOWN_skipped] = SUM,
	[SHOOTDOWN_min_ns] = LEAST, [SHOOTDOWN_null_min_ns] = LEAST,
	[SHOOTDOWN_p99_ns] = MOST, [SHOOTDOWN_null_p99_ns] = MOST,
	[SHOOTDOWN_p999_ns] = MOST, [SHOOTDOWN_max_ns] = MOST,
	[SHOOTDOWN_null_max_ns] = MOST, [SHOOTDOWN_handler_max_ns] = MOST,
	[SHOOTDOWN_mean_ns] = MEAN, [SHOOTDOWN_null_mean_ns] = MEAN,
	[SHOOTDOWN_p50_ns] = MEDIAN, [SHOOTDOWN_null_p50_ns] = MEDIAN,
	[SHOOTDOWN_p90_ns] = MEDIAN, [SHOOTDOWN_null_p90_ns] = MEDIAN,
	[SHOOTDOWN_handler_p50_ns] = MEDIAN,
	[SHOOTDOWN_null_handler_p50_ns] = MEDIAN,
};

static bool is_same(const struct shootdown *a, const struct shootdown *b)
{
	return !strcmp(a->scope.text, b->scope.text) &&
	       !strcmp(a->mechanism.text, b->mechanism.text) &&
	       !strcmp(a->tag.text, b->tag.text) &&
	       a->start.number == b->start.number &&
	       a->end.number == b->end.number &&
	       a->strides.number == b->strides.number &&
	       a->deferred.number == b->deferred.number &&
	       per_round(a, a->sent) == per_round(b, b->sent);
}

static uint64_t merge_field(const struct list *list,
			    const struct shootdown *first, size_t field)
{
	const struct shootdown *row = list_shootdowns(list);
	const struct shootdown *const end = row + list->count;
	struct samples values = { 0 };
	uint64_t sum = 0, rounds = 0, value;

	for (; row < end; row++) {
		if (!is_same(first, row))
			continue;
		value = row->values[field].number;
		samples_add(&values, value);
		rounds += row->n.number;
		sum += rules[field] == MEAN ? value * row->n.number : value;
	}
	switch (rules[field]) {
	case SUM:
		value = sum;
		break;
	case MEAN:
		value = sum / rounds;
		break;
	default:
		value = samples_quantile(&values, rules[field] == LEAST ? 0 :
					 rules[field] == MOST ? 1000 : 500);
	}
	samples_free(&values);

	return value;
}

/* A row for all that are alike, in the order of the first of each. */
static void merge(const struct list *list, struct list *merged)
{
	const struct shootdown *rows = list_shootdowns(list);
	struct shootdown row;
	size_t i, j, field;

	*merged = list_new(&view_shootdowns);
	memcpy(merged->has, list->has, SHOOTDOWN_FIELDS * sizeof(*list->has));
	for (i = 0; i < list->count; i++) {
		row = rows[i];
		for (j = 0; j < i && !is_same(&row, &rows[j]); j++)
			;
		if (j < i)
			continue;
		for (field = 0; field < SHOOTDOWN_FIELDS; field++)
			if (rules[field] != FIRST)
				row.values[field].number =
					merge_field(list, &rows[i], field);
		for (j = i; j < list->count; j++)
			if (is_same(&row, &rows[j]) &&
			    strcmp(rows[j].ended.text, "done"))
				row.ended.text = rows[j].ended.text;
		memcpy(list_add(merged), row.values, sizeof(row.values));
	}
}

/* The fit: medians = a + b * strides + c * CPUs, by least squares */

/**
 * struct fit - of the rows of one mechanism
 * @rows: how many
 * @strides: the most that one has
 * @cpus: likewise
 * @loaded: likewise of CPUs where the process was
 * @has_b: whether their strides differ, so that @b is known
 * @has_c: likewise of CPUs and @c
 * @has_r2: whether their medians differ, so that @r2 says something
 * @r2: which part of the variance the fit explains
 */
struct fit {
	size_t rows;
	double strides, cpus, loaded;
	bool has_b, has_c, has_r2;
	double a, b, c, r2;
};

static struct fit fit(const struct list *list, const char *mechanism)
{
	double x = 0, y = 0, z = 0, xx = 0, xy = 0, yy = 0, xz = 0, yz = 0,
	       zz = 0, det, dx, dy, dz, loaded;
	const struct shootdown *const rows = list_shootdowns(list);
	const struct shootdown *row, *const end = rows + list->count;
	struct fit fit = { 0 };

	for (row = rows; row < end; row++) {
		if (strcmp(row->mechanism.text, mechanism))
			continue;
		loaded = per_round(row, row->loaded);
		fit.loaded = loaded > fit.loaded ? loaded : fit.loaded;
		fit.rows++;
		dx = row->strides.number;
		dy = per_round(row, row->sent);
		x += dx;
		y += dy;
		z += row->p50_ns.number;
		fit.strides = dx > fit.strides ? dx : fit.strides;
		fit.cpus = dy > fit.cpus ? dy : fit.cpus;
	}
	if (!fit.rows)
		return fit;
	x /= fit.rows;
	y /= fit.rows;
	z /= fit.rows;

	/* about the means, where a does not matter */
	for (row = rows; row < end; row++) {
		if (strcmp(row->mechanism.text, mechanism))
			continue;
		dx = row->strides.number - x;
		dy = per_round(row, row->sent) - y;
		dz = row->p50_ns.number - z;
		xx += dx * dx;
		xy += dx * dy;
		yy += dy * dy;
		xz += dx * dz;
		yz += dy * dz;
		zz += dz * dz;
	}
	fit.has_b = xx > 1e-9;
	fit.has_c = yy > 1e-9;
	det = xx * yy - xy * xy;
	if (fit.has_b && fit.has_c && det > 1e-9 * xx * yy) {
		fit.b = (xz * yy - yz * xy) / det;
		fit.c = (yz * xx - xz * xy) / det;
	} else if (fit.has_b) {
		/* where both go together, one of them is said to explain it */
		fit.has_c = false;
		fit.b = xz / xx;
	} else if (fit.has_c) {
		fit.c = yz / yy;
	}
	fit.a = z - fit.b * x - fit.c * y;
	fit.has_r2 = zz > 0;
	fit.r2 = fit.has_r2 ? (fit.b * xz + fit.c * yz) / zz : 0;

	return fit;
}

/**
 * struct crossing - where one by one and all at once take the same time
 * @exists: whether they do
 * @cpus: on so many CPUs, the most there were
 * @strides: where
 * @extrapolated: more than were measured one by one
 */
struct crossing {
	bool exists;
	double cpus;
	double strides;
	bool extrapolated;
};

static struct crossing cross(const struct fit *page, const struct fit *context)
{
	struct crossing crossing = { .cpus = page->cpus };

	if (!page->has_b || page->b <= 0 || !context->rows)
		return crossing;
	crossing.strides = (context->a - page->a +
			    (context->c - page->c) * crossing.cpus) / page->b;
	crossing.exists = crossing.strides >= 0;
	crossing.extrapolated = crossing.strides > page->strides;

	return crossing;
}

static void json_fit(const char *name, const struct fit *fit)
{
	json_open(name, '{');
	json_number("rows", fit->rows);
	if (fit->rows)
		json_real("a", fit->a);
	if (fit->has_b)
		json_real("b", fit->b);
	if (fit->has_c)
		json_real("c", fit->c);
	if (fit->has_r2)
		json_real("r2", fit->r2);
	json_close('}');
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

/* Printing */

/* struct report - what was found; @left_out: sizes, 0 ends them; @had: pages */
struct report {
	struct list rows;
	struct fit page;
	struct fit context;
	struct crossing crossing;
	unsigned int left_out[sizeof(sizes) / sizeof(*sizes) + 1];
	uint64_t had;
};

static void print_json(const struct report *report, const struct pairs *where,
		       const struct style *style)
{
	const struct crossing *crossing = &report->crossing;
	const unsigned int *size;

	json_begin();
	json_pairs("environment", where);
	columns_json(&report->rows, style);
	json_open("left_out", '[');
	for (size = report->left_out; *size; size++)
		json_number(NULL, *size);
	json_close(']');
	json_open("fit", '{');
	json_fit("page", &report->page);
	json_fit("context", &report->context);
	if (crossing->exists) {
		json_open("crossing", '{');
		json_real("cpus", crossing->cpus);
		json_real("invalidations", crossing->strides);
		json_number("extrapolated", crossing->extrapolated);
		json_close('}');
	}
	json_close('}');
	json_end();
}

static void print_rows(const struct list *list, bool headings)
{
	static const char *const names[] = {
		"SCOPE", "PAGES", "STRIDES", "MECH", "CPUS", "LOADED", "N",
		"P50", "P90", "P99", "P99.9", "NULL", "NET", "H_P50",
	};
	static const enum shootdown_field times[] = {
		SHOOTDOWN_p50_ns, SHOOTDOWN_p90_ns, SHOOTDOWN_p99_ns,
		SHOOTDOWN_p999_ns, SHOOTDOWN_null_p50_ns,
	};
	struct libscols_table *table = table_new(false, headings);
	const struct shootdown *row = list_shootdowns(list);
	const struct shootdown *const end = row + list->count;
	struct libscols_line *line;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		table_column(table, names[i], i && i != 3 ? TABLE_RIGHT : 0);
	for (; row < end; row++) {
		line = table_line(table);
		table_cell(line, 0, format("%s", row->scope.text));
		table_cell(line, 1, format("%" PRIu64, row->pages.number));
		table_cell(line, 2, format("%" PRIu64, row->strides.number));
		table_cell(line, 3, format("%s", row->mechanism.text));
		table_cell(line, 4, format("%.4g", per_round(row, row->sent)));
		table_cell(line, 5, format("%.2f", per_round(row, row->loaded)));
		table_cell(line, 6, format("%" PRIu64, row->n.number));
		for (i = 0; i < sizeof(times) / sizeof(*times); i++)
			table_cell(line, 7 + i,
				   format("%" PRIu64,
					  row->values[times[i]].number));
		table_cell(line, 12, format("%" PRId64,
					    (int64_t)(row->p50_ns.number -
						      row->null_p50_ns.number)));
		table_cell(line, 13, format("%" PRIu64,
					    row->handler_p50_ns.number));
	}
	table_print(table);
}

static void print_text(const struct report *report, const struct pairs *where,
		       bool headings)
{
	const struct crossing *crossing = &report->crossing;
	const bool broadcast = by_broadcast(where);
	const struct pair *pair;
	const unsigned int *size;

	environment_print(where);
	putchar('\n');
	print_rows(&report->rows, headings);
	putchar('\n');
	for (size = report->left_out; *size; size++)
		printf("%s%u", size == report->left_out ?
		       "left out: ranges of " : ", ", *size);
	if (*report->left_out)
		printf(" pages: the VMA has %" PRIu64 "\n", report->had);
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

static void print(struct report *report, const struct list *rows,
		  const struct pairs *where, const struct style *style)
{
	merge(rows, &report->rows);
	report->page = fit(&report->rows, "page");
	report->context = fit(&report->rows, "context");
	report->crossing = cross(&report->page, &report->context);
	if (style->format == FORMAT_JSON)
		print_json(report, where, style);
	else if (style->format == FORMAT_TABLE && !style->chosen && !style->all)
		print_text(report, where, style->headings);
	else
		columns_print(&report->rows, where, style, 0);
	list_free(&report->rows);
}

void sweep_replay(const struct list *rows, struct pairs *where,
		  const struct style *style)
{
	struct report report = { 0 };

	print(&report, rows, where, style);
}

/* Shooting */

/* The range from @start on, or the largest VMA that only the process changes. */
static void find_range(pid_t pid, uint64_t *start, uint64_t *end)
{
	struct model model = { 0 };
	uint64_t size = 0;
	const struct row *row, *end_row;

	if (!source_debugfs(&model, pid, "vmas"))
		source_dead(pid);
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
 * A shot that has to hit, at @cpus or, if that is NULL, at all; its row, with
 * texts of its own, goes to @rows.
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
		source_refused(shooter->pid, text, error);
	if (!row)
		fail(EXIT_FAILURE, "'%s': its row is gone: others shoot too", text);
	if (!rows->present)
		*rows = list_new(&view_shootdowns);
	memcpy(rows->has, model.shootdowns.has,
	       SHOOTDOWN_FIELDS * sizeof(*rows->has));
	kept = list_add(rows);
	for (i = 0; i < SHOOTDOWN_FIELDS; i++) {
		kept[i] = row->values[i];
		if (view_shootdowns.fields[i].type == TEXT)
			kept[i].text = format("%s", row->values[i].text);
	}
	model_free(&model);
	free(text);
	free(tag);
}

static void rows_free(struct list *rows)
{
	size_t i, j;

	for (i = 0; i < rows->count; i++)
		for (j = 0; j < SHOOTDOWN_FIELDS; j++)
			if (view_shootdowns.fields[j].type == TEXT)
				free((char *)list_row(rows, i)[j].text);
	list_free(rows);
}

/* CPUs as the module takes them: the first @count of @order. */
static char *list(const int *order, size_t count)
{
	char *text = format("%d", order[0]), *longer;
	size_t i;

	for (i = 1; i < count; i++) {
		longer = format("%s,%d", text, order[i]);
		free(text);
		text = longer;
	}

	return text;
}

/*
 * CPUs, first those where the process is, last the one where this tool will
 * be: where it runs, the process does not. Returns how many.
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
		name = list(&cpu, 1);
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
	rows_free(&probes);
	if (!count)
		fail(EXIT_FAILURE, "/sys/devices/system/cpu/online: no CPU is in it that is not isolated");
	cpus_pin(order[count - 1]);

	return count;
}

/* All but the CPUs, which come in powers of two. */
static size_t list_scopes(char **scopes, uint64_t start, uint64_t end,
			  uint64_t page, struct report *report)
{
	size_t count = 0, left_out = 0, i;

	report->had = (end - start) / page;
	scopes[count++] = format("null");
	scopes[count++] = format("page 0x%" PRIx64, start);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (sizes[i] > report->had)
			report->left_out[left_out++] = sizes[i];
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
	/* the null IPI comes first in every other round of a visit: two at least */
	const uint64_t visits = rounds < 4 ? 1 :
				rounds < 2 * VISITS ? rounds / 2 : VISITS;
	uint64_t visit, part;
	size_t cpus, i;
	char *names;

	for (visit = 0; visit < visits; visit++) {
		part = rounds * (visit + 1) / visits - rounds * visit / visits;
		for (i = 0; i < count; i++) {
			for (cpus = 1;; cpus = 2 * cpus < all ? 2 * cpus : all) {
				names = broadcast ? NULL : list(order, cpus);
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

int sweep(pid_t pid, uint64_t rounds, uint64_t start,
	  const struct style *style)
{
	char *scopes[4 + sizeof(sizes) / sizeof(*sizes)];
	struct list rows = { 0 };
	struct report report = { 0 };
	struct pairs where = { 0 };
	struct model model = { 0 };
	uint64_t end = 0;
	struct shooter shooter;
	size_t count, i;

	shooter_open(&shooter, pid);
	source_debugfs(&model, 0, "geometry");
	find_range(pid, &start, &end);
	environment(&where, &model.geometry, true);
	count = list_scopes(scopes, start, end,
			    pairs_level(&model.geometry, "entry_bytes", 1),
			    &report);
	shoot_all(&shooter, scopes, count, rounds, by_broadcast(&where), &rows);
	environment_end(&where);
	print(&report, &rows, &where, style);

	for (i = 0; i < count; i++)
		free(scopes[i]);
	rows_free(&rows);
	environment_free(&where);
	model_free(&model);
	close(shooter.fd);

	return EXIT_SUCCESS;
}

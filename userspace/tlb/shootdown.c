// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "input/debugfs.h"
#include "tlb/environment.h"
#include "tlb/shooter.h"
#include "tlb/sweep.h"
#include "tlb/tlb.h"

void shootdown_help(void)
{
	puts("The process is not changed, but slowed down. They have to be allowed:\n"
	     "echo Y >/sys/module/pagetree/parameters/shootdown\n"
	     "\n"
	     "SCOPE: null (the IPI alone), page START, range START END, vma START, mm, all\n"
	     "KEYS:  n=COUNT rounds (1), cpus=mm|all|0,2-3, gap_us=N sleep between rounds,\n"
	     "       deferred=1 flushes CPUs that do not run it now too, tag=WORD\n"
	     "\n"
	     "Interrupted it prints what was done, and exits with 130.\n");
}

/* The times of a row, and of its null rounds below */

/* X(heading, column, column of null rounds or none) */
#define TIMES(X)							\
	X("min", min_ns, null_min_ns) X("p50", p50_ns, null_p50_ns)	\
	X("p90", p90_ns, null_p90_ns) X("p99", p99_ns, null_p99_ns)	\
	X("p99.9", p999_ns, FIELDS) X("max", max_ns, null_max_ns)	\
	X("mean", mean_ns, null_mean_ns)				\
	X("handler_p50", handler_p50_ns, null_handler_p50_ns)		\
	X("handler_max", handler_max_ns, FIELDS)

enum {
	TIME_ns,
#define X(heading, column, null) TIME_##column,
	TIMES(X)
#undef X
	TIME_FIELDS
};

static const struct field_info time_fields[TIME_FIELDS] = {
	[TIME_ns] = { .name = "ns", .type = TEXT },
#define X(heading, column, null) [TIME_##column] = { .name = heading, .type = NS },
	TIMES(X)
#undef X
};

static const struct view view_times = {
	.name = "times",
	.fields = time_fields,
	.count = TIME_FIELDS,
};

/* @columns: in the order of TIMES; SHOOTDOWN_FIELDS where there is none */
static void add_times(struct list *list, const char *name,
		      const struct shootdown *row, const int *columns)
{
	union value *times = list_add(list);
	int i;

	times[TIME_ns].text = name;
	for (i = 1; i < TIME_FIELDS; i++)
		if (columns[i - 1] != SHOOTDOWN_FIELDS)
			times[i] = row->values[columns[i - 1]];
}

static void print_times(struct document *document, const struct shootdown *row)
{
	static const int all[] = {
#define X(heading, column, null) SHOOTDOWN_##column,
		TIMES(X)
#undef X
	};
	static const int null[] = {
#define X(heading, column, null) SHOOTDOWN_##null,
		TIMES(X)
#undef X
	};
	struct list list = list_new(&view_times);

	add_times(&list, row->scope.text, row, all);
	add_times(&list, "null IPI", row, null);
	document_table(document, &list, true);
	list_free(&list);
}

static void print_text(struct document *document, const struct shootdown *row)
{
	const double n = row->n.number;

	printf("%s", row->scope.text);
	if (row->pages.number)
		printf(" 0x%" PRIx64 "-0x%" PRIx64 " (pages: %" PRIu64 ")",
		       row->start.number, row->end.number, row->pages.number);
	printf(": %" PRIu64 " of %" PRIu64 " rounds in %" PRIu64 " us: %s\n",
	       row->n.number, row->asked.number, row->us.number,
	       row->ended.text);
	printf("by %s", row->mechanism.text);
	if (row->strides.number)
		printf(" (invalidations: %" PRIu64 ")", row->strides.number);
	printf("; CPUs a round: %.3g asked, %.3g ran, %.3g local, %.3g loaded, %.3g left out\n\n",
	       row->sent.number / n, row->ran.number / n,
	       row->local.number / n, row->loaded.number / n,
	       row->skipped.number / n);
	print_times(document, row);
}

static void print(const struct list *rows, const struct environment *where,
		  const struct style *style)
{
	struct document document = document_begin(style);
	size_t i;

	json_pairs(&document.json, "environment", &where->pairs);
	if (style->format != FORMAT_TABLE || style->chosen || style->all) {
		document_list(&document, rows, &where->pairs, 0);
	} else {
		for (i = 0; i < rows->count; i++) {
			if (i)
				putchar('\n');
			print_text(&document, &list_shootdowns(rows)[i]);
		}
	}
	document_end(&document);
}

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
	(void)signal;
	is_interrupted = true;
}

/* The text of a command with a tag: the one among its words, or one of our own. */
static char *join(char *const *words, char **tag)
{
	char *text = NULL;

	*tag = NULL;
	for (; *words; words++) {
		if (!strncmp(*words, "tag=", 4) && !*tag)
			*tag = format("%s", *words + 4);
		append(&text, "%s%s", text ? " " : "", *words);
	}
	if (!*tag) {
		*tag = format("pagetree:%d", getpid());
		append(&text, " tag=%s", *tag);
	}

	return text;
}

static int command(pid_t pid, const struct options *options)
{
	/* no SA_RESTART: the command ends, and its row is printed */
	const struct sigaction action = { .sa_handler = interrupt };
	const bool json = options->style.format == FORMAT_JSON;
	struct environment where = { 0 };
	struct model model = { 0 };
	const struct shootdown *row;
	char *tag, *text = join(options->words, &tag);
	struct shooter shooter;
	struct list one;
	int error;

	shooter_open(&shooter, pid);
	debugfs_read(&model, 0, "geometry");
	/* timing the controls takes a while */
	if (json)
		where = environment_begin(&model.geometry, true);
	sigaction(SIGINT, &action, NULL);
	error = shooter_shoot(&shooter, text, tag, &model, &row);
	if (row) {
		one = model.shootdowns;
		one.values = (union value *)row->values;
		one.count = 1;
		if (json)
			environment_end(&where);
		print(&one, &where, &options->style);
	}
	if (error && (error != EINTR || !is_interrupted)) {
		fflush(stdout);
		shooter_refused(pid, text, error);
	}
	if (!error && !row)
		fail(EXIT_FAILURE, "'%s': its row is gone: over 64 others came meanwhile",
		     text);
	environment_free(&where);
	model_free(&model);
	close(shooter.fd);
	free(text);
	free(tag);

	return error ? 128 + SIGINT : EXIT_SUCCESS;
}

/* The rows of an input. */
static int replay(const struct options *options)
{
	struct environment where;
	struct model model = { 0 };

	debugfs_input(&model, options->input);
	if (!model.shootdowns.present)
		fail(EXIT_FAILURE, "%s: no shootdowns are in it", options->input);
	where = environment_begin(&model.geometry, false);
	if (options->sweeps)
		sweep_print(&model.shootdowns, &where, &options->style);
	else
		print(&model.shootdowns, &where, &options->style);
	environment_free(&where);
	model_free(&model);

	return EXIT_SUCCESS;
}

int run_shootdown(const struct options *options)
{
	if ((options->rounds || options->range) &&
	    (!options->sweeps || options->input))
		usage("--rounds, --range: only for a sweep");
	if (options->input)
		return replay(options);
	if (options->sweeps && options->word_count)
		usage("%s: a sweep takes a process only", *options->words);
	if (options->sweeps)
		return sweep(debugfs_hold_one(*options->pids), options);

	return command(debugfs_hold_one(*options->pids), options);
}

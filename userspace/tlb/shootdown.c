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
#include "base/memory.h"
#include "input/debugfs.h"
#include "output/width.h"
#include "tlb/shooter.h"
#include "tlb/tlb.h"

void shootdown_help(void)
{
	puts("Shootdowns slow the process down, but do not change it. They must be enabled:\n"
	     "echo Y >/sys/module/pagetree/parameters/shootdown\n"
	     "\n"
	     "SCOPE: null (an IPI that flushes nothing), page START, range START END, vma START, mm, all\n"
	     "KEYS:  n=COUNT rounds (1), cpus=mm|all|0,2-3, gap_us=N sleep between rounds,\n"
	     "       deferred=1 also flush CPUs that do not run the process now, tag=WORD\n"
	     "\n"
	     "An interrupt prints the rounds that were done. The exit status is then 130.\n");
}

/* X(heading, column, column of the null IPI or FIELDS): the times of a row */
#define TIMES(X)							\
	X("min", min_ns, null_min_ns) X("p50", p50_ns, null_p50_ns)	\
	X("p90", p90_ns, null_p90_ns) X("p99", p99_ns, null_p99_ns)	\
	X("p99.9", p999_ns, FIELDS) X("max", max_ns, null_max_ns)	\
	X("mean", mean_ns, null_mean_ns)				\
	X("handler_p50", handler_p50_ns, null_handler_p50_ns)		\
	X("handler_max", handler_max_ns, FIELDS)

static const struct field_info time_fields[] = {
	{ .name = "time of", .type = TEXT },
#define X(heading, column, null) { .name = heading, .type = NS },
	TIMES(X)
#undef X
};

static const struct view view_times = {
	.name = "times",
	.fields = time_fields,
	.count = ARRAY_SIZE(time_fields),
	.spare = COLUMNS(5),	/* p99.9 */
};

static void print_times(struct document *document, const struct shootdown *row)
{
	static const int columns[][2] = {
#define X(heading, column, null) { SHOOTDOWN_##column, SHOOTDOWN_##null },
		TIMES(X)
#undef X
	};
	struct list list = list_new(&view_times);
	union value *times;
	size_t null, i;

	for (null = 0; null < 2; null++) {
		times = list_add(&list);
		times->text = null ? "null IPI" : row->scope.text;
		for (i = 0; i < ARRAY_SIZE(columns); i++)
			if (columns[i][null] != SHOOTDOWN_FIELDS)
				times[i + 1] = row->values[columns[i][null]];
	}
	document_table(document, &list, true);
	list_free(&list);
}

/* Prints a row for people. */
static void print_text(struct document *document, const struct shootdown *row)
{
	const double n = row->n.number;
	char *pages = format("%s", ""), *strides = format("%s", "");

	if (row->pages.number)
		append(&pages, " 0x%" PRIx64 "-0x%" PRIx64 " (pages: %" PRIu64 ")",
		       row->start.number, row->end.number, row->pages.number);
	if (row->strides.number)
		append(&strides, " (invalidations: %" PRIu64 ")",
		       row->strides.number);
	text_print("%s%s: %" PRIu64 " of %" PRIu64 " rounds in %" PRIu64 " us: %s\n",
		   row->scope.text, pages, row->n.number, row->asked.number,
		   row->us.number, row->ended.text);
	text_print("by %s%s; CPUs per round: %.3g asked, %.3g ran, %.3g local, %.3g loaded, %.3g left out\n\n",
		   row->mechanism.text, strides, row->sent.number / n,
		   row->ran.number / n, row->local.number / n,
		   row->loaded.number / n, row->skipped.number / n);
	print_times(document, row);
	free(pages);
	free(strides);
}

static void print(const struct list *rows, const struct environment *environment,
		  const struct style *style)
{
	struct document document = document_begin(style);
	size_t i;

	json_pairs(&document.json, "environment", &environment->pairs);
	if (style->format != FORMAT_TABLE || style->chosen || style->all) {
		document_list(&document, rows, &environment->pairs, 0);
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

/* The text of a command. Sets @tag to its tag, and adds it if it is missing. */
static char *join(char *const *words, char **tag)
{
	char *text = NULL;

	*tag = NULL;
	for (; *words; words++) {
		if (starts_with(*words, "tag=") && !*tag)
			*tag = format("%s", *words + strlen("tag="));
		append(&text, "%s%s", text ? " " : "", *words);
	}
	if (!*tag) {
		*tag = format("pagetree:%d", getpid());
		append(&text, " tag=%s", *tag);
	}

	return text;
}

static int shoot(pid_t pid, const struct options *options)
{
	/* without SA_RESTART the write ends, and the rounds are printed */
	const struct sigaction action = { .sa_handler = interrupt };
	const bool json = options->style.format == FORMAT_JSON;
	char *tag, *command = join(options->words, &tag);
	struct environment environment = { 0 };
	struct list rows = { 0 };
	struct shooter shooter;
	int error;

	shooter_open(&shooter, pid);
	if (json)
		environment = environment_begin();
	sigaction(SIGINT, &action, NULL);
	error = shooter_shoot(&shooter, command, tag, &rows);
	if (json)
		environment_end(&environment);
	if (rows.count)
		print(&rows, &environment, &options->style);
	if (error && (error != EINTR || !is_interrupted)) {
		fflush(stdout);
		shooter_refused(pid, command, error);
	}
	if (!error && !rows.count)
		fail(EXIT_FAILURE, "'%s': its row is gone: more than 64 shootdowns of others followed it",
		     command);
	environment_free(&environment);
	list_free(&rows);
	close(shooter.fd);
	free(command);
	free(tag);

	return error ? 128 + SIGINT : EXIT_SUCCESS;
}

/* Prints the rows of an input. */
static int replay(const struct options *options)
{
	struct environment environment;
	struct model model = { 0 };

	debugfs_input(&model, options->input);
	if (!model.shootdowns.present)
		fail(EXIT_FAILURE, "%s: no shootdowns are in it", options->input);
	environment = environment_of(&model.geometry);
	if (options->sweeps)
		sweep_print(&model.shootdowns, &environment, &options->style);
	else
		print(&model.shootdowns, &environment, &options->style);
	environment_free(&environment);
	model_free(&model);

	return EXIT_SUCCESS;
}

int run_shootdown(const struct options *options)
{
	pid_t pid;

	if ((options->rounds || options->range) &&
	    (!options->sweeps || options->input))
		usage("--rounds, --range: only for a sweep");
	if (options->input)
		return replay(options);
	if (options->sweeps && options->word_count)
		usage("%s: a sweep takes a process only", *options->words);
	pid = debugfs_hold_one(*options->pids);

	return options->sweeps ? sweep(pid, options) : shoot(pid, options);
}

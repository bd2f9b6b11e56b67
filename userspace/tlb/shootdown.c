// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
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

/* Commands */

void shooter_open(struct shooter *shooter, pid_t pid)
{
	struct model model = { 0 };
	const struct list *rows = &model.shootdowns;

	*shooter = (struct shooter) { .pid = pid, .fd = source_shootdown(pid) };
	if (!source_debugfs(&model, pid, "shootdowns"))
		source_dead(pid);
	if (rows->count)
		shooter->seq = list_shootdowns(rows)[rows->count - 1].seq.number;
	model_free(&model);
}

int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
	      struct model *model, const struct shootdown **row)
{
	const int error = source_shoot(shooter->fd, command);
	const struct shootdown *rows;
	size_t i;

	*row = NULL;
	if (!source_debugfs(model, shooter->pid, "shootdowns"))
		source_dead(shooter->pid);
	rows = list_shootdowns(&model->shootdowns);
	/* others may shoot at it too */
	for (i = 0; i < model->shootdowns.count; i++)
		if (rows[i].seq.number > shooter->seq &&
		    !strcmp(rows[i].tag.text, tag))
			*row = &rows[i];
	if (*row)
		shooter->seq = (*row)->seq.number;

	return error;
}

/* Printing */

static void print_times(const struct shootdown *row)
{
	static const char *const headings[] = {
		"NS", "MIN", "P50", "P90", "P99", "P99.9", "MAX", "MEAN",
		"HANDLER P50", "HANDLER MAX",
	};
	static const enum shootdown_field all[] = {
		SHOOTDOWN_min_ns, SHOOTDOWN_p50_ns, SHOOTDOWN_p90_ns,
		SHOOTDOWN_p99_ns, SHOOTDOWN_p999_ns, SHOOTDOWN_max_ns,
		SHOOTDOWN_mean_ns, SHOOTDOWN_handler_p50_ns,
		SHOOTDOWN_handler_max_ns,
	};
	/* where nothing is said of the null rounds, there is no column either */
	static const enum shootdown_field null[] = {
		SHOOTDOWN_null_min_ns, SHOOTDOWN_null_p50_ns,
		SHOOTDOWN_null_p90_ns, SHOOTDOWN_null_p99_ns, SHOOTDOWN_FIELDS,
		SHOOTDOWN_null_max_ns, SHOOTDOWN_null_mean_ns,
		SHOOTDOWN_null_handler_p50_ns, SHOOTDOWN_FIELDS,
	};
	const size_t count = sizeof(all) / sizeof(*all);
	struct libscols_table *table = table_new(false, true);
	struct libscols_line *lines[2];
	size_t i;

	for (i = 0; i < sizeof(headings) / sizeof(*headings); i++)
		table_column(table, headings[i], i ? TABLE_RIGHT : 0);
	lines[0] = table_line(table);
	lines[1] = table_line(table);
	table_cell(lines[0], 0, format("%s", row->scope.text));
	table_cell(lines[1], 0, format("null IPI"));
	for (i = 0; i < count; i++) {
		table_cell(lines[0], i + 1,
			   format("%" PRIu64, row->values[all[i]].number));
		if (null[i] != SHOOTDOWN_FIELDS)
			table_cell(lines[1], i + 1,
				   format("%" PRIu64,
					  row->values[null[i]].number));
	}
	table_print(table);
}

static void print_text(const struct shootdown *row)
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
	print_times(row);
}

static void print(const struct list *rows, const struct pairs *where,
		  const struct style *style)
{
	size_t i;

	if (style->format == FORMAT_JSON) {
		json_begin();
		json_pairs("environment", where);
		columns_json(rows, style);
		json_end();
	} else if (style->format == FORMAT_TABLE && !style->chosen &&
		   !style->all) {
		for (i = 0; i < rows->count; i++) {
			if (i)
				putchar('\n');
			print_text(&list_shootdowns(rows)[i]);
		}
	} else {
		columns_print(rows, where, style, 0);
	}
}

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
	(void)signal;
	is_interrupted = true;
}

/* The words of a command, and the tag that is among them, or one of our own. */
static char *join(char *const *words, int count, char **tag)
{
	char *text = format("%s", words[0]), *longer;
	int i;

	*tag = NULL;
	for (i = 0; i < count; i++) {
		if (!strncmp(words[i], "tag=", 4) && !*tag)
			*tag = format("%s", words[i] + 4);
		if (!i)
			continue;
		longer = format("%s %s", text, words[i]);
		free(text);
		text = longer;
	}
	if (!*tag) {
		*tag = format("pagetree:%d", getpid());
		longer = format("%s tag=%s", text, *tag);
		free(text);
		text = longer;
	}

	return text;
}

static int command(pid_t pid, char *const *words, int count,
		   const struct style *style)
{
	/* no SA_RESTART: the command ends, and what it did is printed */
	const struct sigaction action = { .sa_handler = interrupt };
	const bool json = style->format == FORMAT_JSON;
	struct model model = { 0 };
	struct pairs where = { 0 };
	const struct shootdown *row;
	char *tag, *text = join(words, count, &tag);
	struct shooter shooter;
	struct list one;
	int error;

	shooter_open(&shooter, pid);
	source_debugfs(&model, 0, "geometry");
	if (json)
		environment(&where, &model.geometry, true);
	sigaction(SIGINT, &action, NULL);
	error = shooter_shoot(&shooter, text, tag, &model, &row);
	if (row) {
		one = model.shootdowns;
		one.values = (union value *)row->values;
		one.count = 1;
		if (json)
			environment_end(&where);
		print(&one, &where, style);
	}
	if (error && (error != EINTR || !is_interrupted)) {
		fflush(stdout);
		source_refused(pid, text, error);
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

/* The rows of a file. */
static int replay(const struct options *options)
{
	struct model model = { 0 };
	struct pairs where = { 0 };

	source_file(&model, options->input);
	if (!model.shootdowns.present)
		fail(EXIT_FAILURE, "%s: no shootdowns are in it", options->input);
	environment(&where, &model.geometry, false);
	if (options->sweeps)
		sweep_replay(&model.shootdowns, &where, &options->style);
	else
		print(&model.shootdowns, &where, &options->style);
	environment_free(&where);
	model_free(&model);

	return EXIT_SUCCESS;
}

int shootdown(const struct options *options)
{
	if ((options->rounds || options->range) &&
	    (!options->sweeps || options->input))
		usage("--rounds, --range: only for a sweep");
	if (options->input)
		return replay(options);
	if (options->sweeps && options->word_count)
		usage("%s: a sweep takes a process only", *options->words);
	if (options->sweeps)
		return sweep(source_hold_one(*options->pids),
			     options->rounds ? options->rounds : 200,
			     options->range, &options->style);

	return command(source_hold_one(*options->pids), options->words,
		       options->word_count, &options->style);
}

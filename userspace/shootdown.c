// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "measure.h"
#include "shootdown.h"
#include "source.h"
#include "sweep.h"
#include "table.h"

#define ROUNDS_MAX	1000000

static void help(void)
{
	puts("Usage: pagetree shootdown [OPTION]... PID SCOPE [START [END]] [KEY=VALUE]...\n"
	     "       pagetree shootdown --sweep [OPTION]... PID\n"
	     "       pagetree shootdown [--sweep] [OPTION]... --input FILE\n"
	     "\n"
	     "Flushes TLB entries of a process on other CPUs, and says how long that takes.\n"
	     "The process is not changed, but slowed down.\n"
	     "\n"
	     "SCOPE: null (the IPI alone), page START, range START END, vma START, mm, all\n"
	     "KEYS:  n=COUNT rounds (1), cpus=mm|all|0,2-3, gap_us=N sleep between rounds,\n"
	     "       deferred=1 flushes CPUs that do not run it now too, tag=WORD\n"
	     "\n"
	     "      --input FILE      print the rows of FILE, which PID/shootdowns gave; geometry\n"
	     "                        may be before or behind them\n"
	     "  -J, --json            print JSON\n"
	     "  -n, --noheadings      no column names in a table\n"
	     "      --range START     sweep over the VMA from START on (the largest writable anon one)\n"
	     "  -r, --raw             print the rows for scripts\n"
	     "      --rounds N        rounds of each configuration of a sweep (200)\n"
	     "      --sweep           null, page, range, mm, all; 1 to 512 pages; 1, 2, 4... CPUs\n"
	     "  -h, --help            print this\n"
	     "\n"
	     "Shootdowns have to be allowed: echo Y >/sys/module/pagetree/parameters/shootdown\n"
	     "Exit status: as of pagetree; 130 interrupted, the rounds till then are printed.");
}

/* Commands */

void shooter_open(struct shooter *shooter, pid_t pid)
{
	struct model model = { 0 };
	const struct shootdowns *rows = &model.shootdowns;

	*shooter = (struct shooter) { .pid = pid, .fd = source_shootdown(pid) };
	source_debugfs(&model, pid, "shootdowns");
	if (rows->count)
		shooter->seq = rows->rows[rows->count - 1].seq.number;
	model_free(&model);
}

int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
	      struct model *model, const struct shootdown **row)
{
	const int error = source_shoot(shooter->fd, command);
	const struct shootdowns *rows = &model->shootdowns;
	size_t i;

	*row = NULL;
	source_debugfs(model, shooter->pid, "shootdowns");
	/* others may shoot at it too */
	for (i = 0; i < rows->count; i++)
		if (rows->rows[i].seq.number > shooter->seq &&
		    !strcmp(rows->rows[i].tag.text, tag))
			*row = &rows->rows[i];
	if (*row)
		shooter->seq = (*row)->seq.number;

	return error;
}

/* Printing */

void shootdowns_json(const struct shootdowns *shootdowns)
{
	size_t i, j;

	json_open("shootdowns", '[');
	for (i = 0; i < shootdowns->count; i++) {
		json_open(NULL, '{');
		for (j = 0; j < SHOOTDOWN_FIELDS; j++)
			json_value(&shootdown_fields[j], shootdowns->has[j],
				   shootdowns->rows[i].values[j]);
		json_close('}');
	}
	json_close(']');
}

void shootdowns_raw(const struct shootdowns *shootdowns,
		    const struct style *style)
{
	struct libscols_table *table = table_new(true, style->headings);
	struct libscols_line *line;
	char *text;
	size_t i, j;

	for (j = 0; j < SHOOTDOWN_FIELDS; j++) {
		text = heading_text(shootdown_fields[j].name);
		table_column(table, text, 0);
		free(text);
	}
	for (i = 0; i < shootdowns->count; i++) {
		line = table_line(table);
		for (j = 0; j < SHOOTDOWN_FIELDS; j++)
			table_cell(line, j, shootdowns->has[j] ?
				   value_text(shootdowns->rows[i].values[j],
					      shootdown_fields[j].type, style) :
				   format("-"));
	}
	table_print(table);
}

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

static void print(const struct shootdowns *rows, const struct pairs *where,
		  const struct style *style, bool json)
{
	size_t i;

	if (json) {
		json_begin();
		json_pairs("environment", where);
		shootdowns_json(rows);
		json_end();
	} else if (style->raw) {
		shootdowns_raw(rows, style);
	} else {
		for (i = 0; i < rows->count; i++) {
			if (i)
				putchar('\n');
			print_text(&rows->rows[i]);
		}
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
		   const struct style *style, bool json)
{
	/* no SA_RESTART: the command ends, and what it did is printed */
	const struct sigaction action = { .sa_handler = interrupt };
	struct model model = { 0 };
	struct pairs where = { 0 };
	const struct shootdown *row;
	char *tag, *text = join(words, count, &tag);
	struct shootdowns one;
	struct shooter shooter;
	int error;

	shooter_open(&shooter, pid);
	source_debugfs(&model, 0, "geometry");
	if (json)
		environment(&where, &model.geometry, true);
	sigaction(SIGINT, &action, NULL);
	error = shooter_shoot(&shooter, text, tag, &model, &row);
	if (row) {
		one = model.shootdowns;
		one.rows = (struct shootdown *)row;
		one.count = 1;
		if (json)
			environment_end(&where);
		print(&one, &where, style, json);
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
static int replay(const char *path, const struct style *style, bool json,
		  bool swept)
{
	struct model model = { 0 };
	struct pairs where = { 0 };

	source_file(&model, path);
	if (!model.shootdowns.present)
		fail(EXIT_FAILURE, "%s: no shootdowns are in it", path);
	environment(&where, &model.geometry, false);
	if (swept)
		sweep_replay(&model.shootdowns, &where, style, json);
	else
		print(&model.shootdowns, &where, style, json);
	environment_free(&where);
	model_free(&model);

	return EXIT_SUCCESS;
}

int shootdown(int argc, char **argv)
{
	enum { OPTION_INPUT = 256, OPTION_SWEEP, OPTION_ROUNDS, OPTION_RANGE };
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "input", required_argument, NULL, OPTION_INPUT },
		{ "json", no_argument, NULL, 'J' },
		{ "noheadings", no_argument, NULL, 'n' },
		{ "range", required_argument, NULL, OPTION_RANGE },
		{ "raw", no_argument, NULL, 'r' },
		{ "rounds", required_argument, NULL, OPTION_ROUNDS },
		{ "sweep", no_argument, NULL, OPTION_SWEEP },
		{ }
	};
	struct style style = { .headings = true, .bytes = true };
	bool json = false, sweeps = false, tuned = false;
	uint64_t rounds = 200, start = 0;
	const char *input = NULL;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hJnr", long_options,
				     NULL)) != -1) {
		switch (option) {
		case 'h':
			help();
			return EXIT_SUCCESS;
		case OPTION_INPUT:
			input = optarg;
			break;
		case 'J':
			json = true;
			break;
		case 'n':
			style.headings = false;
			break;
		case OPTION_RANGE:
			if (!parse_address(optarg, &start) || !start)
				usage("%s: not an address", optarg);
			tuned = true;
			break;
		case 'r':
			style.raw = true;
			break;
		case OPTION_ROUNDS:
			if (!parse_number(optarg, &rounds) || !rounds ||
			    rounds > ROUNDS_MAX)
				usage("%s: not a number of rounds", optarg);
			tuned = true;
			break;
		case OPTION_SWEEP:
			sweeps = true;
			break;
		default:
			usage_option(option, argv);
		}
	}
	if (json && style.raw)
		usage("--json, --raw: only one of them can be had");
	if (tuned && (!sweeps || input))
		usage("--rounds, --range: only for a sweep");
	if (input && optind < argc)
		usage("%s: --input and a process id exclude each other",
		      argv[optind]);
	if (input)
		return replay(input, &style, json, sweeps);
	if (optind == argc)
		usage("no process id: see pagetree shootdown --help");
	if (sweeps && optind + 1 < argc)
		usage("%s: a sweep takes a process id only", argv[optind + 1]);
	if (!sweeps && optind + 1 == argc)
		usage("no scope: see pagetree shootdown --help");
	if (sweeps)
		return sweep(source_hold(parse_pid(argv[optind])), rounds,
			     start, &style, json);

	return command(source_hold(parse_pid(argv[optind])),
		       argv + optind + 1, argc - optind - 1, &style, json);
}

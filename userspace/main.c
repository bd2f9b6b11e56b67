// SPDX-License-Identifier: GPL-2.0-only
/* pagetree: its commands, and what a command line may say. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tlb/bench.h"
#include "commands/elf.h"
#include "commands/capture.h"
#include "cli/expect.h"
#include "tlb/reach.h"
#include "tlb/shootdown.h"
#include "input/source.h"
#include "tlb/tlb.h"
#include "commands/tree.h"
#include "commands/views.h"
#include "commands/why.h"

#ifndef PAGETREE_VERSION
#define PAGETREE_VERSION "0.1"
#endif

/* What a command takes; an option needs one of these, or none. */
enum {
	PROCESSES = 1 << 0,	/* one or more, and those of --pid and --cgroup */
	PROCESS = 1 << 1,	/* one */
	WORDS = 1 << 2,		/* then other arguments, at least one */
	INPUT = 1 << 3,
	OUTPUT = 1 << 4,	/* -o and what else a list takes */
	VERIFY = 1 << 5,
	EXPECT = 1 << 6,
	SHOOT = 1 << 7,
	BENCH = 1 << 8,
	TLB = 1 << 9,
	OPTIONAL = 1 << 10,	/* no process is all right too */
	FILES = 1 << 11,	/* or instead files, which have a slash: they are words */
	TREE = 1 << 12,
	DEPTH = 1 << 13,
	WRITES = 1 << 14,	/* -o is a file */
	PROC = 1 << 15,
};

struct command {
	const char *name;
	const char *usage;
	const char *about;
	unsigned int takes;
	const struct view *view;	/* that -o, -x and --filter are about */
	int (*run)(const struct options *options);
};

static const struct command commands[] = {
	{ "show", "PROCESS...",
	  "summary, then the VMAs: their page sizes, tables, holes; what is done without a command",
	  PROCESSES | INPUT | OUTPUT | EXPECT | VERIFY | TREE | PROC, &view_vmas,
	  run_show },
	{ "vmas", "PROCESS...", "a row a VMA",
	  PROCESSES | INPUT | OUTPUT | EXPECT | PROC, &view_vmas, run_vmas },
	{ "tree", "PROCESS...",
	  "the page tables, from the root down: how full, of what, of which VMAs",
	  PROCESSES | INPUT | OUTPUT | EXPECT | TREE | DEPTH, &view_tree, run_tree },
	{ "why", "PROCESS...",
	  "what is not on the largest page it could use: the reason, the evidence, a remedy",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_why, run_why },
	{ "tables", "PROCESS...",
	  "a row a level: tables, how full, how many empty, on which NUMA nodes",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_tables, run_tables },
	{ "map", "PROCESS...", "a row a run of entries that read alike",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_map, run_map },
	{ "walk", "PROCESS ADDRESS...",
	  "each entry that an address translates through",
	  PROCESS | WORDS | INPUT | OUTPUT, &view_walk, run_walk },
	{ "elf", "FILE...|PROCESS...",
	  "which segments of programs and libraries huge pages could map, and do",
	  PROCESSES | FILES | OUTPUT, &view_elf, run_elf },
	{ "ps", "", "a row a process: the totals of all of them",
	  INPUT | OUTPUT, &view_processes, run_ps },
	{ "geometry", "", "the paging of this machine, and how it flushes TLBs",
	  INPUT | OUTPUT, &view_geometry, run_geometry },
	{ "tlb", "[PROCESS]...",
	  "the TLBs of this processor, and how much of processes they reach",
	  PROCESSES | OPTIONAL | INPUT | OUTPUT | TLB, &view_tlb, run_tlb },
	{ "capture", "PROCESS -o FILE",
	  "what the commands above say of a process, or can say by --input, in one file for a bug report",
	  PROCESS | WRITES, NULL, run_capture },
	{ "shootdown", "PROCESS SCOPE [START [END]] [KEY=VALUE]...",
	  "flush TLB entries of a process on other CPUs, and say what that takes",
	  PROCESS | WORDS | INPUT | OUTPUT | SHOOT, &view_shootdowns, shootdown },
	{ "bench", "tlb",
	  "what a flush costs those who are hit, with this tool as its own target",
	  WORDS | OUTPUT | BENCH, &view_bench, bench },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

/* The options; a letter, or a number from 256 on for those without. */
enum {
	OPTION_CGROUP = 256, OPTION_DEPTH, OPTION_EXPECT, OPTION_FILTER,
	OPTION_INPUT, OPTION_MEASURE, OPTION_PAGES, OPTION_PID, OPTION_PROC,
	OPTION_RANGE, OPTION_ROUNDS, OPTION_SWEEP, OPTION_TLB, OPTION_TREE,
	OPTION_VERIFY,
};

static const struct {
	struct option option;
	unsigned int needs;
	const char *argument;
	const char *help;
} all_options[] = {
	{ { "bytes", no_argument, NULL, 'b' }, OUTPUT, "",
	  "sizes in bytes, not in K, M, G" },
	{ { "cgroup", required_argument, NULL, OPTION_CGROUP }, PROCESSES, "PATH",
	  "the processes of a cgroup, below /sys/fs/cgroup" },
	{ { "depth", required_argument, NULL, OPTION_DEPTH }, DEPTH, "N",
	  "the N levels from the root on" },
	{ { "expect", required_argument, NULL, OPTION_EXPECT }, EXPECT, "CONDITION",
	  "exit with 4 if it is false, as 'huge%>=90'" },
	{ { "filter", required_argument, NULL, OPTION_FILTER }, OUTPUT, "EXPRESSION",
	  "rows that pass only, as 'size > 4096' (libsmartcols 2.40)" },
	{ { "help", no_argument, NULL, 'h' }, 0, "", "print this" },
	{ { "input", required_argument, NULL, OPTION_INPUT }, INPUT, "FILE",
	  "read what debugfs said, or capture wrote, from FILE (-: standard input)" },
	{ { "json", no_argument, NULL, 'J' }, OUTPUT, "",
	  "print JSON: every column, numbers as numbers" },
	{ { "measure", no_argument, NULL, OPTION_MEASURE }, TLB, "",
	  "find the sizes of TLBs by how long accesses take, within seconds" },
	{ { "noheadings", no_argument, NULL, 'n' }, OUTPUT, "",
	  "print rows only: no summary, no column names" },
	{ { "output", required_argument, NULL, 'o' }, OUTPUT, "LIST",
	  "print these columns; +LIST adds to the default ones" },
	{ { "output", required_argument, NULL, 'o' }, WRITES, "FILE",
	  "write to FILE (-: standard output)" },
	{ { "output-all", no_argument, NULL, 'O' }, OUTPUT, "", "print all columns" },
	{ { "pages", required_argument, NULL, OPTION_PAGES }, BENCH, "LIST",
	  "pages that are walked for again (64,256,1024)" },
	{ { "pairs", no_argument, NULL, 'P' }, OUTPUT, "",
	  "print the rows as KEY=\"VALUE\", for a shell" },
	{ { "pid", required_argument, NULL, OPTION_PID }, PROCESSES | PROCESS, "PROCESS",
	  "this one too" },
	{ { "proc", no_argument, NULL, OPTION_PROC }, PROC, "",
	  "what /proc alone says, without the module and without its tables" },
	{ { "range", required_argument, NULL, OPTION_RANGE }, SHOOT, "START",
	  "sweep over the VMA from START on (the largest writable anon one)" },
	{ { "raw", no_argument, NULL, 'r' }, OUTPUT, "",
	  "print the rows for scripts: in bytes, - for nothing, \\xHH for what is no printable ASCII" },
	{ { "rounds", required_argument, NULL, OPTION_ROUNDS }, SHOOT | BENCH, "N",
	  "rounds of each configuration (200)" },
	{ { "sort", required_argument, NULL, 'x' }, OUTPUT, "COLUMN",
	  "sort the rows by it" },
	{ { "sweep", no_argument, NULL, OPTION_SWEEP }, SHOOT, "",
	  "null, page, range, mm, all; 1 to 512 pages; 1, 2, 4... CPUs" },
	{ { "tlb", required_argument, NULL, OPTION_TLB }, TLB, "LIST",
	  "TLBs to believe in: page size, entries of levels 1 and 2, as 4k:64/1536,2m:32/1536" },
	{ { "tree", no_argument, NULL, OPTION_TREE }, TREE, "",
	  "as the command tree" },
	{ { "verify", no_argument, NULL, OPTION_VERIFY }, VERIFY, "",
	  "compare with what /proc/PID/smaps and status say" },
	{ { "version", no_argument, NULL, 'V' }, 0, "", "print the version" },
};

#define OPTIONS (sizeof(all_options) / sizeof(*all_options))

/* Ends the tool; what it printed has to have reached somebody. */
static _Noreturn void finish(int status)
{
	if (fflush(stdout) || ferror(stdout) || close(STDOUT_FILENO)) {
		if (errno != EPIPE)
			complain("standard output: %s", strerror(errno));
		status = EXIT_FAILURE;
	}
	exit(status);
}

static bool belongs(size_t option, const struct command *command)
{
	return !all_options[option].needs ||
	       (all_options[option].needs & command->takes);
}

/* @command: NULL for what all have in common */
static void help(const struct command *command)
{
	const bool common = !command;
	const struct option *option;
	char *name;
	size_t i;

	if (common) {
		puts("Usage: pagetree [COMMAND] [OPTION]... PROCESS...\n"
		     "\n"
		     "Shows the page tables of processes: page sizes, tables, holes, TLB shootdowns.\n"
		     "A process is a pid (a thread's means its process) or a name that only one has.\n"
		     "\n"
		     "Commands:");
		for (i = 0; i < COMMANDS; i++)
			printf("  %-10s %s\n", commands[i].name,
			       commands[i].about);
		puts("\n"
		     "Options of most of them; pagetree COMMAND --help lists all, and the columns:");
		command = commands;
	} else {
		printf("Usage: pagetree %s [OPTION]... %s\n\n%s.\n\n",
		       command->name, command->usage, command->about);
		if (command->takes & SHOOT)
			shootdown_help();
		puts("Options:");
	}
	for (i = 0; i < OPTIONS; i++) {
		option = &all_options[i].option;
		if (!belongs(i, command))
			continue;
		name = format("%c%c%s --%s %s", option->val < 256 ? '-' : ' ',
			      option->val < 256 ? option->val : ' ',
			      option->val < 256 ? "," : " ", option->name,
			      all_options[i].argument);
		printf("  %-24s %s\n", name, all_options[i].help);
		free(name);
	}
	if (!common && command->view) {
		putchar('\n');
		columns_help(command->view, "Columns:");
	}
	if (command->takes & TLB) {
		putchar('\n');
		columns_help(&view_reach, "Reach, a table for each process, has the columns:");
	}
	putchar('\n');
	if (command->run == run_why) {
		why_help();
		putchar('\n');
	}
	if (command->takes & EXPECT) {
		expect_help();
		putchar('\n');
	}
	puts("A table is as wide as the terminal, or else as COLUMNS, or 100. In names, \\ooo is\n"
	     "a control character, a backslash or a byte that is not UTF-8.\n"
	     "\n"
	     "Exit status: 0 success, 1 failure, 2 bad usage, 3 the process was not read to its\n"
	     "end, 4 --expect is false or --verify found a difference, 5 the module is not there,\n"
	     "6 no permission.");
}

static _Noreturn void unknown_option(int option, char **argv)
{
	if (option == ':')
		usage("%s: needs an argument: see pagetree --help",
		      argv[optind - 1]);
	if (optopt > 0 && optopt <= CHAR_MAX)
		usage("-%c: no such option: see pagetree --help", optopt);
	usage("%s: no such option: see pagetree --help", argv[optind - 1]);
}

pid_t parse_pid(const char *text)
{
	uint64_t pid;

	if (!parse_number(text, &pid) || !pid || pid > INT_MAX)
		usage("%s: not a process id", text);

	return pid;
}

static uint64_t parse_rounds(const char *text)
{
	uint64_t rounds;

	if (!parse_number(text, &rounds) || !rounds || rounds > 1000000)
		usage("%s: not a number of rounds", text);

	return rounds;
}

static unsigned int parse_depth(const char *text)
{
	uint64_t depth;

	if (!parse_number(text, &depth) || !depth || depth > PAGETREE_LEVELS)
		usage("%s: not a number of levels, 1 to %u", text,
		      PAGETREE_LEVELS);

	return depth;
}

static void add_process(struct options *options, pid_t pid)
{
	options->pids = room(options->pids, options->pid_count, sizeof(pid_t));
	options->pids[options->pid_count++] = pid;
}

static void add_cgroup(struct options *options, const char *path)
{
	size_t count, i;
	pid_t *pids = source_cgroup(path, &count);

	for (i = 0; i < count; i++)
		add_process(options, pids[i]);
	free(pids);
	options->cgroup = true;
}

static void set_format(struct style *style, enum format format)
{
	if (style->format != FORMAT_TABLE && style->format != format)
		usage("--json, --raw, --pairs: only one of them can be had");
	style->format = format;
	style->bytes |= format == FORMAT_RAW;
}

static void set_option(struct options *options, const struct command *command,
		       int option)
{
	struct style *style = &options->style;
	const char *wrong;

	switch (option) {
	case 'b':
		style->bytes = true;
		break;
	case OPTION_CGROUP:
		add_cgroup(options, optarg);
		break;
	case OPTION_DEPTH:
		options->depth = parse_depth(optarg);
		break;
	case OPTION_EXPECT:
		expect_add(options, optarg);
		break;
	case OPTION_FILTER:
		columns_check_filter(optarg);
		style->filter = optarg;
		break;
	case 'h':
		help(command);
		finish(EXIT_SUCCESS);
	case OPTION_INPUT:
		options->input = optarg;
		break;
	case 'J':
		set_format(style, FORMAT_JSON);
		break;
	case OPTION_MEASURE:
		options->measure = true;
		break;
	case 'n':
		style->headings = false;
		break;
	case 'o':
		if (command->takes & WRITES) {
			options->file = optarg;
			break;
		}
		wrong = columns_parse(style, command->view, optarg);
		if (wrong)
			usage("%s: %s: see pagetree %s --help", optarg, wrong,
			      command->name);
		break;
	case 'O':
		style->all = true;
		break;
	case OPTION_PAGES:
		options->pages = optarg;
		break;
	case 'P':
		set_format(style, FORMAT_PAIRS);
		break;
	case OPTION_PID:
		add_process(options, source_process(optarg));
		break;
	case OPTION_PROC:
		options->proc = true;
		break;
	case OPTION_RANGE:
		if (!parse_address(optarg, &options->range) || !options->range)
			usage("%s: not an address", optarg);
		break;
	case 'r':
		set_format(style, FORMAT_RAW);
		break;
	case OPTION_ROUNDS:
		options->rounds = parse_rounds(optarg);
		break;
	case OPTION_SWEEP:
		options->sweeps = true;
		break;
	case OPTION_TLB:
		options->tlb = optarg;
		break;
	case OPTION_VERIFY:
		options->verify = true;
		break;
	case 'V':
		puts("pagetree " PAGETREE_VERSION);
		finish(EXIT_SUCCESS);
	case 'x':
		style->sort = columns_find(command->view, optarg, strlen(optarg));
		if (style->sort < 0)
			usage("%s: no such column: see pagetree %s --help",
			      optarg, command->name);
		break;
	}
}

static bool is_file(const struct command *command, const char *argument)
{
	return command->takes & FILES && argument && strchr(argument, '/');
}

/* What is left of the command line: processes, then words. */
static void parse_arguments(struct options *options,
			    const struct command *command, char **arguments)
{
	const bool takes = command->takes & (PROCESS | PROCESSES);

	if (options->input && (options->pid_count || *arguments) && takes)
		usage("%s: --input and a process exclude each other",
		      *arguments ? *arguments : "--pid");
	while (!options->input && *arguments && takes &&
	       !is_file(command, *arguments)) {
		add_process(options, source_process(*arguments++));
		if (command->takes & PROCESS)
			break;
	}
	if (takes && !options->input && !options->pid_count &&
	    !(command->takes & OPTIONAL) && !is_file(command, *arguments))
		usage("no process: see pagetree --help");
	if (command->takes & PROCESS && options->pid_count > 1)
		usage("--pid: one process is enough");
	if (options->input && options->verify)
		usage("--input, --verify: only a process can be verified");
	if (options->input && options->measure)
		usage("--input, --measure: only this machine can be measured");
	if (options->proc && options->input)
		usage("--input, --proc: only a process has a /proc");
	if (options->proc && (options->verify || options->expectation_count))
		usage("--proc: what --verify and --expect need is of the module");
	if (command->takes & WRITES && !options->file)
		usage("say also -o FILE (-: standard output)");
	options->words = arguments;
	while (arguments[options->word_count])
		options->word_count++;
	if (*arguments && !(command->takes & WORDS) &&
	    !is_file(command, *arguments))
		usage("%s: one argument too many: see pagetree %s --help",
		      *arguments, command->name);
	if (command->takes & WORDS && !*arguments && !options->input &&
	    !options->sweeps)
		usage("say also %s: see pagetree %s --help", command->usage,
		      command->name);
}

/* The command that is meant in the end: --tree says another one. */
static const struct command *
find_command(const struct command *command, int argc, char **argv,
	     const char *letters, const struct option *known)
{
	const struct command *tree = commands;
	/* getopt_long() puts them in another order */
	char **copy = resize(NULL, argc + 1, sizeof(*copy));
	int option;

	memcpy(copy, argv, (argc + 1) * sizeof(*copy));
	while (tree->view != &view_tree)
		tree++;
	while ((option = getopt_long(argc, copy, letters, known, NULL)) != -1)
		if (option == OPTION_TREE && command->takes & TREE)
			command = tree;
	free(copy);
	/* from the beginning again */
	optind = 0;

	return command;
}

/* What an option is to a command: one of all_options[], or OPTIONS. */
static size_t find_option(int option, const struct command *command)
{
	size_t i, found = OPTIONS;

	for (i = 0; i < OPTIONS; i++) {
		if (all_options[i].option.val != option)
			continue;
		found = i;
		if (belongs(i, command))
			break;
	}

	return found;
}

static const struct command *parse(struct options *options,
				   const struct command *command, bool said,
				   int argc, char **argv)
{
	struct option known[OPTIONS + 1] = { 0 };
	char letters[2 * OPTIONS + 2] = ":", *letter = letters + 1;
	size_t i;
	int option;

	for (i = 0; i < OPTIONS; i++) {
		known[i] = all_options[i].option;
		if (known[i].val < 256)
			*letter++ = known[i].val;
		if (known[i].val < 256 && known[i].has_arg)
			*letter++ = ':';
	}
	*options = (struct options) {
		.style = { .headings = true, .sort = -1 },
	};
	opterr = 0;
	command = find_command(command, argc, argv, letters, known);
	while ((option = getopt_long(argc, argv, letters, known, NULL)) != -1) {
		i = find_option(option, command);
		if (i == OPTIONS)
			unknown_option(option, argv);
		if (!belongs(i, command))
			usage("--%s: not for pagetree %s", known[i].name,
			      command->name);
		set_option(options, option == 'h' && !said ? NULL : command,
			   option);
	}
	parse_arguments(options, command, argv + optind);

	return command;
}

/*
 * What is opened later must not become the standard output or error if those are
 * closed. They can't be used this way either.
 */
static void occupy_closed(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
							       O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct command *command = commands;
	struct options options;
	bool said = false;
	int status;
	size_t i;

	occupy_closed();
	setlocale(LC_CTYPE, "");
	for (i = 0; i < COMMANDS && argc > 1 && !said; i++) {
		said = !strcmp(argv[1], commands[i].name);
		if (said)
			command = &commands[i];
	}
	command = parse(&options, command, said, argc - said, argv + said);
	status = command->run(&options);
	free(options.style.chosen);
	free(options.pids);
	finish(status);
}

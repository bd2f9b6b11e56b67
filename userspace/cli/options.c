// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "cli/options.h"
#include "input/find.h"
#include "model/summary.h"
#include "output/help.h"

_Noreturn void finish(int status)
{
	if (fflush(stdout) || ferror(stdout) || close(STDOUT_FILENO)) {
		if (errno != EPIPE)
			complain("standard output: %s", strerror(errno));
		status = EXIT_FAILURE;
	}
	exit(status);
}

/**
 * struct line - the command line that is being parsed
 * @options: what it asks for
 * @commands: all commands
 * @command: the one that runs
 * @named: the command line names it
 */
struct line {
	struct options *options;
	const struct command *commands;
	const struct command *command;
	bool named;
};

/* What some options do with their argument, beside storing it */

static void add_process(struct options *options, pid_t pid)
{
	options->pids = grow(options->pids, options->pid_count, sizeof(pid_t));
	options->pids[options->pid_count++] = pid;
}

static void take_pid(struct line *line, char *argument)
{
	add_process(line->options, find_process(argument));
}

static void take_cgroup(struct line *line, char *argument)
{
	size_t count, i;
	pid_t *pids = find_cgroup(argument, &count);

	for (i = 0; i < count; i++)
		add_process(line->options, pids[i]);
	free(pids);
	line->options->cgroup = true;
}

static void take_depth(struct line *line, char *argument)
{
	uint64_t depth;

	if (!parse_number(argument, &depth) || !depth || depth > PAGETREE_LEVELS)
		usage("%s: not a number of levels, 1 to %u", argument,
		      PAGETREE_LEVELS);
	line->options->depth = depth;
}

static void take_rounds(struct line *line, char *argument)
{
	uint64_t *rounds = &line->options->rounds;

	if (!parse_number(argument, rounds) || !*rounds || *rounds > 1000000)
		usage("%s: not a number of rounds", argument);
}

static void take_range(struct line *line, char *argument)
{
	uint64_t *range = &line->options->range;

	if (!parse_address(argument, range) || !*range)
		usage("%s: not an address", argument);
}

static void take_expect(struct line *line, char *argument)
{
	struct options *options = line->options;
	struct expectation expectation;
	const char *wrong = expectation_parse(&expectation, argument);

	if (wrong)
		usage("--expect: '%s': %s", argument, wrong);
	options->expectations = grow(options->expectations,
				     options->expectation_count,
				     sizeof(expectation));
	options->expectations[options->expectation_count++] = expectation;
}

static void take_filter(struct line *line, char *argument)
{
	const char *wrong = columns_check_filter(line->command->view, argument);

	if (wrong)
		usage("--filter: %s", wrong);
	line->options->style.filter = argument;
}

static void take_columns(struct line *line, char *argument)
{
	const char *wrong = columns_parse(&line->options->style,
					  line->command->view, argument);

	if (wrong)
		usage("%s: %s: see pagetree %s --help", argument, wrong,
		      line->command->name);
}

static void take_sort(struct line *line, char *argument)
{
	struct style *style = &line->options->style;

	style->sort = view_find(line->command->view, argument, strlen(argument));
	if (style->sort < 0)
		usage("%s: no such column: see pagetree %s --help", argument,
		      line->command->name);
}

static void set_format(struct line *line, enum format format)
{
	struct style *style = &line->options->style;

	if (style->format != FORMAT_TABLE && style->format != format)
		usage("--json, --raw, --pairs: only one of them can be had");
	style->format = format;
	style->bytes |= format == FORMAT_RAW;
}

static void take_json(struct line *line, char *argument)
{
	(void)argument;
	set_format(line, FORMAT_JSON);
}

static void take_pairs(struct line *line, char *argument)
{
	(void)argument;
	set_format(line, FORMAT_PAIRS);
}

static void take_raw(struct line *line, char *argument)
{
	(void)argument;
	set_format(line, FORMAT_RAW);
}

static void take_no_headings(struct line *line, char *argument)
{
	(void)argument;
	line->options->style.headings = false;
}

static void take_help(struct line *line, char *argument);

_Noreturn static void take_version(struct line *line, char *argument)
{
	(void)line;
	(void)argument;
	puts("pagetree " PAGETREE_VERSION);
	finish(EXIT_SUCCESS);
}

/**
 * struct option_row - an option; --output is two, of which a command has one
 * @name: long name
 * @letter: short name, or 0
 * @needs: what a command takes to have the option
 * @argument: for people; NULL if there is none
 * @help: for people
 * @flag: offset in struct options of a bool that it sets, or 0
 * @text: offset in struct options of a string that it sets, or 0
 * @take: called with the argument, or NULL
 * @becomes: command that runs instead, or NULL
 */
static const struct option_row {
	const char *name;
	char letter;
	unsigned int needs;
	const char *argument;
	const char *help;
	size_t flag;
	size_t text;
	void (*take)(struct line *line, char *argument);
	const char *becomes;
} rows[] = {
#define FLAG(member) .flag = offsetof(struct options, member)
#define STRING(member) .text = offsetof(struct options, member)
	{ "bytes", 'b', OUTPUT, NULL,
	  "sizes in bytes, not in K, M, G", FLAG(style.bytes) },
	{ "cgroup", 0, PROCESSES, "PATH",
	  "the processes of a cgroup, below /sys/fs/cgroup", .take = take_cgroup },
	{ "depth", 0, DEPTH, "N",
	  "the N levels from the root on", .take = take_depth },
	{ "expect", 0, EXPECT, "CONDITION",
	  "exit with 4 if it is false, as 'huge%>=90'", .take = take_expect },
	{ "filter", 0, OUTPUT, "EXPRESSION",
	  "rows that pass only, as 'size > 4096' (libsmartcols 2.40)",
	  .take = take_filter },
	{ "help", 'h', 0, NULL, "print this", .take = take_help },
	{ "input", 0, INPUT, "FILE",
	  "read what debugfs said, or capture wrote, from FILE (-: standard input)",
	  STRING(input) },
	{ "json", 'J', OUTPUT, NULL,
	  "print JSON: every column, numbers as numbers", .take = take_json },
	{ "measure", 0, TLB, NULL,
	  "find the sizes of TLBs by how long accesses take, within seconds",
	  FLAG(measure) },
	{ "noheadings", 'n', OUTPUT, NULL,
	  "print rows only: no summary, no column names",
	  .take = take_no_headings },
	{ "output", 'o', OUTPUT, "LIST",
	  "print these columns; +LIST adds to the default ones",
	  .take = take_columns },
	{ "output", 'o', WRITES, "FILE",
	  "write to FILE (-: standard output)", STRING(file) },
	{ "output-all", 'O', OUTPUT, NULL, "print all columns", FLAG(style.all) },
	{ "pages", 0, BENCH, "LIST",
	  "pages that are walked for again (64,256,1024)", STRING(pages) },
	{ "pairs", 'P', OUTPUT, NULL,
	  "print the rows as KEY=\"VALUE\", for a shell", .take = take_pairs },
	{ "pid", 0, PROCESSES | PROCESS, "PROCESS",
	  "this one too", .take = take_pid },
	{ "proc", 0, PROC, NULL,
	  "what /proc alone says, without the module and without its tables",
	  FLAG(proc) },
	{ "range", 0, SHOOT, "START",
	  "sweep over the VMA from START on (the largest writable anon one)",
	  .take = take_range },
	{ "raw", 'r', OUTPUT, NULL,
	  "print the rows for scripts: in bytes, - for nothing, \\xHH for what is no printable ASCII",
	  .take = take_raw },
	{ "rounds", 0, SHOOT | BENCH, "N",
	  "rounds of each configuration (200)", .take = take_rounds },
	{ "sort", 'x', OUTPUT, "COLUMN", "sort the rows by it",
	  .take = take_sort },
	{ "sweep", 0, SHOOT, NULL,
	  "null, page, range, mm, all; 1 to 512 pages; 1, 2, 4... CPUs",
	  FLAG(sweeps) },
	{ "tlb", 0, TLB, "LIST",
	  "TLBs to believe in: page size, entries of levels 1 and 2, as 4k:64/1536,2m:32/1536",
	  STRING(tlb) },
	{ "tree", 0, TREE, NULL, "as the command tree", .becomes = "tree" },
	{ "verify", 0, VERIFY, NULL,
	  "compare with what /proc/PID/smaps and status say", FLAG(verify) },
	{ "version", 'V', 0, NULL, "print the version", .take = take_version },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* What getopt_long() returns for a row: its letter, or a number of its own. */
static int value_of(const struct option_row *row)
{
	return row->letter ? row->letter : UCHAR_MAX + 1 + (row - rows);
}

static bool belongs(const struct option_row *row, const struct command *command)
{
	return !row->needs || (row->needs & command->takes);
}

/* Help */

static void print_options(const struct command *command)
{
	const struct option_row *row;
	char *name;

	for (row = rows; row < rows + ROWS; row++) {
		if (!belongs(row, command))
			continue;
		name = row->letter ? format("-%c, --%s ", row->letter, row->name) :
				     format("    --%s ", row->name);
		append(&name, "%s", row->argument ? row->argument : "");
		printf("  %-24s %s\n", name, row->help);
		free(name);
	}
}

/* What `pagetree --help` says before the options. */
static void print_commands(const struct command *command)
{
	puts("Usage: pagetree [COMMAND] [OPTION]... PROCESS...\n"
	     "\n"
	     "Shows the page tables of processes: page sizes, tables, holes, TLB shootdowns.\n"
	     "A process is a pid (a thread's means its process) or a name that only one has.\n"
	     "\n"
	     "Commands:");
	for (; command->name; command++)
		printf("  %-10s %s\n", command->name, command->about);
	puts("\n"
	     "Options of most of them; pagetree COMMAND --help lists all, and the columns:");
}

static void print_usage(const struct command *command)
{
	printf("Usage: pagetree %s [OPTION]... %s\n\n%s.\n\n", command->name,
	       command->usage, command->about);
	if (command->intro)
		command->intro();
	puts("Options:");
}

static void print_numbers(void)
{
	const struct summary_number *number;

	puts("Names that --expect knows, beside the keys of PID/summary:");
	for (number = summary_numbers; number->name; number++)
		printf("  %-12s %s\n", number->name, number->meaning);
}

_Noreturn static void take_help(struct line *line, char *argument)
{
	const struct command *command = line->named ? line->command :
						      line->commands;

	(void)argument;
	if (line->named)
		print_usage(command);
	else
		print_commands(command);
	print_options(command);
	if (line->named && command->view) {
		putchar('\n');
		columns_help(command->view, "Columns:");
	}
	putchar('\n');
	if (command->notes) {
		command->notes();
		putchar('\n');
	}
	if (command->takes & EXPECT) {
		print_numbers();
		putchar('\n');
	}
	puts("A table is as wide as the terminal, or else as COLUMNS, or 100. In names, \\ooo is\n"
	     "a control character, a backslash or a byte that is not UTF-8.\n"
	     "\n"
	     "Exit status: 0 success, 1 failure, 2 bad usage, 3 the process was not read to its\n"
	     "end, 4 --expect is false or --verify found a difference, 5 the module is not there,\n"
	     "6 no permission.");
	finish(EXIT_SUCCESS);
}

/* Parsing */

/**
 * struct given - an option of the command line
 * @value: what getopt_long() returned: of a row, or '?' or ':'
 * @argument: of the option, or NULL
 * @word: of the command line, to complain about
 * @letter: of an unknown option, or 0
 */
struct given {
	int value;
	char *argument;
	const char *word;
	int letter;
};

/* Reads all options; returns how many there are. */
static size_t collect(struct given *given, int argc, char **argv)
{
	struct option known[ROWS + 1] = { 0 };
	char letters[2 * ROWS + 2] = ":", *letter = letters + 1;
	size_t count = 0, i;
	int value;

	for (i = 0; i < ROWS; i++) {
		known[i] = (struct option) {
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument :
						      no_argument,
			.val = value_of(&rows[i]),
		};
		if (!rows[i].letter)
			continue;
		*letter++ = rows[i].letter;
		if (rows[i].argument)
			*letter++ = ':';
	}
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, known, NULL)) != -1)
		given[count++] = (struct given) {
			.value = value,
			.argument = optarg,
			.word = argv[optind - 1],
			.letter = optopt > 0 && optopt <= CHAR_MAX ? optopt : 0,
		};

	return count;
}

_Noreturn static void refuse(const struct given *given)
{
	if (given->value == ':')
		usage("%s: needs an argument: see pagetree --help", given->word);
	if (given->letter)
		usage("-%c: no such option: see pagetree --help", given->letter);
	usage("%s: no such option: see pagetree --help", given->word);
}

/* The row of an option, if there are two the one that the command has; or NULL. */
static const struct option_row *find_row(int value, const struct command *command)
{
	const struct option_row *row, *found = NULL;

	for (row = rows; row < rows + ROWS; row++) {
		if (value_of(row) != value)
			continue;
		found = row;
		if (belongs(row, command))
			break;
	}

	return found;
}

static const struct command *find_command(const struct command *command,
					  const char *name)
{
	while (command->name && strcmp(command->name, name))
		command++;

	return command->name ? command : NULL;
}

static void apply(struct line *line, const struct given *given)
{
	const struct option_row *row = find_row(given->value, line->command);
	char *options = (char *)line->options;

	if (!row)
		refuse(given);
	if (!belongs(row, line->command))
		usage("--%s: not for pagetree %s", row->name,
		      line->command->name);
	if (row->flag)
		*(bool *)(options + row->flag) = true;
	if (row->text)
		*(char **)(options + row->text) = given->argument;
	if (row->take)
		row->take(line, given->argument);
}

static bool is_file(const struct command *command, const char *argument)
{
	return command->takes & FILES && argument && strchr(argument, '/');
}

/* The arguments: processes, then words. */
static void parse_arguments(struct options *options,
			    const struct command *command, char **arguments)
{
	const bool takes = command->takes & (PROCESS | PROCESSES);

	if (options->input && (options->pid_count || *arguments) && takes)
		usage("%s: --input and a process exclude each other",
		      *arguments ? *arguments : "--pid");
	while (!options->input && *arguments && takes &&
	       !is_file(command, *arguments)) {
		add_process(options, find_process(*arguments++));
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

const struct command *options_parse(struct options *options,
				    const struct command *commands,
				    int argc, char **argv)
{
	/* a word can hold several letters */
	size_t most = 1, count, i;
	struct line line = {
		.options = options, .commands = commands, .command = commands,
	};
	const struct option_row *row;
	struct given *given;

	if (argc > 1 && find_command(commands, argv[1])) {
		line.command = find_command(commands, argv[1]);
		line.named = true;
		argc--;
		argv++;
	}
	for (i = 0; i < (size_t)argc; i++)
		most += strlen(argv[i]) + 1;
	given = resize(NULL, most, sizeof(*given));
	count = collect(given, argc, argv);
	*options = (struct options) {
		.style = { .headings = true, .sort = -1 },
	};
	for (i = 0; i < count; i++) {
		row = find_row(given[i].value, line.command);
		if (row && row->becomes && belongs(row, line.command))
			line.command = find_command(commands, row->becomes);
	}
	for (i = 0; i < count; i++)
		apply(&line, &given[i]);
	free(given);
	parse_arguments(options, line.command, argv + optind);

	return line.command;
}

void options_free(struct options *options)
{
	size_t i;

	for (i = 0; i < options->expectation_count; i++)
		free(options->expectations[i].name);
	free(options->expectations);
	free(options->style.chosen);
	free(options->pids);
}

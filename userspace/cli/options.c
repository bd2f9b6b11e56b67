// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of options, their help, and the parser. Above 500 lines, because the table
 * needs the functions before it, and help and parser need the table.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
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
 * @options: result
 * @commands: all commands
 * @command: command to run
 * @named: the command line names the command
 */
struct line {
	struct options *options;
	const struct command *commands;
	const struct command *command;
	bool named;
};

/* Options that do more than store their argument */

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
	line->options->cgroups = grow(line->options->cgroups,
				      line->options->cgroup_count,
				      sizeof(*line->options->cgroups));
	line->options->cgroups[line->options->cgroup_count++] = argument;
	line->options->cgroup = true;
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
 * @needs: a command has the option if it takes one of these; 0: all have it
 * @argument: name of the argument in --help; NULL if the option takes none
 * @help: for people
 * @flag: offset in struct options of a bool to set to true, or 0
 * @text: offset in struct options of a string to set to the argument, or 0
 * @number: offset in struct options of a number to set to the argument, or 0
 * @most: largest value of the number, which begins at 1
 * @unit: what the number counts, for people
 * @format: output format to choose; FORMAT_TABLE: does not choose one
 * @take: called with the argument; may be NULL
 * @becomes: command to run instead, of commands that read processes; may be NULL
 */
static const struct option_row {
	const char *name;
	char letter;
	unsigned int needs;
	const char *argument;
	const char *help;
	size_t flag;
	size_t text;
	size_t number;
	uint64_t most;
	const char *unit;
	enum format format;
	void (*take)(struct line *line, char *argument);
	const char *becomes;
} rows[] = {
#define FLAG(member) .flag = offsetof(struct options, member)
#define STRING(member) .text = offsetof(struct options, member)
#define NUMBER(member, its_most, its_unit)				\
	.number = offsetof(struct options, member), .most = its_most, .unit = its_unit
	{ "by", 0, WATCH, "KEY",
	  "a row for each cause (the default), reason, task, call or vma",
	  STRING(by) },
	{ "bytes", 'b', OUTPUT, NULL,
	  "print sizes in bytes instead of K, M, G", FLAG(style.bytes) },
	{ "cgroup", 0, PROCESSES | ROWS, "PATH",
	  "add the processes of a cgroup below /sys/fs/cgroup",
	  .take = take_cgroup },
	{ "depth", 0, DEPTH, "N", "show only the N levels next to the root",
	  NUMBER(depth, PAGETREE_LEVELS, "levels") },
	{ "expect", 0, EXPECT | WATCH, "CONDITION",
	  "exit with 4 if it is false, such as 'huge%>=90' or 'ranges<=10'",
	  .take = take_expect },
	{ "filter", 0, OUTPUT, "EXPRESSION",
	  "print only matching rows, such as 'size > 4096' (libsmartcols 2.40)",
	  .take = take_filter },
	{ "for", 0, WATCH, "SECONDS", "count for so long",
	  NUMBER(seconds, 86400, "seconds") },
	{ "force", 0, WATCH, NULL,
	  "count even if the process has more than 4096 VMAs: see docs/abi.md",
	  FLAG(force) },
	{ "group", 0, GROUP, NULL,
	  "one row per name: sums over VMAs, of ps over processes",
	  FLAG(group), .becomes = "group" },
	{ "help", 'h', 0, NULL, "print this help", .take = take_help },
	{ "huge", 0, TRY, NULL,
	  "show memory that is on huge pages, and who asked for them", FLAG(huge) },
	{ "input", 0, INPUT, "FILE",
	  "read text of debugfs, or of capture, from FILE (-: standard input)",
	  STRING(input) },
	{ "json", 'J', OUTPUT, NULL,
	  "print JSON: every column, numbers as numbers",
	  .format = FORMAT_JSON },
	{ "measure", 0, TLB, NULL,
	  "measure TLB sizes by timing memory accesses; takes seconds",
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
	{ "page", 0, FILES, "SIZE",
	  "judge files for a kernel with pages of this size: 4K, 16K or 64K",
	  STRING(page) },
	{ "pages", 0, BENCH, "LIST",
	  "numbers of pages to access again after a flush (64,256,1024)",
	  STRING(pages) },
	{ "pairs", 'P', OUTPUT, NULL,
	  "print rows as KEY=\"VALUE\", for shell scripts",
	  .format = FORMAT_PAIRS },
	{ "pid", 0, PROCESSES | PROCESS | ROWS, "PROCESS", "add this process",
	  .take = take_pid },
	{ "proc", 0, PROC, NULL,
	  "read /proc only: works without the module, shows no page tables",
	  FLAG(proc) },
	{ "range", 0, SHOOT, "START",
	  "sweep the VMA from START on (default: the largest writable anonymous VMA)",
	  .take = take_range },
	{ "raw", 'r', OUTPUT, NULL,
	  "print rows for scripts: bytes, - if empty, \\xHH if not printable ASCII",
	  .format = FORMAT_RAW },
	{ "rounds", 0, SHOOT | BENCH, "N",
	  "rounds of each configuration (200)",
	  NUMBER(rounds, 1000000, "rounds") },
	{ "size", 0, TRY, "SIZE",
	  "ask about pages of this size, such as 64K (default: a huge page of level 2)",
	  STRING(size) },
	{ "sort", 'x', OUTPUT, "COLUMN", "sort rows by this column",
	  .take = take_sort },
	{ "sweep", 0, SHOOT, NULL,
	  "measure null, page, range, mm, all; 1 to 512 pages; 1, 2, 4... CPUs",
	  FLAG(sweeps) },
	{ "tables", 0, ROWS, NULL,
	  "show tables: how many are empty or nearly so, and what the kernel counts",
	  FLAG(tables) },
	{ "tlb", 0, TLB, "LIST",
	  "assume these TLBs: PAGE:ENTRIES[/ENTRIES],..., such as 4k:64/1536,2m:32/1536",
	  STRING(tlb) },
	{ "tree", 0, TREE, NULL, "run the command tree", .becomes = "tree" },
	{ "try", 0, TRY, NULL,
	  "ask the kernel for one huge page of each VMA: this changes the process",
	  FLAG(tries) },
	{ "verify", 0, VERIFY, NULL,
	  "compare with /proc/PID/smaps and status", FLAG(verify) },
	{ "version", 'V', 0, NULL, "print the version", .take = take_version },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* The value that getopt_long() returns for a row: its letter, or a unique number. */
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

/* The part of `pagetree --help` before the options. */
static void print_commands(const struct command *command)
{
	puts("Usage: pagetree [COMMAND] [OPTION]... PROCESS...\n"
	     "\n"
	     "Shows the page tables of processes: page sizes, tables, holes, TLB shootdowns.\n"
	     "A process is a pid, a thread's too, or a name that only one process has.\n"
	     "\n"
	     "Commands:");
	for (; command->name; command++)
		printf("  %-10s %s\n", command->name, command->about);
	puts("\n"
	     "Options of most commands; pagetree COMMAND --help lists all, and the columns:");
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
	const struct summary_total *total = summary_total;

	puts("Names that --expect knows, in addition to the keys of PID/summary:");
	for (; total < summary_total + SUMMARY_TOTALS; total++)
		printf("  %-12s %s\n", total->name, total->meaning);
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
	puts("A table is as wide as the terminal; without one, COLUMNS or 100 characters. In\n"
	     "names, \\ooo is a control character, a backslash or a byte that is not UTF-8.\n"
	     "\n"
	     "Exit status: 0 success, 1 failure, 2 bad usage, 3 the process was not read to its\n"
	     "end, 4 --expect is false or --verify found a difference, 5 the module is not loaded,\n"
	     "6 no permission.");
	finish(EXIT_SUCCESS);
}

/* Parsing */

/* Sets what getopt_long() needs to know about the rows. */
static void describe_rows(struct option *known, char *letter)
{
	const struct option_row *row;

	for (row = rows; row < rows + ROWS; row++) {
		*known++ = (struct option) {
			.name = row->name,
			.has_arg = row->argument ? required_argument :
						   no_argument,
			.val = value_of(row),
		};
		if (!row->letter)
			continue;
		*letter++ = row->letter;
		if (row->argument)
			*letter++ = ':';
	}
}

/* Ends the tool. @value: that getopt_long() returned; @word: of the command line */
_Noreturn static void refuse(int value, const char *word)
{
	if (value == ':')
		usage("%s: needs an argument: see pagetree --help", word);
	if (optopt > 0 && optopt <= CHAR_MAX)
		usage("-%c: no such option: see pagetree --help", optopt);
	usage("%s: no such option: see pagetree --help", word);
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

static void set_number(const struct option_row *row, uint64_t *number,
		       const char *argument)
{
	if (!parse_number(argument, number) || !*number || *number > row->most)
		usage("%s: not a number of %s, 1 to %" PRIu64, argument,
		      row->unit, row->most);
}

static void set_format(struct style *style, enum format format)
{
	if (style->format != FORMAT_TABLE && style->format != format)
		usage("--json, --raw, --pairs: choose one of them");
	style->format = format;
	style->bytes |= format == FORMAT_RAW;
}

static void apply(struct line *line, const struct option_row *row, char *argument)
{
	char *options = (char *)line->options;

	if (!belongs(row, line->command))
		usage("--%s: not for pagetree %s", row->name,
		      line->command->name);
	if (row->flag)
		*(bool *)(options + row->flag) = true;
	if (row->text)
		*(char **)(options + row->text) = argument;
	if (row->number)
		set_number(row, (uint64_t *)(options + row->number), argument);
	if (row->format != FORMAT_TABLE)
		set_format(&line->options->style, row->format);
	if (row->take)
		row->take(line, argument);
}

/*
 * Reads the command line twice, since some options change the command, and what the
 * others mean depends on it. The first time getopt_long() must leave the words in
 * their order, as - asks for.
 */
static void parse_options(struct line *line, int argc, char **argv)
{
	struct option known[ROWS + 1] = { 0 };
	char letters[2 * ROWS + 3] = "-:";
	const struct option_row *row;
	int value;

	describe_rows(known, letters + 2);
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, known, NULL)) != -1) {
		row = find_row(value, line->command);
		if (row && row->becomes && belongs(row, line->command) &&
		    line->command->takes & PROCESSES)
			line->command = find_command(line->commands, row->becomes);
	}
	optind = 0;
	while ((value = getopt_long(argc, argv, letters + 1, known, NULL)) != -1) {
		row = find_row(value, line->command);
		if (!row)
			refuse(value, argv[optind - 1]);
		apply(line, row, optarg);
	}
}

static bool is_file(const struct command *command, const char *argument)
{
	return command->takes & FILES && argument && strchr(argument, '/');
}

/* Reads the arguments: processes, then words. Refuses what does not go together. */
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
		usage("--proc: --verify and --expect need the module");
	if (command->takes & WRITES && !options->file)
		usage("no -o FILE (-: standard output)");
	options->words = arguments;
	while (arguments[options->word_count])
		options->word_count++;
	if (*arguments && !(command->takes & (WORDS | WATCH)) &&
	    !is_file(command, *arguments))
		usage("%s: one argument too many: see pagetree %s --help",
		      *arguments, command->name);
	if (command->takes & WORDS && !*arguments && !options->input &&
	    !options->sweeps)
		usage("arguments are missing: %s: see pagetree %s --help",
		      command->usage, command->name);
}

const struct command *options_parse(struct options *options,
				    const struct command *commands,
				    int argc, char **argv)
{
	const struct command *named = argc > 1 ?
				      find_command(commands, argv[1]) : NULL;
	struct line line = {
		.options = options,
		.commands = commands,
		.command = named ? named : commands,
		.named = named,
	};

	*options = (struct options) {
		.style = { .headings = true, .sort = -1 },
	};
	if (named) {
		argc--;
		argv++;
	}
	parse_options(&line, argc, argv);
	options->view = line.command->view;
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
	free(options->cgroups);
	free(options->pids);
}

// SPDX-License-Identifier: GPL-2.0-only
/* pagetree: the command. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "columns.h"
#include "json.h"
#include "shootdown.h"
#include "source.h"
#include "summary.h"
#include "verify.h"

#ifndef PAGETREE_VERSION
#define PAGETREE_VERSION "0.1"
#endif

struct options {
	bool json;
	bool verify;
	struct style style;
	struct columns columns;
	const char *input;
	pid_t pid;
};

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

static void help(void)
{
	puts("Usage: pagetree [OPTION]... PID\n"
	     "       pagetree [OPTION]... --input FILE\n"
	     "       pagetree shootdown ... | bench tlb ...\n"
	     "\n"
	     "Shows the page tables of a process: its page sizes, its tables, its holes.\n"
	     "pagetree shootdown flushes its TLB entries and says what that takes, bench tlb\n"
	     "what it costs those who are hit: see pagetree shootdown --help, bench --help.\n"
	     "\n"
	     "  -b, --bytes           sizes in bytes, not in K, M, G\n"
	     "      --input FILE      read what debugfs said from FILE (- is the standard input):\n"
	     "                        geometry, summary and vmas, any of them, in one file\n"
	     "  -J, --json            print JSON: every column, numbers as numbers\n"
	     "  -n, --noheadings      print rows only: no summary, no column names\n"
	     "  -o, --output LIST     print these columns; +LIST adds to the default ones\n"
	     "  -r, --raw             print the rows for scripts: in bytes, - for nothing,\n"
	     "                        \\xHH for what is no printable ASCII\n"
	     "      --verify          compare with what /proc/PID/smaps and status say\n"
	     "  -h, --help            print this\n"
	     "  -V, --version         print the version\n"
	     "\n"
	     "A thread's id means its process. A table is as wide as the terminal, or else\n"
	     "as COLUMNS, or 100. In names, \\ooo is a control character, a backslash or a byte\n"
	     "that is not UTF-8.\n"
	     "\n"
	     "Columns:");
	columns_help();
	puts("\n"
	     "Exit status: 0 success, 1 failure, 2 bad usage, 3 the process was not read to its\n"
	     "end, 4 --verify found a difference, 5 the module is not there, 6 no permission.");
}

void usage_option(int option, char **argv)
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

static void parse_options(int argc, char **argv, struct options *options)
{
	enum { OPTION_INPUT = 256, OPTION_VERIFY };
	static const struct option long_options[] = {
		{ "bytes", no_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ "input", required_argument, NULL, OPTION_INPUT },
		{ "json", no_argument, NULL, 'J' },
		{ "noheadings", no_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ "raw", no_argument, NULL, 'r' },
		{ "verify", no_argument, NULL, OPTION_VERIFY },
		{ "version", no_argument, NULL, 'V' },
		{ }
	};
	const char *wrong;
	int option;

	*options = (struct options) { .style.headings = true };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":bhJno:rV", long_options,
				     NULL)) != -1) {
		switch (option) {
		case 'b':
			options->style.bytes = true;
			break;
		case 'h':
			help();
			finish(EXIT_SUCCESS);
		case OPTION_INPUT:
			options->input = optarg;
			break;
		case 'J':
			options->json = true;
			break;
		case 'n':
			options->style.headings = false;
			break;
		case 'o':
			wrong = columns_parse(&options->columns, optarg);
			if (wrong)
				usage("%s: %s: see pagetree --help", optarg,
				      wrong);
			break;
		case 'r':
			options->style.raw = true;
			options->style.bytes = true;
			break;
		case OPTION_VERIFY:
			options->verify = true;
			break;
		case 'V':
			puts("pagetree " PAGETREE_VERSION);
			finish(EXIT_SUCCESS);
		default:
			usage_option(option, argv);
		}
	}
	if (options->json && options->style.raw)
		usage("--json, --raw: only one of them can be had");
	if (options->input && options->verify)
		usage("--input, --verify: only a process can be verified");
	if (options->input && optind < argc)
		usage("%s: --input and a process id exclude each other",
		      argv[optind]);
	if (options->input)
		return;
	if (optind == argc)
		usage("no process id: see pagetree --help");
	options->pid = parse_pid(argv[optind]);
	if (optind + 1 < argc)
		usage("%s: one process id is enough", argv[optind + 1]);
}

/* The name that the process gave itself; a new string, or NULL. */
static char *read_comm(pid_t pid)
{
	char *raw = source_proc(pid, "comm"), *comm;
	size_t len = raw ? strlen(raw) : 0;

	if (!raw)
		return NULL;
	/* the last newline is not part of it */
	comm = printable(raw, len ? len - 1 : 0, "");
	free(raw);

	return comm;
}

static void print(const struct options *options, const struct model *model,
		  const char *comm)
{
	const bool rows_only = options->style.raw || !options->style.headings;

	if (options->json) {
		json_print(model, comm, &options->columns);
		return;
	}
	if (model->summary.present && !rows_only)
		summary_print(model, comm, options->style.bytes);
	if (model->summary.present && !rows_only && model->vmas.present)
		putchar('\n');
	if (model->vmas.present)
		columns_print(&options->columns, model, &options->style);
}

int main(int argc, char **argv)
{
	struct options options;
	struct model model = { 0 };
	char *comm = NULL;
	pid_t pid;
	int status = EXIT_SUCCESS;

	setlocale(LC_CTYPE, "");
	if (argc > 1 && !strcmp(argv[1], "shootdown"))
		finish(shootdown(argc - 1, argv + 1));
	if (argc > 1 && !strcmp(argv[1], "bench"))
		finish(bench(argc - 1, argv + 1));
	parse_options(argc, argv, &options);

	if (options.verify)
		finish(verify(source_hold(options.pid), options.json));

	if (options.input) {
		source_file(&model, options.input);
	} else {
		pid = source_hold(options.pid);
		source_debugfs(&model, 0, "geometry");
		source_debugfs(&model, pid, "summary");
		source_debugfs(&model, pid, "vmas");
		comm = read_comm(pid);
	}
	print(&options, &model, comm);
	if (!model_is_complete(&model)) {
		complain("the process was not read to its end: state=partial");
		status = EXIT_PARTIAL;
	}
	model_free(&model);
	free(comm);
	finish(status);
}

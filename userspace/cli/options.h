/* SPDX-License-Identifier: GPL-2.0-only */
/* A command line: its command, its options, its arguments. */
#ifndef PAGETREE_OPTIONS_H
#define PAGETREE_OPTIONS_H

#include <sys/types.h>

#include "model/expectation.h"
#include "output/columns.h"

/**
 * struct options - what a command line asks for
 * @view: of the command; NULL if it prints no list
 * @style: how to print
 * @input: file to read instead of processes, or NULL
 * @pids: processes, in the order of the command line
 * @pid_count: number of @pids
 * @cgroups: arguments of --cgroup, @cgroup_count of them
 * @cgroup: some of @pids come from a cgroup: skip processes that have ended
 * @words: arguments that are not processes, then NULL
 * @word_count: number of @words
 * @expectations: of --expect
 * @expectation_count: number of @expectations
 * @file: capture: file to write
 * @depth: tree: number of levels to show, from the root down; 0: all
 * @tlb: tlb: numbers of TLB entries to assume, or NULL
 * @measure: tlb: measure the sizes of TLBs
 * @proc: read /proc only
 * @verify: compare with smaps
 * @sweeps: shootdown: run a sweep
 * @rounds: shootdown, bench: number of rounds; 0: the default
 * @range: shootdown: start of the range of a sweep; 0: the default
 * @pages: bench: numbers of pages, or NULL
 * @page: elf: size of the pages of another machine, or NULL
 * @tries: why: ask for one huge page of each VMA
 * @huge: why: show what is on huge pages, and who asked for them
 * @size: why: bytes of the pages that are asked about, or NULL
 * @tables: ps: show what is known of tables
 * @group: ps: one row per name
 * @seconds: invalidations: how long to count; 0: see the words
 * @by: invalidations: what a row stands for, or NULL
 * @force: invalidations: count even if the process has many VMAs
 */
struct options {
	const struct view *view;
	struct style style;
	const char *input;
	pid_t *pids;
	size_t pid_count;
	const char **cgroups;
	size_t cgroup_count;
	bool cgroup;
	char **words;
	int word_count;
	struct expectation *expectations;
	size_t expectation_count;
	const char *file;
	uint64_t depth;
	const char *tlb;
	bool measure;
	bool proc;
	bool verify;
	bool sweeps;
	uint64_t rounds;
	uint64_t range;
	char *pages;
	const char *page;
	bool tries;
	bool huge;
	const char *size;
	bool tables;
	bool group;
	uint64_t seconds;
	const char *by;
	bool force;
};

/* The arguments and groups of options that a command takes. */
enum {
	PROCESSES = 1 << 0,	/* one or more; --pid and --cgroup add to them */
	PROCESS = 1 << 1,	/* exactly one */
	WORDS = 1 << 2,		/* at least one other argument, after the processes */
	INPUT = 1 << 3,
	OUTPUT = 1 << 4,	/* -o and the other options of lists */
	VERIFY = 1 << 5,
	EXPECT = 1 << 6,
	SHOOT = 1 << 7,
	BENCH = 1 << 8,
	TLB = 1 << 9,
	OPTIONAL = 1 << 10,	/* no process is fine, too */
	FILES = 1 << 11,	/* files, which have a slash, instead of processes */
	TREE = 1 << 12,
	DEPTH = 1 << 13,
	WRITES = 1 << 14,	/* -o is a file */
	PROC = 1 << 15,
	TRY = 1 << 16,
	GROUP = 1 << 17,
	ROWS = 1 << 18,		/* no process is read: --pid and --cgroup choose rows */
	WATCH = 1 << 19,	/* INTERVAL and COUNT, which may be missing */
};

/**
 * struct command - a command of the tool
 * @name: of the command
 * @usage: its arguments, for people
 * @about: purpose, for people
 * @takes: arguments and groups of options
 * @view: columns for -o, -x and --filter; NULL if the command prints no list
 * @run: returns the exit code
 * @intro: prints what --help says before the options; may be NULL
 * @notes: prints what --help says after the columns; may be NULL
 */
struct command {
	const char *name;
	const char *usage;
	const char *about;
	unsigned int takes;
	const struct view *view;
	int (*run)(const struct options *options);
	void (*intro)(void);
	void (*notes)(void);
};

/**
 * options_parse() - read a command line
 * @options: set; the caller frees it by options_free()
 * @commands: all commands, then one without a name; the first is the default
 *
 * Ends the tool if the command line is wrong, or asks for help or the version.
 *
 * Return: the command to run.
 */
const struct command *options_parse(struct options *options,
				    const struct command *commands,
				    int argc, char **argv);
void options_free(struct options *options);

/* Ends the tool with @status, or with EXIT_FAILURE if stdout could not be written. */
_Noreturn void finish(int status);

#endif /* PAGETREE_OPTIONS_H */

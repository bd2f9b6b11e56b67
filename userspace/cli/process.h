/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command line says, and the processes that it means. */
#ifndef PAGETREE_PROCESS_H
#define PAGETREE_PROCESS_H

#include "output/columns.h"
#include "model/model.h"

/* struct expectation - of --expect: `NAME OP NUMBER` */
struct expectation {
	const char *text;
	char *name;
	char op[3];
	double number;
};

/**
 * struct options - what a command line says
 * @style: how to print
 * @input: file to read instead of processes, or NULL
 * @pids: processes, as they were said, @pid_count of them
 * @cgroup: some are of a cgroup: who ends meanwhile is left out
 * @words: arguments that are no processes, @word_count of them; NULL ends them
 * @expectations: of --expect, @expectation_count of them
 * @file: where capture writes to
 * @depth: levels that tree shows, from the root down; 0: all
 * @tlb: entries of a TLB, as tlb takes them, or NULL
 * @measure: tlb measures
 * @proc: only what /proc says
 * @verify: compare with smaps
 * @sweeps, @rounds, @range: of shootdown; 0: as it likes
 * @pages: of bench, or NULL
 */
struct options {
	struct style style;
	const char *input;
	pid_t *pids;
	size_t pid_count;
	bool cgroup;
	char **words;
	int word_count;
	struct expectation *expectations;
	size_t expectation_count;
	const char *file;
	unsigned int depth;
	const char *tlb;
	bool measure;
	bool proc;
	bool verify;
	bool sweeps;
	uint64_t rounds;
	uint64_t range;
	char *pages;
};

/**
 * struct process - one that is looked at
 * @pid: 0 if an input does not say it
 * @comm: the name it gave itself, printable(); NULL if it is not known
 * @model: what was read of it; also geometry
 * @why: of the command of that name, between its looks and its print
 * @made: a list that the command made of it, if it did
 */
struct process {
	pid_t pid;
	char *comm;
	struct model model;
	struct why *why;
	struct list made;
};

/**
 * processes_run() - read all processes, then print them
 * @files: of debugfs, for each process; geometry always is read; NULL ends them
 * @prepare: reads what else is needed of a process that is held; false if it is
 *	gone. May be NULL
 * @print: prints one, or the members of its object in JSON
 *
 * With an input one of the files has to be in it. With --proc nothing is held,
 * and @files are none.
 *
 * Return: the exit code.
 */
int processes_run(const struct options *options, const char *const *files,
		  bool (*prepare)(struct process *process,
				  const struct options *options),
		  void (*print)(const struct process *process,
				const struct options *options));

/* Likewise; @first prints what stands before them, or members beside "processes". */
int processes_run_after(const struct options *options,
			const char *const *files,
			bool (*prepare)(struct process *process,
					const struct options *options),
			void (*first)(const struct options *options),
			void (*print)(const struct process *process,
				      const struct options *options));

/* The list of a process by the name of its view; NULL if there is none. */
const struct list *process_list(const struct process *process,
				const char *name);

/* Ends the tool, since an input has no such file in it. */
_Noreturn void process_lacks(const struct options *options, const char *name);

/* `NAME, pid PID`, as far as it is known; a new string. */
char *process_title(const struct process *process);

#endif /* PAGETREE_PROCESS_H */

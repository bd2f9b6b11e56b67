/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the processes of a command line, then prints them. */
#ifndef PAGETREE_RUN_H
#define PAGETREE_RUN_H

#include "cli/options.h"
#include "model/model.h"
#include "output/document.h"

/**
 * struct process - a process that was read
 * @pid: 0 if unknown
 * @comm: its name as /proc/PID/comm has it, printable(); NULL if unknown
 * @model: its files, and geometry
 * @made: a list that prepare() computed; freed with the process
 * @state: anything else that prepare() keeps for print(), which frees it
 */
struct process {
	pid_t pid;
	char *comm;
	struct model model;
	struct list made;
	void *state;
};

/**
 * struct run - what a command does with each process
 * @files: of debugfs, to read beside geometry; then NULL
 * @prepare: reads and computes the rest; false if the process is gone. May be NULL
 * @first: prints what comes before the processes. May be NULL
 * @last: prints what comes after several processes. May be NULL
 * @kept: columns that the command needs of a view; NULL: all of all views
 * @together: @print prints nothing but JSON
 * @print: prints a process; in JSON, the members of its object. NULL: prints the
 *	file that the view of the command is named after
 *
 * All processes are read before anything is printed, so that a command that fails
 * prints nothing.
 */
struct run {
	const char *const *files;
	bool (*prepare)(struct process *process, const struct options *options);
	void (*first)(struct document *document, const struct options *options);
	void (*last)(struct document *document, const struct process *processes,
		     size_t count);
	const struct kept *kept;
	bool together;
	void (*print)(struct document *document, const struct process *process,
		      const struct options *options);
};

/*
 * Reads all processes, prints them, and returns the exit code. An input must have
 * one of the files. With --proc the model has vmas only, read from /proc.
 */
int run_processes(const struct run *run, const struct options *options);

/* Prints a list of a process, below the process's title if there are several. */
void run_print(struct document *document, const struct process *process,
	       const struct options *options, const struct list *list);

/* Prints the list of this name and its cost; prints nothing if the model has none. */
void run_print_file(struct document *document, const struct process *process,
		    const struct options *options, const char *name);

/*
 * Reads geometry and @name, a file that belongs to no process; or the input, which
 * must have @name.
 */
void run_global(struct model *model, const struct options *options,
		const char *name);

/* Ends the tool: the input lacks the file @name. */
_Noreturn void run_lacks(const struct options *options, const char *name);

/* The name of a process, printable(); a new string, or NULL. */
char *run_comm(pid_t pid);

/* `NAME, pid PID`, without what is unknown; a new string. */
char *process_title(const struct process *process);

#endif /* PAGETREE_RUN_H */

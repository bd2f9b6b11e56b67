// SPDX-License-Identifier: GPL-2.0-only
/* The commands that print one file of a process as it is. */
#include "cli/run.h"
#include "commands/commands.h"

#define COMMAND(name)							\
static void print_##name(struct document *document,			\
			 const struct process *process,			\
			 const struct options *options)			\
{									\
	run_print_file(document, process, options, #name);		\
}									\
									\
int run_##name(const struct options *options)				\
{									\
	static const char *const files[] = { #name, NULL };		\
	static const struct run run = {					\
		.files = files, .print = print_##name,			\
	};								\
									\
	return run_processes(&run, options);				\
}

COMMAND(vmas)
COMMAND(tables)
COMMAND(map)

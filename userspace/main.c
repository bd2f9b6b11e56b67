// SPDX-License-Identifier: GPL-2.0-only
/* pagetree: the table of commands, and main(). */
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "model/fields.h"
#include "tlb/tlb.h"

/* The first one runs if the command line names no command. */
static const struct command commands[] = {
	{ "show", "PROCESS...",
	  "summary, then the VMAs: page sizes, tables, holes; the default command",
	  PROCESSES | INPUT | OUTPUT | EXPECT | VERIFY | TREE | PROC | GROUP, &view_vmas,
	  .run = run_show },
	{ "vmas", "PROCESS...", "one row per VMA",
	  PROCESSES | INPUT | OUTPUT | EXPECT | PROC | GROUP, &view_vmas,
	  .run = run_list },
	{ "group", "PROCESS...",
	  "one row per name of VMAs: sums over all VMAs of all the processes",
	  PROCESSES | INPUT | OUTPUT | EXPECT | GROUP, &view_groups,
	  .run = run_group },
	{ "tree", "PROCESS...",
	  "the page tables as a tree: how full they are, with what, and of which VMAs",
	  PROCESSES | INPUT | OUTPUT | EXPECT | TREE | DEPTH, &view_tree,
	  .run = run_tree },
	{ "why", "PROCESS...",
	  "why memory is not on the largest page it could use: reason, evidence, remedy",
	  PROCESSES | INPUT | OUTPUT | EXPECT | TRY, &view_why,
	  .run = run_why, .notes = why_help },
	{ "tables", "PROCESS...",
	  "one row per level: tables, how full, how many empty, on which NUMA nodes",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_tables,
	  .run = run_list },
	{ "map", "PROCESS...",
	  "one row per run of entries with equal size, kind and flags",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_map, .run = run_list },
	{ "walk", "PROCESS ADDRESS...",
	  "the page walk of an address: its entry on each level",
	  PROCESS | WORDS | INPUT | OUTPUT, &view_walk, .run = run_walk },
	{ "elf", "FILE...|PROCESS...",
	  "which segments of programs and libraries huge pages could map, and do map",
	  PROCESSES | FILES | OUTPUT, &view_elf, .run = run_elf },
	{ "ps", "", "one row per process: totals of all processes",
	  INPUT | OUTPUT | ROWS | GROUP, &view_processes, .run = run_ps },
	{ "geometry", "", "the paging of this machine, and how it flushes TLBs",
	  INPUT | OUTPUT, &view_pairs, .run = run_geometry },
	{ "tlb", "[PROCESS]...",
	  "the TLBs of this processor, and how much memory of processes they reach",
	  PROCESSES | OPTIONAL | INPUT | OUTPUT | TLB, &view_tlb,
	  .run = run_tlb, .notes = tlb_help },
	{ "capture", "PROCESS -o FILE",
	  "write a file for a bug report, which the commands above read by --input",
	  PROCESS | WRITES, NULL, .run = run_capture },
	{ "shootdown", "PROCESS SCOPE [START [END]] [KEY=VALUE]...",
	  "flush TLB entries of a process on other CPUs, and measure the time",
	  PROCESS | WORDS | INPUT | OUTPUT | SHOOT, &view_shootdowns,
	  .run = run_shootdown, .intro = shootdown_help },
	{ "invalidations", "PROCESS [INTERVAL [COUNT]]",
	  "count what the kernel invalidates: which task, by which call, where",
	  PROCESS | WATCH | INPUT | OUTPUT, &view_causes,
	  .run = run_invalidations, .intro = invalidations_help,
	  .notes = causes_help },
	{ "bench", "tlb",
	  "measure the cost of a flush for the threads it hits; uses threads of its own",
	  WORDS | OUTPUT | BENCH, &view_bench, .run = run_bench },
	{ .name = NULL }
};

/*
 * If stdin, stdout or stderr is closed, the next file that is opened would take its
 * number. Occupies the number by a file that fails to be read or written.
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
	const struct command *command;
	struct options options;
	int status;

	occupy_closed();
	out_of_memory = die_without_memory;
	setlocale(LC_CTYPE, "");
	command = options_parse(&options, commands, argc, argv);
	status = command->run(&options);
	options_free(&options);
	finish(status);
}

// SPDX-License-Identifier: GPL-2.0-only
/* pagetree: its commands. */
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "model/fields.h"
#include "tlb/tlb.h"

/* The first runs if the command line names none. */
static const struct command commands[] = {
	{ "show", "PROCESS...",
	  "summary, then the VMAs: their page sizes, tables, holes; what is done without a command",
	  PROCESSES | INPUT | OUTPUT | EXPECT | VERIFY | TREE | PROC, &view_vmas,
	  .run = run_show },
	{ "vmas", "PROCESS...", "a row a VMA",
	  PROCESSES | INPUT | OUTPUT | EXPECT | PROC, &view_vmas,
	  .run = run_vmas },
	{ "tree", "PROCESS...",
	  "the page tables, from the root down: how full, of what, of which VMAs",
	  PROCESSES | INPUT | OUTPUT | EXPECT | TREE | DEPTH, &view_tree,
	  .run = run_tree },
	{ "why", "PROCESS...",
	  "what is not on the largest page it could use: the reason, the evidence, a remedy",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_why,
	  .run = run_why, .notes = why_help },
	{ "tables", "PROCESS...",
	  "a row a level: tables, how full, how many empty, on which NUMA nodes",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_tables,
	  .run = run_tables },
	{ "map", "PROCESS...", "a row a run of entries that read alike",
	  PROCESSES | INPUT | OUTPUT | EXPECT, &view_map, .run = run_map },
	{ "walk", "PROCESS ADDRESS...",
	  "each entry that an address translates through",
	  PROCESS | WORDS | INPUT | OUTPUT, &view_walk, .run = run_walk },
	{ "elf", "FILE...|PROCESS...",
	  "which segments of programs and libraries huge pages could map, and do",
	  PROCESSES | FILES | OUTPUT, &view_elf, .run = run_elf },
	{ "ps", "", "a row a process: the totals of all of them",
	  INPUT | OUTPUT, &view_processes, .run = run_ps },
	{ "geometry", "", "the paging of this machine, and how it flushes TLBs",
	  INPUT | OUTPUT, &view_pairs, .run = run_geometry },
	{ "tlb", "[PROCESS]...",
	  "the TLBs of this processor, and how much of processes they reach",
	  PROCESSES | OPTIONAL | INPUT | OUTPUT | TLB, &view_tlb,
	  .run = run_tlb, .notes = tlb_help },
	{ "capture", "PROCESS -o FILE",
	  "what the commands above say of a process, or can say by --input, in one file for a bug report",
	  PROCESS | WRITES, NULL, .run = run_capture },
	{ "shootdown", "PROCESS SCOPE [START [END]] [KEY=VALUE]...",
	  "flush TLB entries of a process on other CPUs, and say what that takes",
	  PROCESS | WORDS | INPUT | OUTPUT | SHOOT, &view_shootdowns,
	  .run = run_shootdown, .intro = shootdown_help },
	{ "bench", "tlb",
	  "what a flush costs those who are hit, with this tool as its own target",
	  WORDS | OUTPUT | BENCH, &view_bench, .run = run_bench },
	{ .name = NULL }
};

/*
 * A file that is opened must not become stdin, stdout or stderr where these are
 * closed. What takes their place fails to be read or written, as they would.
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

// SPDX-License-Identifier: GPL-2.0-only
/* Reads what the command why needs to know of a process and of the machine. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/memory.h"
#include "commands/reason.h"
#include "input/blocks.h"
#include "input/system.h"

#define KHUGEPAGED	"kernel/mm/transparent_hugepage/khugepaged/"

/* The word in brackets in a file of /sys, "" if there is none; a new string. */
static char *read_choice(const char *name)
{
	char *text = sys_read(name), *word = NULL;
	char *open = text ? strchr(text, '[') : NULL;

	if (open)
		word = format("%.*s", (int)strcspn(open + 1, "]"), open + 1);
	free(text);

	return word ? word : format("%s", "");
}

/* The mode of a file of transparent_hugepage. */
static struct mode mode_in(char *file)
{
	char *path = format("kernel/mm/transparent_hugepage/%s", file);
	const struct mode mode = { .word = read_choice(path), .file = file };

	free(path);

	return mode;
}

static void free_mode(struct mode *mode)
{
	free(mode->word);
	free(mode->file);
}

/*
 * The mode of a page size; if it inherits, the mode of all sizes. Before Linux 6.8 only
 * level 2 has a mode, that of all sizes. @only: this size has no other file
 */
static struct mode read_mode(const char *name, uint64_t size, bool only)
{
	struct mode mode = mode_in(format("hugepages-%" PRIu64 "kB/%s",
					  size / 1024, name));

	if (only && !*mode.word)
		return mode;
	if (*mode.word && strcmp(mode.word, "inherit"))
		return mode;
	free_mode(&mode);

	return mode_in(format("%s", name));
}

void why_modes(uint64_t size, struct mode modes[2])
{
	modes[0] = mode_in(format("hugepages-%" PRIu64 "kB/enabled", size / 1024));
	modes[1] = mode_in(format("hugepages-%" PRIu64 "kB/shmem_enabled", size / 1024));
}

void why_modes_free(struct mode modes[2])
{
	free_mode(&modes[0]);
	free_mode(&modes[1]);
}

/* A key of summary; UNKNOWN if there is none. */
static uint64_t flag_of(const struct process *process, const char *key)
{
	const struct pair *pair = pairs_find(&process->model.summary, key);

	return pair ? pair->number : UNKNOWN;
}

/* Adds the buffers that io_uring has registered to @to, a string. */
static void take_buffers(void *to, const char *path, const char *bytes, size_t size)
{
	char *text = format("%.*s", (int)size, bytes);
	const char *buffers = strstr(text, "UserBufs:");

	(void)path;
	if (buffers && strtoul(buffers + strlen("UserBufs:"), NULL, 10))
		append(to, "%s\n", buffers);
	free(text);
}

static void read_buffers(struct why *why)
{
	char *pattern = format("/proc/%d/fdinfo/*", why->process->pid);

	system_each(pattern, take_buffers, &why->buffers);
	free(pattern);
}

/* Sets the limit of memory that leaves no room for a huge page. */
static void read_limit(struct why *why)
{
	why->has_limit = limits_find(why->process->pid, "memory", why->huge,
				     &why->limit);
	/* khugepaged frees nothing then */
	if (!sys_number(KHUGEPAGED "defrag", 1))
		why->limit.droppable = 0;
}

static bool is_x86(const struct pairs *geometry)
{
	const struct pair *arch = pairs_find(geometry, "arch");

	return arch && (!strcmp(arch->text, "x86_64") ||
			!strcmp(arch->text, "i386"));
}

/* The limits of khugepaged. Those of sizes below level 2 are stricter. */
static void read_limits(struct why *why)
{
	const uint64_t most = why->level2 / why->page - 1;
	const uint64_t none = sys_number(KHUGEPAGED "max_ptes_none", most);

	why->max_none = none;
	if (why->huge < why->level2) {
		why->max_none = none == most ? why->per - 1 : 0;
		return;
	}
	why->max_swap = sys_number(KHUGEPAGED "max_ptes_swap", why->per / 8);
	why->max_shared = sys_number(KHUGEPAGED "max_ptes_shared", why->per / 2);
}

bool why_read(struct why *why, const struct process *process, uint64_t size,
	      bool input)
{
	const struct pairs *geometry = &process->model.geometry;
	char *status = proc_read(process->pid, "status");
	char *merged = proc_read(process->pid, "ksm_merging_pages");

	*why = (struct why) {
		.process = process,
		.page = pairs_level(geometry, "entry_bytes", 1),
		.level2 = pairs_level(geometry, "entry_bytes", 2),
		.mountinfo = proc_read(process->pid, "mountinfo"),
	};
	why->huge = size ? size : why->level2;
	if (!why->page || !why->huge)
		fail(EXIT_FAILURE, "why: there is no geometry: pagetree capture writes all that why needs");
	if (why->huge <= why->page)
		usage("--size: no larger than a page, which has %" PRIu64 "K",
		      why->page / 1024);
	why->per = why->huge / why->page;
	why->enabled = read_mode("enabled", why->huge, why->huge != why->level2);
	why->shmem = read_mode("shmem_enabled", why->huge, why->huge != why->level2);
	why->shmem_all = mode_in(format("shmem_enabled"));
	why->listed = flag_of(process, "khugepaged");
	why->disabled = flag_of(process, "thp_disabled");
	why->has_pinned = flag_of(process, "has_pinned");
	if (!status_number(status, "THP_enabled", 1))
		why->disabled = 1;
	else if (why->disabled == UNKNOWN)
		why->disabled = 0;
	why->pinned = status_number(status, "VmPin", 0) * 1024;
	why->merged = merged ? strtoull(merged, NULL, 10) : 0;
	why->max_map_count = proc_number("sys/vm/max_map_count", UNKNOWN);
	why->has_blocks = blocks_count(why_order(why->per), is_x86(geometry),
				       &why->blocks);
	read_limits(why);
	read_limit(why);
	if (!system_is_captured())
		read_buffers(why);
	free(status);
	free(merged);

	return proc_smaps(&why->smaps, process->pid) || input;
}

void why_free(struct why *why)
{
	free(why->spans);
	free(why->mountinfo);
	free(why->buffers);
	free(why->limit.file);
	free_mode(&why->enabled);
	free_mode(&why->shmem);
	free_mode(&why->shmem_all);
	smaps_free(&why->smaps);
	list_free(&why->list);
	free(why);
}

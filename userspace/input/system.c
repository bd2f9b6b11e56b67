// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "input/file.h"
#include "input/system.h"

static const struct model *captured;

void system_use(const struct model *model)
{
	captured = model;
}

bool system_is_captured(void)
{
	return captured;
}

/* The path of a file in @root/PID, or in @root if @pid is 0; a new string. */
static char *path_of(const char *root, pid_t pid, const char *name)
{
	return pid ? format("%s/%d/%s", root, pid, name) :
		     format("%s/%s", root, name);
}

/* The text of this file. Captured paths begin with @as instead of @root. */
static char *read_text(const char *root, const char *as, pid_t pid,
		       const char *name)
{
	char *path = path_of(captured ? as : root, pid, name), *text = NULL;
	size_t size, i;

	if (!captured)
		text = file_read(path, &size);
	for (i = 0; captured && i < captured->captured_count; i++)
		if (!strcmp(captured->captured[i].path, path))
			text = format("%s", captured->captured[i].text);
	free(path);

	return text;
}

char *proc_read(pid_t pid, const char *name)
{
	return read_text(PAGETREE_PROC, "/proc", pid, name);
}

char *sys_read(const char *name)
{
	return read_text(PAGETREE_SYS, "/sys", 0, name);
}

int proc_open(pid_t pid, const char *name)
{
	char *path = path_of(PAGETREE_PROC, pid, name);
	const int fd = captured ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	free(path);

	return fd;
}

/* The number that a text begins with; @absent without a text. Frees the text. */
static uint64_t number_in(char *text, uint64_t absent)
{
	const uint64_t number = text ? strtoull(text, NULL, 10) : absent;

	free(text);

	return number;
}

uint64_t proc_number(const char *name, uint64_t absent)
{
	return number_in(proc_read(0, name), absent);
}

uint64_t sys_number(const char *name, uint64_t absent)
{
	return number_in(sys_read(name), absent);
}

uint64_t sys_huge_page(void)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	const uint64_t huge =
		sys_number("kernel/mm/transparent_hugepage/hpage_pmd_size", 0);

	return huge ? huge : page / 8 * page;
}

void system_each(const char *pattern,
		 void (*take)(void *to, const char *path, const char *bytes,
			      size_t size), void *to)
{
	const bool proc = starts_with(pattern, "/proc/");
	const char *as = proc ? "/proc" : "/sys";
	const char *root = proc ? PAGETREE_PROC : PAGETREE_SYS;
	char *real = format("%s%s", root, pattern + strlen(as)), *path, *bytes;
	glob_t found;
	size_t i, size;

	if (glob(real, GLOB_BRACE, NULL, &found))
		found.gl_pathc = 0;
	for (i = 0; i < found.gl_pathc; i++) {
		bytes = file_read(found.gl_pathv[i], &size);
		path = format("%s%s", as, found.gl_pathv[i] + strlen(root));
		if (bytes)
			take(to, path, bytes, size);
		free(path);
		free(bytes);
	}
	globfree(&found);
	free(real);
}

pid_t proc_leader(pid_t pid)
{
	char *status = proc_read(pid, "status");
	const pid_t process = status_number(status, "Tgid", 0);

	free(status);

	return process;
}

bool proc_is_since(unsigned int major, unsigned int minor, bool unknown)
{
	char *release = proc_read(0, "sys/kernel/osrelease");
	unsigned int this_major, this_minor;
	bool is = unknown;

	if (release && sscanf(release, "%u.%u", &this_major, &this_minor) == 2)
		is = this_major > major ||
		     (this_major == major && this_minor >= minor);
	free(release);

	return is;
}

bool proc_smaps(struct smaps *smaps, pid_t pid)
{
	char *text = proc_read(pid, "smaps");
	const char *wrong;

	*smaps = (struct smaps) { 0 };
	if (!text || !*text) {
		free(text);
		return false;
	}
	wrong = smaps_parse(smaps, text);
	if (wrong)
		fail(EXIT_FAILURE, "%d: smaps: %s", pid, wrong);

	return true;
}

void proc_dead(pid_t pid)
{
	if (proc_leader(pid))
		fail(EXIT_FAILURE,
		     "%d: no address space: a kernel thread or a zombie", pid);
	fail(EXIT_FAILURE, "%d: no such process", pid);
}

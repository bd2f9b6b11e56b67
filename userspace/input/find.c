// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "input/file.h"
#include "input/find.h"
#include "input/paths.h"
#include "input/system.h"

static pid_t parse_pid(const char *text)
{
	uint64_t pid;

	if (!parse_number(text, &pid) || !pid || pid > INT_MAX)
		usage("%s: not a process id", text);

	return pid;
}

static char *name_of(pid_t pid)
{
	char *name = proc_read(pid, "comm");

	if (name && *name)
		name[strlen(name) - 1] = '\0';

	return name;
}

/*
 * Counts the processes whose name equals @text or matches @regex. Sets @first to
 * the first of them, @list to all pids as a new string.
 */
static size_t find_named(const char *text, const regex_t *regex, pid_t *first,
			 char **list)
{
	DIR *proc = opendir(PAGETREE_PROC);
	struct dirent *entry;
	size_t count = 0;
	char *name;
	uint64_t pid;

	*list = NULL;
	while (proc && (entry = readdir(proc))) {
		if (!parse_number(entry->d_name, &pid) || (pid_t)pid == getpid())
			continue;
		name = name_of(pid);
		if (name && (regex ? !regexec(regex, name, 0, NULL, 0) :
				     !strcmp(name, text))) {
			append(list, "%s%d", count ? ", " : "", (int)pid);
			if (!count++)
				*first = pid;
		}
		free(name);
	}
	if (proc)
		closedir(proc);

	return count;
}

pid_t find_process(const char *text)
{
	pid_t pid = 0;
	regex_t regex;
	size_t count;
	char *list;

	if (*text >= '0' && *text <= '9')
		return parse_pid(text);
	/* an equal name wins over names that match */
	count = find_named(text, NULL, &pid, &list);
	if (!count) {
		free(list);
		if (!*text || regcomp(&regex, text, REG_EXTENDED | REG_NOSUB))
			usage("%s: neither a process id nor the name of a process",
			      text);
		count = find_named(text, &regex, &pid, &list);
		regfree(&regex);
	}
	if (!count)
		fail(EXIT_FAILURE, "%s: no process has this name", text);
	if (count > 1)
		fail(EXIT_FAILURE, "%s: the name of %zu processes: say one of %s",
		     text, count, list);
	free(list);

	return pid;
}

/* For nftw(), which has no argument. */
static struct {
	pid_t *pids;
	size_t count;
} found;

static int find_procs(const char *path, const struct stat *stat, int type,
		      struct FTW *place)
{
	uint64_t pid;
	char *text, *line, *next;
	size_t size;

	(void)stat;
	if (type != FTW_F || strcmp(path + place->base, "cgroup.procs"))
		return 0;
	text = file_read(path, &size);
	for (line = text; line && (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		/* 0: in another pid namespace */
		if (!parse_number(line, &pid) || !pid)
			continue;
		found.pids = grow(found.pids, found.count, sizeof(pid_t));
		found.pids[found.count++] = pid;
	}
	free(text);

	return 0;
}

pid_t *find_cgroup(const char *path, size_t *count)
{
	char *whole = *path == '/' && !strncmp(path, PAGETREE_SYS "/", strlen(PAGETREE_SYS "/")) ?
		      format("%s", path) :
		      format(PAGETREE_SYS "/fs/cgroup/%s", path);

	found.pids = NULL;
	found.count = 0;
	if (access(whole, R_OK) || nftw(whole, find_procs, 16, FTW_PHYS))
		fail(EXIT_FAILURE, "%s: %s: not a cgroup", whole, strerror(errno));
	if (!found.count)
		fail(EXIT_FAILURE, "%s: no process is in this cgroup", whole);
	free(whole);
	*count = found.count;

	return found.pids;
}

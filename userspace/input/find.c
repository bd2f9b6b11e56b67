// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "input/file.h"
#include "input/find.h"
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
 * Counts the processes whose name equals @text, or matches @regex if that is
 * not NULL. Sets @first to the pid of one of them, @list to all pids as a new
 * string.
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
	/* a process with exactly this name wins over those that match */
	count = find_named(text, NULL, &pid, &list);
	if (!count) {
		free(list);
		if (!*text || regcomp(&regex, text, REG_EXTENDED | REG_NOSUB))
			usage("%s: neither a process id nor the name of a process",
			      text);
		count = find_named(text, &regex, &pid, &list);
		regfree(&regex);
	}
	if (!count && !access(text, F_OK))
		fail(EXIT_FAILURE, "%s: no process has this name; the file of this name is ./%s, with a slash",
		     text, text);
	if (!count)
		fail(EXIT_FAILURE, "%s: no process has this name", text);
	if (count > 1)
		fail(EXIT_FAILURE, "%s: %zu processes have this name: use one of the pids %s",
		     text, count, list);
	free(list);

	return pid;
}

/* Adds the pids in a file cgroup.procs. */
static void add_pids(pid_t **pids, size_t *count, const char *path)
{
	size_t size;
	char *text = file_read(path, &size), *line, *next;
	uint64_t pid;

	for (line = text; line && (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		/* 0: a process of another pid namespace */
		if (!parse_number(line, &pid) || !pid)
			continue;
		*pids = grow(*pids, *count, sizeof(**pids));
		(*pids)[(*count)++] = pid;
	}
	free(text);
}

/* The directory of a cgroup; a new string. */
static char *directory_of(const char *path)
{
	return format(starts_with(path, PAGETREE_SYS "/") ? "%s" :
		      PAGETREE_SYS "/fs/cgroup/%s", path);
}

char *cgroup_read(const char *path, const char *name)
{
	char *directory = directory_of(path), *text;
	char *file = format("%s/%s", directory, name);
	size_t size;

	text = file_read(file, &size);
	free(directory);
	free(file);

	return text;
}

pid_t *find_cgroup(const char *path, size_t *count)
{
	char *root = directory_of(path);
	FTS *tree = fts_open((char *const[]) { root, NULL },
			     FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	pid_t *pids = NULL;

	if (!tree || access(root, R_OK))
		fail(EXIT_FAILURE, "%s: %s: not a cgroup", root, strerror(errno));
	*count = 0;
	while ((entry = fts_read(tree)))
		if (entry->fts_info == FTS_F &&
		    !strcmp(entry->fts_name, "cgroup.procs"))
			add_pids(&pids, count, entry->fts_path);
	fts_close(tree);
	if (!*count)
		fail(EXIT_FAILURE, "%s: no process is in this cgroup", root);
	free(root);

	return pids;
}

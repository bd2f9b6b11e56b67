// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "input/limits.h"
#include "input/system.h"

#define ROOT	"fs/cgroup"

/* Whether @list, words between commas, has this word. */
static bool has_word(const char *list, size_t len, const char *word)
{
	const size_t size = strlen(word);
	const char *at = list;

	for (; at <= list + len; at += strcspn(at, ",:") + 1)
		if (!strncmp(at, word, size) && strchr(",:", at[size]))
			return true;

	return false;
}

/* The path of the process's cgroup; a new string, or NULL. @v1: of this controller's tree */
static char *cgroup_of(pid_t pid, const char *controller, bool *v1)
{
	char *text = proc_read(pid, "cgroup"), *line, *list, *path, *found = NULL;

	for (line = text; line && *line; line += *line == '\n') {
		list = strchr(line, ':');
		path = list ? strchr(list + 1, ':') : NULL;
		if (!path)
			break;
		*v1 = path > list + 1;
		line = path + 1 + strcspn(path + 1, "\n");
		if (*v1 && !has_word(list + 1, path - list - 1, controller))
			continue;
		free(found);
		found = format("%.*s", (int)(line - path - 1), path + 1);
		if (*v1)
			break;
	}
	free(text);

	return found;
}

/* The words with which a file of hugetlb begins: 2MB, 1GB, 64KB. */
static char *size_word(uint64_t size)
{
	return size >> 30 ? format("%" PRIu64 "GB", size >> 30) :
	       size >> 20 ? format("%" PRIu64 "MB", size >> 20) :
			    format("%" PRIu64 "KB", size >> 10);
}

/* What a cgroup may swap out, in bytes. */
static uint64_t swappable_of(const char *path)
{
	char *name = format("%s/memory.swap.max", path);
	char *most = sys_read(name), *meminfo = proc_read(0, "meminfo");
	const uint64_t unused = status_number(meminfo, "SwapFree", 0) * 1024;
	const bool none = most && *most == '0';

	free(most);
	free(meminfo);
	free(name);

	return none ? 0 : unused;
}

/* The page cache of a cgroup, and what it may swap out, in bytes. */
static uint64_t droppable_of(const char *path)
{
	char *name = format("%s/memory.stat", path);
	char *text = sys_read(name);
	const char *active = text ? strstr(text, "\nactive_file ") : NULL;
	const char *inactive = text ? strstr(text, "\ninactive_file ") : NULL;
	uint64_t sum = 0;

	if (active)
		sum += strtoull(active + strlen("\nactive_file "), NULL, 10);
	if (inactive)
		sum += strtoull(inactive + strlen("\ninactive_file "), NULL, 10);
	free(text);
	free(name);

	return sum + swappable_of(path);
}

/* Whether the limit of one cgroup, at @path, leaves no room. */
static bool is_full(const char *path, const char *prefix, bool v1, uint64_t size,
		    struct limit *limit)
{
	char *most = format("%s/%s.%s", path, prefix, v1 ? "limit_in_bytes" : "max");
	char *used = format("%s/%s.%s", path, prefix, v1 ? "usage_in_bytes" : "current");
	char *text = sys_read(most);

	*limit = (struct limit) { 0 };
	if (text && *text >= '0' && *text <= '9') {
		limit->most = strtoull(text, NULL, 10);
		limit->used = sys_number(used, 0);
		if (limit->used + size > limit->most) {
			limit->file = format("%s", most + strlen(ROOT "/"));
			limit->droppable = droppable_of(path);
		}
	}
	free(text);
	free(most);
	free(used);

	return limit->file;
}

bool limits_find(pid_t pid, const char *controller, uint64_t size,
		 struct limit *limit)
{
	bool v1 = false, full = false;
	char *cgroup = cgroup_of(pid, controller, &v1);
	char *word = size_word(size), *path, *slash;
	char *prefix = strcmp(controller, "hugetlb") ?
		       format("%s", controller) : format("hugetlb.%s", word);

	while (cgroup && !full) {
		path = v1 ? format(ROOT "/%s%s", controller, cgroup) :
			    format(ROOT "%s", cgroup);
		full = is_full(path, prefix, v1, size, limit);
		free(path);
		slash = strrchr(cgroup, '/');
		if (!slash || !cgroup[1])
			break;
		slash[slash == cgroup] = '\0';
	}
	free(cgroup);
	free(word);
	free(prefix);

	return full;
}

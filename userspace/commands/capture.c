// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "input/debugfs.h"
#include "input/system.h"

/* What why asks the kernel about a process, and about the machine. */
static const char *const of_process =
	"/proc/%d/{comm,status,smaps,mountinfo,ksm_stat,ksm_merging_pages}";

#define THP	"/sys/kernel/mm/transparent_hugepage/"

static const char *const of_machine[] = {
	"/proc/{buddyinfo,meminfo,vmstat,version,sys/kernel/osrelease}",
	THP "{enabled,defrag,shmem_enabled,use_zero_page,hpage_pmd_size}",
	THP "khugepaged/{defrag,max_ptes_none,max_ptes_swap,max_ptes_shared,"
	     "pages_collapsed,full_scans,scan_sleep_millisecs,pages_to_scan}",
	THP "hugepages-*kB/{enabled,shmem_enabled}",
	"/sys/kernel/mm/hugepages/hugepages-*kB/{nr,free,resv,surplus}_hugepages",
	"/sys/kernel/mm/ksm/run",
	NULL
};

/* struct capture - what is written in the end; @partial: a file of debugfs is */
struct capture {
	char *bytes;
	size_t size;
	bool partial;
};

static void add(struct capture *capture, const char *bytes, size_t size)
{
	capture->bytes = resize(capture->bytes, capture->size + size + 1, 1);
	memcpy(capture->bytes + capture->size, bytes, size);
	capture->size += size;
}

static void add_text(struct capture *capture, const char *text)
{
	add(capture, text, strlen(text));
}

static void add_captured(void *to, const char *path, const char *bytes,
			    size_t size)
{
	const bool ends = !size || bytes[size - 1] == '\n';
	struct capture *capture = to;
	size_t lines = !ends, i;
	char *title;

	for (i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	title = format(CAPTURED "%s %zu\n", path, lines);
	add_text(capture, title);
	free(title);
	add(capture, bytes, size);
	add_text(capture, ends ? "# end\n" : "\n# end\n");
}

/* Whether the second line, the names of the columns, has one that is so called. */
static bool has_column(const char *text, const char *name)
{
	const char *names = strchr(text, '\n');
	const size_t len = names ? strcspn(names + 1, "\n") : 0;
	char *line = format("\t%.*s\t", (int)len, names ? names + 1 : "");
	char *wanted = format("\t%s\t", name);
	const bool has = strstr(line, wanted);

	free(line);
	free(wanted);

	return has;
}

/* What the last line, the cost, says. */
static bool is_partial(const char *text, size_t size)
{
	const char *cost = size > 1 ? memrchr(text, '\n', size - 1) : NULL;

	return cost && strstr(cost, " state=partial");
}

/* @needed: it is there as long as the process is */
static void add_debugfs(struct capture *capture, pid_t pid, const char *name,
			bool needed)
{
	size_t size = 0;
	char *bytes = needed ? debugfs_bytes(pid, name, &size) :
			       debugfs_optional(pid, name, &size);

	if (!bytes && needed)
		proc_dead(pid);
	if (!bytes)
		return;
	if (!strcmp(name, "map") && has_column(bytes, "phys"))
		fail(EXIT_FAILURE, "%d: map says physical addresses, which are not for others to see: echo N >/sys/module/pagetree/parameters/show_physical, then once more",
		     pid);
	add(capture, bytes, size);
	capture->partial |= is_partial(bytes, size);
	free(bytes);
}

/* 0, or what errno says */
static int write_all(int fd, const struct capture *capture)
{
	size_t done = 0;
	ssize_t wrote;

	while (done < capture->size) {
		wrote = TEMP_FAILURE_RETRY(write(fd, capture->bytes + done,
						 capture->size - done));
		if (wrote < 0)
			return errno;
		done += wrote;
	}

	return 0;
}

/* All of it or nothing: a file is replaced when the new one is on the disk. */
static int replace(const char *path, const struct capture *capture)
{
	char *temporary = format("%s.XXXXXX", path);
	sigset_t signals;
	int fd, error;

	/* from here on a signal, SIGXFSZ too, would leave the temporary file */
	sigfillset(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = mkostemp(temporary, O_CLOEXEC);
	error = fd < 0 ? errno : write_all(fd, capture);
	if (!error && fsync(fd))
		error = errno;
	if (fd >= 0 && close(fd) && !error)
		error = errno;
	if (!error && rename(temporary, path))
		error = errno;
	if (fd >= 0 && error)
		unlink(temporary);
	free(temporary);

	return error;
}

/* A device or a pipe, which nothing may replace. */
static int write_to(const char *path, const struct capture *capture)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error;

	error = fd < 0 ? errno : write_all(fd, capture);
	if (fd >= 0 && close(fd) && !error)
		error = errno;

	return error;
}

static void save(const char *path, const struct capture *capture)
{
	struct stat stat_of;
	int error;

	if (!strcmp(path, "-")) {
		/* the end of the tool looks whether it got there */
		fwrite(capture->bytes, 1, capture->size, stdout);
		return;
	}
	if (!stat(path, &stat_of) && !S_ISREG(stat_of.st_mode))
		error = write_to(path, capture);
	else
		error = replace(path, capture);
	if (error)
		fail(EXIT_FAILURE, "%s: %s", path, strerror(error));
}

int run_capture(const struct options *options)
{
	const pid_t pid = debugfs_hold_one(options->pids[0]);
	struct capture capture = { 0 };
	const char *const *pattern;
	char *own;

	add_debugfs(&capture, 0, "geometry", true);
	add_debugfs(&capture, pid, "summary", true);
	add_debugfs(&capture, pid, "vmas", true);
	add_debugfs(&capture, pid, "tables", true);
	add_debugfs(&capture, pid, "map", true);
	/* not without the parameter, or on each kernel */
	add_debugfs(&capture, pid, "shootdowns", false);
	add_debugfs(&capture, pid, "invalidations", false);
	own = format(of_process, pid);
	system_each(own, add_captured, &capture);
	free(own);
	for (pattern = of_machine; *pattern; pattern++)
		system_each(*pattern, add_captured, &capture);
	save(options->file, &capture);
	free(capture.bytes);
	if (capture.partial)
		complain("the process was not read to its end: state=partial");

	return capture.partial ? EXIT_PARTIAL : EXIT_SUCCESS;
}

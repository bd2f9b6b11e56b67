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

/* The files that the command why reads: of a process, and of the machine. */
static const char *const of_process =
	"/proc/%d/{comm,status,smaps,mountinfo,ksm_stat,ksm_merging_pages}";

#define THP	"/sys/kernel/mm/transparent_hugepage/"

static const char *const of_machine[] = {
	"/proc/{buddyinfo,pagetypeinfo,zoneinfo,meminfo,vmstat,version,sys/kernel/osrelease,sys/vm/max_map_count}",
	THP "{enabled,defrag,shmem_enabled,use_zero_page,hpage_pmd_size}",
	THP "khugepaged/{defrag,max_ptes_none,max_ptes_swap,max_ptes_shared,"
	     "pages_collapsed,full_scans,scan_sleep_millisecs,pages_to_scan}",
	THP "hugepages-*kB/{enabled,shmem_enabled}",
	"/sys/kernel/mm/hugepages/hugepages-*kB/{nr,free,resv,surplus}_hugepages",
	"/sys/kernel/mm/ksm/run",
	NULL
};

/* struct capture - the bytes to write; @partial: some file of debugfs is */
struct capture {
	FILE *stream;
	char *bytes;
	size_t size;
	bool partial;
};

static void add_captured(void *to, const char *path, const char *bytes,
			 size_t size)
{
	const bool ends = !size || bytes[size - 1] == '\n';
	FILE *stream = ((struct capture *)to)->stream;
	size_t lines = !ends, i;

	for (i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	fprintf(stream, CAPTURED "%s %zu\n", path, lines);
	fwrite(bytes, 1, size, stream);
	fputs(ends ? "# end\n" : "\n# end\n", stream);
}

/* Whether the second line, the names of the columns, has this name. */
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

/* Whether the last line, the cost, says state=partial. */
static bool is_partial(const char *text, size_t size)
{
	const char *cost = size > 1 ? memrchr(text, '\n', size - 1) : NULL;

	return cost && strstr(cost, " state=partial");
}

/* Adds a file of debugfs. @needed: it exists as long as the process does */
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
		fail(EXIT_FAILURE, "%d: map shows physical addresses, which a report must not: echo N >/sys/module/pagetree/parameters/show_physical, then try again",
		     pid);
	fwrite(bytes, 1, size, capture->stream);
	capture->partial |= is_partial(bytes, size);
	free(bytes);
}

/* Writes all of it to @fd, to the disk if @sync, and closes it; returns 0 or errno. */
static int write_all(int fd, const struct capture *capture, bool sync)
{
	int error = fd < 0 ? errno : 0;
	size_t done = 0;
	ssize_t wrote;

	while (!error && done < capture->size) {
		wrote = TEMP_FAILURE_RETRY(write(fd, capture->bytes + done,
						 capture->size - done));
		if (wrote < 0)
			error = errno;
		else
			done += wrote;
	}
	if (!error && sync && fsync(fd))
		error = errno;
	if (fd >= 0 && close(fd) && !error)
		error = errno;

	return error;
}

/* Replaces a file once the new one is complete and on the disk; returns 0 or errno. */
static int replace(const char *path, const struct capture *capture)
{
	char *temporary = format("%s.XXXXXX", path);
	sigset_t signals;
	int fd, error;

	/* from here on a signal, SIGXFSZ too, would leave the temporary file */
	sigfillset(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = mkostemp(temporary, O_CLOEXEC);
	error = write_all(fd, capture, true);
	if (!error && rename(temporary, path))
		error = errno;
	if (fd >= 0 && error)
		unlink(temporary);
	free(temporary);

	return error;
}

static void save(const char *path, const struct capture *capture)
{
	struct stat status;
	int error;

	if (!strcmp(path, "-")) {
		/* finish() checks for errors */
		fwrite(capture->bytes, 1, capture->size, stdout);
		return;
	}
	/* a device or a pipe is written to, never replaced */
	if (!stat(path, &status) && !S_ISREG(status.st_mode))
		error = write_all(open(path, O_WRONLY | O_CLOEXEC), capture,
				  false);
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

	capture.stream = open_memstream(&capture.bytes, &capture.size);
	if (!capture.stream)
		out_of_memory();
	add_debugfs(&capture, 0, "geometry", true);
	add_debugfs(&capture, pid, "summary", true);
	add_debugfs(&capture, pid, "vmas", true);
	add_debugfs(&capture, pid, "tables", true);
	add_debugfs(&capture, pid, "map", true);
	/* these depend on a parameter of the module, and on the kernel */
	add_debugfs(&capture, pid, "shootdowns", false);
	add_debugfs(&capture, pid, "invalidations", false);
	add_debugfs(&capture, pid, "initiators", false);
	own = format(of_process, pid);
	system_each(own, add_captured, &capture);
	free(own);
	for (pattern = of_machine; *pattern; pattern++)
		system_each(*pattern, add_captured, &capture);
	if (fclose(capture.stream))
		out_of_memory();
	save(options->file, &capture);
	free(capture.bytes);
	if (capture.partial)
		complain("the process was not read to its end: state=partial");

	return capture.partial ? EXIT_PARTIAL : EXIT_SUCCESS;
}

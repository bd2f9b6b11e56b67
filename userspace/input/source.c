// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <glob.h>
#include <linux/kernel-page-flags.h>
#include <linux/magic.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "input/source.h"

/* The tests build the tool with directories of their own. */
#ifndef PAGETREE_DEBUGFS
#define PAGETREE_DEBUGFS	"/sys/kernel/debug"
#endif
#ifndef PAGETREE_PROC
#define PAGETREE_PROC		"/proc"
#endif
#ifndef PAGETREE_SYS
#define PAGETREE_SYS		"/sys"
#endif
#ifndef PAGETREE_SECURITY
#define PAGETREE_SECURITY	"/sys/kernel/security"
#endif

#define DIRECTORY		PAGETREE_DEBUGFS "/pagetree"
#define ATTACH			DIRECTORY "/attach"

/* All that can be read, behind it a NUL; NULL and errno if it fails. */
static char *read_all(int fd, size_t *size)
{
	char *text = resize(NULL, 1, 1);
	size_t capacity = 1;
	ssize_t got = 1;

	for (*size = 0; got; *size += got) {
		if (capacity - *size < BUFSIZ) {
			capacity = 2 * capacity + BUFSIZ;
			text = resize(text, capacity, 1);
		}
		got = TEMP_FAILURE_RETRY(read(fd, text + *size,
					      capacity - *size - 1));
		if (got < 0) {
			free(text);
			return NULL;
		}
	}
	text[*size] = '\0';

	return text;
}

/* Likewise of a file. */
static char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	char *text;

	if (fd < 0)
		return NULL;
	text = read_all(fd, size);
	error = errno;
	close(fd);
	errno = error;

	return text;
}

/* What answers for /proc and /sys, if an input is read. */
static const struct model *captured;

/* @name: below @root, which is @as in what was captured; takes @name */
static char *read_system(const char *root, const char *as, char *name)
{
	char *path = format("%s/%s", captured ? as : root, name), *text = NULL;
	size_t size, i;

	for (i = 0; captured && i < captured->captured_count; i++)
		if (!strcmp(captured->captured[i].path, path))
			text = format("%s", captured->captured[i].text);
	if (!captured)
		text = read_file(path, &size);
	free(path);
	free(name);

	return text;
}

char *source_proc(pid_t pid, const char *name)
{
	return read_system(PAGETREE_PROC, "/proc",
			   pid ? format("%d/%s", pid, name) :
				 format("%s", name));
}

char *source_sys(const char *name)
{
	return read_system(PAGETREE_SYS, "/sys", format("%s", name));
}

uint64_t source_huge_page(void)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	char *said = source_sys("kernel/mm/transparent_hugepage/hpage_pmd_size");
	const uint64_t huge = said ? strtoull(said, NULL, 10) : 0;

	free(said);

	return huge ? huge : page / 8 * page;
}

void source_each(const char *pattern,
		 void (*take)(void *to, const char *path, const char *bytes,
			      size_t size), void *to)
{
	const bool proc = !strncmp(pattern, "/proc/", strlen("/proc/"));
	const char *as = proc ? "/proc" : "/sys";
	const char *root = proc ? PAGETREE_PROC : PAGETREE_SYS;
	char *real = format("%s%s", root, pattern + strlen(as)), *path, *bytes;
	glob_t found;
	size_t i, size;

	if (glob(real, GLOB_BRACE, NULL, &found))
		found.gl_pathc = 0;
	for (i = 0; i < found.gl_pathc; i++) {
		bytes = read_file(found.gl_pathv[i], &size);
		path = format("%s%s", as, found.gl_pathv[i] + strlen(root));
		if (bytes)
			take(to, path, bytes, size);
		free(path);
		free(bytes);
	}
	globfree(&found);
	free(real);
}

/* Pages */

#define PM_FRAME	((1ULL << 55) - 1)
#define PM_EXCLUSIVE	(1ULL << 56)
#define PM_FILE		(1ULL << 61)
#define PM_SWAP		(1ULL << 62)
#define PM_PRESENT	(1ULL << 63)

/* kpageflags of a frame; 0 if it says nothing. */
static uint64_t frame_flags(int fd, uint64_t frame)
{
	uint64_t flags;

	return pread(fd, &flags, sizeof(flags), frame * sizeof(flags)) ==
			       sizeof(flags) ? flags : 0;
}

/* Whether a frame is part of a compound page of @count frames. */
static bool is_compound(int fd, uint64_t frame, uint64_t count)
{
	const uint64_t first = frame & ~(count - 1);

	/* in the middle of a smaller one there would be the head of another */
	return frame_flags(fd, first) & 1ULL << KPF_COMPOUND_HEAD &&
	       frame_flags(fd, first + count / 2) & 1ULL << KPF_COMPOUND_TAIL;
}

static void count_page(struct pages *pages, int fd, uint64_t entry,
		       uint64_t count)
{
	const uint64_t frame = entry & PM_FRAME;
	uint64_t flags;

	if (entry & PM_SWAP)
		pages->swapped++;
	if (!(entry & PM_PRESENT))
		return;
	pages->present++;
	flags = frame_flags(fd, frame);
	pages->ksm += !!(flags & 1ULL << KPF_KSM);
	pages->shared += !(entry & (PM_EXCLUSIVE | PM_FILE));
	if (flags & (1ULL << KPF_COMPOUND_HEAD | 1ULL << KPF_COMPOUND_TAIL))
		pages->compound += is_compound(fd, frame, count);
}

bool source_pages(pid_t pid, uint64_t start, uint64_t size, uint64_t page,
		  struct pages *pages)
{
	const size_t count = size / page;
	uint64_t *entries = resize(NULL, count, sizeof(*entries));
	char *path = format(PAGETREE_PROC "/%d/pagemap", pid);
	int map = captured ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	int flags = captured ? -1 : open(PAGETREE_PROC "/kpageflags",
					 O_RDONLY | O_CLOEXEC);
	const bool there = map >= 0 && flags >= 0 &&
			   pread(map, entries, count * sizeof(*entries),
				 start / page * sizeof(*entries)) ==
				   (ssize_t)(count * sizeof(*entries));
	size_t i;

	*pages = (struct pages) { 0 };
	for (i = 0; there && i < count; i++)
		count_page(pages, flags, entries[i], count);
	if (map >= 0)
		close(map);
	if (flags >= 0)
		close(flags);
	free(path);
	free(entries);

	return there;
}

int source_pagemap(pid_t pid)
{
	char *path = format(PAGETREE_PROC "/%d/pagemap", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	free(path);

	return fd;
}

pid_t source_leader(pid_t pid)
{
	char *status = source_proc(pid, "status");
	char *line = status ? strstr(status, "\nTgid:") : NULL;
	pid_t process = line ? atoi(line + strlen("\nTgid:")) : 0;

	free(status);

	return process;
}

static bool is_locked_down(void)
{
	size_t size;
	char *text = read_file(PAGETREE_SECURITY "/lockdown", &size);
	bool is = text && strchr(text, '[') && !strstr(text, "[none]");

	free(text);

	return is;
}

void source_check(void)
{
	struct statfs fs;

	if (!access(DIRECTORY, X_OK))
		return;
	if (errno == EACCES || errno == EPERM)
		fail(EXIT_PERMISSION, DIRECTORY ": %s: run this as root",
		     strerror(errno));
	if (!statfs(PAGETREE_DEBUGFS, &fs) && fs.f_type != DEBUGFS_MAGIC)
		fail(EXIT_NO_MODULE, PAGETREE_DEBUGFS
		     ": debugfs is not mounted: mount -t debugfs none "
		     PAGETREE_DEBUGFS);
	fail(EXIT_NO_MODULE, DIRECTORY
	     ": the module is not loaded: modprobe pagetree (without it: pagetree show --proc PID)");
}

void source_dead(pid_t pid)
{
	if (source_leader(pid))
		fail(EXIT_FAILURE,
		     "%d: no address space: a kernel thread or a zombie", pid);
	fail(EXIT_FAILURE, "%d: no such process", pid);
}

/* attach said no, but somebody may have attached the process before. */
static pid_t find_attached(pid_t pid, int error)
{
	const pid_t process = source_leader(pid);
	char *path = format(DIRECTORY "/%d", process);
	const bool attached = process && !access(path, X_OK);

	free(path);
	if (attached)
		return process;
	if (error == EPERM && is_locked_down())
		fail(EXIT_PERMISSION, ATTACH
		     ": lockdown forbids to write it: echo %d >/sys/module/pagetree/parameters/attach",
		     pid);
	fail(EXIT_PERMISSION, ATTACH
	     ": %s: run this as root, with CAP_SYS_ADMIN", strerror(error));
}

pid_t source_hold(pid_t pid)
{
	/* stays open: it is what holds all of them */
	static int fd = -1;
	ssize_t done;
	char *request;

	source_check();
	if (fd < 0)
		fd = TEMP_FAILURE_RETRY(open(ATTACH, O_WRONLY | O_CLOEXEC));
	if (fd < 0 && (errno == EPERM || errno == EACCES))
		return find_attached(pid, errno);
	if (fd < 0)
		fail(EXIT_FAILURE, ATTACH ": %s", strerror(errno));

	request = format("hold %d", pid);
	done = TEMP_FAILURE_RETRY(write(fd, request, strlen(request)));
	free(request);
	if (done < 0 && (errno == EPERM || errno == EACCES))
		return find_attached(pid, errno);
	if (done < 0 && errno == ESRCH)
		return 0;
	if (done < 0)
		fail(EXIT_FAILURE, ATTACH ": %s", strerror(errno));

	return source_leader(pid);
}

pid_t source_hold_one(pid_t pid)
{
	const pid_t process = source_hold(pid);

	if (!process)
		source_dead(pid);

	return process;
}

static void parse(struct model *model, const char *path, char *bytes,
		  size_t size)
{
	char *text = printable(bytes, size, "\t\n");
	const char *wrong;
	size_t line;

	free(bytes);
	wrong = model_parse(model, text, &line);
	if (wrong)
		fail(EXIT_FAILURE, "%s:%zu: %s", path, line, wrong);
}

static char *debugfs_path(pid_t pid, const char *name)
{
	return pid ? format(DIRECTORY "/%d/%s", pid, name) :
		     format(DIRECTORY "/%s", name);
}

char *source_if(pid_t pid, const char *name, size_t *size)
{
	char *path = debugfs_path(pid, name), *bytes = read_file(path, size);

	free(path);

	return bytes;
}

char *source_bytes(pid_t pid, const char *name, size_t *size)
{
	char *path = debugfs_path(pid, name), *bytes = read_file(path, size);

	if (!bytes && (errno == EPERM || errno == EACCES))
		fail(EXIT_PERMISSION, "%s: %s: run this as root", path,
		     strerror(errno));
	/* the directory goes away with the process, even while it is read */
	if (!bytes && pid && (errno == ENOENT || errno == EIO))
		errno = ESRCH;
	if (!bytes && errno != ESRCH)
		fail(EXIT_FAILURE, "%s: %s", path, strerror(errno));
	free(path);

	return bytes;
}

bool source_debugfs(struct model *model, pid_t pid, const char *name)
{
	size_t size;
	char *path, *bytes = source_bytes(pid, name, &size);

	if (!bytes)
		return false;
	path = debugfs_path(pid, name);
	parse(model, path, bytes, size);
	free(path);

	return true;
}

void source_geometry(struct model *model)
{
	size_t size;
	char *bytes = read_file(DIRECTORY "/geometry", &size);

	if (bytes)
		parse(model, DIRECTORY "/geometry", bytes, size);
}

int source_walk(struct model *model, pid_t pid, const char *addresses)
{
	char *path = format(DIRECTORY "/%d/walk", pid), *bytes = NULL;
	int fd = open(path, O_RDWR | O_CLOEXEC), error = 0;
	size_t size;

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		fail(EXIT_PERMISSION, "%s: %s: %s", path, strerror(errno),
		     is_locked_down() ?
		     "kernel lockdown forbids to write it: pagetree map shows the leaves" :
		     "run this as root");
	if (fd < 0)
		error = ESRCH;
	else if (write(fd, addresses, strlen(addresses)) < 0)
		error = errno;
	else
		bytes = read_all(fd, &size);
	if (!error && !bytes)
		error = errno;
	if (bytes)
		parse(model, path, bytes, size);
	if (fd >= 0)
		close(fd);
	free(path);

	return error;
}

void source_file(struct model *model, const char *path)
{
	const bool standard = !strcmp(path, "-");
	size_t size;
	char *bytes = standard ? read_all(STDIN_FILENO, &size) :
				 read_file(path, &size);

	if (!bytes)
		fail(EXIT_FAILURE, "%s: %s", path, strerror(errno));
	parse(model, path, bytes, size);
	captured = model;
}

/* Files that are mapped, or could be */

int source_regular(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return -1;
	errno = S_ISDIR(status.st_mode) ? EISDIR : 0;
	if (!S_ISREG(status.st_mode))
		return -1;

	/* by now it might be another one */
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Takes @path. */
static int open_regular(char *path)
{
	const int fd = source_regular(path), error = errno;

	free(path);
	errno = error;

	return fd;
}

int source_mapped(pid_t pid, uint64_t start, uint64_t end, const char *name)
{
	int fd = open_regular(format(PAGETREE_PROC "/%d/map_files/%" PRIx64 "-%" PRIx64,
				     pid, start, end));

	/* the VMA has changed: its name still leads there, unless \ooo is in it */
	if (fd < 0 && errno)
		fd = open_regular(format(PAGETREE_PROC "/%d/root%s", pid, name));

	return fd;
}

/* Processes by name and by cgroup */

static char *name_of(pid_t pid)
{
	char *name = source_proc(pid, "comm");

	if (name && *name)
		name[strlen(name) - 1] = '\0';

	return name;
}

/* All processes whose name matches, exactly or as an expression. */
static size_t find_named(const char *text, const regex_t *regex, pid_t *first,
			 char **list)
{
	DIR *proc = opendir(PAGETREE_PROC);
	struct dirent *entry;
	size_t count = 0;
	char *name, *longer;
	uint64_t pid;

	*list = format("%s", "");
	while (proc && (entry = readdir(proc))) {
		if (!parse_number(entry->d_name, &pid) || (pid_t)pid == getpid())
			continue;
		name = name_of(pid);
		if (name && (regex ? !regexec(regex, name, 0, NULL, 0) :
				     !strcmp(name, text))) {
			longer = format("%s%s%d", *list, count ? ", " : "",
					(int)pid);
			free(*list);
			*list = longer;
			if (!count++)
				*first = pid;
		}
		free(name);
	}
	if (proc)
		closedir(proc);

	return count;
}

pid_t source_process(const char *text)
{
	pid_t pid = 0;
	regex_t regex;
	size_t count;
	char *list;

	if (*text >= '0' && *text <= '9')
		return parse_pid(text);
	/* one that has exactly this name is meant, whatever others match */
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
	text = read_file(path, &size);
	for (line = text; line && (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		/* 0: one of another pid namespace */
		if (!parse_number(line, &pid) || !pid)
			continue;
		found.pids = room(found.pids, found.count, sizeof(pid_t));
		found.pids[found.count++] = pid;
	}
	free(text);

	return 0;
}

pid_t *source_cgroup(const char *path, size_t *count)
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

int source_shootdown(pid_t pid)
{
	char *path = format(DIRECTORY "/%d/shootdown", pid);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		source_refused(pid, "open", EPERM);
	if (fd < 0 && errno == ENOENT && source_leader(pid))
		fail(EXIT_NO_MODULE,
		     "%s: %s: the module is older than this tool: load the newer one",
		     path, strerror(errno));
	if (fd < 0)
		source_refused(pid, "open", ESRCH);
	free(path);

	return fd;
}

int source_shoot(int fd, const char *command)
{
	return write(fd, command, strlen(command)) < 0 ? errno : 0;
}

static bool is_disarmed(void)
{
	size_t size;
	char *text = read_file(DIRECTORY "/geometry", &size);
	bool is = text && strstr(text, "\nshootdown\t0\n");

	free(text);

	return is;
}

const char *source_unarmed(void)
{
	if (access(DIRECTORY, X_OK))
		return "the module is not loaded (modprobe pagetree), or this is not root";
	if (is_locked_down())
		return "kernel lockdown forbids shootdowns";
	if (is_disarmed())
		return "shootdowns are off: echo Y >/sys/module/pagetree/parameters/shootdown";

	return NULL;
}

void source_refused(pid_t pid, const char *command, int error)
{
	const char *unarmed = source_unarmed();

	switch (error) {
	case EPERM:
		fail(EXIT_PERMISSION, DIRECTORY "/%d/shootdown: %s", pid,
		     unarmed ? unarmed :
			       "Permission denied: run this as root, with CAP_SYS_ADMIN");
	case EINVAL:
		fail(EXIT_FAILURE,
		     "'%s': malformed, or its addresses are not whole pages of one VMA, or a CPU is offline: see pagetree shootdown --help",
		     command);
	case EOPNOTSUPP:
		fail(EXIT_FAILURE,
		     "'%s': not on this processor: %d is flushed by broadcast (INVLPGB, TLBI), or nothing can be left for later: see EOPNOTSUPP in pagetree-debugfs(5)",
		     command, pid);
	case ESRCH:
		if (!source_leader(pid))
			source_dead(pid);
		fail(EXIT_FAILURE,
		     "%d: it executed another program, or is not attached any more",
		     pid);
	case EINTR:
		fail(EXIT_FAILURE, "'%s': interrupted", command);
	default:
		fail(EXIT_FAILURE, "'%s': %s", command, strerror(error));
	}
}

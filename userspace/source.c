// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "source.h"

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

char *source_proc(pid_t pid, const char *name)
{
	char *path = pid ? format(PAGETREE_PROC "/%d/%s", pid, name) :
			   format(PAGETREE_PROC "/%s", name);
	size_t size;
	char *text = read_file(path, &size);

	free(path);

	return text;
}

char *source_sys(const char *name)
{
	char *path = format(PAGETREE_SYS "/%s", name);
	size_t size;
	char *text = read_file(path, &size);

	free(path);

	return text;
}

/* The process that @pid is or belongs to; 0 if there is none. */
static pid_t process_of(pid_t pid)
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

/* Ends the tool if the module or the right to use it is missing. */
static void check_directory(void)
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
	     ": the module is not loaded: modprobe pagetree");
}

static _Noreturn void fail_dead(pid_t pid)
{
	if (process_of(pid))
		fail(EXIT_FAILURE,
		     "%d: no address space: a kernel thread or a zombie", pid);
	fail(EXIT_FAILURE, "%d: no such process", pid);
}

/* attach said no, but somebody may have attached the process before. */
static pid_t find_attached(pid_t pid, int error)
{
	const pid_t process = process_of(pid);
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
	char *request;
	ssize_t done;
	pid_t process;
	int fd;

	check_directory();
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
		fail_dead(pid);
	if (done < 0)
		fail(EXIT_FAILURE, ATTACH ": %s", strerror(errno));

	/* fd stays open: it is what holds the process */
	process = process_of(pid);
	if (!process)
		fail_dead(pid);

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

void source_debugfs(struct model *model, pid_t pid, const char *name)
{
	char *path = pid ? format(DIRECTORY "/%d/%s", pid, name) :
			   format(DIRECTORY "/%s", name);
	size_t size;
	char *bytes = read_file(path, &size);

	if (!bytes && (errno == EPERM || errno == EACCES))
		fail(EXIT_PERMISSION, "%s: %s: run this as root", path,
		     strerror(errno));
	/* the directory goes away with the process, even while it is read */
	if (!bytes && pid && (errno == ESRCH || errno == ENOENT || errno == EIO))
		fail_dead(pid);
	if (!bytes)
		fail(EXIT_FAILURE, "%s: %s", path, strerror(errno));
	parse(model, path, bytes, size);
	free(path);
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
}

int source_shootdown(pid_t pid)
{
	char *path = format(DIRECTORY "/%d/shootdown", pid);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		source_refused(pid, "open", EPERM);
	if (fd < 0 && errno == ENOENT && process_of(pid))
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
		     "%d: this processor flushes it by broadcast (INVLPGB), for which no IPI can stand: only scope null works",
		     pid);
	case ESRCH:
		if (!process_of(pid))
			fail_dead(pid);
		fail(EXIT_FAILURE,
		     "%d: it executed another program, or is not attached any more",
		     pid);
	case EINTR:
		fail(EXIT_FAILURE, "'%s': interrupted", command);
	default:
		fail(EXIT_FAILURE, "'%s': %s", command, strerror(error));
	}
}

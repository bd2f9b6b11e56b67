// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/die.h"
#include "input/debugfs.h"
#include "input/file.h"
#include "input/system.h"

#define DIRECTORY	PAGETREE_DIRECTORY
#define ATTACH		DIRECTORY "/attach"
#define INITIAL_NAMESPACE	"pid:[4026531836]"

bool debugfs_is_locked_down(void)
{
	size_t size;
	char *text = file_read(PAGETREE_SECURITY "/lockdown", &size);
	bool is = text && strchr(text, '[') && !strstr(text, "[none]");

	free(text);

	return is;
}

/*
 * Ends the tool in a pid namespace that is not the initial one, whose ids the module uses:
 * names and smaps of one process would stand beside the tables of another.
 */
static void check_namespace(void)
{
	char link[64] = "";

	if (readlink(PAGETREE_PROC "/self/ns/pid", link, sizeof(link) - 1) > 0 &&
	    strcmp(link, INITIAL_NAMESPACE))
		fail(EXIT_PERMISSION, "this is a pid namespace of its own (a container), and the module knows only the ids of the initial one: run this outside, or in a container with the host's pid namespace (without the module: pagetree show --proc PID)");
}

/* How debugfs is switched off, in words; NULL if it is not. */
static const char *switched_off(void)
{
	char *line = proc_read(0, "cmdline"), *known = proc_read(0, "filesystems");
	const char *off = line && strstr(line, "debugfs=off") ? "booted with debugfs=off" :
			  line && strstr(line, "debugfs=no-mount") ?
				  "booted with debugfs=no-mount" :
			  known && !strstr(known, "\tdebugfs\n") ?
				  "built without it" : NULL;

	free(line);
	free(known);

	return off;
}

void debugfs_check(void)
{
	struct statfs fs;
	const char *off;

	check_namespace();
	if (!access(DIRECTORY, X_OK))
		return;
	if (file_is_denied())
		fail(EXIT_PERMISSION, DIRECTORY ": %s: run this as root",
		     strerror(errno));
	if (!statfs(PAGETREE_DEBUGFS, &fs) && fs.f_type != DEBUGFS_MAGIC)
		fail(EXIT_NO_MODULE, PAGETREE_DEBUGFS
		     ": debugfs is not mounted: mount -t debugfs none "
		     PAGETREE_DEBUGFS);
	off = switched_off();
	if (off)
		fail(EXIT_NO_MODULE, PAGETREE_DEBUGFS
		     ": debugfs is switched off: the kernel was %s, and modprobe cannot help (without the module: pagetree show --proc PID)",
		     off);
	fail(EXIT_NO_MODULE, DIRECTORY
	     ": the module is not loaded: modprobe pagetree (without it: pagetree show --proc PID)");
}

/* The process of @pid if it is attached already; ends the tool if it is not. */
static pid_t find_attached(pid_t pid, int error)
{
	const pid_t process = proc_leader(pid);
	char *path = debugfs_path(process, "");
	const bool attached = process && !access(path, X_OK);

	free(path);
	if (attached)
		return process;
	if (error == EPERM && debugfs_is_locked_down())
		fail(EXIT_PERMISSION, ATTACH
		     ": lockdown forbids to write it: echo %d >/sys/module/pagetree/parameters/attach",
		     pid);
	fail(EXIT_PERMISSION, ATTACH
	     ": %s: run this as root, with CAP_SYS_ADMIN and CAP_SYS_PTRACE", strerror(error));
}

pid_t debugfs_hold(pid_t pid)
{
	/* stays open: closing it detaches all processes */
	static int fd = -1;
	char request[32];

	debugfs_check();
	if (fd < 0)
		fd = TEMP_FAILURE_RETRY(open(ATTACH, O_WRONLY | O_CLOEXEC));
	snprintf(request, sizeof(request), "hold %d", pid);
	if (fd >= 0 &&
	    TEMP_FAILURE_RETRY(write(fd, request, strlen(request))) >= 0)
		return proc_leader(pid);
	if (file_is_denied())
		return find_attached(pid, errno);
	if (fd < 0 || errno != ESRCH)
		fail(EXIT_FAILURE, ATTACH ": %s", strerror(errno));

	return 0;
}

pid_t debugfs_hold_one(pid_t pid)
{
	const pid_t process = debugfs_hold(pid);

	if (!process)
		proc_dead(pid);

	return process;
}

/* Adds @bytes of a file to a model, which frees them. Frees @path. */
static void parse(struct model *model, char *path, char *bytes, size_t size)
{
	char *text = escape_inplace(bytes, size, "\t\n");
	const char *wrong;
	size_t line;

	wrong = model_parse(model, text, &line);
	if (wrong)
		fail(EXIT_FAILURE, "%s:%zu: %s", path, line, wrong);
	free(path);
}

char *debugfs_path(pid_t pid, const char *name)
{
	return pid ? format(DIRECTORY "/%d/%s", pid, name) :
		     format(DIRECTORY "/%s", name);
}

char *debugfs_optional(pid_t pid, const char *name, size_t *size)
{
	char *path = debugfs_path(pid, name), *bytes = file_read(path, size);

	free(path);

	return bytes;
}

char *debugfs_bytes(pid_t pid, const char *name, size_t *size)
{
	char *path = debugfs_path(pid, name), *bytes = file_read(path, size);

	if (!bytes && file_is_denied())
		fail(EXIT_PERMISSION, "%s: %s: run this as root", path,
		     strerror(errno));
	/* the directory is removed when the process ends, even during a read */
	if (!bytes && pid && (errno == ENOENT || errno == EIO))
		errno = ESRCH;
	if (!bytes && errno != ESRCH)
		fail(EXIT_FAILURE, "%s: %s", path, strerror(errno));
	free(path);

	return bytes;
}

bool debugfs_read(struct model *model, pid_t pid, const char *name)
{
	size_t size;
	char *bytes = debugfs_bytes(pid, name, &size);

	if (!bytes)
		return false;
	parse(model, debugfs_path(pid, name), bytes, size);

	return true;
}

void debugfs_geometry(struct model *model)
{
	size_t size;
	char *bytes = debugfs_optional(0, "geometry", &size);

	if (bytes)
		parse(model, debugfs_path(0, "geometry"), bytes, size);
}

int debugfs_walk(struct model *model, pid_t pid, const char *addresses)
{
	char *path = debugfs_path(pid, "walk"), *bytes = NULL;
	int fd = open(path, O_RDWR | O_CLOEXEC), error;
	size_t size;

	if (fd < 0 && file_is_denied())
		fail(EXIT_PERMISSION, "%s: %s: %s", path, strerror(errno),
		     debugfs_is_locked_down() ?
		     "kernel lockdown forbids to write it: pagetree map shows the leaves" :
		     "run this as root");
	if (fd >= 0 && write(fd, addresses, strlen(addresses)) >= 0)
		bytes = file_read_fd(fd, &size);
	error = bytes ? 0 : fd < 0 ? ESRCH : errno;
	if (fd >= 0)
		close(fd);
	if (bytes)
		parse(model, path, bytes, size);
	else
		free(path);

	return error;
}

void debugfs_input(struct model *model, const char *path)
{
	size_t size;
	char *bytes = strcmp(path, "-") ? file_read(path, &size) :
					  file_read_fd(STDIN_FILENO, &size);

	if (!bytes)
		fail(EXIT_FAILURE, "%s: %s", path, strerror(errno));
	parse(model, format("%s", path), bytes, size);
	system_use(model);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "input/file.h"

char *file_read_fd(int fd, size_t *size)
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

char *file_read(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	char *text;

	if (fd < 0)
		return NULL;
	text = file_read_fd(fd, size);
	error = errno;
	close(fd);
	errno = error;

	return text;
}

bool file_is_denied(void)
{
	return errno == EPERM || errno == EACCES;
}

int file_open_regular(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return -1;
	errno = S_ISDIR(status.st_mode) ? EISDIR : 0;
	if (!S_ISREG(status.st_mode))
		return -1;

	/* the path may lead to another file by now */
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* file_open_regular() of a new string, which is freed. */
static int open_regular(char *path)
{
	const int fd = file_open_regular(path), error = errno;

	free(path);
	errno = error;

	return fd;
}

int file_open_mapped(pid_t pid, uint64_t start, uint64_t end, const char *name)
{
	int fd = open_regular(format(PAGETREE_PROC "/%d/map_files/%" PRIx64 "-%" PRIx64,
				     pid, start, end));

	/* the VMA has changed; a name with \ooo in it is not found */
	if (fd < 0 && errno)
		fd = open_regular(format(PAGETREE_PROC "/%d/root%s", pid, name));

	return fd;
}

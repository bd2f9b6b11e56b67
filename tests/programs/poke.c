// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does one system call on a file and prints its result: a count, or the name of the
 * error. A shell prints neither exactly, and splits its writes.
 *
 *   poke FILE write TEXT...   one write each, all through one open file
 *   poke FILE ask TEXT...     the same, and after each reads to the end, a byte a read
 *   poke FILE read            reads to the end, a byte a read
 *   poke FILE pread|lseek|ioctl|mmap|open
 *   poke MODULE unload
 *
 * FILE `-` is descriptor 3. SIGINT ends the call and not the program, even if the
 * shell ignores SIGINT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int say(long result)
{
	if (result < 0)
		puts(strerrorname_np(errno));
	else
		printf("%ld\n", result);

	return result < 0;
}

static int read_bytes(int fd)
{
	long got;
	char byte;

	while ((got = read(fd, &byte, 1)) > 0)
		putchar(byte);

	return got < 0 ? say(got) : 0;
}

static void interrupt(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	const struct sigaction interrupted = { .sa_handler = interrupt };
	const char *call = argc > 2 ? argv[2] : "";
	int asks = !strcmp(call, "ask"), writes = !strcmp(call, "write");
	int fd, i, got, failed = 0;
	char byte;

	if (argc < 3) {
		fputs("usage: poke FILE write|ask TEXT...|read|pread|lseek|ioctl|mmap|open\n"
		      "       poke MODULE unload\n",
		      stderr);
		return 2;
	}
	if (!strcmp(call, "unload"))
		return say(syscall(SYS_delete_module, argv[1], O_NONBLOCK));

	sigaction(SIGINT, &interrupted, NULL);
	fd = !strcmp(argv[1], "-") ? 3 :
	     open(argv[1], asks ? O_RDWR : writes ? O_WRONLY : O_RDONLY);
	if (fd < 0)
		return say(fd);

	if (asks) {
		for (i = 3; i < argc; i++) {
			got = write(fd, argv[i], strlen(argv[i]));
			failed |= got < 0 ? say(got) : 0;
			failed |= read_bytes(fd);
		}
		return failed;
	}
	if (writes) {
		for (i = 3; i < argc; i++)
			failed |= say(write(fd, argv[i], strlen(argv[i])));
		return failed;
	}
	if (!strcmp(call, "read"))
		return read_bytes(fd);
	if (!strcmp(call, "pread"))
		return say(pread(fd, &byte, 1, 0));
	if (!strcmp(call, "lseek"))
		return say(lseek(fd, 0, SEEK_CUR));
	if (!strcmp(call, "ioctl"))
		return say(ioctl(fd, 0));
	if (!strcmp(call, "mmap"))
		return say(mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0) ==
			   MAP_FAILED ? -1 : 0);
	return say(fd < 0);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "input/collapse.h"

/* what older headers lack */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise	440
#endif
#define COLLAPSE	25	/* MADV_COLLAPSE, since Linux 6.1 */

int collapse(pid_t pid, uint64_t start, uint64_t size)
{
	const struct iovec range = { (void *)(uintptr_t)start, size };
	const int fd = syscall(SYS_pidfd_open, pid, 0);
	int error;

	if (fd < 0)
		return errno;
	error = syscall(SYS_process_madvise, fd, &range, 1, COLLAPSE, 0) < 0 ?
		errno : 0;
	close(fd);

	return error;
}

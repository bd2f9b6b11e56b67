/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole files, and files that could be mapped. */
#ifndef PAGETREE_FILE_H
#define PAGETREE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All bytes up to the end of the file, then a NUL; NULL and errno if it fails. */
char *file_read_fd(int fd, size_t *size);

/* file_read_fd() of a path. */
char *file_read(const char *path, size_t *size);

/*
 * Opens a regular file; opening others can block, or have effects. Returns -1 and
 * errno; errno is 0 if only the type of the file is wrong.
 */
int file_open_regular(const char *path);

/*
 * Opens the regular file that a VMA of a process maps, even if it is deleted or
 * not visible here. @name: of the VMA, to try if the VMA has changed.
 */
int file_open_mapped(pid_t pid, uint64_t start, uint64_t end, const char *name);

#endif /* PAGETREE_FILE_H */

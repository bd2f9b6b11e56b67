/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole files, files that a process maps, and mount points. */
#ifndef PAGETREE_FILE_H
#define PAGETREE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Mount points. Tests build the tool with others. */
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

#define PAGETREE_DIRECTORY	PAGETREE_DEBUGFS "/pagetree"

/* All bytes up to the end of the file, then a NUL; NULL and errno on error. */
char *file_read_fd(int fd, size_t *size);

/* file_read_fd() of a path. */
char *file_read(const char *path, size_t *size);

/* Whether errno says that a permission is missing. */
bool file_is_denied(void);

/*
 * Opens a regular file. To open another one could block or have side effects.
 * Returns -1 and errno on failure; errno is 0 if only the type of the file is
 * wrong.
 */
int file_open_regular(const char *path);

/*
 * Opens the regular file that a VMA of a process maps, even if it is deleted or
 * not visible in our mount namespace. If the VMA has changed, it opens the file
 * @name, as the process sees it. Returns -1 and errno on failure.
 */
int file_open_mapped(pid_t pid, uint64_t start, uint64_t end, const char *name);

#endif /* PAGETREE_FILE_H */

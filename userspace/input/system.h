/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads files of /proc and /sys from the kernel, or from a captured input. */
#ifndef PAGETREE_SYSTEM_H
#define PAGETREE_SYSTEM_H

#include <sys/types.h>

#include "model/model.h"
#include "model/smaps.h"

/* From now on, read the captured files of @model instead of the kernel's. */
void system_use(const struct model *captured);

/* Whether captured files are read. */
bool system_is_captured(void);

/* A file of /proc/PID, or of /proc if @pid is 0; a new string, or NULL and errno. */
char *proc_read(pid_t pid, const char *name);

/* The number in a file of /proc; @absent if there is no such file. */
uint64_t proc_number(const char *name, uint64_t absent);

/* Opens a file of /proc; -1 if that fails, or captured files are read. */
int proc_open(pid_t pid, const char *name);

/* A file of /sys; a new string, or NULL. */
char *sys_read(const char *name);

/* The number in a file of /sys; @absent if there is no such file. */
uint64_t sys_number(const char *name, uint64_t absent);

/* The process that the process or thread @pid belongs to; 0 if none. */
pid_t proc_leader(pid_t pid);

/* Whether this is Linux @major.@minor or newer; @unknown without a version. */
bool proc_is_since(unsigned int major, unsigned int minor, bool unknown);

/*
 * Sets @smaps to the smaps of a process. Returns false and errno if the process
 * has no memory or smaps cannot be read. Ends the tool if the text is
 * malformed.
 */
bool proc_smaps(struct smaps *smaps, pid_t pid);

/* Ends the tool: the process has no address space, or has ended. */
_Noreturn void proc_dead(pid_t pid);

/*
 * Bytes that an entry of level 2 maps, found without the module: the size of a
 * huge page in /sys, or else the span of one page of 8-byte entries.
 */
uint64_t sys_huge_page(void);

/**
 * system_each() - read the kernel's files of /proc or /sys
 * @pattern: glob() pattern of their paths, may contain {}
 * @take: called for each file with its path and its @size unchanged bytes;
 *	files that cannot be read are skipped
 * @to: passed to @take
 */
void system_each(const char *pattern,
		 void (*take)(void *to, const char *path, const char *bytes,
			      size_t size), void *to);

#endif /* PAGETREE_SYSTEM_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of /proc and /sys: the kernel's, or those captured in an input. */
#ifndef PAGETREE_SYSTEM_H
#define PAGETREE_SYSTEM_H

#include <sys/types.h>

#include "model/model.h"
#include "model/smaps.h"

/* From here on, the captured files of @model answer instead of the kernel. */
void system_use(const struct model *captured);

/* Whether captured files answer. */
bool system_is_captured(void);

/* A file of /proc/PID, or of /proc if @pid is 0; a new string, or NULL and errno. */
char *proc_read(pid_t pid, const char *name);

/* A file of /sys; a new string, or NULL. */
char *sys_read(const char *name);

/* The number in a file of /sys; @absent if there is no such file. */
uint64_t sys_number(const char *name, uint64_t absent);

/* The process that @pid is, or is a thread of; 0 if there is none. */
pid_t proc_leader(pid_t pid);

/* Whether the kernel is Linux @major.@minor or newer; @unknown if nothing says so. */
bool proc_is_since(unsigned int major, unsigned int minor, bool unknown);

/*
 * The smaps of a process; false and errno if it has no memory any more, or may not
 * be read. Ends the tool if the text is wrong.
 */
bool proc_smaps(struct smaps *smaps, pid_t pid);

/* Ends the tool: the process has no address space, or has ended. */
_Noreturn void proc_dead(pid_t pid);

/*
 * Bytes that an entry of level 2 maps, without the module: the size of a huge page
 * by /sys, or else a page full of entries of 8 bytes.
 */
uint64_t sys_huge_page(void);

/**
 * system_each() - the kernel's files of /proc or /sys, unchanged
 * @pattern: as for glob(), {} included; files that cannot be read are skipped
 * @take: called for each of them with its path and @size bytes
 * @to: passed to @take
 */
void system_each(const char *pattern,
		 void (*take)(void *to, const char *path, const char *bytes,
			      size_t size), void *to);

#endif /* PAGETREE_SYSTEM_H */

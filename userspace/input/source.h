/* SPDX-License-Identifier: GPL-2.0-only */
/* Where text comes from. What fails here ends the tool with the right code. */
#ifndef PAGETREE_SOURCE_H
#define PAGETREE_SOURCE_H

#include <sys/types.h>

#include "model/model.h"

/* Ends the tool if the module or the right to use it is missing. */
void source_check(void);

/**
 * source_hold() - attach a process for as long as this tool lives
 * @pid: the process, or a thread of it
 *
 * Return: the pid of the process; 0 if there is none, or it has no address space.
 */
pid_t source_hold(pid_t pid);

/* Likewise, but ends the tool if there is no such process. */
pid_t source_hold_one(pid_t pid);

/* The process that @pid is, or is a thread of; 0 if there is none. */
pid_t source_leader(pid_t pid);

/* Ends the tool, since this process has no address space or is gone. */
_Noreturn void source_dead(pid_t pid);

/**
 * source_debugfs() - add a file of debugfs to a model
 * @pid: 0 for those of no process
 *
 * Return: false if the process is gone.
 */
bool source_debugfs(struct model *model, pid_t pid, const char *name);

/**
 * source_walk() - add PID/walk, asked for addresses
 * @addresses: as they are written to it: 0xADDRESS, white space between
 *
 * Return: 0, or what errno says of the question; ESRCH if the process is gone.
 */
int source_walk(struct model *model, pid_t pid, const char *addresses);

/* Adds geometry if it can be had, and is silent if not. */
void source_geometry(struct model *model);

/* The bytes of such a file as they are, to be freed; NULL and errno. */
char *source_bytes(pid_t pid, const char *name, size_t *size);
/* Likewise, but NULL also if it is not there, or is not to be read. */
char *source_if(pid_t pid, const char *name, size_t *size);

/*
 * Adds a file that holds what debugfs said; "-" is the standard input. What is
 * captured in it of /proc and /sys answers for these from then on.
 */
void source_file(struct model *model, const char *path);

/* A file of /proc/PID, or of /proc if @pid is 0, as a new string, or NULL. */
char *source_proc(pid_t pid, const char *name);

/* Likewise of /sys. */
char *source_sys(const char *name);

/*
 * Bytes that an entry of level 2 maps, where the module does not say it: what /sys
 * says of huge pages, or else a table that is a page of entries of 8 bytes.
 */
uint64_t source_huge_page(void);

/**
 * source_each() - files of /proc or /sys as they are
 * @pattern: as for glob(), {} included; what can't be read is passed over
 * @take: gets each of them: its path, and @size bytes
 * @to: for @take
 */
void source_each(const char *pattern,
		 void (*take)(void *to, const char *path, const char *bytes,
			      size_t size), void *to);

/**
 * struct pages - what the pages of a range are
 * @present: mapped
 * @swapped: swap or migration entries, by pagemap
 * @ksm: of @present: shared by KSM
 * @compound: of @present: in a huge page of level 2
 * @shared: of @present: anonymous, and mapped by others too
 */
struct pages {
	unsigned int present;
	unsigned int swapped;
	unsigned int ksm;
	unsigned int compound;
	unsigned int shared;
};

/**
 * source_pages() - look at the pages themselves
 * @start: of the range, aligned to it
 * @size: of a huge page, @page of a small one
 *
 * Return: false if pagemap and kpageflags do not say: no root, an input.
 */
bool source_pages(pid_t pid, uint64_t start, uint64_t size, uint64_t page,
		  struct pages *pages);
/*
 * Opens a file if it is a regular one: to open others can wait, or do things.
 * Returns -1 and errno, which is 0 if that is all that is wrong.
 */
int source_regular(const char *path);

/* Likewise the file that a VMA of a process maps, be it deleted or out of sight. */
int source_mapped(pid_t pid, uint64_t start, uint64_t end, const char *name);

/* /proc/PID/pagemap, to be asked by ioctl(); -1 if it can't be opened. */
int source_pagemap(pid_t pid);

/* The pid of what a command line calls a process: a pid or a name. Ends the tool. */
pid_t source_process(const char *text);

/* The processes of a cgroup and of those below it; how many goes to @count. */
pid_t *source_cgroup(const char *path, size_t *count);

/* Opens PID/shootdown of a process that is held, for source_shoot(). */
int source_shootdown(pid_t pid);

/* Writes a command there: 0, or what errno says. */
int source_shoot(int fd, const char *command);

/* Ends the tool, and says what @error means for the command. */
_Noreturn void source_refused(pid_t pid, const char *command, int error);

/* Why nobody can shoot here, or NULL. */
const char *source_unarmed(void);

#endif /* PAGETREE_SOURCE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What all files of the tool share: how it ends, memory, and text. */
#ifndef PAGETREE_H
#define PAGETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Exit codes, beside EXIT_SUCCESS and EXIT_FAILURE. */
enum {
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,	/* some file says state=partial */
	EXIT_EXPECTATION = 4,	/* --expect is false, or --verify found a difference */
	EXIT_NO_MODULE = 5,
	EXIT_PERMISSION = 6,	/* not root, or lockdown */
};

/* Says what is wrong, on one line: what, on what, what to do. */
__attribute__((format(printf, 1, 2)))
void complain(const char *format, ...);

/* Likewise, and ends the tool. */
#define fail(status, ...) (complain(__VA_ARGS__), exit(status))

#define usage(...) fail(EXIT_USAGE, __VA_ARGS__)

/* A process id of a command line. */
pid_t parse_pid(const char *text);

/* realloc() of @count elements that never fails. */
void *resize(void *old, size_t count, size_t size);

/* @array of @count elements with room for one more, which is not counted yet. */
void *room(void *array, size_t count, size_t size);

/* asprintf() that never fails. */
__attribute__((format(printf, 1, 2)))
char *format(const char *format, ...);

/**
 * printable() - text that is safe on a terminal and in JSON
 * @bytes: anything
 * @size: of it
 * @keep: control characters that stay
 *
 * Return: a new string: @bytes with each other control character and each byte
 *	that is not UTF-8 as octal \ooo, which is how the kernel writes control
 *	characters and backslashes in names.
 */
char *printable(const char *bytes, size_t size, const char *keep);

/* "4K", "1.5G", or if @exact "4096"; a new string. */
char *size_text(uint64_t bytes, bool exact);

#endif /* PAGETREE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Error messages and exit codes. */
#ifndef PAGETREE_DIE_H
#define PAGETREE_DIE_H

#include <stdlib.h>

/* Exit codes in addition to EXIT_SUCCESS and EXIT_FAILURE. */
enum {
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,	/* a file has state=partial */
	EXIT_EXPECTATION = 4,	/* --expect is false, or --verify found a difference */
	EXIT_NO_MODULE = 5,
	EXIT_PERMISSION = 6,	/* not root, or lockdown */
};

/* Prints a line to stderr. It names the object, the problem and what to do. */
__attribute__((format(printf, 1, 2)))
void complain(const char *format, ...);

/* complain(), then ends the tool with exit code @status. */
#define fail(status, ...) (complain(__VA_ARGS__), exit(status))

#define usage(...) fail(EXIT_USAGE, __VA_ARGS__)

/* The value of out_of_memory in the tool. */
void die_without_memory(void);

#endif /* PAGETREE_DIE_H */

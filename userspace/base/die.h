/* SPDX-License-Identifier: GPL-2.0-only */
/* How the tool ends when something is wrong. */
#ifndef PAGETREE_DIE_H
#define PAGETREE_DIE_H

#include <stdlib.h>

/* Exit codes, beside EXIT_SUCCESS and EXIT_FAILURE. */
enum {
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,	/* some file says state=partial */
	EXIT_EXPECTATION = 4,	/* --expect is false, or --verify found a difference */
	EXIT_NO_MODULE = 5,
	EXIT_PERMISSION = 6,	/* not root, or lockdown */
};

/* Prints one line to stderr: what is wrong, with what, and what to do. */
__attribute__((format(printf, 1, 2)))
void complain(const char *format, ...);

/* complain(), and ends the tool with exit code @status. */
#define fail(status, ...) (complain(__VA_ARGS__), exit(status))

#define usage(...) fail(EXIT_USAGE, __VA_ARGS__)

/* For out_of_memory. */
void die_without_memory(void);

#endif /* PAGETREE_DIE_H */

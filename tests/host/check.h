/* SPDX-License-Identifier: GPL-2.0-only */
/* How a test in C compares numbers. */
#ifndef PAGETREE_CHECK_H
#define PAGETREE_CHECK_H

#include <stdio.h>

static int failures;

#define CHECK(ours, expected) do {					\
	unsigned long long check_ours = ours, check_expected = expected; \
									\
	if (check_ours != check_expected) {				\
		printf("# %s:%d: %s is %llu, not %llu\n", __FILE__, __LINE__, \
		       #ours, check_ours, check_expected);		\
		failures++;						\
	}								\
} while (0)

#endif /* PAGETREE_CHECK_H */

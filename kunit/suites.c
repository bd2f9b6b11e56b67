// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

#include "suites.h"

kunit_test_suites(&pagetree_entry_suite, &pagetree_walk_suite,
		  &pagetree_stats_suite);

MODULE_DESCRIPTION("KUnit tests of pagetree");
MODULE_LICENSE("GPL");

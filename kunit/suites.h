/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PAGETREE_SUITES_H
#define PAGETREE_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite pagetree_entry_suite;
extern struct kunit_suite pagetree_walk_suite;
extern struct kunit_suite pagetree_stats_suite;

#endif /* PAGETREE_SUITES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For kernels built without KUnit. Included before every file of lib/kunit and of
 * our suites, as if the kernel had KUnit. See prepare.
 */
#ifndef PAGETREE_KUNIT_OOT_H
#define PAGETREE_KUNIT_OOT_H

/* Before the options below: struct module and task_struct stay as in the kernel. */
#include <linux/module.h>
#include <linux/sched.h>

#define CONFIG_KUNIT_MODULE		1
#define CONFIG_KUNIT_DEBUGFS		1
#define CONFIG_KUNIT_DEFAULT_ENABLED	1
#define CONFIG_KUNIT_AUTORUN_ENABLED	1
#define CONFIG_KUNIT_DEFAULT_TIMEOUT	300
#define CONFIG_KUNIT_DEFAULT_FILTER	""
#define CONFIG_KUNIT_DEFAULT_FILTER_GLOB	""
#define CONFIG_KUNIT_DEFAULT_FILTER_ACTION	""

/* Replaces current->kunit_test: only one test runs at a time. */
extern struct kunit *kunit_current;

/* The prepared test-bug.h, before another header includes the kernel's. */
#include "test-bug.h"

/* Fake devices need symbols that the kernel does not export. */
#define _KUNIT_DEVICE_IMPL_H
static inline int kunit_bus_init(void)
{
	return 0;
}

static inline void kunit_bus_shutdown(void)
{
}

#include <kunit/test.h>

/* The module loader of such a kernel does not run suites: oot.c does. */
extern struct kunit_suite *kunit_suites[];

#undef kunit_test_suites
#define kunit_test_suites(suites...)	\
	struct kunit_suite *kunit_suites[] = { suites, NULL }

#endif /* PAGETREE_KUNIT_OOT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included ahead of every file of lib/kunit and of our suites where the kernel
 * was built without KUnit, so that they think it was not. See prepare.
 */
#ifndef PAGETREE_KUNIT_OOT_H
#define PAGETREE_KUNIT_OOT_H

/* struct module and struct task_struct stay what the kernel has. */
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

/* Stands for current->kunit_test: one test runs at a time. */
extern struct kunit *kunit_current;

/* The prepared one, before any other file includes the kernel's. */
#include "test-bug.h"

/* Fake devices need symbols that aren't exported. */
#define _KUNIT_DEVICE_IMPL_H
static inline int kunit_bus_init(void)
{
	return 0;
}

static inline void kunit_bus_shutdown(void)
{
}

#include <kunit/test.h>

/* The loader of such a kernel doesn't look for suites: oot.c does. */
extern struct kunit_suite *kunit_suites[];

#undef kunit_test_suites
#define kunit_test_suites(suites...)	\
	struct kunit_suite *kunit_suites[] = { suites, NULL }

#endif /* PAGETREE_KUNIT_OOT_H */

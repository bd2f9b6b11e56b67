// SPDX-License-Identifier: GPL-2.0-only
/* Runs the suites on kernels whose module loader does not; see oot.h. */
#include "oot-version.h"

static int kunit_suites_count(void)
{
	int count = 0;

	while (kunit_suites[count])
		count++;

	return count;
}

static int __init kunit_suites_init(void)
{
	return __kunit_test_suites_init(kunit_suites, kunit_suites_count()
					KUNIT_RUN_TESTS);
}
module_init(kunit_suites_init);

static void __exit kunit_suites_exit(void)
{
	__kunit_test_suites_exit(kunit_suites, kunit_suites_count());
}
module_exit(kunit_suites_exit);

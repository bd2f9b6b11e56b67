// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the geometry of the kernel's page tables, found out without pagetree: the bytes
 * of a page and their log2, the bytes of a huge page, the entries of a table and their
 * log2, the number of levels, the entries of the root for user space, the end of what
 * these map, and whether execution can be forbidden.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "memory.h"

int main(void)
{
	const unsigned int bits = address_bits(), levels = levels_of(bits);
	const unsigned long root_entries = root_entries_of(bits);

	printf("%lu %u %lu ", PAGE, log2_of(PAGE), HUGE);
	printf("%lu %u ", IN_HUGE, log2_of(IN_HUGE));
	printf("%u %lu ", levels, root_entries);
	printf("%llu %d\n", (unsigned long long)root_entries << shift_of(levels), have_nx());

	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * sizes: prints what the kernel says of its page tables, asked elsewhere than in
 * pagetree: the bytes of a page and their log2, those of a huge page, the entries
 * of a table and their log2, the levels, the user's entries of the root and
 * where what they map ends, and whether execution can be forbidden.
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

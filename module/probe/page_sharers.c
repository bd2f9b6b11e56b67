// SPDX-License-Identifier: GPL-2.0-only
/* Compiles where struct page counts the sharers of a table; see compat.h. */
#include <linux/mm_types.h>

int probe(struct page *table);
int probe(struct page *table)
{
	return table->pt_share_count.counter;
}

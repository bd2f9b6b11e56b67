// SPDX-License-Identifier: GPL-2.0-only
/* Compiles where struct ptdesc counts the sharers of a table; see compat.h. */
#include <linux/mm_types.h>

int probe(struct ptdesc *table);
int probe(struct ptdesc *table)
{
	return ptdesc_pmd_pts_count(table);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Measures how many pages the TLBs hold. */
#ifndef PAGETREE_PROBE_H
#define PAGETREE_PROBE_H

#include "tlb/knee.h"

/**
 * probe_pages() - find where more pages make an access slower
 * @page_size: bytes
 * @pages: most pages to try
 * @huge: use transparent huge pages
 * @knees: array of @room elements, one for each level of TLBs
 * @why: set to the reason if none is found
 *
 * Takes about a second of this CPU.
 *
 * Return: the number of knees found.
 */
size_t probe_pages(uint64_t page_size, size_t pages, bool huge,
		   struct knee *knees, size_t room, const char **why);

#endif /* PAGETREE_PROBE_H */

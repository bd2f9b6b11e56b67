/* SPDX-License-Identifier: GPL-2.0-only */
/* How many pages are too many for the TLBs, measured. */
#ifndef PAGETREE_PROBE_H
#define PAGETREE_PROBE_H

#include "tlb/knee.h"

/**
 * probe_pages() - what the number of pages does to the time of an access
 * @page_size: bytes
 * @pages: as many as are tried, at most
 * @huge: transparent huge pages
 * @knees: room for @room of them, one for each TLB level
 * @why: there is none
 *
 * Return: how many there are. Takes about a second of this CPU.
 */
size_t probe_pages(uint64_t page_size, size_t pages, bool huge,
		   struct knee *knees, size_t room, const char **why);

#endif /* PAGETREE_PROBE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts pages of a process with pagemap, kpageflags and PAGEMAP_SCAN. */
#ifndef PAGETREE_PAGES_H
#define PAGETREE_PAGES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct pages - numbers of pages in a range
 * @present: mapped pages
 * @swapped: swap and migration entries
 * @ksm: pages that KSM may share: KPF_KSM is set, and they are mapped elsewhere, too.
 *	In Linux 6.12 all anonymous pages have that flag.
 * @compound: mapped pages that are part of a huge page of level 2
 * @shared: mapped anonymous pages that khugepaged takes for shared: other processes map
 *	them, or since Linux 6.9 any part of their huge page
 * @lazy: anonymous pages that MADV_FREE has given back and nobody has written since
 * @referenced: pages that the kernel has noted as used; the tables may know of more
 * @block: all pages are there, and contiguous and aligned in physical memory, too
 */
struct pages {
	unsigned int present;
	unsigned int swapped;
	unsigned int ksm;
	unsigned int compound;
	unsigned int shared;
	unsigned int lazy;
	unsigned int referenced;
	bool block;
};

/**
 * pages_look() - count the pages of a range by kind
 * @start: start of the range, aligned to @size
 * @size: bytes of the range, a huge page
 * @page: bytes of a small page
 *
 * Return: false if pagemap or kpageflags cannot be read: the tool does not run
 *	as root, or captured files are read.
 */
bool pages_look(pid_t pid, uint64_t start, uint64_t size, uint64_t page,
		struct pages *pages);

/**
 * struct zeros - zero pages, which smaps does not count
 * @fd: pagemap; -1 if the kernel has no PAGEMAP_SCAN
 * @small: bytes of the last range that small zero pages map
 * @large: bytes of the last range that huge zero pages map
 * @knows_large: the kernel reports huge zero pages: it is Linux 6.16 or newer,
 *	or it has reported one
 */
struct zeros {
	int fd;
	uint64_t small;
	uint64_t large;
	bool knows_large;
};

void zeros_open(struct zeros *zeros, pid_t pid);
/* Sets @small and @large for a range; closes @fd if the kernel cannot scan. */
void zeros_scan(struct zeros *zeros, uint64_t start, uint64_t end);
void zeros_close(struct zeros *zeros);

#endif /* PAGETREE_PAGES_H */

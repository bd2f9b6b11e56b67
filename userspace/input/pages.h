/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a process: pagemap, kpageflags and PAGEMAP_SCAN. */
#ifndef PAGETREE_PAGES_H
#define PAGETREE_PAGES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct pages - numbers of pages in a range
 * @present: mapped
 * @swapped: swap or migration entries, by pagemap
 * @ksm: of @present: shared by KSM
 * @compound: of @present: part of a huge page of level 2
 * @shared: of @present: anonymous, and mapped by other processes too
 */
struct pages {
	unsigned int present;
	unsigned int swapped;
	unsigned int ksm;
	unsigned int compound;
	unsigned int shared;
};

/**
 * pages_look() - count the pages of a range by kind
 * @start: of the range, aligned to @size
 * @size: bytes of a huge page
 * @page: bytes of a small one
 *
 * Return: false if pagemap and kpageflags cannot be read: not root, or an input.
 */
bool pages_look(pid_t pid, uint64_t start, uint64_t size, uint64_t page,
		struct pages *pages);

/**
 * struct zeros - zero pages, which smaps does not count
 * @fd: of pagemap; -1 if the kernel has no PAGEMAP_SCAN
 * @small: bytes on small pages, of the last range
 * @large: bytes on huge pages, of the last range
 * @knows_large: the kernel reports huge ones: Linux 6.16 or newer, or a
 *	backport of it that was seen to
 */
struct zeros {
	int fd;
	uint64_t small;
	uint64_t large;
	bool knows_large;
};

void zeros_open(struct zeros *zeros, pid_t pid);
void zeros_scan(struct zeros *zeros, uint64_t start, uint64_t end);
void zeros_close(struct zeros *zeros);

#endif /* PAGETREE_PAGES_H */

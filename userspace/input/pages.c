// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "input/pages.h"
#include "input/system.h"

#define PM_FRAME	((1ULL << 55) - 1)
#define PM_EXCLUSIVE	(1ULL << 56)
#define PM_FILE		(1ULL << 61)
#define PM_SWAP		(1ULL << 62)
#define PM_PRESENT	(1ULL << 63)

/* The flags of a frame in kpageflags; 0 if they cannot be read. */
static uint64_t frame_flags(int fd, uint64_t frame)
{
	uint64_t flags;

	return pread(fd, &flags, sizeof(flags), frame * sizeof(flags)) ==
			       sizeof(flags) ? flags : 0;
}

/**
 * struct look - reads the pages of one span
 * @flags, @counts: kpageflags and kpagecount
 * @per: pages of a huge page
 * @huge: first frame of the huge page seen last
 * @maps: how often the huge pages seen are mapped, all their frames together
 * @alone: compound pages of @pages that no other process maps
 */
struct look {
	int flags, counts;
	uint64_t per;
	uint64_t huge;
	uint64_t maps;
	unsigned int alone;
};

/* The flags of the compound page that a tail belongs to: the tail has few of its own. */
static uint64_t flags_of_head(const struct look *look, uint64_t frame)
{
	uint64_t size, flags;

	for (size = 2; size <= look->per; size *= 2) {
		flags = frame_flags(look->flags, frame & ~(size - 1));
		if (flags & 1ULL << KPF_COMPOUND_HEAD)
			return flags;
	}

	return 0;
}

/* Whether a frame is part of a compound page of at least @per frames. */
static bool is_compound(const struct look *look, uint64_t frame)
{
	const uint64_t first = frame & ~(look->per - 1);

	/* in smaller compound pages, the frame in the middle is a head */
	return frame_flags(look->flags, first) & 1ULL << KPF_COMPOUND_HEAD &&
	       frame_flags(look->flags, first + look->per / 2) &
		       1ULL << KPF_COMPOUND_TAIL;
}

/* Adds the mappings of all frames of a huge page, unless it was the last. */
static void add_maps(struct look *look, uint64_t first)
{
	uint64_t count, i;

	if (look->huge == first)
		return;
	look->huge = first;
	for (i = first; i < first + look->per; i++)
		if (pread(look->counts, &count, sizeof(count),
			  i * sizeof(count)) == sizeof(count))
			look->maps += count;
}

static void count_page(struct pages *pages, struct look *look, uint64_t entry)
{
	const uint64_t frame = entry & PM_FRAME;
	const bool alone = entry & PM_EXCLUSIVE;
	uint64_t flags;

	if (entry & PM_SWAP)
		pages->swapped++;
	if (!(entry & PM_PRESENT))
		return;
	pages->present++;
	flags = frame_flags(look->flags, frame);
	pages->ksm += flags & 1ULL << KPF_KSM && !alone;
	pages->shared += !alone && !(entry & PM_FILE);
	if (flags & (1ULL << KPF_COMPOUND_HEAD | 1ULL << KPF_COMPOUND_TAIL) &&
	    is_compound(look, frame)) {
		pages->compound++;
		look->alone += alone;
		add_maps(look, frame & ~(look->per - 1));
	}
	if (flags & 1ULL << KPF_COMPOUND_TAIL)
		flags |= flags_of_head(look, frame);
	pages->referenced += !!(flags & 1ULL << KPF_REFERENCED);
	pages->lazy += flags & 1ULL << KPF_ANON &&
		       !(flags & 1ULL << KPF_SWAPBACKED);
}

/* Linux 6.9 asks folio_likely_mapped_shared(): a huge page is shared as a whole. */
static void share_whole(struct pages *pages, const struct look *look)
{
	if (look->maps > pages->compound && proc_is_since(6, 9, false))
		pages->shared += look->alone;
}

/* Whether the entries map a block of memory. Without CAP_SYS_ADMIN all frames read as 0. */
static bool is_block(const uint64_t *entries, size_t count)
{
	const uint64_t first = entries[0] & PM_FRAME;
	size_t i;

	for (i = 0; i < count; i++)
		if (!(entries[i] & PM_PRESENT) ||
		    (entries[i] & PM_FRAME) != first + i)
			return false;

	return first % count == 0;
}

bool pages_look(pid_t pid, uint64_t start, uint64_t size, uint64_t page,
		struct pages *pages)
{
	const size_t count = size / page;
	const ssize_t bytes = count * sizeof(uint64_t);
	uint64_t *entries = resize(NULL, count, sizeof(*entries));
	const int map = proc_open(pid, "pagemap");
	struct look look = {
		.flags = proc_open(0, "kpageflags"),
		.counts = proc_open(0, "kpagecount"),
		.per = count,
		.huge = UINT64_MAX,
	};
	const bool readable = map >= 0 && look.flags >= 0 &&
			      pread(map, entries, bytes,
				    start / page * sizeof(*entries)) == bytes;
	size_t i;

	*pages = (struct pages) { 0 };
	for (i = 0; readable && i < count; i++)
		count_page(pages, &look, entries[i]);
	share_whole(pages, &look);
	pages->block = readable && is_block(entries, count);
	if (map >= 0)
		close(map);
	if (look.flags >= 0)
		close(look.flags);
	if (look.counts >= 0)
		close(look.counts);
	free(entries);

	return readable;
}

/* Zero pages */

/* from linux/fs.h of Linux 6.7 */
#ifndef PAGEMAP_SCAN
#define PAGEMAP_SCAN		_IOWR('f', 16, struct pm_scan_arg)
struct page_region {
	uint64_t start, end, categories;
};

struct pm_scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages,
		category_inverted, category_mask, category_anyof_mask,
		return_mask;
};
#define PAGE_IS_PFNZERO		(1 << 5)
#define PAGE_IS_HUGE		(1 << 6)
#endif

#define REGIONS	512	/* that one ioctl() returns at most */

void zeros_open(struct zeros *zeros, pid_t pid)
{
	*zeros = (struct zeros) {
		.fd = proc_open(pid, "pagemap"),
		.knows_large = proc_is_since(6, 16, false),
	};
}

void zeros_scan(struct zeros *zeros, uint64_t start, uint64_t end)
{
	struct page_region regions[REGIONS];
	struct pm_scan_arg arg = {
		.size = sizeof(arg), .start = start, .end = end,
		.vec = (uintptr_t)regions, .vec_len = REGIONS,
		.category_mask = PAGE_IS_PFNZERO,
		.return_mask = PAGE_IS_PFNZERO | PAGE_IS_HUGE,
	};
	int got, i;

	zeros->small = 0;
	zeros->large = 0;
	for (; zeros->fd >= 0 && arg.start < arg.end; arg.start = arg.walk_end) {
		got = ioctl(zeros->fd, PAGEMAP_SCAN, &arg);
		if (got < 0 || arg.walk_end <= arg.start) {
			zeros_close(zeros);
			return;
		}
		for (i = 0; i < got; i++)
			*(regions[i].categories & PAGE_IS_HUGE ?
			  &zeros->large : &zeros->small) +=
				regions[i].end - regions[i].start;
	}
	zeros->knows_large |= zeros->large;
}

void zeros_close(struct zeros *zeros)
{
	if (zeros->fd >= 0)
		close(zeros->fd);
	zeros->fd = -1;
}

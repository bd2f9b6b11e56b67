// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares pagetree with /proc/PID/pagemap, page by page.
 *
 *   oracle PID map     the file map: what is present, swapped, soft-dirty and protected by
 *                      userfaultfd; where it has a column phys, the frames
 *   oracle PID scan    the same by the ioctl PAGEMAP_SCAN, which knows huge and zero pages
 *   oracle PID contig  the columns contigN of vmas, of VMAs whose leaves let the same through
 *   oracle PID frames START END
 *                      prints the frames of these pages, one a line
 *
 * Prints what differs, then a line of sums. Exits with 0 if nothing differs and something was
 * compared, 1 if not, 4 if this kernel has no PAGEMAP_SCAN. The process must not run.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "memory.h"

#define PAGETREE	"/sys/kernel/debug/pagetree"

/* Of /proc/PID/pagemap, beside those of memory.h */
#define UFFD		(1ULL << 57)
#define FRAME		((1ULL << 55) - 1)

/* What only PAGEMAP_SCAN tells of a page, in bits that are free in an entry of pagemap */
#define ZERO		(1ULL << 0)
#define LARGE		(1ULL << 1)

/* A VMA of smaps */
struct vma {
	unsigned long start, end;
	bool softdirty;		/* each page reads as soft-dirty */
	bool hugetlb;
	bool pfnmap;		/* pagemap has nothing about it */
};

/* An extent of map */
struct extent {
	unsigned long start, end;
	unsigned int level;
	uint64_t phys;
	uint64_t bits;
};

static const char *pid;
static int pagemap_fd;
static struct vma *vmas;
static size_t vma_count;
static struct extent *extents;
static size_t extent_count;
static bool physical;
static unsigned long equal, differ;

static FILE *open_of(const char *format)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), format, pid);
	file = fopen(path, "r");
	if (!file)
		err(1, "%s", path);

	return file;
}

/* Makes room for another element. */
static void *grow(void *array, size_t count, size_t size)
{
	array = realloc(array, (count + 1) * size);
	if (!array)
		err(1, "no memory");

	return array;
}

static void read_smaps(void)
{
	FILE *smaps = open_of("/proc/%s/smaps");
	unsigned long start, end;
	char line[4096], perms[5];
	struct vma *vma = NULL;

	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, perms) == 3) {
			vmas = grow(vmas, vma_count, sizeof(*vmas));
			vma = &vmas[vma_count++];
			*vma = (struct vma) { .start = start, .end = end };
		} else if (vma && !strncmp(line, "VmFlags:", 8)) {
			vma->softdirty = strstr(line, " sd");
			vma->hugetlb = strstr(line, " ht");
			vma->pfnmap = strstr(line, " pf");
		}
	}
	fclose(smaps);
}

/* The bits of an extent, by its kind and flags. */
static uint64_t extent_bits(const char *kind, const char *flags, int level)
{
	uint64_t bits;

	if (!strcmp(kind, "leaf") || !strcmp(kind, "zero") ||
	    !strcmp(kind, "special"))
		bits = PRESENT;
	else
		bits = SWAPPED;
	if (!strcmp(kind, "zero"))
		bits |= ZERO;
	if (level > 1)
		bits |= LARGE;
	if (strchr(flags, 's'))
		bits |= SOFT_DIRTY;
	/* a marker is write-protection of a page that is not there */
	if (strchr(flags, 'p') || !strcmp(kind, "uffd"))
		bits |= UFFD;

	return bits;
}

static void read_map(void)
{
	FILE *map = open_of(PAGETREE "/%s/map");
	char line[1024], kind[32], flags[32];
	struct extent extent;
	unsigned int fields;

	while (fgets(line, sizeof(line), map)) {
		if (!strncmp(line, "start\t", 6))
			physical = strstr(line, "\tphys");
		fields = sscanf(line, "0x%lx 0x%lx %u %*u %*u %31s %31s %*u 0x%" SCNx64,
				&extent.start, &extent.end, &extent.level, kind,
				flags, &extent.phys);
		if (fields < 5)
			continue;
		extent.bits = extent_bits(kind, flags, extent.level);
		extents = grow(extents, extent_count, sizeof(*extents));
		extents[extent_count++] = extent;
	}
	fclose(map);
}

/* The extent that has @address or is the next behind it; addresses ascend. */
static const struct extent *extent_at(unsigned long address)
{
	static size_t at;

	while (at < extent_count && extents[at].end <= address)
		at++;

	return at < extent_count ? &extents[at] : NULL;
}

static void differs(unsigned long address, const char *what, uint64_t kernel,
		uint64_t pagetree)
{
	if (differ++ < 20)
		printf("0x%lx: %s: kernel 0x%llx, pagetree 0x%llx\n", address, what,
		       (unsigned long long)kernel, (unsigned long long)pagetree);
}

/* Entries of pagemap, from @page on. */
static size_t read_pagemap(unsigned long page, uint64_t *entries, size_t count)
{
	ssize_t got = pread(pagemap_fd, entries, count * sizeof(*entries),
			    page * sizeof(*entries));

	if (got <= 0)
		err(1, "pagemap");

	return got / sizeof(*entries);
}

static void compare_page(const struct vma *vma, unsigned long address,
			 uint64_t entry)
{
	const struct extent *extent = extent_at(address);
	uint64_t mask = PRESENT | SWAPPED | UFFD, ours = 0, frame;

	if (extent && extent->start <= address)
		ours = extent->bits;
	if (!vma->softdirty && !vma->hugetlb && ours)
		mask |= SOFT_DIRTY;
	if ((entry & mask) != (ours & mask)) {
		differs(address, "bits", entry & mask, ours & mask);
		return;
	}
	equal += !!ours;
	if (!physical || !(ours & PRESENT))
		return;
	frame = (extent->phys + address - extent->start) / PAGE;
	if ((entry & FRAME) != frame)
		differs(address, "frame", entry & FRAME, frame);
}

/* The larger ones only where there is an extent: pagemap needs a second a TiB. */
#define WHOLE	(16ULL << 30)

static bool too_large(unsigned long start, unsigned long end)
{
	const uint64_t bytes = end - start;

	return bytes > WHOLE;
}

static void compare_map(void)
{
	static uint64_t entries[65536];
	const struct extent *extent;
	unsigned long address;
	size_t i, n, got;

	for (i = 0; i < vma_count; i++) {
		const struct vma *vma = &vmas[i];

		if (vma->pfnmap)
			continue;
		for (address = vma->start; address < vma->end; ) {
			if (too_large(vma->start, vma->end)) {
				extent = extent_at(address);
				if (!extent || extent->start >= vma->end)
					break;
				if (address < extent->start)
					address = extent->start;
			}
			n = (vma->end - address) / PAGE;
			got = read_pagemap(address / PAGE, entries,
					   n < 65536 ? n : 65536);
			for (n = 0; n < got; n++, address += PAGE)
				compare_page(vma, address, entries[n]);
		}
	}
}

/* Compares a region of PAGEMAP_SCAN with the extents there. */
static void compare_region(const struct page_region *region)
{
	const uint64_t categories = region->categories;
	const struct extent *extent;
	unsigned long address;
	uint64_t mask, theirs;

	theirs = (categories & PAGE_IS_PRESENT ? PRESENT : 0) |
		 (categories & PAGE_IS_SWAPPED ? SWAPPED : 0) |
		 (categories & PAGE_IS_PFNZERO ? ZERO : 0) |
		 (categories & PAGE_IS_HUGE ? LARGE : 0) |
		 (categories & PAGE_IS_SOFT_DIRTY ? SOFT_DIRTY : 0);
	for (address = region->start; address < region->end; address += PAGE) {
		extent = extent_at(address);
		if (!extent || extent->start > address) {
			differs(address, "scan", theirs, 0);
			continue;
		}
		mask = PRESENT | SWAPPED | SOFT_DIRTY | LARGE;
		/* before 6.16 it took the small zero page for the huge one on higher levels */
		if (extent->level == 1)
			mask |= ZERO;
		if ((theirs & mask) != (extent->bits & mask))
			differs(address, "scan", theirs & mask, extent->bits & mask);
		else
			equal++;
	}
}

static void compare_scan(void)
{
	static struct page_region regions[512];
	struct pm_scan_arg arg = {
		.size = sizeof(arg), .vec = (uintptr_t)regions, .vec_len = 512,
		.category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
		.return_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED | PAGE_IS_PFNZERO |
			       PAGE_IS_HUGE | PAGE_IS_SOFT_DIRTY,
	};
	unsigned long scanned, pages = 0;
	size_t i, e = 0;
	int got, n;

	for (i = 0; i < vma_count; i++) {
		if (vmas[i].pfnmap)
			continue;
		for (; e < extent_count && extents[e].start < vmas[i].end; e++)
			if (extents[e].start >= vmas[i].start)
				pages += (extents[e].end - extents[e].start) / PAGE;
		arg.start = vmas[i].start;
		arg.end = vmas[i].end;
		while (arg.start < arg.end) {
			got = ioctl(pagemap_fd, PAGEMAP_SCAN, &arg);
			if (got < 0 && (errno == ENOTTY || errno == EINVAL))
				exit(4);
			if (got < 0)
				err(1, "PAGEMAP_SCAN");
			for (n = 0; n < got; n++)
				compare_region(&regions[n]);
			arg.start = arg.walk_end;
		}
	}
	scanned = equal + differ;
	if (scanned != pages)
		differs(0, "pages", scanned, pages);
}

/* Whether @count entries map one aligned block, @step frames each. */
static bool is_block(const uint64_t *frames, unsigned int count,
		     unsigned long step)
{
	unsigned int i;

	if (!(frames[0] & PRESENT) || (frames[0] & FRAME) % (count * step))
		return false;
	for (i = 1; i < count; i++)
		if (!(frames[i] & PRESENT) ||
		    (frames[i] & FRAME) != (frames[0] & FRAME) + i * step)
			return false;

	return true;
}

/* From the whole table down: a range that is not a block is divided into halves. */
static void count_blocks(const uint64_t *frames, unsigned int count,
			 unsigned int shift, unsigned long *blocks)
{
	unsigned int log = shift;

	if (is_block(frames, count, (1UL << shift) / PAGE)) {
		while (count >>= 1)
			log++;
		blocks[log]++;
	} else if (count > 1) {
		count_blocks(frames, count / 2, shift, blocks);
		count_blocks(frames + count / 2, count / 2, shift, blocks);
	}
}

/* Blocks of [@start, @end), whose leaves are all of 2^@shift bytes. */
static void range_blocks(unsigned long start, unsigned long end,
			 unsigned int shift, unsigned long *blocks)
{
	/* a table can map all of a 32-bit address space */
	const uint64_t size = 1UL << shift, reach = IN_HUGE * size;
	uint64_t frames[IN_HUGE], table, address;
	unsigned long i;

	for (table = start & ~(reach - 1); table < end; table += reach) {
		memset(frames, 0, sizeof(frames));
		for (i = 0; i < IN_HUGE; i++) {
			address = table + i * size;
			if (address >= start && address < end)
				read_pagemap(address / PAGE, &frames[i], 1);
		}
		count_blocks(frames, IN_HUGE, shift, blocks);
	}
}

static char **columns;
static unsigned int column_count;

static size_t column(const char *wanted)
{
	size_t i;

	for (i = 0; i < column_count; i++)
		if (!strcmp(columns[i], wanted))
			return i;
	errx(1, "vmas has no column %s", wanted);
}

static unsigned long value(char **row, const char *name, unsigned int number)
{
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "%s%u", name, number);

	return strtoul(row[column(wanted)], NULL, 10);
}

/* Whether the leaves of @level all are, or all are not. */
static bool uniform(char **row, const char *name, unsigned int level)
{
	unsigned long some = value(row, name, level);

	return !some || some == value(row, "leaf", level);
}

static void compare_row(char **row)
{
	const unsigned long start = strtoul(row[column("start")], NULL, 16);
	const unsigned long end = strtoul(row[column("end")], NULL, 16);
	unsigned long blocks[8 * sizeof(long)] = { };
	const unsigned int highest = levels_of(address_bits());
	unsigned int level, i, levels = 0;
	size_t shift = 0;

	if (too_large(start, end) || !strcmp(row[column("kind")], "pfnmap") ||
	    !strcmp(row[column("kind")], "special"))
		return;
	for (level = 1; level <= 3 && level <= highest; level++) {
		if (!value(row, "leaf", level))
			continue;
		levels++;
		shift = shift_of(level);
		if (!uniform(row, "writable", level) ||
		    !uniform(row, "executable", level) ||
		    !uniform(row, "user", level) ||
		    !uniform(row, "pkey", level) ||
		    !uniform(row, "protnone", level) ||
		    value(row, "special", level))
			return;
	}
	if (levels != 1)
		return;
	range_blocks(start, end, shift, blocks);
	for (i = shift_of(1); i <= 30; i++) {
		if (blocks[i] != value(row, "contig", i)) {
			differs(start, "blocks", blocks[i], value(row, "contig", i));
			return;
		}
	}
	equal++;
}

static void compare_contig(void)
{
	FILE *file = open_of(PAGETREE "/%s/vmas");
	static char header[65536], line[65536];
	static char *names[512], *fields[512];

	while (fgets(line, sizeof(line), file)) {
		if (*line == '#')
			continue;
		if (!columns) {
			memcpy(header, line, sizeof(line));
			columns = names;
			column_count = split_fields(header, names, 512);
		} else if (split_fields(line, fields, 512) == column_count) {
			compare_row(fields);
		}
	}
	fclose(file);
}

static void print_frames(unsigned long start, unsigned long end)
{
	uint64_t entry;

	for (; start < end; start += PAGE) {
		read_pagemap(start / PAGE, &entry, 1);
		if (entry & PRESENT)
			printf("%llu\n", (unsigned long long)(entry & FRAME));
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	char path[64];

	pid = argc > 1 ? argv[1] : "";
	snprintf(path, sizeof(path), "/proc/%s/pagemap", pid);
	pagemap_fd = open(path, O_RDONLY);
	if (pagemap_fd < 0)
		err(1, "%s", path);

	if (!strcmp(what, "frames") && argc == 5) {
		print_frames(strtoul(argv[3], NULL, 16),
			     strtoul(argv[4], NULL, 16));
		return 0;
	}
	read_smaps();
	read_map();
	if (!strcmp(what, "map"))
		compare_map();
	else if (!strcmp(what, "scan"))
		compare_scan();
	else if (!strcmp(what, "contig"))
		compare_contig();
	else
		errx(2, "usage: oracle PID map|scan|contig|frames START END");
	printf("%lu equal, %lu differ\n", equal, differ);

	return differ || !equal;
}

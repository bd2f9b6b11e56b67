// SPDX-License-Identifier: GPL-2.0-only
/* Situations of huge pages: transparent ones and hugetlb. */
#define _GNU_SOURCE
#include <err.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>

#include "factory.h"

static void thp(void)
{
	char *p = map_huge(25 * HUGE);

	write_pages(p, 23, HUGE);
	expect(p, 25 * HUGE,
	       "leaf2=23 bytes2=%lu holes2=2 leaf1=0 tables1=0 tables2=%d used2=%d deposited=23 rss=%lu user2=23 dirty2=23 executable2=%d",
	       23 * HUGE, own >= 2, own >= 2 ? 23 : 0, 23 * HUGE, nx ? 0 : 23);
}

static void thp_zero(void)
{
	char *p = map_huge(3 * HUGE);

	read_pages(p, 3, HUGE);
	expect(p, 3 * HUGE,
	       "leaf2=3 zero2=3 rss=0 deposited=3 tables1=0 tables2=%d writable2=0 dirty2=0",
	       own >= 2);
}

static void thp_split(void)
{
	char *p = map_huge(3 * HUGE), *hit = p + HUGE + 7 * PAGE;

	write_pages(p, 3, HUGE);
	protect_pages(hit, PAGE, PROT_READ);
	expect(p, 3 * HUGE,
	       "leaf2=2 leaf1=%lu tables1=1 deposited=2 rss=%lu",
	       IN_HUGE, 3 * HUGE);
	expect(hit, PAGE, "leaf1=1 tables1=0 borrowed1=1");
}

static void thp_closed(void)
{
	char *p = map_huge(5 * HUGE);

	write_pages(p, 5, HUGE);
	protect_pages(p, 5 * HUGE, PROT_NONE);
	expect(p, 5 * HUGE, "leaf2=5 protnone2=5 numahint2=0 user2=0 executable2=0 deposited=5 rss=%lu",
	       5 * HUGE);
}

static void thp_swapped(void)
{
	char *p = map_huge(2 * HUGE);

	/* pages of zeros would not be swapped out but become the zero page */
	memset(p, 1, 2 * HUGE);
	page_out(p, IN_HUGE);
	expect(p, 2 * HUGE,
	       "leaf1=0 swap1=%lu leaf2=1 tables1=1 deposited=1 rss=%lu",
	       IN_HUGE, HUGE);
}

/* One huge page, which khugepaged leaves alone when it is split. */
static char *map_one_huge(void)
{
	char *p = map_huge(HUGE);

	memset(p, 1, HUGE);
	advise(p, HUGE, MADV_NOHUGEPAGE);

	return p;
}

/* Expects a huge page without @count pages from @hole on, in blocks as large as possible. */
static void expect_holed(const char *p, unsigned long hole, unsigned long count)
{
	const unsigned int small = shift_of(1), most = shift_of(2);
	unsigned int blocks[8 * sizeof(long)] = { };
	unsigned long at, size, left = IN_HUGE - count;
	char wanted[WANTED] = "";
	unsigned int order;

	for (at = 0; at < IN_HUGE; at += size) {
		size = IN_HUGE;
		while (at % size || (at < hole + count && hole < at + size && size > 1))
			size /= 2;
		blocks[log2_of(size)] += at < hole || at >= hole + count;
	}
	for (order = 0; order <= most - small; order++)
		add(wanted, " contig%u=%u", small + order, blocks[order]);
	expect(p, HUGE, "leaf1=%lu leaf2=0 holes1=%lu deposited=0 fill%u=1 rss=%lu%s",
	       left, count, log2_of(left) + 1, left * PAGE, wanted);
}

static void thp_holed(void)
{
	char *p = map_one_huge();

	advise(p + 7 * PAGE, PAGE, MADV_DONTNEED);
	expect_holed(p, 7, 1);
}

static void thp_cut(void)
{
	const unsigned long hole = IN_HUGE / 2 - 5;
	char *p = map_one_huge();

	advise(p + hole * PAGE, 3 * PAGE, MADV_DONTNEED);
	expect_holed(p, hole, 3);
}

static void thp_remerged(void)
{
	char *p = map_one_huge(), *hit = p + 7 * PAGE;
	const unsigned int most = shift_of(2);

	protect_pages(hit, PAGE, PROT_READ);
	protect_pages(hit, PAGE, PROT_READ | PROT_WRITE);
	write_pages(hit, 1, PAGE);
	expect(p, HUGE, "rows=1 leaf1=%lu leaf2=0 tables1=1 deposited=0 contig%u=1 contig%u=0 contig%u=0",
	       IN_HUGE, most, most - 1, shift_of(1));
}

static void shmem_thp(void)
{
	char *p = map(3 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(3 * HUGE, 0));

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 3, HUGE);
	expect(p, 3 * HUGE, "leaf2=3 leaf1=0 deposited=0 rss=%lu tables2=%d",
	       3 * HUGE, own >= 2);
}

static char *map_hugetlb(size_t size, unsigned int level)
{
	return map(size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		   shift_of(level) << MAP_HUGE_SHIFT, -1);
}

static int memfd_hugetlb(size_t size)
{
	return memfd(size, MFD_HUGETLB | shift_of(2) << MFD_HUGE_SHIFT);
}

static void hugetlb(void)
{
	char *p = map_hugetlb(11 * HUGE, 2);

	write_pages(p, 7, HUGE);
	expect(p, 11 * HUGE,
	       "leaf2=7 holes2=4 rss=%lu deposited=0 tables1=0 tables2=%d used2=%d shared2=0 sharers2=0",
	       7 * HUGE, own >= 2, own >= 2 ? 7 : 0);
}

static unsigned long hugetlb_pool(unsigned int shift)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%lukB/nr_hugepages",
		 (1UL << shift) / KIB);

	return number_in(path, "%lu");
}

static void hugetlb_runs(void)
{
	unsigned int shift, level, sizes = 0;
	unsigned long entries;
	char *p;

	for (shift = shift_of(1) + 1; shift < shift_of(3); shift++) {
		if (shift == shift_of(2) || hugetlb_pool(shift) < 2)
			continue;
		level = shift < shift_of(2) ? 1 : 2;
		entries = 1UL << (shift - shift_of(level));
		p = map(3UL << shift, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
			shift << MAP_HUGE_SHIFT, -1);
		write_pages(p, 2, 1UL << shift);
		expect(p, 3UL << shift, "leaf%u=%lu conthint%u=%lu holes%u=%lu rss=%lu kind=hugetlb",
		       level, 2 * entries, level, 2 * entries, level, entries,
		       2UL << shift);
		sizes++;
	}
	if (!sizes)
		skip("hugetlb has no pages of several entries here");
}

static void hugetlb_closed(void)
{
	char *p = map(3 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd_hugetlb(3 * HUGE));

	write_pages(p, 3, HUGE);
	protect_pages(p, 3 * HUGE, PROT_NONE);
	expect(p, 3 * HUGE, "leaf2=3 protnone2=3 rss=%lu tables2=%d", 3 * HUGE,
	       own >= 2);
}

/*
 * Hugetlb of two level-2 tables in two processes, 5 pages touched by both: the
 * kernel lets them share the table, and counts it for each.
 */
static void hugetlb_shared(void)
{
	const unsigned int shift = shift_of(3);
	const size_t size = 1UL << shift % (8 * sizeof(long));
	char *p, *half, byte;
	int ready[2];

	if (shift + 1 > log2_of(window() / 4)) {
		skip("user space is too small");
		return;
	}
	p = map(2 * size, PROT_READ | PROT_WRITE, MAP_SHARED,
		memfd_hugetlb(2 * size));
	half = p + size;
	write_pages(half, 5, HUGE);
	if (pipe(ready))
		err(1, "%s: pipe", situation);
	switch (fork_bound()) {
	case -1:
		err(1, "%s: fork", situation);
	case 0:
		read_pages(half, 5, HUGE);
		(void)!write(ready[1], "", 1);
		pause();
		_exit(0);
	}
	(void)!read(ready[0], &byte, 1);
	expect(p, 2 * size,
	       "leaf2=5 rss=%lu holes3=1 holes2=%lu tables2=1 tables3=%d used2=5 shared2=1 sharers2=1",
	       5 * HUGE, IN_HUGE - 5, own >= 3);
}

static void gigantic(void)
{
	const size_t size = 1UL << shift_of(3);
	char *p = map_hugetlb(size, 3);

	write_pages(p, 1, PAGE);
	expect(p, size, "leaf3=1 bytes3=%zu rss=%zu tables1=0 tables2=0 tables3=%d",
	       size, size, own >= 3);
}

/* the same without access: only the PTE form of the entry is present */
static void gigantic_closed(void)
{
	const size_t size = 1UL << shift_of(3);
	char *p = map_hugetlb(size, 3);

	write_pages(p, 1, PAGE);
	protect_pages(p, size, PROT_NONE);
	expect(p, size, "leaf3=1 protnone3=1 rss=%zu bad3=0", size);
}

const struct situation huge_situations[] = {
	{ "thp", thp, "23 huge pages written, 2 never touched" },
	{ "thp-zero", thp_zero, "3 huge pages read and never written" },
	{ "thp-split", thp_split, "3 huge pages, a small page of the second read-only: that one is mapped by small entries, in 3 VMAs" },
	{ "thp-closed", thp_closed, "5 huge pages written, then without access" },
	{ "thp-swapped", thp_swapped, "2 huge pages, the first swapped out in small ones; needs swap" },
	{ "thp-holed", thp_holed, "a huge page without page 7: contiguous blocks of [4 2 1] and [8 16 32...] pages" },
	{ "thp-cut", thp_cut, "a huge page without 3 pages before its middle: [128 64 32 16 8 2 1] and [2 256] pages" },
	{ "thp-remerged", thp_remerged, "a huge page that was split for one page, which is like the others again" },
	{ "shmem-thp", shmem_thp, "3 huge pages of a memfd: the kernel deposits no tables for these" },
	{ "hugetlb", hugetlb, "7 private pages of hugetlb written, 4 never touched" },
	{ "hugetlb-runs", hugetlb_runs, "2 pages of hugetlb of each size that takes several entries, and 1 never touched" },
	{ "hugetlb-closed", hugetlb_closed, "3 shared pages of hugetlb written, then without access" },
	{ "hugetlb-shared", hugetlb_shared, "hugetlb of two level-2 tables; two processes share one with 5 pages in it" },
	{ "gigantic", gigantic, "1 page of hugetlb on level 3, mostly of 1 GiB" },
	{ "gigantic-closed", gigantic_closed, "the same without access" },
	{ }
};

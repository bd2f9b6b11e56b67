// SPDX-License-Identifier: GPL-2.0-only
/* Situations of small pages. */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "factory.h"

static void small(void)
{
	char *p = map_small(64 * PAGE);

	write_pages(p, 29, PAGE);
	expect(p, 64 * PAGE,
	       "leaf1=29 bytes1=%lu holes1=35 hole_bytes=%lu rss=%lu tables1=1 tables2=%d tables3=%d borrowed1=0 zero1=0 deposited=0",
	       29 * PAGE, 35 * PAGE, 29 * PAGE, own >= 2, own >= 3);
}

static void zero(void)
{
	char *p = map_small(64 * PAGE);

	read_pages(p, 13, PAGE);
	expect(p, 64 * PAGE,
	       "leaf1=13 zero1=13 special1=0 bytes1=%lu rss=0 holes1=51 tables1=1",
	       13 * PAGE);
}

static void neighbours(void)
{
	char *p = map_small(36 * PAGE);

	write_pages(p, 36, PAGE);
	protect_pages(p + 17 * PAGE, 19 * PAGE, PROT_READ);
	expect(p, 17 * PAGE,
	       "leaf1=17 tables1=1 tables2=%d tables3=%d borrowed1=0 borrowed2=%d",
	       own >= 2, own >= 3, own < 2);
	expect(p + 17 * PAGE, 19 * PAGE,
	       "leaf1=19 tables1=0 tables2=0 tables3=0 borrowed1=1 borrowed2=1 borrowed3=1");
}

static void closed(void)
{
	char *p = map_small(64 * PAGE);

	write_pages(p, 23, PAGE);
	protect_pages(p, 64 * PAGE, PROT_NONE);
	expect(p, 64 * PAGE, "leaf1=23 protnone1=23 numahint1=0 user1=0 writable1=0 executable1=0 rss=%lu holes1=41",
	       23 * PAGE);
}

static void many(void)
{
	const unsigned long tables = (1009 + IN_HUGE - 1) / IN_HUGE;
	char *p = map_small(1009 * PAGE);
	unsigned int i;

	write_pages(p, 1009, PAGE);
	for (i = 1; i < 1009; i += 2)
		protect_pages(p + i * PAGE, PAGE, PROT_READ);
	expect(p, 1009 * PAGE,
	       "leaf1=1009 holes1=0 tables1=%lu tables2=%d borrowed1=%lu borrowed2=%d rows=1009",
	       tables, own >= 2, 1009 - tables, 1009 - (own >= 2));
}

static void high(void)
{
	char *place = (char *)(8 * window()), *p, wanted[WANTED] = "leaf1=11";
	unsigned int level;

	p = mmap(place, 11 * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		err(1, "%s: mmap", situation);
	if (p != place) {
		skip("no address is higher than those that mmap() chooses itself");
		return;
	}
	advise(p, 11 * PAGE, MADV_NOHUGEPAGE);
	write_pages(p, 11, PAGE);
	for (level = 1; level < levels; level++)
		add(wanted, " tables%u=1", level);
	expect(p, 11 * PAGE, "%s tables%u=0 borrowed%u=1", wanted, levels, levels);
}

static void order(void)
{
	const unsigned int down = argument && !strcmp(argument, "down");
	char *p = map_small(101 * PAGE);
	unsigned int i;

	for (i = 0; i < 101; i++)
		write_pages(p + (down ? 100 - i : i) * PAGE, 1, PAGE);
	expect(p, 101 * PAGE, "leaf1=101");
}

static void told_of_poison(int signal)
{
	(void)signal;
}

static void poisoned(void)
{
	char *p = map_small(11 * PAGE);

	write_pages(p, 11, PAGE);
	signal(SIGBUS, told_of_poison);
	if (madvise(p, 3 * PAGE, MADV_HWPOISON)) {
		skip("this kernel has no CONFIG_MEMORY_FAILURE");
		return;
	}
	expect(p, 11 * PAGE, "leaf1=8 hwpoison1=3 rss=%lu", 11 * PAGE);
}

static void swapped(void)
{
	char *p = map_small(30 * PAGE);

	write_pages(p, 30, PAGE);
	page_out(p, 19);
	expect(p, 30 * PAGE,
	       "leaf1=11 swap1=19 used1=30 softdirty1=%d rss=%lu bytes1=%lu",
	       have_soft_dirty() ? 30 : 0, 11 * PAGE, 11 * PAGE);
}

static void ksm(void)
{
	char *p = map_small(17 * PAGE);
	unsigned int i, same = 0, tries;

	memset(p, 'k', 17 * PAGE);
	advise(p, 17 * PAGE, MADV_MERGEABLE);
	write_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	write_text("/sys/kernel/mm/ksm/run", "1");
	for (tries = 0; tries < 300 && same != 17; tries++) {
		usleep(100000);
		for (same = 0, i = 0; i < 17; i++)
			same += pagemap(p + i * PAGE) << 9 == pagemap(p) << 9;
	}
	write_text("/sys/kernel/mm/ksm/run", "0");
	expect(p, 17 * PAGE, "leaf1=17 writable1=0 rss=%lu contig%u=17",
	       17 * PAGE, shift_of(1));
}

static unsigned long deeper(unsigned long pages)
{
	volatile char page[PAGE];

	page[0] = 1;

	return pages ? deeper(pages - 1) + page[0] : 0;
}

static void stack(void)
{
	size_t before, size;
	char *p = find_range("[stack]", &before);

	deeper(211);
	p = find_range("[stack]", &size);
	if (size < before + 150 * PAGE)
		errx(1, "%s: grew from %zu to %zu bytes", situation, before, size);
	expect(p, size, "rows=1 leaf1=%lu", count_pages(p, size / PAGE, PRESENT));
}

const struct situation page_situations[] = {
	{ "small", small, "29 pages written, 35 never touched" },
	{ "zero", zero, "13 pages read and never written, 51 never touched" },
	{ "neighbours", neighbours, "17 pages rw, 19 pages r: two VMAs in one PTE table" },
	{ "closed", closed, "23 pages written, then without access; 41 never touched" },
	{ "many", many, "1009 pages, every other one read-only: 1009 VMAs" },
	{ "high", high, "11 pages at an address that mmap() gives only on request, mostly with 5 levels" },
	{ "order", order, "101 pages touched in ascending order; order=down: in descending order" },
	{ "poisoned", poisoned, "3 pages with a memory failure, 8 without" },
	{ "swapped", swapped, "19 pages swapped out, 11 not; needs swap" },
	{ "ksm", ksm, "17 pages with equal content that KSM merges into one" },
	{ "stack", stack, "a stack that grew by 211 pages or more" },
	{ }
};

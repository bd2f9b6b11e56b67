// SPDX-License-Identifier: GPL-2.0-only
/* Situations of page tables: full, sparse, empty. */
#define _GNU_SOURCE

#include "factory.h"

static void scattered(void)
{
	char *p = map_small(17 * HUGE);

	write_pages(p, 17, HUGE);
	expect(p, 17 * HUGE,
	       "leaf1=17 holes1=%lu tables1=17 tables2=%d tables3=%d holes2=0 rss=%lu used1=17 used2=%d used3=%d fill1=17 empty1=0",
	       17 * (IN_HUGE - 1), own >= 2, own >= 3, 17 * PAGE,
	       own >= 2 ? 17 : 0, own >= 3);
}

static void late(void)
{
	char *p = map_small(12 * HUGE);

	write_pages(p + 11 * HUGE, 1, PAGE);
	expect(p, 12 * HUGE,
	       "leaf1=1 holes1=%lu holes2=11 tables1=1 tables2=%d hole_bytes=%lu",
	       IN_HUGE - 1, own >= 2, 12 * HUGE - PAGE);
}

static void emptied(void)
{
	char *p = map_small(5 * HUGE);

	write_pages(p, 5, HUGE);
	/* not whole tables: PT_RECLAIM would free those */
	advise(p, PAGE, MADV_DONTNEED);
	advise(p + HUGE, PAGE, MADV_DONTNEED);
	advise(p + 2 * HUGE, PAGE, MADV_DONTNEED);
	expect(p, 5 * HUGE, "leaf1=2 holes1=%lu tables1=5 empty1=3 fill0=3 fill1=2 used1=2 used2=%d",
	       5 * IN_HUGE - 2, own >= 2 ? 5 : 0);
}

static void emptied_whole(void)
{
	char *p = map_small(5 * HUGE);
	unsigned long before, freed;

	write_pages(p, 5, HUGE);
	before = number_in("/proc/self/status", "VmPTE: %lu");
	advise(p, 3 * HUGE, MADV_DONTNEED);
	freed = (before - number_in("/proc/self/status", "VmPTE: %lu")) * KIB / PAGE;
	expect(p, 5 * HUGE, "leaf1=2 tables1=%lu empty1=%lu fill0=%lu used2=%lu holes2=%lu holes1=%lu",
	       5 - freed, 3 - freed, 3 - freed, own >= 2 ? 5 - freed : 0, freed,
	       (5 - freed) * IN_HUGE - 2);
}

static void occupancy(void)
{
	const unsigned int pages[] = { 1, 1, 3, 7, 17, 300, IN_HUGE };
	unsigned int fill[32] = { 1 }, used = 0, i;
	char *p = map_small(7 * HUGE), wanted[WANTED] = "";

	for (i = 0; i < 7; i++)
		write_pages(p + i * HUGE, pages[i], PAGE);
	/* not the whole table: PT_RECLAIM would free it */
	advise(p, PAGE, MADV_DONTNEED);
	for (i = 1; i < 7; i++) {
		used += pages[i];
		fill[log2_of(pages[i]) + 1]++;
	}
	for (i = 0; i <= log2_of(IN_HUGE) + 1; i++)
		add(wanted, "fill%u=%u ", i, fill[i]);
	expect(p, 7 * HUGE,
	       "leaf1=%u used1=%u holes1=%lu tables1=7 empty1=1 %sused2=%d tables2=%d empty2=0 used3=%d",
	       used, used, 7 * IN_HUGE - used, wanted, own >= 2 ? 7 : 0,
	       own >= 2, own >= 3);
}

static void reserved(void)
{
	void *p = map(6 * DISTANCE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	expect(p, 6 * DISTANCE,
	       "holes%u=6 hole_bytes=%lu leaf1=0 tables1=0 tables2=0 tables3=0",
	       own + 1, 6 * DISTANCE);
}

/* struct tally - of pages that are touched, and what they need */
struct tally {
	unsigned long tables[6];	/* of each level */
	unsigned long used[6];		/* entries of these */
	unsigned long holes[6];		/* in the range, in tables that there are */
};

/* Of @count pages, @distance apart, from the beginning of a range that is aligned. */
static struct tally tally_up(unsigned long size, unsigned long count,
			     unsigned long distance)
{
	unsigned long i, entry, last, spanned, rest;
	struct tally tally = { };
	unsigned int level;

	for (level = 1; level <= own + 1; level++) {
		last = ~0UL;
		spanned = ((size - 1) >> shift_of(level)) + 1;
		for (i = 0; i < count; i++) {
			entry = i * distance >> shift_of(level);
			if (entry == last)
				continue;
			tally.used[level]++;
			if (entry / IN_HUGE != last / IN_HUGE) {
				tally.tables[level]++;
				rest = spanned - entry / IN_HUGE * IN_HUGE;
				tally.holes[level] += rest < IN_HUGE ? rest : IN_HUGE;
			}
			last = entry;
		}
		tally.holes[level] -= tally.used[level];
	}

	return tally;
}

static void vast(void)
{
	const unsigned long unit = log2_of(window()) > 40 ? GIB : MIB;
	const size_t size = 64 * 1024 * unit, distance = 65 * unit;
	char wanted[WANTED] = "", *p;
	struct tally tally;
	unsigned int i;

	if ((next_place - vast_place) >> 16 < unit) {
		skip("user space is too small");
		return;
	}
	p = map_at(vast_place, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	tally = tally_up(size, 997, distance);
	for (i = 0; i < 997; i++)
		protect_pages(p + i * distance, PAGE, PROT_READ | PROT_WRITE);
	write_pages(p, 997, distance);
	for (i = 1; i <= own; i++)
		add(wanted, "tables%u=%lu used%u=%lu ", i, tally.tables[i], i,
		    tally.used[i]);
	for (i = 1; i <= own + 1; i++)
		add(wanted, "holes%u=%lu ", i, tally.holes[i]);
	expect(p, size, "rows=1994 leaf1=997 %sfill1=997 hole_bytes=%lu",
	       wanted, size - 997 * PAGE);
}

static void crowd(void)
{
	const size_t size = 100003 * PAGE;
	const struct tally tally = tally_up(size, 101, 990 * PAGE);
	char *p = map_small(size);
	unsigned int i;

	for (i = 1; i < 100003; i += 2)
		protect_pages(p + i * PAGE, PAGE, PROT_READ);
	write_pages(p, 101, 990 * PAGE);
	expect(p, size,
	       "rows=100003 leaf1=101 used1=101 tables1=%lu tables2=%d holes1=%lu holes2=%lu rss=%lu",
	       tally.tables[1], own >= 2, tally.holes[1], tally.holes[2],
	       101 * PAGE);
}

const struct situation table_situations[] = {
	{ "scattered", scattered, "17 x [1 page written, the rest of its PTE table never touched]" },
	{ "late", late, "11 huge pages never touched, then 1 page, in one level-2 table" },
	{ "emptied", emptied, "5 PTE tables, 3 of them emptied page by page" },
	{ "emptied-whole", emptied_whole, "5 PTE tables, 3 of them emptied as a whole: newer kernels free these at once" },
	{ "occupancy", occupancy, "7 PTE tables with 0, 1, 3, 7, 17, 300 and all entries in use" },
	{ "reserved", reserved, "a range without access that takes 6 entries of an upper table: 3 TiB on x86-64" },
	{ "vast", vast, "64 TiB without access with 997 single pages in it, 65 GiB apart; in 32 bits 1/1024 of both" },
	{ "crowd", crowd, "100003 VMAs, 101 of their pages touched; needs vm.max_map_count" },
	{ }
};

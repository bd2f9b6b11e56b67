// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds memory situations with known numbers, says them, and waits.
 *
 *   factory NAME[=ARGUMENT]...
 *
 * Prints `expect NAME START END COLUMN=NUMBER...`, a line for each range whose
 * numbers are known, or `skip NAME WHY`, then `ready PID`, and waits until its
 * standard input ends. Counts are primes, so that no sum is right by chance. Situations lie so far
 * apart that they share upper tables only: on x86-64 and the like, 512 GiB, and those of level 4.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define DISTANCE	(1UL << shift_of(own + 1))

static const char *name;	/* of the situation being built */
static const char *argument;
static unsigned int levels;
static unsigned int own;	/* the highest level of tables that no two situations share */
static bool nx;		/* what is no code cannot be executed */
static unsigned long vast_place;
static unsigned long next_place;

/* Above where the executable may lie there is room for 64 places; below, for a vast one. */
static void choose_places(void)
{
	const unsigned long room = window() / 4;
	char *first;

	levels = levels_of(address_bits());
	for (own = 1; own + 1 < levels && shift_of(own + 2) + 6 <= log2_of(room);)
		own++;
	vast_place = window() / 8;
	next_place = window() / 16 * 11;

	/* to which the upper tables belong, if nothing else lies below */
	first = mmap((void *)next_place, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (first != (char *)next_place)
		err(1, "a first page");
	(void)*(volatile char *)first;
	next_place += DISTANCE;
}

static void *map(size_t size, int prot, int flags, int fd)
{
	unsigned long place = next_place;
	void *p = mmap((void *)place, size, prot,
		       flags | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd, 0);

	if (p != (void *)place)
		err(1, "%s: mmap of %zu bytes", name, size);
	/* never side by side, lest they become one */
	next_place += DISTANCE * (1 + size / DISTANCE);

	return p;
}

static void *map_anon(size_t size)
{
	return map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1);
}

/* A kernel without huge pages takes no advice against them. */
static void advise(void *p, size_t size, int advice)
{
	if (madvise(p, size, advice) &&
	    (advice != MADV_NOHUGEPAGE || have_thp()))
		err(1, "%s: madvise(%d)", name, advice);
}

static void *map_small(size_t size)
{
	void *p = map_anon(size);

	advise(p, size, MADV_NOHUGEPAGE);

	return p;
}

static void write_pages(char *p, unsigned long count, size_t distance)
{
	while (count--) {
		*(volatile char *)p = 1;
		p += distance;
	}
}

static void read_pages(const char *p, unsigned long count, size_t distance)
{
	while (count--) {
		(void)*(const volatile char *)p;
		p += distance;
	}
}

#define WANTED		1024

/* Whether there is such a column: of a level that there is, as most that end in a number. */
static bool is_column(const char *word)
{
	const size_t letters = strspn(word, "abcdefghijklmnopqrstuvwxyz_");

	return !strncmp(word, "contig", letters) || !strncmp(word, "fill", letters) ||
	       strtoul(word + letters, NULL, 10) <= levels;
}

__attribute__((format(printf, 3, 4)))
static void expect(const void *start, size_t size, const char *format, ...)
{
	char wanted[2 * WANTED], *word;
	va_list args;

	va_start(args, format);
	vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);

	printf("expect %s 0x%lx 0x%lx", name, (unsigned long)start,
	       (unsigned long)start + size);
	for (word = strtok(wanted, " "); word; word = strtok(NULL, " "))
		if (is_column(word))
			printf(" %s", word);
	putchar('\n');
}

/* Appends COLUMN=NUMBER to what is expected, with room for all there can be. */
__attribute__((format(printf, 2, 3)))
static void add(char *text, const char *format, ...)
{
	const size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, WANTED - length, format, args);
	va_end(args);
}

static void skip(const char *why)
{
	printf("skip %s %s\n", name, why);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s: %s", name, path);
	close(fd);
}

/* What /proc/self/pagemap says of one page. */
static uint64_t pagemap(const void *p)
{
	static int fd = -1;
	uint64_t entry;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY);
	if (pread(fd, &entry, sizeof(entry),
		  (uintptr_t)p / PAGE * sizeof(entry)) != sizeof(entry))
		err(1, "%s: /proc/self/pagemap", name);

	return entry;
}

#define PRESENT		(1ULL << 63)
#define SWAPPED		(1ULL << 62)
#define SOFT_DIRTY	(1ULL << 55)

static unsigned long count_pages(const char *p, unsigned long count,
				 uint64_t bit)
{
	unsigned long i, pages = 0;

	for (i = 0; i < count; i++)
		pages += !!(pagemap(p + i * PAGE) & bit);

	return pages;
}

/* Whether entries have a soft-dirty bit here: arm64 has none. */
static bool have_soft_dirty(void)
{
	static char page[1];

	*(volatile char *)page = 1;

	return pagemap(page) & SOFT_DIRTY;
}

/* A number of /proc/self/status, in KiB. */
static unsigned long status_kib(const char *key)
{
	FILE *status = fopen("/proc/self/status", "r");
	unsigned long kib = 0;
	char line[256];

	if (!status)
		err(1, "%s: /proc/self/status", name);
	while (fgets(line, sizeof(line), status))
		if (!strncmp(line, key, strlen(key)))
			kib = strtoul(line + strlen(key) + 1, NULL, 10);
	fclose(status);

	return kib;
}

/* [29 pages written][35 never touched] */
static void small(void)
{
	char *p = map_small(64 * PAGE);

	write_pages(p, 29, PAGE);
	expect(p, 64 * PAGE,
	       "leaf1=29 bytes1=%lu holes1=35 hole_bytes=%lu rss=%lu tables1=1 tables2=%d tables3=%d borrowed1=0 zero1=0 deposited=0",
	       29 * PAGE, 35 * PAGE, 29 * PAGE, own >= 2, own >= 3);
}

/* [13 pages read, never written][51 never touched] */
static void zero(void)
{
	char *p = map_small(64 * PAGE);

	read_pages(p, 13, PAGE);
	expect(p, 64 * PAGE,
	       "leaf1=13 zero1=13 special1=0 bytes1=%lu rss=0 holes1=51 tables1=1",
	       13 * PAGE);
}

/* 17 x [1 page][the rest of its table never touched] */
static void scattered(void)
{
	char *p = map_small(17 * HUGE);

	write_pages(p, 17, HUGE);
	expect(p, 17 * HUGE,
	       "leaf1=17 holes1=%lu tables1=17 tables2=%d tables3=%d holes2=0 rss=%lu used1=17 used2=%d used3=%d fill1=17 empty1=0",
	       17 * (IN_HUGE - 1), own >= 2, own >= 3, 17 * PAGE,
	       own >= 2 ? 17 : 0, own >= 3);
}

/* [11 huge pages never touched][1 page], in one level-2 table */
static void late(void)
{
	char *p = map_small(12 * HUGE);

	write_pages(p + 11 * HUGE, 1, PAGE);
	expect(p, 12 * HUGE,
	       "leaf1=1 holes1=%lu holes2=11 tables1=1 tables2=%d hole_bytes=%lu",
	       IN_HUGE - 1, own >= 2, 12 * HUGE - PAGE);
}

/* [17 pages rw][19 pages r]: two VMAs in one PTE table */
static void neighbours(void)
{
	char *p = map_small(36 * PAGE);

	write_pages(p, 36, PAGE);
	if (mprotect(p + 17 * PAGE, 19 * PAGE, PROT_READ))
		err(1, "%s: mprotect", name);
	expect(p, 17 * PAGE,
	       "leaf1=17 tables1=1 tables2=%d tables3=%d borrowed1=0 borrowed2=%d",
	       own >= 2, own >= 3, own < 2);
	expect(p + 17 * PAGE, 19 * PAGE,
	       "leaf1=19 tables1=0 tables2=0 tables3=0 borrowed1=1 borrowed2=1 borrowed3=1");
}

/* [23 pages written, then no access][41 never touched] */
static void closed(void)
{
	char *p = map_small(64 * PAGE);

	write_pages(p, 23, PAGE);
	if (mprotect(p, 64 * PAGE, PROT_NONE))
		err(1, "%s: mprotect", name);
	expect(p, 64 * PAGE, "leaf1=23 protnone1=23 numahint1=0 user1=0 writable1=0 executable1=0 rss=%lu holes1=41",
	       23 * PAGE);
}

/* 5 PTE tables emptied again */
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

/* 6 places without access, on x86-64 3 TiB: as many entries of an upper table */
static void reserved(void)
{
	void *p = map(6 * DISTANCE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	expect(p, 6 * DISTANCE,
	       "holes%u=6 hole_bytes=%lu leaf1=0 tables1=0 tables2=0 tables3=0",
	       own + 1, 6 * DISTANCE);
}

static void *map_huge(size_t size)
{
	void *p = map_anon(size);

	advise(p, size, MADV_HUGEPAGE);

	return p;
}

/* [23 huge pages][2 never touched] */
static void thp(void)
{
	char *p = map_huge(25 * HUGE);

	write_pages(p, 23, HUGE);
	expect(p, 25 * HUGE,
	       "leaf2=23 bytes2=%lu holes2=2 leaf1=0 tables1=0 tables2=%d used2=%d deposited=23 rss=%lu user2=23 dirty2=23 executable2=%d",
	       23 * HUGE, own >= 2, own >= 2 ? 23 : 0, 23 * HUGE, nx ? 0 : 23);
}

/* 3 huge pages read, never written */
static void thp_zero(void)
{
	char *p = map_huge(3 * HUGE);

	read_pages(p, 3, HUGE);
	expect(p, 3 * HUGE,
	       "leaf2=3 zero2=3 rss=0 deposited=3 tables1=0 tables2=%d writable2=0 dirty2=0",
	       own >= 2);
}

/* [huge][huge, one page of it read-only: small ones, in 3 VMAs][huge] */
static void thp_split(void)
{
	char *p = map_huge(3 * HUGE), *hit = p + HUGE + 7 * PAGE;

	write_pages(p, 3, HUGE);
	if (mprotect(hit, PAGE, PROT_READ))
		err(1, "%s: mprotect", name);
	expect(p, 3 * HUGE,
	       "leaf2=2 leaf1=%lu tables1=1 deposited=2 rss=%lu",
	       IN_HUGE, 3 * HUGE);
	expect(hit, PAGE, "leaf1=1 tables1=0 borrowed1=1");
}

/* 5 huge pages written, then no access */
static void thp_closed(void)
{
	char *p = map_huge(5 * HUGE);

	write_pages(p, 5, HUGE);
	if (mprotect(p, 5 * HUGE, PROT_NONE))
		err(1, "%s: mprotect", name);
	expect(p, 5 * HUGE, "leaf2=5 protnone2=5 numahint2=0 user2=0 executable2=0 deposited=5 rss=%lu",
	       5 * HUGE);
}

static int memfd(size_t size, unsigned int flags)
{
	int fd = memfd_create(name, flags);

	if (fd < 0 || ftruncate(fd, size))
		err(1, "%s: memfd of %zu bytes", name, size);

	return fd;
}

/* [31 pages of a memfd][33 never touched], shared */
static void shmem(void)
{
	char *p = map(64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(64 * PAGE, 0));

	write_pages(p, 31, PAGE);
	expect(p, 64 * PAGE, "leaf1=31 holes1=33 rss=%lu tables1=1", 31 * PAGE);
}

/* 3 huge pages of a memfd: no tables are set aside */
static void shmem_thp(void)
{
	char *p = map(3 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(3 * HUGE, 0));

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 3, HUGE);
	expect(p, 3 * HUGE, "leaf2=3 leaf1=0 deposited=0 rss=%lu tables2=%d",
	       3 * HUGE, own >= 2);
}

/* A file of so many pages, not all of them zeros. */
static int make_file(unsigned int pages)
{
	char page[PAGE], usual[64];
	const char *path = argument ? argument : usual;
	int fd;

	memset(page, 'p', PAGE);
	snprintf(usual, sizeof(usual), "/var/tmp/factory-%s", name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		err(1, "%s: %s", name, path);
	while (pages--)
		if (write(fd, page, PAGE) != (ssize_t)PAGE)
			err(1, "%s: %s", name, path);

	return fd;
}

/* [7 pages copied on write][30 pages of the file], from offset 0 */
static void file(void)
{
	char *p = map(37 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
		      make_file(37));

	read_pages(p, 37, PAGE);
	write_pages(p, 7, PAGE);
	expect(p, 37 * PAGE, "leaf1=37 rss=%lu tables1=1 offset=0 dirty1=7 writable1=7 executable1=%d user1=37",
	       37 * PAGE, nx ? 0 : 37);
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

/* 7 pages of hugetlb, private */
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

/* [2 pages][1 never touched] of hugetlb, of each size that takes several entries */
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

/* 3 pages of hugetlb, shared, then no access */
static void hugetlb_closed(void)
{
	char *p = map(3 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd_hugetlb(3 * HUGE));

	write_pages(p, 3, HUGE);
	if (mprotect(p, 3 * HUGE, PROT_NONE))
		err(1, "%s: mprotect", name);
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
		err(1, "%s: pipe", name);
	switch (fork()) {
	case -1:
		err(1, "%s: fork", name);
	case 0:
		prctl(PR_SET_PDEATHSIG, SIGKILL);
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

/* 1 page of hugetlb on level 3, on most 1 GiB */
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
	if (mprotect(p, size, PROT_NONE))
		err(1, "%s: mprotect", name);
	expect(p, size, "leaf3=1 protnone3=1 rss=%zu bad3=0", size);
}

static void told_of_poison(int signal)
{
	(void)signal;
}

/* [3 pages poisoned][8 pages] */
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

static void page_out(char *p, unsigned long count)
{
	unsigned int tries;

	for (tries = 0; tries < 100 &&
	     count_pages(p, count, SWAPPED) != count; tries++) {
		advise(p, count * PAGE, MADV_PAGEOUT);
		usleep(10000);
	}
}

/* [19 pages swapped out][11 pages]; needs swap */
static void swapped(void)
{
	char *p = map_small(30 * PAGE);

	write_pages(p, 30, PAGE);
	page_out(p, 19);
	expect(p, 30 * PAGE,
	       "leaf1=11 swap1=19 used1=30 softdirty1=%d rss=%lu bytes1=%lu",
	       have_soft_dirty() ? 30 : 0, 11 * PAGE, 11 * PAGE);
}

/* [huge, swapped out: small ones][huge] */
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

/* 11 pages where an address is only if it is asked for: mostly with 5 levels */
static void high(void)
{
	char *place = (char *)(8 * window()), *p, wanted[WANTED] = "leaf1=11";
	unsigned int level;

	p = mmap(place, 11 * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		err(1, "%s: mmap", name);
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

/* 1009 pages, every other one read-only: as many VMAs, on x86-64 in 2 PTE tables */
static void many(void)
{
	const unsigned long tables = (1009 + IN_HUGE - 1) / IN_HUGE;
	char *p = map_small(1009 * PAGE);
	unsigned int i;

	write_pages(p, 1009, PAGE);
	for (i = 1; i < 1009; i += 2)
		if (mprotect(p + i * PAGE, PAGE, PROT_READ))
			err(1, "%s: mprotect", name);
	expect(p, 1009 * PAGE,
	       "leaf1=1009 holes1=0 tables1=%lu tables2=%d borrowed1=%lu borrowed2=%d rows=1009",
	       tables, own >= 2, 1009 - tables, 1009 - (own >= 2));
}

/* Bits. Whoever forks or clears soft-dirty bits takes write bits away. */

/* [11 pages written again][26 pages] since the soft-dirty bits were cleared */
static void softdirty(void)
{
	char *p;

	if (!have_soft_dirty()) {
		skip("entries have no soft-dirty bit here");
		return;
	}
	p = map_small(37 * PAGE);
	write_pages(p, 37, PAGE);
	write_text("/proc/self/clear_refs", "4");
	write_pages(p, 11, PAGE);
	expect(p, 37 * PAGE, "leaf1=37 softdirty1=11 dirty1=37");
}

/* More pages than the kernel flushes one by one: flushes all. */
static void flush(void)
{
	char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED || mprotect(p, 64 * PAGE, PROT_READ) ||
	    munmap(p, 64 * PAGE))
		err(1, "%s: a TLB flush", name);
}

/* [13 pages read][18 pages] since the accessed bits were cleared */
static void accessed(void)
{
	char *p = map_small(31 * PAGE);

	write_pages(p, 31, PAGE);
	write_text("/proc/self/clear_refs", "1");
	flush();
	read_pages(p, 13, PAGE);
	expect(p, 31 * PAGE, "leaf1=31 accessed1=13 dirty1=31");
}

/* 29 pages with nothing special about them */
static void plain(void)
{
	char *p = map_small(29 * PAGE);

	write_pages(p, 29, PAGE);
	expect(p, 29 * PAGE,
	       "leaf1=29 user1=29 accessed1=29 dirty1=29 writable1=29 softdirty1=%d executable1=%d pkey1=0 uffd1=0 protnone1=0 numahint1=0 marker1=0 kind=anon",
	       have_soft_dirty() ? 29 : 0, nx ? 0 : 29);
}

/* [11 pages of a file written][18 read], shared; needs writeback to wait */
static void clean(void)
{
	int fd = make_file(29);
	char *p;

	if (fsync(fd))
		err(1, "%s: fsync", name);
	p = map(29 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	read_pages(p, 29, PAGE);
	write_pages(p, 11, PAGE);
	expect(p, 29 * PAGE, "leaf1=29 dirty1=11 writable1=11 kind=file");
}

/* 23 pages of a memfd, read: nobody waits for the first write to these */
static void unwritten(void)
{
	int fd = memfd(23 * PAGE, 0);
	char *p;

	if (fallocate(fd, 0, 0, 23 * PAGE))
		err(1, "%s: fallocate", name);
	p = map(23 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	read_pages(p, 23, PAGE);
	expect(p, 23 * PAGE, "leaf1=23 writable1=23 kind=shmem");
}

/* 19 pages of a memfd to execute, and [5 pages to execute][12 pages] */
static void executable(void)
{
	const int fd = memfd(19 * PAGE, 0);
	char *p;

	if (fallocate(fd, 0, 0, 19 * PAGE))
		err(1, "%s: fallocate", name);
	p = map(19 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
	read_pages(p, 19, PAGE);
	expect(p, 19 * PAGE, "leaf1=19 executable1=19 writable1=0 user1=19");

	p = map_small(17 * PAGE);
	write_pages(p, 17, PAGE);
	if (mprotect(p, 5 * PAGE, PROT_READ | PROT_EXEC))
		err(1, "%s: mprotect", name);
	expect(p, 17 * PAGE, "leaf1=17 executable1=%d writable1=12",
	       nx ? 5 : 17);
}

/* [11 pages with a protection key][18 without] */
static void pkey(void)
{
	char *p = map_small(29 * PAGE);
	const int key = pkey_alloc(0, 0);

	if (key < 0) {
		skip("this CPU has no protection keys");
		return;
	}
	write_pages(p, 29, PAGE);
	if (pkey_mprotect(p, 11 * PAGE, PROT_READ | PROT_WRITE, key))
		err(1, "%s: pkey_mprotect", name);
	expect(p, 29 * PAGE, "leaf1=29 pkey1=11 user1=29");
}

/* A userfaultfd with @features for a range, or -1 if this kernel has not all. */
static int uffd_for(void *p, size_t size, unsigned long features,
		    unsigned long mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register range = {
		.range = { (unsigned long)p, size }, .mode = mode,
	};
	const int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		return -1;
	if (ioctl(fd, UFFDIO_REGISTER, &range))
		err(1, "%s: UFFDIO_REGISTER", name);

	return fd;
}

static void uffd_protect(int fd, void *p, size_t size)
{
	struct uffdio_writeprotect range = {
		.range = { (unsigned long)p, size },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};

	if (ioctl(fd, UFFDIO_WRITEPROTECT, &range))
		err(1, "%s: UFFDIO_WRITEPROTECT", name);
}

/* [13 pages that userfaultfd protects][10 pages] */
static void uffd(void)
{
	char *p = map_small(23 * PAGE);
	int fd;

	write_pages(p, 23, PAGE);
	fd = uffd_for(p, 23 * PAGE, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
		      UFFDIO_REGISTER_MODE_WP);
	if (fd < 0) {
		skip("this kernel has no userfaultfd for writes");
		return;
	}
	uffd_protect(fd, p, 13 * PAGE);
	expect(p, 23 * PAGE, "leaf1=23 uffd1=13 writable1=10 marker1=0");
}

/* [11 pages of a memfd][20 never touched], all of which userfaultfd protects */
static void uffd_marker(void)
{
	char *p = map(31 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(31 * PAGE, 0));
	int fd;

	write_pages(p, 11, PAGE);
	fd = uffd_for(p, 31 * PAGE, UFFD_FEATURE_PAGEFAULT_FLAG_WP |
		      UFFD_FEATURE_WP_HUGETLBFS_SHMEM, UFFDIO_REGISTER_MODE_WP);
	if (fd < 0) {
		skip("this kernel has no userfaultfd for writes to shmem");
		return;
	}
	uffd_protect(fd, p, 31 * PAGE);
	expect(p, 31 * PAGE,
	       "leaf1=11 uffd1=11 writable1=0 marker1=20 guard1=0 poison1=0 used1=31 holes1=0 rss=%lu",
	       11 * PAGE);
}

/* [5 pages][7 poisoned by userfaultfd][7 never touched] */
static void uffd_poison(void)
{
	char *p = map_small(19 * PAGE);
	struct uffdio_poison poison = {
		.range = { (unsigned long)p + 5 * PAGE, 7 * PAGE },
	};
	int fd;

	write_pages(p, 5, PAGE);
	fd = uffd_for(p, 19 * PAGE, UFFD_FEATURE_POISON,
		      UFFDIO_REGISTER_MODE_MISSING);
	if (fd < 0) {
		skip("this kernel has no UFFDIO_POISON");
		return;
	}
	if (ioctl(fd, UFFDIO_POISON, &poison))
		err(1, "%s: UFFDIO_POISON", name);
	expect(p, 19 * PAGE,
	       "leaf1=5 marker1=7 poison1=7 guard1=0 hwpoison1=0 holes1=7 rss=%lu",
	       5 * PAGE);
}

/* [7 guard pages][23 pages] */
static void guard(void)
{
	char *p = map_small(30 * PAGE);

	write_pages(p, 30, PAGE);
	if (madvise(p, 7 * PAGE, MADV_GUARD_INSTALL)) {
		skip("this kernel has no MADV_GUARD_INSTALL");
		return;
	}
	expect(p, 30 * PAGE,
	       "leaf1=23 marker1=7 guard1=7 poison1=0 used1=30 holes1=0 rss=%lu",
	       23 * PAGE);
}

/* Tables */

/* PTE tables with 0, 1, 3, 7, 17, 300 and all entries in use */
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

/* 3 of 5 PTE tables emptied as a whole, which newer kernels free at once */
static void emptied_whole(void)
{
	char *p = map_small(5 * HUGE);
	unsigned long before, freed;

	write_pages(p, 5, HUGE);
	before = status_kib("VmPTE");
	advise(p, 3 * HUGE, MADV_DONTNEED);
	freed = (before - status_kib("VmPTE")) * KIB / PAGE;
	expect(p, 5 * HUGE, "leaf1=2 tables1=%lu empty1=%lu fill0=%lu used2=%lu holes2=%lu holes1=%lu",
	       5 - freed, 3 - freed, 3 - freed, own >= 2 ? 5 - freed : 0, freed,
	       (5 - freed) * IN_HUGE - 2);
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

/* 64 TiB without access; 65 GiB apart in it lie 997 single pages; or a 1024th of both */
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
	p = mmap((void *)vast_place, size, PROT_NONE, MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (p != (char *)vast_place)
		err(1, "%s: mmap", name);
	tally = tally_up(size, 997, distance);
	for (i = 0; i < 997; i++)
		if (mprotect(p + i * distance, PAGE, PROT_READ | PROT_WRITE))
			err(1, "%s: mprotect", name);
	write_pages(p, 997, distance);
	for (i = 1; i <= own; i++)
		add(wanted, "tables%u=%lu used%u=%lu ", i, tally.tables[i], i,
		    tally.used[i]);
	for (i = 1; i <= own + 1; i++)
		add(wanted, "holes%u=%lu ", i, tally.holes[i]);
	expect(p, size, "rows=1994 leaf1=997 %sfill1=997 hole_bytes=%lu",
	       wanted, size - 997 * PAGE);
}

/* 100003 VMAs; 101 pages of them are touched. Needs vm.max_map_count. */
static void crowd(void)
{
	const size_t size = 100003 * PAGE;
	const struct tally tally = tally_up(size, 101, 990 * PAGE);
	char *p = map_small(size);
	unsigned int i;

	for (i = 1; i < 100003; i += 2)
		if (mprotect(p + i * PAGE, PAGE, PROT_READ))
			err(1, "%s: mprotect", name);
	write_pages(p, 101, 990 * PAGE);
	expect(p, size,
	       "rows=100003 leaf1=101 used1=101 tables1=%lu tables2=%d holes1=%lu holes2=%lu rss=%lu",
	       tally.tables[1], own >= 2, tally.holes[1], tally.holes[2],
	       101 * PAGE);
}

/* Huge pages mapped by small entries: contiguous blocks of known sizes */

/* One huge page, which khugepaged leaves alone when it is split. */
static char *map_one_huge(void)
{
	char *p = map_huge(HUGE);

	memset(p, 1, HUGE);
	advise(p, HUGE, MADV_NOHUGEPAGE);

	return p;
}

/* What is left of it without @count pages from @hole on, in blocks as large as can be */
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

/* One without page 7: [4 2 1], and [8 16 32...] pages */
static void thp_holed(void)
{
	char *p = map_one_huge();

	advise(p + 7 * PAGE, PAGE, MADV_DONTNEED);
	expect_holed(p, 7, 1);
}

/* One without 3 pages before its middle: of 512, [128 64 32 16 8 2 1] and [2 256] are left */
static void thp_cut(void)
{
	const unsigned long hole = IN_HUGE / 2 - 5;
	char *p = map_one_huge();

	advise(p + hole * PAGE, 3 * PAGE, MADV_DONTNEED);
	expect_holed(p, hole, 3);
}

/* One split for the sake of a page that is like the others again */
static void thp_remerged(void)
{
	char *p = map_one_huge(), *hit = p + 7 * PAGE;
	const unsigned int most = shift_of(2);

	if (mprotect(hit, PAGE, PROT_READ) ||
	    mprotect(hit, PAGE, PROT_READ | PROT_WRITE))
		err(1, "%s: mprotect", name);
	write_pages(hit, 1, PAGE);
	expect(p, HUGE, "rows=1 leaf1=%lu leaf2=0 tables1=1 deposited=0 contig%u=1 contig%u=0 contig%u=0",
	       IN_HUGE, most, most - 1, shift_of(1));
}

/* 17 pages of one content, one page for them all */
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

/* Other mappings */

/* 16 pages of the BIOS */
static void pfnmap(void)
{
	const int fd = open("/dev/mem", O_RDONLY);
	void *p;

	if (fd < 0) {
		skip("there is no /dev/mem");
		return;
	}
	p = mmap((void *)next_place, 16 * PAGE, PROT_READ,
		 MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0xf0000);
	if (p == MAP_FAILED) {
		skip("this kernel maps nothing of /dev/mem");
		return;
	}
	next_place += DISTANCE;
	expect(p, 16 * PAGE,
	       "leaf1=16 special1=16 writable1=0 rss=0 contig16=%lu kind=pfnmap",
	       16 * PAGE / (64 * KIB));
}

/* Finds a range of /proc/self/maps by its name. */
static char *find_range(const char *wanted, size_t *size)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, end;
	char line[512], *p = NULL;

	if (!maps)
		err(1, "%s: /proc/self/maps", name);
	while (fgets(line, sizeof(line), maps)) {
		if (!strstr(line, wanted) ||
		    sscanf(line, "%lx-%lx", &start, &end) != 2)
			continue;
		p = (char *)start;
		*size = end - start;
	}
	fclose(maps);

	return p;
}

/* The code and the data that the kernel gives to each process */
static void vdso(void)
{
	size_t size;
	char *p = find_range("[vdso]", &size);

	if (!p) {
		skip("there is no vDSO");
		return;
	}
	read_pages(p, size / PAGE, PAGE);
	expect(p, size, "leaf1=%lu executable1=%lu writable1=0 special1=0 rss=%zu kind=special",
	       size / PAGE, size / PAGE, size);
	p = find_range("[vvar]", &size);
	if (p)
		expect(p, size, "rss=0 %s writable1=0 kind=special",
		       nx ? "executable1=0" : "");
}

static unsigned long deeper(unsigned long pages)
{
	volatile char page[PAGE];

	page[0] = 1;

	return pages ? deeper(pages - 1) + page[0] : 0;
}

/* A stack that has grown by 211 pages or more */
static void stack(void)
{
	size_t before, size;
	char *p = find_range("[stack]", &before);

	deeper(211);
	p = find_range("[stack]", &size);
	if (size < before + 150 * PAGE)
		errx(1, "%s: grew from %zu to %zu bytes", name, before, size);
	expect(p, size, "rows=1 leaf1=%lu", count_pages(p, size / PAGE, PRESENT));
}

/* 101 pages touched in ascending order, or, as order=down, in descending */
static void order(void)
{
	const unsigned int down = argument && !strcmp(argument, "down");
	char *p = map_small(101 * PAGE);
	unsigned int i;

	for (i = 0; i < 101; i++)
		write_pages(p + (down ? 100 - i : i) * PAGE, 1, PAGE);
	expect(p, 101 * PAGE, "leaf1=101");
}

/* Processes: what they have to say is a pid. */

static void *sleeper(void *unused)
{
	printf("thread %ld\n", syscall(SYS_gettid));
	fflush(stdout);
	for (;;)
		pause();
	return unused;
}

static void thread(void)
{
	static pthread_t id;

	if (pthread_create(&id, NULL, sleeper, NULL))
		errx(1, "%s: pthread_create", name);
	usleep(200000);
}

/* Its leader exits, its thread lives on. */
static void leaderless(void)
{
	thread();
	printf("ready %d\n", getpid());
	fflush(stdout);
	pthread_exit(NULL);
}

static void zombie(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	printf("zombie %d\n", pid);
	usleep(200000);
}

static int wait_forever(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

/* A second process in the same address space */
static void sharer(void)
{
	char *end_of_stack = map_small(16 * PAGE) + 16 * PAGE;
	pid_t pid = clone(wait_forever, end_of_stack, CLONE_VM | SIGCHLD, NULL);

	if (pid < 0)
		err(1, "%s: clone", name);
	printf("sharer %d\n", pid);
}

/* Its mmap lock is taken nearly always, by itself, in a second process. */
static void locked(void)
{
	const size_t size = 256 * MIB;
	pid_t pid = fork();
	char *p;

	if (pid) {
		printf("locked %d\n", pid);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* zero pages: only their tables take memory */
	p = map_small(size);
	read_pages(p, size / PAGE, PAGE);
	for (;;)
		if (mprotect(p, size, PROT_NONE) ||
		    mprotect(p, size, PROT_READ | PROT_WRITE))
			_exit(1);
}

static void run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "%s: sched_setaffinity(%d)", name, cpu);
}

/*
 * Memory on the node of the last processor, touched no more by its process,
 * which runs on the first: the kernel marks it, to see who touches it.
 */
static void hinted(void)
{
	char *p = map_small(1009 * PAGE);
	pid_t pid;

	run_on(sysconf(_SC_NPROCESSORS_ONLN) - 1);
	pid = fork();
	if (pid) {
		printf("hinted %d\n", pid);
		expect(p, 1009 * PAGE, "leaf1=1009");
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_pages(p, 1009, PAGE);
	run_on(0);
	for (;;)
		;
}

/* Maps, fills and unmaps without end, in a second process. */
static void churn(void)
{
	pid_t pid = fork();

	if (pid) {
		printf("churn %d\n", pid);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned long i = 0;; i++) {
		size_t size = (1 + i % 13) * MIB;
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			continue;
		if (i & 1)
			madvise(p, size, MADV_HUGEPAGE);
		write_pages(p, size / PAGE / 3, 3 * PAGE);
		mprotect(p + PAGE, PAGE * (1 + i % 7), PROT_NONE);
		if (i % 5 == 0)
			madvise(p, size, MADV_DONTNEED);
		munmap(p, size);
	}
}

#define ADVISERS	400
#define ADVISED		(sizeof(long) > 4 ? 1024UL : 128UL)	/* tables */

static pthread_barrier_t all_here;

static void *adviser(void *p)
{
	/* a thread that is created waits for those that have the mmap lock */
	pthread_barrier_wait(&all_here);
	for (;;)
		madvise(p, ADVISED * HUGE, MADV_FREE);
	return p;
}

/* Threads that walk the same PTE tables without end, in a second process */
static void advisers(void)
{
	pid_t pid = fork();
	pthread_attr_t attributes;
	pthread_t id;
	char *p;
	int i;

	if (pid) {
		printf("advisers %d\n", pid);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	p = map_small(ADVISED * HUGE);
	write_pages(p, ADVISED, HUGE);
	pthread_barrier_init(&all_here, NULL, ADVISERS);
	pthread_attr_init(&attributes);
	/* all of them in 32 bits */
	pthread_attr_setstacksize(&attributes, 256 * KIB);
	for (i = 0; i < ADVISERS; i++)
		if (pthread_create(&id, &attributes, adviser, p))
			_exit(1);
	pause();
}

/* What signals SIGRTMIN, SIGRTMIN+1... have it do, each once or more. */

static char *one, *some, *many_more, *advised, *zeros;

/* ranges of 1, 29 and 1024 pages; the last was never touched */
static int call_munmap(void)
{
	return munmap(one, PAGE) | munmap(some, 29 * PAGE) |
	       munmap(many_more, 1024 * PAGE);
}

/* 2 x 17 pages */
static int call_mprotect(void)
{
	return mprotect(advised, 17 * PAGE, PROT_READ) |
	       mprotect(advised, 17 * PAGE, PROT_READ | PROT_WRITE);
}

/* 3 x 23 pages, of which only the first has something to clear */
static int call_madvise(void)
{
	return madvise(advised, 23 * PAGE, MADV_DONTNEED) |
	       madvise(advised, 23 * PAGE, MADV_DONTNEED) |
	       madvise(advised, 23 * PAGE, MADV_DONTNEED);
}

/* 13 pages that replace the zero page, one by one */
static int call_write(void)
{
	write_pages(zeros, 13, PAGE);

	return 0;
}

static int call_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);

	return waitpid(pid, NULL, 0) != pid;
}

/* from now on forks leave 64 pages out */
static int call_dontfork(void)
{
	return madvise(advised, 64 * PAGE, MADV_DONTFORK);
}

static int call_exec(void)
{
	return execl("/proc/self/exe", "factory", "small", NULL);
}

static int (*const calls_known[])(void) = {
	call_munmap, call_mprotect, call_madvise, call_write,
	call_fork,   call_dontfork, call_exec,
};

#define CALLS (int)(sizeof(calls_known) / sizeof(*calls_known))

static void call(int signal)
{
	const char *answer = calls_known[signal - SIGRTMIN]() ? "failed\n" :
								"called\n";

	if (write(STDOUT_FILENO, answer, 7) < 0)
		_exit(1);
}

static void calls(void)
{
	int i;

	one = map_small(PAGE);
	some = map_small(29 * PAGE);
	many_more = map_small(1024 * PAGE);
	advised = map_small(64 * PAGE);
	zeros = map_small(13 * PAGE);
	write_pages(one, 1, PAGE);
	write_pages(some, 29, PAGE);
	write_pages(advised, 64, PAGE);
	read_pages(zeros, 13, PAGE);
	for (i = 0; i < CALLS; i++)
		sigaction(SIGRTMIN + i,
			  &(struct sigaction){ .sa_handler = call,
					       .sa_flags = SA_RESTART },
			  NULL);
}

static const struct {
	const char *name;
	void (*build)(void);
} situations[] = {
	{ "small", small },
	{ "zero", zero },
	{ "scattered", scattered },
	{ "late", late },
	{ "neighbours", neighbours },
	{ "closed", closed },
	{ "emptied", emptied },
	{ "reserved", reserved },
	{ "thp", thp },
	{ "thp-zero", thp_zero },
	{ "thp-split", thp_split },
	{ "thp-closed", thp_closed },
	{ "shmem", shmem },
	{ "shmem-thp", shmem_thp },
	{ "file", file },
	{ "hugetlb", hugetlb },
	{ "hugetlb-runs", hugetlb_runs },
	{ "hugetlb-closed", hugetlb_closed },
	{ "hugetlb-shared", hugetlb_shared },
	{ "gigantic", gigantic },
	{ "gigantic-closed", gigantic_closed },
	{ "poisoned", poisoned },
	{ "swapped", swapped },
	{ "high", high },
	{ "many", many },
	{ "softdirty", softdirty },
	{ "accessed", accessed },
	{ "plain", plain },
	{ "clean", clean },
	{ "unwritten", unwritten },
	{ "executable", executable },
	{ "pkey", pkey },
	{ "uffd", uffd },
	{ "uffd-marker", uffd_marker },
	{ "uffd-poison", uffd_poison },
	{ "guard", guard },
	{ "occupancy", occupancy },
	{ "emptied-whole", emptied_whole },
	{ "vast", vast },
	{ "crowd", crowd },
	{ "thp-swapped", thp_swapped },
	{ "thp-holed", thp_holed },
	{ "thp-cut", thp_cut },
	{ "thp-remerged", thp_remerged },
	{ "ksm", ksm },
	{ "pfnmap", pfnmap },
	{ "vdso", vdso },
	{ "stack", stack },
	{ "order", order },
	{ "thread", thread },
	{ "leaderless", leaderless },
	{ "zombie", zombie },
	{ "sharer", sharer },
	{ "locked", locked },
	{ "hinted", hinted },
	{ "churn", churn },
	{ "advisers", advisers },
	{ "calls", calls },
};

#define COUNT (sizeof(situations) / sizeof(*situations))

static void build(char *wanted)
{
	char *equals = strchr(wanted, '=');
	size_t i;

	if (equals)
		*equals = '\0';
	argument = equals ? equals + 1 : NULL;

	for (i = 0; i < COUNT; i++) {
		if (!strcmp(wanted, situations[i].name)) {
			name = wanted;
			if (strstr(name, "thp") && !have_thp())
				skip("only hugetlb has huge pages here");
			else
				situations[i].build();
			return;
		}
	}
	errx(2, "no situation is called '%s'", wanted);
}

int main(int argc, char **argv)
{
	char byte;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: factory NAME[=ARGUMENT]...\nNAME is one of:");
		for (size_t s = 0; s < COUNT; s++)
			fprintf(stderr, " %s", situations[s].name);
		fprintf(stderr, "\n");
		return 2;
	}
	/* by fork(), which takes write bits away from what is there */
	nx = have_nx();
	choose_places();
	for (i = 1; i < argc; i++)
		build(argv[i]);
	printf("ready %d\n", getpid());
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;

	return 0;
}

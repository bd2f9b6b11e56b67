// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds memory situations with known numbers, says them, and waits.
 *
 *   factory NAME[=ARGUMENT]...
 *
 * Prints `expect NAME START END COLUMN=NUMBER...`, a line for each range whose
 * numbers are known, or `skip NAME WHY`, then `ready PID`, and waits until its
 * standard input ends. Counts are primes, so that no sum is right by chance. Each situation
 * lies 512 GiB from the next: it shares no table below level 4 with another.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define PAGE		(4 * KIB)
#define HUGE		(2 * MIB)

#define FIRST		0x200000000000UL
#define DISTANCE	(512 * GIB)

static const char *name;	/* of the situation being built */
static const char *argument;
static unsigned long next_place = FIRST;

static void *map(size_t size, int prot, int flags, int fd)
{
	unsigned long place = next_place;
	void *p = mmap((void *)place, size, prot,
		       flags | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd, 0);

	if (p != (void *)place)
		err(1, "%s: mmap of %zu bytes", name, size);
	next_place += DISTANCE * (1 + (size - 1) / DISTANCE);

	return p;
}

static void *map_anon(size_t size)
{
	return map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1);
}

static void advise(void *p, size_t size, int advice)
{
	if (madvise(p, size, advice))
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

__attribute__((format(printf, 3, 4)))
static void expect(const void *start, size_t size, const char *format, ...)
{
	va_list args;

	printf("expect %s 0x%lx 0x%lx ", name, (unsigned long)start,
	       (unsigned long)start + size);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* [29 pages written][35 never touched] */
static void small(void)
{
	char *p = map_small(64 * PAGE);

	write_pages(p, 29, PAGE);
	expect(p, 64 * PAGE,
	       "leaf1=29 bytes1=118784 holes1=35 hole_bytes=143360 rss=118784 tables1=1 tables2=1 tables3=1 borrowed1=0 zero1=0 deposited=0");
}

/* [13 pages read, never written][51 never touched] */
static void zero(void)
{
	char *p = map_small(64 * PAGE);

	read_pages(p, 13, PAGE);
	expect(p, 64 * PAGE,
	       "leaf1=13 zero1=13 special1=0 bytes1=53248 rss=0 holes1=51 tables1=1");
}

/* 17 x [1 page][511 never touched] */
static void scattered(void)
{
	char *p = map_small(17 * HUGE);

	write_pages(p, 17, HUGE);
	expect(p, 17 * HUGE,
	       "leaf1=17 holes1=8687 tables1=17 tables2=1 tables3=1 holes2=0 rss=69632");
}

/* [11 x 2 MiB never touched][1 page], in one level-2 table */
static void late(void)
{
	char *p = map_small(12 * HUGE);

	write_pages(p + 11 * HUGE, 1, PAGE);
	expect(p, 12 * HUGE,
	       "leaf1=1 holes1=511 holes2=11 tables1=1 tables2=1 hole_bytes=25161728");
}

/* [17 pages rw][19 pages r]: two VMAs in one PTE table */
static void neighbours(void)
{
	char *p = map_small(36 * PAGE);

	write_pages(p, 36, PAGE);
	if (mprotect(p + 17 * PAGE, 19 * PAGE, PROT_READ))
		err(1, "%s: mprotect", name);
	expect(p, 17 * PAGE,
	       "leaf1=17 tables1=1 tables2=1 tables3=1 borrowed1=0 borrowed2=0");
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
	expect(p, 64 * PAGE, "leaf1=23 protnone1=23 rss=94208 holes1=41");
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
	expect(p, 5 * HUGE, "leaf1=2 holes1=2558 tables1=5");
}

/* 3 TiB without access: 6 entries of level 4 */
static void reserved(void)
{
	void *p = map(6 * DISTANCE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	expect(p, 6 * DISTANCE,
	       "holes4=6 hole_bytes=3298534883328 leaf1=0 tables1=0 tables2=0 tables3=0");
}

static void *map_huge(size_t size)
{
	void *p = map_anon(size);

	advise(p, size, MADV_HUGEPAGE);

	return p;
}

/* [23 x 2 MiB][2 x 2 MiB never touched] */
static void thp(void)
{
	char *p = map_huge(25 * HUGE);

	write_pages(p, 23, HUGE);
	expect(p, 25 * HUGE,
	       "leaf2=23 bytes2=48234496 holes2=2 leaf1=0 tables1=0 tables2=1 deposited=23 rss=48234496");
}

/* 3 x 2 MiB read, never written */
static void thp_zero(void)
{
	char *p = map_huge(3 * HUGE);

	read_pages(p, 3, HUGE);
	expect(p, 3 * HUGE,
	       "leaf2=3 zero2=3 rss=0 deposited=3 tables1=0 tables2=1");
}

/* [2 MiB][2 MiB, one page of it read-only: 512 small ones in 3 VMAs][2 MiB] */
static void thp_split(void)
{
	char *p = map_huge(3 * HUGE), *hit = p + HUGE + 7 * PAGE;

	write_pages(p, 3, HUGE);
	if (mprotect(hit, PAGE, PROT_READ))
		err(1, "%s: mprotect", name);
	expect(p, 3 * HUGE,
	       "leaf2=2 leaf1=512 tables1=1 deposited=2 rss=6291456");
	expect(hit, PAGE, "leaf1=1 tables1=0 borrowed1=1");
}

/* 5 x 2 MiB written, then no access */
static void thp_closed(void)
{
	char *p = map_huge(5 * HUGE);

	write_pages(p, 5, HUGE);
	if (mprotect(p, 5 * HUGE, PROT_NONE))
		err(1, "%s: mprotect", name);
	expect(p, 5 * HUGE, "leaf2=5 protnone2=5 deposited=5 rss=10485760");
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
	expect(p, 64 * PAGE, "leaf1=31 holes1=33 rss=126976 tables1=1");
}

/* 3 x 2 MiB of a memfd on huge pages: no tables are set aside */
static void shmem_thp(void)
{
	char *p = map(3 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(3 * HUGE, 0));

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 3, HUGE);
	expect(p, 3 * HUGE, "leaf2=3 leaf1=0 deposited=0 rss=6291456 tables2=1");
}

/* [7 pages copied on write][30 pages of the file], from offset 0 */
static void file(void)
{
	const char *path = argument ? argument : "/var/tmp/factory";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	static char page[PAGE];
	unsigned int i;
	char *p;

	if (fd < 0)
		err(1, "%s: %s", name, path);
	for (i = 0; i < 37; i++)
		if (write(fd, page, PAGE) != PAGE)
			err(1, "%s: %s", name, path);
	p = map(37 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	read_pages(p, 37, PAGE);
	write_pages(p, 7, PAGE);
	expect(p, 37 * PAGE, "leaf1=37 rss=151552 tables1=1 offset=0");
}

/* 7 x 2 MiB of hugetlb, private */
static void hugetlb(void)
{
	char *p = map(11 * HUGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		      (21 << MAP_HUGE_SHIFT), -1);

	write_pages(p, 7, HUGE);
	expect(p, 11 * HUGE,
	       "leaf2=7 holes2=4 rss=14680064 deposited=0 tables1=0 tables2=1");
}

/* 3 x 2 MiB of hugetlb, shared, then no access */
static void hugetlb_closed(void)
{
	char *p = map(3 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(3 * HUGE, MFD_HUGETLB | MFD_HUGE_2MB));

	write_pages(p, 3, HUGE);
	if (mprotect(p, 3 * HUGE, PROT_NONE))
		err(1, "%s: mprotect", name);
	expect(p, 3 * HUGE, "leaf2=3 protnone2=3 rss=6291456 tables2=1");
}

/*
 * 2 GiB of hugetlb in two processes, 5 x 2 MiB touched by both: the kernel lets
 * them share the level-2 table, and counts it for each.
 */
static void hugetlb_shared(void)
{
	char *p = map(2 * GIB, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(2 * GIB, MFD_HUGETLB | MFD_HUGE_2MB));
	char *half = p + GIB;
	int ready[2];
	char byte;

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
	expect(p, 2 * GIB,
	       "leaf2=5 rss=10485760 holes3=1 holes2=507 tables2=1 tables3=1");
}

/* 1 x 1 GiB of hugetlb */
static void gigantic(void)
{
	char *p = map(GIB, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		      (30 << MAP_HUGE_SHIFT), -1);

	write_pages(p, 1, PAGE);
	expect(p, GIB, "leaf3=1 bytes3=1073741824 rss=1073741824 tables1=0 tables2=0 tables3=1");
}

/* the same without access: only the PTE form of the entry is present */
static void gigantic_closed(void)
{
	char *p = map(GIB, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		      (30 << MAP_HUGE_SHIFT), -1);

	write_pages(p, 1, PAGE);
	if (mprotect(p, GIB, PROT_NONE))
		err(1, "%s: mprotect", name);
	expect(p, GIB, "leaf3=1 protnone3=1 rss=1073741824 bad3=0");
}

static void skip(const char *why)
{
	printf("skip %s %s\n", name, why);
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
	expect(p, 11 * PAGE, "leaf1=8 hwpoison1=3 rss=45056");
}

/* [19 pages swapped out][11 pages]; needs swap */
static void swapped(void)
{
	char *p = map_small(30 * PAGE);
	unsigned char in[30];
	unsigned int i, tries, out = 0;

	write_pages(p, 30, PAGE);
	for (tries = 0; tries < 100 && out != 19; tries++) {
		advise(p, 19 * PAGE, MADV_PAGEOUT);
		usleep(10000);
		if (mincore(p, 30 * PAGE, in))
			err(1, "%s: mincore", name);
		for (out = 0, i = 0; i < 30; i++)
			out += !(in[i] & 1);
	}
	expect(p, 30 * PAGE, "leaf1=11 swap1=19 rss=45056 bytes1=45056");
}

/* 11 pages above the lower 47 bits of the address space, with 5 levels only */
static void high(void)
{
	char *p = mmap((void *)(1UL << 50), 11 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "%s: mmap", name);
	if (p != (char *)(1UL << 50)) {
		skip("this machine has no fifth level");
		return;
	}
	advise(p, 11 * PAGE, MADV_NOHUGEPAGE);
	write_pages(p, 11, PAGE);
	expect(p, 11 * PAGE, "leaf1=11 tables1=1 tables2=1 tables3=1 tables4=1 tables5=0 borrowed5=1");
}

/* 1009 pages, every other one read-only: as many VMAs, in 2 PTE tables */
static void many(void)
{
	char *p = map_small(1009 * PAGE);
	unsigned int i;

	write_pages(p, 1009, PAGE);
	for (i = 1; i < 1009; i += 2)
		if (mprotect(p + i * PAGE, PAGE, PROT_READ))
			err(1, "%s: mprotect", name);
	expect(p, 1009 * PAGE,
	       "leaf1=1009 holes1=0 tables1=2 tables2=1 borrowed1=1007 borrowed2=1008 rows=1009");
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
	{ "hugetlb-closed", hugetlb_closed },
	{ "hugetlb-shared", hugetlb_shared },
	{ "gigantic", gigantic },
	{ "gigantic-closed", gigantic_closed },
	{ "poisoned", poisoned },
	{ "swapped", swapped },
	{ "high", high },
	{ "many", many },
	{ "thread", thread },
	{ "leaderless", leaderless },
	{ "zombie", zombie },
	{ "churn", churn },
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
	for (i = 1; i < argc; i++)
		build(argv[i]);
	printf("ready %d\n", getpid());
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;

	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds memory that is not on huge pages, for exactly one reason.
 *
 *   reasons NAME
 *   reasons --list	each NAME, and what it is
 *
 * Prints `why NAME START END`, or `skip WHY`, and then `ready PID`, and waits until its input
 * ends. Its caller sets modes, limits and pools.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "memory.h"

#define PLACE	(window() / 4 * 3)	/* aligned to a huge page, nothing is near */
#define ROOM	(256 * HUGE)		/* for blocks that are free */

static char *map(size_t size, int flags, int fd, off_t offset)
{
	return map_at(PLACE, size, PROT_READ | PROT_WRITE, flags, fd, offset);
}

static char *map_anon(size_t size)
{
	return map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static char *map_huge(unsigned long count)
{
	char *p = map_anon(count * HUGE);

	advise(p, count * HUGE, MADV_HUGEPAGE);

	return p;
}

static void print_range(const char *p, size_t size)
{
	printf("why %s 0x%lx 0x%lx\n", situation, (unsigned long)p,
	       (unsigned long)p + size);
}

/* @count huge pages, all written on small ones, for which huge ones are wanted now. */
static char *map_late(unsigned long count)
{
	char *p = map_anon(count * HUGE);

	advise(p, count * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, count * IN_HUGE, PAGE);
	advise(p, count * HUGE, MADV_HUGEPAGE);

	return p;
}

static void small(void)
{
	char *p = map_anon(5 * PAGE);

	write_pages(p, 5, PAGE);
	print_range(p, 5 * PAGE);
}

static void misaligned(void)
{
	char *p = map_at(PLACE + PAGE, 2 * HUGE - 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	write_pages(p, 7, PAGE);
	print_range(p, 2 * HUGE - 2 * PAGE);
}

static void protection(void)
{
	char *p = map_anon(HUGE);

	advise(p, HUGE, MADV_NOHUGEPAGE);
	write_pages(p, IN_HUGE, PAGE);
	protect_pages(p + 7 * PAGE, 13 * PAGE, PROT_READ);
	print_range(p, HUGE);
}

static void offset(void)
{
	char *p = map(3 * HUGE, MAP_SHARED, memfd(4 * HUGE, 0), PAGE);

	write_pages(p, 11, PAGE);
	print_range(p, 3 * HUGE);
}

static void untouched(void)
{
	char *p = map_huge(7);

	print_range(p, 7 * HUGE);
}

static void disabled(void)
{
	char *p;

	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		err(1, "%s: prctl", situation);
	p = map_huge(3);
	write_pages(p, 23, PAGE);
	print_range(p, 3 * HUGE);
}

static void nohugepage(void)
{
	char *p = map_anon(3 * HUGE);

	advise(p, 3 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 29, PAGE);
	print_range(p, 3 * HUGE);
}

static void plain(void)
{
	char *p = map_anon(3 * HUGE);

	write_pages(p, 23, PAGE);
	print_range(p, 3 * HUGE);
}

static void advised(void)
{
	char *p = map_huge(3);

	write_pages(p, 23, PAGE);
	print_range(p, 3 * HUGE);
}

static void shmem(void)
{
	char *p = map(2 * HUGE, MAP_SHARED, memfd(2 * HUGE, 0), 0);

	write_pages(p, 13, PAGE);
	print_range(p, 2 * HUGE);
}

/* 4 MiB of a file, @path: 13 pages written */
static void of_file(const char *path)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	if (fd < 0 || ftruncate(fd, 2 * HUGE))
		err(1, "%s: %s", situation, path);
	p = map(2 * HUGE, MAP_SHARED, fd, 0);
	write_pages(p, 13, PAGE);
	unlink(path);
	print_range(p, 2 * HUGE);
}

static void tmpfs(void)
{
	of_file("/mnt/reasons");
}

static void filesystem(void)
{
	of_file("/var/tmp/reasons");
}

static void uffd(void)
{
	uint64_t features = 0;
	const int fd = uffd_open(&features);
	char *p = map_anon(2 * HUGE);

	advise(p, 2 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 300, PAGE);
	write_pages(p + HUGE, 300, PAGE);
	advise(p, 2 * HUGE, MADV_HUGEPAGE);
	if (fd < 0 || !uffd_register(fd, p, 2 * HUGE, UFFDIO_REGISTER_MODE_MISSING))
		err(1, "%s: userfaultfd", situation);
	print_range(p, 2 * HUGE);
}

static void swap(void)
{
	char *p = map_late(2);
	unsigned int tries;

	for (tries = 0; tries < 300 && count_pages(p, 101, SWAPPED) + count_pages(p + HUGE, 101, SWAPPED) < 202; tries++) {
		advise(p, 101 * PAGE, MADV_PAGEOUT);
		advise(p + HUGE, 101 * PAGE, MADV_PAGEOUT);
		usleep(10000);
	}
	print_range(p, 2 * HUGE);
}

static void ksm(void)
{
	char *p = map_late(2);
	unsigned int tries;

	memset(p, 'k', 2 * HUGE);
	advise(p, 2 * HUGE, MADV_MERGEABLE);
	for (tries = 0; tries < 600 && number_in("/proc/self/ksm_merging_pages", "%lu") < 100; tries++)
		usleep(100000);
	print_range(p, 2 * HUGE);
}

static void pinned(void)
{
	struct io_uring_params params = { 0 };
	char *p = map_late(2);
	struct iovec range = { p, 2 * HUGE };
	const int fd = syscall(SYS_io_uring_setup, 4, &params);

	if (fd < 0 || syscall(SYS_io_uring_register, fd,
			      IORING_REGISTER_BUFFERS, &range, 1)) {
		printf("skip io_uring: %s\n", strerror(errno));
		return;
	}
	/* 7.3 does not */
	if (!number_in("/proc/self/status", "VmPin: %lu")) {
		puts("skip VmPin does not count what io_uring pins");
		return;
	}
	print_range(p, 2 * HUGE);
}

static void split(void)
{
	char *p = map_anon(3 * HUGE);
	unsigned int i;

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 3 * IN_HUGE, PAGE);
	for (i = 0; i < 3; i++)
		advise(p + i * HUGE + 9 * PAGE, PAGE, MADV_DONTNEED);
	print_range(p, 3 * HUGE);
}

static void partial(void)
{
	char *p = map_anon(3 * HUGE);
	unsigned int i;

	advise(p, 3 * HUGE, MADV_NOHUGEPAGE);
	for (i = 0; i < 3; i++)
		write_pages(p + i * HUGE, 17, PAGE);
	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	print_range(p, 3 * HUGE);
}

static void shared(void)
{
	char *p = map_late(2);
	const pid_t pid = fork_bound();

	if (pid < 0)
		err(1, "%s: fork", situation);
	if (!pid)
		for (;;)
			pause();
	print_range(p, 2 * HUGE);
}

/* Free blocks as large as a huge page, without those that x86 keeps for devices. */
static unsigned long free_blocks(void)
{
#if defined(__x86_64__) || defined(__i386__)
	static const char kept[] = "DMA";
#else
	static const char kept[] = "";
#endif
	FILE *file = fopen("/proc/buddyinfo", "r");
	unsigned long blocks[11], sum = 0;
	char line[512], zone[16];
	int at, next, order;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %*d, zone %15s%n", zone, &at) != 1 ||
		    !strcmp(zone, kept))
			continue;
		for (order = 0; order < 11 &&
		     sscanf(line + at, "%lu%n", &blocks[order], &next) == 1; order++) {
			at += next;
			sum += order < 9 ? 0 : blocks[order];
		}
	}
	if (file)
		fclose(file);

	return sum;
}

/* Takes the free blocks as huge pages, while there is room for them. */
static void take_blocks(char *room)
{
	static size_t taken;

	for (; free_blocks() && taken < ROOM; taken += HUGE)
		write_pages(room + taken, 1, 0);
}

static void *keep_taking_blocks(void *room)
{
	for (;; usleep(5000))
		take_blocks(room);

	return NULL;
}

/*
 * No free block of memory is as large as a huge page: this takes most memory in small
 * pages, frees every other page of a part of it, and takes the blocks that are left as
 * huge pages, like those that reclaim makes later. Without defrag nobody makes others.
 */
static void fragmented(void)
{
	const size_t size = (sysconf(_SC_AVPHYS_PAGES) - 24 * MIB / PAGE) * PAGE;
	char *p = map_late(2);
	char *all = mmap(NULL, size + ROOM, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	pthread_t thread;
	size_t i;

	if (all == MAP_FAILED)
		err(1, "%s: mmap", situation);
	advise(all, size, MADV_NOHUGEPAGE);
	write_pages(all, size / PAGE, PAGE);
	for (i = 0; i < size / 4; i += 2 * PAGE)
		advise(all + i, PAGE, MADV_DONTNEED);
	advise(all + size, ROOM, MADV_HUGEPAGE);
	take_blocks(all + size);
	errno = pthread_create(&thread, NULL, keep_taking_blocks, all + size);
	if (errno)
		err(1, "%s: pthread_create", situation);
	print_range(p, 2 * HUGE);
}

static void khugepaged(void)
{
	print_range(map_late(3), 3 * HUGE);
}

static void locked(void)
{
	char *p = map_late(3);

	if (mlock(p, 3 * HUGE))
		err(1, "%s: mlock", situation);
	print_range(p, 3 * HUGE);
}

static void pool(void)
{
	print_range(map(3 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0), 3 * HUGE);
}

static void pfnmap(void)
{
	const char *why;
	char *p = map_bios(PLACE, &why);

	if (p)
		print_range(p, 16 * PAGE);
	else
		printf("skip %s\n", why);
}

static void fine(void)
{
	char *p = map_huge(3);

	write_pages(p, 3, HUGE);
	print_range(p, 3 * HUGE);
}

static const struct {
	const char *name;
	void (*build)(void);
	const char *what;
} all[] = {
	{ "small", small, "5 pages" },
	{ "misaligned", misaligned, "from page 1 of a huge page to the last but one of the next" },
	{ "protection", protection, "a huge page: 7 pages rw, 13 r, the others rw" },
	{ "offset", offset, "3 huge pages of a memfd from its page 1 on, at an aligned address" },
	{ "untouched", untouched, "7 huge pages that nobody touches" },
	{ "disabled", disabled, "3 huge pages, switched off for the process by prctl()" },
	{ "nohugepage", nohugepage, "3 huge pages, switched off by madvise()" },
	{ "plain", plain, "3 huge pages, 23 pages written: for the modes never and madvise" },
	{ "advised", advised, "the same with the advice for huge pages" },
	{ "shmem", shmem, "2 huge pages of shared memory, 13 pages written" },
	{ "tmpfs", tmpfs, "the same of a file in a tmpfs" },
	{ "filesystem", filesystem, "the same of a file in /var/tmp" },
	{ "uffd", uffd, "2 huge pages, 300 pages of each written; userfaultfd has to be asked for the others" },
	{ "swap", swap, "2 huge pages, 101 small ones of each swapped out: more than khugepaged takes" },
	{ "ksm", ksm, "2 huge pages of small ones that are all the same, 100 of them merged by KSM" },
	{ "pinned", pinned, "2 huge pages of small ones that io_uring may write to" },
	{ "split", split, "3 huge pages; page 9 of each was dropped" },
	{ "partial", partial, "17 pages of each of 3 huge ones" },
	{ "shared", shared, "all small pages of 2 huge ones are mapped by a child, too" },
	{ "fragmented", fragmented, "no block of memory as large as a huge page is free" },
	{ "khugepaged", khugepaged, "3 huge pages of small ones: khugepaged has not come yet" },
	{ "locked", locked, "the same, locked by mlock(), which is no reason" },
	{ "pool", pool, "3 pages of hugetlb without a reservation, from an empty pool" },
	{ "pfnmap", pfnmap, "16 pages of the BIOS by /dev/mem" },
	{ "fine", fine, "3 huge pages, all of them huge" },
};

#define COUNT	(sizeof(all) / sizeof(*all))

int main(int argc, char **argv)
{
	const char *wanted = argc == 2 ? argv[1] : "";
	size_t i;

	for (i = 0; i < COUNT; i++) {
		if (!strcmp(wanted, "--list"))
			printf("%-11s %s\n", all[i].name, all[i].what);
		if (strcmp(wanted, all[i].name))
			continue;
		situation = wanted;
		all[i].build();
		wait_for_end();
		return 0;
	}
	if (!strcmp(wanted, "--list"))
		return 0;
	fputs("usage: reasons NAME|--list\n", stderr);

	return 2;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * reasons NAME: memory that is not on huge pages, for exactly one reason. Says
 * `why NAME START END` and then `ready PID`, and waits until its input ends.
 * Modes, limits and pools are set by who starts it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define PLACE	(window() / 4 * 3)	/* aligned to a huge page, nothing is near */
#define ROOM	(256 * HUGE)		/* for blocks that are free */

static const char *name;

static char *map_at(unsigned long place, size_t size, int flags, int fd,
		    off_t offset)
{
	char *p = mmap((void *)place, size, PROT_READ | PROT_WRITE,
		       MAP_FIXED_NOREPLACE | flags, fd, offset);

	if (p == MAP_FAILED)
		err(1, "%s: mmap of %zu bytes", name, size);

	return p;
}

static void advise(void *p, size_t size, int advice)
{
	if (madvise(p, size, advice))
		err(1, "%s: madvise(%d)", name, advice);
}

static void write_pages(char *p, unsigned long count, size_t distance)
{
	for (; count--; p += distance)
		*(volatile char *)p = 1;
}

static void say(const char *p, size_t size)
{
	printf("why %s 0x%lx 0x%lx\n", name, (unsigned long)p,
	       (unsigned long)p + size);
}

static char *map_anon(size_t size)
{
	return map_at(PLACE, size, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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

/* [5 pages] */
static void small(void)
{
	char *p = map_anon(5 * PAGE);

	write_pages(p, 5, PAGE);
	say(p, 5 * PAGE);
}

/* From page 1 of a huge page to the last but one of the next */
static void misaligned(void)
{
	char *p = map_at(PLACE + PAGE, 2 * HUGE - 2 * PAGE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	write_pages(p, 7, PAGE);
	say(p, 2 * HUGE - 2 * PAGE);
}

/* 2 MiB: [7 rw][13 r][492 rw] */
static void protection(void)
{
	char *p = map_anon(HUGE);

	advise(p, HUGE, MADV_NOHUGEPAGE);
	write_pages(p, IN_HUGE, PAGE);
	if (mprotect(p + 7 * PAGE, 13 * PAGE, PROT_READ))
		err(1, "%s: mprotect", name);
	say(p, HUGE);
}

static int memfd(size_t size)
{
	const int fd = memfd_create(name, 0);

	if (fd < 0 || ftruncate(fd, size))
		err(1, "%s: memfd", name);

	return fd;
}

/* 6 MiB of a memfd from page 1 on, at an aligned address */
static void offset(void)
{
	char *p = map_at(PLACE, 3 * HUGE, MAP_SHARED, memfd(4 * HUGE), PAGE);

	write_pages(p, 11, PAGE);
	say(p, 3 * HUGE);
}

/* 14 MiB that nobody touches */
static void untouched(void)
{
	char *p = map_anon(7 * HUGE);

	advise(p, 7 * HUGE, MADV_HUGEPAGE);
	say(p, 7 * HUGE);
}

static void disabled(void)
{
	char *p;

	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		err(1, "%s: prctl", name);
	p = map_anon(3 * HUGE);
	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 23, PAGE);
	say(p, 3 * HUGE);
}

static void nohugepage(void)
{
	char *p = map_anon(3 * HUGE);

	advise(p, 3 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 29, PAGE);
	say(p, 3 * HUGE);
}

/* 6 MiB, 23 pages written: for the modes never and madvise */
static void plain(void)
{
	char *p = map_anon(3 * HUGE);

	write_pages(p, 23, PAGE);
	say(p, 3 * HUGE);
}

static void advised(void)
{
	char *p = map_anon(3 * HUGE);

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 23, PAGE);
	say(p, 3 * HUGE);
}

/* 4 MiB of shared memory, 13 pages written */
static void shmem(void)
{
	char *p = map_at(PLACE, 2 * HUGE, MAP_SHARED, memfd(2 * HUGE), 0);

	write_pages(p, 13, PAGE);
	say(p, 2 * HUGE);
}

/* 4 MiB of a file, @path: 13 pages written */
static void of_file(const char *path)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	if (fd < 0 || ftruncate(fd, 2 * HUGE))
		err(1, "%s: %s", name, path);
	p = map_at(PLACE, 2 * HUGE, MAP_SHARED, fd, 0);
	write_pages(p, 13, PAGE);
	unlink(path);
	say(p, 2 * HUGE);
}

static void tmpfs(void)
{
	of_file("/mnt/reasons");
}

static void filesystem(void)
{
	of_file("/var/tmp/reasons");
}

/* 300 pages of each of 2 huge ones: userfaultfd wants to be asked for the others */
static void uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	char *p = map_anon(2 * HUGE);
	struct uffdio_register range = {
		.range = { (unsigned long)p, 2 * HUGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	const int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	advise(p, 2 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 300, PAGE);
	write_pages(p + HUGE, 300, PAGE);
	advise(p, 2 * HUGE, MADV_HUGEPAGE);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		err(1, "%s: userfaultfd", name);
	say(p, 2 * HUGE);
}

/* How many of some pages pagemap says to be in swap. */
static unsigned long count_swapped(const char *p, unsigned long count)
{
	const int fd = open("/proc/self/pagemap", O_RDONLY);
	unsigned long swapped = 0;
	uint64_t entry;

	for (; count--; p += PAGE)
		if (pread(fd, &entry, sizeof(entry),
			  (unsigned long)p / PAGE * sizeof(entry)) ==
			    sizeof(entry))
			swapped += entry >> 62 & 1;
	close(fd);

	return swapped;
}

/* Of each of 2 huge pages 101 small ones are swapped out; 64 may be */
static void swap(void)
{
	char *p = map_late(2);
	unsigned int tries;

	for (tries = 0; tries < 300 && (count_swapped(p, 101) < 101 ||
					count_swapped(p + HUGE, 101) < 101);
	     tries++) {
		advise(p, 101 * PAGE, MADV_PAGEOUT);
		advise(p + HUGE, 101 * PAGE, MADV_PAGEOUT);
		usleep(10000);
	}
	say(p, 2 * HUGE);
}

/* 2 huge pages of small ones that are all the same, until KSM has merged 100 */
static void ksm(void)
{
	char *p = map_late(2);
	unsigned int tries;
	char text[32] = "";
	int fd;

	memset(p, 'k', 2 * HUGE);
	advise(p, 2 * HUGE, MADV_MERGEABLE);
	for (tries = 0; tries < 600 && atol(text) < 100; tries++) {
		usleep(100000);
		fd = open("/proc/self/ksm_merging_pages", O_RDONLY);
		if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
			err(1, "%s: /proc/self/ksm_merging_pages", name);
		close(fd);
	}
	say(p, 2 * HUGE);
}

/* What status says is pinned, in KiB */
static unsigned long vm_pin(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	unsigned long kib = 0;
	char line[256];

	if (!status)
		err(1, "/proc/self/status");
	while (fgets(line, sizeof(line), status) &&
	       sscanf(line, "VmPin: %lu", &kib) != 1)
		;
	fclose(status);

	return kib;
}

/* Small pages that io_uring may write to */
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
	if (!vm_pin()) {
		puts("skip VmPin does not count what io_uring pins");
		return;
	}
	say(p, 2 * HUGE);
}

/* 3 huge pages; of each, page 9 was dropped */
static void split(void)
{
	char *p = map_anon(3 * HUGE);
	unsigned int i;

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 3 * IN_HUGE, PAGE);
	for (i = 0; i < 3; i++)
		advise(p + i * HUGE + 9 * PAGE, PAGE, MADV_DONTNEED);
	say(p, 3 * HUGE);
}

/* 17 pages of each of 3 huge ones */
static void partial(void)
{
	char *p = map_anon(3 * HUGE);
	unsigned int i;

	advise(p, 3 * HUGE, MADV_NOHUGEPAGE);
	for (i = 0; i < 3; i++)
		write_pages(p + i * HUGE, 17, PAGE);
	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	say(p, 3 * HUGE);
}

/* All small pages of 2 huge ones are a child's too */
static void shared(void)
{
	char *p = map_late(2);
	const pid_t pid = fork_bound();

	if (pid < 0)
		err(1, "%s: fork", name);
	if (!pid)
		for (;;)
			pause();
	say(p, 2 * HUGE);
}

/* Free blocks as large as a huge page, but in zone DMA. */
static unsigned long free_blocks(void)
{
	FILE *file = fopen("/proc/buddyinfo", "r");
	unsigned long blocks[11], sum = 0;
	char line[512], zone[16];
	int at, next, order;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %*d, zone %15s%n", zone, &at) != 1 ||
		    !strcmp(zone, "DMA"))
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

/* Takes the free blocks as huge pages, as long as there is room for them. */
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
 * No block of memory is free that is as large as a huge page: most memory is
 * taken in small pages, every other one of a part of it given back, and the
 * blocks that are left are taken as huge pages, as are those that reclaim makes
 * later. Without defrag nobody else makes more.
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
		err(1, "%s: mmap", name);
	advise(all, size, MADV_NOHUGEPAGE);
	write_pages(all, size / PAGE, PAGE);
	for (i = 0; i < size / 4; i += 2 * PAGE)
		advise(all + i, PAGE, MADV_DONTNEED);
	advise(all + size, ROOM, MADV_HUGEPAGE);
	take_blocks(all + size);
	errno = pthread_create(&thread, NULL, keep_taking_blocks, all + size);
	if (errno)
		err(1, "%s: pthread_create", name);
	say(p, 2 * HUGE);
}

static void khugepaged(void)
{
	say(map_late(3), 3 * HUGE);
}

/* mlock() is no reason */
static void locked(void)
{
	char *p = map_late(3);

	if (mlock(p, 3 * HUGE))
		err(1, "%s: mlock", name);
	say(p, 3 * HUGE);
}

/* 3 pages of hugetlb that nobody has reserved, from a pool that is empty */
static void pool(void)
{
	say(map_at(PLACE, 3 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		   MAP_NORESERVE, -1, 0), 3 * HUGE);
}

/* 16 pages of the BIOS */
static void pfnmap(void)
{
	const int fd = open("/dev/mem", O_RDONLY);
	char *p = fd < 0 ? MAP_FAILED :
		  mmap((void *)PLACE, 16 * PAGE, PROT_READ,
		       MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0xf0000);

	if (p == MAP_FAILED) {
		printf("skip /dev/mem: %s\n", strerror(errno));
		return;
	}
	say(p, 16 * PAGE);
}

/* All of it is on huge pages */
static void fine(void)
{
	char *p = map_anon(3 * HUGE);

	advise(p, 3 * HUGE, MADV_HUGEPAGE);
	write_pages(p, 3, HUGE);
	say(p, 3 * HUGE);
}

static const struct {
	const char *name;
	void (*build)(void);
} all[] = {
	{ "small", small }, { "misaligned", misaligned },
	{ "protection", protection }, { "offset", offset },
	{ "untouched", untouched }, { "disabled", disabled },
	{ "nohugepage", nohugepage }, { "plain", plain },
	{ "advised", advised }, { "shmem", shmem }, { "tmpfs", tmpfs },
	{ "filesystem", filesystem }, { "uffd", uffd }, { "swap", swap },
	{ "ksm", ksm }, { "pinned", pinned }, { "split", split },
	{ "partial", partial }, { "shared", shared },
	{ "fragmented", fragmented }, { "khugepaged", khugepaged },
	{ "locked", locked }, { "pool", pool }, { "pfnmap", pfnmap },
	{ "fine", fine },
};

int main(int argc, char **argv)
{
	size_t i;
	char byte;

	for (i = 0; argc == 2 && i < sizeof(all) / sizeof(*all); i++) {
		if (strcmp(argv[1], all[i].name))
			continue;
		name = argv[1];
		all[i].build();
		printf("ready %d\n", getpid());
		fflush(stdout);
		while (read(0, &byte, 1) > 0)
			;
		return 0;
	}
	fprintf(stderr, "usage: reasons NAME\n");

	return 2;
}

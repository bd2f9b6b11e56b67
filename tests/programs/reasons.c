// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds memory that is not on huge pages, for exactly one reason.
 *
 *   reasons NAME
 *   reasons --list	each NAME, and what it is
 *
 * Prints `why NAME START END PID`, or `skip WHY`, and then `ready PID`, and waits until its
 * input ends. On SIGUSR1 it does what the remedy says, if that is for the program to do, and
 * prints `mended`. Its caller sets modes, limits and pools. Above 500 lines, since the
 * situations are short, belong to one table, and share what they need.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
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

/* the range of the situation, for its remedy */
static char *made;
static size_t made_size;

static void print_range_of(const char *p, size_t size, pid_t pid)
{
	made = (char *)p;
	made_size = size;
	printf("why %s 0x%lx 0x%lx %d\n", situation, (unsigned long)p,
	       (unsigned long)p + size, pid);
}

static void print_range(const char *p, size_t size)
{
	print_range_of(p, size, getpid());
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

/* Remedies for several situations */

/* Other memory instead: whole, aligned huge pages that ask for huge pages. */
static void map_anew(void)
{
	const size_t count = (made_size + HUGE - 1) / HUGE;

	munmap(made, made_size);
	write_pages(map_huge(count), count, HUGE);
}

static void take_advice(void)
{
	advise(made, made_size, MADV_HUGEPAGE);
}

static void collapse(void)
{
	advise(made, made_size, MADV_COLLAPSE);
}

static void touch(void)
{
	write_pages(made, made_size / HUGE, HUGE);
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

static void protect_whole(void)
{
	protect_pages(made, made_size, PROT_READ | PROT_WRITE);
	take_advice();
}

static int file;

static void offset(void)
{
	char *p;

	file = memfd(4 * HUGE, 0);
	p = map(3 * HUGE, MAP_SHARED, file, PAGE);
	write_pages(p, 11, PAGE);
	print_range(p, 3 * HUGE);
}

static void map_from_start(void)
{
	munmap(made, made_size);
	write_pages(map(made_size, MAP_SHARED, file, 0), 11, PAGE);
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

static void share_huge(void)
{
	take_advice();
	touch();
}

static void tmpfs(void)
{
	of_file("/mnt/reasons");
}

static void filesystem(void)
{
	of_file("/var/tmp/reasons");
}

static int uffd_file;

static void uffd(void)
{
	uint64_t features = 0;
	const int fd = uffd_open(&features);
	char *p = map_anon(2 * HUGE);

	uffd_file = fd;
	advise(p, 2 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 300, PAGE);
	write_pages(p + HUGE, 300, PAGE);
	advise(p, 2 * HUGE, MADV_HUGEPAGE);
	if (fd < 0 || !uffd_register(fd, p, 2 * HUGE, UFFDIO_REGISTER_MODE_MISSING))
		err(1, "%s: userfaultfd", situation);
	print_range(p, 2 * HUGE);
}

static void unregister(void)
{
	/* a closed file watches nothing */
	close(uffd_file);
}

static void guard(void)
{
	char *p = map_late(3);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (madvise(p + i * HUGE + 5 * PAGE, PAGE, MADV_GUARD_INSTALL)) {
			printf("skip MADV_GUARD_INSTALL: %s\n", strerror(errno));
			return;
		}
	}
	print_range(p, 3 * HUGE);
}

static void remove_guards(void)
{
	madvise(made, made_size, MADV_GUARD_REMOVE);
}

static void stack(void)
{
	char *p = map_at(PLACE, 3 * HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	write_pages(p, 19, PAGE);
	print_range(p, 3 * HUGE);
}

static void dontfork(void)
{
	char *p = map_anon(HUGE);

	/* VMAs that are touched after they were divided never merge again */
	write_pages(p, IN_HUGE, PAGE);
	advise(p + 7 * PAGE, 13 * PAGE, MADV_DONTFORK);
	print_range(p, HUGE);
}

static void dofork(void)
{
	advise(made, made_size, MADV_DOFORK);
}

static void except_advised(void)
{
	/* PR_THP_DISABLE_EXCEPT_ADVISED */
	if (prctl(PR_SET_THP_DISABLE, 1, 2, 0, 0)) {
		puts("skip this kernel knows no PR_THP_DISABLE_EXCEPT_ADVISED");
		return;
	}
	plain();
}

static void allow(void)
{
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

/* Puts the process on khugepaged's list. */
static void enlist(void)
{
	char *p = map_at(PLACE + 64 * HUGE, HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	advise(p, HUGE, MADV_HUGEPAGE);
	write_pages(p, 1, PAGE);
}

static void copies(void)
{
	const int fd = open("/var/tmp/reasons", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	if (fd < 0 || ftruncate(fd, 2 * HUGE))
		err(1, "%s: /var/tmp/reasons", situation);
	p = map(2 * HUGE, MAP_PRIVATE, fd, 0);
	write_pages(p, 37, PAGE);
	unlink("/var/tmp/reasons");
	print_range(p, 2 * HUGE);
}

static void secret(void)
{
	const int fd = syscall(447 /* memfd_secret */, 0);
	char *p;

	if (fd < 0 || ftruncate(fd, HUGE)) {
		printf("skip memfd_secret: %s\n", strerror(errno));
		return;
	}
	p = map(HUGE, MAP_SHARED, fd, 0);
	write_pages(p, 41, PAGE);
	print_range(p, HUGE);
}

static void lazyfree(void)
{
	char *p = map_late(2);

	advise(p, 2 * HUGE, MADV_FREE);
	/* empties the lists of each CPU: a page there does not count as lazily freed yet */
	if (!write_file("/proc/sys/vm/compact_memory", "1"))
		err(1, "compact_memory");
	print_range(p, 2 * HUGE);
}

static void write_again(void)
{
	write_pages(made, made_size / PAGE, PAGE);
}

static void unreferenced(void)
{
	char *p = map_late(2);

	if (!write_file("/proc/self/clear_refs", "1"))
		err(1, "%s: clear_refs", situation);
	print_range(p, 2 * HUGE);
}

static void readonly(void)
{
	char *p = map_late(2);

	protect_pages(p, 2 * HUGE, PROT_READ);
	print_range(p, 2 * HUGE);
}

static void make_writable(void)
{
	protect_pages(made, made_size, PROT_READ | PROT_WRITE);
	write_again();
}

static void zero(void)
{
	char *p = map_anon(2 * HUGE);

	enlist();
	advise(p, 2 * HUGE, MADV_NOHUGEPAGE);
	read_pages(p, 2 * IN_HUGE, PAGE);
	advise(p, 2 * HUGE, MADV_HUGEPAGE);
	print_range(p, 2 * HUGE);
}

static void remap(void)
{
	char *p = map(2 * HUGE, MAP_SHARED, memfd(2 * HUGE, 0), 0);

	enlist();
	advise(p, 2 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 2 * IN_HUGE, PAGE);
	advise(p, 2 * HUGE, MADV_HUGEPAGE);
	print_range(p, 2 * HUGE);
}

/* 3 pages of hugetlb, one of them touched */
static void reserved(void)
{
	char *p = map(3 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	write_pages(p, 1, PAGE);
	print_range(p, 3 * HUGE);
}

/* The pages of a child that its parent has taken from it: the pool had no others. */
static void stolen(void)
{
	char *p = map(2 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	pid_t pid;

	write_pages(p, 2, HUGE);
	pid = fork_bound();
	if (pid < 0)
		err(1, "%s: fork", situation);
	if (!pid)
		for (;;)
			pause();
	write_pages(p, 2, HUGE);
	print_range_of(p, 2 * HUGE, pid);
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
	for (tries = 0; tries < 600 && number_in("/proc/self/ksm_merging_pages", "%lu") < 900; tries++)
		usleep(100000);
	print_range(p, 2 * HUGE);
}

static void unmerge(void)
{
	advise(made, made_size, MADV_UNMERGEABLE);
}

static int ring;

/* Registers a buffer with io_uring; false if that is not possible, and says so. */
static bool register_buffer(char *p, size_t size)
{
	struct io_uring_params params = { 0 };
	struct iovec range = { p, size };

	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0 || syscall(SYS_io_uring_register, ring,
				IORING_REGISTER_BUFFERS, &range, 1)) {
		printf("skip io_uring: %s\n", strerror(errno));
		return false;
	}

	return true;
}

static void pinned(void)
{
	char *p = map_late(2);

	if (register_buffer(p, 2 * HUGE))
		print_range(p, 2 * HUGE);
}

static void unpin(void)
{
	syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
}

static void unpinned(void)
{
	char *p = map_late(2);

	if (!register_buffer(p, 2 * HUGE))
		return;
	unpin();
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

static pid_t sharer;

static void end_sharer(void)
{
	kill(sharer, SIGKILL);
	waitpid(sharer, NULL, 0);
}

static void share(void)
{
	const pid_t pid = fork_bound();

	if (pid < 0)
		err(1, "%s: fork", situation);
	if (!pid)
		for (;;)
			pause();
	sharer = pid;
}

static void shared(void)
{
	char *p = map_late(2);

	share();
	print_range(p, 2 * HUGE);
}

/* What a snapshot leaves: a huge page is split by the first write after fork(). */
static void snapshot(void)
{
	char *p = map_huge(2);

	write_pages(p, 2 * IN_HUGE, PAGE);
	share();
	write_pages(p, 2, HUGE);
	print_range(p, 2 * HUGE);
}

/* Huge pages that a child shares, and nobody has written since. */
static void forked(void)
{
	char *p = map_huge(3);

	write_pages(p, 3, HUGE);
	share();
	print_range(p, 3 * HUGE);
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

/* without advice */
static void khugepaged_plain(void)
{
	char *p = map_anon(3 * HUGE);

	write_pages(p, 3 * IN_HUGE, PAGE);
	print_range(p, 3 * HUGE);
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
	void (*mend)(void);
} all[] = {
	{ "small", small, "5 pages", map_anew },
	{ "misaligned", misaligned, "from page 1 of a huge page to the last but one of the next", map_anew },
	{ "protection", protection, "a huge page: 7 pages rw, 13 r, the others rw", protect_whole },
	{ "offset", offset, "3 huge pages of a memfd from its page 1 on, at an aligned address", map_from_start },
	{ "untouched", untouched, "7 huge pages that nobody touches", touch },
	{ "disabled", disabled, "3 huge pages, switched off for the process by prctl()", allow },
	{ "nohugepage", nohugepage, "3 huge pages, switched off by madvise()", take_advice },
	{ "plain", plain, "3 huge pages, 23 pages written: for the modes never and madvise", take_advice },
	{ "advised", advised, "the same with the advice for huge pages", NULL },
	{ "shmem", shmem, "2 huge pages of shared memory, 13 pages written", share_huge },
	{ "tmpfs", tmpfs, "the same of a file in a tmpfs", NULL },
	{ "filesystem", filesystem, "the same of a file in /var/tmp", map_anew },
	{ "guard", guard, "3 huge pages of small ones, with a guard in each", remove_guards },
	{ "stack", stack, "3 huge pages, mapped as a stack, 19 pages written", take_advice },
	{ "dontfork", dontfork, "a huge page: 7 pages, 13 without a copy in children, the others", dofork },
	{ "except", except_advised, "as plain, but only what is advised gets huge pages", allow },
	{ "late", khugepaged_plain, "3 huge pages of small ones: huge ones were off when they were mapped", enlist },
	{ "copies", copies, "37 private copies of pages of a file in /var/tmp", map_anew },
	{ "secret", secret, "a huge page of secret memory, 41 pages written", NULL },
	{ "lazyfree", lazyfree, "2 huge pages of small ones, given back by MADV_FREE", write_again },
	{ "unused", unreferenced, "the same, not used since a while", write_again },
	{ "readonly", readonly, "the same, not writable", make_writable },
	{ "zero", zero, "2 huge pages, only read", write_again },
	{ "remap", remap, "2 huge pages of shared memory, on small pages", touch },
	{ "reserved", reserved, "3 pages of hugetlb, one touched", NULL },
	{ "stolen", stolen, "2 pages of hugetlb that the parent has taken from its child", NULL },
	{ "unpinned", unpinned, "2 huge pages of small ones that io_uring could write to once", collapse },
	{ "snapshot", snapshot, "2 huge pages, split by a write while a child shares them", end_sharer },
	{ "forked", forked, "3 huge pages that a child shares", end_sharer },
	{ "uffd", uffd, "2 huge pages, 300 pages of each written; userfaultfd has to be asked for the others", unregister },
	{ "swap", swap, "2 huge pages, 101 small ones of each swapped out: more than khugepaged takes", NULL },
	{ "ksm", ksm, "2 huge pages of small ones that are all the same, 100 of them merged by KSM", unmerge },
	{ "pinned", pinned, "2 huge pages of small ones that io_uring may write to", unpin },
	{ "split", split, "3 huge pages; page 9 of each was dropped", NULL },
	{ "partial", partial, "17 pages of each of 3 huge ones", NULL },
	{ "shared", shared, "all small pages of 2 huge ones are mapped by a child, too", end_sharer },
	{ "fragmented", fragmented, "no block of memory as large as a huge page is free", NULL },
	{ "khugepaged", khugepaged, "3 huge pages of small ones: khugepaged has not come yet", NULL },
	{ "locked", locked, "the same, locked by mlock(), which is no reason", NULL },
	{ "pool", pool, "3 pages of hugetlb without a reservation, from an empty pool", NULL },
	{ "pfnmap", pfnmap, "16 pages of the BIOS by /dev/mem", NULL },
	{ "fine", fine, "3 huge pages, all of them huge", NULL },
};

#define COUNT	(sizeof(all) / sizeof(*all))

static void (*mend)(void);

static void on_mend(int signal)
{
	(void)signal;
	if (mend)
		mend();
	puts("mended");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_mend, .sa_flags = SA_RESTART };

	const char *wanted = argc == 2 ? argv[1] : "";
	size_t i;

	for (i = 0; i < COUNT; i++) {
		if (!strcmp(wanted, "--list"))
			printf("%-11s %s\n", all[i].name, all[i].what);
		if (strcmp(wanted, all[i].name))
			continue;
		situation = wanted;
		mend = all[i].mend;
		sigaction(SIGUSR1, &action, NULL);
		all[i].build();
		wait_for_end();
		return 0;
	}
	if (!strcmp(wanted, "--list"))
		return 0;
	fputs("usage: reasons NAME|--list\n", stderr);

	return 2;
}

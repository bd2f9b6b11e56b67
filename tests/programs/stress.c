// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets that never rest: processes that map, unmap, fork, exec, exit, split,
 * collapse, swap and migrate without end.
 *
 *   stress SEED NAME...|all
 *
 * Prints `seed N`, then `group PGID`, the process group of all that it starts,
 * and runs until its standard input ends. Then it prints, for each kind, how
 * many rounds it did and how often each operation succeeded and failed:
 *
 *   kind NAME rounds=N map=OK/FAILED...	map=absent: the kernel lacks it
 *
 * and `died NAME STATUS` for a kind that ended by itself. The kinds together use
 * less than 400 MiB. Memory whose page may be missing is populated by madvise(),
 * which fails where an access would be SIGBUS.
 *
 * It is one file since it is long only by its 18 kinds of targets, which do not depend on each other.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
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

#include "memory.h"

#define OPERATIONS(X)							\
	X(map) X(touch) X(protect) X(unmap) X(discard) X(huge)		\
	X(collapse) X(truncate) X(punch) X(populate) X(fork) X(vfork)	\
	X(exec) X(pageout) X(cold) X(lazyfree) X(move_pages) X(mbind)	\
	X(migrate_pages) X(affinity) X(merge) X(unmerge) X(wp) X(unwp)	\
	X(poison) X(guard) X(unguard) X(remap) X(dontunmap)

#define X(name) OP_##name,
enum operation { OPERATIONS(X) OP_COUNT };
#undef X

static const char *const operations[] = {
#define X(name) #name,
	OPERATIONS(X)
#undef X
};

/* In memory that all processes share, those after an exec too. */
struct tally {
	unsigned long rounds;
	unsigned long done[OP_COUNT];
	unsigned long failed[OP_COUNT];
	bool absent[OP_COUNT];
};

static struct tally *tally;	/* of this process's kind */
static int tallies_fd;

static bool did(enum operation op, bool ok)
{
	__atomic_add_fetch(ok ? &tally->done[op] : &tally->failed[op], 1,
			   __ATOMIC_RELAXED);
	return ok;
}

static bool did_advise(enum operation op, void *p, size_t size, int advice)
{
	return did(op, !madvise(p, size, advice));
}

static void *map_any(size_t size, int prot, int flags, int fd)
{
	void *p = mmap(NULL, size, prot, flags | MAP_NORESERVE, fd, 0);

	return did(OP_map, p != MAP_FAILED) ? p : NULL;
}

/* As map_aligned(). */
static char *map_counted(size_t size, size_t align, int flags, int fd)
{
	char *p = map_aligned(size, align, flags, fd);

	did(OP_map, p);

	return p;
}

static char *map_anon(size_t size)
{
	return map_counted(size, HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static char *map_small(size_t size)
{
	char *p = map_anon(size);

	if (p)
		madvise(p, size, MADV_NOHUGEPAGE);

	return p;
}

static char *map_huge(size_t size)
{
	char *p = map_anon(size);

	if (p)
		did_advise(OP_huge, p, size, MADV_HUGEPAGE);

	return p;
}

static void *must(void *p)
{
	if (!p)
		err(1, "mmap");

	return p;
}

static void unmap(char *p, size_t size)
{
	did(OP_unmap, !munmap(p, size));
}

/* Writes most of @count random pages of @pages, and reads the others. */
static void touch(char *p, unsigned long pages, unsigned long count)
{
	volatile char *at;

	while (count--) {
		at = p + below(pages) * PAGE;
		if (below(4))
			*at = below(256);
		else
			(void)*at;
	}
	did(OP_touch, true);
}

/* A random part of a range of pages. */
static char *part(char *p, unsigned long pages, size_t *size)
{
	unsigned long first = below(pages);

	*size = (1 + below(pages - first)) * PAGE;

	return p + first * PAGE;
}

static void discard(char *p, unsigned long pages)
{
	size_t size;
	char *some = part(p, pages, &size);

	did_advise(OP_discard, some, size, MADV_DONTNEED);
}

static void protect(char *p, unsigned long pages)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_EXEC,
	};
	size_t size;
	char *some = part(p, pages, &size);

	did(OP_protect, !mprotect(some, size, prots[below(4)]));
}

static bool populate(char *p, size_t size)
{
	return did_advise(OP_populate, p, size,
		      below(2) ? MADV_POPULATE_READ : MADV_POPULATE_WRITE);
}

/* Waits for @count children; a kind may have one more, which does not end. */
static void reap(unsigned int count)
{
	while (count-- && waitpid(-1, NULL, 0) > 0)
		;
}

/* A child that ends with its parent, and has random numbers of its own. */
static pid_t spawn(void)
{
	unsigned long seed = below(SEEDS);
	pid_t pid = fork_bound();

	did(OP_fork, pid >= 0);
	if (pid)
		return pid;
	seed_random(seed);

	return 0;
}

/*
 * Rounds that keep nothing, so that threads can do them side by side: memory that was
 * unmapped may belong to another thread at once, and is not touched again.
 */

static void churn(void)
{
	unsigned long pages = 1 + below(1024), rest, i;
	char *p = map_small(pages * PAGE), *some;
	size_t size;

	if (!p)
		return;
	touch(p, pages, pages / 2);
	for (i = below(5); i--;) {
		switch (below(4)) {
		case 0:
			discard(p, pages);
			break;
		case 1:
			protect(p, pages);
			break;
		case 2:
			rest = 1 + below(pages);
			if (rest < pages)
				unmap(p + rest * PAGE, (pages - rest) * PAGE);
			pages = rest;
			break;
		default:
			some = part(p, pages, &size);
			populate(some, size);
		}
	}
	unmap(p, pages * PAGE);
}

static void thp(void)
{
	unsigned long pages = 4 * IN_HUGE, rest, i;
	char *p = map_anon(pages * PAGE);

	if (!p)
		return;
	switch (below(4)) {
	case 0: /* the huge zero page */
		did_advise(OP_huge, p, pages * PAGE, MADV_HUGEPAGE);
		did_advise(OP_populate, p, pages * PAGE, MADV_POPULATE_READ);
		break;
	case 1:
		did_advise(OP_huge, p, pages * PAGE, MADV_HUGEPAGE);
		touch(p, pages, 16);
		break;
	default: /* something to collapse; sometimes khugepaged gets time to do it */
		madvise(p, pages * PAGE, MADV_NOHUGEPAGE);
		touch(p, pages, pages / 4);
		did_advise(OP_huge, p, pages * PAGE, MADV_HUGEPAGE);
		if (!below(4))
			usleep(below(100000));
	}
	for (i = 1 + below(6); i--;) {
		char *one = p + below(4) * HUGE;

		switch (below(4)) {
		case 0:
			did_advise(OP_collapse, one, HUGE, MADV_COLLAPSE);
			break;
		case 1:
			discard(one, IN_HUGE);
			break;
		case 2:
			discard(p, pages);
			break;
		default:
			did(OP_protect, !mprotect(one + below(IN_HUGE) * PAGE,
						  PAGE, PROT_READ));
		}
	}
	rest = 1 + below(pages - 1);
	unmap(p + rest * PAGE, (pages - rest) * PAGE);
	unmap(p, rest * PAGE);
}

/* mremap() moves whole page tables if both ranges are aligned to what a table maps. */
static void move(void)
{
	const size_t size = 4 * HUGE;
	char *from = below(2) ? map_small(size) : map_huge(size);
	char *to = map_small(size + HUGE), *moved;
	size_t shift = below(2) ? 0 : below(IN_HUGE) * PAGE;

	if (from && to) {
		touch(from, size / PAGE, 256);
		if (below(2)) {
			moved = mremap(from, size, size,
				       MREMAP_MAYMOVE | MREMAP_FIXED, to + shift);
			did(OP_remap, moved != MAP_FAILED);
		} else {
			moved = mremap(from, size, size,
				       MREMAP_MAYMOVE | MREMAP_FIXED |
				       MREMAP_DONTUNMAP, to + shift);
			did(OP_dontunmap, moved != MAP_FAILED);
		}
		if (moved != MAP_FAILED)
			touch(moved, size / PAGE, 64);
		if (moved != MAP_FAILED && below(2))
			did(OP_remap, mremap(moved, size, PAGE * (1 + below(IN_HUGE)),
					     0) != MAP_FAILED);
	}
	/* only ranges that are ours: one that moved away may belong to another thread */
	if (to)
		unmap(to, size + HUGE);
	if (from)
		munmap(from, size);
}

/* Whole tables emptied: PT_RECLAIM frees them under the mmap read lock. */
static void empty(void)
{
	const unsigned long tables = 16;
	char *p = map_small(tables * HUGE), *some;
	unsigned long i, t, first, count;

	if (!p)
		return;
	for (i = 0; i < 8; i++) {
		for (t = 0; t < tables; t++)
			touch(p + t * HUGE, IN_HUGE, 1 + below(8));
		first = below(tables);
		count = 1 + below(tables - first);
		some = p + first * HUGE;
		did_advise(OP_discard, some, count * HUGE, MADV_DONTNEED);
	}
	unmap(p, tables * HUGE);
}

/* Terabytes without access, with a page here and there; in 32 bits as much as threads have room for. */
static void sparse(void)
{
	const size_t size = (1 + below(8)) * (sizeof(long) > 4 ? TIB : 64 * MIB);
	char *p = map_any(size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	unsigned long i, pages = size / PAGE;

	if (!p)
		return;
	for (i = 0; i < 64; i++) {
		char *one = p + below(pages) * PAGE;

		if (did(OP_protect, !mprotect(one, PAGE, PROT_READ | PROT_WRITE)))
			touch(one, 1, 1);
	}
	pages = 1 + below(pages - 1);
	unmap(p + pages * PAGE, size - pages * PAGE);
	unmap(p, pages * PAGE);
}

/* Kinds: a process each. What they keep is made at the first round. */

static void *thread(void *seed)
{
	static void (*const rounds[])(void) = { churn, thp, empty, sparse };

	seed_random((unsigned long)seed);
	for (;;) {
		rounds[below(4)]();
		__atomic_add_fetch(&tally->rounds, 1, __ATOMIC_RELAXED);
	}

	return NULL;
}

/*
 * One address space, four threads. Not move(): what mremap() leaves can be
 * mapped by another thread before it is unmapped here.
 */
static void threads(void)
{
	unsigned int i;
	pthread_t id;

	for (i = 0; i < 4; i++)
		if (pthread_create(&id, NULL, thread, (void *)below(SEEDS)))
			errx(1, "pthread_create");
	for (;;)
		pause();
}

static void shmem(void)
{
	const unsigned long pages = 4 * IN_HUGE;
	static char *shared, *private;
	static int fd;
	size_t size;
	char *some;

	if (!shared) {
		fd = memfd_create("stress", 0);
		if (fd < 0 || ftruncate(fd, pages * PAGE))
			err(1, "memfd");
		shared = must(map_counted(pages * PAGE, HUGE, MAP_SHARED, fd));
		private = must(map_counted(pages * PAGE, HUGE, MAP_PRIVATE, fd));
		/* a collapse by the other process removes this one's PTE tables */
		if (!spawn()) {
			for (;;) {
				some = part(shared, pages, &size);
				populate(some, size);
				if (!below(8))
					discard(shared, pages);
			}
		}
	}
	switch (below(8)) {
	case 0:
		did(OP_truncate, !ftruncate(fd, below(pages) * PAGE));
		did(OP_truncate, !ftruncate(fd, pages * PAGE));
		break;
	case 1:
		did(OP_punch, !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					 below(pages) * PAGE, (1 + below(pages)) * PAGE));
		break;
	case 2:
	case 3:
		did_advise(OP_huge, shared, pages * PAGE, MADV_HUGEPAGE);
		some = shared + below(4) * HUGE;
		madvise(some, HUGE, MADV_POPULATE_WRITE);
		did_advise(OP_collapse, some, HUGE, MADV_COLLAPSE);
		break;
	case 4:
		discard(shared, pages);
		break;
	case 5:
		discard(private, pages);
		break;
	case 6:
		some = part(private, pages, &size);
		populate(some, size);
		break;
	default:
		some = part(shared, pages, &size);
		populate(some, size);
	}
}

static void file(void)
{
	const unsigned long pages = 2 * IN_HUGE;
	static char *shared, *private;
	static int fd;
	size_t size;
	char *some;

	if (!shared) {
		fd = open("/var/tmp", O_TMPFILE | O_RDWR, 0600);
		if (fd < 0 || ftruncate(fd, pages * PAGE))
			err(1, "a file in /var/tmp");
		shared = must(map_counted(pages * PAGE, HUGE, MAP_SHARED, fd));
		private = must(map_counted(pages * PAGE, HUGE, MAP_PRIVATE, fd));
		/*
		 * In 7.3 khugepaged reads a file ahead with the new page locked,
		 * and so deadlocks with a task that truncates it. On shmem it does not.
		 */
		madvise(shared, pages * PAGE, MADV_NOHUGEPAGE);
		madvise(private, pages * PAGE, MADV_NOHUGEPAGE);
	}
	some = part(below(2) ? shared : private, pages, &size);
	switch (below(8)) {
	case 0:
		did(OP_truncate, !ftruncate(fd, below(pages) * PAGE));
		did(OP_truncate, !ftruncate(fd, pages * PAGE));
		break;
	case 1:
		did_advise(OP_pageout, some, size, MADV_PAGEOUT);
		break;
	case 2:
		did_advise(OP_discard, some, size, MADV_DONTNEED);
		break;
	default:
		populate(some, size);
	}
}

/* what a level-2 table maps, of which there are two; 32 bits have no room for them, and share no tables */
#define HALF		(sizeof(long) > 4 ? HUGE * IN_HUGE : 8 * HUGE)

/* One of a few pages of each half, so that the pool is enough. */
static char *hugetlb_page(char *p)
{
	return p + below(2) * HALF + below(6) * HUGE;
}

/* Level-2 tables shared among processes, and unshared again. */
static void hugetlb(void)
{
	static char *p;
	static int fd;
	const unsigned int children = 1 + below(2);
	unsigned int i;
	char *q;

	if (!p) {
		fd = memfd_create("stress", MFD_HUGETLB | shift_of(2) << MFD_HUGE_SHIFT);
		if (fd < 0 || ftruncate(fd, 2 * HALF))
			err(1, "memfd of hugetlb");
		p = must(map_counted(2 * HALF, HALF, MAP_SHARED, fd));
		if (!spawn()) {
			for (;;) {
				q = map_counted(2 * HALF, HALF, MAP_SHARED, fd);
				if (!q)
					continue;
				for (i = below(8); i--;)
					populate(hugetlb_page(q), HUGE);
				unmap(q + below(2) * HALF, HALF);
				unmap(q, 2 * HALF);
			}
		}
	}
	for (i = children; i--;) {
		if (spawn())
			continue;
		/* fork() copies no tables of shared memory: it is mapped when it is touched */
		for (i = below(6); i--;)
			populate(hugetlb_page(p), HUGE);
		switch (below(5)) {
		case 0:
			unmap(p + below(2) * HALF, HALF);
			break;
		case 1:
			did(OP_protect, !mprotect(hugetlb_page(p), HUGE, PROT_READ));
			break;
		case 2:
			did_advise(OP_discard, hugetlb_page(p), HUGE, MADV_DONTNEED);
			break;
		case 3:
			kill(getpid(), SIGKILL);
		}
		_exit(0);
	}
	for (i = below(6); i--;)
		populate(hugetlb_page(p), HUGE);
	if (!below(4))
		did(OP_punch, !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					 hugetlb_page(p) - p, HUGE));
	if (!below(4))
		did_advise(OP_discard, hugetlb_page(p), HUGE, MADV_DONTNEED);
	if (!below(8))
		did(OP_protect, !mprotect(p, HALF, below(2) ? PROT_READ : PROT_NONE) &&
		    !mprotect(p, HALF, PROT_READ | PROT_WRITE));
	reap(children);
}

static void forks(void)
{
	const unsigned long pages = 4 * IN_HUGE;
	static char *small, *huge;
	const unsigned int children = 1 + below(4);
	unsigned int i;
	bool closed;

	if (!small) {
		small = must(map_small(pages * PAGE));
		huge = must(map_huge(pages * PAGE));
	}
	touch(small, pages, 512);
	touch(huge, pages, 64);
	for (i = children; i--;) {
		if (spawn())
			continue;
		touch(small, pages, 64);
		touch(huge, pages, 8);
		if (below(2) && !spawn())
			protect(below(2) ? small : huge, pages);
		if (!below(4))
			usleep(below(20000));
		_exit(0);
	}
	if (!below(4))
		discard(huge, pages);
	/* without NUMA balancing no other leaf is without access for long */
	closed = below(2);
	if (closed)
		did(OP_protect, !mprotect(small, pages * PAGE, PROT_NONE));
	reap(children);
	if (closed && !did(OP_protect, !mprotect(small, pages * PAGE, PROT_READ | PROT_WRITE)))
		err(1, "mprotect");
}

/* Executes itself, in another address space each time; see main(). */
static void exec(void)
{
	char fd[16], kind[16], seed[32];
	char *args[] = { "stress", "--again", fd, kind, seed, NULL };
	extern unsigned int this_kind;
	char *p = map_small((1 + below(16)) * 256 * PAGE);
	unsigned int i;
	pid_t pid;

	if (p)
		touch(p, 256, 256);
	for (i = below(64); i--;)
		map_any(PAGE * (1 + below(64)), below(2) ? PROT_READ : PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1);
	pid = vfork();
	did(OP_vfork, pid >= 0);
	if (!pid) {
		execl("/proc/self/exe", "stress", "--nothing", NULL);
		_exit(1);
	}
	reap(1);
	snprintf(fd, sizeof(fd), "%d", tallies_fd);
	snprintf(kind, sizeof(kind), "%u", this_kind);
	snprintf(seed, sizeof(seed), "%lu", below(SEEDS));
	/* run() counts a round when it ends, and this one never does */
	__atomic_add_fetch(&tally->rounds, 1, __ATOMIC_RELAXED);
	did(OP_exec, true);
	execv("/proc/self/exe", args);
	err(1, "exec");
}

/* Exits of address spaces that take their time. */
static void exits(void)
{
	unsigned long i, place;
	char *p;

	if (spawn()) {
		reap(1);
		return;
	}
	for (i = 0; i < 64; i++) {
		/* a table of each level for each page, if there is room */
		place = window() / 8 * 3 + (i * 512 + below(64)) * (window() / 131072);
		p = mmap((void *)place, PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (did(OP_map, p != MAP_FAILED))
			touch(p, 1, 1);
	}
	p = map_small(1024 * PAGE);
	if (p) {
		touch(p, 256, 512);
		for (i = 0; i < 512; i++)
			did(OP_protect, !mprotect(p + 2 * i * PAGE, PAGE, PROT_READ));
	}
	p = map_huge(4 * HUGE);
	if (p)
		touch(p, 4 * IN_HUGE, 16);
	if (below(2))
		kill(getpid(), SIGKILL);
	_exit(0);
}

static void swap(void)
{
	const unsigned long pages = 4 * IN_HUGE;
	static char *small, *huge;
	size_t size;
	char *some;

	if (!small) {
		small = must(map_small(pages * PAGE));
		huge = must(map_huge(pages * PAGE));
	}
	touch(small, pages, 256);
	touch(huge, pages, 16);
	some = part(below(4) ? small : huge, pages, &size);
	switch (below(8)) {
	case 0:
		did_advise(OP_lazyfree, some, size, MADV_FREE);
		break;
	case 1:
		did_advise(OP_cold, some, size, MADV_COLD);
		break;
	case 2:
		did_advise(OP_discard, some, size, MADV_DONTNEED);
		break;
	case 3:
		if (!spawn()) {
			touch(small, pages, 64);
			_exit(0);
		}
		reap(1);
		break;
	default:
		did_advise(OP_pageout, some, size, MADV_PAGEOUT);
	}
}

static bool has_nodes(void)
{
	return !access("/sys/devices/system/node/node1", F_OK);
}

static void migrate(void)
{
	const unsigned long pages = 4 * IN_HUGE;
	static char *small, *huge;
	unsigned long node = below(2), mask = 1UL << node, other = 3 - mask;
	void *addresses[64];
	int nodes[64], status[64];
	char *some;
	size_t size;
	unsigned int i;

	if (!has_nodes()) {
		tally->absent[OP_move_pages] = true;
		tally->absent[OP_mbind] = true;
		tally->absent[OP_migrate_pages] = true;
	}
	if (!small) {
		small = must(map_small(pages * PAGE));
		huge = must(map_huge(pages * PAGE));
	}
	some = below(2) ? small : huge;
	touch(some, pages, 256);
	if (!has_nodes())
		return;
	/* in turn: rounds are few where the machine is slow */
	switch (tally->rounds % 4) {
	case 0:
		some = part(some, pages, &size);
		did(OP_mbind, !syscall(SYS_mbind, some, size, MPOL_BIND, &mask,
				       8 * sizeof(mask), MPOL_MF_MOVE) &&
		    !syscall(SYS_mbind, some, size, MPOL_DEFAULT, NULL, 0UL, 0));
		break;
	case 1:
		did(OP_migrate_pages,
		    syscall(SYS_migrate_pages, 0, 8 * sizeof(mask), &other, &mask) >= 0);
		break;
	default:
		for (i = 0; i < 64; i++) {
			addresses[i] = some + below(pages) * PAGE;
			nodes[i] = node;
		}
		did(OP_move_pages, syscall(SYS_move_pages, 0, 64UL, addresses, nodes,
					   status, MPOL_MF_MOVE) >= 0);
	}
}

/* For NUMA balancing: runs on random CPUs. */
static void numa(void)
{
	const unsigned long pages = 4 * IN_HUGE;
	static char *small, *huge;
	unsigned long i;
	cpu_set_t one;

	if (!small) {
		small = must(map_small(pages * PAGE));
		huge = must(map_huge(pages * PAGE));
	}
	CPU_ZERO(&one);
	CPU_SET(below(sysconf(_SC_NPROCESSORS_ONLN)), &one);
	did(OP_affinity, !sched_setaffinity(0, sizeof(one), &one));
	for (i = 0; i < 16; i++)
		touch(below(4) ? small : huge, pages, pages);
}

static void ksm(void)
{
	const unsigned long pages = IN_HUGE;
	static char *p;
	unsigned long i;

	if (!p)
		p = must(map_small(pages * PAGE));
	for (i = 0; i < pages; i++)
		memset(p + i * PAGE, i % 7 ? 42 : 0, PAGE);
	did_advise(OP_merge, p, pages * PAGE, MADV_MERGEABLE);
	usleep(below(200000));
	touch(p, pages, below(256));
	if (!below(4))
		did_advise(OP_unmerge, p, pages * PAGE, MADV_UNMERGEABLE);
}

/* Nobody handles faults: memory is only written while it is not protected. */
static void uffd(void)
{
	const unsigned long pages = 2 * IN_HUGE;
	struct uffdio_poison poison = { };
	uint64_t has = 0;
	unsigned long i;
	size_t size;
	char *p, *some;
	int fd;

	/* first ask which features the kernel has, then open with those that are used here */
	fd = uffd_open(&has);
	if (fd >= 0)
		close(fd);
	has &= UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_POISON;
	tally->absent[OP_poison] = !(has & UFFD_FEATURE_POISON);
	tally->absent[OP_wp] = !(has & UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	tally->absent[OP_unwp] = tally->absent[OP_wp];
	fd = uffd_open(&has);
	p = below(2) ? map_small(pages * PAGE) : map_huge(pages * PAGE);
	if (fd < 0 || !p)
		err(1, "userfaultfd");
	touch(p, pages, pages / 2);
	/* without write protection nothing is touched while it is registered: a fault would wait */
	if (!uffd_register(fd, p, pages * PAGE, tally->absent[OP_wp] ?
			   UFFDIO_REGISTER_MODE_MISSING : UFFDIO_REGISTER_MODE_WP))
		err(1, "UFFDIO_REGISTER");
	for (i = tally->absent[OP_wp] ? 0 : 4; i--;) {
		some = part(p, pages, &size);
		did(OP_wp, uffd_protect(fd, some, size, true));
		some = part(p, pages, &size);
		switch (below(4)) {
		case 0:
			did_advise(OP_pageout, some, size, MADV_PAGEOUT);
			break;
		case 1:
			did_advise(OP_discard, some, size, MADV_DONTNEED);
			break;
		case 2:
			if (!spawn())
				_exit(0);
			reap(1);
		}
		did_advise(OP_populate, p, pages * PAGE, MADV_POPULATE_READ);
		did(OP_unwp, uffd_protect(fd, p, pages * PAGE, false));
		touch(p, pages, 64);
	}
	if (!tally->absent[OP_poison]) {
		madvise(p, HUGE, MADV_DONTNEED);
		poison.range.start = (unsigned long)p;
		poison.range.len = (1 + below(64)) * PAGE;
		did(OP_poison, !ioctl(fd, UFFDIO_POISON, &poison));
		/* so that a reader sees it on a single CPU, too */
		usleep(below(2000));
	}
	close(fd);
	unmap(p, pages * PAGE);
}

static void guard(void)
{
	const unsigned long pages = 2 * IN_HUGE;
	char *p = below(2) ? map_small(pages * PAGE) : map_huge(pages * PAGE);
	unsigned long i;
	size_t size;
	char *some;

	if (!p)
		return;
	touch(p, pages, 64);
	for (i = 4; i--;) {
		some = part(p, pages, &size);
		if (madvise(some, size, MADV_GUARD_INSTALL) && errno == EINVAL) {
			tally->absent[OP_guard] = true;
			tally->absent[OP_unguard] = true;
			break;
		}
		did(OP_guard, true);
		some = part(p, pages, &size);
		populate(some, size);
		did_advise(OP_unguard, some, size, MADV_GUARD_REMOVE);
	}
	unmap(p, pages * PAGE);
}

static const struct {
	const char *name;
	void (*round)(void);
} kinds[] = {
	{ "churn", churn },
	{ "thp", thp },
	{ "move", move },
	{ "empty", empty },
	{ "sparse", sparse },
	{ "threads", threads },
	{ "shmem", shmem },
	{ "file", file },
	{ "hugetlb", hugetlb },
	{ "forks", forks },
	{ "exec", exec },
	{ "exits", exits },
	{ "swap", swap },
	{ "migrate", migrate },
	{ "numa", numa },
	{ "ksm", ksm },
	{ "uffd", uffd },
	{ "guard", guard },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static struct tally *tallies;
unsigned int this_kind;

static void map_tallies(void)
{
	tallies = mmap(NULL, KINDS * sizeof(*tallies), PROT_READ | PROT_WRITE,
		       MAP_SHARED, tallies_fd, 0);
	if (tallies == MAP_FAILED)
		err(1, "tallies");
}

static void run(unsigned int kind, unsigned long seed)
{
	this_kind = kind;
	tally = &tallies[kind];
	tally->absent[OP_huge] = !have_thp();
	tally->absent[OP_collapse] = tally->absent[OP_huge];
	seed_random(seed);
	for (;;) {
		kinds[kind].round();
		__atomic_add_fetch(&tally->rounds, 1, __ATOMIC_RELAXED);
	}
}

static void say(unsigned int kind)
{
	const struct tally *t = &tallies[kind];
	unsigned int i;

	printf("kind %s rounds=%lu", kinds[kind].name, t->rounds);
	for (i = 0; i < OP_COUNT; i++) {
		if (t->absent[i])
			printf(" %s=absent", operations[i]);
		else if (t->done[i] || t->failed[i])
			printf(" %s=%lu/%lu", operations[i], t->done[i],
			       t->failed[i]);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	pid_t pids[KINDS] = { }, group = 0;
	unsigned int i;
	unsigned long seed;
	int arg, status;
	char byte;

	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	if (argc == 5 && !strcmp(argv[1], "--again")) {
		tallies_fd = atoi(argv[2]);
		map_tallies();
		run(atoi(argv[3]), strtoul(argv[4], NULL, 10));
	}
	if (argc < 3) {
		fprintf(stderr, "usage: stress SEED NAME...|all\nNAME is one of:");
		for (i = 0; i < KINDS; i++)
			fprintf(stderr, " %s", kinds[i].name);
		fprintf(stderr, "\n");
		return 2;
	}

	/* so that the readers get their share of the CPUs */
	errno = 0;
	if (nice(5) < 0 && errno)
		err(1, "nice");
	seed = strtoul(argv[1], NULL, 10);
	tallies_fd = memfd_create("tallies", 0);
	if (tallies_fd < 0 || ftruncate(tallies_fd, KINDS * sizeof(*tallies)))
		err(1, "memfd");
	map_tallies();
	printf("seed %lu\n", seed);
	fflush(stdout);
	for (i = 0; i < KINDS; i++) {
		for (arg = 2; arg < argc; arg++)
			if (!strcmp(argv[arg], kinds[i].name) ||
			    !strcmp(argv[arg], "all"))
				break;
		if (arg == argc)
			continue;
		pids[i] = fork_bound();
		if (pids[i] < 0)
			err(1, "fork");
		if (!pids[i]) {
			setpgid(0, group);
			run(i, seed * KINDS + i);
		}
		setpgid(pids[i], group);
		if (!group)
			group = pids[i];
	}
	if (!group)
		errx(2, "no such kind");
	printf("group %d\n", group);
	fflush(stdout);

	while (read(0, &byte, 1) > 0)
		;
	for (i = 0; i < KINDS; i++)
		if (pids[i] && waitpid(pids[i], &status, WNOHANG) > 0)
			printf("died %s %d\n", kinds[i].name, status);
	kill(-group, SIGKILL);
	while (wait(NULL) > 0)
		;
	for (i = 0; i < KINDS; i++)
		if (pids[i])
			say(i);

	return 0;
}

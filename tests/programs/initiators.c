// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the kernel invalidate known ranges: by eight threads, by a worker of io_uring, by a
 * task that exits, by a fork, and by more threads than a table has rows for. Or measures what
 * a range costs.
 *
 *   initiators
 *
 * Reads orders from its input, a line each, and prints `called ORDER` when it has done one.
 * Before that it prints what PID/initiators must have after the order:
 *
 *   expect NAME TID CALL REASON ranges=N pages=N start=0xN end=0xN
 *
 * CALL is a number, or a word as the module has it; the numbers of two more calls are printed
 * at first. `share` maps what the threads work on anew and forks a child, so that the first
 * write to a page copies it. All else that the threads write is copied before that returns. So
 * it comes before each `work`.
 */
#define _GNU_SOURCE
#include <err.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

#define PLACE		(window() / 4 * 3)	/* aligned to a huge page, nothing is near */
#define THREADS		8
#define CROWD		600	/* threads: more than PID/initiators has rows */

/* What a thread has: each area in a table of its own, so that ranges are what calls name. */
enum area { UNMAPPED, PROTECTED, DISCARDED, MOVED, MOVED_TO, COPIED, AREAS };

#define AREA_PAGES	32
#define PROTECTED_PAGES	17
#define DISCARDED_PAGES	23
#define MOVED_PAGES	5

/* how often thread N does what it does */
static const unsigned int times[THREADS] = { 2, 3, 5, 7, 11, 13, 17, 19 };

struct worker {
	unsigned int times;
	char *areas[AREAS];
	char name[16];
	pid_t tid;
};

static struct worker workers[THREADS];
static pthread_barrier_t begins, ends;
static enum { WARM, WORK } order;
static char *alone;	/* pages that are not of a thread */

static char *area_at(unsigned int number)
{
	return (char *)PLACE + number * HUGE;
}

static char *map_area(unsigned int number, unsigned long pages)
{
	char *p = map_at((unsigned long)area_at(number), pages * PAGE,
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	write_pages(p, pages, PAGE);

	return p;
}

static void expect(const char *name, pid_t tid, const char *call, const char *reason,
		   unsigned long ranges, unsigned long pages, const char *start,
		   unsigned long span)
{
	printf("expect %s %d %s %s ranges=%lu pages=%lu start=%p end=%p\n", name, tid, call,
	       reason, ranges, ranges * pages, start, start + span * PAGE);
}

static void expect_call(const struct worker *worker, long call, const char *reason,
			unsigned long ranges, unsigned long pages, enum area area,
			unsigned long span)
{
	char number[16];

	snprintf(number, sizeof(number), "%ld", call);
	expect(worker->name, worker->tid, number, reason, ranges, pages,
	       worker->areas[area], span);
}

/* The calls themselves, with as little else as can be. */
static void work(const struct worker *worker)
{
	char *const *areas = worker->areas;
	unsigned int i;

	for (i = 0; i < worker->times; i++) {
		munmap(areas[UNMAPPED] + i * PAGE, PAGE);
		mprotect(areas[PROTECTED], PROTECTED_PAGES * PAGE,
			 i % 2 ? PROT_READ | PROT_WRITE : PROT_READ);
		madvise(areas[DISCARDED], DISCARDED_PAGES * PAGE, MADV_DONTNEED);
		mremap(areas[MOVED], MOVED_PAGES * PAGE, MOVED_PAGES * PAGE,
		       MREMAP_MAYMOVE | MREMAP_FIXED, areas[MOVED_TO]);
		mremap(areas[MOVED_TO], MOVED_PAGES * PAGE, MOVED_PAGES * PAGE,
		       MREMAP_MAYMOVE | MREMAP_FIXED, areas[MOVED]);
		areas[COPIED][i * PAGE] = 2;
	}
}

static void *run_worker(void *argument)
{
	struct worker *worker = argument;
	struct worker nothing = { 0 };

	worker->tid = gettid();
	prctl(PR_SET_NAME, worker->name);
	for (;;) {
		pthread_barrier_wait(&begins);
		/* the stack and the data of the libraries are copied now */
		work(order == WARM ? &nothing : worker);
		pthread_barrier_wait(&ends);
	}

	return NULL;
}

static void all_threads(int what)
{
	order = what;
	pthread_barrier_wait(&begins);
	pthread_barrier_wait(&ends);
}

/* What threads work on, as if nothing had been done to it yet. */
static void map_areas(void)
{
	unsigned int i, area;
	char **areas;

	for (i = 0; i < THREADS; i++) {
		areas = workers[i].areas;
		for (area = 0; area < AREAS; area++) {
			areas[area] = area_at(AREAS * i + area);
			munmap(areas[area], AREA_PAGES * PAGE);
			if (area != MOVED_TO)
				map_area(AREAS * i + area, AREA_PAGES);
		}
		munmap(areas[MOVED] + MOVED_PAGES * PAGE,
		       (AREA_PAGES - MOVED_PAGES) * PAGE);
	}
}

static void start_threads(void)
{
	struct worker *worker;
	unsigned int i;
	pthread_t id;

	pthread_barrier_init(&begins, NULL, THREADS + 1);
	pthread_barrier_init(&ends, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++) {
		worker = &workers[i];
		worker->times = times[i];
		snprintf(worker->name, sizeof(worker->name), "worker%u", i);
		if (pthread_create(&id, NULL, run_worker, worker))
			err(1, "pthread_create");
	}
	all_threads(WARM);
}

/* Each order; what it expects is printed before, since to print may copy a page. */

static void do_share(void)
{
	pid_t pid;

	map_areas();
	pid = fork_bound();
	if (!pid)
		for (;;)
			pause();
	printf("child %d\n", pid);
	all_threads(WARM);
	all_threads(WARM);
}

static void do_work(void)
{
	const struct worker *worker;

	for (worker = workers; worker < workers + THREADS; worker++) {
		const unsigned int n = worker->times;

		expect_call(worker, SYS_munmap, "unmap", n, 1, UNMAPPED, n);
		expect_call(worker, SYS_mprotect, "protection_vma", n,
			    PROTECTED_PAGES, PROTECTED, PROTECTED_PAGES);
		expect_call(worker, SYS_madvise, "clear", n, DISCARDED_PAGES,
			    DISCARDED, DISCARDED_PAGES);
		/* the move of the entries, then the end of the old VMA; there and back */
		printf("expect %s %d %d unmap ranges=%u pages=%u start=%p end=%p\n",
		       worker->name, worker->tid, SYS_mremap, 4 * n,
		       4 * n * MOVED_PAGES, worker->areas[MOVED],
		       worker->areas[MOVED_TO] + MOVED_PAGES * PAGE);
		expect(worker->name, worker->tid, "fault", "clear", n, 1,
		       worker->areas[COPIED], n);
	}
	fflush(stdout);
	all_threads(WORK);
}

static void do_fork(void)
{
	const pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* The kernel clears the word that set_tid_address() names, in a page that it has to copy. */
static void *leave(void *page)
{
	expect("leaver", gettid(), "exit", "clear", 1, 1, page, 1);
	fflush(stdout);
	prctl(PR_SET_NAME, "leaver");
	syscall(SYS_set_tid_address, page);
	syscall(SYS_exit, 0);

	return NULL;
}

static void do_leave(void)
{
	pthread_attr_t attributes;
	pthread_t id;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&id, &attributes, leave, alone))
		err(1, "pthread_create");
	while (*(volatile int *)alone)
		usleep(1000);
}

/* madvise() by a worker, which io_uring never does in the task that asks */
static void do_ring(void)
{
	struct io_uring_params params = { 0 };
	const int fd = syscall(SYS_io_uring_setup, 1, &params);
	char *const page = alone + PAGE;
	struct io_uring_sqe *entry;
	unsigned int *tail;
	char *ring;

	if (fd < 0) {
		printf("skip io_uring is not allowed\n");
		return;
	}
	ring = mmap(NULL, params.sq_off.array + sizeof(unsigned int),
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		    IORING_OFF_SQ_RING);
	entry = mmap(NULL, sizeof(*entry), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || entry == MAP_FAILED)
		err(1, "io_uring");
	*entry = (struct io_uring_sqe) {
		.opcode = IORING_OP_MADVISE,
		.addr = (unsigned long)page,
		.len = 3 * PAGE,
		.fadvise_advice = MADV_DONTNEED,
	};
	*(unsigned int *)(ring + params.sq_off.array) = 0;
	tail = (unsigned int *)(ring + params.sq_off.tail);
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	/* its tid is not known here */
	expect("iou-wrk", 0, "worker", "clear", 1, 3, page, 3);
	fflush(stdout);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		err(1, "io_uring_enter");
}

static void *advise_once(void *page)
{
	madvise(page, PAGE, MADV_DONTNEED);

	return NULL;
}

/* One after the other: each has a tid of its own, and the stack of the one before. */
static void do_crowd(void)
{
	pthread_t id;
	int i;

	printf("crowd %d\n", CROWD);
	fflush(stdout);
	for (i = 0; i < CROWD; i++)
		if (pthread_create(&id, NULL, advise_once, alone + 4 * PAGE) ||
		    pthread_join(id, NULL))
			err(1, "pthread_create");
}

/* What a range costs that is as cheap as can be: of a page that is not there, undisturbed. */
static void do_price(void)
{
	const unsigned int count = 1000;
	uint64_t least = UINT64_MAX, began, took;
	unsigned int batch, i;

	for (batch = 0; batch < 100; batch++) {
		began = now_ns();
		for (i = 0; i < count; i++)
			madvise(alone + 5 * PAGE, PAGE, MADV_DONTNEED);
		took = now_ns() - began;
		if (took < least)
			least = took;
	}
	printf("price %.1f\n", (double)least / count);
}

/* Memory that khugepaged will find. */
static void do_huge(void)
{
	char *p = map_at((unsigned long)area_at(AREAS * THREADS + 8), 3 * HUGE,
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	advise(p, 3 * HUGE, MADV_NOHUGEPAGE);
	write_pages(p, 3 * IN_HUGE, PAGE);
	printf("huge %p %p\n", p, p + 3 * HUGE);
	advise(p, 3 * HUGE, MADV_HUGEPAGE);
}

static const struct {
	const char *name;
	void (*do_it)(void);
} orders[] = {
	{ "share", do_share }, { "work", do_work }, { "fork", do_fork },
	{ "leave", do_leave }, { "ring", do_ring }, { "crowd", do_crowd },
	{ "huge", do_huge }, { "price", do_price },
};

int main(void)
{
	char line[64];
	size_t i;

	situation = "initiators";
	alone = map_area(AREAS * THREADS, 16);
	printf("alone %p\nclone %d\nwrite %d\n", alone, SYS_clone, SYS_write);
	start_threads();
	printf("ready %d\n", getpid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < sizeof(orders) / sizeof(*orders); i++)
			if (!strcmp(line, orders[i].name))
				orders[i].do_it();
		printf("called %s\n", line);
		fflush(stdout);
	}

	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Situations of processes: each prints its name and a pid. */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "factory.h"

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
		errx(1, "%s: pthread_create", situation);
	usleep(200000);
}

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

static void sharer(void)
{
	char *end_of_stack = map_small(16 * PAGE) + 16 * PAGE;
	pid_t pid = clone(wait_forever, end_of_stack, CLONE_VM | SIGCHLD, NULL);

	if (pid < 0)
		err(1, "%s: clone", situation);
	printf("sharer %d\n", pid);
}

static void locked(void)
{
	const size_t size = 256 * MIB;
	pid_t pid = fork_bound();
	char *p;

	if (pid) {
		printf("locked %d\n", pid);
		return;
	}
	/* zero pages: only their tables take memory */
	p = map_small(size);
	read_pages(p, size / PAGE, PAGE);
	for (;;)
		if (mprotect(p, size, PROT_NONE) ||
		    mprotect(p, size, PROT_READ | PROT_WRITE))
			_exit(1);
}

/*
 * Memory on the node of the last CPU. Its process runs on the first CPU and no longer touches
 * it: the kernel marks the pages, to see who touches them.
 */
static void hinted(void)
{
	char *p = map_small(1009 * PAGE);
	pid_t pid;

	pin(sysconf(_SC_NPROCESSORS_ONLN) - 1);
	pid = fork_bound();
	if (pid) {
		printf("hinted %d\n", pid);
		expect(p, 1009 * PAGE, "leaf1=1009");
		return;
	}
	write_pages(p, 1009, PAGE);
	pin(0);
	for (;;)
		;
}

static void churn(void)
{
	pid_t pid = fork_bound();

	if (pid) {
		printf("churn %d\n", pid);
		return;
	}
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

static void advisers(void)
{
	pid_t pid = fork_bound();
	pthread_attr_t attributes;
	pthread_t id;
	char *p;
	int i;

	if (pid) {
		printf("advisers %d\n", pid);
		return;
	}
	p = map_small(ADVISED * HUGE);
	write_pages(p, ADVISED, HUGE);
	pthread_barrier_init(&all_here, NULL, ADVISERS);
	pthread_attr_init(&attributes);
	/* so that all of them fit into 32 bits */
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

const struct situation process_situations[] = {
	{ "thread", thread, "a second thread" },
	{ "leaderless", leaderless, "its leader has ended, its thread lives on" },
	{ "zombie", zombie, "a child that ended and that nobody waits for" },
	{ "sharer", sharer, "a second process in the same address space" },
	{ "locked", locked, "a second process that nearly always holds its own mmap lock" },
	{ "hinted", hinted, "1009 pages on the node of the last CPU, of a process on the first: NUMA balancing marks them" },
	{ "churn", churn, "a second process that maps, fills and unmaps without end" },
	{ "advisers", advisers, "a second process with 400 threads that walk the same PTE tables without end" },
	{ "calls", calls, "signals SIGRTMIN and up make it unmap, protect, discard, write, fork, exec" },
	{ }
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a process waits for who reads it, on a busy machine:
 *
 *   latency none|FILE... [fifo]
 *
 * The processor belongs to three: the victim, which has 128 MiB, every other page of
 * them touched, and maps and unmaps a page each millisecond, for a second; a hog that
 * computes; and a reader with nice 10 that reads FILE of the victim again and again, in
 * debugfs or else in /proc/PID. fifo: the victim has the scheduler's class SCHED_FIFO.
 * Prints, for each FILE, a line of numbers about one pair of mmap and munmap:
 *
 *   latency FILE max_us N over_ms N pairs N reads N lock_us_max N
 *
 * over_ms counts the pairs of more than a millisecond; lock_us_max is the reader's own account,
 * 0 of /proc. Run it on one processor that counts instructions as time.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "memory.h"

#define DEBUGFS	"/sys/kernel/debug/pagetree"
#define PAGES	(128 * MIB / PAGE)
#define SPAN_NS	1000000000ULL
#define MS	1000000ULL

/* what the reader tells the victim */
struct shared {
	volatile unsigned long reads;
	volatile unsigned long lock_us_max;
};

/* fork_bound() that cannot fail. */
static pid_t start(void)
{
	const pid_t pid = fork_bound();

	if (pid < 0)
		err(1, "fork");

	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Reads the file once more. */
static void read_all(const char *path, struct shared *shared)
{
	static char text[65536];
	const char *hold;
	size_t size;
	FILE *file = fopen(path, "r");

	if (!file)
		err(1, "%s", path);
	setvbuf(file, NULL, _IONBF, 0);
	while ((size = fread(text, 1, sizeof(text) - 1, file)) > 0) {
		text[size] = '\0';
		hold = strstr(text, "lock_us_max=");
		if (hold && strtoul(hold + 12, NULL, 10) > shared->lock_us_max)
			shared->lock_us_max = strtoul(hold + 12, NULL, 10);
	}
	fclose(file);
	shared->reads++;
}

static void read_for_ever(const char *name, pid_t pid, struct shared *shared)
{
	char path[64];

	snprintf(path, sizeof(path), DEBUGFS "/%d/%s", pid, name);
	if (access(path, F_OK))
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	if (setpriority(PRIO_PROCESS, 0, 10))
		err(1, "setpriority");
	for (;;)
		read_all(path, shared);
}

static uint64_t pair(void)
{
	const uint64_t began = now_ns();
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || munmap(p, PAGE))
		err(1, "mmap");

	return now_ns() - began;
}

static void measure(const char *name, struct shared *shared)
{
	const struct timespec pause = { .tv_nsec = MS };
	const pid_t self = getpid();
	uint64_t began, took, most = 0;
	unsigned long pairs = 0, over = 0;
	pid_t hog = start(), reader = 0;

	if (!hog)
		for (;;)
			;
	*shared = (struct shared) { 0 };
	if (strcmp(name, "none")) {
		reader = start();
		if (!reader)
			read_for_ever(name, self, shared);
	}
	for (began = now_ns(); now_ns() - began < SPAN_NS; pairs++) {
		nanosleep(&pause, NULL);
		took = pair();
		over += took > MS;
		if (took > most)
			most = took;
	}
	if (reader)
		end(reader);
	end(hog);
	printf("latency %s max_us %lu over_ms %lu pairs %lu reads %lu lock_us_max %lu\n",
	       name, (unsigned long)(most / 1000), over, pairs, shared->reads,
	       shared->lock_us_max);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct shared *shared;
	char *memory;
	size_t i;
	int arg;

	if (argc < 2) {
		fputs("usage: latency none|FILE... [fifo]\n", stderr);
		return 2;
	}
	if (!strcmp(argv[argc - 1], "fifo")) {
		argc--;
		/* not that of the children, which compete for the rest */
		if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
			err(1, "sched_setscheduler");
	}
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || memory == MAP_FAILED)
		err(1, "mmap");
	advise(memory, PAGES * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < PAGES; i += 2)
		memory[i * PAGE] = 1;
	for (arg = 1; arg < argc; arg++)
		measure(argv[arg], shared);

	return 0;
}

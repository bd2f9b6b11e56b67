// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a process waits for who reads it, on a busy machine:
 *
 *   latency none|FILE... [fifo]
 *
 * The processor belongs to three: the victim, which has 128 MiB, every other page of
 * them touched, and does one of these each millisecond, in turn, for a second; a hog that
 * computes; and a reader with nice 10 that reads FILE of the victim again and again, in
 * debugfs or else in /proc/PID; pagemap_scan stands for that ioctl of pagemap. fifo: the
 * victim has the scheduler's class SCHED_FIFO.
 *
 *   mmap      maps a page elsewhere, and unmaps it
 *   madvise   changes the flags of the VMA of the 128 MiB, which is being read
 *   fault     gives a page of that VMA back, and touches it
 *
 * Prints a line of numbers for each FILE and each of these:
 *
 *   latency FILE WHAT max_us N over_ms N times N reads N lock_us_max N
 *
 * over_ms counts the times that took more than a millisecond; lock_us_max is the reader's
 * own account, 0 of /proc. Run it on one processor that counts instructions as time.
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

/* Asks PAGEMAP_SCAN once more what is present. */
static void scan_all(pid_t pid, struct shared *shared)
{
	static struct page_region regions[1024];
	struct pm_scan_arg arg = {
		.size = sizeof(arg), .end = 1UL << 47,
		.vec = (uintptr_t)regions, .vec_len = 1024,
		.category_mask = PAGE_IS_PRESENT, .return_mask = PAGE_IS_PRESENT,
	};
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	for (; arg.start < arg.end; arg.start = arg.walk_end)
		if (ioctl(fd, PAGEMAP_SCAN, &arg) < 0)
			err(1, "PAGEMAP_SCAN");
	close(fd);
	shared->reads++;
}

static void read_for_ever(const char *name, pid_t pid, struct shared *shared)
{
	const bool scan = !strcmp(name, "pagemap_scan");
	char path[64];

	snprintf(path, sizeof(path), DEBUGFS "/%d/%s", pid, name);
	if (access(path, F_OK))
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	if (setpriority(PRIO_PROCESS, 0, 10))
		err(1, "setpriority");
	for (;;)
		if (scan)
			scan_all(pid, shared);
		else
			read_all(path, shared);
}

static void map_elsewhere(char *memory)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)memory;
	if (p == MAP_FAILED || munmap(p, PAGE))
		err(1, "mmap");
}

static void change(char *memory)
{
	advise(memory, PAGES * PAGE, MADV_DONTFORK);
	advise(memory, PAGES * PAGE, MADV_DOFORK);
}

static void fault(char *memory)
{
	advise(memory, PAGE, MADV_DONTNEED);
	*memory = 1;
}

static const struct deed {
	const char *name;
	void (*run)(char *memory);
} deeds[] = {
	{ "mmap", map_elsewhere },
	{ "madvise", change },
	{ "fault", fault },
};

#define DEEDS	(sizeof(deeds) / sizeof(*deeds))

/* struct delays - how long a deed took */
struct delays {
	uint64_t most;
	unsigned long over, times;
};

static struct delays count(struct delays delays, uint64_t took)
{
	delays.times++;
	delays.over += took > MS;
	if (took > delays.most)
		delays.most = took;

	return delays;
}

static void measure(const char *name, char *memory, struct shared *shared)
{
	const struct timespec pause = { .tv_nsec = MS };
	const pid_t self = getpid();
	struct delays delays[DEEDS] = { 0 };
	pid_t hog = start(), reader = 0;
	uint64_t began, deed_began;
	size_t i;

	if (!hog)
		for (;;)
			;
	*shared = (struct shared) { 0 };
	if (strcmp(name, "none")) {
		reader = start();
		if (!reader)
			read_for_ever(name, self, shared);
	}
	for (i = 0, began = now_ns(); now_ns() - began < SPAN_NS; i = (i + 1) % DEEDS) {
		nanosleep(&pause, NULL);
		deed_began = now_ns();
		deeds[i].run(memory);
		delays[i] = count(delays[i], now_ns() - deed_began);
	}
	if (reader)
		end(reader);
	end(hog);
	for (i = 0; i < DEEDS; i++)
		printf("latency %s %s max_us %lu over_ms %lu times %lu reads %lu lock_us_max %lu\n",
		       name, deeds[i].name, (unsigned long)(delays[i].most / 1000),
		       delays[i].over, delays[i].times, shared->reads,
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
		measure(argv[arg], memory, shared);

	return 0;
}

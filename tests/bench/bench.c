// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times the readers of page tables side by side. As root, pagetree loaded:
 *
 *   bench times [quick] [WORKLOAD...]   each reader on each workload, and its lock holds
 *   bench victim [quick]                what a process feels while it is read
 *   bench growth [quick]                what one more page, table, VMA and process costs
 *   bench profile WORKLOAD READER       one pass between two marks, for tests/bench/profile
 *
 * Prints lines of fields parted by tabs, for tests/bench/report:
 *
 *   env KEY VALUE
 *   workload NAME UNITS UNIT TITLE
 *   time WORKLOAD READER NS BYTES          one pass; the shortest of several
 *   lock WORKLOAD READER HOLDS LONGEST TOTAL   of the target's mmap lock, in ns
 *   own WORKLOAD READER LONGEST TOTAL      the same by pagetree's own cost line, in us
 *   vmalock WORKLOAD READER LOCKS LONGEST TOTAL   locks of VMAs: from each to the next, in ns
 *   blocks WORKLOAD BYTES                  mean size of a contiguous, aligned block of leaves
 *   stretch WORKLOAD PAGES                 mean number of pages whose frames follow each other
 *   memory WORKLOAD READER KIB             most memory that a program had
 *   growth UNIT READER SMALL NS LARGE NS   one pass over so many units, and over more
 *   note WORKLOAD TEXT
 *   target MIB                             small pages of the victim
 *   victim READER LOOP PASSES COUNT P50 P99 P999 MAX   ns; passes of the reader, rounds of the loop
 *
 * It is one file since all measurements share the table of readers and the table of workloads.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __x86_64__
#include <x86intrin.h>
#endif

#include "../programs/memory.h"

/* It is for x86-64; constants cost no load in its loops. */
#undef PAGE
#define PAGE		(4 * KIB)
#undef HUGE
#define HUGE		(2 * MIB)

#define ALL_CATEGORIES	0xffUL		/* all that 6.7 has */
#define IN_USE		(PAGE_IS_PRESENT | PAGE_IS_SWAPPED)

#define USER_END	(1UL << 47)	/* 5 levels map higher only what asks for it */

#define DEBUGFS		"/sys/kernel/debug/pagetree"
#define BARE		"/sys/module/pagetree_bare/parameters"
#define TRACING		"/sys/kernel/tracing"

#define TEXT_SIZE	(64 * KIB)	/* of one read */
#define TAIL_SIZE	512UL		/* of a text, kept: the cost line is there */
#define PAGEMAP_SIZE	(1 * MIB)
#define REGIONS		(TEXT_SIZE / sizeof(struct page_region))
#define REPEATS		5
#define REPEAT_NS	1000000000UL	/* no further repeats after that */
#define PROCESSES	512

static bool quick;
static char *buffer;	/* PAGEMAP_SIZE, not inherited by targets */

static void must_put(const char *path, const char *text)
{
	if (!write_file(path, "%s", text))
		err(1, "%s: writing '%s'", path, text);
}

/* Targets */

static pid_t targets[PROCESSES];
static unsigned int target_count;
static unsigned long units;	/* as the target has them, for it may get fewer */

/* A child that builds a workload and waits to be killed. */
static pid_t start(void (*build)(void))
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		err(1, "pipe");
	fflush(stdout);
	pid = fork_bound();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		build();
		if (write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		errx(1, "a target could not be built");
	close(ready[0]);
	if (!write_file(DEBUGFS "/attach", "%d", pid))
		err(1, DEBUGFS "/attach");
	targets[target_count++] = pid;

	return pid;
}

static void end_targets(void)
{
	while (target_count) {
		const pid_t pid = targets[--target_count];

		write_file(DEBUGFS "/detach", "%d", pid);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* Workloads */

static void *map(size_t size, int prot)
{
	void *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap of %zu bytes", size);

	return p;
}

/* For pages of one size: MADV_HUGEPAGE or MADV_NOHUGEPAGE */
static char *map_advised(size_t size, int advice)
{
	char *p = map_aligned(size, HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (!p)
		err(1, "mmap of %zu bytes", size);
	advise(p, size, advice);

	return p;
}

static char *map_small(size_t size)
{
	return map_advised(size, MADV_NOHUGEPAGE);
}

static void build_small(void)
{
	write_pages(map_small(units * PAGE), units, PAGE);
}

/* A bijection of the numbers below a power of two, without order. */
static unsigned long scatter(unsigned long i, unsigned long size)
{
	const unsigned int half = __builtin_ctzl(size) / 2;
	int round;

	for (round = 0; round < 4; round++) {
		i = i * 0x9e3779b97f4a7c15UL & (size - 1);
		i ^= i >> half;
	}

	return i;
}

static void build_random(void)
{
	volatile char *p = map_small(units * PAGE);
	unsigned long i;

	for (i = 0; i < units; i++)
		p[scatter(i, units) * PAGE] = 1;
}

/* struct source - a page, and the frame that it has */
struct source {
	uint64_t frame;
	char *page;
};

static int compare_frames(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

/* As many pages as units, from @p on, in the order of their frames. */
static struct source *find_frames(char *p)
{
	const uint64_t frame_bits = (1UL << 55) - 1;
	struct source *sources = map(units * sizeof(*sources), PROT_READ | PROT_WRITE);
	unsigned long i;

	write_pages(p, units, PAGE);
	for (i = 0; i < units; i++)
		sources[i] = (struct source){ pagemap(p + i * PAGE) & frame_bits, p + i * PAGE };
	qsort(sources, units, sizeof(*sources), compare_frames);

	return sources;
}

/* The next number of a sequence without order, below @most. */
static unsigned int draw(unsigned int most)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005UL + 1442695040888963407UL;

	return (state >> 33) % most;
}

/*
 * Stretches of 2 to 8 pages in random order; those of one stretch have frames in a row.
 * The kernel gives the frame that was freed last to who needs one next: so each page
 * takes over the frame of a page that has the right one.
 */
static void build_stretches(void)
{
	unsigned long *starts = map((units / 2 + 1) * sizeof(*starts), PROT_READ | PROT_WRITE);
	char *from = map_small(units * PAGE), *p = map_small(units * PAGE);
	struct source *sources = find_frames(from), *source = sources;
	unsigned long count = 0, at, size, i, stretch;

	for (at = 0; at < units; at += 2 + draw(7))
		starts[count++] = at;
	starts[count] = units;
	for (size = 1; size < count; size *= 2)
		;
	for (i = 0; i < size; i++) {
		stretch = scatter(i, size);
		if (stretch >= count)
			continue;
		for (at = starts[stretch]; at < starts[stretch + 1]; at++, source++) {
			advise(source->page, PAGE, MADV_DONTNEED);
			write_pages(p + at * PAGE, 1, PAGE);
		}
	}
	munmap(starts, (units / 2 + 1) * sizeof(*starts));
	munmap(sources, units * sizeof(*sources));
	munmap(from, units * PAGE);
}

static void build_huge(void)
{
	write_pages(map_advised(units * HUGE, MADV_HUGEPAGE), units, HUGE);
}

/* Each page has permissions other than its neighbours'. */
static void build_vmas(void)
{
	char *p = map_small(units * PAGE);
	unsigned long i;

	write_pages(p, units, PAGE);
	for (i = 0; i < units; i += 2)
		protect_pages(p + i * PAGE, PAGE, PROT_READ);
}

#define SPARSE		(quick ? 4 * TIB : 64 * TIB)

/* One VMA without access, with pages here and there */
static void build_sparse(void)
{
	char *p = map(SPARSE, PROT_READ | PROT_WRITE);

	advise(p, SPARSE, MADV_NOHUGEPAGE);
	write_pages(p, units, SPARSE / units / PAGE * PAGE);
	protect_pages(p, SPARSE, PROT_NONE);
}

static void build_process(void)
{
}

/**
 * struct workload - a kind of target
 * @units: the number of @unit; @quick_units: the same for a quick run
 * @bytes: memory of a unit
 * @processes: each unit is a process
 */
static const struct workload {
	const char *name;
	const char *title;
	const char *unit;
	unsigned long units;
	unsigned long quick_units;
	unsigned long bytes;
	void (*build)(void);
	bool processes;
} workloads[] = {
	{ "small", "anonymous memory on 4 KiB pages, touched in order", "page",
	  GIB / PAGE, 128 * MIB / PAGE, PAGE, build_small, false },
	{ "random", "the same, touched in random order: frames without order", "page",
	  GIB / PAGE, 128 * MIB / PAGE, PAGE, build_random, false },
	{ "stretches", "the same, frames in short rows of 2 to 8, out of step", "page",
	  GIB / PAGE, 128 * MIB / PAGE, PAGE, build_stretches, false },
	{ "huge", "anonymous memory on 2 MiB pages", "page",
	  4 * GIB / HUGE, 512 * MIB / HUGE, HUGE, build_huge, false },
	{ "vmas", "VMAs of one page", "VMA", 100000, 5000, PAGE, build_vmas, false },
	{ "sparse", "a closed reservation with scattered pages", "page",
	  1000, 100, PAGE * 3, build_sparse, false },
	{ "processes", "small processes", "process", PROCESSES, 32, 64 * PAGE, build_process, true },
	{ }
};

static const struct workload *workload;

/* Readers: each makes one pass over one process, and returns the bytes it was given. */

/* Mapped ranges of a process, as pagemap and PAGEMAP_SCAN are asked for. */
static struct range { unsigned long start, end; } *ranges;
static unsigned long range_count;

static void find_ranges(pid_t pid)
{
	unsigned long start, end;
	char path[64], line[PATH_MAX + 128];
	FILE *maps;

	range_count = 0;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	if (!maps)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx", &start, &end) != 2 || start >> 63)
			continue;
		if (range_count && ranges[range_count - 1].end == start) {
			ranges[range_count - 1].end = end;
			continue;
		}
		ranges[range_count++] = (struct range){ start, end };
	}
	fclose(maps);
}

/* Of a larger range only a part is read: pagemap has 8 bytes for each page, mapped or not. */
#define PAGEMAP_RANGE	(16 * GIB)
static unsigned long pagemap_of;	/* bytes mapped for each 1000 read */

static unsigned long read_pagemap(const char *path, pid_t pid)
{
	unsigned long i, start, end, done = 0, asked = 0, read = 0;
	int fd = open(path, O_RDONLY);
	ssize_t got;

	(void)pid;
	if (fd < 0)
		return 0;
	for (i = 0; i < range_count; i++) {
		start = ranges[i].start;
		end = ranges[i].end;
		asked += end - start;
		if (end - start > PAGEMAP_RANGE)
			end = start + PAGEMAP_RANGE;
		read += end - start;
		while (start < end) {
			size_t size = (end - start) / PAGE * 8;

			got = pread(fd, buffer, size < PAGEMAP_SIZE ? size : PAGEMAP_SIZE, start / PAGE * 8);
			if (got <= 0)
				err(1, "%s", path);
			start += got / 8 * PAGE;
			done += got;
		}
	}
	close(fd);
	pagemap_of = asked / (read / 1000);

	return done;
}

static unsigned long scan_pages(const char *path, unsigned long categories)
{
	struct pm_scan_arg scan = {
		.size = sizeof(scan), .vec = (uintptr_t)buffer, .vec_len = REGIONS,
		.category_anyof_mask = IN_USE, .return_mask = categories,
		.end = USER_END,
	};
	int fd = open(path, O_RDONLY), got;
	unsigned long done = 0;

	if (fd < 0)
		return 0;
	for (; scan.start < scan.end; scan.start = scan.walk_end) {
		got = ioctl(fd, PAGEMAP_SCAN, &scan);
		if (got < 0)
			break;
		done += got * sizeof(struct page_region);
	}
	close(fd);

	return done;
}

static unsigned long read_scan(const char *path, pid_t pid)
{
	(void)pid;
	return scan_pages(path, ALL_CATEGORIES);
}

static unsigned long read_scan_in_use(const char *path, pid_t pid)
{
	(void)pid;
	return scan_pages(path, IN_USE);
}

static unsigned long read_bare(const char *path, pid_t pid)
{
	return write_file(path, "%d", pid);
}

/* The most memory that a program had, in KiB, since this was set to 0. */
static long program_kib;

/* Runs a shell's command line; 1 byte if it succeeds. */
static unsigned long run_program(const char *line, pid_t pid)
{
	struct rusage usage;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execl("/bin/sh", "sh", "-c", line, NULL);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		err(1, "wait4");
	program_kib = usage.ru_maxrss > program_kib ? usage.ru_maxrss : program_kib;

	return !status;
}

static unsigned long read_text(const char *path, pid_t pid)
{
	int fd = open(path, O_RDONLY);
	unsigned long done = 0;
	ssize_t got;

	(void)pid;
	if (fd < 0)
		return 0;
	memset(buffer, 0, TAIL_SIZE);
	while ((got = read(fd, buffer + TAIL_SIZE, TEXT_SIZE)) > 0) {
		memmove(buffer, buffer + got, TAIL_SIZE);
		done += got;
	}
	close(fd);

	return done;
}

#define TOOL(line)	"exec " line " >/dev/null"

/**
 * struct reader - a file or a command line, and how it is read
 * @path: with the pid in place of %d
 * @pass: one pass
 * @all: reads all processes at once: only for the workload of many
 */
static const struct reader {
	const char *name;
	const char *path;
	unsigned long (*pass)(const char *path, pid_t pid);
	bool all;
} readers[] = {
	{ "bare loop", BARE "/walk", read_bare, false },
	{ "fair limit", BARE "/limit", read_bare, false },
	{ "pagetree summary", DEBUGFS "/%d/summary", read_text, false },
	{ "pagetree processes", DEBUGFS "/processes", read_text, true },
	{ "pagetree vmas", DEBUGFS "/%d/vmas", read_text, false },
	{ "pagetree tables", DEBUGFS "/%d/tables", read_text, false },
	{ "pagetree map", DEBUGFS "/%d/map", read_text, false },
	{ "smaps", "/proc/%d/smaps", read_text, false },
	{ "smaps_rollup", "/proc/%d/smaps_rollup", read_text, false },
	{ "numa_maps", "/proc/%d/numa_maps", read_text, false },
	{ "pagemap", "/proc/%d/pagemap", read_pagemap, false },
	{ "PAGEMAP_SCAN", "/proc/%d/pagemap", read_scan, false },
	{ "PAGEMAP_SCAN in use", "/proc/%d/pagemap", read_scan_in_use, false },
	{ "cat vmas", TOOL("cat " DEBUGFS "/%d/vmas"), run_program, false },
	{ "tool: vmas --raw", TOOL("pagetree vmas --raw %d"), run_program, false },
	{ "tool: vmas --json", TOOL("pagetree vmas --json %d"), run_program, false },
	{ "tool: show", TOOL("pagetree show %d"), run_program, false },
	{ "tool: tree", TOOL("pagetree tree %d"), run_program, false },
	{ }
};

static bool is_pagetree(const struct reader *reader)
{
	return !strncmp(reader->name, "pagetree", 8);
}

/* Programs are too slow to run for each of many processes, and have locks of their own. */
static bool is_program(const struct reader *reader)
{
	return reader->pass == run_program;
}

static const struct reader *find_reader(const char *name)
{
	const struct reader *reader;

	for (reader = readers; reader->name; reader++)
		if (!strcmp(reader->name, name))
			return reader;
	errx(2, "%s: no such reader", name);
}

static unsigned long one_pass(const struct reader *reader, pid_t pid)
{
	char path[128];

	snprintf(path, sizeof(path), reader->path, pid);

	return reader->pass(path, pid);
}

/* All targets once. 0 bytes: this kernel does not have the reader. */
static uint64_t timed_pass(const struct reader *reader, unsigned long *bytes)
{
	uint64_t began, ns = 0;
	unsigned int i;

	*bytes = 0;
	for (i = 0; i < (reader->all ? 1 : target_count); i++) {
		if (reader->pass == read_pagemap)
			find_ranges(targets[i]);
		began = now_ns();
		*bytes += one_pass(reader, targets[i]);
		ns += now_ns() - began;
	}

	return ns;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The time of a pass, and what it read; 0 if this kernel does not have the reader. */
static uint64_t measure(const struct reader *reader, unsigned long *bytes)
{
	uint64_t ns[REPEATS], sum = 0;
	int count = 0;

	/* one to warm up, unless that alone takes long */
	ns[0] = timed_pass(reader, bytes);
	if (!*bytes)
		return 0;
	if (ns[0] >= REPEAT_NS)
		count = 1;
	while (count < REPEATS && sum < REPEAT_NS && ns[0] < REPEAT_NS) {
		ns[count] = timed_pass(reader, bytes);
		sum += ns[count++];
	}
	qsort(ns, count, sizeof(*ns), compare);

	return ns[0];
}

static void time_reader(const struct reader *reader)
{
	unsigned long bytes;
	uint64_t sum;

	program_kib = 0;
	sum = measure(reader, &bytes);
	if (!sum)
		return;
	if (reader->pass == read_pagemap && pagemap_of > 1001) {
		printf("note\t%s\tpagemap: one byte of %lu was read, time and bytes are scaled\n",
		       workload->name, (pagemap_of + 500) / 1000);
		sum = sum * pagemap_of / 1000;
		bytes = bytes * pagemap_of / 1000;
	}
	printf("time\t%s\t%s\t%lu\t%lu\n", workload->name, reader->name, sum, bytes);
	if (is_program(reader))
		printf("memory\t%s\t%s\t%ld\n", workload->name, reader->name, program_kib);
}

/* Lock holds, as the kernel's own tracepoints see them */

#define ACQUIRED	": mmap_lock_acquire_returned"
#define TICKS		1000000

/* Nanoseconds of TICKS ticks of the trace clock: only that one is printed with more than microseconds. */
static uint64_t tsc_ns;

/* Traces who locks the next VMA, where the kernel has a function for that (7.x). */
static bool trace_vma_locks(void)
{
	/* fails if it is there already, or if the kernel has no such function */
	write_file(TRACING "/kprobe_events", "p:bench/vma_lock lock_next_vma");
	write_file(TRACING "/events/bench/vma_lock/enable", "1");

	return true;
}

static bool trace_open(void)
{
#ifdef __x86_64__
	const uint64_t began = now_ns(), ticks = __rdtsc();

	while (now_ns() - began < 10000000)
		;
	tsc_ns = (now_ns() - began) * TICKS / (__rdtsc() - ticks);
	mount("trace", TRACING, "tracefs", 0, NULL);

	return write_file(TRACING "/trace_clock", "x86-tsc") && write_file(TRACING "/buffer_size_kb", "32768") &&
	       write_file(TRACING "/set_event_pid", "%d", getpid()) &&
	       write_file(TRACING "/events/mmap_lock/mmap_lock_acquire_returned/enable", "1") &&
	       write_file(TRACING "/events/mmap_lock/mmap_lock_released/enable", "1") &&
	       write_file(TRACING "/tracing_on", "0") && trace_vma_locks();
#else
	return false;
#endif
}

/* Prints the lock holds in the trace, of the one mm that is not ours. */
static void trace_say(const struct reader *reader)
{
	unsigned long own = 0, mm, holds = 0;
	uint64_t at, held = 0, longest = 0, total = 0;
	char line[1024];
	const char *event, *field;
	bool acquired;
	FILE *trace = fopen(TRACING "/trace", "r");

	if (!trace)
		err(1, TRACING "/trace");
	while (fgets(line, sizeof(line), trace)) {
		event = strstr(line, ": mmap_lock_");
		field = event ? strstr(event, " mm=") : NULL;
		if (!field)
			continue;
		mm = strtoul(field + 4, NULL, 16);
		acquired = !strncmp(event, ACQUIRED, strlen(ACQUIRED));
		while (event > line && event[-1] != ' ')
			event--;
		at = strtoul(event, NULL, 10);
		if (!own) /* we have mapped something first of all */
			own = mm;
		if (mm == own)
			continue;
		if (acquired) {
			held = at;
		} else if (held) {
			held = (at - held) * tsc_ns / TICKS;
			holds++;
			total += held;
			longest = held > longest ? held : longest;
			held = 0;
		}
	}
	fclose(trace);
	printf("lock\t%s\t%s\t%lu\t%lu\t%lu\n", workload->name, reader->name, holds, longest, total);
}

/* The next number in the trace line of an event, in the trace clock; 0 if there is none. */
static uint64_t event_time(const char *line, const char *name)
{
	const char *event = strstr(line, name);

	if (!event)
		return 0;
	while (event > line && event[-1] != ' ')
		event--;

	return strtoul(event, NULL, 10);
}

/*
 * Prints the locks of VMAs in the trace. The kernel has no tracepoints for these, and
 * unlocks them inline. But a reader that walks under them takes one after the other, with
 * little work in between.
 */
static void trace_say_vmas(const struct reader *reader)
{
	uint64_t at, last = 0, longest = 0, total = 0;
	unsigned long locks = 0;
	char line[1024];
	FILE *trace = fopen(TRACING "/trace", "r");

	while (trace && fgets(line, sizeof(line), trace)) {
		at = event_time(line, ": vma_lock:");
		if (!at)
			continue;
		if (last) {
			total += (at - last) * tsc_ns / TICKS;
			longest = at - last > longest ? at - last : longest;
		}
		last = at;
		locks++;
	}
	if (trace)
		fclose(trace);
	if (locks > 1)
		printf("vmalock\t%s\t%s\t%lu\t%lu\t%lu\n", workload->name, reader->name, locks,
		       longest * tsc_ns / TICKS, total);
}

static void trace_reader(const struct reader *reader)
{
	const char *cost;
	unsigned long max, total, bytes;

	if (reader->pass == read_pagemap)
		find_ranges(targets[0]);
	if (!write_file(TRACING "/trace", "\n") || !write_file(TRACING "/tracing_on", "1"))
		err(1, TRACING "/tracing_on");
	munmap(map(PAGE, PROT_READ), PAGE);
	bytes = one_pass(reader, targets[0]);
	must_put(TRACING "/tracing_on", "0");
	if (!bytes)
		return;
	trace_say(reader);
	trace_say_vmas(reader);
	cost = is_pagetree(reader) ? strstr(buffer, "lock_us_max=") : NULL;
	if (cost && sscanf(cost, "lock_us_max=%lu lock_us_total=%lu", &max, &total) == 2)
		printf("own\t%s\t%s\t%lu\t%lu\n", workload->name, reader->name, max, total);
}

/* How contiguous the frames are: the time that pagetree takes depends on it. */
static void say_blocks(void)
{
	unsigned long blocks = 0, bytes = 0, count;
	char path[128], line[256];
	unsigned int order;
	FILE *file;

	snprintf(path, sizeof(path), DEBUGFS "/%d/summary", targets[0]);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "contig%u %lu", &order, &count) == 2) {
			blocks += count;
			bytes += count << order;
		}
	if (file)
		fclose(file);
	if (blocks)
		printf("blocks\t%s\t%lu\n", workload->name, bytes / blocks);
}

/* How many pages have frames that follow each other, by pagemap. */
static void say_stretches(void)
{
	const uint64_t frame_bits = (1UL << 55) - 1, present = 1UL << 63;
	uint64_t *entries = (uint64_t *)buffer, frame, last = 0;
	unsigned long i, start, pages = 0, stretches = 0;
	char path[64];
	ssize_t got, j;
	int fd;

	find_ranges(targets[0]);
	snprintf(path, sizeof(path), "/proc/%d/pagemap", targets[0]);
	fd = open(path, O_RDONLY);
	for (i = 0; i < range_count; i++) {
		for (start = ranges[i].start; start < ranges[i].end; start += got / 8 * PAGE) {
			size_t size = (ranges[i].end - start) / PAGE * 8;

			got = pread(fd, buffer, size < PAGEMAP_SIZE ? size : PAGEMAP_SIZE, start / PAGE * 8);
			if (got <= 0)
				err(1, "%s", path);
			for (j = 0; j < got / 8; j++) {
				frame = entries[j] & present ? entries[j] & frame_bits : 0;
				pages += !!frame;
				stretches += frame && frame != last + 1;
				last = frame;
			}
		}
	}
	close(fd);
	if (stretches)
		printf("stretch\t%s\t%.1f\n", workload->name, (double)pages / stretches);
}

/* Builds the targets of a workload: @count units, or fewer if memory is short. */
static void build(unsigned long count)
{
	struct sysinfo memory;
	unsigned long fit;
	unsigned int i;

	units = count;
	sysinfo(&memory);
	fit = memory.freeram / 10 * 9 / workload->bytes;
	if (units > fit) {
		while (units > fit)
			units /= 2;
		printf("note\t%s\tno more memory for it in this machine\n", workload->name);
	}
	for (i = 0; i < (workload->processes ? units : 1); i++)
		start(workload->build);
}

static void time_workload(void)
{
	const struct reader *reader;

	build(quick ? workload->quick_units : workload->units);
	printf("workload\t%s\t%lu\t%s\t%s\n", workload->name, units, workload->unit, workload->title);
	if (!workload->processes)
		say_blocks();
	if (!workload->processes && workload->bytes == PAGE)
		say_stretches();
	/* by then the output was taken, and the kernel has done its deferred work */
	fflush(stdout);
	sleep(3);
	for (reader = readers; reader->name; reader++)
		if ((!reader->all || workload->processes) && !(is_program(reader) && workload->processes))
			time_reader(reader);
	if (trace_open())
		for (reader = readers; reader->name; reader++)
			if (!workload->processes && !reader->all && !is_program(reader))
				trace_reader(reader);
	write_file(TRACING "/set_event", " ");
	end_targets();
}

/* Growth: what one unit more costs, by two sizes of a workload */

/**
 * struct growth - a kind of thing that a target can have more of
 * @unit: its name
 * @workload: what is built
 * @sizes: numbers of units, small and large
 */
static const struct growth {
	const char *unit;
	const char *workload;
	unsigned long sizes[2];
} growths[] = {
	{ "page", "small", { 1 << 14, 1 << 16 } },
	{ "PTE table", "sparse", { 200, 800 } },
	{ "VMA", "vmas", { 4000, 16000 } },
	{ "process", "processes", { 50, 200 } },
	{ }
};

static const struct workload *find_workload(const char *name)
{
	const struct workload *found;

	for (found = workloads; found->name; found++)
		if (!strcmp(found->name, name))
			return found;
	errx(2, "%s: no such workload", name);
}

static void time_growth(const struct growth *growth)
{
	static const char *const grow[] = {
		"fair limit", "pagetree summary", "pagetree processes", "pagetree vmas", "smaps", "smaps_rollup",
		"PAGEMAP_SCAN", "cat vmas", "tool: vmas --raw", "tool: vmas --json", "tool: tree",
	};
	enum { READERS = sizeof(grow) / sizeof(*grow) };
	const unsigned int less = quick ? 4 : 1;
	uint64_t ns[READERS][2] = { 0 };
	const struct reader *reader;
	unsigned long bytes;
	unsigned int i, j;

	workload = find_workload(growth->workload);
	for (i = 0; i < 2; i++) {
		build(growth->sizes[i] / less);
		fflush(stdout);
		sleep(1);
		for (j = 0; j < READERS; j++) {
			reader = find_reader(grow[j]);
			if (workload->processes ? !is_program(reader) : !reader->all)
				ns[j][i] = measure(reader, &bytes);
		}
		end_targets();
	}
	for (j = 0; j < READERS; j++)
		if (ns[j][0] && ns[j][1])
			printf("growth\t%s\t%s\t%lu\t%lu\t%lu\t%lu\n", growth->unit, grow[j],
			       growth->sizes[0] / less, ns[j][0], growth->sizes[1] / less, ns[j][1]);
}

/* Profile */

/* Long nops, by which the plugin of tests/bench/profile.c knows where to begin and to end. */
#ifdef __x86_64__
#define MARK(number)	__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00, " #number ", 0x00, 0xad, 0x5e" ::: "memory")
#else
#define MARK(number)	errx(2, "the marks are instructions of x86-64")
#endif

static void profile(const char *of, const char *by)
{
	const struct reader *reader = find_reader(by);
	unsigned long bytes;

	workload = find_workload(of);
	build(quick ? workload->quick_units : workload->units);
	fflush(stdout);
	sleep(3);
	/* a pass to warm up */
	timed_pass(reader, &bytes);
	if (!bytes)
		errx(2, "%s: this kernel does not have it", by);
	MARK(1);
	timed_pass(reader, &bytes);
	MARK(2);
	printf("profile\t%s\t%s\t%lu\t%s\n", of, by, units, workload->unit);
	end_targets();
}

/* Victims */

#define SAMPLES		(1UL << 20)
#define VICTIM_NS	(quick ? 1000000000UL : 4000000000UL)

/* Shared by the target and us. */
static struct shared {
	unsigned long count;	/* the last SAMPLES are kept */
	uint64_t ns[SAMPLES];
} *shared;

static void do_map(volatile char *unused)
{
	volatile char *p = map(PAGE, PROT_READ | PROT_WRITE);

	(void)unused;
	*p = 1;
	munmap((void *)p, PAGE);
}

static void do_fault(volatile char *page)
{
	madvise((void *)page, PAGE, MADV_DONTNEED);
	*page = 1;
}

static const struct loop {
	const char *name;
	void (*once)(volatile char *page);
} loops[] = {
	{ "mmap, touch, munmap", do_map },
	{ "fault", do_fault },
	{ }
};
static const struct loop *loop;

static void *victim_thread(void *unused)
{
	volatile char *page = map_small(PAGE);
	unsigned long i;
	uint64_t began;

	for (;;) {
		began = now_ns();
		loop->once(page);
		i = __atomic_fetch_add(&shared->count, 1, __ATOMIC_RELAXED);
		shared->ns[i % SAMPLES] = now_ns() - began;
	}

	return unused;
}

static void build_victim(void)
{
	pthread_t thread;

	build_small();
	if (pthread_create(&thread, NULL, victim_thread, NULL))
		errx(1, "pthread_create");
}

static void time_victim(const struct reader *reader, uint64_t *ns)
{
	const uint64_t began = now_ns();
	unsigned long count, passes = 0;

	if (reader && reader->pass == read_pagemap)
		find_ranges(targets[0]);
	__atomic_store_n(&shared->count, 0, __ATOMIC_RELAXED);
	while (now_ns() - began < VICTIM_NS) {
		if (!reader)
			usleep(10000);
		else if (!one_pass(reader, targets[0]))
			return;
		passes++;
	}
	count = __atomic_load_n(&shared->count, __ATOMIC_RELAXED);
	count = count < SAMPLES ? count : SAMPLES;
	if (!count)
		errx(1, "the victim did nothing beside %s", reader ? reader->name : "nobody");
	memcpy(ns, shared->ns, count * sizeof(*ns));
	qsort(ns, count, sizeof(*ns), compare);
	printf("victim\t%s\t%s\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\n", reader ? reader->name : "nobody", loop->name,
	       reader ? passes : 0, count, ns[count / 2], ns[count * 99 / 100], ns[count * 999 / 1000],
	       ns[count - 1]);
}

static void time_victims(void)
{
	uint64_t *ns = malloc(SAMPLES * sizeof(*ns));
	const struct reader *reader;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || !ns)
		err(1, "memory");
	memset(shared, 0, sizeof(*shared));
	memset(ns, 0, SAMPLES * sizeof(*ns));
	units = quick ? 128 * MIB / PAGE : GIB / PAGE;
	printf("target\t%lu\n", units * PAGE / MIB);
	for (loop = loops; loop->name; loop++) {
		start(build_victim);
		time_victim(NULL, ns);
		for (reader = readers; reader->name; reader++)
			if (!reader->all && !is_program(reader))
				time_victim(reader, ns);
		end_targets();
	}
}

/* The environment that the figures depend on */
static void say_environment(void)
{
	char line[256], value[256];
	struct utsname name;
	struct sysinfo memory;
	bool model = false;
	FILE *file;

	uname(&name);
	sysinfo(&memory);
	printf("env\tkernel\t%s\nenv\tmemory\t%lu MiB\nenv\tprocessors\t%ld\n", name.release,
	       memory.totalram / MIB, sysconf(_SC_NPROCESSORS_ONLN));
	file = fopen("/proc/cpuinfo", "r");
	while (file && fgets(line, sizeof(line), file))
		if (!model && sscanf(line, "model name : %255[^\n]", value) == 1) {
			printf("env\tprocessor\t%s\n", value);
			model = true;
		}
	if (file)
		fclose(file);
	file = fopen(DEBUGFS "/geometry", "r");
	if (!file)
		err(1, DEBUGFS "/geometry");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "levels %255s", value) == 1)
			printf("env\tlevels\t%s\n", value);
	fclose(file);
	file = fopen("/sys/module/pagetree/parameters/slice_us", "r");
	if (file && fgets(line, sizeof(line), file))
		printf("env\tslice_us\t%s", line);
	if (file)
		fclose(file);
}

static bool wanted(const char *name, char **args)
{
	if (!*args)
		return true;
	for (; *args; args++)
		if (!strcmp(*args, name))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const struct growth *growth;
	char **args = argv + 2;

	if (strcmp(what, "times") && strcmp(what, "victim") && strcmp(what, "growth") && strcmp(what, "profile"))
		errx(2, "usage: bench times|victim|growth|profile [quick] [WORKLOAD...]");
	if (*args && !strcmp(*args, "quick")) {
		quick = true;
		args++;
	}

	/* targets do not inherit these: they have only what they build */
	buffer = map(TAIL_SIZE + PAGEMAP_SIZE, PROT_READ | PROT_WRITE);
	ranges = map(1000000 * sizeof(*ranges), PROT_READ | PROT_WRITE);
	madvise(buffer, TAIL_SIZE + PAGEMAP_SIZE, MADV_DONTFORK);
	madvise(ranges, 1000000 * sizeof(*ranges), MADV_DONTFORK);
	memset(buffer, 0, TAIL_SIZE + PAGEMAP_SIZE);
	/* no output while we measure: its reader would disturb */
	setvbuf(stdout, NULL, _IOFBF, MIB);

	must_put("/proc/sys/vm/max_map_count", "1000000");
	must_put("/proc/sys/vm/overcommit_memory", "1");
	must_put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	must_put("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");

	if (!strcmp(what, "profile")) {
		if (!*args || !args[1])
			errx(2, "usage: bench profile [quick] WORKLOAD READER");
		profile(args[0], args[1]);
		return 0;
	}
	say_environment();
	if (!strcmp(what, "victim"))
		time_victims();
	for (growth = growths; !strcmp(what, "growth") && growth->unit; growth++)
		time_growth(growth);
	for (workload = workloads; !strcmp(what, "times") && workload->name; workload++)
		if (wanted(workload->name, args))
			time_workload();

	return 0;
}

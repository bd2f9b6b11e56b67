// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that shootdowns reach TLBs. clear_refs clears accessed bits and flushes
 * nothing: while a thread reads a page again and again, the bit stays clear as long as
 * the page is in the CPU's TLB, and is set once the CPU does a page walk.
 *
 *   proof CASE [ROUNDS]	one of proofs[]; kernel: the kernel's own flush
 *   proof stress ROUNDS	mm-wide ones of a busy process, CPUs come and go
 *   proof rest			maps the same memory as the cases, and sleeps
 *   proof places		prints where: small, many small and huge pages
 *
 * A case has a target with a thread on each CPU but the first, which sends the
 * shootdowns. Each round reads all bits before and after. A round in which those
 * CPUs got other calls than ours is disturbed, and repeated. Prints in how many
 * rounds each of these was true:
 *
 *   control	all bits stayed clear until the shootdown
 *   flushed	all bits that had to be set afterwards were set; - if no bit had to be
 *   kept	all bits that had to stay clear did; - if no bit had to
 *   rows	the result row has the right numbers
 *   ipis	/proc/interrupts counts as many calls from other CPUs as the row
 *
 * It is one file since its parts, the target and its threads, the bits, the rows, the stress, share the target and
 * the text that was read last.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

#define DEBUGFS		"/sys/kernel/debug/pagetree"
#define DAMON		"/sys/kernel/mm/damon/admin/kdamonds"
#define THREADS		7

/*
 * A flush that leaves out a CPU, a page or what its mechanism needs does so in
 * each round in which that has its turn: CPUs and n = 1, 2, 3 take turns, so
 * that each of three CPUs is shot at in four rounds of twelve, and one of seven
 * in one. A flush that gets lost by chance, in a third of all rounds, would pass
 * twelve of them in one run of 130; forty rounds say the same of a tenth.
 */
#define ROUNDS		12
/* No result, rather than one from the few rounds in which nothing happened. */
#define DISTURBED	200

/* What a target maps; behind SMALL a page of another VMA. */
#define SMALL		base
#define SMALL_PAGES	16UL
#define BIG		(base + APART)
#define BIG_PAGES	64UL
#define THP		(base + 4 * APART)
#define HUGETLB		(base + 8 * APART)
/* The initiator's pages, where it is itself the target; it reads one. */
#define OWN		(base + 12 * APART)
#define OWN_PAGES	64UL

static unsigned long base;	/* nothing else is near */
#define APART		((sizeof(long) > 4 ? 256 : 32) * MIB)

struct range {
	unsigned long start;
	unsigned long end;
};

/* struct spinner - a thread of the target, in memory shared with the initiator */
struct spinner {
	_Alignas(64) unsigned long touched;	/* how often, all of its pages */
	uint32_t rest;				/* it is to sleep */
	pid_t tid;
	int cpu;
	struct range pages[3];			/* what it reads */
	int page_count;
};

struct shared {
	struct spinner spinners[THREADS];
	uint32_t order;				/* of the protector */
	uint32_t obeyed;
	bool wrong;				/* churn: memory had changed */
	bool stop;				/* hotplug */
	unsigned long churned[THREADS + 1];
	unsigned long plugged;
};

static struct shared *shared;
static int spinners;	/* and so many CPUs beside the first */

/* struct target - an attached process */
struct target {
	pid_t pid;
	int hold;
	int walk;
	int shootdown;
};

/* From geometry; docs/shootdown.md explains both. */
static bool broadcasts;	/* no IPI is sent, all CPUs flush */
static bool flushes_held;	/* CPUs also flush address spaces that they do not run */

static struct target child, self;
static struct range own;

enum place { NOWHERE, ONE_PAGE, SOME_PAGES, PAGES_33, PAGES_34, VMA_16, VMA_64,
	     ONE_THP, ONE_HUGETLB };
enum cpus { OF_MM, ONLINE, CPU_0, CPU_1 };

enum {
	DEFERRED = 1,	/* the row says so */
	OTHER = 2,	/* the initiator shoots at itself, not at the threads */
	ASLEEP = 4,	/* the threads sleep meanwhile */
};

static const struct proof {
	const char *name;
	const char *scope;
	enum place place;
	const char *options;
	enum cpus cpus;
	const char *mechanism;
	int how;
} proofs[] = {
	{ "null", "null", NOWHERE, "", OF_MM, "none", 0 },
	{ "null-online", "null", NOWHERE, "cpus=all", ONLINE, "none", 0 },
	{ "page", "page", ONE_PAGE, "deferred=0", OF_MM, "page", 0 },
	{ "page-deferred", "page", ONE_PAGE, "deferred=1", OF_MM, "page",
	  DEFERRED },
	{ "page-cpu-0", "page", ONE_PAGE, "cpus=0", CPU_0, "page", 0 },
	{ "range", "range", SOME_PAGES, "", OF_MM, "page", 0 },
	{ "range-33", "range", PAGES_33, "", OF_MM, "page", 0 },
	{ "range-34", "range", PAGES_34, "", OF_MM, "context", 0 },
	{ "vma", "vma", VMA_16, "", OF_MM, "page", 0 },
	{ "vma-64", "vma", VMA_64, "", OF_MM, "context", 0 },
	{ "mm", "mm", NOWHERE, "", OF_MM, "context", DEFERRED },
	{ "mm-online", "mm", NOWHERE, "cpus=all", ONLINE, "context", DEFERRED },
	{ "mm-cpu-0", "mm", NOWHERE, "cpus=0", CPU_0, "context", DEFERRED },
	{ "mm-cpu-1", "mm", NOWHERE, "cpus=1", CPU_1, "context", DEFERRED },
	{ "all", "all", NOWHERE, "", ONLINE, "global", 0 },
	{ "all-cpu-1", "all", NOWHERE, "cpus=1", CPU_1, "global", 0 },
	{ "thp", "page", ONE_THP, "", OF_MM, "page", 0 },
	{ "hugetlb", "range", ONE_HUGETLB, "", OF_MM, "page", 0 },
	{ "other-mm", "mm", NOWHERE, "cpus=all", ONLINE, "context",
	  DEFERRED | OTHER },
	{ "other-all", "all", NOWHERE, "", ONLINE, "global", OTHER },
	{ "asleep-null", "null", NOWHERE, "", OF_MM, "none", ASLEEP },
	{ "asleep-page", "page", ONE_PAGE, "deferred=0 cpus=0", CPU_0, "page",
	  ASLEEP },
	{ "asleep-page-deferred", "page", ONE_PAGE, "deferred=1 cpus=0", CPU_0,
	  "page", DEFERRED | ASLEEP },
	{ "asleep-mm", "mm", NOWHERE, "", OF_MM, "context", DEFERRED | ASLEEP },
	{ "asleep-mm-cpu-0", "mm", NOWHERE, "cpus=0", CPU_0, "context",
	  DEFERRED | ASLEEP },
};

static char text[1 << 20];	/* what was read last */

static int open_at(int flags, const char *format, ...)
{
	char path[256];
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);

	return fd;
}

/* The whole file, into text. */
static void read_all(int fd)
{
	size_t size = 0;
	ssize_t got;

	while ((got = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += got;
	if (got < 0)
		err(1, "read");
	text[size] = '\0';
}

static void write_all(int fd, const char *what)
{
	if (write(fd, what, strlen(what)) != (ssize_t)strlen(what))
		err(1, "write '%s'", what);
}

static void put(const char *what, const char *format, ...)
{
	char path[256];
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open_at(O_WRONLY, "%s", path);
	if (write(fd, what, strlen(what)) < 0)
		err(1, "write '%s' to %s", what, path);
	close(fd);
}

static uint64_t now_us(void)
{
	return now_ns() / 1000;
}

static unsigned long load(const unsigned long *number)
{
	return __atomic_load_n(number, __ATOMIC_ACQUIRE);
}

static void futex_wait(uint32_t *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void futex_set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Waits for something that comes soon or never; then there is no verdict. */
static void wait_until(bool (*done)(void *), void *data, const char *what)
{
	const uint64_t end = now_us() + 30 * 1000000UL;

	while (!done(data)) {
		if (now_us() > end)
			errx(1, "void: %s", what);
		usleep(100);
	}
}

/* The target */

static char *map(unsigned long at, size_t size, int prot, int flags)
{
	return map_at(at, size, prot, flags | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A range of pages of its own: neither zero pages nor shared ones. */
static void fill(void *p, size_t size)
{
	write_pages(p, size / PAGE, PAGE);
}

static void map_small(void)
{
	char *p;

	p = map(SMALL, SMALL_PAGES * PAGE, PROT_READ | PROT_WRITE, 0);
	madvise(p, SMALL_PAGES * PAGE, MADV_NOHUGEPAGE);
	fill(p, SMALL_PAGES * PAGE);
	map(SMALL + SMALL_PAGES * PAGE, PAGE, PROT_NONE, 0);
	p = map(BIG, BIG_PAGES * PAGE, PROT_READ | PROT_WRITE, 0);
	madvise(p, BIG_PAGES * PAGE, MADV_NOHUGEPAGE);
	fill(p, BIG_PAGES * PAGE);
}

static void map_huge(unsigned long at)
{
	char *p = map(at, THREADS * HUGE, PROT_READ | PROT_WRITE,
		      at == HUGETLB ? MAP_HUGETLB : 0);

	if (at == THP)
		madvise(p, THREADS * HUGE, MADV_HUGEPAGE);
	fill(p, THREADS * HUGE);
}

static void *spin(void *data)
{
	struct spinner *me = data;

	pin(me->cpu);
	__atomic_store_n(&me->tid, gettid(), __ATOMIC_RELEASE);
	for (;;) {
		while (__atomic_load_n(&me->rest, __ATOMIC_ACQUIRE))
			futex_wait(&me->rest, 1);
		for (int i = 0; i < me->page_count; i++)
			(void)*(volatile char *)me->pages[i].start;
		__atomic_store_n(&me->touched, me->touched + 1,
				 __ATOMIC_RELEASE);
	}

	return NULL;
}

/* On the first CPU: odd orders write-protect SMALL, even ones make it writable. */
static void *protect(void *data)
{
	uint32_t order, last = 0;

	(void)data;
	pin(0);
	for (;; last = order) {
		while ((order = __atomic_load_n(&shared->order,
						__ATOMIC_ACQUIRE)) == last)
			futex_wait(&shared->order, last);
		if (mprotect((void *)SMALL, SMALL_PAGES * PAGE,
			     order % 2 ? PROT_READ : PROT_READ | PROT_WRITE))
			err(1, "mprotect");
		if (order % 2 == 0)
			fill((void *)SMALL, SMALL_PAGES * PAGE);
		__atomic_store_n(&shared->obeyed, order, __ATOMIC_RELEASE);
	}

	return NULL;
}

/* Two neighbours in SMALL and a page in BIG, or a huge page, each. */
static void share_out(enum place place)
{
	for (int i = 0; i < spinners; i++) {
		struct spinner *spinner = &shared->spinners[i];
		struct range *pages = spinner->pages;

		spinner->cpu = i + 1;
		spinner->page_count = 1;
		if (place == ONE_THP || place == ONE_HUGETLB) {
			pages[0].start = (place == ONE_THP ? THP : HUGETLB) +
					 i * HUGE;
			pages[0].end = pages[0].start + HUGE;
			continue;
		}
		spinner->page_count = 3;
		pages[0].start = SMALL + 2 * i * PAGE;
		pages[1].start = SMALL + (2 * i + 1) * PAGE;
		pages[2].start = BIG + (56 + i) * PAGE;
		for (int n = 0; n < 3; n++)
			pages[n].end = pages[n].start + PAGE;
	}
}

static void attach(struct target *target)
{
	char hold[32];

	snprintf(hold, sizeof(hold), "hold %d", target->pid);
	target->hold = open_at(O_WRONLY, DEBUGFS "/attach");
	write_all(target->hold, hold);
	target->walk = open_at(O_RDWR, DEBUGFS "/%d/walk", target->pid);
	target->shootdown = open_at(O_WRONLY, DEBUGFS "/%d/shootdown",
				    target->pid);
}

static bool all_spin(void *data)
{
	(void)data;
	for (int i = 0; i < spinners; i++)
		if (!load(&shared->spinners[i].touched))
			return false;

	return true;
}

/* It never runs on the first CPU, unless it has a protector there. */
static void start_target(enum place place, bool protector)
{
	pthread_t thread;

	pin(1);
	child.pid = fork_bound();
	if (child.pid < 0)
		err(1, "fork");
	if (!child.pid) {
		/* not both: QEMU takes what lies between for one huge page */
		if (place == ONE_THP || place == ONE_HUGETLB)
			map_huge(place == ONE_THP ? THP : HUGETLB);
		else
			map_small();
		for (int i = 1; i < spinners; i++)
			if (pthread_create(&thread, NULL, spin,
					   &shared->spinners[i]))
				errx(1, "no thread");
		if (protector && pthread_create(&thread, NULL, protect, NULL))
			errx(1, "no thread");
		spin(&shared->spinners[0]);
	}
	pin(0);
	wait_until(all_spin, NULL, "the threads do not begin");
	attach(&child);
}

/* Each thread and, if it is a target, the initiator read their pages @times times, for @us at least. */
static void touch(unsigned long times, unsigned long us)
{
	const uint64_t end = now_us() + us, limit = now_us() + 30 * 1000000UL;
	unsigned long from[THREADS];
	bool done = false;

	for (int i = 0; i < spinners; i++)
		from[i] = load(&shared->spinners[i].touched);
	for (unsigned long i = 0; i < times && self.pid; i++)
		(void)*(volatile char *)own.start;
	while (!done) {
		done = now_us() >= end;
		for (int i = 0; i < spinners; i++)
			done &= load(&shared->spinners[i].touched) - from[i] >=
				times;
		if (now_us() > limit)
			errx(1, "void: a thread does not go on");
	}
}

/* Columns of a text by name */

/* Field @at of @line, which ends at a tab or newline. */
static bool field(const char *line, int at, char *buf, size_t size)
{
	while (at--) {
		line += strcspn(line, "\t\n");
		if (*line++ != '\t')
			return false;
	}
	snprintf(buf, size, "%.*s", (int)strcspn(line, "\t\n"), line);

	return true;
}

static int column(const char *names, const char *name)
{
	char buf[64];

	for (int at = 0; field(names, at, buf, sizeof(buf)); at++)
		if (!strcmp(buf, name))
			return at;
	errx(1, "no column %s", name);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");

	return *line ? line + 1 : line;
}

/* struct bits - the accessed bits of the pages that are read */
struct bits {
	bool of[THREADS][3];
	bool own;
};

/* Whether the leaf that maps @page has the accessed bit, by the text of walk. */
static bool is_accessed(const char *names, struct range page)
{
	const char *line, *leaf = NULL;
	char address[32], is[32];

	snprintf(address, sizeof(address), "%#lx", page.start);
	for (line = next_line(names); *line && *line != '#';
	     line = next_line(line))
		if (field(line, column(names, "address"), is, sizeof(is)) &&
		    !strcmp(is, address))
			leaf = line;
	if (!leaf || !field(leaf, column(names, "kind"), is, sizeof(is)) ||
	    strcmp(is, "leaf"))
		errx(1, "%s: no leaf: %s", address, text);
	field(leaf, column(names, "size"), is, sizeof(is));
	if (strtoul(is, NULL, 10) != page.end - page.start)
		errx(1, "%s: a leaf of %s bytes", address, is);
	field(leaf, column(names, "flags"), is, sizeof(is));

	return strchr(is, 'a');
}

static struct bits read_bits(void)
{
	char question[THREADS * 3 * 16];
	struct bits bits = { };
	int len = 0;

	for (int i = 0; i < spinners; i++)
		for (int n = 0; n < shared->spinners[i].page_count; n++)
			len += snprintf(question + len, sizeof(question) - len,
					"%#lx ",
					shared->spinners[i].pages[n].start);
	write_all(child.walk, question);
	read_all(child.walk);
	for (int i = 0; i < spinners; i++)
		for (int n = 0; n < shared->spinners[i].page_count; n++)
			bits.of[i][n] =
				is_accessed(next_line(text),
					    shared->spinners[i].pages[n]);
	if (self.pid) {
		snprintf(question, sizeof(question), "%#lx", own.start);
		write_all(self.walk, question);
		read_all(self.walk);
		bits.own = is_accessed(next_line(text), own);
	}

	return bits;
}

static bool all_clear(const struct bits *bits)
{
	for (int i = 0; i < spinners; i++)
		for (int n = 0; n < shared->spinners[i].page_count; n++)
			if (bits->of[i][n])
				return false;

	return true;
}

/* clear_refs leaves hugetlb out. DAMON clears the accessed bits of hugetlb, and flushes nothing. */
static bool have_damon(void)
{
	return !access(DAMON "/nr_kdamonds", W_OK);
}

#define SAMPLE_US	300000
static uint64_t cleared_us;		/* before that it was not turned on */

static void prepare_damon(void)
{
	char number[32];

	put("1", DAMON "/nr_kdamonds");
	put("1", DAMON "/0/contexts/nr_contexts");
	put("vaddr", DAMON "/0/contexts/0/operations");
	/* it clears when it begins, and again after each sample: a round has to be shorter */
	put("1000000000", DAMON "/0/contexts/0/monitoring_attrs/intervals/update_us");
	put("1000000000", DAMON "/0/contexts/0/monitoring_attrs/intervals/aggr_us");
	snprintf(number, sizeof(number), "%d", SAMPLE_US);
	put(number, DAMON "/0/contexts/0/monitoring_attrs/intervals/sample_us");
	put("1", DAMON "/0/contexts/0/targets/nr_targets");
	snprintf(number, sizeof(number), "%d", child.pid);
	put(number, DAMON "/0/contexts/0/targets/0/pid_target");
	snprintf(number, sizeof(number), "%d", spinners);
	put(number, DAMON "/0/contexts/0/targets/0/regions/nr_regions");
	for (int i = 0; i < spinners; i++) {
		snprintf(number, sizeof(number), "%lu", HUGETLB + i * HUGE);
		put(number, DAMON "/0/contexts/0/targets/0/regions/%d/start", i);
		snprintf(number, sizeof(number), "%lu", HUGETLB + (i + 1) * HUGE);
		put(number, DAMON "/0/contexts/0/targets/0/regions/%d/end", i);
	}
}

/* The write fails with EBUSY while DAMON's thread holds a lock. */
static void turn_damon(const char *state)
{
	int fd = open_at(O_WRONLY, DAMON "/0/state"), tries;

	for (tries = 0; write(fd, state, strlen(state)) < 0; tries++) {
		if (errno != EBUSY || tries == 1000)
			err(1, "write '%s' to " DAMON "/0/state", state);
		usleep(1000);
	}
	close(fd);
}

/* Clears the accessed bits of pages that are in the TLBs. */
static void clear_bits(enum place place)
{
	struct bits bits;

	touch(2, 0);
	if (place != ONE_HUGETLB) {
		put("1", "/proc/%d/clear_refs", child.pid);
		if (self.pid)
			put("1", "/proc/self/clear_refs");
		return;
	}

	/* its end flushes TLBs on some machines: it stays on until the next round */
	for (int tries = 0; tries < 20; tries++) {
		if (cleared_us)
			turn_damon("off");
		cleared_us = now_us();
		turn_damon("on");
		usleep(20000);
		bits = read_bits();
		if (all_clear(&bits))
			return;
	}
	errx(1, "void: DAMON clears no bits");
}

/* Other causes of flushes */

/*
 * struct doings - calls from other CPUs and flushes, on all but the first, and
 * how often the threads were switched out. That is for kernel threads, which
 * borrow the address space: nothing is flushed, unless its generation was raised.
 */
struct doings {
	unsigned long calls;
	unsigned long flushes;
	unsigned long switches[THREADS];
};

static unsigned long interrupts(const char *name)
{
	const char *line = strstr(text, name), *end;
	unsigned long sum = 0, count;
	char *after;

	if (!line)
		errx(1, "/proc/interrupts has no %s", name);
	line += strlen(name);
	end = line + strcspn(line, "\n");
	for (int cpu = 0; line < end; cpu++) {
		count = strtoul(line, &after, 10);
		if (after == line)
			break;
		sum += cpu ? count : 0;
		line = after;
	}

	return sum;
}

static unsigned long switches_of(pid_t tid, const char *key)
{
	int fd = open_at(O_RDONLY, "/proc/%d/task/%d/status", child.pid, tid);
	const char *at;

	read_all(fd);
	close(fd);
	at = strstr(text, key);
	if (!at)
		errx(1, "/proc/PID/status has no %s", key);

	return strtoul(at + strlen(key), NULL, 10);
}

static struct doings look(void)
{
	int fd = open_at(O_RDONLY, "/proc/interrupts");
	struct doings doings = { };

	read_all(fd);
	close(fd);
#if defined(__x86_64__) || defined(__i386__)
	doings.calls = interrupts("CAL:");
	doings.flushes = interrupts("TLB:");
#else
	/* function calls; flushes are among them, or leave no trace */
	doings.calls = interrupts("IPI1:");
#endif
	for (int i = 0; i < spinners; i++)
		doings.switches[i] = switches_of(shared->spinners[i].tid,
						 "nonvoluntary_ctxt_switches:");

	return doings;
}

/* The right result of a command */

static struct range range_of(const struct proof *proof, int round)
{
	const unsigned long turn = round % spinners;
	struct range range = { };

	switch (proof->place) {
	case NOWHERE:
		break;
	case ONE_PAGE:
		range.start = SMALL + 2 * turn * PAGE;
		range.end = range.start + PAGE;
		break;
	case SOME_PAGES:
		/* all neighbours but the last */
		range.start = SMALL;
		range.end = SMALL + (2 * spinners - 1) * PAGE;
		break;
	case PAGES_33:
	case PAGES_34:
		/* pages that nobody reads, in a VMA with pages that are read */
		range.start = BIG + 16 * PAGE;
		range.end = range.start + (proof->place == PAGES_33 ? 33 : 34) *
			    PAGE;
		break;
	case VMA_16:
		range.start = SMALL;
		range.end = SMALL + SMALL_PAGES * PAGE;
		break;
	case VMA_64:
		range.start = BIG;
		range.end = BIG + BIG_PAGES * PAGE;
		break;
	case ONE_THP:
		/* another page of it than the one that is read */
		range.start = THP + turn * HUGE + 5 * PAGE;
		range.end = range.start + PAGE;
		break;
	case ONE_HUGETLB:
		range.start = HUGETLB + turn * HUGE;
		range.end = range.start + HUGE;
		break;
	}

	return range;
}

/* Whether @cpu has to do a page walk for @page afterwards. */
static bool must_be_set(const struct proof *proof, struct range range, int cpu,
			struct range page)
{
	if (proof->how & ASLEEP && proof->how & DEFERRED &&
	    !(flushes_held && proof->cpus == CPU_0))
		return true;	/* the whole context, at the switch or at once */
	if (proof->cpus == CPU_0 || (proof->cpus == CPU_1 && cpu != 1))
		return false;
	if (!strcmp(proof->mechanism, "global"))
		return true;
	if (!strcmp(proof->mechanism, "context"))
		return !(proof->how & OTHER);

	return page.start < range.end && page.end > range.start;
}

static bool row_is(const char *names, const char *row, const char *name,
		   const char *format, ...)
{
	char expected[64], got[64];
	va_list args;

	va_start(args, format);
	vsnprintf(expected, sizeof(expected), format, args);
	va_end(args);
	if (!field(row, column(names, name), got, sizeof(got)))
		errx(1, "a row that ends before %s", name);
	if (!strcmp(expected, got))
		return true;
	printf("# %s: expected %s, got %s\n", name, expected, got);

	return false;
}

static unsigned long row_number(const char *names, const char *row,
				const char *name)
{
	char number[64];

	if (!field(row, column(names, name), number, sizeof(number)))
		errx(1, "a row that ends before %s", name);

	return strtoul(number, NULL, 0);
}

/* Leaves the shootdowns in text; returns the last row. */
static const char *last_row(pid_t pid, const char **names)
{
	int fd = open_at(O_RDONLY, DEBUGFS "/%d/shootdowns", pid);
	const char *line, *last = NULL;

	read_all(fd);
	close(fd);
	*names = next_line(text);
	for (line = next_line(*names); *line && *line != '#';
	     line = next_line(line))
		last = line;
	if (!last)
		errx(1, "no result");

	return last;
}

/* Each duration of a list must be at least as long as the one before. */
static bool rises(const char *names, const char *row, const char *list)
{
	unsigned long last = 0, ns;
	char name[64];

	for (; *list; list += strspn(list, " ")) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(list, " "),
			 list);
		list += strlen(name);
		ns = row_number(names, row, name);
		if (ns < last) {
			printf("# %s %lu, after %lu\n", name, ns, last);
			return false;
		}
		last = ns;
	}

	return true;
}

static bool row_is_right(const struct proof *proof, pid_t pid, int seq,
			 struct range range, unsigned int n)
{
	const unsigned int sent = broadcasts ? 0 :
				  proof->cpus == OF_MM ? spinners :
				  proof->cpus == ONLINE ? spinners + 1 : 1;
	const bool local = !broadcasts && (proof->cpus == ONLINE ||
					   proof->cpus == CPU_0);
	const unsigned int loaded = proof->how & OTHER && !broadcasts ? 1 :
				    sent - local;
	unsigned long strides = (range.end - range.start) / PAGE;
	const char *names, *row = last_row(pid, &names);
	bool right = true;

	if (strcmp(proof->mechanism, "page"))
		strides = 0;
	else if (proof->place == ONE_HUGETLB)
		strides = 1;

	right &= row_is(names, row, "seq", "%d", seq);
	right &= row_is(names, row, "scope", "%s", proof->scope);
	right &= row_is(names, row, "start", "0x%lx", range.start);
	right &= row_is(names, row, "end", "0x%lx", range.end);
	right &= row_is(names, row, "pages", "%lu",
			(range.end - range.start) / PAGE);
	right &= row_is(names, row, "strides", "%lu", strides);
	right &= row_is(names, row, "mechanism", "%s", proof->mechanism);
	right &= row_is(names, row, "deferred", "%d",
			!!(proof->how & DEFERRED) && !flushes_held);
	right &= row_is(names, row, "asked", "%u", n);
	right &= row_is(names, row, "n", "%u", n);
	right &= row_is(names, row, "ended", "done");
	right &= row_is(names, row, "sent", "%u", n * sent);
	right &= row_is(names, row, "ran", "%u", n * sent);
	right &= row_is(names, row, "local", "%u", n * local);
	right &= row_is(names, row, "loaded", "%u", n * loaded);
	right &= row_is(names, row, "skipped", "0");
	right &= row_is(names, row, "tag", "proof:%d", seq);
	right &= row_number(names, row, "min_ns") > 0;
	right &= rises(names, row, "min_ns p50_ns p90_ns p99_ns p999_ns max_ns");
	right &= rises(names, row, "min_ns mean_ns max_ns");
	right &= rises(names, row, "handler_p50_ns handler_max_ns max_ns");
	right &= rises(names, row, "null_min_ns null_p50_ns null_p90_ns null_p99_ns null_max_ns");
	right &= rises(names, row, "null_min_ns null_mean_ns null_max_ns");
	right &= rises(names, row, "null_handler_p50_ns null_max_ns");
	right &= row_number(names, row, "us") * 1000 + 1000 >=
		 n * row_number(names, row, "min_ns");
	if (n == 1)
		right &= row_is(names, row, "max_ns", "%lu",
				row_number(names, row, "min_ns"));
	if (!strcmp(proof->scope, "null"))
		right &= row_is(names, row, "null_mean_ns", "%lu",
				row_number(names, row, "mean_ns"));

	return right;
}

struct rest {
	pid_t tid;
	unsigned long times;
};

/* Once it is counted, the switch will be done before any other. */
static bool rests(void *data)
{
	const struct rest *rest = data;

	return switches_of(rest->tid, "\nvoluntary_ctxt_switches:") >
	       rest->times;
}

static void let_sleep(void)
{
	struct rest rest;

	for (int i = 0; i < spinners; i++) {
		rest.tid = shared->spinners[i].tid;
		rest.times = switches_of(rest.tid,
					 "\nvoluntary_ctxt_switches:");
		futex_set(&shared->spinners[i].rest, 1);
		wait_until(rests, &rest, "a thread does not sleep");
	}
}

static void wake_up(void)
{
	for (int i = 0; i < spinners; i++)
		futex_set(&shared->spinners[i].rest, 0);
}

/* struct held - in how many rounds */
struct held {
	int rounds;
	int disturbed;
	int lost;		/* of these: a bit was set before the shootdown */
	int control, flushed, kept, rows, ipis;
	bool has_flushed, has_kept;
	int seq;	/* of the last result */
};

static void shoot(const struct proof *proof, int seq, struct range range,
		  unsigned int n)
{
	char command[256];
	int len;

	len = snprintf(command, sizeof(command), "%s", proof->scope);
	if (proof->place != NOWHERE)
		len += snprintf(command + len, sizeof(command) - len, " %#lx",
				range.start);
	if (!strcmp(proof->scope, "range"))
		len += snprintf(command + len, sizeof(command) - len, " %#lx",
				range.end);
	snprintf(command + len, sizeof(command) - len, " %s n=%u tag=proof:%d",
		 proof->options, n, seq);
	write_all(proof->how & OTHER ? self.shootdown : child.shootdown,
		  command);
}

/*
 * Sets @flushed if all bits are set that must be, and @kept if no other bit is. Returns false
 * without a verdict on the others: each of those threads was switched out since its generation
 * was raised.
 */
static bool judge(const struct proof *proof, struct range range, bool *flushed,
		  bool *kept, struct held *held, const struct doings *since)
{
	const struct bits bits = read_bits();
	const struct doings now = look();
	bool judged = false, has_kept = false;

	*flushed = true;
	*kept = true;
	for (int i = 0; i < spinners; i++) {
		const struct spinner *spinner = &shared->spinners[i];
		bool switched = since && now.switches[i] != since->switches[i];

		for (int n = 0; n < spinner->page_count; n++) {
			if (must_be_set(proof, range, spinner->cpu,
					spinner->pages[n])) {
				held->has_flushed = true;
				*flushed &= bits.of[i][n];
				continue;
			}
			has_kept = true;
			if (!switched) {
				judged = true;
				*kept &= !bits.of[i][n];
			}
		}
	}
	if (proof->how & OTHER) {
		held->has_flushed = true;
		*flushed &= bits.own;
	}
	held->has_kept |= has_kept;

	return judged || !has_kept;
}

/* Returns false if the round was disturbed: it does not count. */
static bool prove_round(const struct proof *proof, struct held *held)
{
	const struct range range = range_of(proof, held->seq);
	const pid_t pid = proof->how & OTHER ? self.pid : child.pid;
	const bool raises = proof->how & DEFERRED && !(proof->how & OTHER) &&
			    !flushes_held;
	const unsigned int n = raises ? 1 : 1 + held->seq % 3;
	struct doings before, shot, after;
	bool control, flushed, kept, row, judged;
	const char *names, *last;
	unsigned long calls;
	struct bits bits;

	if (raises) {
		/* so that the threads see the generation of the round before */
		let_sleep();
		wake_up();
		touch(1, 0);
	}
	if (self.pid) {
		usleep(1000);
		/* a buffer may have evicted the page before from the TLB */
		own.start = OWN + held->disturbed % OWN_PAGES * PAGE;
		own.end = own.start + PAGE;
	}
	before = look();
	clear_bits(proof->place);
	if (proof->place == ONE_HUGETLB)
		before = look();	/* DAMON's thread was woken, by a call */
	touch(1000, 2000);
	bits = read_bits();
	control = all_clear(&bits);
	/* on such machines the kernel's own flushes leave no other trace */
	if (bits.own || (flushes_held && !control)) {
		held->lost++;
		return false;
	}
	shot = look();
	if (shot.calls != before.calls || shot.flushes != before.flushes)
		return false;

	if (proof->how & ASLEEP)
		let_sleep();
	shoot(proof, ++held->seq, range, n);
	if (proof->how & ASLEEP)
		wake_up();
	touch(raises ? 2 : 1000, 0);
	judged = judge(proof, range, &flushed, &kept, held,
		       raises ? &shot : NULL);
	after = look();
	if (proof->place == ONE_HUGETLB && now_us() > cleared_us + SAMPLE_US)
		return false;

	row = row_is_right(proof, pid, held->seq, range, n);
	last = last_row(pid, &names);
	calls = row_number(names, last, "sent") -
		row_number(names, last, "local");
	if (strcmp(proof->scope, "null"))
		calls *= 2;
	/* what else ran where a thread slept is unknown, and so is who woke the CPU */
	if (!(proof->how & ASLEEP)) {
		if (after.calls - shot.calls > calls ||
		    after.flushes != shot.flushes || !judged)
			return false;
		held->ipis += after.calls - shot.calls == calls;
	}
	held->control += control;
	held->flushed += flushed;
	held->kept += kept;
	held->rows += row;

	return true;
}

static const char *count(bool any, int held, int rounds, bool most)
{
	static char buf[3][16];
	static int turn;
	char *to = buf[turn++ % 3];

	if (!any)
		return "-";
	if (most && held >= rounds * 3 / 4)
		return "most";
	snprintf(to, sizeof(buf[0]), "%d", held);

	return to;
}

/* Why this machine cannot have the case, or NULL. */
static const char *impossible(const struct proof *proof)
{
	if (broadcasts && proof->cpus > ONLINE)
		return "this processor flushes on all CPUs, not on some";
	if (flushes_held && strstr(proof->options, "deferred=1"))
		return "nothing is left for later on this machine";
	if (broadcasts && proof->how & OTHER && strcmp(proof->scope, "all"))
		return "the emulator drops all address spaces with one";
	if (broadcasts && proof->how & ASLEEP)
		return "the emulator keeps nothing of what does not run";
	if (proof->place == ONE_THP && !have_thp())
		return "only hugetlb has huge pages here";
	if (proof->place == ONE_HUGETLB && !have_damon())
		return "this kernel has nothing that clears the accessed bits of hugetlb";

	return NULL;
}

static void ask_geometry(void)
{
	int fd = open_at(O_RDONLY, DEBUGFS "/geometry");

	read_all(fd);
	close(fd);
	broadcasts = strstr(text, "\npagetree_flush\ttlbi\n");
	flushes_held = broadcasts || strstr(text, "\narch\triscv64\n");
}

static int prove(const struct proof *proof, int rounds)
{
	struct held held = { };

	if (impossible(proof)) {
		printf("skip %s\n", impossible(proof));
		return 0;
	}
	if (proof->how & OTHER) {
		fill(map(OWN, OWN_PAGES * PAGE, PROT_READ | PROT_WRITE, 0),
		     OWN_PAGES * PAGE);
		madvise((void *)OWN, OWN_PAGES * PAGE, MADV_NOHUGEPAGE);
		self.pid = getpid();
		attach(&self);
	}
	share_out(proof->place);
	start_target(proof->place, false);
	if (proof->place == ONE_HUGETLB)
		prepare_damon();

	while (held.rounds < rounds) {
		if (prove_round(proof, &held))
			held.rounds++;
		else if (++held.disturbed > DISTURBED)
			errx(1, "void: %d rounds were disturbed (%d before the shootdown), %d not",
			     held.disturbed, held.lost, held.rounds);
	}
	if (cleared_us)
		turn_damon("off");
	kill(child.pid, SIGKILL);
	wait(NULL);
	printf("# %d disturbed (%d before the shootdown), %d flushed, %d kept\n",
	       held.disturbed, held.lost, held.flushed, held.kept);
	printf("control=%d flushed=%s kept=%s rows=%d ipis=%s\n", held.control,
	       count(held.has_flushed, held.flushed, rounds, false),
	       count(held.has_kept, held.kept, rounds,
		     flushes_held || proof->how & ASLEEP),
	       held.rows,
	       count(!(proof->how & ASLEEP), held.ipis, rounds, false));

	return 0;
}

/* The kernel's own flush, judged in the same way */

static bool has_obeyed(void *data)
{
	(void)data;

	return __atomic_load_n(&shared->obeyed, __ATOMIC_ACQUIRE) ==
	       shared->order;
}

static void order(void)
{
	futex_set(&shared->order, shared->order + 1);
	wait_until(has_obeyed, NULL, "the protector does not obey");
}

static int prove_kernel(int rounds)
{
	/* as VMA_16: SMALL, and nothing else */
	const struct proof mprotects = { .mechanism = "page" };
	const struct range range = { SMALL, SMALL + SMALL_PAGES * PAGE };
	bool flushed, kept;
	struct held held = { };
	struct doings before, after;
	struct bits bits;
	int raised = 0;

	share_out(NOWHERE);
	start_target(NOWHERE, true);
	for (int i = 0; i < rounds; i++) {
		order();
		if (shared->order % 2)
			order();
		clear_bits(NOWHERE);
		touch(1000, 2000);
		bits = read_bits();
		held.control += all_clear(&bits);
		before = look();
		order();
		after = look();
		touch(1000, 0);
		judge(&mprotects, range, &flushed, &kept, &held, NULL);
		held.flushed += flushed;
		held.kept += kept;
		raised += after.flushes - before.flushes >=
			  (unsigned long)spinners;
	}
	kill(child.pid, SIGKILL);
	wait(NULL);
	printf("# %d kept, %d raised\n", held.kept, raised);
	/* a CPU that a kernel thread borrows is left out, and flushes all later */
	printf("control=%d flushed=%d kept=%s raised=%s\n", held.control,
	       held.flushed, count(true, held.kept, rounds, true),
	       count(true, raised, rounds, true));

	return 0;
}

/* Stress */

static void *churn(void *data)
{
	unsigned long *rounds = data;
	unsigned long tag = rounds - shared->churned + 1, pages, i;
	unsigned char *p;

	seed_random(tag);
	for (;; __atomic_add_fetch(rounds, 1, __ATOMIC_RELAXED)) {
		pages = 1 + below(40);
		p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			err(1, "mmap");
		for (i = 0; i < pages; i++)
			memset(p + i * PAGE, tag + i, 64);
		if (below(2))
			mprotect(p, pages * PAGE, PROT_READ);
		for (i = 0; i < pages * PAGE; i += 32)
			if (p[i] != (i % PAGE < 64 ?
				     (unsigned char)(tag + i / PAGE) : 0))
				shared->wrong = true;
		munmap(p, pages * PAGE);
	}

	return NULL;
}

static void unpin(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	sched_setaffinity(0, sizeof(set), &set);
}

static pid_t start_churn(void)
{
	pthread_t thread;
	pid_t pid = fork_bound();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;

	unpin();
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, churn, &shared->churned[i]))
			errx(1, "no thread");
	churn(&shared->churned[THREADS]);

	return 0;
}

/* Takes one CPU after the other offline and online, but the first, until it is told to stop. */
static pid_t start_hotplug(void)
{
	pid_t pid = fork_bound();
	int fd;

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;

	unpin();
	while (!__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE))
		for (int cpu = 1; cpu <= spinners; cpu++) {
			fd = open_at(O_WRONLY, "/sys/devices/system/cpu/cpu%d/online",
				     cpu);
			/* EBUSY: somebody else plugs */
			if (write(fd, "0", 1) == 1)
				__atomic_add_fetch(&shared->plugged, 1,
						   __ATOMIC_RELEASE);
			else if (errno != EBUSY)
				err(1, "CPU %d goes offline", cpu);
			while (write(fd, "1", 1) < 0)
				if (errno != EBUSY)
					err(1, "CPU %d comes online", cpu);
			close(fd);
			/* till the threads are everywhere again */
			usleep(100000);
		}
	_exit(0);
}

static bool is_stressed(void *data)
{
	(void)data;
	for (int i = 0; i <= THREADS; i++)
		if (!load(&shared->churned[i]))
			return false;

	return load(&shared->plugged);
}

static int stress(unsigned long rounds)
{
	unsigned long done = 0, commands = 0, limit_ms, began, us, longest = 0;
	unsigned long timed = 0, sent = 0, ran = 0;
	pid_t churner, hotplugger;
	const char *names, *row;
	char command[64];
	int status, fd;

	unpin();
	fd = open_at(O_RDONLY, "/sys/module/pagetree/parameters/shootdown_ms");
	read_all(fd);
	close(fd);
	limit_ms = strtoul(text, NULL, 10);
	churner = start_churn();
	child.pid = churner;
	attach(&child);
	hotplugger = start_hotplug();
	wait_until(is_stressed, NULL, "a thread or the hotplugger does nothing");

	while (done < rounds) {
		snprintf(command, sizeof(command), "mm n=%lu",
			 rounds - done < 500 ? rounds - done : 500);
		began = now_us();
		write_all(child.shootdown, command);
		us = now_us() - began;
		if (us > longest)
			longest = us;
		row = last_row(churner, &names);
		done += row_number(names, row, "n");
		sent += row_number(names, row, "sent");
		ran += row_number(names, row, "ran");
		timed += row_number(names, row, "n") !=
			 row_number(names, row, "asked");
		commands++;
		printf("# %lu rounds, %lu ms\n", done, us / 1000);
		fflush(stdout);
	}
	shared->stop = true;
	waitpid(hotplugger, &status, 0);
	if (status)
		errx(1, "the hotplugger ended with status %d", status);
	if (waitpid(churner, &status, WNOHANG))
		errx(1, "the target ended with status %d", status);
	kill(churner, SIGKILL);
	waitpid(churner, &status, 0);

	printf("# %lu commands, %lu ended by time, the longest took %lu ms; %lu of %lu handlers ran; %lu CPUs went offline\n",
	       commands, timed, longest / 1000, ran, sent, shared->plugged);
	printf("rounds=%lu in_time=%s offline=%s memory=%s\n", done,
	       longest / 1000 <= 3 * (limit_ms + 1000) ? "yes" : "no",
	       shared->plugged >= 3 ? "yes" : "no",
	       shared->wrong ? "wrong" : "right");

	return 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	base = window() / 64 * 45;
	if (!strcmp(name, "places")) {
		printf("%#lx %#lx %#lx\n", SMALL, BIG, HUGETLB);
		return 0;
	}
	spinners = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	if (spinners > THREADS)
		spinners = THREADS;
	if (spinners < 1)
		errx(1, "this takes two CPUs");

	if (!strcmp(name, "rest")) {
		map_small();
		map_huge(HUGETLB);
		for (;;)
			pause();
	}
	ask_geometry();
	if (!strcmp(name, "kernel"))
		return prove_kernel(rounds);
	if (!strcmp(name, "stress"))
		return stress(rounds);
	for (size_t i = 0; i < sizeof(proofs) / sizeof(*proofs); i++)
		if (!strcmp(name, proofs[i].name))
			return prove(&proofs[i], rounds);
	fputs("usage: proof CASE|kernel|stress|rest|places [ROUNDS]\ncases:", stderr);
	for (size_t i = 0; i < sizeof(proofs) / sizeof(*proofs); i++)
		fprintf(stderr, " %s", proofs[i].name);
	fputc('\n', stderr);

	return 2;
}

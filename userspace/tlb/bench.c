// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tool is its own target: it flushes its own TLB entries, and measures the
 * price for itself and for a thread on another CPU.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "input/debugfs.h"
#include "tlb/measure.h"
#include "tlb/shooter.h"
#include "tlb/tlb.h"

#define SIZES_MAX	16	/* sizes of --pages */
#define PAGES_MAX	65536
#define RANGE		33	/* pages of the range that is flushed */

/**
 * struct operation - what happens between two measurements
 * @name: of the operation
 * @control: a system call instead of a shootdown, or NULL
 * @command: format of a shootdown command, with start and end address, or NULL
 * @victim: also measure what it costs a victim
 */
static const struct operation {
	const char *name;
	void (*control)(void *page);
	const char *command;
	bool victim;
} operations[] = {
	{ "nothing", NULL, NULL, true },
	{ "getppid", control_getppid, NULL, false },
	{ "mprotect", control_mprotect, NULL, false },
	{ "null", NULL, "null", true },
	{ "page", NULL, "page 0x%" PRIxPTR, true },
	{ "range", NULL, "range 0x%" PRIxPTR " 0x%" PRIxPTR, false },
	{ "mm", NULL, "mm", true },
	{ "all", NULL, "all", true },
};

static size_t page_size;	/* of this machine */

/**
 * struct result - the times of a measurement
 * @part: refill, victim or call
 * @what: name of the operation or call
 * @pages: size of its memory
 * @victims: number of threads on other CPUs
 * @before: refill: ns of the chase before the operation
 * @took: ns of the chase after it, of the victim's gap, or of the call
 */
struct result {
	const char *part;
	const char *what;
	uint64_t pages;
	unsigned int victims;
	struct samples before;
	struct samples took;
};

/**
 * struct bench - the benchmark and its results
 * @pages: sizes of the pointer chase
 * @sizes: number of @pages
 * @rounds: rounds of each measurement
 * @fd: PID/shootdown; -1 if shootdowns are not possible
 * @unarmed: the reason for that, or NULL
 * @other: CPU of the victim; -1 if there is only one CPU
 * @results: in the order of their first samples
 * @count: number of @results
 */
struct bench {
	uint64_t pages[SIZES_MAX];
	size_t sizes;
	uint64_t rounds;
	int fd;
	const char *unarmed;
	int other;
	struct result *results;
	size_t count;
};

/* The result of a measurement; a new one if this is its first sample. */
static struct result *result(struct bench *bench, const char *part,
			     const char *what, uint64_t pages,
			     unsigned int victims)
{
	const struct result new = { part, what, pages, victims, { 0 }, { 0 } };
	struct result *r;

	for (r = bench->results; r < bench->results + bench->count; r++)
		if (!strcmp(r->part, part) && !strcmp(r->what, what) &&
		    r->pages == pages && r->victims == victims)
			return r;
	bench->results = grow(bench->results, bench->count, sizeof(new));
	r = &bench->results[bench->count++];
	*r = new;

	return r;
}

static void touch(char *p, size_t pages)
{
	while (pages--)
		*(volatile char *)(p + pages * page_size) = 1;
}

/* @p: memory of @pages pages, for operations that need addresses */
static void operate(const struct bench *bench, const struct operation *operation,
		    char *p, size_t pages)
{
	const uintptr_t start = (uintptr_t)p;
	const size_t range = (pages < RANGE ? pages : RANGE) * page_size;
	char command[100];
	int error;

	if (operation->control)
		operation->control(p);
	if (!operation->command)
		return;
	snprintf(command, sizeof(command), operation->command, start,
		 start + range);
	error = shooter_write(bench->fd, command);
	if (error)
		shooter_refused(getpid(), command, error);
}

/* Refill: a pointer chase with one cache line in each page */

/* Each round does all operations, so that a drift affects all of them. */
static void measure_refill(struct bench *bench, size_t pages)
{
	char *p = map_memory(pages * page_size, false);
	void **first = make_cycle(p, pages, page_size);
	const struct operation *operation;
	struct result *r;
	uint64_t round;
	size_t i;

	for (round = 0; round < bench->rounds; round++) {
		for (i = 0; i < ARRAY_SIZE(operations); i++) {
			operation = &operations[i];
			if (operation->command && bench->unarmed)
				continue;
			r = result(bench, "refill", operation->name, pages, 0);
			chase(first, pages);
			samples_add(&r->before, chase(first, pages));
			operate(bench, operation, p, pages);
			samples_add(&r->took, chase(first, pages));
		}
	}
	munmap(p, pages * page_size);
}

/* The nanoseconds that the operation adds to an access. */
static double entry_ns(struct result *r)
{
	const double after = samples_quantile(&r->took, 500);

	return (after - samples_quantile(&r->before, 500)) / r->pages;
}

/* Victim: a thread on another CPU that reads the clock in a loop */

/**
 * struct victim - the thread
 * @thread: the thread
 * @cpu: its CPU
 * @stop: tells it to end
 * @asked: number of questions so far: what was the longest gap since the last
 *	one?
 * @answered: number of answers so far
 * @longest: the last answer, in ns
 */
struct victim {
	pthread_t thread;
	int cpu;
	atomic_bool stop;
	atomic_uint asked;
	atomic_uint answered;
	uint64_t longest;
};

static void *spin(void *arg)
{
	struct victim *victim = arg;
	uint64_t longest = 0, last, now;
	unsigned int asked;

	cpus_pin(victim->cpu);
	for (last = now_ns(); !victim->stop; last = now) {
		now = now_ns();
		if (now - last > longest)
			longest = now - last;
		asked = victim->asked;
		if (asked == victim->answered)
			continue;
		victim->longest = longest;
		longest = 0;
		victim->answered = asked;
	}

	return NULL;
}

static uint64_t longest_gap(struct victim *victim)
{
	const unsigned int asked = ++victim->asked;

	while (victim->answered != asked)
		;

	return victim->longest;
}

static void victim_start(struct victim *victim, int cpu)
{
	int error;

	*victim = (struct victim) { .cpu = cpu };
	error = pthread_create(&victim->thread, NULL, spin, victim);
	if (error)
		fail(EXIT_FAILURE, "a thread: %s", strerror(error));
	longest_gap(victim);
}

static void victim_stop(struct victim *victim)
{
	victim->stop = true;
	pthread_join(victim->thread, NULL);
}

/*
 * Goes from the last operation to the first: nothing follows null, and waits as
 * long as null took.
 */
static void measure_victim(struct bench *bench)
{
	const struct operation *operation;
	struct victim victim;
	char *p = map_memory(page_size, false);
	uint64_t round, began, took = 0;
	struct result *r;
	size_t i;

	touch(p, 1);
	victim_start(&victim, bench->other);
	for (round = 0; round < bench->rounds; round++) {
		for (i = ARRAY_SIZE(operations); i--;) {
			operation = &operations[i];
			if (!operation->victim)
				continue;
			longest_gap(&victim);
			began = now_ns();
			operate(bench, operation, p, 1);
			if (operation->command)
				took = now_ns() - began;
			while (now_ns() - began < took)
				;
			r = result(bench, "victim", operation->name, 1, 1);
			samples_add(&r->took, longest_gap(&victim));
		}
	}
	victim_stop(&victim);
	munmap(p, page_size);
}

/* Calls: system calls for which the kernel shoots down TLB entries */

static int call_mprotect(void *p, size_t size)
{
	return mprotect(p, size, PROT_READ) ||
	       mprotect(p, size, PROT_READ | PROT_WRITE);
}

static int call_madvise(void *p, size_t size)
{
	const int failed = madvise(p, size, MADV_DONTNEED);

	touch(p, size / page_size);

	return failed;
}

static const struct call {
	const char *name;
	int (*call)(void *p, size_t size);
} calls[] = {
	{ "mprotect", call_mprotect },
	{ "madvise", call_madvise },
	{ "munmap", munmap },
};

static const unsigned int call_pages[] = { 1, 33, 34, 512 };

static uint64_t time_call(const struct call *call, size_t pages)
{
	char *p = map_memory(pages * page_size, false);
	uint64_t began, took;
	int failed;

	touch(p, pages);
	began = now_ns();
	failed = call->call(p, pages * page_size);
	took = now_ns() - began;
	if (failed)
		fail(EXIT_FAILURE, "%s: %s", call->name, strerror(errno));
	/* does nothing if the call was munmap() */
	munmap(p, pages * page_size);

	return took;
}

static void measure_calls(struct bench *bench, unsigned int victims)
{
	const struct call *call;
	struct victim victim;
	struct result *r;
	uint64_t round;
	size_t i;

	if (victims)
		victim_start(&victim, bench->other);
	for (round = 0; round < bench->rounds; round++) {
		for (call = calls; call < calls + ARRAY_SIZE(calls); call++) {
			for (i = 0; i < ARRAY_SIZE(call_pages); i++) {
				r = result(bench, "call", call->name,
					   call_pages[i], victims);
				samples_add(&r->took,
					    time_call(call, call_pages[i]));
			}
		}
	}
	if (victims)
		victim_stop(&victim);
}

/* Printing */

enum { BENCH_part, BENCH_what, BENCH_pages, BENCH_victims, BENCH_n,
       BENCH_p50_ns, BENCH_p99_ns, BENCH_max_ns, BENCH_entry_ns, BENCH_FIELDS };

static const struct field_info bench_fields[BENCH_FIELDS] = {
	[BENCH_part] = COLUMN("part", TEXT, "refill, victim or call"),
	[BENCH_what] = COLUMN("what", TEXT, "operation or call"),
	[BENCH_pages] = COLUMN("pages", COUNT, "pages that are accessed, flushed or changed"),
	[BENCH_victims] = COLUMN("victims", COUNT, "threads that run on another CPU"),
	[BENCH_n] = COLUMN("n", COUNT, "rounds"),
	[BENCH_p50_ns] = COLUMN("p50_ns", NS, "median round"),
	[BENCH_p99_ns] = COLUMN("p99_ns", NS, "99th percentile of the rounds"),
	[BENCH_max_ns] = COLUMN("max_ns", NS, "longest round"),
	[BENCH_entry_ns] = COLUMN("entry_ns", RATIO,
		"refill: extra ns of an access after the operation (medians)"),
};

const struct view view_bench = {
	.name = "results",
	.fields = bench_fields,
	.count = BENCH_FIELDS,
};

static struct list list_results(struct bench *bench)
{
	struct list list = list_new(&view_bench);
	struct result *r;
	union value *row;

	for (r = bench->results; r < bench->results + bench->count; r++) {
		row = list_add(&list);
		row[BENCH_part].text = r->part;
		row[BENCH_what].text = r->what;
		row[BENCH_pages].number = r->pages;
		row[BENCH_victims].number = r->victims;
		row[BENCH_n].number = r->took.count;
		row[BENCH_p50_ns].number = samples_quantile(&r->took, 500);
		row[BENCH_p99_ns].number = samples_quantile(&r->took, 990);
		row[BENCH_max_ns].number = samples_quantile(&r->took, 1000);
		if (r->before.count)
			row[BENCH_entry_ns].real = entry_ns(r);
	}

	return list;
}

static void print(struct bench *bench, const struct environment *environment,
		  const struct style *style)
{
	struct document document = document_begin(style);
	struct list list = list_results(bench);

	json_pairs(&document.json, "environment", &environment->pairs);
	if (document_has_text(&document))
		environment_print(&document, environment);
	document_text(&document,
		      "\n"
		      "refill: access PAGES pages after WHAT; ENTRY_NS is what this adds to an access\n"
		      "victim: the longest time in which a thread on another CPU did not run\n"
		      "call: mprotect to read-only and back, madvise DONTNEED and touch, munmap\n\n");
	document_list(&document, &list, &environment->pairs, 0);
	if (bench->unarmed) {
		json_string(&document.json, "unarmed", bench->unarmed);
		document_text(&document, "left out: shootdowns: %s\n",
			      bench->unarmed);
	}
	if (bench->other < 0)
		document_text(&document,
			      "left out: victims: there is no second CPU\n");
	document_end(&document);
	list_free(&list);
}

/* The command */

/* Takes the first two CPUs that we may use: one for us, one for the victim. */
static void choose_cpus(struct bench *bench)
{
	int here = -1, cpu;
	cpu_set_t cpus;

	bench->other = -1;
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return;
	for (cpu = 0; cpu < CPU_SETSIZE && bench->other < 0; cpu++) {
		if (CPU_ISSET(cpu, &cpus))
			*(here < 0 ? &here : &bench->other) = cpu;
	}
	cpus_pin(here);
}

static void parse_pages(struct bench *bench, char *list)
{
	char *rest = NULL, *word = strtok_r(list, ",", &rest);
	uint64_t pages;

	bench->sizes = 0;
	for (; word; word = strtok_r(NULL, ",", &rest)) {
		if (bench->sizes == SIZES_MAX)
			usage("%s: too many sizes (at most %u)", word, SIZES_MAX);
		if (!parse_number(word, &pages) || pages < 2 || pages > PAGES_MAX)
			usage("%s: not 2 to %u pages", word, PAGES_MAX);
		bench->pages[bench->sizes++] = pages;
	}
	if (!bench->sizes)
		usage("--pages: no number of pages");
}

int run_bench(const struct options *options)
{
	struct bench bench = {
		.pages = { 64, 256, 1024 }, .sizes = 3, .fd = -1,
		.rounds = options->rounds ? options->rounds : 200,
	};
	struct environment environment;
	size_t i;

	if (options->word_count != 1 || strcmp(*options->words, "tlb"))
		usage("the benchmark is 'tlb': see pagetree bench --help");
	if (options->pages)
		parse_pages(&bench, options->pages);

	page_size = sysconf(_SC_PAGESIZE);
	bench.unarmed = shooter_unarmed();
	if (!bench.unarmed)
		bench.fd = shooter_file(debugfs_hold_one(getpid()));
	environment = environment_begin();
	choose_cpus(&bench);
	for (i = 0; i < bench.sizes; i++)
		measure_refill(&bench, bench.pages[i]);
	if (bench.other >= 0 && !bench.unarmed)
		measure_victim(&bench);
	measure_calls(&bench, 0);
	if (bench.other >= 0)
		measure_calls(&bench, 1);
	environment_end(&environment);
	print(&bench, &environment, &options->style);
	while (bench.count--) {
		samples_free(&bench.results[bench.count].before);
		samples_free(&bench.results[bench.count].took);
	}
	free(bench.results);
	environment_free(&environment);

	return EXIT_SUCCESS;
}

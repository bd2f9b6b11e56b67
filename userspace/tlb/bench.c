// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tool is its own target: it flushes its own TLB entries, and measures what it
 * and a thread on another CPU lose by that.
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
#include "tlb/environment.h"
#include "tlb/measure.h"
#include "tlb/shooter.h"
#include "tlb/tlb.h"

#define LISTED_MAX	16	/* sizes of --pages */
#define PAGES_MAX	65536
#define RANGE		33	/* pages of the range that is flushed */

/* What happens before a measurement. */
enum operation { NOTHING, GETPPID, MPROTECT, NULL_IPI, ONE_PAGE, SOME_PAGES, MM,
		 ALL, OPERATIONS };

static const char *const operations[OPERATIONS] = {
	"nothing", "getppid", "mprotect", "null", "page", "range", "mm", "all",
};

static size_t page_size;	/* of this machine */

/**
 * struct result - the times of one measurement, over the rounds
 * @part: refill, victim or call
 * @what: the operation or the call
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
 * @rounds: of each measurement
 * @fd: of PID/shootdown; -1 if there are no shootdowns
 * @unarmed: why there are none, or NULL
 * @other: CPU of the victim; -1 if there is only one CPU
 * @results: in the order of their first samples
 * @count: number of @results
 */
struct bench {
	uint64_t pages[LISTED_MAX];
	size_t sizes;
	uint64_t rounds;
	int fd;
	const char *unarmed;
	int other;
	struct result *results;
	size_t count;
};

/* The result with these properties; a new one if there is none yet. */
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

static char *map_pages(size_t pages)
{
	char *p = mmap(NULL, pages * page_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail(EXIT_FAILURE, "%zu pages: %s", pages, strerror(errno));
	/* where it fails there are no huge pages */
	madvise(p, pages * page_size, MADV_NOHUGEPAGE);

	return p;
}

static void touch(char *p, size_t pages)
{
	while (pages--)
		*(volatile char *)(p + pages * page_size) = 1;
}

/* @p: memory of @pages pages for operations that need addresses */
static void operate(const struct bench *bench, enum operation operation,
		    char *p, size_t pages)
{
	const uintptr_t start = (uintptr_t)p;
	char text[100];
	int error;

	switch (operation) {
	case NOTHING:
		return;
	case GETPPID:
		control_getppid();
		return;
	case MPROTECT:
		control_mprotect(p);
		return;
	case ONE_PAGE:
		snprintf(text, sizeof(text), "page 0x%" PRIxPTR, start);
		break;
	case SOME_PAGES:
		snprintf(text, sizeof(text), "range 0x%" PRIxPTR " 0x%" PRIxPTR,
			 start, start + (pages < RANGE ? pages : RANGE) * page_size);
		break;
	default:
		snprintf(text, sizeof(text), "%s", operations[operation]);
	}
	error = shooter_write(bench->fd, text);
	if (error)
		shooter_refused(getpid(), text, error);
}

/* Refill: a pointer chase with one cache line in each page */

/* All operations in turn in each round, so that a drift hits all of them. */
static void measure_refill(struct bench *bench, size_t pages)
{
	char *p = map_pages(pages);
	void **first = make_cycle(p, pages, page_size);
	enum operation operation;
	struct result *r;
	uint64_t round;

	for (round = 0; round < bench->rounds; round++) {
		for (operation = 0; operation < OPERATIONS; operation++) {
			if (operation >= NULL_IPI && bench->unarmed)
				break;
			r = result(bench, "refill", operations[operation],
				   pages, 0);
			chase(first, pages);
			samples_add(&r->before, chase(first, pages));
			operate(bench, operation, p, pages);
			samples_add(&r->took, chase(first, pages));
		}
	}
	munmap(p, pages * page_size);
}

/* Extra nanoseconds of an access after the operation. */
static double entry_ns(struct result *r)
{
	const double after = samples_quantile(&r->took, 500);

	return (after - samples_quantile(&r->before, 500)) / r->pages;
}

/* Victim: a thread on another CPU that reads the clock all the time */

struct victim {
	pthread_t thread;
	int cpu;
	atomic_bool stop;
	atomic_uint asked;	/* incremented to ask for the longest gap since the last */
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

/* All shootdowns; of the other operations only NOTHING, for as long as a null one. */
static void measure_victim(struct bench *bench)
{
	enum operation operation;
	struct victim victim;
	char *p = map_pages(1);
	uint64_t round, began, took = 0;
	struct result *r;

	touch(p, 1);
	victim_start(&victim, bench->other);
	for (round = 0; round < bench->rounds; round++) {
		for (operation = OPERATIONS; operation--;) {
			if (operation == SOME_PAGES || operation == GETPPID ||
			    operation == MPROTECT)
				continue;
			longest_gap(&victim);
			began = now_ns();
			operate(bench, operation, p, 1);
			if (operation == NULL_IPI)
				took = now_ns() - began;
			while (operation == NOTHING && now_ns() - began < took)
				;
			r = result(bench, "victim", operations[operation], 1, 1);
			samples_add(&r->took, longest_gap(&victim));
		}
	}
	victim_stop(&victim);
	munmap(p, page_size);
}

/* Calls: the kernel's own shootdowns */

static const char *const calls[] = { "mprotect", "madvise", "munmap" };
static const unsigned int call_pages[] = { 1, 33, 34, 512 };

static uint64_t time_call(size_t call, size_t pages)
{
	char *p = map_pages(pages);
	uint64_t began, took;
	int failed = 0;

	touch(p, pages);
	began = now_ns();
	switch (call) {
	case 0:
		failed = mprotect(p, pages * page_size, PROT_READ) ||
			 mprotect(p, pages * page_size, PROT_READ | PROT_WRITE);
		break;
	case 1:
		failed = madvise(p, pages * page_size, MADV_DONTNEED);
		touch(p, pages);
		break;
	default:
		failed = munmap(p, pages * page_size);
		break;
	}
	took = now_ns() - began;
	if (failed)
		fail(EXIT_FAILURE, "%s: %s", calls[call], strerror(errno));
	if (call < 2)
		munmap(p, pages * page_size);

	return took;
}

static void measure_calls(struct bench *bench, unsigned int victims)
{
	struct victim victim;
	struct result *r;
	size_t call, i;
	uint64_t round;

	if (victims)
		victim_start(&victim, bench->other);
	for (round = 0; round < bench->rounds; round++) {
		for (call = 0; call < sizeof(calls) / sizeof(*calls); call++) {
			for (i = 0; i < sizeof(call_pages) / sizeof(*call_pages);
			     i++) {
				r = result(bench, "call", calls[call],
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
	[BENCH_what] = COLUMN("what", TEXT, "the operation or the call"),
	[BENCH_pages] = COLUMN("pages", COUNT, "that it was about"),
	[BENCH_victims] = COLUMN("victims", COUNT, "threads that spin on another CPU"),
	[BENCH_n] = COLUMN("n", COUNT, "rounds"),
	[BENCH_p50_ns] = COLUMN("p50_ns", NS, "median round"),
	[BENCH_p99_ns] = COLUMN("p99_ns", NS, "99 of 100 rounds took no longer"),
	[BENCH_max_ns] = COLUMN("max_ns", NS, "longest round"),
	[BENCH_entry_ns] = COLUMN("entry_ns", RATIO,
		"of a refill: median after the operation less that before it, a page"),
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

static void print(struct bench *bench, const struct environment *where,
		  const struct style *style)
{
	struct document document = document_begin(style);
	struct list list = list_results(bench);

	json_pairs(&document.json, "environment", &where->pairs);
	if (document_has_text(&document))
		environment_print(&document, where);
	document_text(&document,
		      "\n"
		      "refill: looking at PAGES pages right after WHAT; ENTRY_NS is what one costs more than before\n"
		      "victim: how long a thread on another CPU stood still at most, each time\n"
		      "call: mprotect to read-only and back, madvise DONTNEED and touch, munmap\n\n");
	document_list(&document, &list, &where->pairs, 0);
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

/* The first two CPUs that we may run on. */
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
	char *word, *rest = NULL;

	bench->sizes = 0;
	for (word = strtok_r(list, ",", &rest); word;
	     word = strtok_r(NULL, ",", &rest)) {
		if (bench->sizes == LISTED_MAX)
			usage("%s: too many sizes (at most %u)", word, LISTED_MAX);
		if (!parse_number(word, &bench->pages[bench->sizes]) ||
		    bench->pages[bench->sizes] < 2 ||
		    bench->pages[bench->sizes] > PAGES_MAX)
			usage("%s: not 2 to %u pages", word, PAGES_MAX);
		bench->sizes++;
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
	struct model model = { 0 };
	struct environment where;
	size_t i;

	if (options->word_count != 1 || strcmp(*options->words, "tlb"))
		usage("the benchmark is 'tlb': see pagetree bench --help");
	if (options->pages)
		parse_pages(&bench, options->pages);

	page_size = sysconf(_SC_PAGESIZE);
	bench.unarmed = shooter_unarmed();
	if (!bench.unarmed) {
		debugfs_read(&model, 0, "geometry");
		bench.fd = shooter_file(debugfs_hold_one(getpid()));
	}
	where = environment_begin(&model.geometry, true);
	choose_cpus(&bench);
	for (i = 0; i < bench.sizes; i++)
		measure_refill(&bench, bench.pages[i]);
	if (bench.other >= 0 && !bench.unarmed)
		measure_victim(&bench);
	measure_calls(&bench, 0);
	if (bench.other >= 0)
		measure_calls(&bench, 1);
	environment_end(&where);
	print(&bench, &where, &options->style);
	while (bench.count--) {
		samples_free(&bench.results[bench.count].before);
		samples_free(&bench.results[bench.count].took);
	}
	free(bench.results);
	environment_free(&where);
	model_free(&model);

	return EXIT_SUCCESS;
}

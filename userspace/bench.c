// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tool is its own target: it shoots at itself, and looks what it and a thread
 * on another CPU lose by that.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "json.h"
#include "measure.h"
#include "source.h"
#include "table.h"

#define PAGE		4096
#define LINE		64
#define LISTED_MAX	16	/* numbers of --pages */
#define PAGES_MAX	65536
#define ROUNDS_MAX	100000
#define RANGE		33	/* pages of the range that is shot */

/* What happens before something is measured. */
enum operation { NOTHING, GETPPID, MPROTECT, NULL_IPI, ONE_PAGE, SOME_PAGES, MM,
		 ALL, OPERATIONS };

static const char *const operations[OPERATIONS] = {
	"nothing", "getppid", "mprotect", "null", "page", "range", "mm", "all",
};

/**
 * struct result - what one thing took, over the rounds
 * @part: refill, victim or call
 * @what: the operation or the call
 * @pages: that it was about
 * @victims: threads on other CPUs
 * @before: of refill, the chase before
 * @took: the chase after, the gap of the victim, or the call
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
 * struct bench - what is asked for and what was found
 * @pages: sizes of the pointer chase
 * @sizes: how many
 * @rounds: of each measurement
 * @fd: where to write shootdowns, -1 if that can't be
 * @unarmed: why it can't
 * @other: CPU of the victim, -1 if there is only one
 * @results: in the order of the first sample of each
 * @count: of these
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

/* The result of that name, a new one if there is none yet. */
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
	bench->results = room(bench->results, bench->count, sizeof(new));
	r = &bench->results[bench->count++];
	*r = new;

	return r;
}

static char *map_pages(size_t pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail(EXIT_FAILURE, "%zu pages: %s", pages, strerror(errno));
	/* where it fails there are no huge pages */
	madvise(p, pages * PAGE, MADV_NOHUGEPAGE);

	return p;
}

static void touch(char *p, size_t pages)
{
	while (pages--)
		*(volatile char *)(p + pages * PAGE) = 1;
}

/* @p: memory of @pages that what needs addresses is about */
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
			 start, start + (pages < RANGE ? pages : RANGE) * PAGE);
		break;
	default:
		snprintf(text, sizeof(text), "%s", operations[operation]);
	}
	error = source_shoot(bench->fd, text);
	if (error)
		source_refused(getpid(), text, error);
}

/* Refill: a pointer chase with one cache line in each page */

/* One cycle through all pages in random order; returns where it begins. */
static void **make_cycle(char *p, size_t pages)
{
	uint64_t state = 0x9e3779b97f4a7c15;
	size_t *order = resize(NULL, pages, sizeof(*order)), i, j, swap;
	void **first;

	for (i = 0; i < pages; i++)
		order[i] = i;
	for (i = pages - 1; i; i--) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		j = state % (i + 1);
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	/* another line in each page, or else they all lie in one set of the cache */
#define ENTRY(i) ((void **)(p + order[i] * PAGE + order[i] % (PAGE / LINE) * LINE))
	for (i = 0; i < pages; i++)
		*ENTRY(i) = ENTRY((i + 1) % pages);
	first = ENTRY(0);
#undef ENTRY
	free(order);

	return first;
}

static uint64_t chase(void **entry, size_t pages)
{
	const uint64_t began = now_ns();

	while (pages--)
		entry = *(void **volatile *)entry;

	return now_ns() - began;
}

/* All operations in turn, round by round, so that what drifts hits each. */
static void measure_refill(struct bench *bench, size_t pages)
{
	char *p = map_pages(pages);
	void **first = make_cycle(p, pages);
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
	munmap(p, pages * PAGE);
}

/* Nanoseconds that an entry costs more after the operation than before it. */
static double entry_ns(struct result *r)
{
	const double after = samples_quantile(&r->took, 500);

	return (after - samples_quantile(&r->before, 500)) / r->pages;
}

/* Victim: a thread on another CPU that looks at the clock all the time */

struct victim {
	pthread_t thread;
	int cpu;
	atomic_bool stop;
	atomic_uint asked;	/* counts up, for the longest gap since the last time */
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

/* Of the operations without a shootdown only nothing: as long as a null one. */
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
	munmap(p, PAGE);
}

/* Calls: what the kernel's own shootdowns take */

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
		failed = mprotect(p, pages * PAGE, PROT_READ) ||
			 mprotect(p, pages * PAGE, PROT_READ | PROT_WRITE);
		break;
	case 1:
		failed = madvise(p, pages * PAGE, MADV_DONTNEED);
		touch(p, pages);
		break;
	default:
		failed = munmap(p, pages * PAGE);
		break;
	}
	took = now_ns() - began;
	if (failed)
		fail(EXIT_FAILURE, "%s: %s", calls[call], strerror(errno));
	if (call < 2)
		munmap(p, pages * PAGE);

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

static void print_json(struct bench *bench, const struct pairs *where)
{
	struct result *r;

	json_begin();
	json_pairs("environment", where);
	json_open("results", '[');
	for (r = bench->results; r < bench->results + bench->count; r++) {
		json_open(NULL, '{');
		json_string("part", r->part);
		json_string("what", r->what);
		json_number("pages", r->pages);
		json_number("victims", r->victims);
		json_number("n", r->took.count);
		json_number("p50_ns", samples_quantile(&r->took, 500));
		json_number("p99_ns", samples_quantile(&r->took, 990));
		json_number("max_ns", samples_quantile(&r->took, 1000));
		if (r->before.count)
			json_real("entry_ns", entry_ns(r));
		json_close('}');
	}
	json_close(']');
	if (bench->unarmed)
		json_string("unarmed", bench->unarmed);
	json_end();
}

static void print_text(struct bench *bench, const struct pairs *where)
{
	static const char *const names[] = {
		"PART", "WHAT", "PAGES", "VICTIMS", "N", "P50", "P99", "MAX",
		"ENTRY",
	};
	static const unsigned int per_mille[] = { 500, 990, 1000 };
	struct libscols_table *table = table_new(false, true);
	struct libscols_line *line;
	struct result *r;
	size_t i;

	environment_print(where);
	puts("\n"
	     "refill: looking at PAGES pages right after WHAT; ENTRY is what one costs more than before\n"
	     "victim: how long a thread on another CPU stood still at most, each time\n"
	     "call: mprotect to read-only and back, madvise DONTNEED and touch, munmap; all in ns\n");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		table_column(table, names[i], i > 1 ? TABLE_RIGHT : 0);
	for (r = bench->results; r < bench->results + bench->count; r++) {
		line = table_line(table);
		table_cell(line, 0, format("%s", r->part));
		table_cell(line, 1, format("%s", r->what));
		table_cell(line, 2, format("%" PRIu64, r->pages));
		table_cell(line, 3, format("%u", r->victims));
		table_cell(line, 4, format("%zu", r->took.count));
		for (i = 0; i < sizeof(per_mille) / sizeof(*per_mille); i++)
			table_cell(line, 5 + i,
				   format("%" PRIu64,
					  samples_quantile(&r->took,
							   per_mille[i])));
		table_cell(line, 8, r->before.count ?
			   format("%.1f", entry_ns(r)) : format("-"));
	}
	table_print(table);
	if (bench->unarmed)
		printf("left out: shootdowns: %s\n", bench->unarmed);
	if (bench->other < 0)
		puts("left out: victims: there is no second CPU");
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
			usage("%s: so many sizes are too many", word);
		if (!parse_number(word, &bench->pages[bench->sizes]) ||
		    bench->pages[bench->sizes] < 2 ||
		    bench->pages[bench->sizes] > PAGES_MAX)
			usage("%s: not 2 to %u pages", word, PAGES_MAX);
		bench->sizes++;
	}
	if (!bench->sizes)
		usage("--pages: no number of pages");
}

static void help(void)
{
	puts("Usage: pagetree bench tlb [OPTION]...\n"
	     "\n"
	     "Shoots at itself: what it costs to walk for translations again, how long a\n"
	     "thread on another CPU stands still, and what calls take that flush TLBs.\n"
	     "\n"
	     "  -J, --json            print JSON\n"
	     "      --pages LIST      pages that are walked for again (64,256,1024)\n"
	     "      --rounds N        rounds of each measurement (200)\n"
	     "  -h, --help            print this\n"
	     "\n"
	     "Without the module, or with its parameter shootdown off, what needs it is left out.");
}

int bench(int argc, char **argv)
{
	enum { OPTION_PAGES = 256, OPTION_ROUNDS };
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'J' },
		{ "pages", required_argument, NULL, OPTION_PAGES },
		{ "rounds", required_argument, NULL, OPTION_ROUNDS },
		{ }
	};
	struct bench bench = {
		.pages = { 64, 256, 1024 }, .sizes = 3, .rounds = 200, .fd = -1,
	};
	struct model model = { 0 };
	struct pairs where = { 0 };
	bool json = false;
	int option;
	size_t i;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hJ", long_options,
				     NULL)) != -1) {
		switch (option) {
		case 'h':
			help();
			return EXIT_SUCCESS;
		case 'J':
			json = true;
			break;
		case OPTION_PAGES:
			parse_pages(&bench, optarg);
			break;
		case OPTION_ROUNDS:
			if (!parse_number(optarg, &bench.rounds) ||
			    !bench.rounds || bench.rounds > ROUNDS_MAX)
				usage("%s: not a number of rounds", optarg);
			break;
		default:
			usage_option(option, argv);
		}
	}
	if (optind + 1 != argc || strcmp(argv[optind], "tlb"))
		usage("the benchmark is 'tlb': see pagetree bench --help");

	bench.unarmed = source_unarmed();
	if (!bench.unarmed) {
		source_debugfs(&model, 0, "geometry");
		bench.fd = source_shootdown(source_hold(getpid()));
	}
	environment(&where, &model.geometry, true);
	choose_cpus(&bench);
	for (i = 0; i < bench.sizes; i++)
		measure_refill(&bench, bench.pages[i]);
	if (bench.other >= 0 && !bench.unarmed)
		measure_victim(&bench);
	measure_calls(&bench, 0);
	if (bench.other >= 0)
		measure_calls(&bench, 1);
	environment_end(&where);
	if (json)
		print_json(&bench, &where);
	else
		print_text(&bench, &where);
	while (bench.count--) {
		samples_free(&bench.results[bench.count].before);
		samples_free(&bench.results[bench.count].took);
	}
	free(bench.results);
	environment_free(&where);
	model_free(&model);

	return EXIT_SUCCESS;
}

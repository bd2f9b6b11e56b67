// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tlb/measure.h"
#include "input/source.h"
#include "output/table.h"

#define CONTROLS	1000

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* Samples */

void samples_add(struct samples *samples, uint64_t value)
{
	samples->values = room(samples->values, samples->count, sizeof(value));
	samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

uint64_t samples_quantile(struct samples *samples, unsigned int per_mille)
{
	const size_t rank = (samples->count * per_mille + 999) / 1000;

	qsort(samples->values, samples->count, sizeof(uint64_t), compare);

	return samples->values[rank ? rank - 1 : 0];
}

void samples_free(struct samples *samples)
{
	free(samples->values);
	*samples = (struct samples) { 0 };
}

/* CPUs */

/* Adds the CPUs of "0-3,7", or takes them out. */
static void change(cpu_set_t *cpus, char *list, bool add)
{
	char *next = list;
	long first, last;

	while (next && *next >= '0' && *next <= '9') {
		first = last = strtol(next, &next, 10);
		if (*next == '-')
			last = strtol(next + 1, &next, 10);
		for (; first <= last && first < CPU_SETSIZE; first++) {
			if (add)
				CPU_SET(first, cpus);
			else
				CPU_CLR(first, cpus);
		}
		next = *next == ',' ? next + 1 : NULL;
	}
	free(list);
}

void cpus_online(cpu_set_t *cpus)
{
	CPU_ZERO(cpus);
	change(cpus, source_sys("devices/system/cpu/online"), true);
	change(cpus, source_sys("devices/system/cpu/isolated"), false);
	change(cpus, source_sys("devices/system/cpu/nohz_full"), false);
}

void cpus_pin(int cpu)
{
	cpu_set_t only;

	CPU_ZERO(&only);
	CPU_SET(cpu, &only);
	if (sched_setaffinity(0, sizeof(only), &only))
		fail(EXIT_FAILURE, "CPU %d: cannot run there: %s", cpu,
		     strerror(errno));
}

/* Pointer chases */

void **make_cycle(char *p, size_t count, size_t stride)
{
	uint64_t state = 0x9e3779b97f4a7c15;
	size_t *order = resize(NULL, count, sizeof(*order)), i, j, swap;
	void **first;

	for (i = 0; i < count; i++)
		order[i] = i;
	for (i = count - 1; i; i--) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		j = state % (i + 1);
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	/* another line in each page, or else they all lie in one set of the cache */
#define ENTRY(i) ((void **)(p + order[i] * stride + order[i] % (stride / LINE) * LINE))
	for (i = 0; i < count; i++)
		*ENTRY(i) = ENTRY((i + 1) % count);
	first = ENTRY(0);
#undef ENTRY
	free(order);

	return first;
}

uint64_t chase(void **entry, size_t count)
{
	const uint64_t began = now_ns();

	while (count--)
		entry = *(void **volatile *)entry;

	return now_ns() - began;
}

/* Environment */

void control_getppid(void)
{
	syscall(SYS_getppid);
}

void control_mprotect(void *page)
{
	mprotect(page, 1, PROT_READ | PROT_WRITE);
}

static uint64_t time_controls(bool change_nothing)
{
	void *page = mmap(NULL, 1, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct samples samples = { 0 };
	uint64_t began, p50;
	unsigned int i;

	if (page == MAP_FAILED)
		fail(EXIT_FAILURE, "out of memory");
	for (i = 0; i < CONTROLS; i++) {
		began = now_ns();
		if (change_nothing)
			control_mprotect(page);
		else
			control_getppid();
		samples_add(&samples, now_ns() - began);
	}
	p50 = samples_quantile(&samples, 500);
	samples_free(&samples);
	munmap(page, 1);

	return p50;
}

/* The least that the clock moves by, if it moves. */
static uint64_t clock_step(void)
{
	uint64_t least = UINT64_MAX, before, after;
	unsigned int i;

	for (i = 0; i < CONTROLS; i++) {
		before = now_ns();
		do
			after = now_ns();
		while (after == before);
		if (after - before < least)
			least = after - before;
	}

	return least;
}

/* Ticks that a hypervisor ran something else: the eighth of the line cpu. */
static uint64_t steal_ticks(void)
{
	char *stat = source_proc(0, "stat");
	uint64_t steal = 0;

	if (stat)
		sscanf(stat, "cpu %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &steal);
	free(stat);

	return steal;
}

/* @text is freed with it, and is a number if it looks like one. */
static void add(struct pairs *pairs, const char *key, char *text)
{
	struct pair pair = { .key = key, .text = text };

	pair.is_number = parse_number(text, &pair.number);
	pairs->pairs = room(pairs->pairs, pairs->count, sizeof(pair));
	pairs->pairs[pairs->count++] = pair;
}

static void add_number(struct pairs *pairs, const char *key, uint64_t number)
{
	add(pairs, key, format("%" PRIu64, number));
}

/* @flags: what else would be said by geometry */
static void add_cpu(struct pairs *pairs, const char *cpuinfo, bool flags)
{
	const char *model = strstr(cpuinfo, "\nmodel name");

	model = model ? strstr(model, ": ") : NULL;
	if (model)
		add(pairs, "cpu",
		    printable(model + 2, strcspn(model + 2, "\n"), ""));
	if (flags)
		add_number(pairs, "hypervisor",
			   !!strstr(cpuinfo, " hypervisor"));
}

void environment(struct pairs *environment, const struct pairs *geometry,
		 bool live)
{
	static const char *const keys[] = {
		"hypervisor", "pti", "pcid", "invpcid", "kernel_flush",
		"pagetree_flush", "flush_ceiling",
	};
	const struct pair *pair;
	struct utsname system;
	cpu_set_t cpus;
	char *ceiling, *cpuinfo;
	size_t i;

	if (live) {
		uname(&system);
		add(environment, "kernel", format("%s", system.release));
		cpuinfo = source_proc(0, "cpuinfo");
		if (cpuinfo)
			add_cpu(environment, cpuinfo, !geometry->present);
		free(cpuinfo);
		cpus_online(&cpus);
		add_number(environment, "cpus", CPU_COUNT(&cpus));
	}
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		pair = pairs_find(geometry, keys[i]);
		if (pair)
			add(environment, keys[i], format("%s", pair->text));
	}
	if (!live)
		return;
	ceiling = source_sys("kernel/debug/x86/tlb_single_page_flush_ceiling");
	if (ceiling)
		add_number(environment, "kernel_ceiling",
			   strtoul(ceiling, NULL, 10));
	free(ceiling);
	add_number(environment, "clock_ns", clock_step());
	add_number(environment, "getppid_ns", time_controls(false));
	add_number(environment, "mprotect_ns", time_controls(true));
	add_number(environment, "steal_ticks", steal_ticks());
}

void environment_end(struct pairs *environment)
{
	struct pair *pair = &environment->pairs[environment->count - 1];
	const uint64_t before = pair->number;

	free((char *)pair->text);
	environment->count--;
	add_number(environment, "steal_ticks", steal_ticks() - before);
}

void environment_print(const struct pairs *environment)
{
	struct libscols_table *table = table_new(false, false);
	struct libscols_line *line;
	size_t i;

	table_column(table, "key", 0);
	table_column(table, "value", TABLE_CUT);
	for (i = 0; i < environment->count; i++) {
		line = table_line(table);
		table_cell(line, 0, format("%s", environment->pairs[i].key));
		table_cell(line, 1, format("%s", environment->pairs[i].text));
	}
	table_print(table);
	if (pairs_number(environment, "hypervisor"))
		puts("A hypervisor is below, which takes CPUs away and may emulate them: these times compare,\n"
		     "within this run; they claim nothing of other machines.");
}

void environment_free(struct pairs *environment)
{
	while (environment->count)
		free((char *)environment->pairs[--environment->count].text);
	free(environment->pairs);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include "base/die.h"
#include "input/system.h"
#include "tlb/environment.h"
#include "tlb/measure.h"

#define CONTROLS	1000	/* rounds */

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

/* The smallest step of the clock. */
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

/* Ticks in which a hypervisor ran something else: the eighth number of the line cpu. */
static uint64_t steal_ticks(void)
{
	char *stat = proc_read(0, "stat");
	uint64_t steal = 0;

	if (stat)
		sscanf(stat, "cpu %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &steal);
	free(stat);

	return steal;
}

/* @text: taken */
static void add(struct environment *environment, const char *key, char *text)
{
	pairs_add(&environment->pairs, key,
		  texts_keep(&environment->texts, text));
}

static void add_number(struct environment *environment, const char *key,
		       uint64_t number)
{
	add(environment, key, format("%" PRIu64, number));
}

/* @flags: there is no geometry to ask for the hypervisor */
static void add_cpu(struct environment *environment, const char *cpuinfo,
		    bool flags)
{
	const char *model = strstr(cpuinfo, "\nmodel name");

	model = model ? strstr(model, ": ") : NULL;
	if (model)
		add(environment, "cpu",
		    printable(model + 2, strcspn(model + 2, "\n"), ""));
	if (flags)
		add_number(environment, "hypervisor",
			   !!strstr(cpuinfo, " hypervisor"));
}

struct environment environment_begin(const struct pairs *geometry, bool live)
{
	static const char *const keys[] = {
		"hypervisor", "pti", "pcid", "invpcid", "kernel_flush",
		"pagetree_flush", "flush_ceiling",
	};
	struct environment environment = { 0 };
	const struct pair *pair;
	struct utsname system;
	cpu_set_t cpus;
	char *cpuinfo;
	uint64_t ceiling;
	size_t i;

	if (live) {
		uname(&system);
		add(&environment, "kernel", format("%s", system.release));
		cpuinfo = proc_read(0, "cpuinfo");
		if (cpuinfo)
			add_cpu(&environment, cpuinfo, !geometry->present);
		free(cpuinfo);
		cpus_online(&cpus);
		add_number(&environment, "cpus", CPU_COUNT(&cpus));
	}
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		pair = pairs_find(geometry, keys[i]);
		if (pair)
			add(&environment, keys[i], format("%s", pair->text));
	}
	if (!live)
		return environment;
	ceiling = sys_number("kernel/debug/x86/tlb_single_page_flush_ceiling",
			     UNKNOWN);
	if (ceiling != UNKNOWN)
		add_number(&environment, "kernel_ceiling", ceiling);
	add_number(&environment, "clock_ns", clock_step());
	add_number(&environment, "getppid_ns", time_controls(false));
	add_number(&environment, "mprotect_ns", time_controls(true));
	add_number(&environment, "steal_ticks", steal_ticks());

	return environment;
}

void environment_end(struct environment *environment)
{
	struct pairs *pairs = &environment->pairs;
	const uint64_t before = pairs_number(pairs, "steal_ticks");

	pairs->count--;
	add_number(environment, "steal_ticks", steal_ticks() - before);
}

void environment_print(struct document *document,
		       const struct environment *environment)
{
	struct list list = pairs_list(&environment->pairs);

	document_table(document, &list, false);
	if (pairs_number(&environment->pairs, "hypervisor"))
		puts("A hypervisor is below, which takes CPUs away and may emulate them: these times compare,\n"
		     "within this run; they claim nothing of other machines.");
	list_free(&list);
}

void environment_free(struct environment *environment)
{
	free(environment->pairs.pairs);
	texts_free(&environment->texts);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include "base/memory.h"
#include "input/debugfs.h"
#include "input/system.h"
#include "tlb/measure.h"

#define ROUNDS	1000

/* The median time of a control. */
static uint64_t time_control(void (*control)(void *page))
{
	char *page = map_memory(1, false);
	struct samples samples = { 0 };
	uint64_t began, median;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		began = now_ns();
		control(page);
		samples_add(&samples, now_ns() - began);
	}
	median = samples_quantile(&samples, 500);
	samples_free(&samples);
	munmap(page, 1);

	return median;
}

/* The smallest step of the clock, in ns. */
static uint64_t clock_step(void)
{
	uint64_t least = UINT64_MAX, before, after;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		before = now_ns();
		do
			after = now_ns();
		while (after == before);
		if (after - before < least)
			least = after - before;
	}

	return least;
}

/* The ticks that a hypervisor took: the eighth number of the line cpu. */
static uint64_t steal_ticks(void)
{
	char *stat = proc_read(0, "stat");
	uint64_t steal = 0;

	if (stat)
		sscanf(stat, "cpu %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &steal);
	free(stat);

	return steal;
}

/* Adds a new string, which the environment frees. */
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

/* @find_hypervisor: add this key, because there is no geometry to copy it from */
static void add_cpu(struct environment *environment, bool find_hypervisor)
{
	char *cpuinfo = proc_read(0, "cpuinfo");
	const char *model = cpuinfo ? strstr(cpuinfo, "\nmodel name") : NULL;

	model = model ? strstr(model, ": ") : NULL;
	if (model)
		add(environment, "cpu",
		    printable(model + 2, strcspn(model + 2, "\n"), ""));
	if (cpuinfo && find_hypervisor)
		add_number(environment, "hypervisor",
			   !!strstr(cpuinfo, " hypervisor"));
	free(cpuinfo);
}

static void add_geometry(struct environment *environment,
			 const struct pairs *geometry)
{
	static const char *const keys[] = {
		"hypervisor", "pti", "pcid", "invpcid", "kernel_flush",
		"pagetree_flush", "flush_ceiling",
	};
	const struct pair *pair;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		pair = pairs_find(geometry, keys[i]);
		if (pair)
			add(environment, keys[i], format("%s", pair->text));
	}
}

struct environment environment_of(const struct pairs *geometry)
{
	struct environment environment = { 0 };

	add_geometry(&environment, geometry);

	return environment;
}

struct environment environment_begin(void)
{
	uint64_t ceiling =
		sys_number("kernel/debug/x86/tlb_single_page_flush_ceiling",
			   UNKNOWN);
	const struct pair *xen;
	struct environment environment = { 0 };
	struct model model = { 0 };
	struct utsname system;
	cpu_set_t cpus;

	debugfs_geometry(&model);
	uname(&system);
	add(&environment, "kernel", format("%s", system.release));
	add_cpu(&environment, !model.geometry.present);
	cpus_online(&cpus);
	add_number(&environment, "cpus", CPU_COUNT(&cpus));
	add_geometry(&environment, &model.geometry);
	/* other CPUs flush all by one hypercall, if it is more than a page */
	xen = pairs_find(&model.geometry, "xen");
	if (xen && !strcmp(xen->text, "pv"))
		ceiling = 1;
	model_free(&model);
	if (ceiling != UNKNOWN)
		add_number(&environment, "kernel_ceiling", ceiling);
	add_number(&environment, "clock_ns", clock_step());
	add_number(&environment, "getppid_ns", time_control(control_getppid));
	add_number(&environment, "mprotect_ns", time_control(control_mprotect));
	add_number(&environment, "steal_ticks", steal_ticks());

	return environment;
}

void environment_end(struct environment *environment)
{
	struct pairs *pairs = &environment->pairs;
	const uint64_t before = pairs_number(pairs, "steal_ticks");

	/* the last pair */
	pairs->count--;
	add_number(environment, "steal_ticks", steal_ticks() - before);
}

void environment_print(struct document *document,
		       const struct environment *environment)
{
	struct list list = pairs_list(&environment->pairs);

	document_table(document, &list, false);
	if (pairs_number(&environment->pairs, "hypervisor"))
		puts("This is a virtual machine: the hypervisor preempts CPUs and may emulate them. Compare these\n"
		     "times with others of this run only, not with those of other machines.");
	list_free(&list);
}

void environment_free(struct environment *environment)
{
	free(environment->pairs.pairs);
	texts_free(&environment->texts);
}

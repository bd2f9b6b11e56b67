/* SPDX-License-Identifier: GPL-2.0-only */
/* What measurements share: clock, samples, CPUs, chases, controls, environment. */
#ifndef PAGETREE_MEASURE_H
#define PAGETREE_MEASURE_H

#include <sched.h>

#include "model/pairs.h"
#include "output/document.h"

uint64_t now_ns(void);

/* struct samples - numbers, in any order */
struct samples {
	uint64_t *values;
	size_t count;
};

void samples_add(struct samples *samples, uint64_t value);

/* A quantile, in thousandths. Sorts the samples, at least one. */
uint64_t samples_quantile(struct samples *samples, unsigned int per_mille);
void samples_free(struct samples *samples);

/* Sets @cpus to the CPUs that are online and were not isolated at boot. */
void cpus_online(cpu_set_t *cpus);

/* Binds this thread to a CPU. */
void cpus_pin(int cpu);

/*
 * New memory on huge pages where possible, or on small pages only. Ends the
 * tool if there is none. To be freed by munmap().
 */
char *map_memory(size_t size, bool huge);

#define LINE	64	/* bytes of a cache line */

/**
 * make_cycle() - link pointers to a cycle, in random order
 * @p: memory for them. Each pointer has a cache line of its own
 * @count: number of pointers
 * @stride: distance between pointers in bytes: a page, or LINE
 *
 * Return: one of the pointers.
 */
void **make_cycle(char *p, size_t count, size_t stride);

/* Follows @count pointers. Returns the nanoseconds that this takes. */
uint64_t chase(void **entry, size_t count);

/*
 * Controls, system calls to compare a shootdown with: one that does nothing,
 * and one that sets the protection which @page already has.
 */
void control_getppid(void *page);
void control_mprotect(void *page);

/* struct environment - what a measurement depends on, as keys and values */
struct environment {
	struct pairs pairs;
	struct texts texts;
};

/* The environment of an input, from geometry. Freed by environment_free(). */
struct environment environment_of(const struct pairs *geometry);

/*
 * The environment here. Reads geometry if the module is loaded, and takes a
 * while to time the clock and the controls. Freed by environment_free().
 */
struct environment environment_begin(void);

/* Sets steal_ticks to the steal time since environment_begin(). */
void environment_end(struct environment *environment);

/* Prints a table; if there is a hypervisor, also a warning about times. */
void environment_print(struct document *document,
		       const struct environment *environment);
void environment_free(struct environment *environment);

#endif /* PAGETREE_MEASURE_H */

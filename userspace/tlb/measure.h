/* SPDX-License-Identifier: GPL-2.0-only */
/* What measurements share: the clock, samples, CPUs, and where it all took place. */
#ifndef PAGETREE_MEASURE_H
#define PAGETREE_MEASURE_H

#include <sched.h>

#include "model/model.h"

uint64_t now_ns(void);

/* struct samples - numbers, until they are sorted in the order of coming */
struct samples {
	uint64_t *values;
	size_t count;
};

void samples_add(struct samples *samples, uint64_t value);

/* What @per_mille of a thousand do not exceed. Sorts; there has to be one. */
uint64_t samples_quantile(struct samples *samples, unsigned int per_mille);
void samples_free(struct samples *samples);

/* CPUs that are online, without those isolated at boot. */
void cpus_online(cpu_set_t *cpus);

/* Binds this thread to a CPU. */
void cpus_pin(int cpu);

#define LINE	64	/* bytes of the cache line that has a pointer of a cycle */

/**
 * make_cycle() - pointers to one another, in random order
 * @p: where they lie, each in a line of its own
 * @count: how many
 * @stride: a page for each, or LINE: one behind the other
 *
 * Return: one of them.
 */
void **make_cycle(char *p, size_t count, size_t stride);

/* Follows @count pointers; how many nanoseconds that took. */
uint64_t chase(void **entry, size_t count);

/* The controls: a system call that does nothing, and one that changes nothing. */
void control_getppid(void);
void control_mprotect(void *page);

/**
 * environment() - where a measurement takes place, as keys and values
 * @environment: zeroed
 * @geometry: of which some keys are taken; what else is said goes for this
 *	machine, and is left out if @live is not set
 * @live: measures the clock and the controls too
 *
 * To be freed by environment_free().
 */
void environment(struct pairs *environment, const struct pairs *geometry,
		 bool live);

/* Adds the steal time since environment(). */
void environment_end(struct pairs *environment);

/* For people, and what is to be thought of times under a hypervisor. */
void environment_print(const struct pairs *environment);
void environment_free(struct pairs *environment);

#endif /* PAGETREE_MEASURE_H */

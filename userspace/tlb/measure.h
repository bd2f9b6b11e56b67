/* SPDX-License-Identifier: GPL-2.0-only */
/* What measurements share: the clock, samples, CPUs, pointer chases, controls. */
#ifndef PAGETREE_MEASURE_H
#define PAGETREE_MEASURE_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

uint64_t now_ns(void);

/* struct samples - numbers, in the order they came until they are sorted */
struct samples {
	uint64_t *values;
	size_t count;
};

void samples_add(struct samples *samples, uint64_t value);

/* The quantile of @per_mille in a thousand. Sorts; needs at least one sample. */
uint64_t samples_quantile(struct samples *samples, unsigned int per_mille);
void samples_free(struct samples *samples);

/* CPUs that are online, without those isolated at boot. */
void cpus_online(cpu_set_t *cpus);

/* Binds this thread to a CPU. */
void cpus_pin(int cpu);

#define LINE	64	/* bytes of a cache line, which holds one pointer of a cycle */

/**
 * make_cycle() - pointers to one another, in random order
 * @p: memory for them; each has a cache line of its own
 * @count: number of pointers
 * @stride: distance: a page, or LINE
 *
 * Return: one of them.
 */
void **make_cycle(char *p, size_t count, size_t stride);

/* Follows @count pointers; returns the nanoseconds that took. */
uint64_t chase(void **entry, size_t count);

/* System calls to compare with: one does nothing, one changes nothing. */
void control_getppid(void);
void control_mprotect(void *page);

#endif /* PAGETREE_MEASURE_H */

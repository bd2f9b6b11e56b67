// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "input/system.h"
#include "tlb/measure.h"

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* Samples */

void samples_add(struct samples *samples, uint64_t value)
{
	samples->values = grow(samples->values, samples->count, sizeof(value));
	samples->values[samples->count++] = value;
}

static int compare_values(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

uint64_t samples_quantile(struct samples *samples, unsigned int per_mille)
{
	const size_t rank = (samples->count * per_mille + 999) / 1000;

	qsort(samples->values, samples->count, sizeof(uint64_t), compare_values);

	return samples->values[rank ? rank - 1 : 0];
}

void samples_free(struct samples *samples)
{
	free(samples->values);
	*samples = (struct samples) { 0 };
}

/* CPUs */

/* Adds or removes the CPUs of a list such as 0-3,7. Frees the list. */
static void change_cpus(cpu_set_t *cpus, char *list, bool add)
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
	change_cpus(cpus, sys_read("devices/system/cpu/online"), true);
	change_cpus(cpus, sys_read("devices/system/cpu/isolated"), false);
	change_cpus(cpus, sys_read("devices/system/cpu/nohz_full"), false);
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

char *map_memory(size_t size, bool huge)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail(EXIT_FAILURE, "%zu bytes: %s", size, strerror(errno));
	/* fails only on kernels without huge pages */
	madvise(p, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);

	return p;
}

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
	/* a different line in each page: equal lines share a set of the cache */
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

/* Controls */

void control_getppid(void *page)
{
	(void)page;
	syscall(SYS_getppid);
}

void control_mprotect(void *page)
{
	mprotect(page, 1, PROT_READ | PROT_WRITE);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/system.h"
#include "tlb/measure.h"
#include "tlb/reach.h"

#define POINTS		128
#define PASSES		8
#define ROUNDS		2
#define ACCESSES	32768

/* Bytes of our own memory on transparent huge pages. */
static uint64_t huge_bytes(void)
{
	char *text = proc_read(getpid(), "smaps_rollup");
	const uint64_t kib = status_number(text, "AnonHugePages", 0);

	free(text);

	return kib * 1024;
}

/* Nanoseconds of an access in a warm pointer chase, at most @best. */
static double access_ns(char *p, size_t count, size_t stride, double best)
{
	const size_t accesses = count > ACCESSES ? count : ACCESSES;
	void **first = make_cycle(p, count, stride);
	unsigned int round;
	double ns;

	for (round = 0; round < ROUNDS; round++) {
		chase(first, count);
		ns = (double)chase(first, accesses) / accesses;
		if (ns < best)
			best = ns;
	}

	return best;
}

/*
 * Compares a chase with one cache line in each page and a chase through
 * adjacent lines. Both need the same caches, so the difference is the price of
 * the pages.
 */
static size_t measure(char *p, uint64_t page_size, size_t pages,
		      struct knee *knees, size_t room)
{
	const size_t size = pages * LINE;
	char *dense = map_memory(size, false);
	double fast[POINTS], slow[POINTS];
	struct point points[POINTS];
	unsigned int pass;
	size_t count = 0, n, i;

	for (n = 1; n <= pages && count < POINTS; n += n < 8 ? 1 : n / 8) {
		fast[count] = slow[count] = INFINITY;
		points[count++].size = n;
	}
	/* a disturbance does not last through all passes */
	for (pass = 0; pass < PASSES; pass++) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\rmeasuring pages of %" PRIu64 " bytes: %u of %u ",
				page_size, pass, PASSES);
		for (i = 0; i < count; i++) {
			n = points[i].size;
			fast[i] = access_ns(dense, n, LINE, fast[i]);
			slow[i] = access_ns(p, n, page_size, slow[i]);
		}
	}
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	for (i = 0; i < count; i++)
		points[i].ns = slow[i] - fast[i];
	munmap(dense, size);

	/* the smallest rise is a quarter of an access to the first cache */
	return knees_find(points, count, fast[0] / 4, knees, room);
}

size_t probe_pages(uint64_t page_size, size_t pages, bool huge,
		   struct knee *knees, size_t room, const char **why)
{
	const uint64_t before = huge_bytes();
	const size_t bytes = pages * page_size, size = bytes + page_size;
	size_t found = 0, i;
	char *all, *p;

	*why = "too little memory is free";
	if ((uint64_t)sysconf(_SC_AVPHYS_PAGES) * sysconf(_SC_PAGESIZE) < 4 * size)
		return 0;
	all = map_memory(size, huge);
	p = all + (-(uintptr_t)all & (page_size - 1));
	for (i = 0; i < pages; i++)
		p[i * page_size] = 1;
	*why = "madvise(MADV_HUGEPAGE) does not give them";
	if (!huge || huge_bytes() >= before + bytes) {
		*why = "their number makes no difference";
		found = measure(p, page_size, pages, knees, room);
	}
	munmap(all, size);

	return found;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Memory of hugetlb: what its pool and its cgroup leave to it. */
#include <inttypes.h>
#include <stdlib.h>

#include "commands/reason.h"
#include "input/system.h"

/* A number of the pool for huge pages of @size bytes; @absent if there is no pool. */
static uint64_t pool_number(uint64_t size, const char *file, uint64_t absent)
{
	char *name = format("kernel/mm/hugepages/hugepages-%" PRIu64 "kB/%s",
			    size / 1024, file);
	const uint64_t number_of = sys_number(name, absent);

	free(name);

	return number_of;
}

char *pool_advice(const struct why *why, uint64_t size)
{
	const uint64_t pages = (size + why->huge - 1) / why->huge;
	const uint64_t unused = pool_number(why->huge, "free_hugepages", UNKNOWN);

	return unused == UNKNOWN ? NULL :
	       format("; or hugetlb (MAP_HUGETLB, SHM_HUGETLB, huge_pages=on): it takes %" PRIu64 " pages, and the pool has %"
		      PRIu64 " free: nr_hugepages of /sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB",
		      pages, unused, why->huge / 1024);
}

/* Whether the pool may grow by itself: nr_overcommit_hugepages is not used up. */
static bool may_grow(uint64_t size)
{
	return pool_number(size, "nr_overcommit_hugepages", 0) >
	       pool_number(size, "surplus_hugepages", 0);
}

/* The limit of a cgroup: the next touch is SIGBUS. */
static enum reason judge_limit(const struct why *why, struct candidate *candidate,
			       uint64_t size)
{
	struct limit limit;

	if (!size || !limits_find(why->process->pid, "hugetlb", size, &limit))
		return FINE;
	candidate->evidence = format("%s: %" PRIu64 "K of %" PRIu64 "K are used: the next touch is SIGBUS",
				     limit.file, limit.used / 1024,
				     limit.most / 1024);
	candidate->remedy = format("a larger /sys/fs/cgroup/%s; or limit what is reserved (rsvd.max), so that mmap() fails instead",
				   limit.file);
	free(limit.file);

	return REASON_LIMIT;
}

enum reason why_judge_hugetlb(const struct why *why, struct candidate *candidate)
{
	const uint64_t holes = row_number(candidate->vma, FIELD_hole_bytes);
	const uint64_t size = candidate->smaps ? candidate->smaps->kernel_page : 0;
	const uint64_t unused = pool_number(size, "free_hugepages", UNKNOWN);
	const uint64_t reserved = pool_number(size, "resv_hugepages", 0);
	const bool shared = candidate_flag(candidate, "sh");

	if (!holes)
		return FINE;
	if (judge_limit(why, candidate, size) != FINE)
		return REASON_LIMIT;
	if (unused <= reserved && unused != UNKNOWN && !may_grow(size)) {
		if (candidate_flag(candidate, "nr"))
			return because(candidate, POOL, "hugepages-%" PRIu64 "kB: %" PRIu64
				       " free, %" PRIu64 " of them reserved; not reserved for this",
				       size / 1024, unused, reserved);
		/* a fork leaves reservations of private memory with the parent */
		if (!shared && size && reserved * size < holes)
			return because(candidate, POOL, "hugepages-%" PRIu64 "kB: %" PRIu64 " free, %" PRIu64
				       " of them reserved, %" PRIu64 " wanted here: the next touch is SIGBUS; a parent's write after fork() takes its child's pages, and a child has no reservation",
				       size / 1024, unused, reserved, holes / size);
	}

	return because(candidate, UNTOUCHED, "%" PRIu64 "K are not touched yet",
		       holes / 1024);
}

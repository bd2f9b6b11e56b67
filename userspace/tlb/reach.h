/* SPDX-License-Identifier: GPL-2.0-only */
/* The sizes of TLBs, from CPUID and measurements, and the memory they reach. */
#ifndef PAGETREE_REACH_H
#define PAGETREE_REACH_H

#include "model/model.h"

/**
 * struct tlb - a TLB and one of its page sizes
 * @number: from 1. A TLB with several page sizes has a struct for each of them,
 *	all with the same number
 * @level: 1 is looked up first
 * @type: data, instruction, unified, load or store
 * @page_size: bytes
 * @entries: number of entries for pages of this size, if it holds no others
 * @ways: associativity, equal to @entries if fully associative; may be UNKNOWN
 * @threads: logical processors that can share the TLB; may be UNKNOWN
 * @source: cpuid2, cpuid18 or amd
 */
struct tlb {
	uint64_t number;
	uint64_t level;
	const char *type;
	uint64_t page_size;
	uint64_t entries;
	uint64_t ways;
	uint64_t threads;
	const char *source;
};

struct tlbs {
	struct tlb *tlbs;
	size_t count;
};

/*
 * Executes CPUID. @regs: set to EAX, EBX, ECX and EDX. Tests replace the
 * processor.
 */
typedef void cpuid_function(uint32_t leaf, uint32_t subleaf, uint32_t regs[4]);
enum { EAX, EBX, ECX, EDX };

/* Adds the TLBs of a processor to @tlbs, unless a hypervisor hides them. */
void cpuid_tlbs(struct tlbs *tlbs, cpuid_function *cpuid);

/* struct point - a size, and the ns of an access at this size */
struct point {
	uint64_t size;
	double ns;
};

/* struct knee - last size before a rise, first size above half of the rise */
struct knee {
	uint64_t below;
	uint64_t above;
};

/**
 * knees_find() - find the rises of a curve that begins flat and near 0
 * @points: in ascending order of size
 * @least: the smallest rise to find, in ns
 * @knees: array of @room elements
 *
 * Return: the number of knees found.
 */
size_t knees_find(const struct point *points, size_t count, double least,
		  struct knee *knees, size_t room);

/**
 * probe_pages() - measure at which numbers of pages an access gets slower
 * @page_size: bytes
 * @pages: the largest number of pages to try
 * @huge: use transparent huge pages
 * @knees: array of @room elements, one for each level of TLBs
 * @why: set to the reason if no knee is found
 *
 * Takes about a second of this CPU.
 *
 * Return: the number of knees found.
 */
size_t probe_pages(uint64_t page_size, size_t pages, bool huge,
		   struct knee *knees, size_t room, const char **why);

/* The columns of view_reach. */
enum { REACH_page_size, REACH_mapped, REACH_accessed, REACH_leaves,
       REACH_accessed_leaves, REACH_level, REACH_entries, REACH_source,
       REACH_reach, REACH_mapped_part, REACH_accessed_part, REACH_FIELDS };

extern const struct view view_reach;

/*
 * What TLBs reach of a process: a row for each page size of the geometry.
 * @tlbs: a list of view_tlb
 */
struct list list_reach(const struct model *model, const struct list *tlbs);

/* Whether a TLB, a row of view_tlb, has a known size and holds data translations. */
bool tlb_serves(const union value *tlb);

/*
 * Finds the TLBs for which what was measured contradicts CPUID: sets the column measured
 * of CPUID's rows, which count no more, and adds a sentence to @said.
 */
void tlbs_refute(struct list *tlbs, struct texts *said);

#endif /* PAGETREE_REACH_H */

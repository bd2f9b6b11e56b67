/* SPDX-License-Identifier: GPL-2.0-only */
/* The TLBs by CPUID. The caller executes it, so that tests can be any processor. */
#ifndef PAGETREE_CPUID_H
#define PAGETREE_CPUID_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct tlb - a TLB, for pages of one size
 * @number: from 1 on; a TLB for several page sizes has a struct for each, with
 *	the same number
 * @level: 1 is looked up first
 * @type: data, instruction, unified, load or store
 * @page_size: bytes
 * @entries: for pages of this size, if there are no others
 * @ways: equal to @entries if fully associative; may be UNKNOWN
 * @threads: logical processors that can share it; may be UNKNOWN
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

/* The elements of @regs below. */
enum { EAX, EBX, ECX, EDX };

struct tlbs {
	struct tlb *tlbs;
	size_t count;
};

/**
 * cpuid_tlbs() - the TLBs of a processor
 * @tlbs: zeroed; TLBs that the hypervisor hides are missing
 * @cpuid: executes the instruction: sets EAX, EBX, ECX and EDX
 */
void cpuid_tlbs(struct tlbs *tlbs,
		void (*cpuid)(uint32_t leaf, uint32_t subleaf,
			      uint32_t regs[4]));

#endif /* PAGETREE_CPUID_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What CPUID says of TLBs. Executes nothing, so that tests can play any processor. */
#ifndef PAGETREE_CPUID_H
#define PAGETREE_CPUID_H

#include "model/model.h"

/**
 * struct tlb - a TLB, as far as pages of one size go
 * @number: counted from 1; one that takes several page sizes has a struct for
 *	each, of the same number
 * @level: 1 is looked up first
 * @type: data, instruction, unified, load or store
 * @page_size: bytes
 * @entries: for pages of that size, if there are no others
 * @ways: as many as entries if it is fully associative; may be UNKNOWN
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

struct tlbs {
	struct tlb *tlbs;
	size_t count;
};

/**
 * cpuid_tlbs() - the TLBs of a processor
 * @tlbs: zeroed; what is hidden is not in it
 * @cpuid: executes the instruction: sets EAX, EBX, ECX and EDX
 */
void cpuid_tlbs(struct tlbs *tlbs,
		void (*cpuid)(uint32_t leaf, uint32_t subleaf,
			      uint32_t regs[4]));

#endif /* PAGETREE_CPUID_H */

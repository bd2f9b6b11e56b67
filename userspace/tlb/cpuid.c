// SPDX-License-Identifier: GPL-2.0-only
/* Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E. */
#include <string.h>

#include "base/memory.h"
#include "model/view.h"
#include "tlb/cpuid.h"

/* Page sizes, by the bits of leaf 0x18. */
enum {
	PAGES_4K = 1 << 0,
	PAGES_2M = 1 << 1,
	PAGES_4M = 1 << 2,
	PAGES_1G = 1 << 3,
	HALVED_4M = 1 << 4,	/* a page of 4M takes two entries */
	PAGES_2M_4M = PAGES_2M | PAGES_4M,
};

#define FULL	(UNKNOWN - 1)	/* as many ways as entries */

static const char data[] = "data", instruction[] = "instruction",
	unified[] = "unified";

/* Adds a TLB: a struct for each of its page sizes. */
static void add(struct tlbs *tlbs, struct tlb tlb, unsigned int pages)
{
	static const uint64_t sizes[] = { 1 << 12, 1 << 21, 1 << 22, 1 << 30 };
	const uint64_t entries = tlb.entries;
	const bool full = tlb.ways == FULL;
	size_t i;

	tlb.number = 1;
	if (tlbs->count)
		tlb.number += tlbs->tlbs[tlbs->count - 1].number;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (!(pages & 1 << i))
			continue;
		tlb.page_size = sizes[i];
		tlb.entries = entries;
		if (1 << i == PAGES_4M && pages & HALVED_4M)
			tlb.entries /= 2;
		if (full)
			tlb.ways = tlb.entries;
		tlbs->tlbs = grow(tlbs->tlbs, tlbs->count, sizeof(tlb));
		tlbs->tlbs[tlbs->count++] = tlb;
	}
}

/*
 * The descriptors of leaf 2. The level is 1 where the manual says none, but 2 of
 * what stands behind a micro TLB: 6b to 6d behind 6a, 64 and c4 behind a0.
 */
static const struct descriptor {
	uint8_t value;
	uint8_t level;
	const char *type;
	unsigned int pages;
	uint64_t entries;
	uint64_t ways;		/* 0: the manual does not say */
} descriptors[] = {
	{ 0x01, 1, instruction, PAGES_4K, 32, 4 },
	{ 0x02, 1, instruction, PAGES_4M, 2, FULL },
	{ 0x03, 1, data, PAGES_4K, 64, 4 },
	{ 0x04, 1, data, PAGES_4M, 8, 4 },
	{ 0x05, 2, data, PAGES_4M, 32, 4 },
	{ 0x0b, 1, instruction, PAGES_4M, 4, 4 },
	{ 0x4f, 1, instruction, PAGES_4K, 32, 0 },
	{ 0x50, 1, instruction, PAGES_4K | PAGES_2M_4M, 64, 0 },
	{ 0x51, 1, instruction, PAGES_4K | PAGES_2M_4M, 128, 0 },
	{ 0x52, 1, instruction, PAGES_4K | PAGES_2M_4M, 256, 0 },
	{ 0x55, 1, instruction, PAGES_2M_4M, 7, FULL },
	{ 0x56, 1, data, PAGES_4M, 16, 4 },
	{ 0x57, 1, data, PAGES_4K, 16, 4 },
	{ 0x59, 1, data, PAGES_4K, 16, FULL },
	{ 0x5a, 1, data, PAGES_2M_4M, 32, 4 },
	{ 0x5b, 1, data, PAGES_4K | PAGES_4M, 64, 0 },
	{ 0x5c, 1, data, PAGES_4K | PAGES_4M, 128, 0 },
	{ 0x5d, 1, data, PAGES_4K | PAGES_4M, 256, 0 },
	{ 0x61, 1, instruction, PAGES_4K, 48, FULL },
	{ 0x63, 1, data, PAGES_2M_4M, 32, 4 },
	{ 0x63, 1, data, PAGES_1G, 4, 4 },
	{ 0x64, 2, data, PAGES_4K, 512, 4 },
	{ 0x6a, 1, data, PAGES_4K, 64, 8 },
	{ 0x6b, 2, data, PAGES_4K, 256, 8 },
	{ 0x6c, 2, data, PAGES_2M_4M, 128, 8 },
	{ 0x6d, 2, data, PAGES_1G, 16, FULL },
	{ 0x76, 1, instruction, PAGES_2M_4M, 8, FULL },
	{ 0xa0, 1, data, PAGES_4K, 32, FULL },
	{ 0xb0, 1, instruction, PAGES_4K, 128, 4 },
	{ 0xb1, 1, instruction, PAGES_2M_4M | HALVED_4M, 8, 4 },
	{ 0xb2, 1, instruction, PAGES_4K, 64, 4 },
	{ 0xb3, 1, data, PAGES_4K, 128, 4 },
	{ 0xb4, 2, data, PAGES_4K, 256, 4 },
	{ 0xb5, 1, instruction, PAGES_4K, 64, 8 },
	{ 0xb6, 1, instruction, PAGES_4K, 128, 8 },
	{ 0xba, 2, data, PAGES_4K, 64, 4 },
	{ 0xc0, 1, data, PAGES_4K | PAGES_4M, 8, 4 },
	{ 0xc1, 2, unified, PAGES_4K | PAGES_2M, 1024, 8 },
	{ 0xc2, 1, data, PAGES_4K | PAGES_2M, 16, 4 },
	{ 0xc3, 2, unified, PAGES_4K | PAGES_2M, 1536, 6 },
	{ 0xc3, 2, unified, PAGES_1G, 16, 4 },
	{ 0xc4, 2, data, PAGES_2M_4M, 32, 4 },
	{ 0xca, 2, unified, PAGES_4K, 512, 4 },
};

#define NOT_HERE	0xfe	/* leaf 0x18 has what would be here */

static void add_descriptor(struct tlbs *tlbs, uint8_t value)
{
	const struct descriptor *d;

	for (d = descriptors; d < descriptors + sizeof(descriptors) / sizeof(*d); d++)
		if (d->value == value)
			add(tlbs, (struct tlb) {
				.level = d->level, .type = d->type,
				.entries = d->entries,
				.ways = d->ways ? d->ways : UNKNOWN,
				.threads = UNKNOWN, .source = "cpuid2",
			}, d->pages);
}

/* A subleaf of 0x18; one without a type is no TLB, and no end either. */
static void add_subleaf(struct tlbs *tlbs, const uint32_t regs[4])
{
	static const char *const types[32] = {
		NULL, data, instruction, unified, "load", "store",
	};
	const uint64_t ways = regs[EBX] >> 16;

	if (types[regs[EDX] & 31])
		add(tlbs, (struct tlb) {
			.level = regs[EDX] >> 5 & 7,
			.type = types[regs[EDX] & 31],
			.entries = ways * regs[ECX],
			.ways = regs[EDX] & 1 << 8 ? FULL : ways,
			.threads = (regs[EDX] >> 14 & 0xfff) + 1,
			.source = "cpuid18",
		}, regs[EBX] & 15);
}

static void intel(struct tlbs *tlbs, uint32_t leaves,
		  void (*cpuid)(uint32_t leaf, uint32_t subleaf,
				uint32_t regs[4]))
{
	uint32_t regs[4], subleaf, subleaves;
	bool elsewhere = false;
	unsigned int i;

	if (leaves < 2)
		return;
	cpuid(2, 0, regs);
	/* the lowest byte is how often to ask: always once */
	for (i = 1; i < 16; i++) {
		const uint8_t value = regs[i / 4] >> i % 4 * 8;

		/* bit 31: nothing valid in this register */
		if (regs[i / 4] >> 31)
			continue;
		add_descriptor(tlbs, value);
		elsewhere |= value == NOT_HERE;
	}
	if (!elsewhere || leaves < 0x18)
		return;
	cpuid(0x18, 0, regs);
	subleaves = regs[EAX];
	add_subleaf(tlbs, regs);
	/* whoever says that there are more says nonsense */
	for (subleaf = 1; subleaf <= subleaves && subleaf < 64; subleaf++) {
		cpuid(0x18, subleaf, regs);
		add_subleaf(tlbs, regs);
	}
}

/* @half: of a register: entries, above them ways as a number, or as a code */
static void add_half(struct tlbs *tlbs, unsigned int level, const char *type,
		     uint16_t half, bool coded, unsigned int unit,
		     unsigned int pages)
{
	static const uint64_t codes[16] = {
		0, 1, 2, 3, 4, 6, 8, UNKNOWN, 16, UNKNOWN, 32, 48, 64, 96, 128,
		FULL,
	};
	const uint64_t entries = half & (coded ? 0xfff : 0xff);
	uint64_t ways = half >> 8;

	if (coded)
		ways = codes[half >> 12];
	else if (ways == 0xff)
		ways = FULL;
	/* no ways: there is none */
	if (entries && ways)
		add(tlbs, (struct tlb) {
			.level = level, .type = type, .entries = entries * unit,
			.ways = ways, .threads = UNKNOWN, .source = "amd",
		}, pages);
}

/* The halves are of the data and of the instruction TLB. */
static void add_register(struct tlbs *tlbs, unsigned int level, uint32_t reg,
			 bool coded, unsigned int unit, unsigned int pages)
{
	if (level == 2 && !(reg >> 16)) {
		add_half(tlbs, level, unified, reg, coded, unit, pages);
	} else {
		add_half(tlbs, level, data, reg >> 16, coded, unit, pages);
		add_half(tlbs, level, instruction, reg, coded, unit, pages);
	}
}

static void amd(struct tlbs *tlbs,
		void (*cpuid)(uint32_t leaf, uint32_t subleaf,
			      uint32_t regs[4]))
{
	uint32_t regs[4], leaves, giant = 0;
	unsigned int unit = 1;

	cpuid(0x80000000, 0, regs);
	leaves = regs[EAX];
	if (leaves >= 0x80000021) {
		cpuid(0x80000021, 0, regs);
		/* L2TlbSizeX32 */
		unit = regs[EAX] & 1 << 14 ? 32 : 1;
	}
	if (leaves >= 0x80000005) {
		cpuid(0x80000005, 0, regs);
		add_register(tlbs, 1, regs[EBX], false, 1, PAGES_4K);
		add_register(tlbs, 1, regs[EAX], false, 1,
			     PAGES_2M_4M | HALVED_4M);
	}
	if (leaves >= 0x80000019) {
		cpuid(0x80000019, 0, regs);
		add_register(tlbs, 1, regs[EAX], true, 1, PAGES_1G);
		giant = regs[EBX];
	}
	if (leaves >= 0x80000006) {
		cpuid(0x80000006, 0, regs);
		add_register(tlbs, 2, regs[EBX], true, unit, PAGES_4K);
		add_register(tlbs, 2, regs[EAX], true, unit,
			     PAGES_2M_4M | HALVED_4M);
		add_register(tlbs, 2, giant, true, unit, PAGES_1G);
	}
}

void cpuid_tlbs(struct tlbs *tlbs,
		void (*cpuid)(uint32_t leaf, uint32_t subleaf,
			      uint32_t regs[4]))
{
	uint32_t regs[4];
	char vendor[12];

	cpuid(0, 0, regs);
	memcpy(vendor, &regs[EBX], 4);
	memcpy(vendor + 4, &regs[EDX], 4);
	memcpy(vendor + 8, &regs[ECX], 4);
	/* others give the same leaves other meanings */
	if (!memcmp(vendor, "GenuineIntel", sizeof(vendor)))
		intel(tlbs, regs[EAX], cpuid);
	else if (!memcmp(vendor, "AuthenticAMD", sizeof(vendor)) ||
		 !memcmp(vendor, "HygonGenuine", sizeof(vendor)))
		amd(tlbs, cpuid);
}

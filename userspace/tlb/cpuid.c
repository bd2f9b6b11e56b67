// SPDX-License-Identifier: GPL-2.0-only
/* Sources: Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E. */
#include <string.h>

#include "base/memory.h"
#include "tlb/reach.h"

/* Page sizes: the bits of leaf 0x18, and HALVED_4M. */
enum {
	PAGES_4K = 1 << 0,
	PAGES_2M = 1 << 1,
	PAGES_4M = 1 << 2,
	PAGES_1G = 1 << 3,
	HALVED_4M = 1 << 4,	/* a page of 4M takes two entries */
	PAGES_2M_4M = PAGES_2M | PAGES_4M,
};

#define FULL	(UNKNOWN - 1)	/* the ways equal the entries */

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
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
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
 * The descriptors of leaf 2. If the manual gives no level we take 1, or 2 for a
 * TLB that backs up a micro TLB: 6b to 6d back up 6a, 64 and c4 back up a0.
 */
static const struct descriptor {
	uint8_t value;
	uint8_t level;
	const char *type;
	unsigned int pages;
	uint64_t entries;
	uint64_t ways;		/* 0: not in the manual */
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

#define SEE_LEAF_18	0xfe	/* the descriptor that refers to leaf 0x18 */

static void add_descriptor(struct tlbs *tlbs, uint8_t value)
{
	const struct descriptor *d;

	for (d = descriptors; d < descriptors + ARRAY_SIZE(descriptors); d++)
		if (d->value == value)
			add(tlbs, (struct tlb) {
				.level = d->level, .type = d->type,
				.entries = d->entries,
				.ways = d->ways ? d->ways : UNKNOWN,
				.threads = UNKNOWN, .source = "cpuid2",
			}, d->pages);
}

/* A subleaf of 0x18. Without a type it is not a TLB, but others may follow. */
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

static void add_intel(struct tlbs *tlbs, uint32_t leaves, cpuid_function *cpuid)
{
	uint32_t regs[4], subleaf, subleaves = 0;
	bool see_leaf_18 = false;
	unsigned int i;

	if (leaves < 2)
		return;
	cpuid(2, 0, regs);
	/* the lowest byte, always 1, is the number of times to execute CPUID */
	for (i = 1; i < 16; i++) {
		const uint8_t value = regs[i / 4] >> i % 4 * 8;

		/* bit 31: this register holds no descriptors */
		if (regs[i / 4] >> 31)
			continue;
		add_descriptor(tlbs, value);
		see_leaf_18 |= value == SEE_LEAF_18;
	}
	if (!see_leaf_18 || leaves < 0x18)
		return;
	/* a limit, since a hypervisor could return any number of subleaves */
	for (subleaf = 0; subleaf <= subleaves && subleaf < 64; subleaf++) {
		cpuid(0x18, subleaf, regs);
		if (!subleaf)
			subleaves = regs[EAX];
		add_subleaf(tlbs, regs);
	}
}

/*
 * The registers of AMD. The upper half is the data TLB, the lower half the
 * instruction TLB. On level 2 an upper half of 0 means that the lower is
 * unified. A half is 8 bits of ways and 8 of entries, or 4 bits of a code and
 * 12 of entries.
 */
static const struct amd_register {
	uint32_t leaf;
	unsigned int number;
	unsigned int level;
	bool coded;
	unsigned int pages;
} amd_registers[] = {
	{ 0x80000005, EBX, 1, false, PAGES_4K },
	{ 0x80000005, EAX, 1, false, PAGES_2M_4M | HALVED_4M },
	{ 0x80000019, EAX, 1, true, PAGES_1G },
	{ 0x80000006, EBX, 2, true, PAGES_4K },
	{ 0x80000006, EAX, 2, true, PAGES_2M_4M | HALVED_4M },
	{ 0x80000019, EBX, 2, true, PAGES_1G },
};

/* @unit: what the entries of level 2 are multiplied by */
static void add_half(struct tlbs *tlbs, const struct amd_register *from,
		     const char *type, uint16_t half, unsigned int unit)
{
	static const uint64_t codes[16] = {
		0, 1, 2, 3, 4, 6, 8, UNKNOWN, 16, UNKNOWN, 32, 48, 64, 96, 128,
		FULL,
	};
	const uint64_t entries = half & (from->coded ? 0xfff : 0xff);
	const uint64_t ways = from->coded ? codes[half >> 12] :
			      half >> 8 == 0xff ? FULL : half >> 8;

	/* without ways there is no such TLB */
	if (entries && ways)
		add(tlbs, (struct tlb) {
			.level = from->level, .type = type,
			.entries = from->level == 2 ? entries * unit : entries,
			.ways = ways, .threads = UNKNOWN, .source = "amd",
		}, from->pages);
}

static void add_amd(struct tlbs *tlbs, cpuid_function *cpuid)
{
	uint32_t regs[4], leaves, unit = 1, value;
	const struct amd_register *from = amd_registers;

	cpuid(0x80000000, 0, regs);
	leaves = regs[EAX];
	if (leaves >= 0x80000021) {
		cpuid(0x80000021, 0, regs);
		/* L2TlbSizeX32 */
		unit = regs[EAX] & 1 << 14 ? 32 : 1;
	}
	for (; from < amd_registers + ARRAY_SIZE(amd_registers); from++) {
		if (leaves < from->leaf)
			continue;
		cpuid(from->leaf, 0, regs);
		value = regs[from->number];
		if (from->level == 2 && !(value >> 16)) {
			add_half(tlbs, from, unified, value, unit);
			continue;
		}
		add_half(tlbs, from, data, value >> 16, unit);
		add_half(tlbs, from, instruction, value, unit);
	}
}

void cpuid_tlbs(struct tlbs *tlbs, cpuid_function *cpuid)
{
	uint32_t regs[4];
	char vendor[12];

	cpuid(0, 0, regs);
	memcpy(vendor, &regs[EBX], 4);
	memcpy(vendor + 4, &regs[EDX], 4);
	memcpy(vendor + 8, &regs[ECX], 4);
	/* these leaves have other meanings on processors of other vendors */
	if (!memcmp(vendor, "GenuineIntel", sizeof(vendor)))
		add_intel(tlbs, regs[EAX], cpuid);
	else if (!memcmp(vendor, "AuthenticAMD", sizeof(vendor)) ||
		 !memcmp(vendor, "HygonGenuine", sizeof(vendor)))
		add_amd(tlbs, cpuid);
}

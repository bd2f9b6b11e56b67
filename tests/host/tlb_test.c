// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the decoding of CPUID with leaves of real processors (or leaves that the
 * manuals allow), the choice among several TLBs for the same pages, and the search
 * for knees in measured and in drawn curves.
 * The file is long because most of it is tables: the leaves of each processor and
 * the points of each curve.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "tlb/reach.h"
#include "tlb/tlb.h"

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

/* Processors */

struct leaf {
	uint32_t leaf;
	uint32_t subleaf;
	uint32_t regs[4];
};

/* The processor that play() stands for: its leaves, and how often it was asked. */
static const struct leaf *leaves;
static size_t leaf_count;
static unsigned int asked;

#define INTEL(highest)	{ 0, 0, { highest, 0x756e6547, 0x6c65746e, 0x49656e69 } }
#define AMD(highest)	{ 0, 0, { 0x10, 0x68747541, 0x444d4163, 0x69746e65 } }, \
			{ 0x80000000, 0, { highest } }

static const struct leaf *find_leaf(uint32_t leaf, uint32_t subleaf)
{
	size_t i;

	for (i = 0; i < leaf_count; i++)
		if (leaves[i].leaf == leaf && leaves[i].subleaf == subleaf)
			return &leaves[i];

	return NULL;
}

/*
 * Executes CPUID. Missing leaves are 0; those above the highest describe a TLB, so
 * that a decoder that reads them fails.
 */
static void play(uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	const struct leaf *first = find_leaf(leaf & 0x80000000, 0);
	const struct leaf *found = find_leaf(leaf, subleaf);

	asked++;
	if (found)
		memcpy(regs, found->regs, sizeof(found->regs));
	else
		memset(regs, first && leaf <= first->regs[EAX] ? 0 :
			     leaf >> 31 ? 0x43 : 0x03, 4 * sizeof(*regs));
}

/* `NUMBER LEVEL TYPE PAGES ENTRIES WAYS THREADS SOURCE`, - if unknown */
static void text_of(const struct tlb *tlb, char text[100])
{
	char ways[24] = "-", threads[24] = "-";

	if (tlb->ways != UNKNOWN)
		sprintf(ways, "%d", (int)tlb->ways);
	if (tlb->threads != UNKNOWN)
		sprintf(threads, "%d", (int)tlb->threads);
	sprintf(text, "%d L%d %s %dK %d %s %s %s", (int)tlb->number,
		(int)tlb->level, tlb->type, (int)(tlb->page_size / 1024),
		(int)tlb->entries, ways, threads, tlb->source);
}

static void expect(int line, const struct leaf *processor, size_t count,
		   const char *const *lines, size_t line_count)
{
	struct tlbs tlbs = { 0 };
	char text[100];
	size_t i;

	leaves = processor;
	leaf_count = count;
	asked = 0;
	cpuid_tlbs(&tlbs, play);
	for (i = 0; i < tlbs.count || i < line_count; i++) {
		if (i < tlbs.count)
			text_of(&tlbs.tlbs[i], text);
		else
			strcpy(text, "nothing");
		if (i < line_count && !strcmp(text, lines[i]))
			continue;
		printf("# %s:%d: '%s', not '%s'\n", __FILE__, line, text,
		       i < line_count ? lines[i] : "nothing");
		failures++;
	}
	free(tlbs.tlbs);
}

#define EXPECT(...) do {						\
	static const char *const lines[] = { __VA_ARGS__ };		\
									\
	expect(__LINE__, processor, COUNT(processor), lines, COUNT(lines)); \
} while (0)

#define EXPECT_NOTHING()						\
	expect(__LINE__, processor, COUNT(processor), NULL, 0)

/* Skylake-X: 63 03 76 ff b5 f0 c3 */
static void descriptors_of_skylake(void)
{
	static const struct leaf processor[] = {
		INTEL(0x16),
		{ 2, 0, { 0x76036301, 0x00f0b5ff, 0x00000000, 0x00c30000 } },
	};

	EXPECT("1 L1 data 2048K 32 4 - cpuid2", "1 L1 data 4096K 32 4 - cpuid2",
	       "2 L1 data 1048576K 4 4 - cpuid2",
	       "3 L1 data 4K 64 4 - cpuid2",
	       "4 L1 instruction 2048K 8 8 - cpuid2",
	       "4 L1 instruction 4096K 8 8 - cpuid2",
	       "5 L1 instruction 4K 64 8 - cpuid2",
	       "6 L2 unified 4K 1536 6 - cpuid2",
	       "6 L2 unified 2048K 1536 6 - cpuid2",
	       "7 L2 unified 1048576K 16 4 - cpuid2");
}

/* Core 2: b1 b0 05 f0 57 56 48 30 b4 2c */
static void descriptors_of_core2(void)
{
	static const struct leaf processor[] = {
		INTEL(0xa),
		{ 2, 0, { 0x05b0b101, 0x005657f0, 0x00000000, 0x2cb43048 } },
	};

	EXPECT("1 L1 instruction 2048K 8 4 - cpuid2",
	       "1 L1 instruction 4096K 4 4 - cpuid2",
	       "2 L1 instruction 4K 128 4 - cpuid2",
	       "3 L2 data 4096K 32 4 - cpuid2",
	       "4 L1 data 4K 16 4 - cpuid2", "5 L1 data 4096K 16 4 - cpuid2",
	       "6 L2 data 4K 256 4 - cpuid2");
}

/* 03 in the lowest byte, and in a register with bit 31; 50, without ways; 02 at the end */
static void descriptors_that_are_none(void)
{
	static const struct leaf processor[] = {
		INTEL(2),
		{ 2, 0, { 0x00000003, 0x83030303, 0x00000050, 0x02ff0040 } },
	};

	EXPECT("1 L1 instruction 4K 64 - - cpuid2",
	       "1 L1 instruction 2048K 64 - - cpuid2",
	       "1 L1 instruction 4096K 64 - - cpuid2",
	       "2 L1 instruction 4096K 2 2 - cpuid2");
}

/* Alder Lake, performance core; subleaf 0 is no TLB */
static void subleaves_of_alder_lake(void)
{
	static const struct leaf processor[] = {
		INTEL(0x20),
		{ 2, 0, { 0x00feff01, 0x000000f0, 0x00000000, 0x00000000 } },
		{ 0x18, 0, { 8, 0, 0, 0 } },
		{ 0x18, 1, { 0, 0x00080001, 0x20, 0x4022 } },
		{ 0x18, 2, { 0, 0x00080006, 0x04, 0x4022 } },
		{ 0x18, 3, { 0, 0x0010000f, 0x01, 0x4125 } },
		{ 0x18, 4, { 0, 0x00060001, 0x10, 0x4024 } },
		{ 0x18, 5, { 0, 0x00040006, 0x08, 0x4024 } },
		{ 0x18, 6, { 0, 0x00080008, 0x01, 0x4124 } },
		{ 0x18, 7, { 0, 0x00080007, 0x80, 0x4043 } },
		{ 0x18, 8, { 0, 0x00080009, 0x80, 0x4043 } },
	};

	EXPECT("1 L1 instruction 4K 256 8 2 cpuid18",
	       "2 L1 instruction 2048K 32 8 2 cpuid18",
	       "2 L1 instruction 4096K 32 8 2 cpuid18",
	       "3 L1 store 4K 16 16 2 cpuid18", "3 L1 store 2048K 16 16 2 cpuid18",
	       "3 L1 store 4096K 16 16 2 cpuid18",
	       "3 L1 store 1048576K 16 16 2 cpuid18",
	       "4 L1 load 4K 96 6 2 cpuid18",
	       "5 L1 load 2048K 32 4 2 cpuid18", "5 L1 load 4096K 32 4 2 cpuid18",
	       "6 L1 load 1048576K 8 8 2 cpuid18",
	       "7 L2 unified 4K 1024 8 2 cpuid18",
	       "7 L2 unified 2048K 1024 8 2 cpuid18",
	       "7 L2 unified 4096K 1024 8 2 cpuid18",
	       "8 L2 unified 4K 1024 8 2 cpuid18",
	       "8 L2 unified 1048576K 1024 8 2 cpuid18");
	CHECK(asked, 1 + 1 + 9);
}

/* a TLB in subleaf 0, a hole, an unknown type, fully associative with 3 sets, one after the end */
static void subleaves_that_are_none(void)
{
	static const struct leaf processor[] = {
		INTEL(0x18),
		{ 2, 0, { 0x00feff01, 0, 0, 0 } },
		{ 0x18, 0, { 3, 0x00200001, 1, 0x0121 } },
		{ 0x18, 2, { 0, 0x00040001, 0x80, 0x0046 } },
		{ 0x18, 3, { 0, 0x00040001, 3, 0xfc143 } },
		{ 0x18, 4, { 0, 0x00040001, 0x80, 0x0043 } },
	};

	EXPECT("1 L1 data 4K 32 32 1 cpuid18", "2 L2 unified 4K 12 12 64 cpuid18");
}

static void subleaves_without_end(void)
{
	static const struct leaf processor[] = {
		INTEL(0x18),
		{ 2, 0, { 0x00feff01, 0, 0, 0 } },
		{ 0x18, 0, { 0xffffffff, 0, 0, 0 } },
		{ 0x18, 63, { 0, 0x00040001, 0x80, 0x0043 } },
		{ 0x18, 64, { 0, 0x00040001, 0x80, 0x0043 } },
	};

	EXPECT("1 L2 unified 4K 512 4 1 cpuid18");
	CHECK(asked, 1 + 1 + 64);
}

/* a hypervisor hides the TLBs */
static void hidden(void)
{
	static const struct leaf processor[] = {
		INTEL(0x20),
		{ 2, 0, { 0x00feff01, 0, 0, 0 } },
	};

	EXPECT_NOTHING();
	CHECK(asked, 1 + 1 + 1);
}

/* leaf 2 refers to leaf 0x18, which does not exist */
static void hidden_and_limited(void)
{
	static const struct leaf processor[] = {
		INTEL(0x16),
		{ 2, 0, { 0x00feff01, 0, 0, 0 } },
	};

	EXPECT_NOTHING();
}

/* leaf 2 refers to leaf 4 for caches, and to no leaf for TLBs */
static void caches_only(void)
{
	static const struct leaf processor[] = {
		INTEL(0x20),
		{ 2, 0, { 0x00ffff01, 0, 0, 0 } },
		{ 0x18, 0, { 0, 0x00200001, 1, 0x0121 } },
	};

	EXPECT_NOTHING();
}

static void zen2(void)
{
	static const struct leaf processor[] = {
		AMD(0x80000020),
		{ 0x80000005, 0, { 0xff40ff40, 0xff40ff40, 0x20080140, 0x20080140 } },
		{ 0x80000006, 0, { 0x48006400, 0x68006400, 0x02006140, 0x01009140 } },
		{ 0x80000019, 0, { 0xf040f040, 0x00000000, 0, 0 } },
	};

	EXPECT("1 L1 data 4K 64 64 - amd", "2 L1 instruction 4K 64 64 - amd",
	       "3 L1 data 2048K 64 64 - amd", "3 L1 data 4096K 32 32 - amd",
	       "4 L1 instruction 2048K 64 64 - amd",
	       "4 L1 instruction 4096K 32 32 - amd",
	       "5 L1 data 1048576K 64 64 - amd",
	       "6 L1 instruction 1048576K 64 64 - amd",
	       "7 L2 data 4K 2048 8 - amd", "8 L2 instruction 4K 1024 8 - amd",
	       "9 L2 data 2048K 2048 4 - amd", "9 L2 data 4096K 1024 4 - amd",
	       "10 L2 instruction 2048K 1024 8 - amd",
	       "10 L2 instruction 4096K 512 8 - amd");
}

/* entries of level 2 are in units of 32 */
static void zen5(void)
{
	static const struct leaf processor[] = {
		AMD(0x80000028),
		{ 0x80000005, 0, { 0xff60ff40, 0xff60ff40, 0x300c0140, 0x20080140 } },
		{ 0x80000006, 0, { 0x40802040, 0x60804040, 0x04008140, 0x02009140 } },
		{ 0x80000019, 0, { 0xf060f040, 0x40200000, 0, 0 } },
		{ 0x80000021, 0, { 0x593fffcf, 0x00080382, 0, 0 } },
	};

	EXPECT("1 L1 data 4K 96 96 - amd", "2 L1 instruction 4K 64 64 - amd",
	       "3 L1 data 2048K 96 96 - amd", "3 L1 data 4096K 48 48 - amd",
	       "4 L1 instruction 2048K 64 64 - amd",
	       "4 L1 instruction 4096K 32 32 - amd",
	       "5 L1 data 1048576K 96 96 - amd",
	       "6 L1 instruction 1048576K 64 64 - amd",
	       "7 L2 data 4K 4096 8 - amd", "8 L2 instruction 4K 2048 4 - amd",
	       "9 L2 data 2048K 4096 4 - amd", "9 L2 data 4096K 2048 4 - amd",
	       "10 L2 instruction 2048K 2048 2 - amd",
	       "10 L2 instruction 4096K 1024 2 - amd",
	       "11 L2 data 1048576K 1024 4 - amd");
}

/* Zen 4: bits around L2TlbSizeX32 are set, but not this one */
static void zen4(void)
{
	static const struct leaf processor[] = {
		AMD(0x80000028),
		{ 0x80000006, 0, { 0x5c002200, 0x6c004200, 0x04006140, 0x01009140 } },
		{ 0x80000021, 0, { 0x00062fcf, 0x0000015c, 0, 0 } },
	};

	EXPECT("1 L2 data 4K 3072 8 - amd", "2 L2 instruction 4K 512 4 - amd",
	       "3 L2 data 2048K 3072 6 - amd", "3 L2 data 4096K 1536 6 - amd",
	       "4 L2 instruction 2048K 512 2 - amd",
	       "4 L2 instruction 4096K 256 2 - amd");
}

/* K8: 8 entries for 2M on level 1, none on level 2; no leaf above 0x80000018 */
static void k8(void)
{
	static const struct leaf processor[] = {
		AMD(0x80000018),
		{ 0x80000005, 0, { 0xff08ff08, 0xff20ff20, 0x40020140, 0x40020140 } },
		{ 0x80000006, 0, { 0x00000000, 0x42004200, 0x04008140, 0x00000000 } },
	};

	EXPECT("1 L1 data 4K 32 32 - amd", "2 L1 instruction 4K 32 32 - amd",
	       "3 L1 data 2048K 8 8 - amd", "3 L1 data 4096K 4 4 - amd",
	       "4 L1 instruction 2048K 8 8 - amd",
	       "4 L1 instruction 4096K 4 4 - amd",
	       "5 L2 data 4K 512 4 - amd", "6 L2 instruction 4K 512 4 - amd");
}

/* upper half of level 2 is 0: unified; code 7: unknown ways; 0 ways or 0 entries: no TLB */
static void codes_of_amd(void)
{
	static const struct leaf processor[] = {
		AMD(0x80000019),
		{ 0x80000005, 0, { 0x00200000, 0x00000120, 0, 0 } },
		{ 0x80000006, 0, { 0x70100200, 0x00004200, 0, 0 } },
		{ 0x80000019, 0, { 0xf0000000, 0x0000c010, 0, 0 } },
	};

	EXPECT("1 L1 instruction 4K 32 1 - amd", "2 L2 unified 4K 512 4 - amd",
	       "3 L2 data 2048K 16 - - amd", "3 L2 data 4096K 8 - - amd",
	       "4 L2 unified 1048576K 16 64 - amd");
}

static void hygon(void)
{
	static const struct leaf processor[] = {
		{ 0, 0, { 0xd, 0x6f677948, 0x656e6975, 0x6e65476e } },
		{ 0x80000000, 0, { 0x80000005 } },
		{ 0x80000005, 0, { 0, 0xff40ff40, 0, 0 } },
	};

	EXPECT("1 L1 data 4K 64 64 - amd", "2 L1 instruction 4K 64 64 - amd");
}

/* a VIA Nano, where leaves 2 and 0x80000005 have other meanings */
static void centaur(void)
{
	static const struct leaf processor[] = {
		{ 0, 0, { 0xa, 0x746e6543, 0x736c7561, 0x48727561 } },
		{ 2, 0, { 0x02b3b001, 0x00000000, 0x00000000, 0x2c04307d } },
		{ 0x80000000, 0, { 0x80000008 } },
		{ 0x80000005, 0, { 0x00000000, 0x08800880, 0x40100140, 0x40100140 } },
	};

	EXPECT_NOTHING();
}

/* no leaf 2; no leaf 0x80000005; no vendor */
static void neither(void)
{
	static const struct leaf nobody[] = { { 0, 0, { 0 } } };
	static const struct leaf old_amd[] = { AMD(0x80000004) };
	static const struct leaf processor[] = { INTEL(1) };

	EXPECT_NOTHING();
	expect(__LINE__, old_amd, COUNT(old_amd), NULL, 0);
	expect(__LINE__, nobody, COUNT(nobody), NULL, 0);
}

/* The last TLB of several */

static const struct field_info row_fields[TLB_FIELDS];
static const struct view view_rows = {
	.fields = row_fields, .count = TLB_FIELDS,
};
static struct list rows;

static void add_row(uint64_t level, const char *type, uint64_t page_size,
		    uint64_t entries, const char *source)
{
	union value *row = list_add(&rows);

	row[TLB_level].number = level;
	row[TLB_type].text = type;
	row[TLB_page_size].number = page_size;
	row[TLB_entries].number = entries;
	row[TLB_source].text = source;
	if (entries != UNKNOWN)
		row[TLB_reach].number = entries * page_size;
}

/* Checks the row of level 1 of the reach. */
static void reached(uint64_t level, uint64_t entries, const char *source)
{
	static struct pair geometry[] = {
		{ .key = "leaves1", .text = "1", .is_number = true, .number = 1 },
		{ .key = "entry_bytes1", .text = "4096", .is_number = true, .number = 4096 },
	};
	const struct model model = {
		.geometry = { .present = true, .pairs = geometry, .count = 2 },
	};
	struct list list = list_reach(&model, &rows);
	const union value *row = list_row(&list, 0);
	const char *says = row[REACH_source].text;

	CHECK(list.count, 1);
	CHECK(row[REACH_level].number, level);
	CHECK(row[REACH_entries].number, entries);
	CHECK(row[REACH_reach].number,
	      entries == UNKNOWN ? UNKNOWN : entries * 4096);
	CHECK(source ? says && !strcmp(says, source) : !says, 1);
	list_free(&list);
	list_free(&rows);
}

/* Measures entries from @below to @above, and checks how often CPUID is contradicted. */
static void refuted(uint64_t level, uint64_t below, uint64_t above, size_t times,
		    const char *text)
{
	struct texts said = { 0 };

	add_row(level, "data", 4096, below, "measured");
	list_row(&rows, rows.count - 1)[TLB_upto].number = above;
	tlbs_refute(&rows, &said);
	CHECK(said.count, times);
	CHECK(!text || (said.count && strstr(said.list[0], text)), 1);
	texts_free(&said);
}

/* As seen on Zen 5 under a hypervisor that hides bit 14 of 0x80000021. */
static void hidden_unit(void)
{
	rows = list_new(&view_rows);
	add_row(1, "data", 4096, 96, "amd");
	add_row(2, "data", 4096, 128, "amd");
	add_row(2, "instruction", 4096, 64, "amd");
	refuted(1, 85, 108, 0, NULL);
	refuted(2, 3384, 6858, 1,
		"level 2, 4K pages: CPUID says 128 entries, but 3384 to 6858 were measured, which count: 4096 entries if CPUID counts in units of 32");
	CHECK(!list_row(&rows, 0)[TLB_measured].text, 1);
	CHECK(!strcmp(list_row(&rows, 1)[TLB_measured].text, "3384-6858"), 1);
	CHECK(!list_row(&rows, 2)[TLB_measured].text, 1);
	reached(2, 3384, "measured");
}

/* Entries for several pages, or others on the core, are no contradiction. */
static void nearly_as_said(void)
{
	rows = list_new(&view_rows);
	add_row(2, "data", 4096, 1024, "amd");
	refuted(2, 8191, 9000, 0, NULL);
	reached(2, 1024, "amd");

	rows = list_new(&view_rows);
	add_row(2, "unified", 4096, 512, "cpuid18");
	add_row(2, "unified", 4096, 512, "cpuid18");
	refuted(2, 200, 257, 0, NULL);
	reached(2, 1024, "cpuid18");
}

static void refuted_by_others(void)
{
	rows = list_new(&view_rows);
	add_row(2, "unified", 4096, 512, "cpuid18");
	add_row(2, "unified", 4096, 512, "cpuid18");
	refuted(2, 200, 256, 1, "CPUID says 1024 entries, but 200 to 256 were measured, which count");
	reached(2, 200, "measured");

	/* too many for units of 32 */
	rows = list_new(&view_rows);
	add_row(2, "data", 4096, 64, "amd");
	refuted(2, 4000, 6000, 1, "which count");
	reached(2, 4000, "measured");

	/* the user knows better than the clock */
	rows = list_new(&view_rows);
	add_row(2, NULL, 4096, 64, "user");
	refuted(2, 4000, 6000, 0, NULL);
	reached(2, 64, "user");

	/* another page size, another level */
	rows = list_new(&view_rows);
	add_row(2, "data", 2097152, 64, "amd");
	add_row(1, "data", 4096, 64, "amd");
	refuted(2, 4000, 6000, 0, NULL);
	reached(1, 64, "amd");
}

/* As Golden Cove: two TLBs of level 2 hold pages of 4K, and pages of other sizes. */
static void unified_of_a_level(void)
{
	rows = list_new(&view_rows);
	add_row(1, "instruction", 4096, 256, "cpuid18");
	add_row(1, "store", 4096, 16, "cpuid18");
	add_row(1, "load", 4096, 96, "cpuid18");
	add_row(2, "unified", 4096, 1024, "cpuid18");
	add_row(2, "unified", 2097152, 1024, "cpuid18");
	add_row(2, "unified", 4096, 1024, "cpuid18");
	add_row(2, "unified", 1073741824, 1024, "cpuid18");
	reached(2, 2048, "cpuid18");
}

/* the largest of those that are not unified, in any order */
static void data_of_a_level(void)
{
	rows = list_new(&view_rows);
	add_row(1, "data", 4096, 32, "cpuid2");
	add_row(1, "data", 4096, 128, "cpuid2");
	add_row(1, "data", 4096, 16, "cpuid2");
	reached(1, 128, "cpuid2");

	rows = list_new(&view_rows);
	add_row(2, "data", 4096, 64, "amd");
	add_row(1, "data", 4096, 96, "amd");
	add_row(2, "instruction", 4096, 2048, "amd");
	reached(2, 64, "amd");
}

/* no TLBs for instructions or stores, of unknown size, or for other page sizes */
static void none_for_data(void)
{
	rows = list_new(&view_rows);
	add_row(2, "instruction", 4096, 512, "amd");
	add_row(1, "store", 4096, 16, "cpuid18");
	add_row(2, "unified", 2097152, 1024, "cpuid18");
	add_row(UNKNOWN, NULL, 4096, UNKNOWN, "unknown");
	reached(UNKNOWN, UNKNOWN, NULL);
}

/* other sources win over measured TLBs, even with fewer entries */
static void measured_or_said(void)
{
	rows = list_new(&view_rows);
	add_row(1, "data", 4096, 91, "measured");
	add_row(2, "data", 4096, 1671, "measured");
	reached(2, 1671, "measured");

	rows = list_new(&view_rows);
	add_row(2, "data", 4096, 1671, "measured");
	add_row(1, NULL, 4096, 64, "user");
	reached(1, 64, "user");
}

/* Curves */

static struct knee found[3];

/* The number of knees of a curve with the value @ns[i] at i + 1 */
static size_t knees_of(const double *ns, size_t count, size_t most)
{
	struct point curve[40];
	size_t i;

	for (i = 0; i < count; i++)
		curve[i] = (struct point) { i + 1, ns[i] };
	memset(found, 0, sizeof(found));

	return knees_find(curve, count, 0.5, found, most);
}

#define KNEES(most, ...) ({						\
	static const double curve[] = { __VA_ARGS__ };			\
									\
	knees_of(curve, COUNT(curve), most);				\
})

/* Measured on a processor with 96 entries on level 1 and 2048 on level 2. */
static void two_levels(void)
{
	static const struct point curve[] = {
		{ 41, 0.00 }, { 46, -0.00 }, { 51, -0.04 }, { 57, 0.00 },
		{ 64, 0.00 }, { 72, 0.00 }, { 81, 0.00 }, { 91, 0.00 },
		{ 102, 0.62 }, { 114, 1.45 }, { 128, 1.99 }, { 144, 1.99 },
		{ 162, 2.00 }, { 182, 2.00 }, { 204, 2.00 }, { 229, 2.19 },
		{ 257, 2.19 }, { 289, 2.00 }, { 461, 2.24 }, { 518, 2.99 },
		{ 582, 2.32 }, { 735, 2.00 }, { 1045, 1.99 }, { 1175, 2.31 },
		{ 1321, 2.31 }, { 1486, 2.30 }, { 1671, 2.31 }, { 1879, 3.03 },
		{ 2113, 4.86 }, { 2377, 8.02 }, { 2674, 12.75 }, { 3008, 12.71 },
		{ 3384, 13.31 }, { 3807, 13.16 }, { 4282, 13.59 },
	};

	memset(found, 0, sizeof(found));
	CHECK(knees_find(curve, COUNT(curve), 0.4, found, 3), 2);
	CHECK(found[0].below, 91);
	CHECK(found[0].above, 114);
	CHECK(found[1].below, 1879);
	CHECK(found[1].above, 2377);
	CHECK(knees_find(curve, COUNT(curve), 0.4, found, 1), 1);
}

static void sharp(void)
{
	CHECK(KNEES(3, 0, 0, 0, 0, 2, 2, 2, 2, 9, 9, 9, 9), 2);
	CHECK(found[0].below, 4);
	CHECK(found[0].above, 5);
	CHECK(found[1].below, 8);
	CHECK(found[1].above, 9);
}

/* half of the whole rise, not of its first step */
static void gradual(void)
{
	CHECK(KNEES(3, 0, 0, 0, 0, 2, 3, 4, 5, 6, 7, 7, 7), 1);
	CHECK(found[0].below, 4);
	CHECK(found[0].above, 7);
}

static void no_rise(void)
{
	CHECK(knees_find(NULL, 0, 0.5, found, 3), 0);
	CHECK(KNEES(3, 0), 0);
	CHECK(KNEES(3, 0, 0, 9), 0);
	CHECK(KNEES(3, 0, .1, -.1, .2, -.2, .1, .2, .3, .2, .3), 0);
	/* a single disturbed point */
	CHECK(KNEES(3, 0, 0, 0, 0, 9, 0, 0, 0, 0), 0);
	/* only the last point is higher */
	CHECK(KNEES(3, 0, 0, 0, 0, 0, 0, 0, 9), 0);
	/* down */
	CHECK(KNEES(3, 0, 0, 0, 0, -2, -2, -2, -2, -2), 0);
}

/* the smallest number of pages already exceeds the TLB */
static void late(void)
{
	CHECK(KNEES(3, 2, 2, 2, 2, 2, 9, 9, 9, 9), 0);
}

/* rises to the end: half of the height that it reaches */
static void cut_off(void)
{
	CHECK(KNEES(3, 0, 0, 0, 0, 1, 3, 6, 10), 1);
	CHECK(found[0].below, 4);
	CHECK(found[0].above, 7);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "descriptors of leaf 2", descriptors_of_skylake },
	{ "descriptors: a 4M page that takes two entries", descriptors_of_core2 },
	{ "bytes of leaf 2 that are no descriptors", descriptors_that_are_none },
	{ "leaf 0x18", subleaves_of_alder_lake },
	{ "subleaves that are no TLBs", subleaves_that_are_none },
	{ "subleaves without end", subleaves_without_end },
	{ "hidden by a hypervisor", hidden },
	{ "hidden, and leaf 0x18 too", hidden_and_limited },
	{ "leaf 2 says nothing of TLBs", caches_only },
	{ "AMD", zen2 },
	{ "AMD: level 2 in units of 32", zen5 },
	{ "AMD: level 2 in units of 1", zen4 },
	{ "AMD: an old one", k8 },
	{ "AMD: unified, none, and ways that are not known", codes_of_amd },
	{ "Hygon", hygon },
	{ "leaves of another maker", centaur },
	{ "no leaves", neither },
	{ "unified ones of a level add up", unified_of_a_level },
	{ "others of a level do not", data_of_a_level },
	{ "none for data", none_for_data },
	{ "measured, unless it is said", measured_or_said },
	{ "measured, where CPUID hides its unit", hidden_unit },
	{ "measured nearly as CPUID says", nearly_as_said },
	{ "measured, where CPUID is contradicted", refuted_by_others },
	{ "knees of two levels", two_levels },
	{ "knees from one size to the next", sharp },
	{ "a gradual knee", gradual },
	{ "no knee", no_rise },
	{ "no knee where the beginning is behind it", late },
	{ "a knee that is cut off", cut_off },
};

int main(void)
{
	int before;
	size_t i;

	for (i = 0; i < COUNT(tests); i++) {
		before = failures;
		tests[i].run();
		printf("%s tlb: %s\n", failures == before ? "ok" : "not ok",
		       tests[i].name);
	}

	return failures != 0;
}

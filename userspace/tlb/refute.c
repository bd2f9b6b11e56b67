// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where what was measured contradicts CPUID. A processor may use an entry for several
 * neighbouring pages, up to eight, and other threads may take half of a TLB, so that only
 * large differences count.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tlb/reach.h"
#include "tlb/tlb.h"

#define COALESCED	8	/* most pages of an entry */
#define TAKEN		4	/* others leave at least a quarter */
#define AMD_UNIT	32	/* entries that L2TlbSizeX32 counts as one */

static bool is_measured(const union value *row)
{
	return !strcmp(row[TLB_source].text, "measured");
}

/* Whether a row is CPUID's about data on the level and page size that were measured. */
static bool is_claim(const union value *row, const union value *measured)
{
	const char *source = row[TLB_source].text;

	return !is_measured(row) && strcmp(source, "user") && tlb_serves(row) &&
	       row[TLB_level].number == measured[TLB_level].number &&
	       row[TLB_page_size].number == measured[TLB_page_size].number;
}

/* The entries of all TLBs that CPUID claims; unified ones add up. */
static uint64_t claimed(const struct list *tlbs, const union value *measured)
{
	uint64_t sum = 0, most = 0;
	const union value *row;
	size_t i;

	for (i = 0; i < tlbs->count; i++) {
		row = list_row(tlbs, i);
		if (!is_claim(row, measured))
			continue;
		if (row[TLB_type].text && !strcmp(row[TLB_type].text, "unified"))
			sum += row[TLB_entries].number;
		else if (row[TLB_entries].number > most)
			most = row[TLB_entries].number;
	}

	return sum > most ? sum : most;
}

/* Marks what was measured, and CPUID's rows about it; returns whether these are AMD's. */
static bool mark(struct list *tlbs, union value *measured)
{
	const char *range = list_keep(tlbs, format("%" PRIu64 "-%" PRIu64,
						   measured[TLB_entries].number,
						   measured[TLB_upto].number));
	union value *row;
	bool amd = false;
	size_t i;

	for (i = 0; i < tlbs->count; i++) {
		row = list_row(tlbs, i);
		if (!is_claim(row, measured))
			continue;
		amd |= !strcmp(row[TLB_source].text, "amd");
		row[TLB_measured].text = range;
	}
	measured[TLB_measured].text = "counts";

	return amd;
}

/* Says what contradicts what; a new string. */
static char *say(const union value *measured, uint64_t entries, bool amd)
{
	const uint64_t below = measured[TLB_entries].number;
	const uint64_t above = measured[TLB_upto].number;
	char *size = size_text(measured[TLB_page_size].number, false);
	char *text = format("level %" PRIu64 ", %s pages: CPUID says %" PRIu64
			    " entries, but %" PRIu64 " to %" PRIu64
			    " were measured, which count",
			    measured[TLB_level].number, size, entries, below, above);

	if (amd && measured[TLB_level].number == 2 &&
	    entries * AMD_UNIT >= below && entries * AMD_UNIT <= above)
		append(&text, ": %" PRIu64 " entries if CPUID counts in units of 32, as it says by 0x80000021 EAX bit 14, which a hypervisor may hide",
		       entries * AMD_UNIT);
	free(size);

	return text;
}

void tlbs_refute(struct list *tlbs, struct texts *said)
{
	union value *measured;
	uint64_t entries;
	size_t i;

	for (i = 0; i < tlbs->count; i++) {
		measured = list_row(tlbs, i);
		if (!is_measured(measured))
			continue;
		entries = claimed(tlbs, measured);
		if (!entries || (entries * COALESCED > measured[TLB_entries].number &&
				 entries < measured[TLB_upto].number * TAKEN))
			continue;
		texts_keep(said, say(measured, entries, mark(tlbs, measured)));
	}
}

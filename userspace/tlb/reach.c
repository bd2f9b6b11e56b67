// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "tlb/reach.h"
#include "tlb/tlb.h"

static const struct field_info reach_fields[REACH_FIELDS] = {
	[REACH_page_size] = COLUMN("page_size", BYTES, "memory that a leaf maps"),
	[REACH_mapped] = COLUMN("mapped", BYTES, "memory on pages of this size"),
	[REACH_accessed] = COLUMN("accessed", BYTES, "memory that accessed_leaves map"),
	[REACH_leaves] = COLUMN("leaves", ENTRIES, "TLB entries that mapped needs"),
	[REACH_accessed_leaves] = COLUMN("accessed_leaves", ENTRIES,
		"leaves with the accessed bit"),
	[REACH_level] = COLUMN("level", COUNT, "level of the last known data TLB for such pages"),
	[REACH_entries] = COLUMN("entries", ENTRIES, "entries of this TLB"),
	[REACH_source] = COLUMN("source", TEXT, "where entries comes from, as in the list of TLBs"),
	[REACH_reach] = COLUMN("reach", BYTES, "entries * page_size"),
	[REACH_mapped_part] = COLUMN("mapped%", PERCENT, "share of mapped that fits in reach"),
	[REACH_accessed_part] = COLUMN("accessed%", PERCENT, "share of accessed that fits in reach"),
};

const struct view view_reach = {
	.name = "reach",
	.fields = reach_fields,
	.count = REACH_FIELDS,
	.spare = COLUMNS(REACH_accessed_leaves, REACH_leaves),
};

static bool is_measured(const union value *tlb)
{
	return !strcmp(tlb[TLB_source].text, "measured");
}

bool tlb_serves(const union value *tlb)
{
	const char *type = tlb[TLB_type].text;

	return tlb[TLB_entries].number != UNKNOWN &&
	       (!type || (strcmp(type, "instruction") && strcmp(type, "store")));
}

/* Whether a TLB counts for such pages: not if a measurement contradicts it. */
static bool serves(const union value *tlb, uint64_t page_size)
{
	return tlb_serves(tlb) && tlb[TLB_page_size].number == page_size &&
	       (!tlb[TLB_measured].text || is_measured(tlb));
}

/*
 * Measured TLBs count only without others, or if they contradict these; then the highest
 * level wins.
 */
static uint64_t rank(const union value *tlb)
{
	const uint64_t known = !is_measured(tlb) || tlb[TLB_measured].text;

	return known << 32 | tlb[TLB_level].number;
}

/* Finds the TLB that limits the reach of pages of a size; false if none does. */
static bool find_last(const struct list *tlbs, uint64_t page_size,
		      union value *last)
{
	const union value *tlb;
	bool found = false;
	size_t i;

	for (i = 0; i < tlbs->count; i++) {
		tlb = list_row(tlbs, i);
		if (!serves(tlb, page_size) || (found && rank(tlb) < rank(last)))
			continue;
		/* the entries of all unified TLBs of a level can be used */
		if (found && rank(tlb) == rank(last) && tlb[TLB_type].text &&
		    !strcmp(tlb[TLB_type].text, "unified")) {
			last[TLB_entries].number += tlb[TLB_entries].number;
			last[TLB_reach].number += tlb[TLB_reach].number;
		} else if (!found || rank(tlb) > rank(last) ||
			   tlb[TLB_entries].number > last[TLB_entries].number) {
			memcpy(last, tlb, TLB_FIELDS * sizeof(*tlb));
		}
		found = true;
	}

	return found;
}

/* The number of a key that ends in a level; UNKNOWN if the key is missing. */
static uint64_t number(const struct pairs *pairs, const char *key,
		       unsigned int level)
{
	char *name = format("%s%u", key, level);
	const struct pair *pair = pairs_find(pairs, name);

	free(name);

	return pair && pair->is_number ? pair->number : UNKNOWN;
}

static void set_part(union value *part, uint64_t reach, uint64_t whole)
{
	if (whole && whole != UNKNOWN)
		part->real = reach < whole ? 100.0 * reach / whole : 100;
}

static void add_level(struct list *list, const struct model *model,
		      unsigned int level, const struct list *tlbs)
{
	const struct pairs *summary = &model->summary;
	const uint64_t size = pairs_level(&model->geometry, "entry_bytes", level);
	const uint64_t accessed = number(summary, "accessed", level);
	union value last[TLB_FIELDS], *row = list_add(list);

	row[REACH_page_size].number = size;
	row[REACH_mapped].number = number(summary, "bytes", level);
	row[REACH_leaves].number = number(summary, "leaf", level);
	row[REACH_accessed_leaves].number = accessed;
	if (accessed != UNKNOWN)
		row[REACH_accessed].number = accessed * size;
	if (!find_last(tlbs, size, last))
		return;
	row[REACH_level] = last[TLB_level];
	row[REACH_entries] = last[TLB_entries];
	row[REACH_source] = last[TLB_source];
	row[REACH_reach] = last[TLB_reach];
	set_part(&row[REACH_mapped_part], last[TLB_reach].number,
		 row[REACH_mapped].number);
	set_part(&row[REACH_accessed_part], last[TLB_reach].number,
		 row[REACH_accessed].number);
}

struct list list_reach(const struct model *model, const struct list *tlbs)
{
	struct list list = list_new(&view_reach);
	unsigned int level;

	for (level = 1; level <= PAGETREE_LEVELS; level++)
		if (pairs_level(&model->geometry, "leaves", level))
			add_level(&list, model, level, tlbs);

	return list;
}

// SPDX-License-Identifier: GPL-2.0-only
#ifdef __KERNEL__
#include <linux/stddef.h>
#else
#include <stddef.h>
#endif

#include "stats.h"

#define INDEX(member)							\
	(offsetof(struct pagetree_counts, member) / sizeof(unsigned long long))

const struct pagetree_field pagetree_fields[] = {
#define X(name, lowest, highest, type, meaning)	\
	{ #name, INDEX(name), lowest, highest },
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, type, meaning) { #name, INDEX(name), 0, 0 },
	PAGETREE_TOTAL_FIELDS(X)
#undef X
	{ }
};

/* A table is seen again by each walk through it, and by its neighbour's. */
static void tally_table(const struct pagetree_tally *tally,
			const struct pagetree_event *event)
{
	struct pagetree_counts *counts = tally->counts;

	tally->cost->tables++;
	if (event->base >= tally->fresh)
		counts->tables[event->level - 1]++;
	else if (tally->first)
		counts->borrowed[event->level - 1]++;
}

void pagetree_tally_event(const struct pagetree_tally *tally,
			  const struct pagetree_event *event)
{
	struct pagetree_counts *counts = tally->counts;
	const unsigned long bytes = event->end - event->start;
	const unsigned int level = event->level;
	/* only the first entry of a run can begin before the range */
	const unsigned long entries = event->entries -
				      (event->base < tally->fresh);

	if (event->kind == PAGETREE_TABLE_END)
		return;
	if (event->kind == PAGETREE_TABLE_RACED) {
		counts->retries++;
		tally->cost->retries++;
		return;
	}

	tally->cost->entries += event->entries;

	switch (event->kind) {
	case PAGETREE_HOLE:
		counts->holes[level] += entries;
		counts->hole_bytes += bytes;
		return;
	case PAGETREE_TABLE:
		tally_table(tally, event);
		return;
	case PAGETREE_LEAF:
	case PAGETREE_LEAF_ZERO:
	case PAGETREE_LEAF_SPECIAL:
		counts->leaf[level] += entries;
		counts->bytes[level] += bytes;
		if (event->flags & PAGETREE_PROTNONE)
			counts->protnone[level] += entries;
		if (event->kind == PAGETREE_LEAF_ZERO)
			counts->zero[level] += entries;
		else if (event->kind == PAGETREE_LEAF_SPECIAL)
			counts->special[level] += entries;
		break;
	case PAGETREE_SWAP:
		counts->swap[level] += entries;
		return;
	case PAGETREE_MIGRATION:
		counts->migration[level] += entries;
		break;
	case PAGETREE_HWPOISON:
		counts->hwpoison[level] += entries;
		break;
	case PAGETREE_DEVICE:
		counts->device[level] += entries;
		break;
	case PAGETREE_MARKER:
		counts->marker[level] += entries;
		return;
	default:
		counts->bad[level] += entries;
		tally->cost->skipped += entries;
		return;
	}

	/* what is left maps or holds a page; smaps leaves the zero pages out */
	if (event->kind != PAGETREE_LEAF_ZERO &&
	    event->kind != PAGETREE_LEAF_SPECIAL)
		counts->rss += bytes;
	if (tally->anon && level == 2 && event->kind != PAGETREE_HWPOISON &&
	    event->kind != PAGETREE_LEAF_SPECIAL)
		counts->deposited += entries;
}

void pagetree_counts_add(struct pagetree_counts *sum,
			 const struct pagetree_counts *row)
{
	const unsigned long long *from = (const unsigned long long *)row;
	unsigned long long *to = (unsigned long long *)sum;
	unsigned long i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One event to numbers, inline: stats.c makes functions of it, count.c makes it part
 * of the walk. Plain C.
 */
#ifndef PAGETREE_TALLY_H
#define PAGETREE_TALLY_H

#include "host.h"
#include "stats.h"

/* Each walk through a table reports it again, also the walk of the next VMA. */
static __always_inline void tally_table(const struct pagetree_tally *tally,
					const struct pagetree_event *event)
{
	struct pagetree_counts *counts = tally->counts;

	if (event->base >= tally->fresh)
		counts->tables[event->level - 1]++;
	else if (tally->first)
		counts->borrowed[event->level - 1]++;
}

/* pagetree_tally_resumed() */
static __always_inline void tally_resumed(const struct pagetree_tally *tally,
					  unsigned int lowest,
					  unsigned int levels)
{
	unsigned int level;

	/* as tally_table(): an earlier walk has counted them */
	for (level = lowest; tally->first && level <= levels; level++)
		tally->counts->borrowed[level]++;
}

static inline void tally_used(const struct pagetree_tally *tally,
			      const struct pagetree_event *event)
{
	const unsigned int level = event->level - 1;
	const unsigned int fill = fls64(event->entries);
	struct pagetree_counts *counts = tally->counts;
	struct pagetree_tables *tables = tally->tables;

	counts->used[level] += event->entries;
	counts->empty[level] += !event->entries;
	if (level == 1)
		counts->fill[fill]++;
	if (event->sharers) {
		counts->shared[level]++;
		counts->sharers[level] += event->sharers;
	}
	if (tables) {
		tables->fill[level][fill]++;
		tables->nodes[level * tables->node_count + event->node]++;
	}
}

static __always_inline void tally_leaf(const struct pagetree_tally *tally,
				       const struct pagetree_event *event,
				       unsigned long entries)
{
	struct pagetree_counts *counts = tally->counts;
	const unsigned int level = event->level, flags = event->flags;

	counts->leaf[level] += entries;
	counts->bytes[level] += event->end - event->start;
	if (event->kind == PAGETREE_LEAF_ZERO)
		counts->zero[level] += entries;
	else if (event->kind == PAGETREE_LEAF_SPECIAL)
		counts->special[level] += entries;
	if (flags & PAGETREE_WRITE)
		counts->writable[level] += entries;
	if (flags & PAGETREE_EXEC)
		counts->executable[level] += entries;
	if (flags & PAGETREE_USER)
		counts->user[level] += entries;
	if (flags & PAGETREE_ACCESSED)
		counts->accessed[level] += entries;
	if (flags & PAGETREE_DIRTY)
		counts->dirty[level] += entries;
	if (flags & PAGETREE_PROTNONE) {
		counts->protnone[level] += entries;
		/* userfaultfd uses the same bits to protect from reads */
		if (tally->open && !(flags & PAGETREE_UFFD))
			counts->numahint[level] += entries;
	}
	if (flags >> PAGETREE_PKEY_SHIFT)
		counts->pkey[level] += entries;
	if (flags & PAGETREE_CONTHINT)
		counts->conthint[level] += entries;
}

/* pagetree_cost_event() */
static __always_inline void cost_event(struct pagetree_cost *cost,
				       const struct pagetree_event *event)
{
	switch (event->kind) {
	case PAGETREE_TABLE_END:
	case PAGETREE_TABLE_USED:
		return;
	case PAGETREE_TABLE_RACED:
		cost->retries++;
		return;
	case PAGETREE_TABLE:
		cost->tables++;
		break;
	case PAGETREE_BAD:
		cost->skipped += event->entries;
		break;
	}
	cost->entries += event->entries;
}

/* pagetree_tally_event() */
static __always_inline void tally_event(const struct pagetree_tally *tally,
					const struct pagetree_event *event)
{
	struct pagetree_counts *counts = tally->counts;
	const unsigned long bytes = event->end - event->start;
	const unsigned int level = event->level;
	/* only the first entry of a run can start before the range */
	const unsigned long entries = event->entries -
				      (event->base < tally->fresh);

	cost_event(tally->cost, event);
	switch (event->kind) {
	case PAGETREE_HOLE:
		counts->holes[level] += entries;
		counts->hole_bytes += bytes;
		return;
	case PAGETREE_TABLE:
		tally_table(tally, event);
		return;
	case PAGETREE_TABLE_USED:
		tally_used(tally, event);
		return;
	case PAGETREE_TABLE_RACED:
		counts->retries++;
		return;
	case PAGETREE_TABLE_END:
		return;
	case PAGETREE_LEAF:
	case PAGETREE_LEAF_ZERO:
	case PAGETREE_LEAF_SPECIAL:
		tally_leaf(tally, event, entries);
		break;
	case PAGETREE_SWAP:
		counts->swap[level] += entries;
		break;
	case PAGETREE_MIGRATION:
		counts->migration[level] += entries;
		break;
	case PAGETREE_HWPOISON:
		counts->hwpoison[level] += entries;
		break;
	case PAGETREE_DEVICE:
		counts->device[level] += entries;
		break;
	case PAGETREE_GUARD:
		counts->guard[level] += entries;
		counts->marker[level] += entries;
		return;
	case PAGETREE_POISON:
		counts->poison[level] += entries;
		counts->marker[level] += entries;
		return;
	case PAGETREE_MARKER:
		counts->marker[level] += entries;
		return;
	default:
		counts->bad[level] += entries;
		return;
	}

	if (event->flags & PAGETREE_SOFTDIRTY)
		counts->softdirty[level] += entries;
	if (event->flags & PAGETREE_UFFD)
		counts->uffd[level] += entries;
	/* all other kinds hold a page; smaps does not count zero pages */
	if (event->kind == PAGETREE_SWAP)
		return;
	if (event->kind != PAGETREE_LEAF_ZERO &&
	    event->kind != PAGETREE_LEAF_SPECIAL)
		counts->rss += bytes;
	if (tally->anon && level == 2 && event->kind != PAGETREE_HWPOISON &&
	    event->kind != PAGETREE_LEAF_SPECIAL)
		counts->deposited += entries;
}

#endif /* PAGETREE_TALLY_H */

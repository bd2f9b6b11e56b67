// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rcupdate.h>

#include "entry.h"
#include "walk.h"

struct walk {
	struct pagetree_sink *sink;
	unsigned int levels;
	bool stopped;
};

/* Sends @event and gives back where the walk is then. */
static unsigned long say(struct walk *walk, enum pagetree_kind kind,
			 struct pagetree_event *event)
{
	event->kind = kind;
	walk->stopped = walk->sink->event(walk->sink, event);

	return walk->stopped && kind == PAGETREE_TABLE ? event->start :
							 event->end;
}

static unsigned long walk_table(struct walk *walk, const void *table,
				unsigned int level, unsigned long start,
				unsigned long end);

/* Says the table that @raw points to and its entries. */
static unsigned long walk_inside(struct walk *walk, pteval_t raw,
				 struct pagetree_event *event)
{
	unsigned long reached = say(walk, PAGETREE_TABLE, event);

	if (!walk->stopped)
		reached = walk_table(walk,
				     pagetree_table_below(event->level, raw),
				     event->level - 1, event->start, event->end);

	return reached;
}

/*
 * Says the table below entry @index, which was just read as @raw. False: the
 * entry has changed since, and nothing was said.
 */
static bool walk_below(struct walk *walk, const void *table, unsigned int index,
		       pteval_t raw, struct pagetree_event *event,
		       unsigned long *reached)
{
	const unsigned int level = event->level;
	bool before = true, after = true;

	if (level == 2) {
		rcu_read_lock();
		/* the copy is older than the section that keeps the table */
		before = pagetree_same_table(level, raw,
					     pagetree_load(table, index));
		if (before)
			*reached = walk_inside(walk, raw, event);
		after = pagetree_same_table(level, raw,
					    pagetree_load(table, index));
		rcu_read_unlock();
	} else {
		*reached = walk_inside(walk, raw, event);
	}
	if (!before)
		return false;

	if (!after && !walk->stopped)
		say(walk, PAGETREE_TABLE_RACED, event);
	if (!walk->stopped)
		say(walk, PAGETREE_TABLE_END, event);

	return true;
}

/* Says the entries of one table between two addresses that lie in its span. */
static unsigned long walk_table(struct walk *walk, const void *table,
				unsigned int level, unsigned long start,
				unsigned long end)
{
	const unsigned int shift = pagetree_shift(level);
	const unsigned long first = start >> shift, last = (end - 1) >> shift;
	unsigned int index = first &
			     (pagetree_entries(level, walk->levels) - 1);
	unsigned int left = last - first + 1, run;
	pteval_t raw = pagetree_load(table, index), next;
	struct pagetree_event event = { .level = level };
	enum pagetree_kind kind, next_kind;
	unsigned long reached = start;
	unsigned char next_flags;

	while (!walk->stopped) {
		kind = pagetree_classify(level, raw, &event.flags);
		next = raw;
		for (run = 1; run < left && kind != PAGETREE_TABLE; run++) {
			next = pagetree_load(table, index + run);
			if (pagetree_alike(level, kind, raw, next))
				continue;
			next_kind = pagetree_classify(level, next, &next_flags);
			/* a zero page is only believed of the entry re-read */
			if (next_kind != kind || next_flags != event.flags ||
			    (level == 2 && kind == PAGETREE_LEAF_ZERO))
				break;
		}

		event.start = reached;
		event.base = reached >> shift << shift;
		event.entries = run;
		event.end = run < left ? event.base + ((unsigned long)run << shift) :
					 end;

		if (kind == PAGETREE_TABLE) {
			if (!walk_below(walk, table, index, raw, &event,
					&reached)) {
				raw = pagetree_load(table, index);
				continue;
			}
		} else if (level == 2 && kind == PAGETREE_LEAF_ZERO &&
			   pagetree_load(table, index) != raw) {
			raw = pagetree_load(table, index);
			continue;
		} else {
			reached = say(walk, kind, &event);
		}

		left -= run;
		if (!left)
			break;
		index += run;
		raw = kind == PAGETREE_TABLE ? pagetree_load(table, index) : next;
	}

	return reached;
}

unsigned long pagetree_walk(const struct pagetree_root *root,
			    unsigned long start, unsigned long end,
			    struct pagetree_sink *sink)
{
	struct walk walk = { .sink = sink, .levels = root->level };
	/* as if an entry above the root pointed to it */
	struct pagetree_event event = {
		.start = start, .end = end, .level = root->level + 1,
	};
	unsigned long reached = say(&walk, PAGETREE_TABLE, &event);

	if (!walk.stopped)
		reached = walk_table(&walk, root->table, root->level, start, end);
	if (!walk.stopped) {
		event.end = reached;
		say(&walk, PAGETREE_TABLE_END, &event);
	}

	return reached;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk, as static functions of the file that includes this. Before, that file
 * defines
 *
 *	static int walk_event(struct pagetree_sink *sink,
 *			      const struct pagetree_event *event);
 *
 * the receiver of all events, with the contract of struct pagetree_sink. Where it is
 * inlined, no event is ever stored: walk.c has one that calls sink->event(), count.c
 * one that counts. Both walks are this source.
 */
#include "entry.h"
#include "stretch.h"
#include "walk.h"

struct walk {
	struct pagetree_sink *sink;
	struct pagetree_cursor *cursor;
	struct mm_struct *mm;
	unsigned int levels;
	bool hugetlb;
	bool stopped;
};

/* An entry as it was read, and its kind. */
struct entry {
	pteval_t raw;
	enum pagetree_kind kind;
	unsigned short flags;
};

/*
 * Classifies an entry of level 1 or 2, and remembers what it is. Reads it again, under
 * the lock of its table, if its kind depends on the page that it maps: only the entry
 * keeps that page from being freed, and the memory from being unplugged.
 */
static noinline void classify_new(struct walk *walk, const void *table,
				  unsigned int level, unsigned int index,
				  struct entry *entry)
{
	struct pagetree_known *known = walk->cursor->known[level - 1];

	if (level != 2 || walk->hugetlb || !pagetree_depends_on_page(entry->raw)) {
		entry->kind = pagetree_classify(level, entry->raw, &entry->flags);
	} else if (walk->mm) {
		spinlock_t *lock = pagetree_table_lock(walk->mm, table, index);

		entry->raw = pagetree_load(table, index);
		entry->kind = pagetree_classify_locked(level, entry->raw,
						       &entry->flags);
		spin_unlock(lock);
	} else {
		entry->kind = pagetree_classify_locked(level, entry->raw,
						       &entry->flags);
	}
	if (entry->kind != PAGETREE_TABLE &&
	    !pagetree_any_frame(level, entry->kind, entry->flags))
		return;
	known[1] = known[0];
	known[0].bits = entry->raw | PAGETREE_FRAME;
	known[0].kind = entry->kind;
	known[0].flags = entry->flags;
}

/*
 * Reads an entry. Most are holes, or have all bits in common with one of the last
 * two other than the frame.
 */
static __always_inline void read_entry(struct walk *walk, const void *table,
				       unsigned int level, unsigned int index,
				       struct entry *entry)
{
	const pteval_t raw = pagetree_load(table, index);
	const struct pagetree_known *known;

	entry->raw = raw;
	if (level > 2) {
		entry->kind = pagetree_classify(level, raw, &entry->flags);
		return;
	}
	if (!raw) {
		entry->kind = PAGETREE_HOLE;
		entry->flags = 0;
		return;
	}
	known = walk->cursor->known[level - 1];
	if ((raw | PAGETREE_FRAME) != known->bits)
		known++;
	if ((raw | PAGETREE_FRAME) != known->bits) {
		classify_new(walk, table, level, index, entry);
		return;
	}
	entry->kind = known->kind;
	entry->flags = known->flags;
}

/* Sends @event. Return: the address that the walk has reached then. */
static __always_inline unsigned long emit(struct walk *walk,
					  enum pagetree_kind kind,
					  struct pagetree_event *event)
{
	event->kind = kind;
	walk->stopped = walk_event(walk->sink, event);

	return walk->stopped && kind == PAGETREE_TABLE ? event->start :
							 event->end;
}

/* Counts the entries in use in [@index, @end). */
static noinline unsigned int count_used(const void *table, unsigned int index,
					unsigned int end)
{
	const pteval_t *entry = (const pteval_t *)table + index;
	const pteval_t *const stop = (const pteval_t *)table + end;
	unsigned int used = 0, i;

	for (; stop - entry >= 8; entry += 8) {
		/* tables that a VMA covers in part are mostly nearly empty */
		if (!pagetree_is_used(pagetree_load(entry, 0) |
				      pagetree_load(entry, 1) |
				      pagetree_load(entry, 2) |
				      pagetree_load(entry, 3) |
				      pagetree_load(entry, 4) |
				      pagetree_load(entry, 5) |
				      pagetree_load(entry, 6) |
				      pagetree_load(entry, 7)))
			continue;
		for (i = 0; i < 8; i++)
			used += pagetree_is_used(pagetree_load(entry, i));
	}
	for (; entry < stop; entry++)
		used += pagetree_is_used(pagetree_load(entry, 0));

	return used;
}

static __always_inline struct pagetree_open
open_table(const void *table, unsigned int level, unsigned long base)
{
	return (struct pagetree_open) {
		.there = true,
		.base = base,
		.node = pagetree_table_node(table),
		.sharers = level == 2 ? pagetree_table_sharers(table) : 0,
	};
}

/* Reports a table, below the entry of @event, and how many of its entries are in use. */
static noinline void emit_used(struct pagetree_sink *sink,
			       struct pagetree_event event,
			       const struct pagetree_open *open)
{
	event.kind = PAGETREE_TABLE_USED;
	event.entries = open->used;
	event.node = open->node;
	event.sharers = open->sharers;
	walk_event(sink, &event);
}

/* Reports the open table of a level, if there is one. */
static void close_table(struct pagetree_sink *sink, unsigned int level)
{
	struct pagetree_open *open = &sink->open[level];

	if (open->there)
		emit_used(sink, (struct pagetree_event) { .level = level + 1 },
			  open);
	open->there = false;
}

static void walk_finish(struct pagetree_sink *sink)
{
	for (unsigned int level = 1; level <= PAGETREE_LEVELS; level++)
		close_table(sink, level);
}

/*
 * Counts the entries from @index on, at most @left, with the kind and the flags
 * of the first. Sets @next to the entry after them, if there is one.
 */
static __always_inline unsigned int
run_length(struct walk *walk, const void *table, unsigned int level,
	   unsigned int index, unsigned int left, const struct entry *first,
	   struct stretch *stretch, struct entry *next)
{
	const bool leaf = pagetree_is_leaf(first->kind);
	/* where frames are translated, the sink finds out which go on */
	const bool alone = leaf && walk->sink->frames &&
			   pagetree_frames_translated();
	const bool any_frame = !alone && pagetree_any_frame(level, first->kind,
							    first->flags);
	unsigned int run = 0;

	*next = *first;
	for (;;) {
		if (leaf)
			stretch_add(walk->sink, level, stretch, index + run,
				    next->raw);
		if (run + 1 == left)
			run++;
		else if (any_frame)
			run += same_leaves(walk->sink, table, level, index + run,
					   left - run, next->raw, stretch);
		else if (leaf)
			run++;
		else
			run += same_entries(table, index + run, left - run,
					    next->raw);
		if (run == left)
			break;

		read_entry(walk, table, level, index + run, next);
		if (next->kind != first->kind || next->flags != first->flags)
			break;
		if (alone || (leaf && walk->sink->frames &&
			      !pagetree_same_translation(next->raw,
							 stretch->expected)))
			break;
	}

	return run;
}

/* The walks of a table of level 1, of level 2 and of those above. */
static unsigned long walk_leaves(struct walk *walk, const void *table,
				 unsigned long start, unsigned long end,
				 unsigned int *used);
static unsigned long walk_middle(struct walk *walk, const void *table,
				 unsigned long start, unsigned long end,
				 unsigned int *used);
static unsigned long walk_upper(struct walk *walk, const void *table,
				unsigned int level, unsigned long start,
				unsigned long end, unsigned int *used);

static __always_inline unsigned long
walk_table(struct walk *walk, const void *table, unsigned int level,
	   unsigned long start, unsigned long end, unsigned int *used)
{
	switch (level) {
	case 1:
		return walk_leaves(walk, table, start, end, used);
	case 2:
		return walk_middle(walk, table, start, end, used);
	default:
		return walk_upper(walk, table, level, start, end, used);
	}
}

/* Reports the table that the entry of @event points to, and its entries. */
static __always_inline unsigned long
walk_inside(struct walk *walk, const void *table, unsigned int level,
	    struct pagetree_event *event)
{
	struct pagetree_open *open = walk->sink->open && level < walk->levels ?
				     &walk->sink->open[level] : NULL;
	const bool fresh = event->base >= walk->sink->fresh;
	const bool whole = fresh && !open;
	unsigned long reached = emit(walk, PAGETREE_TABLE, event);
	struct pagetree_open met;
	unsigned int used = 0;

	if (walk->stopped)
		return reached;
	if (level > 1) {
		walk->cursor->at = event->start;
		walk->cursor->lowest = level;
		walk->cursor->table[level] = table;
	}
	if (fresh)
		met = open_table(table, level, event->base);
	if (open && (fresh || open->base != event->base)) {
		close_table(walk->sink, level);
		if (fresh)
			*open = met;
	}

	/* upper tables: now, since the walk may stop inside */
	if (whole && level > 1) {
		met.used = count_used(table, 0,
				      pagetree_user_entries(level, walk->levels));
		emit_used(walk->sink, *event, &met);
	}
	reached = walk_table(walk, table, level, event->start, event->end,
			     &used);
	if (whole && level == 1) {
		const unsigned int shift = pagetree_shift(level);

		met.used = used +
			   count_used(table, 0,
				      (event->start - event->base) >> shift) +
			   count_used(table, ((reached - 1 - event->base) >> shift) + 1,
				      pagetree_user_entries(level, walk->levels));
		emit_used(walk->sink, *event, &met);
	}
	if (open)
		open->used += used;

	return reached;
}

/*
 * Reports the table below entry @index, which was read as event->raw. The copy may
 * be older than the RCU section: only a table to which the entry still points is
 * sure to stay until the end of the section. Today that matters for PTE tables
 * alone, whose removal no lock of the walk prevents.
 *
 * Return: false if the entry has changed since: nothing was reported.
 */
static __always_inline bool
walk_below(struct walk *walk, const void *table, unsigned int level,
	   unsigned int index, struct pagetree_event *event,
	   unsigned long *reached)
{
	const pteval_t raw = event->raw;
	const void *below = pagetree_table_below(level, raw);

	if (!pagetree_still_points(table, level, index, raw))
		return false;
	if (level == 2)
		below = pagetree_table_map(below);
	*reached = walk_inside(walk, below, level - 1, event);
	if (level == 2)
		pagetree_table_unmap(below);

	/* even if the sink ended the walk: the events may be stale */
	if (!pagetree_still_points(table, level, index, raw)) {
		event->kind = PAGETREE_TABLE_RACED;
		walk_event(walk->sink, event);
		walk->cursor->lowest = 0;
	}
	if (!walk->stopped)
		emit(walk, PAGETREE_TABLE_END, event);

	return true;
}

/*
 * Reports the entries of one table between two addresses in its span. Adds the
 * number of those in use, and not seen by an earlier walk, to @used.
 */
static __always_inline unsigned long
walk_entries(struct walk *walk, const void *table, unsigned int level,
	     unsigned long start, unsigned long end, unsigned int *used)
{
	const unsigned int shift = pagetree_shift(level);
	const unsigned long first = start >> shift, last = (end - 1) >> shift;
	unsigned int index = first &
			     (pagetree_entries(level, walk->levels) - 1);
	unsigned int left = last - first + 1, run;
	struct pagetree_event event = { .level = level };
	struct stretch stretch = { };
	unsigned long reached = start;
	struct entry entry, next;

	read_entry(walk, table, level, index, &entry);
	while (!walk->stopped) {
		if (!pagetree_is_leaf(entry.kind))
			stretch_end(walk->sink, level, &stretch, index);
		run = 1;
		if (level == 1 || entry.kind != PAGETREE_TABLE)
			run = run_length(walk, table, level, index, left,
					 &entry, &stretch, &next);

		event.raw = entry.raw;
		event.flags = entry.flags;
		event.start = reached;
		event.base = reached >> shift << shift;
		event.entries = run;
		event.end = run < left ? event.base + ((unsigned long)run << shift) :
					 end;

		if (level > 1 && entry.kind == PAGETREE_TABLE) {
			if (!walk_below(walk, table, level, index, &event,
					&reached)) {
				read_entry(walk, table, level, index, &entry);
				continue;
			}
		} else {
			reached = emit(walk, entry.kind, &event);
		}
		/* an entry that starts below the range was seen before */
		if (entry.kind != PAGETREE_HOLE)
			*used += run - (event.base < walk->sink->fresh);

		index += run;
		left -= run;
		if (!left)
			break;
		if (level > 1 && entry.kind == PAGETREE_TABLE)
			read_entry(walk, table, level, index, &entry);
		else
			entry = next;
	}
	stretch_end(walk->sink, level, &stretch, index);

	return reached;
}

static noinline unsigned long walk_leaves(struct walk *walk, const void *table,
					  unsigned long start,
					  unsigned long end, unsigned int *used)
{
	return walk_entries(walk, table, 1, start, end, used);
}

static noinline unsigned long walk_middle(struct walk *walk, const void *table,
					  unsigned long start,
					  unsigned long end, unsigned int *used)
{
	return walk_entries(walk, table, 2, start, end, used);
}

static noinline unsigned long walk_upper(struct walk *walk, const void *table,
					 unsigned int level,
					 unsigned long start,
					 unsigned long end, unsigned int *used)
{
	return walk_entries(walk, table, level, start, end, used);
}

/* Walks from the root table. */
static noinline unsigned long walk_root(struct walk *walk, const void *table,
					unsigned long start, unsigned long end)
{
	/* as if an entry of a level above pointed to the root */
	struct pagetree_event event = {
		.start = start, .end = end, .level = walk->levels + 1,
	};
	unsigned long reached = walk_inside(walk, table, walk->levels, &event);

	if (!walk->stopped) {
		event.end = reached;
		emit(walk, PAGETREE_TABLE_END, &event);
	}

	return reached;
}

/*
 * The level of the lowest table of @cursor that spans both addresses, which are
 * not below the cursor's; 0 if there is none below the root.
 */
static unsigned int cursor_level(const struct pagetree_cursor *cursor,
				 unsigned int levels, unsigned long start,
				 unsigned long end)
{
	const unsigned long differ = (cursor->at ^ start) |
				     (cursor->at ^ (end - 1));
	unsigned int level;

	for (level = cursor->lowest; level && level < levels; level++)
		if (!(differ >> pagetree_shift(level + 1)))
			return level;

	return 0;
}

/*
 * Walks a range below one entry of @table, of level 2, without the loop over its
 * entries: most VMAs are that small. Return: false if the range is larger or the entry
 * points to no table: nothing was reported.
 */
static __always_inline bool walk_one(struct walk *walk, const void *table,
				     unsigned long start, unsigned long end,
				     unsigned int *used, unsigned long *reached)
{
	const unsigned int shift = pagetree_shift(2);
	const unsigned int index = (start >> shift) &
				   (pagetree_entries(2, walk->levels) - 1);
	struct pagetree_event event = {
		.start = start, .end = end, .base = start >> shift << shift,
		.entries = 1, .level = 2,
	};
	struct entry entry;

	if (start >> shift != (end - 1) >> shift)
		return false;
	read_entry(walk, table, 2, index, &entry);
	event.raw = entry.raw;
	if (entry.kind != PAGETREE_TABLE ||
	    !walk_below(walk, table, 2, index, &event, reached))
		return false;
	/* as in walk_entries() */
	*used += event.base >= walk->sink->fresh;

	return true;
}

/* pagetree_walk(); the root has a cursor */
static __always_inline unsigned long walk_range(const struct pagetree_root *root,
						unsigned long start,
						unsigned long end,
						struct pagetree_sink *sink)
{
	struct walk walk = {
		.sink = sink, .cursor = root->cursor, .mm = root->mm,
		.levels = root->level, .hugetlb = root->hugetlb,
	};
	const unsigned int level = cursor_level(root->cursor, root->level,
						start, end);
	unsigned long reached;
	unsigned int used = 0;

	sink->resumed = level;
	if (!level)
		return walk_root(&walk, root->table, start, end);
	if (level != 2 || !walk_one(&walk, root->cursor->table[2], start, end,
				    &used, &reached))
		reached = walk_table(&walk, root->cursor->table[level], level,
				     start, end, &used);
	if (sink->open)
		sink->open[level].used += used;

	return reached;
}

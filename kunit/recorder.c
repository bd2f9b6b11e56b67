// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/ctype.h>

#include "../module/walk.h"
#include "recorder.h"
#include "synth.h"

/* Checks start, end and number of entries of an event. */
static const char *shape(const struct recorder *recorder,
			 const struct pagetree_event *event)
{
	const unsigned int level = event->level;
	const unsigned long first = synth_base(event->start, level);
	const unsigned long last = synth_base(event->end - 1, level);
	const bool root = level > recorder->levels;

	if (event->base != (root ? 0 : first))
		return "base";
	if (event->end <= event->start || event->end > recorder->to)
		return "end";
	if (root)
		return event->entries ? "entries of the root" : NULL;
	if (event->entries != (last - first) / SPAN(level) + 1)
		return "entries";
	if (event->end != recorder->to && event->end % SPAN(level))
		return "an end within an entry";
	if (synth_base(last, level + 1) != synth_base(first, level + 1))
		return "a run over the end of its table";

	return NULL;
}

/* Compares each entry of an event with the tree. */
static const char *truth(const struct recorder *recorder,
			 const struct pagetree_event *event)
{
	const unsigned int level = event->level;
	const struct synth_table *table;
	const struct synth_drawn *drawn;
	unsigned long addr, frame = 0;
	unsigned int index;

	for (addr = event->start; addr < event->end;
	     addr = synth_next(addr, level)) {
		table = synth_table(recorder->synth, addr, level);
		if (!table)
			return "level of an entry";
		index = synth_index(addr, level);
		drawn = &table->drawn[index];
		if (synth_kind(drawn->what) != event->kind)
			return "kind of an entry";
		if (drawn->flags != event->flags)
			return "flags of an entry";
		if (addr == event->start && table->entries[index] != event->raw)
			return "copy of the first entry";
		if (recorder->sink.frames && strchr("LRDNZX", drawn->what) &&
		    addr != event->start &&
		    drawn->frame != frame + SPAN(level) / PAGE_SIZE)
			return "frame of an entry";
		frame = drawn->frame;
	}

	return NULL;
}

/* Whether the first frame of @event is the next one after the previous entry. */
static bool frames_go_on(const struct recorder *recorder,
			 const struct pagetree_event *event)
{
	const struct synth_table *table =
		synth_table(recorder->synth, event->start, event->level);
	const unsigned int index = synth_index(event->start, event->level);

	return table->drawn[index].frame == table->drawn[index - 1].frame +
					    SPAN(event->level) / PAGE_SIZE;
}

/* Whether the last run should have included this one. */
static bool is_cut(const struct recorder *recorder,
		   const struct pagetree_event *event)
{
	const struct pagetree_event *last = &recorder->last;

	if (!last->entries || last->end != event->start ||
	    last->level != event->level || last->kind != event->kind ||
	    last->flags != event->flags ||
	    event->start == synth_base(event->start, event->level + 1))
		return false;
	if (recorder->sink.frames && pagetree_is_leaf(event->kind))
		return frames_go_on(recorder, event);

	return true;
}

/* Checks the number of entries in use: sent once, for the whole table. */
static const char *judge_used(struct recorder *recorder,
			      const struct pagetree_event *event)
{
	const unsigned int level = event->level - 1;
	const struct synth_table *table;
	unsigned int i, used = 0;

	if (event->level != recorder->level + 1)
		return "level of a table in use";
	if (event->start != recorder->opened[event->level])
		return "start of a table in use";
	if (event->base < recorder->sink.fresh)
		return "use of a table reported before";
	if (recorder->used[event->level])
		return "use of a table reported twice";
	recorder->used[event->level] = true;
	if (level > 1 && recorder->at != event->start)
		return "use of a table reported late";
	if (!recorder->synth)
		return NULL;
	if (level == 1 && recorder->at != event->end && !recorder->stop)
		return "use of a PTE table reported early";

	table = synth_table(recorder->synth, event->start, level);
	for (i = 0; i < synth_user_entries(level); i++)
		used += table->drawn[i].what != '.';
	if (event->entries != used)
		return "number of entries in use";
	if (event->sharers != (level == 2 ? table->sharers : 0))
		return "number of sharers";
	if (event->node != page_to_nid(virt_to_page(table->entries)))
		return "node of a table";

	return NULL;
}

/* Whether the entries in use of a table were reported, if they had to be. */
static const char *judge_left(const struct recorder *recorder,
			      unsigned int level)
{
	const bool root = level > recorder->levels;
	const unsigned long base = root ? 0 :
		synth_base(recorder->opened[level], level);

	return recorder->used[level] == (base >= recorder->sink.fresh) ?
		       NULL : "use of a table not reported";
}

/* Whether the walk was told to stop; then only some kinds may still follow. */
static bool is_stopped(const struct recorder *recorder)
{
	return recorder->stop && recorder->count == recorder->stop;
}

static const char *judge(struct recorder *recorder,
			 const struct pagetree_event *event)
{
	const char *wrong;

	if (event->kind == PAGETREE_TABLE_USED)
		return judge_used(recorder, event);
	wrong = shape(recorder, event);
	if (wrong)
		return wrong;

	switch (event->kind) {
	case PAGETREE_TABLE:
		if (event->level != recorder->level)
			return "level of a table";
		if (event->start != recorder->at)
			return "start of a table";
		recorder->opened[event->level] = event->start;
		recorder->used[event->level] = false;
		recorder->level--;
		if (event->level > recorder->levels)
			return event->raw || event->flags ? "root" : NULL;
		break;
	case PAGETREE_TABLE_RACED:
	case PAGETREE_TABLE_END:
		if (event->level != recorder->level + 1)
			return "level of an ended table";
		if (event->start != recorder->opened[event->level])
			return "start of an ended table";
		if (event->end != recorder->at && !is_stopped(recorder))
			return "end of an ended table";
		if (event->kind == PAGETREE_TABLE_END)
			recorder->level++;
		return judge_left(recorder, event->level);
	default:
		if (event->level != recorder->level)
			return "level";
		if (event->start != recorder->at)
			return "start";
		if (recorder->synth && is_cut(recorder, event))
			return "a run cut in two";
		recorder->at = event->end;
		recorder->last = *event;
	}

	return recorder->synth ? truth(recorder, event) : NULL;
}

int recorder_event(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct recorder *recorder = container_of(sink, struct recorder, sink);

	if (!recorder->wrong) {
		recorder->wrong = judge(recorder, event);
		recorder->culprit = *event;
	}
	if (event->kind == PAGETREE_TABLE_USED) {
		recorder->used_count++;
		recorder->entries_used[event->level - 1] = event->entries;
		/* the walk ignores this */
		return 1;
	}
	recorder->last_kind = event->kind;
	if (recorder->count < RECORDED)
		recorder->events[recorder->count] = *event;
	if (event->kind == PAGETREE_TABLE_RACED) {
		/* the walk ignores this, too */
		recorder->count++;
		recorder->stop += !!recorder->stop;
		return 1;
	}
	if (is_stopped(recorder) && !recorder->wrong)
		recorder->wrong = "event after the end";

	return ++recorder->count == recorder->stop;
}

struct recorder *recorder_create(struct kunit *test)
{
	struct recorder *recorder =
		kunit_kzalloc(test, sizeof(*recorder), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, recorder);

	return recorder;
}

void recorder_init(struct recorder *recorder, const struct synth *synth,
		   unsigned long start, unsigned long end, unsigned int stop)
{
	*recorder = (struct recorder) {
		.sink = {
			.event = recorder_event,
			.fresh = recorder->sink.fresh,
			.frames = recorder->sink.frames,
		},
		.synth = synth,
		.to = end,
		.at = start,
		.level = synth->root.level + 1,
		.levels = synth->root.level,
		.stop = stop,
	};
}

unsigned long recorder_walk(struct kunit *test, struct recorder *recorder,
			    const struct pagetree_root *root)
{
	const struct pagetree_event *culprit = &recorder->culprit;
	unsigned long reached = pagetree_walk(root, recorder->at, recorder->to,
					      &recorder->sink);
	unsigned int level = recorder->level + 1;

	/* the tables that the walk stopped in, unless before their entries */
	if (recorder->last_kind == PAGETREE_TABLE)
		level++;
	for (; !recorder->wrong && level <= recorder->levels + 1; level++)
		recorder->wrong = judge_left(recorder, level);
	if (recorder->wrong)
		KUNIT_FAIL(test,
			   "wrong %s: level %u kind %u flags %#x %#lx-%#lx base %#lx entries %lu",
			   recorder->wrong, culprit->level, culprit->kind,
			   culprit->flags, culprit->start, culprit->end,
			   culprit->base, culprit->entries);
	if (recorder->count != recorder->stop) {
		KUNIT_EXPECT_EQ(test, reached, recorder->to);
		KUNIT_EXPECT_EQ(test, recorder->at, recorder->to);
		KUNIT_EXPECT_EQ(test, recorder->level, recorder->levels + 1);
	}

	return reached;
}

unsigned long record(struct kunit *test, struct recorder *recorder,
		     const struct synth *synth, unsigned long start,
		     unsigned long end, unsigned int stop)
{
	recorder_init(recorder, synth, start, end, stop);

	return recorder_walk(test, recorder, &synth->root);
}

static const char letters[] = {
	[PAGETREE_HOLE] = '.',
	[PAGETREE_TABLE] = '{',
	[PAGETREE_TABLE_END] = '}',
	[PAGETREE_TABLE_RACED] = '!',
	[PAGETREE_LEAF] = 'L',
	[PAGETREE_LEAF_ZERO] = 'Z',
	[PAGETREE_LEAF_SPECIAL] = 'X',
	[PAGETREE_SWAP] = 's',
	[PAGETREE_MIGRATION] = 'm',
	[PAGETREE_HWPOISON] = 'p',
	[PAGETREE_DEVICE] = 'd',
	[PAGETREE_MARKER] = 'k',
	[PAGETREE_GUARD] = 'g',
	[PAGETREE_POISON] = 'q',
	[PAGETREE_BAD] = 'b',
};

static char letter_of(const struct pagetree_event *event)
{
	if (event->kind != PAGETREE_LEAF)
		return letters[event->kind];
	if (event->flags & PAGETREE_PROTNONE)
		return 'N';
	if (!(event->flags & PAGETREE_WRITE))
		return 'R';

	return event->flags & PAGETREE_DIRTY ? 'D' : 'L';
}

const char *recorder_text(struct kunit *test, const struct recorder *recorder,
			  unsigned int top)
{
	const size_t size = RECORDED * 8;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	unsigned int i, length = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_LE(test, recorder->count, (unsigned int)RECORDED);
	for (i = 0; i < recorder->count; i++) {
		const struct pagetree_event *event = &recorder->events[i];

		if (event->level > top)
			continue;
		length += scnprintf(text + length, size - length, "%s%c",
				    length ? " " : "",
				    letter_of(event));
		if (event->kind != PAGETREE_TABLE &&
		    event->kind != PAGETREE_TABLE_END &&
		    event->kind != PAGETREE_TABLE_RACED)
			length += scnprintf(text + length, size - length, "%lu",
					    event->entries);
	}

	return text;
}

const char *synth_scaled(struct kunit *test, const char *from,
			 unsigned int top)
{
	const size_t size = RECORDED * 8;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	unsigned int length = 0, depth = 0;
	unsigned long number;

	KUNIT_ASSERT_NOT_NULL(test, text);
	while (*from) {
		if (!isdigit(*from)) {
			depth += (*from == '{') - (*from == '}');
			text[length++] = *from++;
			continue;
		}
		for (number = 0; isdigit(*from); from++)
			number = number * 10 + *from - '0';
		if (number > 256)
			number += (depth ? SYNTH_ENTRIES :
					   synth_user_entries(top)) - 512;
		length += scnprintf(text + length, size - length, "%lu", number);
	}

	return text;
}

static bool same_event(const struct pagetree_event *a,
		       const struct pagetree_event *b)
{
	return a->start == b->start && a->end == b->end && a->base == b->base &&
	       a->entries == b->entries && a->kind == b->kind &&
	       a->flags == b->flags && a->level == b->level &&
	       a->raw == b->raw;
}

/*
 * Whether @rest has the events of @whole from @addr on. No run crosses @addr, but
 * tables may: their second part starts there.
 */
static bool is_rest(const struct recorder *whole, const struct recorder *rest,
		    unsigned long addr)
{
	unsigned int i, j = 0;

	for (i = 0; i < whole->count; i++) {
		struct pagetree_event event = whole->events[i];

		if (event.end <= addr)
			continue;
		event.start = max(event.start, addr);
		if (j == rest->count || !same_event(&event, &rest->events[j++]))
			return false;
	}

	return j == rest->count;
}

void recorder_expect_stops(struct kunit *test, struct synth *synth,
			   const struct recorder *whole, unsigned long start,
			   unsigned long end)
{
	struct recorder *part = recorder_create(test);
	unsigned int i, j, used;
	unsigned long reached;

	part->sink.frames = whole->sink.frames;
	for (i = 0; i < whole->count; i++) {
		const struct pagetree_event *last = &whole->events[i];

		part->sink.fresh = 0;
		reached = record(test, part, synth, start, end, i + 1);
		KUNIT_EXPECT_EQ(test, part->count, i + 1);
		for (j = 0; j <= i; j++)
			KUNIT_EXPECT_TRUE(test, same_event(&part->events[j],
							   &whole->events[j]));
		KUNIT_EXPECT_EQ(test, reached, last->kind == PAGETREE_TABLE ?
					       last->start : last->end);
		if (reached == end)
			continue;
		used = part->used_count;
		part->sink.fresh = reached;
		record(test, part, synth, reached, end, 0);
		/* tables that were not entered are reported again */
		if (last->kind != PAGETREE_TABLE)
			KUNIT_EXPECT_EQ_MSG(test, whole->used_count,
					    used + part->used_count,
					    "stopped at event %u", i);
		KUNIT_EXPECT_TRUE_MSG(test, is_rest(whole, part, reached),
				      "stopped at event %u, resumed at %#lx", i,
				      reached);
	}
}

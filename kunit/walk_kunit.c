// SPDX-License-Identifier: GPL-2.0-only
/* From tables to events. */
#include <kunit/test.h>
#include <linux/ctype.h>

#include "../module/walk.c"
#include "suites.h"
#include "synth.h"

#define KEPT	64

/**
 * struct listener - hears a walk, and checks each event by itself and against
 *	the letters of the tree
 * @sink: the walk's
 * @synth: the tree, NULL if it changes under the walk
 * @to: where the walk is to end
 * @at: how far it is
 * @level: of the entries it is at
 * @levels: of the tree
 * @opened: by level of the entry, where a table was begun
 * @used: likewise, whether it was said how many of its entries are in use
 * @used_said: so often that was said; these events are not in @count and @said
 * @entries_used: by level of the table, what was said last
 * @last: the run said last, of the table it is in
 * @stop: after so many events, those apart whose answer has no effect
 * @count: so many were said
 * @heard: kind of the one said last
 * @wrong: what was wrong with the first event that was
 * @culprit: that event
 * @said: the first few
 */
struct listener {
	struct pagetree_sink sink;
	const struct synth *synth;
	unsigned long to;
	unsigned long at;
	unsigned int level;
	unsigned int levels;
	unsigned long opened[SYNTH_LEVELS + 2];
	bool used[SYNTH_LEVELS + 2];
	unsigned int used_said;
	unsigned long entries_used[SYNTH_LEVELS + 1];
	struct pagetree_event last;
	unsigned int stop;
	unsigned int count;
	enum pagetree_kind heard;
	const char *wrong;
	struct pagetree_event culprit;
	struct pagetree_event said[KEPT];
};

/* Where the event has to begin and end, and how many entries that is. */
static const char *shape(const struct listener *listener,
			 const struct pagetree_event *event)
{
	const unsigned int level = event->level;
	const unsigned long first = synth_base(event->start, level);
	const unsigned long last = synth_base(event->end - 1, level);
	const bool root = level > listener->levels;

	if (event->base != (root ? 0 : first))
		return "base";
	if (event->end <= event->start || event->end > listener->to)
		return "end";
	if (root)
		return event->entries ? "entries of the root" : NULL;
	if (event->entries != (last - first) / SPAN(level) + 1)
		return "entries";
	if (event->end != listener->to && event->end % SPAN(level))
		return "an end within an entry";
	if (synth_base(last, level + 1) != synth_base(first, level + 1))
		return "a run over the end of its table";

	return NULL;
}

/* Whether the tree has that, entry by entry. */
static const char *truth(const struct listener *listener,
			 const struct pagetree_event *event)
{
	const unsigned int level = event->level;
	const struct synth_table *table;
	const struct synth_drawn *drawn;
	unsigned long addr, frame = 0;
	unsigned int index;

	for (addr = event->start; addr < event->end;
	     addr = synth_next(addr, level)) {
		table = synth_table(listener->synth, addr, level);
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
		if (listener->sink.frames && strchr("LRDNZX", drawn->what) &&
		    addr != event->start &&
		    drawn->frame != frame + SPAN(level) / PAGE_SIZE)
			return "frame of an entry";
		frame = drawn->frame;
	}

	return NULL;
}

/* Whether the first frame of @event is the one behind that of the entry before. */
static bool frames_go_on(const struct listener *listener,
			 const struct pagetree_event *event)
{
	const struct synth_table *table =
		synth_table(listener->synth, event->start, event->level);
	const unsigned int index = synth_index(event->start, event->level);

	return table->drawn[index].frame == table->drawn[index - 1].frame +
					    SPAN(event->level) / PAGE_SIZE;
}

/* Whether a run could have been longer. */
static bool is_cut(const struct listener *listener,
		   const struct pagetree_event *event)
{
	const struct pagetree_event *last = &listener->last;

	if (!last->entries || last->end != event->start ||
	    last->level != event->level || last->kind != event->kind ||
	    last->flags != event->flags ||
	    event->start == synth_base(event->start, event->level + 1))
		return false;
	/* each of which is looked at by itself */
	if (event->kind == PAGETREE_LEAF_ZERO && event->level == 2)
		return false;
	if (listener->sink.frames && pagetree_is_leaf(event->kind))
		return frames_go_on(listener, event);

	return true;
}

/* How many entries of a table are in use: said once, of the whole table. */
static const char *judge_used(struct listener *listener,
			      const struct pagetree_event *event)
{
	const unsigned int level = event->level - 1;
	const struct synth_table *table;
	unsigned int i, used = 0;

	if (event->level != listener->level + 1)
		return "level of a table in use";
	if (event->start != listener->opened[event->level])
		return "start of a table in use";
	if (event->base < listener->sink.fresh)
		return "use of a table said before";
	if (listener->used[event->level])
		return "use of a table said twice";
	listener->used[event->level] = true;
	if (level > 1 && listener->at != event->start)
		return "use of a table said late";
	if (!listener->synth)
		return NULL;
	if (level == 1 && listener->at != event->end && !listener->stop)
		return "use of a PTE table said early";

	table = synth_table(listener->synth, event->start, level);
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

/* Whether the use of a table was said if it had to be. */
static const char *judge_left(const struct listener *listener,
			      unsigned int level)
{
	const bool root = level > listener->levels;
	const unsigned long base = root ? 0 :
		synth_base(listener->opened[level], level);

	return listener->used[level] == (base >= listener->sink.fresh) ?
		       NULL : "use of a table not said";
}

/* Whether the walk was told to stop; only some events may still come. */
static bool is_stopped(const struct listener *listener)
{
	return listener->stop && listener->count == listener->stop;
}

static const char *judge(struct listener *listener,
			 const struct pagetree_event *event)
{
	const char *wrong;

	if (event->kind == PAGETREE_TABLE_USED)
		return judge_used(listener, event);
	wrong = shape(listener, event);
	if (wrong)
		return wrong;

	switch (event->kind) {
	case PAGETREE_TABLE:
		if (event->level != listener->level)
			return "level of a table";
		if (event->start != listener->at)
			return "start of a table";
		listener->opened[event->level] = event->start;
		listener->used[event->level] = false;
		listener->level--;
		if (event->level > listener->levels)
			return event->raw || event->flags ? "root" : NULL;
		break;
	case PAGETREE_TABLE_RACED:
	case PAGETREE_TABLE_END:
		if (event->level != listener->level + 1)
			return "level of an ended table";
		if (event->start != listener->opened[event->level])
			return "start of an ended table";
		if (event->end != listener->at && !is_stopped(listener))
			return "end of an ended table";
		if (event->kind == PAGETREE_TABLE_END)
			listener->level++;
		return judge_left(listener, event->level);
	default:
		if (event->level != listener->level)
			return "level";
		if (event->start != listener->at)
			return "start";
		if (listener->synth && is_cut(listener, event))
			return "a run cut in two";
		listener->at = event->end;
		listener->last = *event;
	}

	return listener->synth ? truth(listener, event) : NULL;
}

static int hear(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct listener *listener = container_of(sink, struct listener, sink);

	if (!listener->wrong) {
		listener->wrong = judge(listener, event);
		listener->culprit = *event;
	}
	if (event->kind == PAGETREE_TABLE_USED) {
		listener->used_said++;
		listener->entries_used[event->level - 1] = event->entries;
		/* which has no effect */
		return 1;
	}
	listener->heard = event->kind;
	if (listener->count < KEPT)
		listener->said[listener->count] = *event;
	if (event->kind == PAGETREE_TABLE_RACED) {
		/* which has no effect either */
		listener->count++;
		listener->stop += !!listener->stop;
		return 1;
	}
	if (is_stopped(listener) && !listener->wrong)
		listener->wrong = "event after the end";

	return ++listener->count == listener->stop;
}

static struct listener *new_listener(struct kunit *test)
{
	struct listener *listener =
		kunit_kzalloc(test, sizeof(*listener), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, listener);

	return listener;
}

static void listener_init(struct listener *listener, const struct synth *synth,
			  unsigned long start, unsigned long end,
			  unsigned int stop)
{
	*listener = (struct listener) {
		.sink = {
			.event = hear,
			.fresh = listener->sink.fresh,
			.frames = listener->sink.frames,
		},
		.synth = synth,
		.to = end,
		.at = start,
		.level = synth->root.level + 1,
		.levels = synth->root.level,
		.stop = stop,
	};
}

static unsigned long listener_walk(struct kunit *test,
				   struct listener *listener,
				   const struct pagetree_root *root)
{
	const struct pagetree_event *culprit = &listener->culprit;
	unsigned long reached = pagetree_walk(root, listener->at, listener->to,
					      &listener->sink);
	unsigned int level = listener->level + 1;

	/* of the tables that the walk stopped in, if not before their entries */
	if (listener->heard == PAGETREE_TABLE)
		level++;
	for (; !listener->wrong && level <= listener->levels + 1; level++)
		listener->wrong = judge_left(listener, level);
	if (listener->wrong)
		KUNIT_FAIL(test,
			   "wrong %s: level %u kind %u flags %#x %#lx-%#lx base %#lx entries %lu",
			   listener->wrong, culprit->level, culprit->kind,
			   culprit->flags, culprit->start, culprit->end,
			   culprit->base, culprit->entries);
	if (listener->count != listener->stop) {
		KUNIT_EXPECT_EQ(test, reached, listener->to);
		KUNIT_EXPECT_EQ(test, listener->at, listener->to);
		KUNIT_EXPECT_EQ(test, listener->level, listener->levels + 1);
	}

	return reached;
}

/* Walks until so many events were said; 0 for all. Returns the address reached. */
static unsigned long listen(struct kunit *test, struct listener *listener,
			    const struct synth *synth, unsigned long start,
			    unsigned long end, unsigned int stop)
{
	listener_init(listener, synth, start, end, stop);

	return listener_walk(test, listener, &synth->root);
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

/*
 * What was said of entries up to @top: letters as in synth.h, each with how
 * many entries, tables as { } and, if they raced, with a !.
 */
static const char *tell(struct kunit *test, const struct listener *listener,
			unsigned int top)
{
	const size_t size = KEPT * 8;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	unsigned int i, length = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_LE(test, listener->count, (unsigned int)KEPT);
	for (i = 0; i < listener->count; i++) {
		const struct pagetree_event *event = &listener->said[i];

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

/*
 * @says is written for tables of 512 entries: here for those that there are, of
 * which the highest may be @top, the root, and the kernel's in part.
 */
static const char *scaled(struct kunit *test, const char *says,
			  unsigned int top)
{
	const size_t size = KEPT * 8;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	unsigned int length = 0, depth = 0;
	unsigned long number;

	KUNIT_ASSERT_NOT_NULL(test, text);
	while (*says) {
		if (!isdigit(*says)) {
			depth += (*says == '{') - (*says == '}');
			text[length++] = *says++;
			continue;
		}
		number = simple_strtoul(says, (char **)&says, 10);
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
 * Whether @rest is what remains of @whole from @addr on. No run crosses @addr,
 * but tables may; their later part begins there.
 */
static bool is_rest(const struct listener *whole, const struct listener *rest,
		    unsigned long addr)
{
	unsigned int i, j = 0;

	for (i = 0; i < whole->count; i++) {
		struct pagetree_event event = whole->said[i];

		if (event.end <= addr)
			continue;
		event.start = max(event.start, addr);
		if (j == rest->count || !same_event(&event, &rest->said[j++]))
			return false;
	}

	return j == rest->count;
}

/*
 * Stopped at any event, a walk says nothing more and returns where it is, and
 * one that begins there says the rest. Of each table it is once said how many
 * of its entries are in use.
 */
static void expect_stops(struct kunit *test, struct synth *synth,
			 const struct listener *whole, unsigned long start,
			 unsigned long end)
{
	struct listener *part = new_listener(test);
	unsigned int i, j, used;
	unsigned long reached;

	part->sink.frames = whole->sink.frames;
	for (i = 0; i < whole->count; i++) {
		const struct pagetree_event *last = &whole->said[i];

		part->sink.fresh = 0;
		reached = listen(test, part, synth, start, end, i + 1);
		KUNIT_EXPECT_EQ(test, part->count, i + 1);
		for (j = 0; j <= i; j++)
			KUNIT_EXPECT_TRUE(test, same_event(&part->said[j],
							   &whole->said[j]));
		KUNIT_EXPECT_EQ(test, reached, last->kind == PAGETREE_TABLE ?
					       last->start : last->end);
		if (reached == end)
			continue;
		used = part->used_said;
		part->sink.fresh = reached;
		listen(test, part, synth, reached, end, 0);
		/* tables that begin where one wasn't entered are said again */
		if (last->kind != PAGETREE_TABLE)
			KUNIT_EXPECT_EQ_MSG(test, whole->used_said,
					    used + part->used_said,
					    "stopped at event %u", i);
		KUNIT_EXPECT_TRUE_MSG(test, is_rest(whole, part, reached),
				      "stopped at event %u, resumed at %#lx", i,
				      reached);
	}
}

struct walk_case {
	const char *name;
	struct synth_picture picture;
	const char *says;
};

static void walk_name(const struct walk_case *walk_case, char *name)
{
	strscpy(name, walk_case->name, KUNIT_PARAM_DESC_SIZE);
}

/* Of the table drawn highest; the way down to it is checked by judge(). */
static const struct walk_case walk_cases[] = {
	/* every level */
	{ "leaves at level 1",
	  { { [1] = "LLL" } }, "L3 .509" },
	{ "leaves at level 2",
	  { { [2] = "LLL" } }, "L3 .509" },
	{ "leaves at level 3",
	  { { [3] = "LLL" } }, "L3 .509" },
	{ "a leaf at each level",
	  { { [3] = "LT", [2] = "LT", [1] = "L" } },
	  "L1 { L1 { L1 .511 } .510 } .510" },
	{ "nothing below level 1",
	  { { [1] = "" } }, ".512" },
	{ "nothing below level 2",
	  { { [2] = "" } }, ".512" },
	{ "nothing below level 3",
	  { { [3] = "" } }, ".512" },
	{ "nothing below level 4",
	  { { [4] = "" }, .to = 256 * SPAN(4) }, ".256" },
	{ "an empty PTE table",
	  { { [2] = ".T." } }, ".1 { .512 } .510" },
	{ "an empty table at each level",
	  { { [4] = "T.T", [3] = "T.T", [2] = "T.T" }, .to = 4 * SPAN(4) },
	  "{ { { .512 } .1 { .512 } .509 } .1 { .512 } .509 } .1 { .512 } .1" },

	/* every kind */
	{ "kinds of leaves at level 1",
	  { { [1] = "LNZXR" } }, "L1 N1 Z1 X1 R1 .507" },
	{ "kinds of leaves at level 2",
	  { { [2] = "LNZXR" } }, "L1 N1 Z1 X1 R1 .507" },
	{ "kinds of leaves at level 3",
	  { { [3] = "LNXR" } }, "L1 N1 X1 R1 .508" },
	{ "swap at level 1",
	  { { [1] = ".sss." } }, ".1 s3 .508" },
	{ "migration at level 1",
	  { { [1] = ".mmm." } }, ".1 m3 .508" },
	{ "hwpoison at level 1",
	  { { [1] = ".ppp." } }, ".1 p3 .508" },
	{ "device pages at level 1",
	  { { [1] = ".ddd." } }, ".1 d3 .508" },
	{ "markers at level 1",
	  { { [1] = ".kkk." } }, ".1 k3 .508" },
	{ "guard regions at level 1",
	  { { [1] = "gg.gk" } }, "g2 .1 g1 k1 .507" },
	{ "poison at level 1",
	  { { [1] = "qqqk" } }, "q3 k1 .508" },
	{ "migration at level 2",
	  { { [2] = ".mmm." } }, ".1 m3 .508" },
	{ "hwpoison at level 2",
	  { { [2] = ".ppp." } }, ".1 p3 .508" },
	{ "device pages at level 2",
	  { { [2] = ".ddd." } }, ".1 d3 .508" },
	{ "markers at level 2",
	  { { [2] = ".kkk." } }, ".1 k3 .508" },
	{ "migration at level 3",
	  { { [3] = ".mmm." } }, ".1 m3 .508" },
	{ "hwpoison at level 3",
	  { { [3] = ".ppp." } }, ".1 p3 .508" },
	{ "markers at level 3",
	  { { [3] = ".kkk." } }, ".1 k3 .508" },
	{ "each is a run of its own",
	  { { [1] = "LNLZXsmkLs" } },
	  "L1 N1 L1 Z1 X1 s1 m1 k1 L1 s1 .502" },
	{ "bad entries at level 2 aren't followed",
	  { { [2] = "bTbb", [1] = "L" } }, "b1 { L1 .511 } b2 .508" },
	{ "bad entries at level 3 aren't followed",
	  { { [3] = "bTbb", [2] = "L" } }, "b1 { L1 .511 } b2 .508" },
	{ "bad entries at level 4 aren't followed",
	  { { [4] = "bTbb", [3] = "L" }, .to = 5 * SPAN(4) },
	  "b1 { L1 .511 } b2 .1" },

	/* runs */
	{ "the dirty bit splits a run",
	  { { [1] = "LDDLLD" } }, "L1 D2 L2 D1 .506" },
	{ "so does the right to write, at level 1",
	  { { [1] = "LRRLRD" } }, "L1 R2 L1 R1 D1 .506" },
	{ "at level 2",
	  { { [2] = "LRRLRD" } }, "L1 R2 L1 R1 D1 .506" },
	{ "at level 3",
	  { { [3] = "LRRLRD" } }, "L1 R2 L1 R1 D1 .506" },
	{ "PROT_NONE splits a run",
	  { { [1] = "LLNNLL" } }, "L2 N2 L2 .506" },
	{ "PROT_NONE splits a run at level 2",
	  { { [2] = "LLNNLL" } }, "L2 N2 L2 .506" },
	{ "PROT_NONE splits a run at level 3",
	  { { [3] = "LLNNLL" } }, "L2 N2 L2 .506" },
	{ "zero pages are a run, huge ones are looked at one by one",
	  { { [2] = "ZZZT", [1] = "ZZ" } }, "Z1 Z1 Z1 { Z2 .510 } .508" },
	{ "a full table",
	  { { [2] = "TT", [1] = "L*" } }, "{ L512 } { .512 } .510" },
	{ "a run ends with its table",
	  { { [3] = "TLT", [2] = "LL*" } }, "{ L512 } L1 { .512 } .509" },
	{ "a run of holes ends with its table",
	  { { [3] = ".TT.", [2] = ".L." } },
	  ".1 { .1 L1 .510 } { .512 } .509" },

	/* ranges */
	{ "one page",
	  { { [1] = "LLL" }, SPAN(1), 2 * SPAN(1) }, "L1" },
	{ "one page that isn't there",
	  { { [1] = "L.L" }, SPAN(1), 2 * SPAN(1) }, ".1" },
	{ "the last page of a table",
	  { { [1] = "L*" }, SPAN(2) - SPAN(1), SPAN(2) }, "L1" },
	{ "the last page of a table and the first of the next",
	  { { [2] = "TT", [1] = "L*" }, SPAN(2) - SPAN(1), SPAN(2) + SPAN(1) },
	  "{ L1 } { .1 }" },
	{ "an entry of each of two tables at level 3",
	  { { [4] = "TT", [3] = "L*" }, SPAN(4) - SPAN(3), SPAN(4) + SPAN(3) },
	  "{ L1 } { .1 }" },
	{ "addresses within a page",
	  { { [1] = "LLL." }, SPAN(1) + 1, 3 * SPAN(1) + 2 }, "L2 .1" },
	{ "from within a 2 MiB leaf",
	  { { [2] = "LT" }, SPAN(1), SPAN(2) + SPAN(1) }, "L1 { .1 }" },
	{ "to within a 2 MiB leaf",
	  { { [2] = "TL" }, SPAN(2) - SPAN(1), SPAN(2) + SPAN(1) },
	  "{ .1 } L1" },
	{ "within a 2 MiB leaf",
	  { { [2] = "LLL" }, SPAN(2) + SPAN(1), SPAN(2) + 3 * SPAN(1) }, "L1" },
	{ "from within a 2 MiB leaf to within another",
	  { { [2] = "LLLL" }, 3 * SPAN(1), 3 * SPAN(2) + SPAN(1) }, "L4" },
	{ "from within a 1 GiB leaf",
	  { { [3] = "LT" }, SPAN(1), SPAN(3) + SPAN(1) }, "L1 { .1 }" },
	{ "to within a 1 GiB leaf",
	  { { [3] = "TL" }, SPAN(3) - SPAN(2), SPAN(3) + SPAN(1) },
	  "{ .1 } L1" },
	{ "within a 1 GiB leaf",
	  { { [3] = "LLL" }, SPAN(3) + SPAN(1), SPAN(3) + 3 * SPAN(2) }, "L1" },
	{ "from within a 1 GiB leaf to within another",
	  { { [3] = "LLLL" }, 3 * SPAN(2), 3 * SPAN(3) + SPAN(1) }, "L4" },
	{ "from within a hole at level 2 to within another",
	  { { [2] = ".TL." }, SPAN(1), 3 * SPAN(2) + SPAN(1) },
	  ".1 { .512 } L1 .1" },
	{ "within a hole at level 2",
	  { { [2] = "L.L" }, SPAN(2) + SPAN(1), SPAN(2) + 2 * SPAN(1) }, ".1" },
	{ "from within a hole at level 3 to within another",
	  { { [3] = "..L.." }, SPAN(1), 4 * SPAN(3) + SPAN(1) }, ".2 L1 .2" },
	{ "within a hole at level 3",
	  { { [3] = "L.L" }, SPAN(3) + SPAN(1), SPAN(3) + SPAN(2) }, ".1" },
	{ "from within a hole at level 4 to within another",
	  { { [4] = ".T.." }, SPAN(1), 3 * SPAN(4) + SPAN(1) },
	  ".1 { .512 } .2" },
	{ "within a hole at level 4",
	  { { [4] = "T.T" }, SPAN(4) + SPAN(1), SPAN(4) + SPAN(3) }, ".1" },
	{ "from within a migration entry at level 2 to within another",
	  { { [2] = "mmmm" }, 3 * SPAN(1), 3 * SPAN(2) + SPAN(1) }, "m4" },
	{ "within a bad entry at level 3",
	  { { [3] = "bbb" }, SPAN(3) + SPAN(1), SPAN(3) + SPAN(2) }, "b1" },
};

KUNIT_ARRAY_PARAM(walk, walk_cases, walk_name);

/* The same, where only a tree of 5 levels has the table. */
static const struct walk_case fifth_cases[] = {
	{ "nothing below level 5",
	  { { [5] = "" }, .to = 256 * SPAN(5) }, ".256" },
	{ "an empty table below level 5",
	  { { [5] = ".T." }, .to = 3 * SPAN(5) }, ".1 { .512 } .1" },
	{ "bad entries at level 5 aren't followed",
	  { { [5] = "bTbb", [4] = "T", [3] = "L" }, .to = 5 * SPAN(5) },
	  "b1 { { L1 .511 } .511 } b2 .1" },
	{ "an entry of each of two tables at level 4",
	  { { [5] = "TT", [4] = "T*" }, 511 * SPAN(4), 513 * SPAN(4) },
	  "{ { .512 } } { .1 }" },
	{ "from within a hole at level 5 to within another",
	  { { [5] = ".T.." }, SPAN(1), 3 * SPAN(5) + SPAN(1) },
	  ".1 { .512 } .2" },
	{ "within a hole at level 5",
	  { { [5] = "T.T" }, SPAN(5) + SPAN(1), SPAN(5) + SPAN(4) }, ".1" },
};

KUNIT_ARRAY_PARAM(fifth, fifth_cases, walk_name);

static void expect_case(struct kunit *test, unsigned int levels)
{
	const struct walk_case *walk_case = test->param_value;
	struct synth *synth = synth_create(test, levels);
	struct listener *whole = new_listener(test);
	unsigned int top = SYNTH_LEVELS;
	unsigned long start, end;

	while (!walk_case->picture.in[top])
		top--;
	if (top > levels)
		synth_skip(test, "a table that such a tree doesn't have");
	synth_draw(synth, &walk_case->picture, &start, &end);
	listen(test, whole, synth, start, end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, whole, top),
			   scaled(test, walk_case->says, top));
	expect_stops(test, synth, whole, start, end);
}

static void walk_two_levels(struct kunit *test)
{
	expect_case(test, 2);
}

static void walk_three_levels(struct kunit *test)
{
	expect_case(test, 3);
}

static void walk_four_levels(struct kunit *test)
{
	expect_case(test, 4);
}

static void walk_five_levels(struct kunit *test)
{
	expect_case(test, 5);
}

static void walk_level_five(struct kunit *test)
{
	expect_case(test, 5);
}

/*
 * highest level  ...........T|	and the same index below, to the page before the
 * level 1        ..........LL|	kernel's half, which is of no process
 */
static void walk_last_user_page(struct kunit *test)
{
	const unsigned int levels = pagetree_levels(), top = min(levels - 1, 3U);
	const unsigned long end = synth_user_entries(levels) * SPAN(levels);
	static const char *const says[] = {
		[1] = ".510 L2",
		[2] = ".511 { .510 L2 }",
		[3] = ".511 { .511 { .510 L2 } }",
	};
	struct synth *synth = synth_create(test, levels);
	struct listener *listener = new_listener(test);

	synth_put(synth, end - SPAN(1), 1, 'L');
	synth_put(synth, end - 2 * SPAN(1), 1, 'L');
	/* of the kernel's half */
	if (synth_user_entries(levels) < SYNTH_ENTRIES)
		synth_put(synth, end, 1, 'L');

	/* x86-64 leaves the last page out */
	KUNIT_EXPECT_EQ(test, end - IS_ENABLED(CONFIG_X86_64) * PAGE_SIZE,
			PAGETREE_USER_END);
	listen(test, listener, synth, end - 2 * SPAN(1), end - PAGE_SIZE, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 1), "L1");
	listen(test, listener, synth, end - SPAN(1), end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 1), "L1");
	listen(test, listener, synth, 0, end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, top),
			   scaled(test, says[top], top));
	expect_stops(test, synth, listener, 0, end);
}

/*
 * frames  012 45 5 4 3 8 89 8	in the order of the entries: a run of neighbours
 *				that read alike, and the runs of consecutive frames
 */
static void expect_frames(struct kunit *test, unsigned int level, char what)
{
	static const unsigned int numbers[] = { 0, 1, 2, 4, 5, 5, 4, 3, 8, 8, 9, 8 };
	const unsigned int levels = min(pagetree_levels(), 4U);
	struct synth *synth = synth_create(test, levels);
	struct listener *listener = new_listener(test);
	const unsigned long base = level < levels ? SPAN(levels) : 0;
	const unsigned int holes = synth_user_entries(level) - 12;
	const unsigned long end = base + (12 + holes) * SPAN(level);
	struct synth_drawn drawn;
	char expected[40];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		drawn = synth_letter(level, what, numbers[i]);
		drawn.frame = synth_letter(level, 'L', numbers[i]).frame;
		synth_put_drawn(synth, base + i * SPAN(level), level, &drawn);
	}
	listen(test, listener, synth, base, end, 0);
	snprintf(expected, sizeof(expected), "%c12 .%u", what, holes);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, level), expected);

	listener->sink.frames = true;
	listen(test, listener, synth, base, end, 0);
	snprintf(expected, sizeof(expected), "%c3 %c2 %c1 %c1 %c1 %c1 %c2 %c1 .%u",
		 what, what, what, what, what, what, what, what, holes);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, level), expected);
	expect_stops(test, synth, listener, base, end);
}

static void walk_runs_of_frames(struct kunit *test)
{
	unsigned int level;

	for (level = 1; level <= SYNTH_LEAF_LEVELS; level++) {
		expect_frames(test, level, 'L');
		/* which are looked at one by one at level 2 */
		expect_frames(test, level, 'R');
		/* where the frames are stored turned over */
		expect_frames(test, level, 'N');
	}
}

/*
 * level 3  LT.LL	of each table, what lies outside the range is counted and
 * level 2  T.sT	not followed
 * level 1  LL.[N]ms
 */
static void walk_tables_covered_in_part(struct kunit *test)
{
	const struct synth_picture picture = {
		{ [3] = "LT.LL", [2] = "T.sT", [1] = "LL.Nms" },
		SPAN(3) + 3 * SPAN(1), SPAN(3) + 4 * SPAN(1)
	};
	struct synth *synth = synth_create(test, 4);
	struct listener *listener = new_listener(test);
	unsigned long start, end;

	synth_draw(synth, &picture, &start, &end);
	listen(test, listener, synth, start, end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 1), "N1");
	KUNIT_EXPECT_EQ(test, listener->entries_used[1], 5);
	KUNIT_EXPECT_EQ(test, listener->entries_used[2], 3);
	KUNIT_EXPECT_EQ(test, listener->entries_used[3], 4);
	KUNIT_EXPECT_EQ(test, listener->entries_used[4], 1);
	KUNIT_EXPECT_EQ(test, listener->used_said, 4);

	/* all that begins below was said before */
	listener->sink.fresh = start;
	listen(test, listener, synth, start, end, 0);
	KUNIT_EXPECT_EQ(test, listener->used_said, 0);
	/* but for the two lower tables */
	listener->sink.fresh = start & -SPAN(3);
	listen(test, listener, synth, start, end, 0);
	KUNIT_EXPECT_EQ(test, listener->used_said, 2);
}

/**
 * struct race_case - somebody writes an entry while the walk goes on
 * @name: what happens
 * @when: at the first event of an entry of this level
 * @becomes: what stands there then; T is another table, A the same one after
 *	the CPU walked it
 * @says: what the walk says then
 */
struct race_case {
	const char *name;
	unsigned int when;
	char becomes;
	const char *says;
};

/*
 * level 2  .T...T		the first T is the one that is written
 * level 1   LL   .
 */
static const struct synth_picture race_picture = {
	{ [2] = ".T...T", [1] = "LL" }
};

static const struct race_case race_cases[] = {
	{ "unhooked while it is read", 1, '.',
	  ".1 { L2 .510 ! } .3 { .512 } .506" },
	{ "another table while it is read", 1, 'T',
	  ".1 { L2 .510 ! } .3 { .512 } .506" },
	{ "a huge page while it is read", 1, 'L',
	  ".1 { L2 .510 ! } .3 { .512 } .506" },
	{ "walked by the CPU while it is read", 1, 'A',
	  ".1 { L2 .510 } .3 { .512 } .506" },
	{ "unhooked before it is entered", 2, '.',
	  ".1 .4 { .512 } .506" },
	{ "another table before it is entered", 2, 'T',
	  ".1 { .512 } .3 { .512 } .506" },
	{ "a huge page before it is entered", 2, 'L',
	  ".1 L1 .3 { .512 } .506" },
	{ "walked by the CPU before it is entered", 2, 'A',
	  ".1 { L2 .510 } .3 { .512 } .506" },
};

static void race_name(const struct race_case *race_case, char *name)
{
	strscpy(name, race_case->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(race, race_cases, race_name);

#define RACE_LEVELS	min(pagetree_levels(), 4U)

struct racer {
	struct listener listener;
	unsigned int when;
	pteval_t *entry;
	pteval_t becomes;
};

static int race(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct racer *racer = container_of(sink, struct racer, listener.sink);

	if (event->kind != PAGETREE_TABLE &&
	    event->kind != PAGETREE_TABLE_USED && event->level == racer->when)
		WRITE_ONCE(*racer->entry, racer->becomes);

	return hear(sink, event);
}

static struct racer *new_racer(struct kunit *test,
			       const struct race_case *race_case,
			       struct synth **synth, unsigned int stop)
{
	struct racer *racer = kunit_kzalloc(test, sizeof(*racer), GFP_KERNEL);
	unsigned long start, end;

	KUNIT_ASSERT_NOT_NULL(test, racer);
	*synth = synth_create(test, RACE_LEVELS);
	synth_draw(*synth, &race_picture, &start, &end);
	listener_init(&racer->listener, *synth, start, end, stop);
	racer->listener.sink.event = race;
	racer->listener.synth = NULL;
	racer->when = race_case->when;
	racer->entry = &synth_table(*synth, start, 2)->entries[1];
	switch (race_case->becomes) {
	case 'T':
		racer->becomes = racer->entry[4];
		break;
	case 'A':
		racer->becomes = *racer->entry;
		*racer->entry ^= synth_table_accessed;
		break;
	default:
		synth_entry(2, race_case->becomes, 1, &racer->becomes);
	}

	return racer;
}

static void walk_races(struct kunit *test)
{
	const struct race_case *race_case = test->param_value;
	struct synth *synth;
	struct racer *racer = new_racer(test, race_case, &synth, 0);

	listener_walk(test, &racer->listener, &synth->root);
	KUNIT_EXPECT_STREQ(test, tell(test, &racer->listener, 2),
			   scaled(test, race_case->says, 2));
}

/* Stopped before, within or at the end of a table that raced. */
static void walk_stops_at_a_race(struct kunit *test)
{
	static const char *const says[] = {
		".1", ".1 {", ".1 { L2 !", ".1 { L2 .510 !", ".1 { L2 .510 ! }",
	};
	/* behind the tables of the highest level to 2 */
	const unsigned int first = RACE_LEVELS - 1;
	const unsigned long ends[] = {
		SPAN(2), SPAN(2), SPAN(2) + 2 * SPAN(1), 2 * SPAN(2),
		2 * SPAN(2),
	};
	struct synth *synth;
	struct racer *racer;
	unsigned long start;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(says); i++) {
		racer = new_racer(test, &race_cases[0], &synth, first + i + 1);
		start = racer->listener.at;
		KUNIT_EXPECT_EQ(test, start + ends[i],
				listener_walk(test, &racer->listener,
					      &synth->root));
		KUNIT_EXPECT_STREQ(test, tell(test, &racer->listener, 2),
				   scaled(test, says[i], 2));
	}
}

/*
 * level 1  LL..	the first hole is read to see where the leaves end, and is
 *			written then
 */
static void walk_reads_an_entry_once(struct kunit *test)
{
	struct synth *synth;
	struct racer *racer = new_racer(test, &race_cases[0], &synth, 0);
	unsigned long table = racer->listener.at + SPAN(2);

	racer->entry = &synth_table(synth, table, 1)->entries[2];
	synth_entry(1, 'N', 2, &racer->becomes);
	listener_walk(test, &racer->listener, &synth->root);
	KUNIT_EXPECT_STREQ(test, tell(test, &racer->listener, 2),
			   scaled(test, ".1 { L2 .510 } .3 { .512 } .506", 2));
	KUNIT_EXPECT_EQ(test, *racer->entry, racer->becomes);
}

/* A PTE table that has no address but the one that the walker gives it */
static void walk_table_in_high_memory(struct kunit *test)
{
#ifdef CONFIG_HIGHPTE
	struct synth *synth;
	struct racer *racer = new_racer(test, &race_cases[0], &synth, 0);
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_ZERO);
	pteval_t *entries;

	KUNIT_ASSERT_NOT_NULL(test, page);
	/* where the table below it has two leaves */
	entries = kmap_local_page(page);
	synth_entry(1, 'L', 3, &entries[3]);
	kunmap_local(entries);
	*racer->entry = synth_with_frame(*racer->entry, page_to_pfn(page));
	racer->becomes = *racer->entry;
	listener_walk(test, &racer->listener, &synth->root);
	KUNIT_EXPECT_STREQ(test, tell(test, &racer->listener, 2),
			   scaled(test, ".1 { .3 L1 .508 } .3 { .512 } .506", 2));
	if (!PageHighMem(page))
		kunit_info(test, "the page has an address");
	__free_page(page);
#else
	synth_skip(test, "all tables have an address");
#endif
}

KUNIT_ARRAY_PARAM(seeds, synth_seeds, synth_seed_name);

/*
 * A tree grown by chance. judge() compares each page with what was drawn, and
 * so it does when the walk is stopped anywhere and goes on from there.
 */
static void expect_grown(struct kunit *test, unsigned int levels)
{
	struct synth *synth = synth_create(test, levels);
	struct listener *listener = new_listener(test);
	unsigned long start, end;
	unsigned int stop = 10;

	synth_grow(synth, test->param_value, &start, &end);
	listener->sink.frames = true;
	listen(test, listener, synth, start, end, 0);
	listener->sink.frames = false;
	listen(test, listener, synth, start, end, 0);
	/* more than the tables on the way down, or it would not get on */
	for (; start < end; stop = stop * 7 % 97 + 10) {
		start = listen(test, listener, synth, start, end, stop);
		listener->sink.fresh = start;
	}
	KUNIT_EXPECT_EQ(test, start, end);
}

static void walk_grown_two_levels(struct kunit *test)
{
	expect_grown(test, 2);
}

static void walk_grown_three_levels(struct kunit *test)
{
	expect_grown(test, 3);
}

static void walk_grown_four_levels(struct kunit *test)
{
	expect_grown(test, 4);
}

static void walk_grown_five_levels(struct kunit *test)
{
	expect_grown(test, 5);
}

static struct kunit_case walk_kunit_cases[] = {
	KUNIT_CASE_PARAM(walk_two_levels, walk_gen_params),
	KUNIT_CASE_PARAM(walk_three_levels, walk_gen_params),
	KUNIT_CASE_PARAM(walk_four_levels, walk_gen_params),
	KUNIT_CASE_PARAM(walk_five_levels, walk_gen_params),
	KUNIT_CASE_PARAM(walk_level_five, fifth_gen_params),
	KUNIT_CASE(walk_last_user_page),
	KUNIT_CASE(walk_runs_of_frames),
	KUNIT_CASE(walk_tables_covered_in_part),
	KUNIT_CASE_PARAM(walk_races, race_gen_params),
	KUNIT_CASE(walk_stops_at_a_race),
	KUNIT_CASE(walk_reads_an_entry_once),
	KUNIT_CASE(walk_table_in_high_memory),
	KUNIT_CASE_PARAM(walk_grown_two_levels, seeds_gen_params),
	KUNIT_CASE_PARAM(walk_grown_three_levels, seeds_gen_params),
	KUNIT_CASE_PARAM(walk_grown_four_levels, seeds_gen_params),
	KUNIT_CASE_PARAM(walk_grown_five_levels, seeds_gen_params),
	{}
};

struct kunit_suite pagetree_walk_suite = {
	.name = "pagetree_walk",
	.suite_init = synth_init,
	.suite_exit = synth_exit,
	.test_cases = walk_kunit_cases,
};

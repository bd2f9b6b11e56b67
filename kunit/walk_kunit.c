// SPDX-License-Identifier: GPL-2.0-only
/* From tables to events. */
#include <kunit/test.h>

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
 * @stop: after so many events
 * @count: so many were said
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
	unsigned int stop;
	unsigned int count;
	const char *wrong;
	struct pagetree_event culprit;
	struct pagetree_event said[KEPT];
};

/* Where the event has to begin and end, and how many entries that is. */
static const char *shape(const struct listener *listener,
			 const struct pagetree_event *event)
{
	const bool root = event->level > listener->levels;
	const unsigned long span = SPAN(event->level);
	const unsigned long base = root ? 0 : event->start / span * span;

	if (event->base != base)
		return "base";
	if (event->end <= event->start || event->end > listener->to)
		return "end";
	if (root)
		return event->entries ? "entries of the root" : NULL;
	if (event->entries != (event->end - 1) / span - event->start / span + 1)
		return "entries";
	if (event->end != listener->to && event->end % span)
		return "an end within an entry";
	if ((event->end - 1) / SPAN(event->level + 1) !=
	    event->start / SPAN(event->level + 1))
		return "a run over the end of its table";

	return NULL;
}

/* Whether the tree has that, entry by entry. */
static const char *truth(const struct listener *listener,
			 const struct pagetree_event *event)
{
	unsigned int level;
	unsigned long addr;
	unsigned char flags;
	char what;

	for (addr = event->start; addr < event->end;
	     addr = (addr / SPAN(event->level) + 1) * SPAN(event->level)) {
		what = synth_translate(listener->synth, addr, &level);
		if (event->kind == PAGETREE_TABLE)
			return level < event->level ? NULL : "no table there";
		if (level != event->level)
			return "level of an entry";
		if (synth_kind(what, &flags) != event->kind)
			return "kind of an entry";
		if (flags != event->flags)
			return "flags of an entry";
	}

	return NULL;
}

static const char *judge(struct listener *listener,
			 const struct pagetree_event *event)
{
	const char *wrong = shape(listener, event);

	if (wrong)
		return wrong;

	switch (event->kind) {
	case PAGETREE_TABLE:
		if (event->level != listener->level)
			return "level of a table";
		if (event->start != listener->at)
			return "start of a table";
		listener->opened[event->level] = event->start;
		listener->level--;
		break;
	case PAGETREE_TABLE_RACED:
	case PAGETREE_TABLE_END:
		if (event->level != listener->level + 1)
			return "level of an ended table";
		if (event->start != listener->opened[event->level])
			return "start of an ended table";
		if (event->end != listener->at)
			return "end of an ended table";
		if (event->kind == PAGETREE_TABLE_END)
			listener->level++;
		return NULL;
	default:
		if (event->level != listener->level)
			return "level";
		if (event->start != listener->at)
			return "start";
		listener->at = event->end;
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
	if (listener->count < KEPT)
		listener->said[listener->count] = *event;

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
		.sink.event = hear,
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

	if (listener->wrong)
		KUNIT_FAIL(test,
			   "wrong %s: level %u kind %u flags %u %#lx-%#lx base %#lx entries %lu",
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
	[PAGETREE_BAD] = 'b',
};

/*
 * What was said of entries up to @top: letters as in synth.h, each with how
 * many entries, leaves as L or N, tables as { } and, if they raced, with a !.
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
				    event->flags ? 'N' : letters[event->kind]);
		if (event->kind != PAGETREE_TABLE &&
		    event->kind != PAGETREE_TABLE_END &&
		    event->kind != PAGETREE_TABLE_RACED)
			length += scnprintf(text + length, size - length, "%lu",
					    event->entries);
	}

	return text;
}

static bool same_event(const struct pagetree_event *a,
		       const struct pagetree_event *b)
{
	return a->start == b->start && a->end == b->end && a->base == b->base &&
	       a->entries == b->entries && a->kind == b->kind &&
	       a->flags == b->flags && a->level == b->level;
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
 * one that begins there says the rest.
 */
static void expect_stops(struct kunit *test, struct synth *synth,
			 const struct listener *whole, unsigned long start,
			 unsigned long end)
{
	struct listener *part = new_listener(test);
	unsigned long reached;
	unsigned int i, j;

	for (i = 0; i < whole->count; i++) {
		const struct pagetree_event *last = &whole->said[i];

		reached = listen(test, part, synth, start, end, i + 1);
		KUNIT_EXPECT_EQ(test, part->count, i + 1);
		for (j = 0; j <= i; j++)
			KUNIT_EXPECT_TRUE(test, same_event(&part->said[j],
							   &whole->said[j]));
		KUNIT_EXPECT_EQ(test, reached, last->kind == PAGETREE_TABLE ?
					       last->start : last->end);
		if (reached == end)
			continue;
		listen(test, part, synth, reached, end, 0);
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
	  { { [1] = "LNZXR" } }, "L1 N1 Z1 X1 L1 .507" },
	{ "kinds of leaves at level 2",
	  { { [2] = "LNZXR" } }, "L1 N1 Z1 X1 L1 .507" },
	{ "kinds of leaves at level 3",
	  { { [3] = "LNXR" } }, "L1 N1 X1 L1 .508" },
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
	{ "accessed and dirty bits split no run",
	  { { [1] = "LDDLLD" } }, "L6 .506" },
	{ "nor does the right to write, at level 1",
	  { { [1] = "LRRLRD" } }, "L6 .506" },
	{ "at level 2",
	  { { [2] = "LRRLRD" } }, "L6 .506" },
	{ "at level 3",
	  { { [3] = "LRRLRD" } }, "L6 .506" },
	{ "PROT_NONE splits a run",
	  { { [1] = "LLNNLL" } }, "L2 N2 L2 .506" },
	{ "PROT_NONE splits a run at level 2",
	  { { [2] = "LLNNLL" } }, "L2 N2 L2 .506" },
	{ "PROT_NONE splits a run at level 3",
	  { { [3] = "LLNNLL" } }, "L2 N2 L2 .506" },
	{ "zero pages are a run",
	  { { [2] = "ZZZT", [1] = "ZZ" } }, "Z3 { Z2 .510 } .508" },
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
	  { { [1] = "L*" }, 511 * SPAN(1), 512 * SPAN(1) }, "L1" },
	{ "the last page of a table and the first of the next",
	  { { [2] = "TT", [1] = "L*" }, 511 * SPAN(1), 513 * SPAN(1) },
	  "{ L1 } { .1 }" },
	{ "an entry of each of two tables at level 3",
	  { { [4] = "TT", [3] = "L*" }, 511 * SPAN(3), 513 * SPAN(3) },
	  "{ L1 } { .1 }" },
	{ "addresses within a page",
	  { { [1] = "LLL." }, SPAN(1) + 1, 3 * SPAN(1) + 2 }, "L2 .1" },
	{ "from within a 2 MiB leaf",
	  { { [2] = "LT" }, SPAN(1), SPAN(2) + SPAN(1) }, "L1 { .1 }" },
	{ "to within a 2 MiB leaf",
	  { { [2] = "TL" }, 511 * SPAN(1), SPAN(2) + SPAN(1) }, "{ .1 } L1" },
	{ "within a 2 MiB leaf",
	  { { [2] = "LLL" }, SPAN(2) + SPAN(1), SPAN(2) + 3 * SPAN(1) }, "L1" },
	{ "from within a 2 MiB leaf to within another",
	  { { [2] = "LLLL" }, 3 * SPAN(1), 3 * SPAN(2) + SPAN(1) }, "L4" },
	{ "from within a 1 GiB leaf",
	  { { [3] = "LT" }, SPAN(1), SPAN(3) + SPAN(1) }, "L1 { .1 }" },
	{ "to within a 1 GiB leaf",
	  { { [3] = "TL" }, 511 * SPAN(2), SPAN(3) + SPAN(1) }, "{ .1 } L1" },
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
	synth_draw(synth, &walk_case->picture, &start, &end);
	listen(test, whole, synth, start, end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, whole, top), walk_case->says);
	expect_stops(test, synth, whole, start, end);
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
 * level 4 or 5  ...........T|	and the same index below, to the page before the
 * level 1       ..........LL|	kernel's half, which is of no process
 */
static void walk_last_user_page(struct kunit *test)
{
	const unsigned int levels = pagetree_levels();
	const unsigned long end = 256 * SPAN(levels);
	struct synth *synth = synth_create(test, levels);
	struct listener *listener = new_listener(test);

	synth_put(synth, end - SPAN(1), 1, 'L');
	synth_put(synth, end - 2 * SPAN(1), 1, 'L');
	/* of the kernel's half */
	synth_put(synth, end, 1, 'L');

	KUNIT_EXPECT_EQ(test, end - PAGE_SIZE, TASK_SIZE_MAX);
	listen(test, listener, synth, end - 2 * SPAN(1), TASK_SIZE_MAX, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 1), "L1");
	listen(test, listener, synth, end - SPAN(1), end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 1), "L1");
	listen(test, listener, synth, 0, end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 3),
			   ".511 { .511 { .510 L2 } }");
	expect_stops(test, synth, listener, 0, end);
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

struct racer {
	struct listener listener;
	unsigned int when;
	pteval_t *entry;
	pteval_t becomes;
};

static int race(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct racer *racer = container_of(sink, struct racer, listener.sink);

	if (event->kind != PAGETREE_TABLE && event->level == racer->when)
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
	*synth = synth_create(test, 4);
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
		*racer->entry &= ~_PAGE_ACCESSED;
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
			   race_case->says);
}

/* Stopped before, within or at the end of a table that raced. */
static void walk_stops_at_a_race(struct kunit *test)
{
	static const char *const says[] = {
		".1", ".1 {", ".1 { L2", ".1 { L2 .510", ".1 { L2 .510 !",
		".1 { L2 .510 ! }",
	};
	/* behind the tables of levels 4 to 2 */
	const unsigned int first = 3;
	const unsigned long ends[] = {
		SPAN(2), SPAN(2), SPAN(2) + 2 * SPAN(1), 2 * SPAN(2),
		2 * SPAN(2), 2 * SPAN(2),
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
				   says[i]);
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
			   ".1 { L2 .510 } .3 { .512 } .506");
	KUNIT_EXPECT_EQ(test, *racer->entry, racer->becomes);
}

/*
 * level 2  ZZ	entries that differ: each has to be seen unchanged after its page
 *		was looked at, which the walk does for the first of a run
 */
static void walk_huge_zero_pages_one_by_one(struct kunit *test)
{
	const struct synth_picture picture = { { [2] = "ZZ" } };
	struct synth *synth = synth_create(test, 4);
	struct listener *listener = new_listener(test);
	unsigned long start, end;

	synth_draw(synth, &picture, &start, &end);
	synth_table(synth, start, 2)->entries[1] &= ~_PAGE_ACCESSED;
	listen(test, listener, synth, start, end, 0);
	KUNIT_EXPECT_STREQ(test, tell(test, listener, 2), "Z1 Z1 .510");
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
	listen(test, listener, synth, start, end, 0);
	/* more than the tables on the way down, or it would not get on */
	for (; start < end; stop = stop * 7 % 97 + 10)
		start = listen(test, listener, synth, start, end, stop);
	KUNIT_EXPECT_EQ(test, start, end);
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
	KUNIT_CASE_PARAM(walk_four_levels, walk_gen_params),
	KUNIT_CASE_PARAM(walk_five_levels, walk_gen_params),
	KUNIT_CASE_PARAM(walk_level_five, fifth_gen_params),
	KUNIT_CASE(walk_last_user_page),
	KUNIT_CASE_PARAM(walk_races, race_gen_params),
	KUNIT_CASE(walk_stops_at_a_race),
	KUNIT_CASE(walk_reads_an_entry_once),
	KUNIT_CASE(walk_huge_zero_pages_one_by_one),
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

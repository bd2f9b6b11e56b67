// SPDX-License-Identifier: GPL-2.0-only
/*
 * From tables to events. The file is long because a third of it is the table of
 * pictures.
 */
#include <kunit/test.h>

#include "../module/walk.c"
#include "recorder.h"
#include "suites.h"
#include "synth.h"

struct walk_case {
	const char *name;
	struct synth_picture picture;
	const char *expected;
};

static void walk_name(const struct walk_case *walk_case, char *name)
{
	strscpy(name, walk_case->name, KUNIT_PARAM_DESC_SIZE);
}

/* Expected: the highest table drawn. The recorder checks the path down to it. */
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
	{ "zero pages are a run, huge ones as well",
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

/* The same, for tables that only a tree of 5 levels has. */
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
	struct recorder *whole = recorder_create(test);
	unsigned int top = SYNTH_LEVELS;
	unsigned long start, end;

	while (!walk_case->picture.in[top])
		top--;
	if (top > levels)
		synth_skip(test, "a table that such a tree doesn't have");
	synth_draw(synth, &walk_case->picture, &start, &end);
	record(test, whole, synth, start, end, 0);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, whole, top),
			   synth_scaled(test, walk_case->expected, top));
	recorder_expect_stops(test, synth, whole, start, end);
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
 * highest level  ...........T|	and the same index in each table below, down to the
 * level 1        ..........LL|	last page before the kernel's half
 */
static void walk_last_user_page(struct kunit *test)
{
	const unsigned int levels = pagetree_levels(), top = min(levels - 1, 3U);
	const unsigned long end = synth_user_entries(levels) * SPAN(levels);
	static const char *const expected[] = {
		[1] = ".510 L2",
		[2] = ".511 { .510 L2 }",
		[3] = ".511 { .511 { .510 L2 } }",
	};
	struct synth *synth = synth_create(test, levels);
	struct recorder *recorder = recorder_create(test);

	synth_put(synth, end - SPAN(1), 1, 'L');
	synth_put(synth, end - 2 * SPAN(1), 1, 'L');
	/* in the kernel's half */
	if (synth_user_entries(levels) < SYNTH_ENTRIES)
		synth_put(synth, end, 1, 'L');

	/* on x86-64 user space ends a page earlier */
	KUNIT_EXPECT_EQ(test, end - IS_ENABLED(CONFIG_X86_64) * PAGE_SIZE,
			PAGETREE_USER_END);
	record(test, recorder, synth, end - 2 * SPAN(1), end - PAGE_SIZE, 0);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, recorder, 1), "L1");
	record(test, recorder, synth, end - SPAN(1), end, 0);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, recorder, 1), "L1");
	record(test, recorder, synth, 0, end, 0);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, recorder, top),
			   synth_scaled(test, expected[top], top));
	recorder_expect_stops(test, synth, recorder, 0, end);
}

/*
 * frames  012 45 5 4 3 8 89 8	in the order of the entries: one run without frames,
 *				and one for each group of consecutive frames
 */
static void expect_frames(struct kunit *test, unsigned int level, char what)
{
	static const unsigned int numbers[] = { 0, 1, 2, 4, 5, 5, 4, 3, 8, 8, 9, 8 };
	const unsigned int levels = min(pagetree_levels(), 4U);
	struct synth *synth = synth_create(test, levels);
	struct recorder *recorder = recorder_create(test);
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
	record(test, recorder, synth, base, end, 0);
	snprintf(expected, sizeof(expected), "%c12 .%u", what, holes);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, recorder, level), expected);

	recorder->sink.frames = true;
	record(test, recorder, synth, base, end, 0);
	snprintf(expected, sizeof(expected), "%c3 %c2 %c1 %c1 %c1 %c1 %c2 %c1 .%u",
		 what, what, what, what, what, what, what, what, holes);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, recorder, level), expected);
	recorder_expect_stops(test, synth, recorder, base, end);
}

static void walk_runs_of_frames(struct kunit *test)
{
	unsigned int level;

	for (level = 1; level <= SYNTH_LEAF_LEVELS; level++) {
		expect_frames(test, level, 'L');
		/* the walker checks these one by one at level 2 */
		expect_frames(test, level, 'R');
		/* their frames are stored inverted */
		expect_frames(test, level, 'N');
	}
}

/* struct zeros - a sink that counts what maps a zero page */
struct zeros {
	struct pagetree_sink sink;
	unsigned int count;
};

static int count_zeros(struct pagetree_sink *sink,
		       const struct pagetree_event *event)
{
	if (event->kind == PAGETREE_LEAF_ZERO)
		container_of(sink, struct zeros, sink)->count += event->entries;

	return 0;
}

/* level 2  ZR.Z	in a range of hugetlb no leaf maps the huge zero page */
static void walk_hugetlb_leaf_of_nothing(struct kunit *test)
{
	const struct synth_picture picture = { { [2] = "ZR.Z" }, 0, 4 * SPAN(2) };
	struct synth *synth = synth_create(test, 4);
	struct zeros zeros = { .sink.event = count_zeros };
	unsigned long start, end;

	synth_draw(synth, &picture, &start, &end);
	pagetree_walk(&synth->root, start, end, &zeros.sink);
	KUNIT_EXPECT_EQ(test, zeros.count, 2);

	synth->root.hugetlb = true;
	zeros.count = 0;
	pagetree_walk(&synth->root, start, end, &zeros.sink);
	KUNIT_EXPECT_EQ(test, zeros.count, 0);
}

/*
 * level 3  LT.LL	entries of a table outside the range are counted, but not
 * level 2  T.sT	followed
 * level 1  LL.[N]ms
 */
static void walk_tables_covered_in_part(struct kunit *test)
{
	const struct synth_picture picture = {
		{ [3] = "LT.LL", [2] = "T.sT", [1] = "LL.Nms" },
		SPAN(3) + 3 * SPAN(1), SPAN(3) + 4 * SPAN(1)
	};
	struct synth *synth = synth_create(test, 4);
	struct recorder *recorder = recorder_create(test);
	unsigned long start, end;

	synth_draw(synth, &picture, &start, &end);
	record(test, recorder, synth, start, end, 0);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, recorder, 1), "N1");
	KUNIT_EXPECT_EQ(test, recorder->entries_used[1], 5);
	KUNIT_EXPECT_EQ(test, recorder->entries_used[2], 3);
	KUNIT_EXPECT_EQ(test, recorder->entries_used[3], 4);
	KUNIT_EXPECT_EQ(test, recorder->entries_used[4], 1);
	KUNIT_EXPECT_EQ(test, recorder->used_count, 4);

	/* all tables that start below were reported before */
	recorder->sink.fresh = start;
	record(test, recorder, synth, start, end, 0);
	KUNIT_EXPECT_EQ(test, recorder->used_count, 0);
	/* but not the two lower tables */
	recorder->sink.fresh = start & -SPAN(3);
	record(test, recorder, synth, start, end, 0);
	KUNIT_EXPECT_EQ(test, recorder->used_count, 2);
}

/**
 * struct race_case - an entry changes during the walk
 * @name: what happens
 * @when: at the first event of an entry of this level
 * @becomes: the letter of the new entry; T is another table, A the same table
 *	with the accessed bit set by the CPU
 * @expected: the events of the walk
 */
struct race_case {
	const char *name;
	unsigned int when;
	char becomes;
	const char *expected;
};

/*
 * level 2  .T...T		the first T changes
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
	struct recorder recorder;
	unsigned int when;
	pteval_t *entry;
	pteval_t becomes;
};

static int race(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct racer *racer = container_of(sink, struct racer, recorder.sink);

	if (event->kind != PAGETREE_TABLE &&
	    event->kind != PAGETREE_TABLE_USED && event->level == racer->when)
		WRITE_ONCE(*racer->entry, racer->becomes);

	return recorder_event(sink, event);
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
	recorder_init(&racer->recorder, *synth, start, end, stop);
	racer->recorder.sink.event = race;
	racer->recorder.synth = NULL;
	racer->when = race_case->when;
	racer->entry = &synth_table(*synth, start, 2)->entries[1];
	switch (race_case->becomes) {
	case 'T':
		racer->becomes = racer->entry[4];
		break;
	case 'A':
		racer->becomes = *racer->entry;
		*racer->entry ^= SYNTH_TABLE_ACCESSED;
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

	recorder_walk(test, &racer->recorder, &synth->root);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, &racer->recorder, 2),
			   synth_scaled(test, race_case->expected, 2));
}

/* Stopped before, within or at the end of a table that raced. */
static void walk_stops_at_a_race(struct kunit *test)
{
	static const char *const expected[] = {
		".1", ".1 {", ".1 { L2 !", ".1 { L2 .510 !", ".1 { L2 .510 ! }",
	};
	/* after the tables of the highest level down to 2 */
	const unsigned int first = RACE_LEVELS - 1;
	const unsigned long ends[] = {
		SPAN(2), SPAN(2), SPAN(2) + 2 * SPAN(1), 2 * SPAN(2),
		2 * SPAN(2),
	};
	struct synth *synth;
	struct racer *racer;
	unsigned long start;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		racer = new_racer(test, &race_cases[0], &synth, first + i + 1);
		start = racer->recorder.at;
		KUNIT_EXPECT_EQ(test, start + ends[i],
				recorder_walk(test, &racer->recorder,
					      &synth->root));
		KUNIT_EXPECT_STREQ(test, recorder_text(test, &racer->recorder, 2),
				   synth_scaled(test, expected[i], 2));
	}
}

/*
 * level 1  LL..	the walk reads the first hole to find the end of the leaves;
 *			after that it changes
 */
static void walk_reads_an_entry_once(struct kunit *test)
{
	struct synth *synth;
	struct racer *racer = new_racer(test, &race_cases[0], &synth, 0);
	unsigned long table = racer->recorder.at + SPAN(2);

	racer->entry = &synth_table(synth, table, 1)->entries[2];
	synth_entry(1, 'N', 2, &racer->becomes);
	recorder_walk(test, &racer->recorder, &synth->root);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, &racer->recorder, 2),
			   synth_scaled(test, ".1 { L2 .510 } .3 { .512 } .506", 2));
	KUNIT_EXPECT_EQ(test, *racer->entry, racer->becomes);
}

/* A PTE table without an address: the walker maps it. */
static void walk_table_in_high_memory(struct kunit *test)
{
#ifdef CONFIG_HIGHPTE
	struct synth *synth;
	struct racer *racer = new_racer(test, &race_cases[0], &synth, 0);
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_ZERO);
	pteval_t *entries;

	KUNIT_ASSERT_NOT_NULL(test, page);
	/* it replaces the table with two leaves */
	entries = kmap_local_page(page);
	synth_entry(1, 'L', 3, &entries[3]);
	kunmap_local(entries);
	*racer->entry = synth_with_frame(*racer->entry, page_to_pfn(page));
	racer->becomes = *racer->entry;
	recorder_walk(test, &racer->recorder, &synth->root);
	KUNIT_EXPECT_STREQ(test, recorder_text(test, &racer->recorder, 2),
			   synth_scaled(test, ".1 { .3 L1 .508 } .3 { .512 } .506", 2));
	if (!PageHighMem(page))
		kunit_info(test, "the page has an address");
	__free_page(page);
#else
	synth_skip(test, "all tables have an address");
#endif
}

KUNIT_ARRAY_PARAM(seeds, synth_seeds, synth_seed_name);

/*
 * A random tree. The recorder compares each page with the tree, also if the walk
 * stops anywhere and continues from there.
 */
static void expect_grown(struct kunit *test, unsigned int levels)
{
	struct synth *synth = synth_create(test, levels);
	struct recorder *recorder = recorder_create(test);
	unsigned long start, end;
	unsigned int stop = 10;

	synth_grow(synth, test->param_value, false, &start, &end);
	recorder->sink.frames = true;
	record(test, recorder, synth, start, end, 0);
	recorder->sink.frames = false;
	record(test, recorder, synth, start, end, 0);
	/* more events than there are tables on the way down, else it makes no progress */
	for (; start < end; stop = stop * 7 % 97 + 10) {
		start = record(test, recorder, synth, start, end, stop);
		recorder->sink.fresh = start;
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
	KUNIT_CASE(walk_hugetlb_leaf_of_nothing),
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

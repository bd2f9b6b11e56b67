// SPDX-License-Identifier: GPL-2.0-only
/* From tables to numbers: walk and statistics together. */
#include <kunit/test.h>

#include "../module/stats.c"
#include "suites.h"
#include "synth.h"

/* Counts as debugfs does, and ends the walk where debugfs would. */
struct counter {
	struct pagetree_sink sink;
	struct pagetree_tally tally;
	struct pagetree_counts counts;
	struct pagetree_cost cost;
	bool yields;
};

static int count(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct counter *counter = container_of(sink, struct counter, sink);

	pagetree_tally_event(&counter->tally, event);

	return counter->yields && event->kind == PAGETREE_TABLE_END;
}

/* Counts one row; before @fresh all was walked. */
static void count_row(struct counter *counter, const struct synth *synth,
		      unsigned long fresh, unsigned long start,
		      unsigned long end)
{
	counter->sink.event = count;
	counter->tally.counts = &counter->counts;
	counter->tally.cost = &counter->cost;
	counter->tally.fresh = fresh;
	counter->tally.first = 1;
	memset(&counter->counts, 0, sizeof(counter->counts));
	while (start < end) {
		start = pagetree_walk(&synth->root, start, end, &counter->sink);
		counter->tally.fresh = start;
		counter->tally.first = 0;
	}
}

static struct counter *new_counter(struct kunit *test)
{
	struct counter *counter = kunit_kzalloc(test, sizeof(*counter), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, counter);

	return counter;
}

static unsigned long long member(const struct pagetree_counts *counts,
				 const struct pagetree_field *field,
				 unsigned int level)
{
	return ((const unsigned long long *)counts)[field->index + level];
}

/* What isn't 0, in the words of abi.h; tables are another matter. */
static const char *tell(struct kunit *test, const struct pagetree_counts *counts)
{
	const struct pagetree_field *field;
	unsigned int length = 0, level;
	const size_t size = 2048;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	char suffix[2] = "";

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (field = pagetree_fields; field->name; field++) {
		if (!strcmp(field->name, "tables"))
			continue;
		for (level = field->lowest; level <= field->highest; level++) {
			if (!member(counts, field, level))
				continue;
			suffix[0] = level ? '0' + level : 0;
			length += scnprintf(text + length, size - length,
					    "%s%s%s=%llu", length ? " " : "",
					    field->name, suffix,
					    member(counts, field, level));
		}
	}

	return text;
}

/**
 * struct stats_case - a picture and its numbers, in a tree of 4 levels
 * @name: the situation
 * @picture: what is walked
 * @anon: whether the row is an anonymous VMA
 * @tables: how many of each level from 1 on
 * @counts: the other numbers
 */
struct stats_case {
	const char *name;
	struct synth_picture picture;
	bool anon;
	unsigned int tables[4];
	const char *counts[3];
};

static void stats_name(const struct stats_case *stats_case, char *name)
{
	strscpy(name, stats_case->name, KUNIT_PARAM_DESC_SIZE);
}

static const struct stats_case stats_cases[] = {
	{ "nothing",
	  { { [4] = "" }, .to = 2 * SPAN(4) }, false, { 0, 0, 0, 1 },
	  { "holes4=2", "hole_bytes=1099511627776" } },
	{ "an empty PTE table",
	  { { [2] = "T" }, .to = SPAN(2) }, false, { 1, 1, 1, 1 },
	  { "holes1=512", "hole_bytes=2097152" } },
	{ "many tables",
	  { { [3] = "TTT", [2] = "TTTTT" }, .to = 3 * SPAN(3) }, false,
	  { 5, 3, 1, 1 },
	  { "holes1=2560 holes2=1531", "hole_bytes=3221225472" } },
	{ "a leaf at each level",
	  { { [3] = "LT", [2] = "LT", [1] = "L." },
	    .to = SPAN(3) + SPAN(2) + 2 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=1 leaf2=1 leaf3=1 bytes1=4096 bytes2=2097152 bytes3=1073741824",
	    "holes1=1", "hole_bytes=4096 rss=1075843072" } },
	{ "leaves without a normal page are in bytes and not in rss",
	  { { [2] = "ZXT", [1] = "ZXXL" }, .to = 2 * SPAN(2) + 4 * SPAN(1) },
	  false, { 1, 1, 1, 1 },
	  { "leaf1=4 leaf2=2 bytes1=16384 bytes2=4194304",
	    "zero1=1 zero2=1 special1=2 special2=1", "rss=4096" } },
	{ "PROT_NONE leaves are leaves",
	  { { [3] = "NT", [2] = "NT", [1] = "NL" },
	    .to = SPAN(3) + SPAN(2) + 2 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=2 leaf2=1 leaf3=1 bytes1=8192 bytes2=2097152 bytes3=1073741824",
	    "protnone1=1 protnone2=1 protnone3=1", "rss=1075847168" } },
	{ "swap and markers hold no page",
	  { { [2] = "skT", [1] = "sskkk" }, .to = 2 * SPAN(2) + 5 * SPAN(1) },
	  true, { 1, 1, 1, 1 },
	  { "swap1=2 swap2=1 marker1=3 marker2=1" } },
	{ "migration entries hold a page",
	  { { [3] = "mT", [2] = "mT", [1] = "mmm" },
	    .to = SPAN(3) + SPAN(2) + 3 * SPAN(1) }, true, { 1, 1, 1, 1 },
	  { "migration1=3 migration2=1 migration3=1",
	    "rss=1075851264 deposited=1" } },
	{ "hwpoison entries hold a page",
	  { { [2] = "pT", [1] = "pp" }, .to = SPAN(2) + 2 * SPAN(1) }, true,
	  { 1, 1, 1, 1 },
	  { "hwpoison1=2 hwpoison2=1", "rss=2105344" } },
	{ "device entries hold a page",
	  { { [2] = "dT", [1] = "dd" }, .to = SPAN(2) + 2 * SPAN(1) }, true,
	  { 1, 1, 1, 1 },
	  { "device1=2 device2=1", "rss=2105344 deposited=1" } },
	{ "bad entries",
	  { { [3] = "bT", [2] = "bbT", [1] = "L" },
	    .to = SPAN(3) + 2 * SPAN(2) + SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=1 bytes1=4096", "bad2=2 bad3=1", "rss=4096" } },
	{ "anonymous huge leaves have a table set aside",
	  { { [3] = "LT", [2] = "LLNZX" }, .to = SPAN(3) + 5 * SPAN(2) }, true,
	  { 0, 1, 1, 1 },
	  { "leaf2=5 leaf3=1 bytes2=10485760 bytes3=1073741824",
	    "zero2=1 special2=1 protnone2=1", "rss=1080033280 deposited=4" } },
	{ "other huge leaves have none",
	  { { [2] = "LLNZX" }, .to = 5 * SPAN(2) }, false, { 0, 1, 1, 1 },
	  { "leaf2=5 bytes2=10485760", "zero2=1 special2=1 protnone2=1",
	    "rss=6291456" } },
	{ "a range within a huge leaf",
	  { { [2] = "L" }, SPAN(1), 3 * SPAN(1) }, false, { 0, 1, 1, 1 },
	  { "leaf2=1 bytes2=8192", "rss=8192" } },
	{ "a range within a hole",
	  { { [3] = "" }, SPAN(1), 4 * SPAN(1) }, false, { 0, 0, 1, 1 },
	  { "holes3=1", "hole_bytes=12288" } },
};

KUNIT_ARRAY_PARAM(stats, stats_cases, stats_name);

static void expect_counts(struct kunit *test,
			  const struct pagetree_counts *counts,
			  const struct stats_case *expected)
{
	const size_t size = 512;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	unsigned int i, length = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < ARRAY_SIZE(expected->counts) && expected->counts[i]; i++)
		length += scnprintf(text + length, size - length, "%s%s",
				    i ? " " : "", expected->counts[i]);
	KUNIT_EXPECT_STREQ(test, tell(test, counts), text);
	for (i = 0; i < ARRAY_SIZE(expected->tables); i++)
		KUNIT_EXPECT_EQ_MSG(test, counts->tables[i + 1],
				    (unsigned long long)expected->tables[i],
				    "level %u", i + 1);
}

static void stats_of_pictures(struct kunit *test)
{
	const struct stats_case *stats_case = test->param_value;
	struct synth *synth = synth_create(test, 4);
	struct counter *counter = new_counter(test);
	unsigned long start, end;

	synth_draw(synth, &stats_case->picture, &start, &end);
	counter->tally.anon = stats_case->anon;
	count_row(counter, synth, 0, start, end);
	expect_counts(test, &counter->counts, stats_case);
}

/* Two VMAs of a process with a page between them: what each counts. */
static void expect_two_vmas(struct kunit *test, const struct stats_case vmas[2],
			    unsigned long first_end, unsigned long second_end)
{
	struct synth *synth = synth_create(test, 4);
	struct counter *counter = new_counter(test);
	unsigned long start, end;

	synth_draw(synth, &vmas[0].picture, &start, &end);
	counter->tally.anon = vmas[0].anon;
	count_row(counter, synth, 0, start, start + first_end);
	expect_counts(test, &counter->counts, &vmas[0]);
	count_row(counter, synth, start + first_end,
		  start + first_end + PAGE_SIZE, start + second_end);
	expect_counts(test, &counter->counts, &vmas[1]);
}

static void stats_of_two_vmas_in_a_table(struct kunit *test)
{
	static const struct stats_case vmas[] = {
		{ .picture = { { [2] = "T", [1] = "LL.LL" } },
		  .tables = { 1, 1, 1, 1 },
		  .counts = { "leaf1=2 bytes1=8192", "rss=8192" } },
		{ .counts = { "leaf1=2 bytes1=8192",
			      "borrowed1=1 borrowed2=1 borrowed3=1 borrowed4=1",
			      "rss=8192" } },
	};

	expect_two_vmas(test, vmas, 2 * SPAN(1), 5 * SPAN(1));
}

static void stats_of_two_vmas_in_a_huge_leaf(struct kunit *test)
{
	static const struct stats_case vmas[] = {
		{ .picture = { { [2] = "LL" } }, .anon = true,
		  .tables = { 0, 1, 1, 1 },
		  .counts = { "leaf2=1 bytes2=4096", "rss=4096 deposited=1" } },
		/* the second leaf and all but two pages of the first, which is counted */
		{ .counts = { "leaf2=1 bytes2=4186112",
			      "borrowed2=1 borrowed3=1 borrowed4=1",
			      "rss=4186112 deposited=1" } },
	};

	expect_two_vmas(test, vmas, SPAN(1), 2 * SPAN(2));
}

static void stats_of_the_cost(struct kunit *test)
{
	const struct synth_picture picture = { { [2] = "bTT", [1] = "LL" } };
	struct synth *synth = synth_create(test, 4);
	struct counter *counter = new_counter(test);
	unsigned long start, end;

	synth_draw(synth, &picture, &start, &end);
	count_row(counter, synth, 0, start, end);
	KUNIT_EXPECT_EQ(test, counter->cost.tables, 5);
	KUNIT_EXPECT_EQ(test, counter->cost.entries, 1 + 1 + 512 + 2 * 512);
	KUNIT_EXPECT_EQ(test, counter->cost.skipped, 1);
	KUNIT_EXPECT_EQ(test, counter->cost.retries, 0);
	/* again after each yield, of which one is at each table's end */
	counter->yields = true;
	count_row(counter, synth, 0, start, end);
	KUNIT_EXPECT_EQ(test, counter->cost.tables, 5 + 4 + 4 + 3);
	KUNIT_EXPECT_EQ(test, counter->cost.entries,
			1538 + (2 + 2 + 512) + (2 + 1 + 512) + (2 + 509));
}

/**
 * struct naive - the same numbers from the letters, page by page
 * @counts: the sums of all ranges counted
 * @seen: by level, the entry counted last, plus 1
 * @root: the root table was
 * @anon: as in struct pagetree_tally
 */
struct naive {
	struct pagetree_counts counts;
	unsigned long seen[SYNTH_LEVELS + 1];
	bool root;
	bool anon;
};

static void naive_leaf(struct naive *naive, char what, unsigned int level,
		       unsigned long pages, bool fresh)
{
	struct pagetree_counts *counts = &naive->counts;
	const unsigned long bytes = pages * PAGE_SIZE;

	switch (what) {
	case 'L': case 'R': case 'D': case 'N': case 'Z': case 'X':
		counts->leaf[level] += fresh;
		counts->bytes[level] += bytes;
		counts->protnone[level] += fresh && what == 'N';
		counts->zero[level] += fresh && what == 'Z';
		counts->special[level] += fresh && what == 'X';
		break;
	case '.':
		counts->holes[level] += fresh;
		counts->hole_bytes += bytes;
		break;
	case 's':
		counts->swap[level] += fresh;
		break;
	case 'm':
		counts->migration[level] += fresh;
		break;
	case 'p':
		counts->hwpoison[level] += fresh;
		break;
	case 'd':
		counts->device[level] += fresh;
		break;
	case 'k':
		counts->marker[level] += fresh;
		break;
	case 'b':
		counts->bad[level] += fresh;
		break;
	}
	if (strchr("LRDNmpd", what))
		counts->rss += bytes;
	if (naive->anon && level == 2 && strchr("LRDNZmd", what))
		counts->deposited += fresh;
}

static void naive_range(struct naive *naive, const struct synth *synth,
			unsigned long start, unsigned long end)
{
	unsigned int level, lowest;
	unsigned long addr, entry;
	bool fresh;
	char what;

	naive->counts.borrowed[synth->root.level] += naive->root;
	naive->counts.tables[synth->root.level] += !naive->root;
	naive->root = true;
	for (addr = start; addr < end; addr += PAGE_SIZE) {
		if (!(addr % SPAN(2)))
			cond_resched();
		what = synth_translate(synth, addr, &lowest);
		for (level = synth->root.level; level >= lowest; level--) {
			entry = addr / SPAN(level) + 1;
			fresh = naive->seen[level] != entry;
			naive->seen[level] = entry;
			if (level == lowest)
				naive_leaf(naive, what, level, 1, fresh);
			else if (fresh)
				naive->counts.tables[level - 1]++;
			else if (addr == start)
				naive->counts.borrowed[level - 1]++;
		}
	}
}

static void expect_same(struct kunit *test, const struct pagetree_counts *naive,
			const struct pagetree_counts *counts)
{
	const struct pagetree_field *field;
	unsigned int level;

	for (field = pagetree_fields; field->name; field++)
		for (level = field->lowest; level <= field->highest; level++)
			KUNIT_EXPECT_EQ_MSG(test, member(naive, field, level),
					    member(counts, field, level),
					    "%s%u", field->name, level);
}

KUNIT_ARRAY_PARAM(seeds, synth_seeds, synth_seed_name);

/*
 * A tree grown by chance: as one VMA in one walk, in many, and as several VMAs
 * with gaps, the last of which are walked in pieces too.
 */
static void expect_grown(struct kunit *test, unsigned int levels)
{
	struct synth *synth = synth_create(test, levels);
	struct counter *counter = new_counter(test);
	struct pagetree_counts *sum;
	unsigned long start, end, at, to, fresh = 0, pages;
	struct naive *naive;

	sum = kunit_kzalloc(test, sizeof(*sum), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sum);
	naive = kunit_kzalloc(test, sizeof(*naive), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, naive);

	synth_grow(synth, test->param_value, &start, &end);
	naive->anon = true;
	naive_range(naive, synth, start, end);
	counter->tally.anon = true;
	count_row(counter, synth, 0, start, end);
	expect_same(test, &naive->counts, &counter->counts);
	counter->yields = true;
	count_row(counter, synth, 0, start, end);
	expect_same(test, &naive->counts, &counter->counts);

	memset(naive, 0, sizeof(*naive));
	counter->tally.anon = false;
	for (at = start, pages = 1; at < end; pages = pages * 3 % 70001) {
		to = min(at + pages * PAGE_SIZE, end);
		naive_range(naive, synth, at, to);
		count_row(counter, synth, fresh, at, to);
		pagetree_counts_add(sum, &counter->counts);
		fresh = to;
		at = to + pages % 4 * PAGE_SIZE;
	}
	expect_same(test, &naive->counts, sum);
}

static void stats_grown_four_levels(struct kunit *test)
{
	expect_grown(test, 4);
}

static void stats_grown_five_levels(struct kunit *test)
{
	expect_grown(test, 5);
}

static struct kunit_case stats_kunit_cases[] = {
	KUNIT_CASE_PARAM(stats_of_pictures, stats_gen_params),
	KUNIT_CASE(stats_of_two_vmas_in_a_table),
	KUNIT_CASE(stats_of_two_vmas_in_a_huge_leaf),
	KUNIT_CASE(stats_of_the_cost),
	KUNIT_CASE_PARAM(stats_grown_four_levels, seeds_gen_params),
	KUNIT_CASE_PARAM(stats_grown_five_levels, seeds_gen_params),
	{}
};

struct kunit_suite pagetree_stats_suite = {
	.name = "pagetree_stats",
	.suite_init = synth_init,
	.suite_exit = synth_exit,
	.test_cases = stats_kunit_cases,
};

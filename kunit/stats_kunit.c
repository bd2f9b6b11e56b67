// SPDX-License-Identifier: GPL-2.0-only
/*
 * From tables to numbers: walk and statistics together. The file is long because
 * a third of it is the table of pictures.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "../module/stats.c"
#include "../module/count.c"
#include "naive.h"
#include "suites.h"
#include "synth.h"

/*
 * Counts like a reader of debugfs, and ends the walk where the reader would. Some
 * readers resume a walk at a cursor, and some keep tables open between two walks.
 * Each works with both walks: the one that sends events, and the one that counts.
 */
struct counter {
	struct pagetree_counter walk;
	struct pagetree_pass pass;
	struct pagetree_counts counts;
	struct pagetree_tables tables;
	struct pagetree_cost cost;
	struct pagetree_cursor cursor;
	struct pagetree_open open[PAGETREE_LEVELS + 1];
	bool counts_inline;
	bool yields;
	bool resumes;
	bool keeps_open;
};

static int count(struct pagetree_sink *sink, const struct pagetree_event *event)
{
	struct counter *counter = container_of(sink, struct counter, walk.sink);

	pagetree_tally_event(&counter->walk.tally, event);

	return counter->yields && event->kind == PAGETREE_TABLE_END;
}

/* The pass of the tests; pass.c is not here. */
bool pagetree_pass_must_yield(struct pagetree_pass *pass)
{
	return container_of(pass, struct counter, pass)->yields;
}

/* Walks until the reader would yield, and counts. Return: the address reached. */
static unsigned long count_walk(struct counter *counter,
				const struct synth *synth, unsigned long start,
				unsigned long end)
{
	struct pagetree_root root = synth->root;
	struct pagetree_sink *sink = &counter->walk.sink;
	unsigned long reached;

	root.cursor = &counter->cursor;
	if (!counter->resumes)
		counter->cursor.lowest = 0;
	if (counter->counts_inline)
		return pagetree_count(&counter->walk, &root, start, end);

	if (!counter->resumes)
		root.cursor = NULL;
	reached = pagetree_walk(&root, start, end, sink);
	if (sink->resumed)
		pagetree_tally_resumed(&counter->walk.tally, sink->resumed,
				       root.level);

	return reached;
}

/* After the last row. */
static void count_finish(struct counter *counter)
{
	if (counter->counts_inline)
		pagetree_count_finish(&counter->walk);
	else
		pagetree_walk_finish(&counter->walk.sink);
}

/* Counts one row. Everything below @fresh was walked before. */
static void count_row(struct counter *counter, const struct synth *synth,
		      unsigned long fresh, unsigned long start,
		      unsigned long end)
{
	counter->walk.pass = &counter->pass;
	/* the walk that counts must not need it */
	counter->walk.sink.event = counter->counts_inline ? NULL : count;
	counter->walk.sink.open = counter->keeps_open ? counter->open : NULL;
	counter->walk.sink.contig = counter->counts.contig;
	counter->walk.tally.counts = &counter->counts;
	counter->walk.tally.tables = &counter->tables;
	counter->walk.tally.cost = &counter->cost;
	counter->walk.tally.first = 1;
	memset(&counter->counts, 0, sizeof(counter->counts));
	while (start < end) {
		counter->walk.sink.fresh = fresh;
		counter->walk.tally.fresh = fresh;
		start = count_walk(counter, synth, start, end);
		fresh = start;
		counter->walk.tally.first = 0;
	}
}

static struct counter *new_counter(struct kunit *test)
{
	struct counter *counter = kunit_kzalloc(test, sizeof(*counter), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, counter);
	naive_tables_init(test, &counter->tables);

	return counter;
}

static unsigned long long member(const struct pagetree_counts *counts,
				 const struct pagetree_field *field,
				 unsigned int index)
{
	return ((const unsigned long long *)counts)[field->offset + index];
}

/* The columns in stats_case.counts; the others are in .more, tables in .tables. */
static const char *const always[] = {
	"leaf", "bytes", "zero", "special", "protnone", "swap", "migration",
	"hwpoison", "device", "marker", "bad", "borrowed", "holes", "hole_bytes",
	"rss", "deposited", "retries",
};

static bool is_always(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(always); i++)
		if (!strcmp(name, always[i]))
			return true;

	return false;
}

/* All numbers that are not 0, with the names of abi.h. */
static const char *counts_text(struct kunit *test,
			       const struct pagetree_counts *counts, bool more)
{
	const struct pagetree_field *field;
	unsigned int length = 0, i;
	const size_t size = 2048;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	char suffix[4];

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (field = pagetree_fields; field->name; field++) {
		if (is_always(field->name) == more ||
		    !strcmp(field->name, "tables"))
			continue;
		for (i = field->lowest; i <= field->highest; i++) {
			if (!member(counts, field, i))
				continue;
			suffix[0] = '\0';
			if (field->index != PAGETREE_PLAIN)
				snprintf(suffix, sizeof(suffix), "%u", i);
			length += scnprintf(text + length, size - length,
					    "%s%s%s=%llu", length ? " " : "",
					    field->name, suffix,
					    member(counts, field, i));
		}
	}

	return text;
}

/**
 * struct stats_case - a picture and its numbers, in a tree of 4 levels
 * @name: the situation
 * @picture: what is walked
 * @anon: whether the row is an anonymous VMA
 * @tables: number of tables by level, from level 1 on
 * @counts: the numbers of the columns in always
 * @more: the other numbers; not checked if empty
 */
struct stats_case {
	const char *name;
	struct synth_picture picture;
	bool anon;
	unsigned int tables[4];
	const char *counts[3];
	const char *more[3];
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

	{ "bits of leaves",
	  { { [1] = "LLRDDDN" }, .to = 7 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=7 bytes1=28672", "protnone1=1", "rss=28672" },
	  { "numahint1=1 accessed1=7 dirty1=3 writable1=5 user1=6",
	    "used1=7 used2=1 used3=1 used4=1",
	    "contig12=3 contig13=2 fill3=1" } },
	{ "guard regions and poison are markers",
	  { { [1] = "kkggg.qqqqq" }, .to = 11 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "marker1=10", "holes1=1", "hole_bytes=4096" },
	  { "guard1=3 poison1=5", "used1=10 used2=1 used3=1 used4=1", "fill4=1" } },
	{ "blocks of a full table",
	  { { [2] = "T", [1] = "L*" }, .to = SPAN(2) }, false, { 1, 1, 1, 1 },
	  { "leaf1=512 bytes1=2097152", "rss=2097152" },
	  { "accessed1=512 writable1=512 user1=512",
	    "used1=512 used2=1 used3=1 used4=1", "contig21=1 fill10=1" } },
	{ "blocks of a range in a full table",
	  { { [1] = "L*" }, 3 * SPAN(1), 508 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=505 bytes1=2068480", "rss=2068480" },
	  { "accessed1=505 writable1=505 user1=505",
	    "used1=512 used2=1 used3=1 used4=1 contig12=1 contig14=2 contig15=2",
	    /* 3, 4-7, 8-15, 16-31, ... 128-255, 256-383, ... 504-507 */
	    "contig16=2 contig17=2 contig18=2 contig19=2 fill10=1" } },
	{ "blocks do not cross what is no leaf",
	  { { [1] = "LLLLsLLL" }, .to = 8 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=7 bytes1=28672", "swap1=1", "rss=28672" },
	  { "accessed1=7 writable1=7 user1=7", "used1=8 used2=1 used3=1 used4=1",
	    "contig12=1 contig13=1 contig14=1 fill4=1" } },
	{ "blocks cross the dirty bit and no permission",
	  { { [1] = "LDDLLLRR" }, .to = 8 * SPAN(1) }, false, { 1, 1, 1, 1 },
	  { "leaf1=8 bytes1=32768", "rss=32768" },
	  { "accessed1=8 dirty1=2 writable1=6 user1=8",
	    "used1=8 used2=1 used3=1 used4=1", "contig13=2 contig14=1 fill4=1" } },
	{ "blocks of huge leaves",
	  { { [3] = "LLT", [2] = "LLLLNN" }, .to = 2 * SPAN(3) + 6 * SPAN(2) },
	  false, { 0, 1, 1, 1 },
	  { "leaf2=6 leaf3=2 bytes2=12582912 bytes3=2147483648", "protnone2=2",
	    "rss=2160066560" },
	  { "numahint2=2 accessed2=6 accessed3=2 writable2=4 writable3=2 user2=4 user3=2",
	    "used2=6 used3=3 used4=1", "contig22=1 contig23=1 contig30=2" } },
	{ "tables outside the range are in use",
	  { { [2] = "TTLT", [1] = "..LL" }, 2 * SPAN(1), 3 * SPAN(1) }, false,
	  { 1, 1, 1, 1 },
	  { "leaf1=1 bytes1=4096", "rss=4096" },
	  { "accessed1=1 writable1=1 user1=1", "used1=2 used2=4 used3=1 used4=1",
	    "contig12=1 fill2=1" } },
	{ "empty tables",
	  { { [3] = "TT", [2] = "TT" }, .to = 2 * SPAN(3) }, false,
	  { 2, 2, 1, 1 },
	  { "holes1=1024 holes2=1022", "hole_bytes=2147483648" },
	  { "used2=2 used3=2 used4=1", "empty1=2 empty2=1", "fill0=2" } },
};

KUNIT_ARRAY_PARAM(stats, stats_cases, stats_name);

static const char *join(struct kunit *test, const char *const parts[3])
{
	const size_t size = 512;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	unsigned int i, length = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < 3 && parts[i]; i++)
		length += scnprintf(text + length, size - length, "%s%s",
				    i ? " " : "", parts[i]);

	return text;
}

static void expect_counts(struct kunit *test,
			  const struct pagetree_counts *counts,
			  const struct stats_case *expected)
{
	unsigned int i;

	KUNIT_EXPECT_STREQ(test, counts_text(test, counts, false),
			   join(test, expected->counts));
	if (expected->more[0])
		KUNIT_EXPECT_STREQ(test, counts_text(test, counts, true),
				   join(test, expected->more));
	for (i = 0; i < ARRAY_SIZE(expected->tables); i++)
		KUNIT_EXPECT_EQ_MSG(test, counts->tables[i + 1],
				    (unsigned long long)expected->tables[i],
				    "level %u", i + 1);
}

/* The numbers of the pictures are written for tables of 512 entries. */
static struct synth *synth_of_512(struct kunit *test)
{
	if (SYNTH_ENTRIES != 512)
		synth_skip(test, "drawn for tables of 512 entries");

	return synth_create(test, 4);
}

static void stats_of_pictures(struct kunit *test)
{
	const struct stats_case *stats_case = test->param_value;
	struct synth *synth = synth_of_512(test);
	struct counter *counter = new_counter(test);
	unsigned long start, end;

	synth_draw(synth, &stats_case->picture, &start, &end);
	counter->walk.tally.anon = stats_case->anon;
	counter->walk.tally.open = 1;
	count_row(counter, synth, 0, start, end);
	expect_counts(test, &counter->counts, stats_case);
	counter->counts_inline = true;
	count_row(counter, synth, 0, start, end);
	expect_counts(test, &counter->counts, stats_case);
}

/* Two VMAs of a process with a page between them, and the numbers of each. */
static void expect_two_vmas(struct kunit *test, const struct stats_case vmas[2],
			    unsigned long first_end, unsigned long second_end)
{
	struct synth *synth = synth_of_512(test);
	struct counter *counter = new_counter(test);
	unsigned long start, end;

	synth_draw(synth, &vmas[0].picture, &start, &end);
	counter->walk.tally.anon = vmas[0].anon;
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
		/* the second leaf, and all but two pages of the first, counted before */
		{ .counts = { "leaf2=1 bytes2=4186112",
			      "borrowed2=1 borrowed3=1 borrowed4=1",
			      "rss=4186112 deposited=1" } },
	};

	expect_two_vmas(test, vmas, SPAN(1), 2 * SPAN(2));
}

/*
 * level 2  T.	the second table appears after the walk of its first half, which ends
 * level 1  L*	a VMA: no table is counted there, nor are its entries
 */
static void stats_of_a_table_that_appears(struct kunit *test)
{
	const struct synth_picture picture = { { [2] = "T.", [1] = "L*" } };
	struct synth *synth = synth_of_512(test);
	struct counter *counter = new_counter(test);
	struct pagetree_counts *sum = kunit_kzalloc(test, sizeof(*sum), GFP_KERNEL);
	unsigned long start, end, half;

	KUNIT_ASSERT_NOT_NULL(test, sum);
	synth_draw(synth, &picture, &start, &end);
	half = start + SPAN(2) + SPAN(2) / 2;
	counter->counts_inline = true;
	counter->keeps_open = true;
	count_row(counter, synth, 0, start, half);
	pagetree_counts_add(sum, &counter->counts);
	synth_put(synth, half, 1, 'L');
	count_row(counter, synth, half, half, start + 2 * SPAN(2));
	count_finish(counter);
	pagetree_counts_add(sum, &counter->counts);
	KUNIT_EXPECT_EQ(test, sum->leaf[1], 513);
	KUNIT_EXPECT_EQ(test, sum->tables[1], 1);
	KUNIT_EXPECT_EQ(test, sum->borrowed[1], 1);
	KUNIT_EXPECT_EQ(test, sum->used[1], 512);
	KUNIT_EXPECT_EQ(test, sum->fill[10], 1);
}

static void stats_of_the_cost(struct kunit *test)
{
	const struct synth_picture picture = { { [2] = "bTT", [1] = "LL" } };
	struct synth *synth = synth_of_512(test);
	struct counter *counter = new_counter(test);
	unsigned long start, end;

	synth_draw(synth, &picture, &start, &end);
	count_row(counter, synth, 0, start, end);
	KUNIT_EXPECT_EQ(test, counter->cost.tables, 5);
	KUNIT_EXPECT_EQ(test, counter->cost.entries, 1 + 1 + 512 + 2 * 512);
	KUNIT_EXPECT_EQ(test, counter->cost.skipped, 1);
	KUNIT_EXPECT_EQ(test, counter->cost.retries, 0);
	/* tables are entered again after each yield, at the end of each table */
	counter->yields = true;
	count_row(counter, synth, 0, start, end);
	KUNIT_EXPECT_EQ(test, counter->cost.tables, 5 + 4 + 4 + 3);
	KUNIT_EXPECT_EQ(test, counter->cost.entries,
			1538 + (2 + 2 + 512) + (2 + 1 + 512) + (2 + 509));
}

static void expect_same(struct kunit *test, const struct pagetree_counts *naive,
			const struct pagetree_counts *counts)
{
	const struct pagetree_field *field;
	unsigned int i;

	for (field = pagetree_fields; field->name; field++)
		for (i = field->lowest; i <= field->highest; i++)
			KUNIT_EXPECT_EQ_MSG(test, member(naive, field, i),
					    member(counts, field, i),
					    "%s%u", field->name, i);
}

static void expect_same_tables(struct kunit *test,
			       const struct pagetree_tables *naive,
			       const struct pagetree_tables *tables)
{
	KUNIT_EXPECT_EQ(test, 0, memcmp(naive->fill, tables->fill,
					sizeof(naive->fill)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(naive->nodes, tables->nodes,
					sizeof(*naive->nodes) *
					naive->node_count *
					(PAGETREE_LEVELS + 1)));
}

/**
 * struct grown - a random tree, and its counts
 * @synth: the tree
 * @start: start of the range to count
 * @end: end of that range
 * @counter: counts a row
 * @sum: the sum of the rows
 * @whole: the range as one row
 * @naive: the naive count of all rows
 * @row: the naive count of one row
 */
struct grown {
	struct synth *synth;
	unsigned long start;
	unsigned long end;
	struct counter *counter;
	struct pagetree_counts sum;
	struct pagetree_counts whole;
	struct naive naive;
	struct naive row;
};

static struct grown *new_grown(struct kunit *test, unsigned int levels,
			       bool alone)
{
	struct grown *grown = kunit_kzalloc(test, sizeof(*grown), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, grown);
	grown->synth = synth_create(test, levels);
	grown->counter = new_counter(test);
	naive_tables_init(test, &grown->naive.tables);
	naive_tables_init(test, &grown->row.tables);
	synth_grow(grown->synth, test->param_value, alone, &grown->start,
		   &grown->end);

	return grown;
}

/* Counts one VMA, in one walk and in many. */
static void expect_one_vma(struct kunit *test, struct grown *grown, bool anon,
			   bool open)
{
	struct counter *counter = grown->counter;
	struct naive *naive = &grown->naive;

	naive_init(naive, anon, open);
	naive_range(naive, grown->synth, grown->start, grown->end);
	counter->walk.tally.anon = anon;
	counter->walk.tally.open = open;
	for (counter->yields = false; ; counter->yields = true) {
		naive_tables_clear(&counter->tables);
		count_row(counter, grown->synth, 0, grown->start, grown->end);
		expect_same(test, &naive->counts, &counter->counts);
		expect_same_tables(test, &naive->tables, &counter->tables);
		if (counter->yields)
			break;
	}
}

/*
 * VMAs of random sizes, with gaps of up to @gap pages between them. Each row has
 * its own blocks. Everything else is counted once, so that rows without gaps add
 * up to the whole.
 */
static void expect_many_vmas(struct kunit *test, struct grown *grown,
			     unsigned int gap)
{
	struct counter *counter = grown->counter;
	struct naive *naive = &grown->naive;
	unsigned long at, to, fresh = 0;
	struct pagetree_counts *whole = &grown->whole;
	struct rnd_state rnd;

	naive_init(naive, true, true);
	naive_range(naive, grown->synth, grown->start, grown->end);
	*whole = naive->counts;

	prandom_seed_state(&rnd, *(const u64 *)test->param_value);
	memset(&grown->sum, 0, sizeof(grown->sum));
	naive_tables_clear(&counter->tables);
	counter->cursor.lowest = 0;
	naive_init(naive, true, true);
	counter->walk.tally.anon = 1;
	counter->walk.tally.open = 1;
	for (at = grown->start; at < grown->end; at = to) {
		/* some have few pages, some span many tables */
		to = at + (1 + (prandom_u32_state(&rnd) >> 15 >>
				prandom_u32_state(&rnd) % 17)) * PAGE_SIZE;
		to = min(to, grown->end);
		naive_range(naive, grown->synth, at, to);
		/* a new slice */
		if (prandom_u32_state(&rnd) % 4 == 0)
			counter->cursor.lowest = 0;
		counter->yields = prandom_u32_state(&rnd) % 2;
		count_row(counter, grown->synth, fresh, at, to);
		pagetree_counts_add(&grown->sum, &counter->counts);
		naive_init(&grown->row, true, true);
		naive_range(&grown->row, grown->synth, at, to);
		KUNIT_EXPECT_EQ(test, 0,
				memcmp(grown->row.counts.contig,
				       counter->counts.contig,
				       sizeof(counter->counts.contig)));
		fresh = to;
		if (gap)
			to += prandom_u32_state(&rnd) % (gap + 1) * PAGE_SIZE;
	}
	if (counter->keeps_open) {
		memset(&counter->counts, 0, sizeof(counter->counts));
		count_finish(counter);
		pagetree_counts_add(&grown->sum, &counter->counts);
	}
	expect_same(test, &naive->counts, &grown->sum);
	expect_same_tables(test, &naive->tables, &counter->tables);
	if (gap)
		return;

	memcpy(whole->contig, grown->sum.contig, sizeof(whole->contig));
	memcpy(whole->borrowed, grown->sum.borrowed, sizeof(whole->borrowed));
	expect_same(test, whole, &grown->sum);
}

static void expect_grown_by(struct kunit *test, unsigned int levels,
			    bool counts_inline)
{
	struct grown *grown = new_grown(test, levels, false);

	grown->counter->counts_inline = counts_inline;
	expect_one_vma(test, grown, true, true);
	expect_one_vma(test, grown, false, false);
	expect_many_vmas(test, grown, 0);
	expect_many_vmas(test, grown, 3);
	grown->counter->resumes = true;
	expect_many_vmas(test, grown, 0);
	expect_many_vmas(test, grown, 3);

	/* as in an address space, nothing is mapped beside the VMAs */
	grown = new_grown(test, levels, true);
	grown->counter->counts_inline = counts_inline;
	grown->counter->keeps_open = true;
	expect_many_vmas(test, grown, 0);
	grown->counter->resumes = true;
	expect_many_vmas(test, grown, 0);
}

static void expect_grown(struct kunit *test, unsigned int levels)
{
	expect_grown_by(test, levels, false);
	expect_grown_by(test, levels, true);
}

KUNIT_ARRAY_PARAM(seeds, synth_seeds, synth_seed_name);

static void stats_grown_two_levels(struct kunit *test)
{
	expect_grown(test, 2);
}

static void stats_grown_three_levels(struct kunit *test)
{
	expect_grown(test, 3);
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
	KUNIT_CASE(stats_of_a_table_that_appears),
	KUNIT_CASE(stats_of_the_cost),
	KUNIT_CASE_PARAM(stats_grown_two_levels, seeds_gen_params),
	KUNIT_CASE_PARAM(stats_grown_three_levels, seeds_gen_params),
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

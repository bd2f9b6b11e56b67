// SPDX-License-Identifier: GPL-2.0-only
/* Trees at random, from a seed. */
#include <linux/mm.h>
#include <linux/prandom.h>

#include "../module/entry.h"
#include "synth.h"

/* The letters that grow at each level, as often as they are to grow. */
static const char *const seeds[] = {
	[1] = "LLLRRDDNNZX....ssmpdkgq",
	[2] = "TTTTLLRRDNZX...smpdkgqb",
	[3] = "TTTTTTTTTTTTTTLLLRDNX..mpkgqb",
	[4] = "TTTTTTTTTTTT.b",
	[5] = "TTTTTTTTTTTT.b",
};

/**
 * struct trail - what the next entries of a table have in common
 * @rnd: the random numbers
 * @what: the letter
 * @left: how many more entries have it
 * @flags: their flags
 * @jitter: flags that vary at random from entry to entry
 * @number: number of a leaf's frame, in units of the leaf's size
 * @step: distance to the next number; 0 for a random one
 */
struct trail {
	struct rnd_state *rnd;
	char what;
	unsigned int left;
	unsigned short flags;
	unsigned short jitter;
	unsigned long number;
	int step;
};

static u32 below(struct trail *trail, u32 limit)
{
	return prandom_u32_state(trail->rnd) % limit;
}

/* Jumps to frames with an alignment like that of the addresses, small or large. */
static void trail_jump(struct trail *trail, unsigned int index)
{
	trail->number = index + ((unsigned long)below(trail, 512) <<
				 below(trail, 11));
}

static void trail_turn(struct trail *trail, unsigned int level,
		       unsigned int index)
{
	static const signed char steps[] = { 1, 1, 1, 1, -1, 0 };
	const unsigned short seen = PAGETREE_ACCESSED | PAGETREE_DIRTY |
				    PAGETREE_SOFTDIRTY | PAGETREE_UFFD;
	pteval_t raw;

	/* continue the frames, and change one flag */
	if (trail->what == 'L' && !below(trail, 3)) {
		trail->left = 1 + below(trail, 6);
		trail->flags ^= 1 << below(trail, PAGETREE_PKEY_SHIFT + 4);
		return;
	}

	do {
		trail->what = seeds[level][below(trail, strlen(seeds[level]))];
	} while (!synth_entry(level, trail->what, 0, &raw));
	trail->left = trail->what == 'T' ? 1 :
		      1 + below(trail, below(trail, 8) ? 6 : 128);
	trail->flags = synth_letter(level, trail->what, 0).flags;
	if (!below(trail, 2))
		trail->flags = below(trail, 1 << PAGETREE_FLAGS);
	if (!below(trail, 4))
		trail->flags |= below(trail, 16) << PAGETREE_PKEY_SHIFT;
	trail->jitter = below(trail, 4) ? 0 : seen;
	/* mostly the frames continue where the flags change */
	if (!below(trail, 3)) {
		trail_jump(trail, index);
		trail->step = steps[below(trail, ARRAY_SIZE(steps))];
	}
}

static struct synth_drawn trail_next(struct trail *trail, unsigned int level,
				     unsigned int index)
{
	struct synth_drawn drawn;

	if (!trail->left)
		trail_turn(trail, level, index);
	trail->left--;

	drawn = synth_letter(level, trail->what, below(trail, 100));
	drawn.flags = synth_flags(level, drawn.what, trail->flags ^
				  (trail->jitter & below(trail, 1 << 16)));
	if (strchr("LDNX", drawn.what)) {
		if (!trail->step)
			trail_jump(trail, index);
		drawn.frame = synth_nowhere(level, trail->number);
		trail->number += trail->step;
	}

	return drawn;
}

static void grow(struct synth *synth, struct synth_table *table,
		 unsigned int level, struct rnd_state *rnd, unsigned long start,
		 unsigned long end, bool alone)
{
	const unsigned long base = synth_base(start, level + 1);
	struct trail trail = { .rnd = rnd, .step = 1 };
	struct synth_drawn drawn;
	unsigned long from;
	unsigned int first, last, i;

	/* more entries on each side: they are counted, but not followed */
	i = synth_index(start, level);
	first = i - min(i, below(&trail, alone ? 1 : 20));
	last = min(synth_index(end - 1, level) + below(&trail, alone ? 1 : 20),
		   synth_entries(level) - 1);
	for (i = first; i <= last; i++) {
		drawn = trail_next(&trail, level, i);
		synth_put_entry(synth, table, level, i, &drawn);
		if (drawn.what != 'T')
			continue;
		if (!below(&trail, 4))
			synth_share(table->below[i], 1 + below(&trail, 5));
		from = base + i * SPAN(level);
		if (from < end && from + SPAN(level) > start)
			grow(synth, table->below[i], level - 1, rnd,
			     max(from, start), min(from + SPAN(level), end),
			     alone);
	}
}

const u64 synth_seeds[SYNTH_SEEDS] = { 1, 2, 3, 5, 8, 13 };

void synth_seed_name(const u64 *seed, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "seed %llu", *seed);
}

void synth_grow(struct synth *synth, const u64 *seed, bool alone,
		unsigned long *start, unsigned long *end)
{
	const unsigned int level = synth->root.level;
	const unsigned long entries = synth_user_entries(level);
	const unsigned long border = entries / 2 * SPAN(level);
	/* on each side at most a quarter of all, plus a third of that */
	const unsigned long reach = min(entries * (SPAN(level) / PAGE_SIZE) / 4,
					262144UL);
	const unsigned long more = min(reach / 3, 100000UL);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, *seed);
	*start = border -
		 (reach + prandom_u32_state(&rnd) % more) * PAGE_SIZE;
	*end = border + (reach + prandom_u32_state(&rnd) % more) * PAGE_SIZE;
	grow(synth, synth->top, level, &rnd, *start, *end, alone);
	/* an entry in the kernel's half, if the root table has one */
	synth_put(synth, (synth_entries(level) - 1) * SPAN(level), level, 'T');
}

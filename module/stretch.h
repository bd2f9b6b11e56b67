/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaves of one table with consecutive frames: where they end, and which contiguous
 * blocks they are. A walk spends most of its time here. For walk_tmpl.h.
 */
#ifndef PAGETREE_STRETCH_H
#define PAGETREE_STRETCH_H

#include "entry.h"
#include "walk.h"

/**
 * struct stretch - consecutive leaves of one table with consecutive frames
 * @first: index of the first leaf
 * @raw: the first leaf, as it was read
 * @expected: the entry that would continue the stretch; 0 if there is no stretch
 */
struct stretch {
	unsigned int first;
	pteval_t raw;
	pteval_t expected;
};

/*
 * Counts the blocks of @count leaves from @index on: small ones up to the first
 * address where the largest can start, then the largest, then the rest. @largest:
 * log2 of the leaves in the largest possible block. @contig: where to count, indexed
 * by that log2.
 */
static noinline void long_blocks(unsigned long long *contig,
				 unsigned int index, unsigned int count,
				 unsigned int largest)
{
	const unsigned int end = index + count;
	unsigned int order;

	while (index < end && index & ((1U << largest) - 1)) {
		order = min_t(unsigned int, __ffs(index), __fls(end - index));
		contig[order]++;
		index += 1U << order;
	}
	contig[largest] += (end - index) >> largest;
	index += (end - index) >> largest << largest;
	while (index < end) {
		order = __fls(end - index);
		contig[order]++;
		index += 1U << order;
	}
}

/*
 * As long_blocks(), for 1 to 7 leaves: only blocks of 1, 2 and 4 fit. Many file
 * pages and old heaps have no longer stretches.
 */
static __always_inline void short_blocks(unsigned long long *contig,
					 unsigned int index, unsigned int count,
					 unsigned int largest)
{
	unsigned int odd = index & 1, pair;

	if (!largest) {
		contig[0] += count;
		return;
	}
	/* up to a multiple of 2, then of 4 */
	index += odd;
	count -= odd;
	if (largest > 1) {
		pair = index & 2 && count >= 2;
		count -= 2 * pair;
		contig[1] += pair;
		contig[2] += count / 4;
		count %= 4;
	}
	contig[1] += count / 2;
	contig[0] += odd + count % 2;
}

/* Counts the blocks of a stretch of leaves [@index, @end) that begins with @raw. */
static __always_inline void stretch_blocks(struct pagetree_sink *sink,
					   unsigned int level,
					   unsigned int index, unsigned int end,
					   pteval_t raw)
{
	const unsigned int shift = pagetree_shift(level);
	unsigned long long *contig = sink->contig + shift;
	unsigned int largest;
	unsigned long frame;

	/* address and frame must have the same offset within a block */
	frame = pagetree_raw_frame(raw) >> (shift - PAGE_SHIFT);
	largest = __ffs((frame ^ index) |
			1UL << (PAGETREE_CONTIG_HIGHEST - shift));
	if (end - index < 8)
		short_blocks(contig, index, end - index, largest);
	else
		long_blocks(contig, index, end - index, largest);
}

/* Ends @stretch, if there is one, before entry @end, and counts its blocks. */
static __always_inline void stretch_end(struct pagetree_sink *sink, unsigned int level,
					struct stretch *stretch,
					unsigned int end)
{
	if (!stretch->expected)
		return;
	stretch->expected = 0;
	if (!sink->contig)
		return;
	if (end - stretch->first == 1)
		sink->contig[pagetree_shift(level)]++;
	else
		stretch_blocks(sink, level, stretch->first, end, stretch->raw);
}

/* Adds leaf @raw at @index to @stretch, or starts a new stretch with it. */
static __always_inline void stretch_add(struct pagetree_sink *sink, unsigned int level,
					struct stretch *stretch,
					unsigned int index, pteval_t raw)
{
	if (!stretch->expected ||
	    !pagetree_same_translation(raw, stretch->expected)) {
		stretch_end(sink, level, stretch, index);
		stretch->first = index;
		stretch->raw = raw;
	}
	stretch->expected = raw + pagetree_step(level, raw);
}

/* As skip_ordered(). */
static __always_inline const pteval_t *skip_one_by_one(const pteval_t *entry,
						       const pteval_t *end,
						       pteval_t step,
						       pteval_t *expected)
{
	for (; entry < end && pagetree_load(entry, 0) == *expected; entry++)
		*expected += step;

	return entry;
}

/*
 * Skips leaves with consecutive frames, the first of which has to equal @expected.
 * Return: the first that does not go on; @expected is what it would have to be.
 */
static __always_inline const pteval_t *skip_ordered(const pteval_t *entry,
						    const pteval_t *end,
						    pteval_t step,
						    pteval_t *expected)
{
	/* most stretches are short: they shall not pay for the loop by 8 */
	const pteval_t *const soon = end - entry < 8 ? end : entry + 8;
	pteval_t next;

	entry = skip_one_by_one(entry, soon, step, expected);
	if (entry < soon)
		return entry;

	for (next = *expected; end - entry >= 8 &&
	     pagetree_load(entry, 0) == next &&
	     pagetree_load(entry, 1) == next + step &&
	     pagetree_load(entry, 2) == next + 2 * step &&
	     pagetree_load(entry, 3) == next + 3 * step &&
	     pagetree_load(entry, 4) == next + 4 * step &&
	     pagetree_load(entry, 5) == next + 5 * step &&
	     pagetree_load(entry, 6) == next + 6 * step &&
	     pagetree_load(entry, 7) == next + 7 * step; next += 8 * step)
		entry += 8;
	*expected = next;

	return skip_one_by_one(entry, end, step, expected);
}

/*
 * Skips leaves that differ from @last, the leaf before them, only in the frame, and
 * none of which has the frame after that of its neighbour. Stops early, if in doubt.
 * Return: the first that was not skipped; @last is the leaf before it.
 */
static __always_inline const pteval_t *skip_unordered(const pteval_t *entry,
						      const pteval_t *end,
						      pteval_t step,
						      pteval_t *last)
{
	const pteval_t same = ~(pteval_t)PAGETREE_FRAME, raw = *last;
	pteval_t before = raw, a, b, c, d;

	for (; end - entry >= 4; entry += 4, before = d) {
		a = pagetree_load(entry, 0);
		b = pagetree_load(entry, 1);
		c = pagetree_load(entry, 2);
		d = pagetree_load(entry, 3);
		if (a - before == step || b - a == step || c - b == step ||
		    d - c == step || (((a & b & c & d) ^ raw) & same) ||
		    (((a | b | c | d) ^ raw) & same))
			break;
	}
	*last = before;

	return entry;
}

/*
 * Counts the leaves from @index on, at most @left, that differ from @raw, the
 * first, only in the frame. The first is already in @stretch; adds the others.
 */
static noinline unsigned int same_leaves(struct pagetree_sink *sink, const void *table,
					 unsigned int level, unsigned int index,
					 unsigned int left, pteval_t raw,
					 struct stretch *stretch)
{
	const pteval_t *const begin = (const pteval_t *)table + index;
	const pteval_t *const end = begin + left, *entry = begin + 1;
	const pteval_t *first = begin - (index - stretch->first);
	const pteval_t step = pagetree_step(level, raw);
	const pteval_t same = ~(pteval_t)PAGETREE_FRAME;
	unsigned long long *const contig = sink->contig;
	pteval_t expected = raw + step, value;
	unsigned int singles = 0;
	bool single;

	for (;;) {
		entry = skip_ordered(entry, end, step, &expected);
		if (entry == end || sink->frames)
			break;
		value = pagetree_load(entry, 0);
		if ((value ^ raw) & same)
			break;
		single = entry - first == 1;
		if (single) {
			singles++;
		} else if (contig) {
			stretch_blocks(sink, level, index + (first - begin),
				       index + (entry - begin), stretch->raw);
		}
		first = entry++;
		if (single) {
			entry = skip_unordered(entry, end, step, &value);
			singles += entry - first - 1;
			first = entry - 1;
		}
		stretch->raw = value;
		expected = value + step;
	}
	stretch->first = index + (first - begin);
	stretch->expected = expected;
	if (contig)
		contig[pagetree_shift(level)] += singles;

	return entry - begin;
}

/* Counts the entries from @index on, at most @left, that equal @raw. */
static __always_inline unsigned int
same_entries(const void *table, unsigned int index, unsigned int left,
	     pteval_t raw)
{
	const pteval_t *const begin = (const pteval_t *)table + index;
	const pteval_t *const end = begin + left, *entry = begin + 1;

	while (end - entry >= 8 &&
	       !((pagetree_load(entry, 0) ^ raw) |
		 (pagetree_load(entry, 1) ^ raw) |
		 (pagetree_load(entry, 2) ^ raw) |
		 (pagetree_load(entry, 3) ^ raw) |
		 (pagetree_load(entry, 4) ^ raw) |
		 (pagetree_load(entry, 5) ^ raw) |
		 (pagetree_load(entry, 6) ^ raw) |
		 (pagetree_load(entry, 7) ^ raw)))
		entry += 8;
	while (entry < end && pagetree_load(entry, 0) == raw)
		entry++;

	return entry - begin;
}

#endif /* PAGETREE_STRETCH_H */

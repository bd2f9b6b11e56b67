/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sink that records the events of a walk and checks them: each by itself, and
 * against the tree that was drawn.
 */
#ifndef PAGETREE_RECORDER_H
#define PAGETREE_RECORDER_H

#include <kunit/test.h>

#include "synth.h"

#define RECORDED	64

/**
 * struct recorder - checks and records the events of a walk
 * @sink: the sink of the walk
 * @synth: the tree; NULL if it changes during the walk
 * @to: where the walk must end
 * @at: the address that the walk has reached
 * @level: the level of the entries there
 * @levels: the levels of the tree
 * @opened: by level of the entry: where its table started
 * @used: by level of the entry: PAGETREE_TABLE_USED was sent for its table
 * @used_count: how many of these events came; @count and @events are without them
 * @entries_used: by level of the table: the last number of entries in use
 * @last: the last run of the current table
 * @stop: end the walk after this many events; without those whose return value
 *	is ignored
 * @count: number of events
 * @last_kind: kind of the last event
 * @wrong: what was wrong with the first wrong event
 * @culprit: that event
 * @events: the first events
 */
struct recorder {
	struct pagetree_sink sink;
	const struct synth *synth;
	unsigned long to;
	unsigned long at;
	unsigned int level;
	unsigned int levels;
	unsigned long opened[SYNTH_LEVELS + 2];
	bool used[SYNTH_LEVELS + 2];
	unsigned int used_count;
	unsigned long entries_used[SYNTH_LEVELS + 1];
	struct pagetree_event last;
	unsigned int stop;
	unsigned int count;
	enum pagetree_kind last_kind;
	const char *wrong;
	struct pagetree_event culprit;
	struct pagetree_event events[RECORDED];
};

/* Allocates a recorder, which the test frees. */
struct recorder *recorder_create(struct kunit *test);

/* Prepares a walk over [@start, @end) that ends after @stop events; 0 for all. */
void recorder_init(struct recorder *recorder, const struct synth *synth,
		   unsigned long start, unsigned long end, unsigned int stop);

/* Receives an event: the callback of recorder->sink. */
int recorder_event(struct pagetree_sink *sink,
		   const struct pagetree_event *event);

/* Walks; the test fails at a wrong event. Return: the address reached. */
unsigned long recorder_walk(struct kunit *test, struct recorder *recorder,
			    const struct pagetree_root *root);

/* Calls recorder_init() and recorder_walk(). */
unsigned long record(struct kunit *test, struct recorder *recorder,
		     const struct synth *synth, unsigned long start,
		     unsigned long end, unsigned int stop);

/*
 * The events up to level @top as text: letters as in synth.h, each with its
 * number of entries, tables as { }, with a ! if they raced.
 */
const char *recorder_text(struct kunit *test, const struct recorder *recorder,
			  unsigned int top);

/*
 * @text is written for tables of 512 entries. Scales it to the tables of this
 * machine. @top: the highest level in it; it may be the root, which belongs to
 * the kernel in part.
 */
const char *synth_scaled(struct kunit *test, const char *text,
			 unsigned int top);

/*
 * Checks that a walk that stops at any event sends no more events and returns
 * the address reached, that a walk from there sends the rest, and that both
 * together report the entries in use of each table once.
 */
void recorder_expect_stops(struct kunit *test, struct synth *synth,
			   const struct recorder *whole, unsigned long start,
			   unsigned long end);

#endif /* PAGETREE_RECORDER_H */

// SPDX-License-Identifier: GPL-2.0-only
#include "count.h"
#include "tally.h"

static __always_inline int walk_event(struct pagetree_sink *sink,
				      const struct pagetree_event *event)
{
	struct pagetree_counter *counter =
		container_of(sink, struct pagetree_counter, sink);

	/* the pass asks by itself at the end of the range */
	if (event->kind == PAGETREE_TABLE_END)
		return event->end < counter->end &&
		       pagetree_pass_must_yield(counter->pass);
	tally_event(&counter->tally, event);

	return 0;
}

#include "walk_tmpl.h"

unsigned long pagetree_count(struct pagetree_counter *counter,
			     const struct pagetree_root *root,
			     unsigned long start, unsigned long end)
{
	unsigned long reached;

	counter->end = end;
	reached = walk_range(root, start, end, &counter->sink);
	if (counter->sink.resumed)
		tally_resumed(&counter->tally, counter->sink.resumed,
			      root->level);

	return reached;
}

void pagetree_count_finish(struct pagetree_counter *counter)
{
	walk_finish(&counter->sink);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "walk.h"

static __always_inline int walk_event(struct pagetree_sink *sink,
				      const struct pagetree_event *event)
{
	return sink->event(sink, event);
}

#include "walk_tmpl.h"

unsigned long pagetree_walk(const struct pagetree_root *root,
			    unsigned long start, unsigned long end,
			    struct pagetree_sink *sink)
{
	struct pagetree_cursor unused = { };
	struct pagetree_root from = *root;

	if (!from.cursor)
		from.cursor = &unused;

	return walk_range(&from, start, end, sink);
}

void pagetree_walk_finish(struct pagetree_sink *sink)
{
	walk_finish(sink);
}

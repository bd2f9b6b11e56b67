// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../target.h"
#include "results.h"

#define RESULTS		64	/* kept for each attachment */

/* A ring buffer: the result with number seq is at index seq modulo RESULTS. */
struct pagetree_results {
	u64 seq;
	struct pagetree_shootdown rows[RESULTS];
};

void pagetree_results_add(struct pagetree_target *target,
			  struct pagetree_shootdown *result)
{
	struct pagetree_results *results = target->results;

	mutex_lock(&target->results_lock);
	result->seq = ++results->seq;
	results->rows[result->seq % RESULTS] = *result;
	mutex_unlock(&target->results_lock);
}

bool pagetree_results_next(struct pagetree_target *target, u64 seq,
			   struct pagetree_shootdown *result)
{
	const struct pagetree_results *results;
	bool found;

	mutex_lock(&target->results_lock);
	results = target->results;
	found = results && results->seq > seq;
	if (found) {
		if (results->seq - seq > RESULTS)
			seq = results->seq - RESULTS;
		*result = results->rows[(seq + 1) % RESULTS];
	}
	mutex_unlock(&target->results_lock);

	return found;
}

int pagetree_results_init(struct pagetree_target *target)
{
	struct pagetree_results *results = kvzalloc_obj(*results);

	if (!results)
		return -ENOMEM;

	mutex_lock(&target->results_lock);
	if (!target->results)
		swap(target->results, results);
	mutex_unlock(&target->results_lock);
	kvfree(results);

	return 0;
}

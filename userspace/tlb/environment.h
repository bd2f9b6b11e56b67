/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a measurement takes place. */
#ifndef PAGETREE_ENVIRONMENT_H
#define PAGETREE_ENVIRONMENT_H

#include "model/pairs.h"
#include "output/document.h"

struct environment {
	struct pairs pairs;
	struct texts texts;
};

/**
 * environment_begin() - describe the machine
 * @geometry: some of its keys are taken over
 * @live: describe this machine too, and time the clock and the controls
 *
 * Return: to be freed by environment_free().
 */
struct environment environment_begin(const struct pairs *geometry, bool live);

/* Replaces steal_ticks by the steal time since environment_begin(). */
void environment_end(struct environment *environment);

/* For people, with a warning about times under a hypervisor. */
void environment_print(struct document *document,
		       const struct environment *environment);
void environment_free(struct environment *environment);

#endif /* PAGETREE_ENVIRONMENT_H */

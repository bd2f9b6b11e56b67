/* SPDX-License-Identifier: GPL-2.0-only */
/* The last results of shootdowns, stored with each target. */
#ifndef PAGETREE_RESULTS_H
#define PAGETREE_RESULTS_H

#include <linux/types.h>

#include "../abi.h"

struct pagetree_target;

#define TYPE_TEXT(name)		char name[PAGETREE_SHOOTDOWN_WORD]
#define TYPE_ADDRESS(name)	u64 name
#define TYPE_COUNT(name)	u64 name
#define TYPE_NS(name)		u64 name

/* struct pagetree_shootdown - a row of shootdowns */
struct pagetree_shootdown {
#define X(name, type, meaning) TYPE_##type(name);
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
};

#undef TYPE_TEXT
#undef TYPE_ADDRESS
#undef TYPE_COUNT
#undef TYPE_NS

/*
 * Allocates memory for the results of @target, unless it has some; the target
 * frees it. May sleep. Return: 0 or -ENOMEM.
 */
int pagetree_results_init(struct pagetree_target *target);

/*
 * Sets the seq of @result and stores a copy, and drops the oldest if there are
 * too many. Call pagetree_results_init() first. May sleep.
 */
void pagetree_results_add(struct pagetree_target *target,
			  struct pagetree_shootdown *result);

/*
 * Copies the oldest stored result with a seq above @seq. Return: false if there
 * is no such result. May sleep.
 */
bool pagetree_results_next(struct pagetree_target *target, u64 seq,
			   struct pagetree_shootdown *result);

#endif /* PAGETREE_RESULTS_H */

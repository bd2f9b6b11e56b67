/* SPDX-License-Identifier: GPL-2.0-only */
/* pagetree why: what is not on the largest page that it could use, and why not. */
#ifndef PAGETREE_WHY_H
#define PAGETREE_WHY_H

#include "cli/process.h"

extern const struct view view_why;

/* The command; returns the exit code. */
int run_why(const struct options *options);

/* All reasons, what they mean and what can be done, for people. */
void why_help(void);

#endif /* PAGETREE_WHY_H */

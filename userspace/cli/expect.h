/* SPDX-License-Identifier: GPL-2.0-only */
/* --expect: conditions on the numbers of a process. */
#ifndef PAGETREE_EXPECT_H
#define PAGETREE_EXPECT_H

#include "cli/process.h"

/* Adds one; ends the tool if it is none. */
void expect_add(struct options *options, const char *text);

/* Complains of each that is false; whether all are true. Reads the summary. */
bool expect_all(const struct options *options, const struct process *process);

/* What can be expected, beside the keys of summary, for people. */
void expect_help(void);

/* These numbers as members of an object in JSON. */
void expect_json(const struct pairs *summary, const struct pairs *geometry);

#endif /* PAGETREE_EXPECT_H */

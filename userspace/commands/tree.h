/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of a process, one below the other. */
#ifndef PAGETREE_TREE_H
#define PAGETREE_TREE_H

#include "cli/process.h"

extern const struct view view_tree;

/* Returns the exit code. */
int run_tree(const struct options *options);

#endif /* PAGETREE_TREE_H */

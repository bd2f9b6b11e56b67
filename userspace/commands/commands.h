/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that show page tables; main.c has a line about each. */
#ifndef PAGETREE_COMMANDS_H
#define PAGETREE_COMMANDS_H

#include "cli/options.h"
#include "model/view.h"

extern const struct view view_tree, view_why, view_elf;

/* Each returns the exit code. */
int run_show(const struct options *options);
/* vmas, tables, map: the file that the view is named after */
int run_list(const struct options *options);
int run_walk(const struct options *options);
int run_group(const struct options *options);
int run_ps(const struct options *options);
int run_geometry(const struct options *options);
int run_tree(const struct options *options);
int run_why(const struct options *options);
int run_elf(const struct options *options);
int run_capture(const struct options *options);
/* show --verify: compares what the module counts with what the kernel counts. */
int run_verify(const struct options *options);

/* Prints all reasons and their meanings. */
void why_help(void);

#endif /* PAGETREE_COMMANDS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that show page tables; main.c says what each does. */
#ifndef PAGETREE_COMMANDS_H
#define PAGETREE_COMMANDS_H

#include "cli/options.h"
#include "model/view.h"

extern const struct view view_tree, view_why, view_elf;

/* Each returns the exit code. */
int run_show(const struct options *options);
int run_vmas(const struct options *options);
int run_tables(const struct options *options);
int run_map(const struct options *options);
int run_walk(const struct options *options);
int run_ps(const struct options *options);
int run_geometry(const struct options *options);
int run_tree(const struct options *options);
int run_why(const struct options *options);
int run_elf(const struct options *options);
int run_capture(const struct options *options);

/* All reasons and their meanings, for people. */
void why_help(void);

#endif /* PAGETREE_COMMANDS_H */

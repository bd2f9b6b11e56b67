/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that show what a file of debugfs says, as it is. */
#ifndef PAGETREE_VIEWS_H
#define PAGETREE_VIEWS_H

#include "cli/process.h"

extern const struct view view_geometry;

/* A list of a process: with its title where several would be mixed up. */
void views_print(const struct process *process, const struct options *options,
		 const struct list *list);

/* Each returns the exit code. */
int run_show(const struct options *options);	/* summary and vmas */
int run_vmas(const struct options *options);
int run_tables(const struct options *options);
int run_map(const struct options *options);
int run_walk(const struct options *options);
int run_ps(const struct options *options);
int run_geometry(const struct options *options);

#endif /* PAGETREE_VIEWS_H */

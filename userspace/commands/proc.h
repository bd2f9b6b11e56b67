/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc says of a process, in the columns of vmas: no module is needed. */
#ifndef PAGETREE_PROC_H
#define PAGETREE_PROC_H

#include "cli/process.h"

/* Returns the exit code. */
int run_proc(const struct options *options);

#endif /* PAGETREE_PROC_H */

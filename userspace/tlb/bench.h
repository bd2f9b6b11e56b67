/* SPDX-License-Identifier: GPL-2.0-only */
/* pagetree bench: what a lost TLB entry costs those who lose it. */
#ifndef PAGETREE_BENCH_H
#define PAGETREE_BENCH_H

#include "cli/process.h"

extern const struct view view_bench;

/* The command; returns the exit code. */
int bench(const struct options *options);

#endif /* PAGETREE_BENCH_H */

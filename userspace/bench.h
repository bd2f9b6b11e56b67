/* SPDX-License-Identifier: GPL-2.0-only */
/* pagetree bench: what a lost TLB entry costs those who lose it. */
#ifndef PAGETREE_BENCH_H
#define PAGETREE_BENCH_H

/* The command; returns the exit code. */
int bench(int argc, char **argv);

#endif /* PAGETREE_BENCH_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that measure TLBs and shoot them down; main.c says what each does. */
#ifndef PAGETREE_TLB_H
#define PAGETREE_TLB_H

#include "cli/options.h"
#include "model/view.h"

/* The columns of view_tlb. */
enum { TLB_tlb, TLB_level, TLB_type, TLB_page_size, TLB_entries, TLB_upto,
       TLB_ways, TLB_reach, TLB_source, TLB_cpu, TLB_threads, TLB_FIELDS };

extern const struct view view_tlb, view_bench;

/* Each returns the exit code. */
int run_tlb(const struct options *options);
int run_shootdown(const struct options *options);
int run_bench(const struct options *options);

/* What --help says beside options and columns. */
void tlb_help(void);
void shootdown_help(void);

#endif /* PAGETREE_TLB_H */

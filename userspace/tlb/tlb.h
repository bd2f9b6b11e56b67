/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that measure TLBs and shoot them down. main.c describes them. */
#ifndef PAGETREE_TLB_H
#define PAGETREE_TLB_H

#include "cli/options.h"
#include "model/view.h"
#include "tlb/measure.h"

/* The columns of view_tlb. */
enum { TLB_tlb, TLB_level, TLB_type, TLB_page_size, TLB_entries, TLB_upto,
       TLB_ways, TLB_reach, TLB_source, TLB_cpu, TLB_threads, TLB_measured,
       TLB_FIELDS };

extern const struct view view_tlb, view_bench, view_causes;

/* Each command returns the exit code. */
int run_tlb(const struct options *options);
int run_shootdown(const struct options *options);
int run_invalidations(const struct options *options);
int run_bench(const struct options *options);

/* Print the parts of --help that are not about options and columns of these. */
void tlb_help(void);
void shootdown_help(void);
void invalidations_help(void);
void causes_help(void);

/* Shoots at an attached process in all ways. Returns the exit code. */
int sweep(pid_t pid, const struct options *options);

/* Prints the rows of an input as a sweep. */
void sweep_print(const struct list *rows, const struct environment *environment,
		 const struct style *style);

#endif /* PAGETREE_TLB_H */

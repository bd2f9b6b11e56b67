/* SPDX-License-Identifier: GPL-2.0-only */
/* The TLBs of a processor, and what part of processes they reach. */
#ifndef PAGETREE_TLB_H
#define PAGETREE_TLB_H

#include "cli/process.h"

enum { TLB_tlb, TLB_level, TLB_type, TLB_page_size, TLB_entries, TLB_upto,
       TLB_ways, TLB_reach, TLB_source, TLB_cpu, TLB_threads, TLB_FIELDS };

extern const struct view view_tlb;

/* Returns the exit code. */
int run_tlb(const struct options *options);

#endif /* PAGETREE_TLB_H */

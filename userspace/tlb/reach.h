/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of a process that the TLBs of a processor reach. */
#ifndef PAGETREE_REACH_H
#define PAGETREE_REACH_H

#include "model/model.h"

/* The columns of view_reach. */
enum { REACH_page_size, REACH_mapped, REACH_accessed, REACH_leaves,
       REACH_accessed_leaves, REACH_level, REACH_entries, REACH_source,
       REACH_reach, REACH_mapped_part, REACH_accessed_part, REACH_FIELDS };

extern const struct view view_reach;

/* A row for each page size of the geometry; @tlbs: of view_tlb. */
struct list list_reach(const struct model *model, const struct list *tlbs);

#endif /* PAGETREE_REACH_H */

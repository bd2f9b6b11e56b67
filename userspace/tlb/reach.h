/* SPDX-License-Identifier: GPL-2.0-only */
/* What part of a process the TLBs of a processor reach. */
#ifndef PAGETREE_REACH_H
#define PAGETREE_REACH_H

#include "model/model.h"

extern const struct view view_reach;

/* A row for each page size of the geometry; @tlbs: of view_tlb. */
struct list list_reach(const struct model *model, const struct list *tlbs);

#endif /* PAGETREE_REACH_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMAs of a process without the module: by smaps and PAGEMAP_SCAN. */
#ifndef PAGETREE_VMAS_H
#define PAGETREE_VMAS_H

#include <sys/types.h>

#include "model/model.h"

/* Adds vmas, and to geometry the sizes of leaves; false if the process is gone. */
bool vmas_by_proc(struct model *model, pid_t pid);

#endif /* PAGETREE_VMAS_H */

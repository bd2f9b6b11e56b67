/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the VMAs of a process from smaps and PAGEMAP_SCAN, without the module. */
#ifndef PAGETREE_VMAS_H
#define PAGETREE_VMAS_H

#include <sys/types.h>

#include "model/model.h"

/*
 * Adds vmas to a model, and the leaf sizes to its geometry. Returns false if
 * the process has ended or has no memory.
 */
bool vmas_by_proc(struct model *model, pid_t pid);

#endif /* PAGETREE_VMAS_H */

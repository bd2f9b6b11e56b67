/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PAGETREE_SUMMARY_H
#define PAGETREE_SUMMARY_H

#include "model/model.h"

/* The whole address space in one look, sizes in bytes if @exact. */
void summary_print(const struct model *model, const char *comm, bool exact);

#endif /* PAGETREE_SUMMARY_H */

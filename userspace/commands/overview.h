/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the summary of an address space for people. */
#ifndef PAGETREE_OVERVIEW_H
#define PAGETREE_OVERVIEW_H

#include "model/model.h"
#include "output/document.h"

/* @comm: may be NULL */
void overview_print(struct document *document, const struct model *model,
		    const char *comm);

#endif /* PAGETREE_OVERVIEW_H */

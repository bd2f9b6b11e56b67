/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints a list as rows for scripts: raw cells, or pairs. */
#ifndef PAGETREE_SCRIPT_H
#define PAGETREE_SCRIPT_H

#include "output/columns.h"

/* The parameters are those of document_list(). */
void script_print(const struct list *list, const struct pairs *geometry,
		  const struct style *style, pid_t pid);

#endif /* PAGETREE_SCRIPT_H */

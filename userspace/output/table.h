/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints a list as a table for people, by libsmartcols. */
#ifndef PAGETREE_TABLE_H
#define PAGETREE_TABLE_H

#include "output/columns.h"

/* The parameters are those of document_list(). */
void table_print(const struct list *list, const struct pairs *geometry,
		 const struct style *style, pid_t pid);

#endif /* PAGETREE_TABLE_H */

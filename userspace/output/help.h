/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of --help about the columns of a view. */
#ifndef PAGETREE_HELP_H
#define PAGETREE_HELP_H

#include "model/view.h"

/* Prints a title, then the name, the type and the meaning of each column. */
void columns_help(const struct view *view, const char *title);

#endif /* PAGETREE_HELP_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of a view, for people. */
#ifndef PAGETREE_HELP_H
#define PAGETREE_HELP_H

#include "model/view.h"

/* A title, then a line with name, type and meaning for each column. */
void columns_help(const struct view *view, const char *title);

#endif /* PAGETREE_HELP_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel's paging looks like, as key and value lines. */
#ifndef PAGETREE_GEOMETRY_H
#define PAGETREE_GEOMETRY_H

struct pagetree_text;

void pagetree_geometry(struct pagetree_text *text);

#endif /* PAGETREE_GEOMETRY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel's paging looks like, as key and value lines. */
#ifndef PAGETREE_GEOMETRY_H
#define PAGETREE_GEOMETRY_H

struct pagetree_shape;
struct pagetree_text;

/* Sets all of it. */
void pagetree_shape_init(struct pagetree_shape *shape);

void pagetree_geometry(struct pagetree_text *text,
		       const struct pagetree_shape *shape);

#endif /* PAGETREE_GEOMETRY_H */

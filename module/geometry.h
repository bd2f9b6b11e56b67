/* SPDX-License-Identifier: GPL-2.0-only */
/* What the paging of this kernel looks like. */
#ifndef PAGETREE_GEOMETRY_H
#define PAGETREE_GEOMETRY_H

struct pagetree_shape;

/* Sets all members of @shape. */
void pagetree_shape_init(struct pagetree_shape *shape);

#endif /* PAGETREE_GEOMETRY_H */

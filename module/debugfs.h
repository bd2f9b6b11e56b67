/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that are read, in /sys/kernel/debug/pagetree. */
#ifndef PAGETREE_DEBUGFS_H
#define PAGETREE_DEBUGFS_H

struct dentry;
struct pagetree_target;

/* 0 if the opener of a file may use it, else -EPERM. */
int pagetree_may_open(void);

/* Creates the files that are about no process, in @root. */
void pagetree_debugfs_global(struct dentry *root);

/*
 * Creates the files about @target in @dir. They use @target without a reference
 * until @dir is removed.
 */
void pagetree_debugfs_target(struct dentry *dir, struct pagetree_target *target);

#endif /* PAGETREE_DEBUGFS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that are read, in /sys/kernel/debug/pagetree. */
#ifndef PAGETREE_DEBUGFS_H
#define PAGETREE_DEBUGFS_H

struct dentry;
struct pagetree_target;

/*
 * 0 if the caller may open a file; -EPERM without CAP_SYS_ADMIN, -ENODEV while
 * the load of the module may still fail.
 */
int pagetree_may_open(void);

/*
 * Creates the files that are about no process, in @root, and lets all files be
 * opened: from here on the load may not fail.
 */
void pagetree_debugfs_global(struct dentry *root);

/*
 * Creates the files about @target in @dir. Each open file has a reference to
 * @target; to open one, the reference is the caller's, until @dir is removed.
 */
void pagetree_debugfs_target(struct dentry *dir, struct pagetree_target *target);

#endif /* PAGETREE_DEBUGFS_H */

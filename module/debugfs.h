/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that are read, in /sys/kernel/debug/pagetree. */
#ifndef PAGETREE_DEBUGFS_H
#define PAGETREE_DEBUGFS_H

#include <linux/fs.h>

struct pagetree_target;

/**
 * pagetree_open() - begin the open method of any file of ours
 * @inode: as the method got it
 * @file: likewise; the methods of @fops are its from now on
 * @fops: with an owner
 *
 * The file was created with methods that have no owner and only this way in:
 * debugfs warns if it cannot get the owner of a module that is just going.
 *
 * Return: 0; -EPERM without CAP_SYS_ADMIN; -ENODEV while the module comes, since
 *	a load that fails takes no notice of open files, and when it goes.
 */
int pagetree_open(struct inode *inode, struct file *file,
		  const struct file_operations *fops);

/*
 * Copies the text of a write, which the caller frees. -E2BIG: more than
 * PAGETREE_WRITE_MAX bytes; -EINVAL: a NUL in it; -EFAULT, -ENOMEM.
 */
char *pagetree_copy_text(const char __user *buf, size_t count);

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

/* SPDX-License-Identifier: GPL-2.0-only */
/* The directories and files below /sys/kernel/debug/pagetree. */
#ifndef PAGETREE_DEBUGFS_H
#define PAGETREE_DEBUGFS_H

#include <linux/fs.h>

struct pagetree_target;

/* Creates the module's directory, without files. Return: 0 or an error. */
int pagetree_debugfs_init(void);

/* Removes the directory with all that is left in it. */
void pagetree_debugfs_exit(void);

/* Creates the files that are not about one process: geometry and processes. */
void pagetree_debugfs_create_files(void);

/* Creates another file in the module's directory; see pagetree_file_open(). */
void pagetree_debugfs_create(const char *name, umode_t mode,
			     const struct file_operations *fops);

/**
 * pagetree_debugfs_add() - create the directory of a process with its files
 * @target: the process. The caller keeps its reference until it has removed the
 *	directory; each open file takes one of its own
 *
 * Return: the directory or an error pointer.
 */
struct dentry *pagetree_debugfs_add(struct pagetree_target *target);

/*
 * Removes the directory of a process. Waits for tasks that are opening a file in
 * it, but not for those that are reading one.
 */
void pagetree_debugfs_remove(struct dentry *dir);

#endif /* PAGETREE_DEBUGFS_H */

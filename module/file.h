/* SPDX-License-Identifier: GPL-2.0-only */
/* What all debugfs files share: opening them, and the text of a write. */
#ifndef PAGETREE_FILE_H
#define PAGETREE_FILE_H

#include <linux/fs.h>

/*
 * Lets files be opened. Call it when the load can no longer fail: a failed load
 * frees the module even while its files are open.
 */
void pagetree_file_enable(void);

/*
 * Whether the current task may look at other processes: CAP_SYS_ADMIN, as for the
 * kernel's own state, and CAP_SYS_PTRACE, as for maps and pagemap of any process.
 */
bool pagetree_file_may_look(void);

/**
 * pagetree_file_open() - first step of the open method of any file
 * @inode: as passed to the method
 * @file: as passed to the method; its methods become @fops
 * @fops: methods with an owner
 *
 * Create each file with methods that have no owner and only an open method,
 * which calls this. debugfs would warn if it failed to get the owner of a
 * module that is just being removed.
 *
 * Return: 0; -EPERM unless pagetree_file_may_look(); -ENODEV before
 *	pagetree_file_enable() and while the module is being removed.
 */
int pagetree_file_open(struct inode *inode, struct file *file,
		       const struct file_operations *fops);

/**
 * pagetree_file_text() - copy the text of a write
 * @buf: the user's buffer
 * @count: bytes in it
 *
 * Return: a string, which the caller frees with kfree(). -E2BIG for more than
 *	PAGETREE_WRITE_MAX bytes, -EINVAL for a NUL byte, -EFAULT, -ENOMEM.
 */
char *pagetree_file_text(const char __user *buf, size_t count);

#endif /* PAGETREE_FILE_H */

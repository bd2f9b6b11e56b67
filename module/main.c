// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module consists of:
 *
 * target, pass, scan	a process, its VMAs in slices, all processes
 * walk, entry, arch/	from page tables to events
 * stats, render	from events to numbers, from numbers to text
 * reader, file		an open file, and the files of rows and totals on top
 * shootdown/		TLB shootdowns, and the kernel's own invalidations
 * attach, debugfs	which processes have a directory, and its files
 *
 * The last two have something to set up; then file lets the files be opened.
 */
#include <linux/module.h>

#include "attach.h"
#include "debugfs.h"
#include "file.h"

static int __init pagetree_init(void)
{
	int err;

	err = pagetree_debugfs_init();
	if (err)
		return err;
	err = pagetree_attach_init();
	if (err)
		goto err_debugfs;

	/* nothing can fail from here on */
	pagetree_file_enable();
	pagetree_debugfs_create_files();
	pagetree_attach_create_files();

	return 0;

err_debugfs:
	pagetree_debugfs_exit();
	return err;
}
module_init(pagetree_init);

static void __exit pagetree_exit(void)
{
	pagetree_attach_exit();
	pagetree_debugfs_exit();
}
module_exit(pagetree_exit);

MODULE_DESCRIPTION("Page trees of live processes, in debugfs");
MODULE_AUTHOR("The pagetree developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PAGETREE_VERSION);

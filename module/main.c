// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

#include "attach.h"

static int __init pagetree_init(void)
{
	return pagetree_attach_init();
}
module_init(pagetree_init);

static void __exit pagetree_exit(void)
{
	pagetree_attach_exit();
}
module_exit(pagetree_exit);

MODULE_DESCRIPTION("Page trees of live processes, in debugfs");
MODULE_AUTHOR("The pagetree developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");

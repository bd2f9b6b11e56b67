// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "abi.h"
#include "file.h"

static bool files_enabled;

void pagetree_file_enable(void)
{
	WRITE_ONCE(files_enabled, true);
}

bool pagetree_file_may_look(void)
{
	return capable(CAP_SYS_ADMIN) && capable(CAP_SYS_PTRACE);
}

int pagetree_file_open(struct inode *inode, struct file *file,
		       const struct file_operations *fops)
{
	int err = 0;

	if (!pagetree_file_may_look())
		err = -EPERM;
	else if (!READ_ONCE(files_enabled) || !fops_get(fops))
		err = -ENODEV;
	/* without a reference to the module, the file must not keep our methods */
	replace_fops(file, err ? inode->i_fop : fops);

	return err ?: stream_open(inode, file);
}

char *pagetree_file_text(const char __user *buf, size_t count)
{
	char *text;

	if (count > PAGETREE_WRITE_MAX)
		return ERR_PTR(-E2BIG);
	text = memdup_user_nul(buf, count);
	if (!IS_ERR(text) && strlen(text) != count) {
		kfree(text);
		return ERR_PTR(-EINVAL);
	}

	return text;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files, but attach and detach, are rows of a table here; other sources define
 * what they do.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>

#include "debugfs.h"
#include "reader.h"
#include "shootdown/files.h"
#include "target.h"

static struct dentry *root;

struct debugfs_file {
	const char *name;
	umode_t mode;
	const struct file_operations *fops;
};

/* KIND_open_fops: the methods that the file KIND is created with. */
#define READER_OPEN_FOPS(kind)						\
static int kind##_open(struct inode *inode, struct file *file)		\
{									\
	return pagetree_reader_open(inode, file, &pagetree_##kind##_file); \
}									\
									\
static const struct file_operations kind##_open_fops = { .open = kind##_open }

READER_OPEN_FOPS(geometry);
READER_OPEN_FOPS(processes);
READER_OPEN_FOPS(summary);
READER_OPEN_FOPS(vmas);
READER_OPEN_FOPS(tables);
READER_OPEN_FOPS(map);
READER_OPEN_FOPS(walk);
READER_OPEN_FOPS(shootdowns);
READER_OPEN_FOPS(invalidations);
READER_OPEN_FOPS(initiators);

static const struct debugfs_file global_files[] = {
	{ "geometry", 0400, &geometry_open_fops },
	{ "processes", 0400, &processes_open_fops },
};

static const struct debugfs_file target_files[] = {
	{ "summary", 0400, &summary_open_fops },
	{ "vmas", 0400, &vmas_open_fops },
	{ "tables", 0400, &tables_open_fops },
	{ "map", 0400, &map_open_fops },
	{ "walk", 0600, &walk_open_fops },
	{ "shootdown", 0200, &pagetree_shootdown_open_fops },
	{ "shootdowns", 0400, &shootdowns_open_fops },
	{ "invalidations", 0400, &invalidations_open_fops },
	{ "initiators", 0400, &initiators_open_fops },
};

/*
 * "Unsafe" means that removing the file does not wait for its readers. A reader
 * can wait as long as its target's mmap lock is held or its own buffer's page is
 * missing. It uses only what the open file pins: target, mm and module.
 */
static void create(struct dentry *dir, const struct debugfs_file *file,
		   struct pagetree_target *target)
{
	debugfs_create_file_unsafe(file->name, file->mode, dir, target,
				   file->fops);
}

int pagetree_debugfs_init(void)
{
	root = debugfs_create_dir("pagetree", NULL);
	/* modprobe says no more than the number, and -ENOENT reads like a missing module */
	if (IS_ERR(root))
		pr_err("pagetree: debugfs is switched off or refuses a directory (error %ld): boot without debugfs=off and debugfs=no-mount\n",
		       PTR_ERR(root));

	return PTR_ERR_OR_ZERO(root);
}

void pagetree_debugfs_exit(void)
{
	debugfs_remove(root);
}

void pagetree_debugfs_create(const char *name, umode_t mode,
			     const struct file_operations *fops)
{
	const struct debugfs_file file = { name, mode, fops };

	create(root, &file, NULL);
}

void pagetree_debugfs_create_files(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(global_files); i++)
		create(root, &global_files[i], NULL);
}

struct dentry *pagetree_debugfs_add(struct pagetree_target *target)
{
	struct dentry *dir;
	unsigned int i;
	char name[16];

	snprintf(name, sizeof(name), "%d", pid_nr(target->pid));
	dir = debugfs_create_dir(name, root);
	if (IS_ERR(dir))
		return dir;
	for (i = 0; i < ARRAY_SIZE(target_files); i++)
		create(dir, &target_files[i], target);

	return dir;
}

void pagetree_debugfs_remove(struct dentry *dir)
{
	debugfs_remove(dir);
}

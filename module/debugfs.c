// SPDX-License-Identifier: GPL-2.0-only
/* Opening, reading, writing and closing of the files, and their creation. */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "debugfs.h"
#include "geometry.h"
#include "invalidations.h"
#include "reader.h"
#include "shootdown.h"

#define READER_TEXT	(2 * PAGETREE_TEXT_ROW_MAX)

static bool show_physical;
module_param(show_physical, bool, 0600);
MODULE_PARM_DESC(show_physical, "say physical addresses in map and walk (default no)");

/* Whether the module has come to stay. */
static bool open_for_all;

int pagetree_open(struct inode *inode, struct file *file,
		  const struct file_operations *fops)
{
	int err = 0;

	if (!capable(CAP_SYS_ADMIN))
		err = -EPERM;
	else if (!READ_ONCE(open_for_all) || !fops_get(fops))
		err = -ENODEV;
	/* without a reference, nothing of ours may be left in the file */
	replace_fops(file, err ? inode->i_fop : fops);

	return err ?: stream_open(inode, file);
}

char *pagetree_copy_text(const char __user *buf, size_t count)
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

/* What the kinds of files share */

static int reader_event(struct pagetree_sink *sink,
			const struct pagetree_event *event)
{
	struct reader *reader = container_of(sink, struct reader, sink);

	if (event->kind == PAGETREE_TABLE_END)
		return pagetree_pass_must_yield(&reader->pass);
	pagetree_tally_event(&reader->tally, event);

	return 0;
}

unsigned long pagetree_reader_count(struct reader *reader,
				    const struct pagetree_vma *vma,
				    const struct pagetree_root *root,
				    struct pagetree_counts *counts,
				    struct pagetree_tables *tables)
{
	reader->sink = (struct pagetree_sink) {
		.event = reader_event,
		.fresh = reader->pass.next,
		.contig = counts->contig,
	};
	reader->tally = (struct pagetree_tally) {
		.counts = counts,
		.tables = tables,
		.fresh = reader->pass.next,
		.first = vma->first,
		.anon = vma->kind == PAGETREE_VMA_ANON,
		.open = !!(vma->flags & VM_ACCESS_FLAGS),
		.cost = &reader->pass.cost,
	};

	return pagetree_walk(root, vma->from, vma->to, &reader->sink);
}

void pagetree_reader_keys(struct reader *reader)
{
	pagetree_render_key_columns(&reader->text);
}

/* geometry */

static int geometry_render(struct reader *reader)
{
	pagetree_geometry(&reader->text, &reader->shape);
	reader->stage = READER_COST;

	return 0;
}

static const struct reader_file pagetree_geometry_file = {
	.name = "geometry",
	.size = sizeof(struct reader),
	.zeroed = sizeof(struct reader),
	.columns = pagetree_reader_keys,
	.render = geometry_render,
};

/* What is kept of a process, and read without a pass */

struct kept {
	struct reader reader;
	struct pagetree_target *target;
};

static int kept_open(struct reader *reader, struct pagetree_target *target)
{
	container_of(reader, struct kept, reader)->target =
		pagetree_target_get(target);

	return 0;
}

static void kept_release(struct reader *reader)
{
	struct kept *kept = container_of(reader, struct kept, reader);

	if (kept->target)
		pagetree_target_put(kept->target);
}

/* shootdowns */

struct history {
	struct kept kept;
	u64 seq;		/* of the last row */
	struct pagetree_shootdown result;
};

static void history_columns(struct reader *reader)
{
	pagetree_render_shootdown_columns(&reader->text);
}

static int history_render(struct reader *reader)
{
	struct history *history =
		container_of(reader, struct history, kept.reader);

	if (!pagetree_shootdown_next(history->kept.target, history->seq,
				     &history->result)) {
		reader->stage = READER_COST;
		return 0;
	}
	history->seq = history->result.seq;
	pagetree_render_shootdown(&reader->text, &history->result);

	return 0;
}

static const struct reader_file pagetree_shootdowns_file = {
	.name = "shootdowns",
	.size = sizeof(struct history),
	.zeroed = sizeof(struct history),
	.columns = history_columns,
	.render = history_render,
	.open = kept_open,
	.release = kept_release,
};

/* invalidations */

struct census {
	struct kept kept;
	struct pagetree_invalidation rows[PAGETREE_INVALIDATION_ROWS];
};

static void census_columns(struct reader *reader)
{
	pagetree_render_invalidation_columns(&reader->text);
}

static int census_render(struct reader *reader)
{
	struct census *census =
		container_of(reader, struct census, kept.reader);
	unsigned int i;
	int err;

	err = pagetree_invalidations_read(census->kept.target, census->rows);
	if (err)
		return err;
	for (i = 0; i < PAGETREE_INVALIDATION_ROWS; i++)
		pagetree_render_invalidation(&reader->text, &census->rows[i]);
	reader->stage = READER_COST;

	return 0;
}

static const struct reader_file pagetree_invalidations_file = {
	.name = "invalidations",
	.size = sizeof(struct census),
	.zeroed = sizeof(struct census),
	.columns = census_columns,
	.render = census_render,
	.open = kept_open,
	.release = kept_release,
};

/* Reading and writing */

/* Renders what comes next; leaves the text empty at the end of the file. */
static int reader_advance(struct reader *reader)
{
	const u64 began = ktime_get_ns();
	struct pagetree_text *text = &reader->text;
	struct pagetree_pass *pass = &reader->pass;
	int err = 0;

	text->len = 0;
	reader->taken = 0;

	switch (reader->stage) {
	case READER_TITLE:
		pagetree_render_title(text, reader->file->name);
		reader->file->columns(reader);
		reader->stage = READER_BODY;
		break;
	case READER_BODY:
		err = reader->file->render(reader);
		break;
	case READER_COST:
		pass->cost.us = div_u64(reader->ns, NSEC_PER_USEC);
		pagetree_render_cost(text, &pass->cost,
				     pass->state != PAGETREE_PASS_PARTIAL,
				     pass->next);
		reader->stage = READER_END;
		break;
	case READER_END:
		break;
	}
	reader->ns += ktime_get_ns() - began;

	return err;
}

static ssize_t reader_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	struct reader *reader = file->private_data;
	ssize_t done = 0;
	int err = 0;

	if (mutex_lock_killable(&reader->lock))
		return -EINTR;

	while (done < count) {
		size_t size = min(reader->text.len - reader->taken, count - done);

		if (!size) {
			if (reader->stage == READER_END)
				break;
			err = reader_advance(reader);
			if (err)
				break;
			continue;
		}
		if (copy_to_user(buf + done, reader->text.buf + reader->taken,
				 size)) {
			err = -EFAULT;
			break;
		}
		reader->taken += size;
		done += size;
	}
	mutex_unlock(&reader->lock);

	return done ?: err;
}

/* A question; the file begins anew with the answer, or empty after an error. */
static ssize_t reader_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	struct reader *reader = file->private_data;
	char *text;
	int err;

	if (!reader->file->write)
		return -EINVAL;
	text = pagetree_copy_text(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);

	err = mutex_lock_killable(&reader->lock);
	if (!err) {
		err = reader->file->write(reader, text);
		reader->stage = READER_TITLE;
		reader->text.len = 0;
		reader->taken = 0;
		reader->ns = 0;
		pagetree_pass_rewind(&reader->pass);
		mutex_unlock(&reader->lock);
	}
	kfree(text);

	return err ?: count;
}

static void reader_free(struct reader *reader)
{
	if (reader->file->release)
		reader->file->release(reader);
	kvfree(reader->text.buf);
	kvfree(reader);
}

static const struct file_operations reader_fops;

static int reader_open(struct inode *inode, struct file *file,
		       const struct reader_file *kind)
{
	struct reader *reader;
	int err;

	err = pagetree_open(inode, file, &reader_fops);
	if (err)
		return err;

	reader = kvmalloc(kind->size, GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	memset(reader, 0, kind->zeroed);
	mutex_init(&reader->lock);
	reader->file = kind;
	reader->physical = READ_ONCE(show_physical);
	pagetree_shape_init(&reader->shape);
	reader->text.size = READER_TEXT;
	reader->text.buf = kvmalloc(READER_TEXT, GFP_KERNEL);
	if (!reader->text.buf) {
		err = -ENOMEM;
		goto err_reader;
	}
	if (kind->open) {
		err = kind->open(reader, inode->i_private);
		if (err)
			goto err_reader;
	}
	if (kind->visitor) {
		reader->visitor = *kind->visitor;
		err = pagetree_pass_init(&reader->pass, inode->i_private);
		if (err)
			goto err_reader;
	}
	file->private_data = reader;

	return 0;

err_reader:
	reader_free(reader);
	return err;
}

static int reader_release(struct inode *inode, struct file *file)
{
	struct reader *reader = file->private_data;

	if (reader->file->visitor)
		pagetree_pass_exit(&reader->pass);
	reader_free(reader);

	return 0;
}

static const struct file_operations reader_fops = {
	.owner = THIS_MODULE,
	.read = reader_read,
	.write = reader_write,
	.release = reader_release,
};

#define READER_WAY_IN(kind)						\
static int kind##_open(struct inode *inode, struct file *file)		\
{									\
	return reader_open(inode, file, &pagetree_##kind##_file);	\
}									\
									\
static const struct file_operations kind##_way_in = { .open = kind##_open }

READER_WAY_IN(geometry);
READER_WAY_IN(processes);
READER_WAY_IN(summary);
READER_WAY_IN(vmas);
READER_WAY_IN(tables);
READER_WAY_IN(map);
READER_WAY_IN(walk);
READER_WAY_IN(shootdowns);
READER_WAY_IN(invalidations);

/* The file shootdown: commands about what the process ran in at open */

struct commander {
	struct pagetree_target *target;
	struct mm_struct *mm;
};

static ssize_t shootdown_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	const struct commander *commander = file->private_data;
	char *text = pagetree_copy_text(buf, count);
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	err = pagetree_shootdown(commander->target, commander->mm, text);
	kfree(text);

	return err ?: count;
}

static int shootdown_release(struct inode *inode, struct file *file)
{
	struct commander *commander = file->private_data;

	pagetree_mm_drop(commander->mm);
	pagetree_target_put(commander->target);
	kfree(commander);

	return 0;
}

static const struct file_operations shootdown_fops = {
	.owner = THIS_MODULE,
	.write = shootdown_write,
	.release = shootdown_release,
};

static int shootdown_open(struct inode *inode, struct file *file)
{
	struct pagetree_target *target = inode->i_private;
	struct commander *commander;
	int err;

	err = pagetree_open(inode, file, &shootdown_fops);
	if (err)
		return err;

	commander = kmalloc_obj(*commander);
	if (!commander)
		return -ENOMEM;
	commander->mm = pagetree_target_grab_mm(target);
	if (!commander->mm) {
		kfree(commander);
		return -ESRCH;
	}
	commander->target = pagetree_target_get(target);
	file->private_data = commander;

	return 0;
}

static const struct file_operations shootdown_way_in = {
	.open = shootdown_open,
};

void pagetree_debugfs_global(struct dentry *root)
{
	WRITE_ONCE(open_for_all, true);
	debugfs_create_file_unsafe("geometry", 0400, root, NULL,
				   &geometry_way_in);
	debugfs_create_file_unsafe("processes", 0400, root, NULL,
				   &processes_way_in);
}

/*
 * Unsafe says that the removal does not wait for a read. A reader may wait as
 * long as its target's mmap lock is held or its buffer's page is away, and uses
 * only what the open file pins: target, mm and module.
 */
void pagetree_debugfs_target(struct dentry *dir, struct pagetree_target *target)
{
	debugfs_create_file_unsafe("summary", 0400, dir, target,
				   &summary_way_in);
	debugfs_create_file_unsafe("vmas", 0400, dir, target, &vmas_way_in);
	debugfs_create_file_unsafe("tables", 0400, dir, target,
				   &tables_way_in);
	debugfs_create_file_unsafe("map", 0400, dir, target, &map_way_in);
	debugfs_create_file_unsafe("walk", 0600, dir, target, &walk_way_in);
	debugfs_create_file_unsafe("shootdown", 0200, dir, target,
				   &shootdown_way_in);
	debugfs_create_file_unsafe("shootdowns", 0400, dir, target,
				   &shootdowns_way_in);
	debugfs_create_file_unsafe("invalidations", 0400, dir, target,
				   &invalidations_way_in);
}

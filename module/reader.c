// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "entry.h"
#include "file.h"
#include "reader.h"

#define READER_TEXT	(2 * PAGETREE_TEXT_ROW_MAX)

static bool show_physical;
module_param(show_physical, bool, 0600);
MODULE_PARM_DESC(show_physical, "show physical addresses in map and walk (default no)");

unsigned long pagetree_reader_count(struct reader *reader,
				    const struct pagetree_vma *vma,
				    const struct pagetree_root *root,
				    struct pagetree_counts *counts,
				    struct pagetree_tables *tables,
				    struct pagetree_open *open)
{
	struct pagetree_counter *counter = &reader->counter;

	counter->pass = &reader->pass;
	counter->sink.fresh = reader->pass.next;
	counter->sink.contig = counts->contig;
	counter->sink.open = open;
	counter->tally.counts = counts;
	counter->tally.tables = tables;
	counter->tally.fresh = reader->pass.next;
	counter->tally.first = vma->first;
	counter->tally.anon = vma->kind == PAGETREE_VMA_ANON;
	counter->tally.open = !!(vma->flags & VM_ACCESS_FLAGS);
	counter->tally.cost = &reader->pass.cost;

	return pagetree_count(counter, root, vma->from, vma->to);
}

/* Renders the next part of the file; the text stays empty at the end of it. */
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

/* After a write, the file starts again: with the answer, or empty on an error. */
static ssize_t reader_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	struct reader *reader = file->private_data;
	char *text;
	int err;

	if (!reader->file->write)
		return -EINVAL;
	text = pagetree_file_text(buf, count);
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

/* Sets all members of @shape for this kernel. */
static void shape_init(struct pagetree_shape *shape)
{
	unsigned int level;

	shape->levels = pagetree_levels();
	shape->page_shift = PAGE_SHIFT;
	shape->conthint = false;
	for (level = 1; level <= shape->levels; level++) {
		shape->entries[level] = pagetree_user_entries(level,
							      shape->levels);
		shape->conthint |= !!pagetree_conthint_shift(level);
	}
}

static const struct file_operations reader_fops;

int pagetree_reader_open(struct inode *inode, struct file *file,
			 const struct reader_file *kind)
{
	struct reader *reader;
	int err;

	err = pagetree_file_open(inode, file, &reader_fops);
	if (err)
		return err;

	reader = kvmalloc(kind->size, GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	memset(reader, 0, kind->zeroed);
	mutex_init(&reader->lock);
	reader->file = kind;
	reader->physical = READ_ONCE(show_physical);
	shape_init(&reader->shape);
	reader->text.size = kind->text ?: READER_TEXT;
	reader->text.buf = kvmalloc(reader->text.size, GFP_KERNEL);
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each open file makes its own pass. What the walk counts under the locks is
 * kept as numbers; it becomes text when the locks are back.
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "debugfs.h"
#include "entry.h"
#include "geometry.h"
#include "render.h"
#include "stats.h"
#include "target.h"

#define READER_ROWS	32
#define READER_NAMES	(4 * PATH_MAX)
#define READER_TEXT	(2 * PAGETREE_TEXT_ROW_MAX)

struct reader;

/**
 * struct reader_file - one kind of file
 * @name: as the title line says it
 * @columns: renders the second line
 * @visitor: what its passes call; NULL if the file is about no process
 * @render: renders what there is to render and fits; false once nothing is left
 *	until the next slice
 */
struct reader_file {
	const char *name;
	void (*columns)(struct reader *reader);
	const struct pagetree_visitor *visitor;
	bool (*render)(struct reader *reader);
};

enum reader_stage { READER_TITLE, READER_BODY, READER_COST, READER_END };

/**
 * struct reader - one open file
 * @lock: taken by each read; covers all the rest
 * @file: its kind
 * @levels: of this kernel's page tables
 * @stage: what is rendered next
 * @text: what is rendered
 * @taken: bytes of it that were read
 * @ns: time spent on all of it
 * @pass: over the process
 * @visitor: a copy of the kind's, so that a visit finds its reader
 * @sink: the walk's, likewise
 * @tally: where the walk counts
 * @summary: for the file of that name
 * @done: for vmas: so many of @rows are complete
 * @rendered: so many of them are text
 * @begun: the row behind them is begun
 * @names_used: bytes of @names
 * @rows: between walk and text
 * @names: of the rows
 * @room: of the text
 */
struct reader {
	struct mutex lock; /* see above */
	const struct reader_file *file;
	unsigned int levels;
	enum reader_stage stage;
	struct pagetree_text text;
	size_t taken;
	u64 ns;

	struct pagetree_pass pass;
	struct pagetree_visitor visitor;
	struct pagetree_sink sink;
	struct pagetree_tally tally;

	struct pagetree_summary summary;

	unsigned int done;
	unsigned int rendered;
	bool begun;
	size_t names_used;
	struct pagetree_row rows[READER_ROWS];
	char names[READER_NAMES];
	char room[READER_TEXT];
};

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

/* The walk */

static int reader_event(struct pagetree_sink *sink,
			const struct pagetree_event *event)
{
	struct reader *reader = container_of(sink, struct reader, sink);

	pagetree_tally_event(&reader->tally, event);

	return event->kind == PAGETREE_TABLE_END &&
	       pagetree_pass_must_yield(&reader->pass);
}

static unsigned long reader_walk(struct reader *reader,
				 const struct pagetree_vma *vma,
				 const struct pagetree_root *root,
				 struct pagetree_counts *counts)
{
	reader->sink.event = reader_event;
	reader->tally = (struct pagetree_tally) {
		.counts = counts,
		.fresh = reader->pass.next,
		.first = vma->first,
		.anon = vma->kind == PAGETREE_VMA_ANON,
		.cost = &reader->pass.cost,
	};

	return pagetree_walk(root, vma->from, vma->end, &reader->sink);
}

/* summary */

static unsigned long summary_visit(struct pagetree_visitor *visitor,
				   const struct pagetree_vma *vma,
				   const struct pagetree_root *root)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);
	unsigned long reached = reader_walk(reader, vma, root,
					    &reader->summary.counts);

	reader->summary.vmas += vma->first;
	reader->summary.vma_bytes += reached - vma->from;

	return reached;
}

static void summary_end_row(struct pagetree_visitor *visitor, unsigned long end,
			    bool changed)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);

	reader->summary.counts.retries += changed;
}

static const struct pagetree_visitor summary_visitor = {
	.visit = summary_visit,
	.end_row = summary_end_row,
};

static void key_columns(struct reader *reader)
{
	pagetree_render_key_columns(&reader->text);
}

static bool summary_render(struct reader *reader)
{
	if (reader->pass.state == PAGETREE_PASS_MORE)
		return false;

	reader->summary.pid = pid_nr(reader->pass.target->pid);
	pagetree_render_summary(&reader->text, &reader->summary, reader->levels);
	reader->stage = READER_COST;

	return true;
}

static const struct reader_file summary_file = {
	.name = "summary",
	.columns = key_columns,
	.visitor = &summary_visitor,
	.render = summary_render,
};

/* vmas */

/* by enum pagetree_vma_kind, which the same list makes */
static const char *const vma_kinds[] = {
#define X(enumerator, text) text,
	PAGETREE_VMA_KINDS(X)
#undef X
};

static void row_begin(struct reader *reader, const struct pagetree_vma *vma)
{
	struct pagetree_row *row = &reader->rows[reader->done];
	char *names = reader->names + reader->names_used;
	const char *name = pagetree_vma_name(vma, names, PATH_MAX);
	size_t size = strnlen(name, PATH_MAX - 1);

	memset(row, 0, sizeof(*row));
	row->start = vma->from;
	row->perms[0] = vma->flags & VM_READ ? 'r' : '-';
	row->perms[1] = vma->flags & VM_WRITE ? 'w' : '-';
	row->perms[2] = vma->flags & VM_EXEC ? 'x' : '-';
	row->perms[3] = vma->flags & VM_MAYSHARE ? 's' : 'p';
	row->offset = vma->offset;
	row->kind = vma_kinds[vma->kind];
	row->name = names;
	memmove(names, name, size);
	names[size] = '\0';
	reader->names_used += size + 1;
}

static unsigned long vmas_visit(struct pagetree_visitor *visitor,
				const struct pagetree_vma *vma,
				const struct pagetree_root *root)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);

	if (vma->first) {
		if (reader->done == READER_ROWS ||
		    READER_NAMES - reader->names_used < PATH_MAX)
			return vma->from;
		row_begin(reader, vma);
		reader->begun = true;
	}

	return reader_walk(reader, vma, root,
			   &reader->rows[reader->done].counts);
}

static void vmas_end_row(struct pagetree_visitor *visitor, unsigned long end,
			 bool changed)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);
	struct pagetree_row *row = &reader->rows[reader->done++];

	row->end = end;
	row->counts.retries += changed;
	reader->begun = false;
}

static const struct pagetree_visitor vmas_visitor = {
	.visit = vmas_visit,
	.end_row = vmas_end_row,
};

static void vmas_columns(struct reader *reader)
{
	pagetree_render_vma_columns(&reader->text, reader->levels);
}

/* All rows are text: makes room, and takes the row that is begun along. */
static void vmas_rewind(struct reader *reader)
{
	struct pagetree_row *row = &reader->rows[reader->done];

	reader->names_used = 0;
	if (reader->begun) {
		reader->rows[0] = *row;
		reader->names_used = strlen(row->name) + 1;
		memmove(reader->names, row->name, reader->names_used);
		reader->rows[0].name = reader->names;
	}
	reader->done = 0;
	reader->rendered = 0;
}

static bool vmas_render(struct reader *reader)
{
	struct pagetree_text *text = &reader->text;

	if (reader->rendered == reader->done) {
		if (reader->pass.state != PAGETREE_PASS_MORE) {
			reader->stage = READER_COST;
			return true;
		}
		vmas_rewind(reader);
		return false;
	}
	while (reader->rendered < reader->done &&
	       text->size - text->len >= PAGETREE_TEXT_ROW_MAX)
		pagetree_render_vma(text, &reader->rows[reader->rendered++],
				    reader->levels);

	return true;
}

static const struct reader_file vmas_file = {
	.name = "vmas",
	.columns = vmas_columns,
	.visitor = &vmas_visitor,
	.render = vmas_render,
};

/* geometry */

static bool geometry_render(struct reader *reader)
{
	pagetree_geometry(&reader->text);
	reader->pass.state = PAGETREE_PASS_COMPLETE;
	reader->stage = READER_COST;

	return true;
}

static const struct reader_file geometry_file = {
	.name = "geometry",
	.columns = key_columns,
	.render = geometry_render,
};

/* Reading */

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
		while (!reader->file->render(reader)) {
			err = pagetree_pass_slice(pass, &reader->visitor);
			if (err)
				break;
		}
		break;
	case READER_COST:
		pass->cost.us = div_u64(reader->ns, NSEC_PER_USEC);
		pagetree_render_cost(text, &pass->cost,
				     pass->state == PAGETREE_PASS_COMPLETE,
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

static const struct file_operations reader_fops;

static int reader_open(struct inode *inode, struct file *file,
		       const struct reader_file *kind)
{
	struct reader *reader;
	int err;

	err = pagetree_open(inode, file, &reader_fops);
	if (err)
		return err;

	reader = kvzalloc_obj(*reader);
	if (!reader)
		return -ENOMEM;
	mutex_init(&reader->lock);
	reader->file = kind;
	reader->levels = pagetree_levels();
	reader->text.buf = reader->room;
	reader->text.size = sizeof(reader->room);

	if (kind->visitor) {
		reader->visitor = *kind->visitor;
		err = pagetree_pass_init(&reader->pass, inode->i_private);
		if (err) {
			kvfree(reader);
			return err;
		}
	}
	file->private_data = reader;

	return 0;
}

static int reader_release(struct inode *inode, struct file *file)
{
	struct reader *reader = file->private_data;

	if (reader->file->visitor)
		pagetree_pass_exit(&reader->pass);
	kvfree(reader);

	return 0;
}

static const struct file_operations reader_fops = {
	.owner = THIS_MODULE,
	.read = reader_read,
	.release = reader_release,
};

#define READER_WAY_IN(kind)						\
static int kind##_open(struct inode *inode, struct file *file)		\
{									\
	return reader_open(inode, file, &kind##_file);			\
}									\
									\
static const struct file_operations kind##_way_in = { .open = kind##_open }

READER_WAY_IN(summary);
READER_WAY_IN(vmas);
READER_WAY_IN(geometry);

void pagetree_debugfs_global(struct dentry *root)
{
	WRITE_ONCE(open_for_all, true);
	debugfs_create_file_unsafe("geometry", 0400, root, NULL,
				   &geometry_way_in);
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
}

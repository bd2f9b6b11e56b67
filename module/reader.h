/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An open file that is read: the part common to all kinds of files, and the
 * kinds. Each open file makes its own pass. The walk counts under the locks;
 * the counts become text after the locks are released.
 */
#ifndef PAGETREE_READER_H
#define PAGETREE_READER_H

#include <linux/fs.h>
#include <linux/mutex.h>

#include "count.h"
#include "pass.h"
#include "render.h"
#include "stats.h"
#include "target.h"
#include "walk.h"

struct reader;

/**
 * struct reader_file - one kind of file
 * @name: its name in the title line
 * @size: size of the struct that embeds struct reader as its first member
 * @zeroed: how many bytes of that struct are zeroed at open, from its start
 * @text: bytes of text that are rendered at a time, at least what the longest part
 *	of the file takes; 0 for rows that can have PAGETREE_TEXT_ROW_MAX
 * @columns: renders the second line
 * @render: renders the next rows, or sets the stage to READER_COST after the
 *	last one. Return 0, -EINTR if the reader was killed, or -EOPNOTSUPP
 *	if this kernel has no such rows
 * @visitor: callbacks of the pass over the process; NULL if the file needs no
 *	pass over one
 * @open: prepares what is not zero; may be NULL. @target is NULL if the file is
 *	not about one process. A pass pins @target; without a pass, @open pins it
 * @release: releases what @open took; may be NULL
 * @write: takes the text of a write; NULL if the file cannot be written. Return
 *	0 or an error
 */
struct reader_file {
	const char *name;
	size_t size;
	size_t zeroed;
	size_t text;
	void (*columns)(struct reader *reader);
	int (*render)(struct reader *reader);
	const struct pagetree_visitor *visitor;
	int (*open)(struct reader *reader, struct pagetree_target *target);
	void (*release)(struct reader *reader);
	int (*write)(struct reader *reader, const char *text);
};

enum reader_stage { READER_TITLE, READER_BODY, READER_COST, READER_END };

/**
 * struct reader - one open file
 * @lock: held by each read and write; protects everything else
 * @file: the kind of file
 * @shape: the shape of this kernel's page tables
 * @physical: show frame numbers
 * @stage: what to render next
 * @text: the rendered text
 * @taken: bytes of @text that were read
 * @ns: nanoseconds spent so far
 * @pass: the pass over the process
 * @visitor: a copy of the kind's visitor, so that a visit can find its reader
 * @sink: the sink of the walk, for the same reason
 * @counter: how the walk counts
 */
struct reader {
	struct mutex lock; /* see above */
	const struct reader_file *file;
	struct pagetree_shape shape;
	bool physical;
	enum reader_stage stage;
	struct pagetree_text text;
	size_t taken;
	u64 ns;

	struct pagetree_pass pass;
	struct pagetree_visitor visitor;
	struct pagetree_sink sink;
	struct pagetree_counter counter;
};

/* Whether another row of any kind fits into the text. */
static inline bool reader_row_fits(const struct reader *reader)
{
	return reader->text.size - reader->text.len >= PAGETREE_TEXT_ROW_MAX;
}

/* The second line of files with keys and values. */
static inline void pagetree_reader_keys(struct reader *reader)
{
	pagetree_render_key_columns(&reader->text);
}

/**
 * pagetree_reader_count() - walk the range of a visit and count it
 * @reader: the reader that visits
 * @vma: as passed to the visit
 * @root: as passed to the visit
 * @counts: the row to count in
 * @tables: the tables to count in, if not NULL
 * @open: as in struct pagetree_sink
 *
 * Context: as pagetree_walk().
 * Return: the address reached.
 */
unsigned long pagetree_reader_count(struct reader *reader,
				    const struct pagetree_vma *vma,
				    const struct pagetree_root *root,
				    struct pagetree_counts *counts,
				    struct pagetree_tables *tables,
				    struct pagetree_open *open);

/**
 * pagetree_reader_open() - the open method of a file that is read
 * @inode: its i_private is the target, NULL if the file is not about one process
 * @file: the file
 * @kind: what kind of file it is
 *
 * Return: 0; -ESRCH if the process has no address space now; -ENOMEM; the
 *	errors of pagetree_file_open().
 */
int pagetree_reader_open(struct inode *inode, struct file *file,
			 const struct reader_file *kind);

extern const struct reader_file pagetree_geometry_file;

/* Totals over many VMAs. */
extern const struct reader_file pagetree_summary_file;
extern const struct reader_file pagetree_tables_file;
extern const struct reader_file pagetree_processes_file;

/* Rows of one process. */
extern const struct reader_file pagetree_vmas_file;
extern const struct reader_file pagetree_map_file;
extern const struct reader_file pagetree_walk_file;

#endif /* PAGETREE_READER_H */

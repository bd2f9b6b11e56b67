/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An open file that is read: what all kinds of files share, and the kinds.
 * Each open file makes its own pass. What the walk counts under the locks is
 * kept as numbers; it becomes text when the locks are back.
 */
#ifndef PAGETREE_READER_H
#define PAGETREE_READER_H

#include <linux/mutex.h>

#include "pass.h"
#include "render.h"
#include "stats.h"
#include "target.h"
#include "walk.h"

struct reader;

/**
 * struct reader_file - one kind of file
 * @name: as the title line says it
 * @size: of the struct that begins with its struct reader
 * @zeroed: so much of it from its beginning on is zero at first
 * @columns: renders the second line
 * @render: renders what comes next, or sets the stage to READER_COST where
 *	nothing does; -EINTR if the reader was killed
 * @visitor: what passes over the process call; NULL if the file is about none
 * @open: prepares what is not zero; may be NULL. The target is of a file that is
 *	about one; a pass pins it, else @open has to
 * @release: frees what @open took; may be NULL
 * @write: takes the text of a write, may be NULL; 0 or an error
 */
struct reader_file {
	const char *name;
	size_t size;
	size_t zeroed;
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
 * @lock: taken by each read and write; covers all the rest
 * @file: its kind
 * @shape: of this kernel's page tables
 * @physical: say frames
 * @stage: what is rendered next
 * @text: what is rendered
 * @taken: bytes of it that were read
 * @ns: time spent on all of it
 * @pass: over the process
 * @visitor: a copy of the kind's, so that a visit finds its reader
 * @sink: the walk's, likewise
 * @tally: where the walk counts
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
	struct pagetree_tally tally;
};

/* Whether another row of any kind fits. */
static inline bool reader_has_room(const struct reader *reader)
{
	return reader->text.size - reader->text.len >= PAGETREE_TEXT_ROW_MAX;
}

/*
 * Walks what a visit is to walk and counts it: in @counts, and in @tables if
 * that is not NULL. Returns the address reached.
 */
unsigned long pagetree_reader_count(struct reader *reader,
				    const struct pagetree_vma *vma,
				    const struct pagetree_root *root,
				    struct pagetree_counts *counts,
				    struct pagetree_tables *tables);

/* The second line of files of keys and values. */
void pagetree_reader_keys(struct reader *reader);

/* A total over many VMAs. */
extern const struct reader_file pagetree_summary_file;
extern const struct reader_file pagetree_tables_file;
extern const struct reader_file pagetree_processes_file;

/* Rows of one process. */
extern const struct reader_file pagetree_vmas_file;
extern const struct reader_file pagetree_map_file;
extern const struct reader_file pagetree_walk_file;

#endif /* PAGETREE_READER_H */

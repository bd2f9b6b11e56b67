// SPDX-License-Identifier: GPL-2.0-only
/* The files shootdown, shootdowns, invalidations and initiators of a process. */
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat.h"
#include "../file.h"
#include "../reader.h"
#include "../target.h"
#include "command.h"
#include "files.h"
#include "initiators.h"
#include "invalidations.h"
#include "results.h"
#include "rounds.h"

/* The readers here need no pass: what they show is stored with the target. */

struct target_reader {
	struct reader reader;
	struct pagetree_target *target;
};

static int target_reader_open(struct reader *reader,
			      struct pagetree_target *target)
{
	container_of(reader, struct target_reader, reader)->target =
		pagetree_target_get(target);

	return 0;
}

static void target_reader_release(struct reader *reader)
{
	struct target_reader *base =
		container_of(reader, struct target_reader, reader);

	/* NULL if the open failed early */
	if (base->target)
		pagetree_target_put(base->target);
}

/* shootdowns: results of earlier commands */

struct shootdowns_reader {
	struct target_reader base;
	u64 seq;		/* of the row rendered last */
	struct pagetree_shootdown result;
};

static void shootdowns_columns(struct reader *reader)
{
	pagetree_render_shootdown_columns(&reader->text);
}

static int shootdowns_render(struct reader *reader)
{
	struct shootdowns_reader *shootdowns =
		container_of(reader, struct shootdowns_reader, base.reader);

	if (!pagetree_results_next(shootdowns->base.target, shootdowns->seq,
				   &shootdowns->result)) {
		reader->stage = READER_COST;
		return 0;
	}
	shootdowns->seq = shootdowns->result.seq;
	pagetree_render_shootdown(&reader->text, &shootdowns->result);

	return 0;
}

const struct reader_file pagetree_shootdowns_file = {
	.name = "shootdowns",
	.size = sizeof(struct shootdowns_reader),
	.zeroed = sizeof(struct shootdowns_reader),
	.columns = shootdowns_columns,
	.render = shootdowns_render,
	.open = target_reader_open,
	.release = target_reader_release,
};

/* invalidations */

struct invalidations_reader {
	struct target_reader base;
	struct pagetree_invalidation rows[PAGETREE_INVALIDATION_ROWS];
};

static void invalidations_columns(struct reader *reader)
{
	pagetree_render_invalidation_columns(&reader->text);
}

static int invalidations_render(struct reader *reader)
{
	struct invalidations_reader *counts =
		container_of(reader, struct invalidations_reader, base.reader);
	unsigned int i;
	int err;

	err = pagetree_invalidations_read(counts->base.target, counts->rows);
	if (err)
		return err;
	for (i = 0; i < PAGETREE_INVALIDATION_ROWS; i++)
		pagetree_render_invalidation(&reader->text, &counts->rows[i]);
	reader->stage = READER_COST;

	return 0;
}

const struct reader_file pagetree_invalidations_file = {
	.name = "invalidations",
	.size = sizeof(struct invalidations_reader),
	.zeroed = sizeof(struct invalidations_reader),
	.columns = invalidations_columns,
	.render = invalidations_render,
	.open = target_reader_open,
	.release = target_reader_release,
};

/* initiators */

struct initiators_reader {
	struct target_reader base;
	bool taken;
	unsigned int next;
	unsigned int count;
	struct pagetree_initiator rows[PAGETREE_INITIATORS + 1];
};

static void initiators_columns(struct reader *reader)
{
	pagetree_render_initiator_columns(&reader->text);
}

/* All rows are copied first, so that a slow reader does not mix two countings. */
static int initiators_render(struct reader *reader)
{
	struct initiators_reader *initiators =
		container_of(reader, struct initiators_reader, base.reader);
	int count;

	if (!initiators->taken) {
		count = pagetree_initiators_read(initiators->base.target,
						 initiators->rows);
		if (count < 0)
			return count;
		initiators->count = count;
		initiators->taken = true;
	}
	while (initiators->next < initiators->count && reader_row_fits(reader))
		pagetree_render_initiator(&reader->text,
					  &initiators->rows[initiators->next++]);
	if (initiators->next == initiators->count)
		reader->stage = READER_COST;

	return 0;
}

const struct reader_file pagetree_initiators_file = {
	.name = "initiators",
	.size = sizeof(struct initiators_reader),
	.zeroed = offsetof(struct initiators_reader, rows),
	.columns = initiators_columns,
	.render = initiators_render,
	.open = target_reader_open,
	.release = target_reader_release,
};

/* shootdown: commands to the address space that the process had at open */

/* @hold: of pagetree_invalidations_on(); dropped when the file is closed */
struct shootdown_file {
	struct pagetree_target *target;
	struct mm_struct *mm;
	u64 hold;
};

/* invalidations on [force=0|1] [hold=0|1], invalidations off */
static int run_invalidations(struct shootdown_file *file, char *text)
{
	const char *word = pagetree_command_word(&text);
	int force, hold;

	if (!strcmp(word, "off")) {
		if (*pagetree_command_word(&text))
			return -EINVAL;
		pagetree_invalidations_off(file->target);
		return 0;
	}
	if (strcmp(word, "on") || !pagetree_command_on(text, &force, &hold))
		return -EINVAL;

	return pagetree_invalidations_on(file->target, file->mm, force,
					 hold ? &file->hold : NULL);
}

/* SCOPE [START [END]] [KEY=VALUE]... */
static int run_shootdown(const struct shootdown_file *file, char *word,
			 char *text)
{
	struct pagetree_command command = { };
	int err;

	if (!zalloc_cpumask_var(&command.listed, GFP_KERNEL))
		return -ENOMEM;
	err = pagetree_command_parse(word, text, &command);
	if (!err)
		err = pagetree_rounds_run(file->target, file->mm, &command);
	free_cpumask_var(command.listed);

	return err;
}

static int run(struct shootdown_file *file, char *text)
{
	const bool flushes = pagetree_shootdown_allowed();
	char *word = pagetree_command_word(&text);

	/* who may flush could count before that had a parameter of its own */
	if (!strcmp(word, "invalidations"))
		return flushes || pagetree_invalidations_allowed() ?
		       run_invalidations(file, text) : -EPERM;

	return flushes ? run_shootdown(file, word, text) : -EPERM;
}

static ssize_t shootdown_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	char *text = pagetree_file_text(buf, count);
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	err = run(file->private_data, text);
	kfree(text);

	return err ?: count;
}

static int shootdown_release(struct inode *inode, struct file *file)
{
	struct shootdown_file *shootdown = file->private_data;

	pagetree_invalidations_drop(shootdown->target, shootdown->hold);
	pagetree_mm_drop(shootdown->mm);
	pagetree_target_put(shootdown->target);
	kfree(shootdown);

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
	struct shootdown_file *shootdown;
	int err;

	err = pagetree_file_open(inode, file, &shootdown_fops);
	if (err)
		return err;

	shootdown = kmalloc_obj(*shootdown);
	if (!shootdown)
		return -ENOMEM;
	shootdown->mm = pagetree_target_grab_mm(target);
	if (!shootdown->mm) {
		kfree(shootdown);
		return -ESRCH;
	}
	shootdown->target = pagetree_target_get(target);
	shootdown->hold = 0;
	file->private_data = shootdown;

	return 0;
}

const struct file_operations pagetree_shootdown_open_fops = {
	.open = shootdown_open,
};

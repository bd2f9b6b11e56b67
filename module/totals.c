// SPDX-License-Identifier: GPL-2.0-only
/* The files with totals: summary, tables and processes. */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "compat.h"
#include "reader.h"
#include "scan.h"

/* less than two hundred lines of a name and 20 digits */
#define SUMMARY_TEXT	8192

static unsigned int budget_us;
module_param(budget_us, uint, 0644);
MODULE_PARM_DESC(budget_us, "time limit for the total of one address space in microseconds, 0 for no limit (default)");

/**
 * struct totals - a reader of these files
 * @reader: the common part
 * @summary: the totals of the address space
 * @tables: tables: numbers about its tables
 * @level: tables: the level of the row rendered last
 * @online: tables: the NUMA nodes that have a column
 * @scan: processes: the scan of all processes
 * @open: the tables whose entries are being counted, by level
 */
struct totals {
	struct reader reader;
	struct pagetree_summary summary;
	struct pagetree_tables tables;
	unsigned int level;
	nodemask_t online;
	struct pagetree_scan scan;
	struct pagetree_open open[PAGETREE_LEVELS + 1];
};

static struct totals *to_totals(struct reader *reader)
{
	return container_of(reader, struct totals, reader);
}

static unsigned long totals_visit(struct pagetree_visitor *visitor,
				  const struct pagetree_vma *vma,
				  const struct pagetree_root *root)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);
	struct totals *totals = to_totals(reader);
	unsigned long reached;

	reached = pagetree_reader_count(reader, vma, root,
					&totals->summary.counts,
					totals->tables.nodes ? &totals->tables :
							       NULL,
					totals->open);
	totals->summary.vmas += vma->first;
	totals->summary.vma_bytes += reached - vma->from;

	return reached;
}

static void totals_end_row(struct pagetree_visitor *visitor, unsigned long end,
			   bool changed)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);

	to_totals(reader)->summary.counts.retries += changed;
}

static const struct pagetree_visitor totals_visitor = {
	.visit = totals_visit,
	.end_row = totals_end_row,
};

/* Walks the address space until the budget is used up. */
static int totals_walk(struct reader *reader)
{
	const u64 budget = (u64)READ_ONCE(budget_us) * NSEC_PER_USEC;
	const u64 began = ktime_get_ns();
	struct pagetree_pass *pass = &reader->pass;
	int err;

	while (pass->state == PAGETREE_PASS_MORE) {
		err = pagetree_pass_slice(pass, &reader->visitor);
		if (err)
			return err;
		if (budget && pass->state == PAGETREE_PASS_MORE &&
		    ktime_get_ns() - began >= budget)
			pagetree_pass_give_up(pass, &reader->visitor);
	}
	reader->counter.sink.open = to_totals(reader)->open;
	pagetree_count_finish(&reader->counter);

	return 0;
}

/* summary */

static int summary_render(struct reader *reader)
{
	struct pagetree_summary *summary = &to_totals(reader)->summary;
	int err = totals_walk(reader);

	if (err)
		return err;
	summary->pid = pid_nr(reader->pass.target->pid);
	summary->vmpte = pagetree_pass_vmpte(&reader->pass);
	summary->khugepaged = pagetree_mm_flag(reader->pass.mm, MMF_VM_HUGEPAGE);
	summary->thp_disabled = pagetree_mm_thp_disabled(reader->pass.mm);
	summary->has_pinned = pagetree_mm_flag(reader->pass.mm, MMF_HAS_PINNED);
	pagetree_render_summary(&reader->text, summary, &reader->shape);
	reader->stage = READER_COST;

	return 0;
}

const struct reader_file pagetree_summary_file = {
	.name = "summary",
	.size = sizeof(struct totals),
	.zeroed = sizeof(struct totals),
	.text = SUMMARY_TEXT,
	.columns = pagetree_reader_keys,
	.render = summary_render,
	.visitor = &totals_visitor,
};

/* tables */

static int tables_open(struct reader *reader, struct pagetree_target *target)
{
	struct totals *totals = to_totals(reader);
	struct pagetree_tables *tables = &totals->tables;

	totals->online = node_online_map;
	tables->online = nodes_addr(totals->online);
	tables->node_count = nr_node_ids;
	tables->nodes = kvzalloc_objs(*tables->nodes,
				      (PAGETREE_LEVELS + 1) * nr_node_ids);

	return tables->nodes ? 0 : -ENOMEM;
}

static void tables_release(struct reader *reader)
{
	kvfree(to_totals(reader)->tables.nodes);
}

static void tables_columns(struct reader *reader)
{
	pagetree_render_tables_columns(&reader->text,
				       &to_totals(reader)->tables,
				       &reader->shape);
}

static int tables_render(struct reader *reader)
{
	struct totals *totals = to_totals(reader);
	int err = totals_walk(reader);

	if (err)
		return err;
	while (totals->level < reader->shape.levels && reader_row_fits(reader))
		pagetree_render_tables(&reader->text, ++totals->level,
				       &totals->summary.counts, &totals->tables,
				       &reader->shape, PAGE_SIZE);
	if (totals->level == reader->shape.levels)
		reader->stage = READER_COST;

	return 0;
}

const struct reader_file pagetree_tables_file = {
	.name = "tables",
	.size = sizeof(struct totals),
	.zeroed = sizeof(struct totals),
	.columns = tables_columns,
	.render = tables_render,
	.visitor = &totals_visitor,
	.open = tables_open,
	.release = tables_release,
};

/* processes */

static void processes_columns(struct reader *reader)
{
	pagetree_render_shape(&reader->shape);
	pagetree_render_process_columns(&reader->text, &reader->shape);
}

static int processes_open(struct reader *reader,
			  struct pagetree_target *target)
{
	reader->visitor = totals_visitor;

	return 0;
}

static int processes_render(struct reader *reader)
{
	struct totals *totals = to_totals(reader);
	struct pagetree_pass *pass = &reader->pass;
	int err;

	while (reader_row_fits(reader)) {
		memset(&totals->summary, 0, sizeof(totals->summary));
		err = pagetree_scan_next(&totals->scan, pass);
		if (err == -EINTR)
			return err;
		if (err) {
			pass->state = PAGETREE_PASS_COMPLETE;
			reader->stage = READER_COST;
			break;
		}
		err = totals_walk(reader);
		pagetree_pass_exit(pass);
		if (err)
			return err;
		totals->summary.pid = totals->scan.pid;
		pagetree_render_process(&reader->text, &totals->summary,
					pass->state == PAGETREE_PASS_BUSY ? "busy" :
					pass->state == PAGETREE_PASS_PARTIAL ? "partial" :
					"ok", totals->scan.comm, &reader->shape);
	}

	return 0;
}

const struct reader_file pagetree_processes_file = {
	.name = "processes",
	.size = sizeof(struct totals),
	.zeroed = sizeof(struct totals),
	.columns = processes_columns,
	.render = processes_render,
	.open = processes_open,
};

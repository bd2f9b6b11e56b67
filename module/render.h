/* SPDX-License-Identifier: GPL-2.0-only */
/* From numbers to text, as docs/abi.md describes it. Knows no mm and no file. */
#ifndef PAGETREE_RENDER_H
#define PAGETREE_RENDER_H

#include <linux/types.h>

#include "stats.h"

struct pagetree_initiator;
struct pagetree_invalidation;
struct pagetree_shootdown;

/**
 * struct pagetree_text - rendered text
 * @buf: the buffer
 * @size: size of @buf
 * @len: bytes rendered. Text that does not fit is cut off at @size
 */
struct pagetree_text {
	char *buf;
	size_t size;
	size_t len;
};

/* No header line and no single row is longer. */
#define PAGETREE_TEXT_ROW_MAX	(24 * 1024)

/**
 * struct pagetree_shape - what decides which columns exist
 * @levels: number of levels of this kernel's page tables
 * @page_shift: log2 of the page size
 * @entries: entries of a table by level; only the user half of the root table
 * @conthint: leaves can have the contiguous hint
 * @columns: number of counters that are columns; set by pagetree_render_shape()
 * @column: these, in their order: their indices in struct pagetree_counts, taken as
 *	an array
 */
struct pagetree_shape {
	unsigned int levels;
	unsigned int page_shift;
	unsigned int entries[PAGETREE_LEVELS + 1];
	bool conthint;
	unsigned int columns;
	unsigned short column[sizeof(struct pagetree_counts) / sizeof(u64)];
};

/**
 * struct pagetree_row - a row of vmas
 * @start: first address
 * @end: address after the last
 * @perms: as in /proc/PID/maps
 * @offset: offset of @start in the file, in bytes
 * @kind: as text
 * @name: without escapes, at most PATH_MAX bytes with its NUL
 * @counts: the numbers
 */
struct pagetree_row {
	unsigned long start;
	unsigned long end;
	char perms[5];
	u64 offset;
	const char *kind;
	const char *name;
	struct pagetree_counts counts;
};

/**
 * struct pagetree_summary - the totals of an address space
 * @pid: the process
 * @vmas: number of VMAs walked
 * @vma_bytes: their size
 * @vmpte: the kernel's VmPTE, in bytes
 * @khugepaged, @thp_disabled, @has_pinned: flags of the mm, see docs/abi.md
 * @counts: the numbers
 */
struct pagetree_summary {
	pid_t pid;
	u64 vmas;
	u64 vma_bytes;
	u64 vmpte;
	unsigned int khugepaged;
	unsigned int thp_disabled;
	unsigned int has_pinned;
	struct pagetree_counts counts;
};

/**
 * struct pagetree_extent - a row of map: neighbours of the same kind
 * @start: first address
 * @end: address after the last
 * @size: bytes that one entry maps
 * @entries: number of entries
 * @phys: physical address of @start
 * @kind: enum pagetree_kind
 * @level: level of the entries
 * @flags: as in struct pagetree_event
 */
struct pagetree_extent {
	unsigned long start;
	unsigned long end;
	unsigned long size;
	unsigned long entries;
	u64 phys;
	unsigned char kind;
	unsigned char level;
	unsigned short flags;
};

/**
 * struct pagetree_step - a row of walk: one entry on the path to an address
 * @address: the address that was written to the file
 * @start: first address in the span of the entry
 * @size: size of that span
 * @entry: the entry as it was read
 * @index: index of the entry in its table
 * @node: NUMA node of the table that it points to; -1 if it points to no table
 * @kind: enum pagetree_kind, or PAGETREE_STEP_OUTSIDE
 * @level: level of the entry
 * @flags: as in struct pagetree_event; of a table entry, what it allows below
 */
struct pagetree_step {
	unsigned long address;
	unsigned long start;
	unsigned long size;
	u64 entry;
	unsigned int index;
	int node;
	unsigned char kind;
	unsigned char level;
	unsigned short flags;
};

/* No VMA contains the address, so nothing keeps its tables in place. */
#define PAGETREE_STEP_OUTSIDE	0xff

/*
 * Sets the columns of @shape; all other members are set. Call it before rows of vmas
 * and processes are rendered: no other file needs it.
 */
void pagetree_render_shape(struct pagetree_shape *shape);

/* Appends formatted text. */
__printf(2, 3)
void pagetree_print(struct pagetree_text *text, const char *format, ...);

/*
 * The first two lines of a file. @physical: include the columns with physical
 * addresses.
 */
void pagetree_render_title(struct pagetree_text *text, const char *file);
void pagetree_render_key_columns(struct pagetree_text *text);
void pagetree_render_vma_columns(struct pagetree_text *text,
				 const struct pagetree_shape *shape);
void pagetree_render_process_columns(struct pagetree_text *text,
				     const struct pagetree_shape *shape);
void pagetree_render_tables_columns(struct pagetree_text *text,
				    const struct pagetree_tables *tables,
				    const struct pagetree_shape *shape);
void pagetree_render_map_columns(struct pagetree_text *text, bool physical);
void pagetree_render_walk_columns(struct pagetree_text *text, bool physical);
void pagetree_render_shootdown_columns(struct pagetree_text *text);
void pagetree_render_invalidation_columns(struct pagetree_text *text);
void pagetree_render_initiator_columns(struct pagetree_text *text);

/* One row each; pagetree_render_summary() renders all lines of the summary. */
void pagetree_render_vma(struct pagetree_text *text,
			 const struct pagetree_row *row,
			 const struct pagetree_shape *shape);
void pagetree_render_summary(struct pagetree_text *text,
			     const struct pagetree_summary *summary,
			     const struct pagetree_shape *shape);
void pagetree_render_process(struct pagetree_text *text,
			     const struct pagetree_summary *summary,
			     const char *state, const char *comm,
			     const struct pagetree_shape *shape);
/* The row of one level. @table_bytes: the size of a table. */
void pagetree_render_tables(struct pagetree_text *text, unsigned int level,
			    const struct pagetree_counts *counts,
			    const struct pagetree_tables *tables,
			    const struct pagetree_shape *shape,
			    unsigned long table_bytes);
void pagetree_render_extent(struct pagetree_text *text,
			    const struct pagetree_extent *extent,
			    const struct pagetree_shape *shape, bool physical);
void pagetree_render_step(struct pagetree_text *text,
			  const struct pagetree_step *step,
			  const struct pagetree_shape *shape, bool physical);

void pagetree_render_shootdown(struct pagetree_text *text,
			       const struct pagetree_shootdown *result);
void pagetree_render_invalidation(struct pagetree_text *text,
				  const struct pagetree_invalidation *row);
void pagetree_render_initiator(struct pagetree_text *text,
			       const struct pagetree_initiator *row);

/*
 * The last line of a file. Shows @next, the address reached, if the pass was not
 * @complete.
 */
void pagetree_render_cost(struct pagetree_text *text,
			  const struct pagetree_cost *cost, bool complete,
			  unsigned long next);

#endif /* PAGETREE_RENDER_H */

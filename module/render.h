/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers to text, in the grammar of docs/abi.md. Knows no mm and no file. */
#ifndef PAGETREE_RENDER_H
#define PAGETREE_RENDER_H

#include <linux/types.h>

#include "stats.h"

struct pagetree_invalidation;
struct pagetree_shootdown;

/**
 * struct pagetree_text - rendered text
 * @buf: its room
 * @size: of @buf
 * @len: bytes rendered; what does not fit is cut, never written past @size
 */
struct pagetree_text {
	char *buf;
	size_t size;
	size_t len;
};

/* More than any header line or any single row takes. */
#define PAGETREE_TEXT_ROW_MAX	(24 * 1024)

/**
 * struct pagetree_shape - which columns there are
 * @levels: of this kernel's page tables
 * @page_shift: binary logarithm of the size of a page
 * @entries: by level, the user's entries of a table
 * @conthint: leaves can have the hint that they are contiguous
 */
struct pagetree_shape {
	unsigned int levels;
	unsigned int page_shift;
	unsigned int entries[PAGETREE_LEVELS + 1];
	bool conthint;
};

/**
 * struct pagetree_row - a row of vmas
 * @start: first address
 * @end: address after the last
 * @perms: as in /proc/PID/maps
 * @offset: bytes
 * @kind: as text
 * @name: raw, at most PATH_MAX bytes with its NUL
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
 * struct pagetree_summary - an address space
 * @pid: whose
 * @vmas: VMAs walked
 * @vma_bytes: their size
 * @vmpte: what the kernel counts for VmPTE
 * @counts: the numbers
 */
struct pagetree_summary {
	pid_t pid;
	u64 vmas;
	u64 vma_bytes;
	u64 vmpte;
	struct pagetree_counts counts;
};

/**
 * struct pagetree_extent - a row of map: neighbours that read alike
 * @start: first address
 * @end: address after the last
 * @size: what one entry maps
 * @entries: how many
 * @phys: physical address of the first
 * @kind: enum pagetree_kind
 * @level: of the entries
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
 * struct pagetree_step - a row of walk: one entry on the way
 * @address: that was asked for
 * @start: first address that the entry spans
 * @size: what it spans
 * @entry: as it was read
 * @index: of the entry in its table
 * @node: of the table that it points to, -1 if to none
 * @kind: enum pagetree_kind, or PAGETREE_STEP_OUTSIDE
 * @level: of the entry
 * @flags: as in struct pagetree_event
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

/* The address lies in no VMA: nothing keeps its tables in place. */
#define PAGETREE_STEP_OUTSIDE	0xff

__printf(2, 3)
void pagetree_print(struct pagetree_text *text, const char *format, ...);

/* The two lines that begin a file. @physical: with the columns that say frames. */
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
/* The row of one level; @table_bytes is the size of a table. */
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

/* The line that ends a file. @next is said if the pass was not @complete. */
void pagetree_render_cost(struct pagetree_text *text,
			  const struct pagetree_cost *cost, bool complete,
			  unsigned long next);

#endif /* PAGETREE_RENDER_H */

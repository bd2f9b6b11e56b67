/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers to text, in the grammar of docs/abi.md. Knows no mm and no file. */
#ifndef PAGETREE_RENDER_H
#define PAGETREE_RENDER_H

#include <linux/types.h>

#include "stats.h"

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

struct pagetree_summary {
	pid_t pid;
	u64 vmas;
	u64 vma_bytes;
	struct pagetree_counts counts;
};

__printf(2, 3)
void pagetree_print(struct pagetree_text *text, const char *format, ...);

/* The two lines that begin a file; @levels is how many the columns cover. */
void pagetree_render_title(struct pagetree_text *text, const char *file);
void pagetree_render_vma_columns(struct pagetree_text *text,
				 unsigned int levels);
void pagetree_render_key_columns(struct pagetree_text *text);

void pagetree_render_vma(struct pagetree_text *text,
			 const struct pagetree_row *row, unsigned int levels);
void pagetree_render_summary(struct pagetree_text *text,
			     const struct pagetree_summary *summary,
			     unsigned int levels);

/* The line that ends a file. @next is said if the pass was not @complete. */
void pagetree_render_cost(struct pagetree_text *text,
			  const struct pagetree_cost *cost, bool complete,
			  unsigned long next);

#endif /* PAGETREE_RENDER_H */

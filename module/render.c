// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "render.h"

/* What would end a column or a row, or play with a terminal. */
static const char escaped[] =
	"\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020"
	"\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177\\";

void pagetree_print(struct pagetree_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->len += vscnprintf(text->buf + text->len, text->size - text->len,
				format, args);
	va_end(args);
}

static void print_escaped(struct pagetree_text *text, const char *name)
{
	size_t room = text->size - text->len;
	int len = string_escape_mem(name, strlen(name), text->buf + text->len,
				    room, ESCAPE_OCTAL, escaped);

	text->len += min_t(size_t, len, room);
}

void pagetree_render_title(struct pagetree_text *text, const char *file)
{
	pagetree_print(text, "# pagetree %s abi %d\n", file, PAGETREE_ABI);
}

void pagetree_render_key_columns(struct pagetree_text *text)
{
	pagetree_print(text, "key\tvalue\n");
}

/* Prints each counter that a kernel of @levels has, by its column name. */
static void print_counts(struct pagetree_text *text,
			 const struct pagetree_counts *counts,
			 unsigned int levels,
			 void (*print)(struct pagetree_text *text,
				       const char *name, u64 value))
{
	const u64 *values = (const u64 *)counts;
	const struct pagetree_field *field;
	unsigned int level;
	char name[32];

	for (field = pagetree_fields; field->name; field++) {
		if (!field->lowest)
			print(text, field->name, values[field->index]);
		for (level = field->lowest;
		     level && level <= min(field->highest, levels); level++) {
			snprintf(name, sizeof(name), "%s%u", field->name, level);
			print(text, name, values[field->index + level]);
		}
	}
}

static void print_name(struct pagetree_text *text, const char *name, u64 value)
{
	pagetree_print(text, "%s\t", name);
}

static void print_value(struct pagetree_text *text, const char *name, u64 value)
{
	pagetree_print(text, "%llu\t", value);
}

static void print_key(struct pagetree_text *text, const char *name, u64 value)
{
	pagetree_print(text, "%s\t%llu\n", name, value);
}

void pagetree_render_vma_columns(struct pagetree_text *text,
				 unsigned int levels)
{
	static const struct pagetree_counts none;

#define X(name, type, meaning) pagetree_print(text, #name "\t");
	PAGETREE_VMA_FIELDS(X)
#undef X
	print_counts(text, &none, levels, print_name);
	pagetree_print(text, "name\n");
}

void pagetree_render_vma(struct pagetree_text *text,
			 const struct pagetree_row *row, unsigned int levels)
{
	pagetree_print(text, "0x%lx\t0x%lx\t%s\t%llu\t%s\t", row->start,
		       row->end, row->perms, row->offset, row->kind);
	print_counts(text, &row->counts, levels, print_value);
	print_escaped(text, row->name);
	pagetree_print(text, "\n");
}

void pagetree_render_summary(struct pagetree_text *text,
			     const struct pagetree_summary *summary,
			     unsigned int levels)
{
	print_key(text, "pid", summary->pid);
	print_key(text, "levels", levels);
	print_key(text, "vmas", summary->vmas);
	print_key(text, "vma_bytes", summary->vma_bytes);
	print_counts(text, &summary->counts, levels, print_key);
}

void pagetree_render_cost(struct pagetree_text *text,
			  const struct pagetree_cost *cost, bool complete,
			  unsigned long next)
{
	pagetree_print(text, "# cost");
#define X(name, meaning) pagetree_print(text, " " #name "=%llu", cost->name);
	PAGETREE_COST_FIELDS(X)
#undef X
	if (complete)
		pagetree_print(text, " state=complete\n");
	else
		pagetree_print(text, " state=partial next=0x%lx\n", next);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Above 500 lines, because each file is a few lines here that share all the others. */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/stdarg.h>

#include "render.h"
#include "shootdown/initiators.h"
#include "shootdown/invalidations.h"
#include "shootdown/results.h"

/* indexed by enum pagetree_kind: both come from the same list */
static const char *const entry_kinds[] = {
#define X(enumerator, text) text,
	PAGETREE_ENTRY_KINDS(X)
#undef X
};

void pagetree_print(struct pagetree_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->len += vscnprintf(text->buf + text->len, text->size - text->len,
				format, args);
	va_end(args);
}

static void put_char(struct pagetree_text *text, char c)
{
	if (text->len < text->size)
		text->buf[text->len++] = c;
}

static void put_bytes(struct pagetree_text *text, const char *bytes, size_t size)
{
	size = min(size, text->size - text->len);
	memcpy(text->buf + text->len, bytes, size);
	text->len += size;
}

static void put_text(struct pagetree_text *text, const char *word)
{
	put_bytes(text, word, strlen(word));
}

static void put_word(struct pagetree_text *text, const char *word)
{
	put_text(text, word);
	put_char(text, '\t');
}

static void put_digits(struct pagetree_text *text, u64 number, char end)
{
	char digits[21], *first = digits + sizeof(digits);
	unsigned long word;

	*--first = end;
	/* a 32-bit CPU has no instruction to divide 64 bits */
	while (BITS_PER_LONG == 32 && upper_32_bits(number))
		*--first = '0' + do_div(number, 10);
	word = number;
	do {
		*--first = '0' + word % 10;
		word /= 10;
	} while (word);
	put_bytes(text, first, digits + sizeof(digits) - first);
}

/*
 * Appends a number and the character @end. A row has 150 numbers, most of them
 * 0, and each VMA has a row: vsnprintf() would cost more than the walk.
 */
static inline void put_number(struct pagetree_text *text, u64 number, char end)
{
	if (number > 9 || text->size - text->len < 2) {
		put_digits(text, number, end);
		return;
	}
	text->buf[text->len++] = '0' + number;
	text->buf[text->len++] = end;
}

static void put_address(struct pagetree_text *text, u64 address)
{
	unsigned int shift = address ? ilog2(address) & ~3U : 0;

	put_text(text, "0x");
	for (;; shift -= 4) {
		put_char(text, "0123456789abcdef"[address >> shift & 15]);
		if (!shift)
			break;
	}
	put_char(text, '\t');
}

/* Escapes, in octal, what would end a column or a row or control a terminal. */
static void put_escaped(struct pagetree_text *text, const char *name)
{
	for (; *name; name++) {
		const unsigned char c = *name;

		if (c >= ' ' && c != '\\' && c != 0x7f) {
			put_char(text, c);
			continue;
		}
		put_char(text, '\\');
		put_char(text, '0' + (c >> 6));
		put_char(text, '0' + (c >> 3 & 7));
		put_char(text, '0' + (c & 7));
	}
}

/* Replaces the last tab of a line with the newline. */
static void end_line(struct pagetree_text *text)
{
	text->buf[text->len - 1] = '\n';
}

/* The name of one column: an X for the lists of abi.h. */
#define COLUMN(name, type, meaning) put_text(text, #name "\t");

void pagetree_render_title(struct pagetree_text *text, const char *file)
{
	pagetree_print(text, "# pagetree %s abi %d\n", file, PAGETREE_ABI);
}

void pagetree_render_key_columns(struct pagetree_text *text)
{
	pagetree_print(text, "key\tvalue\n");
}

/* Counters */

static unsigned int first_index(const struct pagetree_field *field,
				const struct pagetree_shape *shape)
{
	return field->index == PAGETREE_BY_SIZE ? shape->page_shift :
						  field->lowest;
}

/* The last number of a column family; below the first if it has no columns. */
static unsigned int last_index(const struct pagetree_field *field,
			       const struct pagetree_shape *shape)
{
	switch (field->index) {
	case PAGETREE_BY_LEVEL:
		if (field->offset == PAGETREE_OFFSET(conthint) &&
		    !shape->conthint)
			return 0;
		return min_t(unsigned int, field->highest, shape->levels);
	case PAGETREE_BY_FILL:
		return min_t(unsigned int, field->highest,
			     fls(shape->entries[1]));
	default:
		return field->highest;
	}
}

/* The name of a column, with its number if it has one. */
static void put_name(struct pagetree_text *text,
		     const struct pagetree_field *field, unsigned int i)
{
	put_bytes(text, field->name, field->length);
	if (field->index == PAGETREE_PLAIN)
		put_char(text, '\t');
	else
		put_number(text, i, '\t');
}

static void print_names(struct pagetree_text *text,
			const struct pagetree_shape *shape)
{
	const struct pagetree_field *field;
	unsigned int i, last;

	for (field = pagetree_fields; field->name; field++) {
		last = last_index(field, shape);
		for (i = first_index(field, shape); i <= last; i++)
			put_name(text, field, i);
	}
}

void pagetree_render_shape(struct pagetree_shape *shape)
{
	const struct pagetree_field *field;
	unsigned int i, last;

	shape->columns = 0;
	for (field = pagetree_fields; field->name; field++) {
		last = last_index(field, shape);
		for (i = first_index(field, shape); i <= last; i++)
			shape->column[shape->columns++] = field->offset + i;
	}
}

/* Four numbers that are 0, which most numbers are. */
static const char zeros[8] = { '0', '\t', '0', '\t', '0', '\t', '0', '\t' };

static void print_values(struct pagetree_text *text,
			 const struct pagetree_counts *counts,
			 const struct pagetree_shape *shape)
{
	const unsigned short *column = shape->column;
	const unsigned short *const end = column + shape->columns;
	const u64 *values = (const u64 *)counts;

	while (column < end) {
		if (end - column >= 4 &&
		    text->size - text->len >= sizeof(zeros) &&
		    !(values[column[0]] | values[column[1]] |
		      values[column[2]] | values[column[3]])) {
			memcpy(text->buf + text->len, zeros, sizeof(zeros));
			text->len += sizeof(zeros);
			column += 4;
			continue;
		}
		put_number(text, values[*column++], '\t');
	}
}

static void print_key(struct pagetree_text *text, const char *name, u64 value)
{
	put_word(text, name);
	put_number(text, value, '\n');
}

static void print_keys(struct pagetree_text *text,
		       const struct pagetree_counts *counts,
		       const struct pagetree_shape *shape)
{
	const u64 *values = (const u64 *)counts;
	const struct pagetree_field *field;
	unsigned int i, last;

	for (field = pagetree_fields; field->name; field++) {
		last = last_index(field, shape);
		for (i = first_index(field, shape); i <= last; i++) {
			put_name(text, field, i);
			put_number(text, values[field->offset + i], '\n');
		}
	}
}

/* vmas and processes */

void pagetree_render_vma_columns(struct pagetree_text *text,
				 const struct pagetree_shape *shape)
{
	PAGETREE_VMA_FIELDS(COLUMN)
	print_names(text, shape);
	pagetree_print(text, "name\n");
}

void pagetree_render_vma(struct pagetree_text *text,
			 const struct pagetree_row *row,
			 const struct pagetree_shape *shape)
{
	put_address(text, row->start);
	put_address(text, row->end);
	put_word(text, row->perms);
	put_number(text, row->offset, '\t');
	put_word(text, row->kind);
	print_values(text, &row->counts, shape);
	put_escaped(text, row->name);
	put_char(text, '\n');
}

void pagetree_render_process_columns(struct pagetree_text *text,
				     const struct pagetree_shape *shape)
{
	PAGETREE_PROCESS_FIELDS(COLUMN)
	print_names(text, shape);
	pagetree_print(text, "name\n");
}

void pagetree_render_process(struct pagetree_text *text,
			     const struct pagetree_summary *summary,
			     const char *state, const char *comm,
			     const struct pagetree_shape *shape)
{
	put_number(text, summary->pid, '\t');
	put_word(text, state);
	put_number(text, summary->vmas, '\t');
	put_number(text, summary->vma_bytes, '\t');
	print_values(text, &summary->counts, shape);
	put_escaped(text, comm);
	put_char(text, '\n');
}

/* summary */

static void print_thousandths(struct pagetree_text *text, const char *name,
			      unsigned int value)
{
	pagetree_print(text, "%s\t%u.%03u\n", name, value / 1000, value % 1000);
}

void pagetree_render_summary(struct pagetree_text *text,
			     const struct pagetree_summary *summary,
			     const struct pagetree_shape *shape)
{
	print_key(text, "pid", summary->pid);
	print_key(text, "levels", shape->levels);
	print_key(text, "vmas", summary->vmas);
	print_key(text, "vma_bytes", summary->vma_bytes);
	print_keys(text, &summary->counts, shape);
	print_key(text, "vmpte", summary->vmpte);
	print_thousandths(text, "refs_leaf",
			  pagetree_refs_leaf(&summary->counts, shape->levels));
	print_thousandths(text, "refs_byte",
			  pagetree_refs_byte(&summary->counts, shape->levels));
	print_key(text, "khugepaged", summary->khugepaged);
	print_key(text, "thp_disabled", summary->thp_disabled);
	print_key(text, "has_pinned", summary->has_pinned);
}

/* tables */

void pagetree_render_tables_columns(struct pagetree_text *text,
				    const struct pagetree_tables *tables,
				    const struct pagetree_shape *shape)
{
	unsigned int i;

	PAGETREE_TABLES_FIELDS(COLUMN)
	for (i = 0; i <= fls(shape->entries[1]); i++)
		pagetree_print(text, "fill%u\t", i);
	for_each_set_bit(i, tables->online, tables->node_count)
		pagetree_print(text, "node%u\t", i);
	end_line(text);
}

void pagetree_render_tables(struct pagetree_text *text, unsigned int level,
			    const struct pagetree_counts *counts,
			    const struct pagetree_tables *tables,
			    const struct pagetree_shape *shape,
			    unsigned long table_bytes)
{
	const u64 count = counts->tables[level], used = counts->used[level];
	u64 packed[PAGETREE_LEVELS + 1];
	unsigned int i;

	pagetree_packed(counts, shape->entries, shape->levels, packed);

	put_number(text, level, '\t');
	put_number(text, count, '\t');
	put_number(text, count * table_bytes, '\t');
	put_number(text, used, '\t');
	put_number(text, count * shape->entries[level] - used, '\t');
	put_number(text, counts->empty[level], '\t');
	put_number(text, packed[level], '\t');
	put_number(text, counts->shared[level], '\t');
	put_number(text, counts->sharers[level], '\t');
	for (i = 0; i <= fls(shape->entries[1]); i++)
		put_number(text, tables->fill[level][i], '\t');
	for_each_set_bit(i, tables->online, tables->node_count)
		put_number(text, tables->nodes[level * tables->node_count + i],
			   '\t');
	end_line(text);
}

/* map and walk */

static void put_flag(struct pagetree_text *text, bool set, char letter,
		     bool there)
{
	if (there)
		put_char(text, set ? letter : '-');
}

static void put_flags(struct pagetree_text *text, unsigned int flags,
		      const struct pagetree_shape *shape)
{
#define X(enumerator, letter, meaning)					\
	put_flag(text, flags & PAGETREE_##enumerator, letter,		\
		 PAGETREE_##enumerator != PAGETREE_CONTHINT || shape->conthint);
	PAGETREE_ENTRY_FLAGS(X)
#undef X
	put_char(text, '\t');
	put_number(text, flags >> PAGETREE_PKEY_SHIFT, '\t');
}

void pagetree_render_map_columns(struct pagetree_text *text, bool physical)
{
	PAGETREE_MAP_FIELDS(COLUMN)
	if (physical)
		PAGETREE_MAP_PHYSICAL_FIELDS(COLUMN)
	end_line(text);
}

void pagetree_render_extent(struct pagetree_text *text,
			    const struct pagetree_extent *extent,
			    const struct pagetree_shape *shape, bool physical)
{
	put_address(text, extent->start);
	put_address(text, extent->end);
	put_number(text, extent->level, '\t');
	put_number(text, extent->size, '\t');
	put_number(text, extent->entries, '\t');
	put_word(text, entry_kinds[extent->kind]);
	put_flags(text, extent->flags, shape);
	if (physical)
		put_address(text, extent->phys);
	end_line(text);
}

void pagetree_render_walk_columns(struct pagetree_text *text, bool physical)
{
	PAGETREE_WALK_FIELDS(COLUMN)
	if (physical)
		PAGETREE_WALK_PHYSICAL_FIELDS(COLUMN)
	end_line(text);
}

void pagetree_render_step(struct pagetree_text *text,
			  const struct pagetree_step *step,
			  const struct pagetree_shape *shape, bool physical)
{
	put_address(text, step->address);
	put_number(text, step->level, '\t');
	put_number(text, step->index, '\t');
	put_address(text, step->start);
	put_number(text, step->size, '\t');
	put_word(text, step->kind == PAGETREE_STEP_OUTSIDE ?
		       "outside" : entry_kinds[step->kind]);
	put_flags(text, step->flags, shape);
	if (step->node < 0)
		put_word(text, "-");
	else
		put_number(text, step->node, '\t');
	if (physical)
		put_address(text, step->entry);
	end_line(text);
}

void pagetree_render_shootdown_columns(struct pagetree_text *text)
{
	PAGETREE_SHOOTDOWN_FIELDS(COLUMN)
	end_line(text);
}

#define PUT_TEXT(word)		put_word(text, word)
#define PUT_ADDRESS(address)	put_address(text, address)
#define PUT_COUNT(number)	put_number(text, number, '\t')
#define PUT_NS(number)		put_number(text, number, '\t')

void pagetree_render_shootdown(struct pagetree_text *text,
			       const struct pagetree_shootdown *result)
{
#define X(name, type, meaning) PUT_##type(result->name);
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
	end_line(text);
}

void pagetree_render_invalidation_columns(struct pagetree_text *text)
{
	unsigned int i;

	PAGETREE_INVALIDATION_FIELDS(COLUMN)
	for (i = 0; i <= PAGETREE_INVALIDATION_DIGITS; i++)
		pagetree_print(text, "pages%u\t", i);
	for (i = 0; i <= PAGETREE_INVALIDATION_DIGITS; i++)
		pagetree_print(text, "us%u\t", i);
	end_line(text);
}

void pagetree_render_invalidation(struct pagetree_text *text,
				  const struct pagetree_invalidation *row)
{
	unsigned int i;

#define X(name, type, meaning) PUT_##type(row->name);
	PAGETREE_INVALIDATION_FIELDS(X)
#undef X
	for (i = 0; i <= PAGETREE_INVALIDATION_DIGITS; i++)
		put_number(text, row->of_pages[i], '\t');
	for (i = 0; i <= PAGETREE_INVALIDATION_DIGITS; i++)
		put_number(text, row->of_us[i], '\t');
	end_line(text);
}

void pagetree_render_initiator_columns(struct pagetree_text *text)
{
	PAGETREE_INITIATOR_FIELDS(COLUMN)
	pagetree_print(text, "name\n");
}

void pagetree_render_initiator(struct pagetree_text *text,
			       const struct pagetree_initiator *row)
{
#define X(name, type, meaning) PUT_##type(row->name);
	PAGETREE_INITIATOR_FIELDS(X)
#undef X
	put_escaped(text, row->comm);
	put_char(text, '\n');
}

static void put_pair(struct pagetree_text *text, const char *key, u64 number)
{
	put_text(text, key);
	put_number(text, number, ' ');
}

void pagetree_render_cost(struct pagetree_text *text,
			  const struct pagetree_cost *cost, bool complete,
			  unsigned long next)
{
	put_text(text, "# cost ");
#define X(name, meaning) put_pair(text, #name "=", cost->name);
	PAGETREE_COST_FIELDS(X)
#undef X
	if (complete)
		put_text(text, "state=complete\n");
	else
		pagetree_print(text, "state=partial next=0x%lx\n", next);
}

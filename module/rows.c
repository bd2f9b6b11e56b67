// SPDX-License-Identifier: GPL-2.0-only
/* The files with a row for each VMA, extent or entry: vmas, map and walk. */
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "compat.h"
#include "entry.h"
#include "reader.h"

/**
 * struct rows - the state of an array of rows between the walk and the text
 * @done: number of complete rows
 * @rendered: how many of them are rendered
 * @begun: the row after the complete ones was started
 */
struct rows {
	unsigned int done;
	unsigned int rendered;
	bool begun;
};

/*
 * Renders the complete rows, as far as they fit. If there are none, first makes
 * slices until there are. @rewind moves a started row to the front of the array
 * once all others are rendered; @render_row renders one row.
 */
static int rows_render(struct reader *reader, struct rows *rows,
		       void (*rewind)(struct reader *reader),
		       void (*render_row)(struct reader *reader,
					  unsigned int nth))
{
	int err;

	while (rows->rendered == rows->done) {
		if (reader->pass.state != PAGETREE_PASS_MORE) {
			reader->stage = READER_COST;
			return 0;
		}
		rewind(reader);
		rows->done = 0;
		rows->rendered = 0;
		err = pagetree_pass_slice(&reader->pass, &reader->visitor);
		if (err)
			return err;
	}
	while (rows->rendered < rows->done && reader_row_fits(reader))
		render_row(reader, rows->rendered++);

	return 0;
}

/* vmas */

#define VMAS_ROWS	32
#define VMAS_NAMES	(4 * PATH_MAX)

/**
 * struct vmas - a reader of vmas
 * @reader: the common part
 * @rows: the state of @row
 * @names_used: bytes used of @names
 * @row: the rows
 * @names: the names of the rows
 */
struct vmas {
	struct reader reader;
	struct rows rows;
	size_t names_used;
	struct pagetree_row row[VMAS_ROWS];
	char names[VMAS_NAMES];
};

static struct vmas *to_vmas(struct pagetree_visitor *visitor)
{
	return container_of(visitor, struct vmas, reader.visitor);
}

/* indexed by enum pagetree_vma_kind: both come from the same list */
static const char *const vma_kinds[] = {
#define X(enumerator, text) text,
	PAGETREE_VMA_KINDS(X)
#undef X
};

static void row_begin(struct vmas *vmas, const struct pagetree_vma *vma)
{
	struct pagetree_row *row = &vmas->row[vmas->rows.done];
	char *names = vmas->names + vmas->names_used;
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
	vmas->names_used += size + 1;
}

static unsigned long vmas_visit(struct pagetree_visitor *visitor,
				const struct pagetree_vma *vma,
				const struct pagetree_root *root)
{
	struct vmas *vmas = to_vmas(visitor);

	if (vma->first) {
		if (vmas->rows.done == VMAS_ROWS ||
		    VMAS_NAMES - vmas->names_used < PATH_MAX)
			return vma->from;
		row_begin(vmas, vma);
		vmas->rows.begun = true;
	}

	return pagetree_reader_count(&vmas->reader, vma, root,
				     &vmas->row[vmas->rows.done].counts, NULL,
				     NULL);
}

static void vmas_end_row(struct pagetree_visitor *visitor, unsigned long end,
			 bool changed)
{
	struct vmas *vmas = to_vmas(visitor);
	struct pagetree_row *row = &vmas->row[vmas->rows.done++];

	row->end = end;
	row->counts.retries += changed;
	vmas->rows.begun = false;
}

static const struct pagetree_visitor vmas_visitor = {
	.visit = vmas_visit,
	.end_row = vmas_end_row,
};

static void vmas_columns(struct reader *reader)
{
	pagetree_render_shape(&reader->shape);
	pagetree_render_vma_columns(&reader->text, &reader->shape);
}

static void vmas_rewind(struct reader *reader)
{
	struct vmas *vmas = container_of(reader, struct vmas, reader);
	struct pagetree_row *row = vmas->row;

	vmas->names_used = 0;
	if (!vmas->rows.begun)
		return;
	if (vmas->rows.done)
		*row = vmas->row[vmas->rows.done];
	vmas->names_used = strlen(row->name) + 1;
	memmove(vmas->names, row->name, vmas->names_used);
	row->name = vmas->names;
}

static void vmas_render_row(struct reader *reader, unsigned int nth)
{
	struct vmas *vmas = container_of(reader, struct vmas, reader);

	pagetree_render_vma(&reader->text, &vmas->row[nth], &reader->shape);
}

static int vmas_render(struct reader *reader)
{
	struct vmas *vmas = container_of(reader, struct vmas, reader);

	return rows_render(reader, &vmas->rows, vmas_rewind, vmas_render_row);
}

const struct reader_file pagetree_vmas_file = {
	.name = "vmas",
	.size = sizeof(struct vmas),
	.zeroed = offsetof(struct vmas, row),
	.columns = vmas_columns,
	.render = vmas_render,
	.visitor = &vmas_visitor,
};

/* map */

#define MAP_EXTENTS	256

/**
 * struct map - a reader of map
 * @reader: the common part
 * @rows: the state of @extents
 * @extents: the rows
 */
struct map {
	struct reader reader;
	struct rows rows;
	struct pagetree_extent extents[MAP_EXTENTS];
};

/* Whether @event, which maps @phys if it is a leaf, continues @extent. */
static bool extent_continues(const struct map *map,
			     const struct pagetree_extent *extent,
			     const struct pagetree_event *event, u64 phys)
{
	return extent->end == event->start && extent->kind == event->kind &&
	       extent->level == event->level && extent->flags == event->flags &&
	       (!map->reader.physical || !pagetree_is_leaf(event->kind) ||
		extent->phys + (extent->end - extent->start) == phys);
}

static int map_event(struct pagetree_sink *sink,
		     const struct pagetree_event *event)
{
	struct map *map = container_of(sink, struct map, reader.sink);
	struct pagetree_extent *extent = &map->extents[map->rows.done];
	u64 phys = 0;

	pagetree_cost_event(&map->reader.pass.cost, event);
	switch (event->kind) {
	case PAGETREE_TABLE:
	case PAGETREE_TABLE_USED:
	case PAGETREE_TABLE_RACED:
	case PAGETREE_HOLE:
		return 0;
	case PAGETREE_TABLE_END:
		return pagetree_pass_must_yield(&map->reader.pass);
	}

	if (map->reader.physical && pagetree_is_leaf(event->kind))
		phys = ((u64)pagetree_frame(event->level, event->raw) << PAGE_SHIFT) +
		       event->start - event->base;
	if (map->rows.begun && extent_continues(map, extent, event, phys)) {
		extent->end = event->end;
		extent->entries += event->entries;
		return 0;
	}
	if (map->rows.begun) {
		map->rows.done++;
		extent++;
	}
	*extent = (struct pagetree_extent) {
		.start = event->start,
		.end = event->end,
		.size = 1UL << pagetree_shift(event->level),
		.entries = event->entries,
		.phys = phys,
		.kind = event->kind,
		.level = event->level,
		.flags = event->flags,
	};
	map->rows.begun = true;

	/* the next event may need another row */
	return map->rows.done + 2 > MAP_EXTENTS;
}

static unsigned long map_visit(struct pagetree_visitor *visitor,
			       const struct pagetree_vma *vma,
			       const struct pagetree_root *root)
{
	struct map *map = container_of(visitor, struct map, reader.visitor);

	if (map->rows.done + 2 > MAP_EXTENTS)
		return vma->from;

	map->reader.sink = (struct pagetree_sink) {
		.event = map_event,
		.fresh = ULONG_MAX,
		.frames = map->reader.physical,
	};

	return pagetree_walk(root, vma->from, vma->to, &map->reader.sink);
}

static void map_end_row(struct pagetree_visitor *visitor, unsigned long end,
			bool changed)
{
	struct map *map = container_of(visitor, struct map, reader.visitor);

	map->rows.done += map->rows.begun;
	map->rows.begun = false;
}

static const struct pagetree_visitor map_visitor = {
	.visit = map_visit,
	.end_row = map_end_row,
};

static void map_columns(struct reader *reader)
{
	pagetree_render_map_columns(&reader->text, reader->physical);
}

static void map_rewind(struct reader *reader)
{
	struct map *map = container_of(reader, struct map, reader);

	if (map->rows.begun)
		map->extents[0] = map->extents[map->rows.done];
}

static void map_render_row(struct reader *reader, unsigned int nth)
{
	struct map *map = container_of(reader, struct map, reader);

	pagetree_render_extent(&reader->text, &map->extents[nth],
			       &reader->shape, reader->physical);
}

static int map_render(struct reader *reader)
{
	struct map *map = container_of(reader, struct map, reader);

	return rows_render(reader, &map->rows, map_rewind, map_render_row);
}

const struct reader_file pagetree_map_file = {
	.name = "map",
	.size = sizeof(struct map),
	.zeroed = offsetof(struct map, extents),
	.columns = map_columns,
	.render = map_render,
	.visitor = &map_visitor,
};

/* walk */

/* a write has no space for more: the shortest is 0x0 and a blank, 4 bytes */
#define WALK_ADDRESSES	((PAGETREE_WRITE_MAX + 1) / 4)

/**
 * struct lookup - a reader of walk
 * @reader: the common part
 * @count: number of @addresses
 * @taken: how many of them are rendered
 * @step_count: number of @steps
 * @steps: the entries on the path to the current address
 * @addresses: the addresses of the last write
 */
struct lookup {
	struct reader reader;
	unsigned int count;
	unsigned int taken;
	unsigned int step_count;
	struct pagetree_step steps[PAGETREE_LEVELS];
	unsigned long addresses[WALK_ADDRESSES];
};

static struct lookup *to_lookup(struct reader *reader)
{
	return container_of(reader, struct lookup, reader);
}

static int walk_event(struct pagetree_sink *sink,
		      const struct pagetree_event *event)
{
	struct lookup *lookup = container_of(sink, struct lookup, reader.sink);
	struct reader *reader = &lookup->reader;
	const unsigned int level = event->level;
	const unsigned int nth = reader->shape.levels - level;

	pagetree_cost_event(&reader->pass.cost, event);
	/* no entry points to the root table */
	if (level > reader->shape.levels)
		return 0;
	if (event->kind == PAGETREE_TABLE_USED)
		lookup->steps[nth].node = event->node;
	if (event->kind >= PAGETREE_TABLE_USED)
		return 0;

	lookup->steps[nth] = (struct pagetree_step) {
		.address = lookup->addresses[lookup->taken],
		.start = event->base,
		.size = 1UL << pagetree_shift(level),
		.entry = event->raw,
		.index = (event->start >> pagetree_shift(level)) &
			 (pagetree_entries(level, reader->shape.levels) - 1),
		.node = -1,
		.kind = event->kind,
		.level = level,
		.flags = event->kind == PAGETREE_TABLE ?
			 pagetree_table_flags(level, event->raw) : event->flags,
	};
	lookup->step_count = nth + 1;

	return 0;
}

static unsigned long walk_visit(struct pagetree_visitor *visitor,
				const struct pagetree_vma *vma,
				const struct pagetree_root *root)
{
	struct reader *reader = container_of(visitor, struct reader, visitor);

	reader->sink = (struct pagetree_sink) { .event = walk_event };

	return pagetree_walk(root, vma->from, vma->to, &reader->sink);
}

static void walk_end_row(struct pagetree_visitor *visitor, unsigned long end,
			 bool changed)
{
}

static const struct pagetree_visitor walk_visitor = {
	.visit = walk_visit,
	.end_row = walk_end_row,
};

static void walk_columns(struct reader *reader)
{
	pagetree_render_walk_columns(&reader->text, reader->physical);
}

/* Walks to one address: a pass over a single byte. */
static int walk_render(struct reader *reader)
{
	struct lookup *lookup = to_lookup(reader);
	struct pagetree_pass *pass = &reader->pass;
	unsigned int i;
	int err;

	if (lookup->taken == lookup->count ||
	    pass->state == PAGETREE_PASS_PARTIAL) {
		reader->stage = READER_COST;
		return 0;
	}

	lookup->step_count = 0;
	pass->next = lookup->addresses[lookup->taken];
	pass->end = pass->next + 1;
	do {
		err = pagetree_pass_slice(pass, &reader->visitor);
		if (err)
			return err;
	} while (pass->state == PAGETREE_PASS_MORE);
	if (pass->state == PAGETREE_PASS_PARTIAL)
		return 0;

	if (!lookup->step_count)
		lookup->steps[lookup->step_count++] = (struct pagetree_step) {
			.address = lookup->addresses[lookup->taken],
			.node = -1,
			.kind = PAGETREE_STEP_OUTSIDE,
		};
	for (i = 0; i < lookup->step_count; i++)
		pagetree_render_step(&reader->text, &lookup->steps[i],
				     &reader->shape, reader->physical);
	lookup->taken++;

	return 0;
}

/* Parses 0xADDRESS [0xADDRESS...], with white space between and around. */
static int walk_write(struct reader *reader, const char *text)
{
	struct lookup *lookup = to_lookup(reader);
	unsigned int count = 0;
	char digits[20];
	size_t size;
	u64 address;

	lookup->count = 0;
	lookup->taken = 0;
	for (text = skip_spaces(text); *text; text = skip_spaces(text + size)) {
		size = strcspn(text, " \t\n\v\f\r");
		if (size >= sizeof(digits) || strncmp(text, "0x", 2))
			return -EINVAL;
		memcpy(digits, text, size);
		digits[size] = '\0';
		if (kstrtou64(digits, 16, &address) || address >= PAGETREE_USER_END)
			return -EINVAL;
		lookup->addresses[count++] = address;
	}
	if (!count)
		return -EINVAL;
	lookup->count = count;

	return 0;
}

const struct reader_file pagetree_walk_file = {
	.name = "walk",
	.size = sizeof(struct lookup),
	.zeroed = offsetof(struct lookup, addresses),
	.columns = walk_columns,
	.render = walk_render,
	.visitor = &walk_visitor,
	.write = walk_write,
};

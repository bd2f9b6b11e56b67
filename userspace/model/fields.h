/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the files of debugfs that are tables. */
#ifndef PAGETREE_FIELDS_H
#define PAGETREE_FIELDS_H

#include "model/list.h"

/*
 * X(N, NAME): sizes of 2^N bytes of which contNAME% tells how much is contiguous: the
 * sizes of large folios and of the contiguous entries of arm64 and riscv64.
 */
#define CONT_SIZES(X)							\
	X(14, 16k) X(15, 32k) X(16, 64k) X(17, 128k) X(18, 256k) X(19, 512k) \
	X(20, 1m) X(21, 2m) X(25, 32m) X(30, 1g)

/*
 * The columns of vmas and processes. A column per level takes PAGETREE_LEVELS places:
 * leaf3 is FIELD_leaf + 3 - 1. A column with another number at the end takes a place
 * for each number from 0 on: contig12 is FIELD_contig + 12.
 */
enum field {
#define X(name, ...) FIELD_##name,
	PAGETREE_VMA_FIELDS(X)
#undef X
#define X(name, ...)							\
	FIELD_##name,							\
	FIELD_##name##_highest = FIELD_##name + PAGETREE_LEVELS - 1,
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, lowest, highest, ...)					\
	FIELD_##name,							\
	FIELD_##name##_highest = FIELD_##name + highest,
	PAGETREE_SIZE_FIELDS(X)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(name, ...) FIELD_##name,
	PAGETREE_TOTAL_FIELDS(X)
#undef X
	FIELD_name,
	/* computed from other columns, not in the text */
	FIELD_size,
	FIELD_all_tables,
	FIELD_nonpresent,
	FIELD_mapped,
	FIELD_huge,
#define X(digits, name) FIELD_cont_##name,
	CONT_SIZES(X)
#undef X
	/* only in processes */
#define X(name, ...) FIELD_##name,
	PAGETREE_PROCESS_FIELDS(X)
#undef X
	/* only in processes and groups, not in the text */
	FIELD_processes,
	FIELD_table_bytes,
	FIELD_empty_tables,
	FIELD_sparse,
	FIELD_packed,
	FIELD_saves,
	FIELDS
};

enum tables_field {
#define X(name, ...) TABLES_##name,
	PAGETREE_TABLES_FIELDS(X)
#undef X
	TABLES_fill,
	TABLES_fill_highest = TABLES_fill + PAGETREE_FILL_HIGHEST,
	TABLES_node,
	TABLES_node_highest = TABLES_node + 63,
	TABLES_full,
	TABLES_FIELDS
};

enum map_field {
#define X(name, ...) MAP_##name,
	PAGETREE_MAP_FIELDS(X)
	PAGETREE_MAP_PHYSICAL_FIELDS(X)
#undef X
	MAP_FIELDS
};

enum walk_field {
#define X(name, ...) WALK_##name,
	PAGETREE_WALK_FIELDS(X)
	PAGETREE_WALK_PHYSICAL_FIELDS(X)
#undef X
	WALK_FIELDS
};

enum shootdown_field {
#define X(name, ...) SHOOTDOWN_##name,
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
	SHOOTDOWN_FIELDS
};

enum invalidation_field {
#define X(name, ...) INVALIDATION_##name,
	PAGETREE_INVALIDATION_FIELDS(X)
#undef X
	INVALIDATION_FIELDS
};

enum initiator_field {
#define X(name, ...) INITIATOR_##name,
	PAGETREE_INITIATOR_FIELDS(X)
#undef X
	INITIATOR_name,
	INITIATOR_FIELDS
};

#define CONT_MEANING(name)						\
	"share of mapped in contiguous, aligned blocks of at least " name

/* The columns of vmas and processes. */
extern const struct field_info *const fields;

/* Whether a column is a counter, which summary has under the same name. */
bool field_is_counter(enum field field);

extern const struct view view_vmas, view_processes, view_groups, view_tables, view_map,
	view_walk, view_shootdowns, view_invalidations, view_initiators;

/* struct row - of vmas or processes */
struct row {
	union value values[FIELDS];
};

static inline uint64_t row_number(const struct row *row, enum field field)
{
	return row->values[field].number;
}

/* struct shootdown - a row of shootdowns: columns by name, or as an array */
struct shootdown {
	union {
		struct {
#define X(name, ...) union value name;
			PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
		};
		union value values[SHOOTDOWN_FIELDS];
	};
};

/* view_processes with other default columns: about tables, of groups, or both. */
enum { SHAPE_TABLES = 1, SHAPE_GROUPS = 2 };
extern const struct view view_process_shapes[];

/* Computes what depends on the counters of a row alone: sums over levels, percentages. */
void row_make(union value *row);

/* Adds the numbers of @row to @sum, but for percentages; what is unknown does not count. */
void row_add(union value *sum, const union value *row);

/* The rows of a list of view_vmas or view_processes, or of view_shootdowns. */
struct row *list_vmas(const struct list *list);
struct shootdown *list_shootdowns(const struct list *list);

#endif /* PAGETREE_FIELDS_H */

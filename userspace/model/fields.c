// SPDX-License-Identifier: GPL-2.0-only
/* The views of debugfs: their columns, and what is made of a row. */
#include <stddef.h>
#include <string.h>

#include "model/model.h"

/* A column; one for each level or another number behind its name. */
#define FIELD(prefix, name, type, meaning)				\
	[prefix##_##name] = { #name, type, 0, meaning, false }
#define AT(number, place, lowest, highest, text, type, meaning)	\
	[place] = { number >= lowest && number <= highest ? text #number : NULL, \
		type, number, meaning, false },
#define FROM_0(X, ...) X(0, __VA_ARGS__) X(1, __VA_ARGS__) X(2, __VA_ARGS__) \
	X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__) \
	X(7, __VA_ARGS__) X(8, __VA_ARGS__) X(9, __VA_ARGS__) X(10, __VA_ARGS__) \
	X(11, __VA_ARGS__) X(12, __VA_ARGS__) X(13, __VA_ARGS__) X(14, __VA_ARGS__)
#define FROM_15(X, ...) X(15, __VA_ARGS__) X(16, __VA_ARGS__) X(17, __VA_ARGS__) \
	X(18, __VA_ARGS__) X(19, __VA_ARGS__) X(20, __VA_ARGS__) X(21, __VA_ARGS__) \
	X(22, __VA_ARGS__) X(23, __VA_ARGS__) X(24, __VA_ARGS__) X(25, __VA_ARGS__) \
	X(26, __VA_ARGS__) X(27, __VA_ARGS__) X(28, __VA_ARGS__) X(29, __VA_ARGS__) \
	X(30, __VA_ARGS__)
#define FROM_31(X, ...) X(31, __VA_ARGS__) X(32, __VA_ARGS__) X(33, __VA_ARGS__) \
	X(34, __VA_ARGS__) X(35, __VA_ARGS__) X(36, __VA_ARGS__) X(37, __VA_ARGS__) \
	X(38, __VA_ARGS__) X(39, __VA_ARGS__) X(40, __VA_ARGS__) X(41, __VA_ARGS__) \
	X(42, __VA_ARGS__) X(43, __VA_ARGS__) X(44, __VA_ARGS__) X(45, __VA_ARGS__) \
	X(46, __VA_ARGS__) X(47, __VA_ARGS__) X(48, __VA_ARGS__) X(49, __VA_ARGS__) \
	X(50, __VA_ARGS__) X(51, __VA_ARGS__) X(52, __VA_ARGS__) X(53, __VA_ARGS__) \
	X(54, __VA_ARGS__) X(55, __VA_ARGS__) X(56, __VA_ARGS__) X(57, __VA_ARGS__) \
	X(58, __VA_ARGS__) X(59, __VA_ARGS__) X(60, __VA_ARGS__) X(61, __VA_ARGS__) \
	X(62, __VA_ARGS__) X(63, __VA_ARGS__)

const struct field_info fields[FIELDS] = {
#define X(...) FIELD(FIELD, __VA_ARGS__),
	PAGETREE_VMA_FIELDS(X)
	PAGETREE_TOTAL_FIELDS(X)
	PAGETREE_PROCESS_FIELDS(X)
#undef X
#define LEVEL(level, name, lowest, highest, type, meaning)		\
	AT(level, FIELD_##name + level - 1, lowest, highest, #name, type, meaning)
#define X(...) LEVEL(1, __VA_ARGS__) LEVEL(2, __VA_ARGS__) LEVEL(3, __VA_ARGS__) \
	       LEVEL(4, __VA_ARGS__) LEVEL(5, __VA_ARGS__)
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define NUMBER(number, name, lowest, highest, type, meaning)		\
	AT(number, FIELD_##name + number, lowest, highest, #name, type, meaning)
#define X(...) FROM_0(NUMBER, __VA_ARGS__)
	PAGETREE_FILL_FIELDS(X)
	PAGETREE_SIZE_FIELDS(X)
#undef X
#define X(...) FROM_15(NUMBER, __VA_ARGS__)
	PAGETREE_SIZE_FIELDS(X)
#undef X
	[FIELD_name] = { "name", NAME, 0,
		"file, [heap], [stack] or [vdso]; of a process its name", false },
	[FIELD_size] = { "size", BYTES, 0, "from start to end", true },
	[FIELD_all_tables] = { "tables", TABLES, 0,
		"tables first used by this VMA, of all levels", true },
	[FIELD_nonpresent] = { "nonpresent", ENTRIES, 0,
		"swap, migration, hwpoison, device and marker entries", true },
	[FIELD_mapped] = { "mapped", BYTES, 0,
		"memory that the leaves of all levels map", true },
	[FIELD_huge] = { "huge%", PERCENT, 0,
		"part of it on leaves above level 1", true },
};

static const struct field_info tables_fields[TABLES_FIELDS] = {
#define X(...) FIELD(TABLES, __VA_ARGS__),
	PAGETREE_TABLES_FIELDS(X)
#undef X
#define TABLES_NUMBER(number, name, lowest, highest, type, meaning)	\
	AT(number, TABLES_##name + number, lowest, highest, #name, type, meaning)
#define X(name, lowest, highest, type, ...)				\
	FROM_0(TABLES_NUMBER, name, lowest, highest, type, \
	       "tables whose entries in use have N binary digits: 0, 1, 2-3, 4-7...")
	PAGETREE_FILL_FIELDS(X)
#undef X
	FROM_0(TABLES_NUMBER, node, 0, 63, TABLES, "tables that lie on NUMA node N")
	FROM_15(TABLES_NUMBER, node, 0, 63, TABLES, "tables that lie on NUMA node N")
	FROM_31(TABLES_NUMBER, node, 0, 63, TABLES, "tables that lie on NUMA node N")
	[TABLES_full] = { "used%", PERCENT, 0, "part of the entries in use", true },
};

static const struct field_info map_fields[MAP_FIELDS] = {
#define X(...) FIELD(MAP, __VA_ARGS__),
	PAGETREE_MAP_FIELDS(X)
	PAGETREE_MAP_PHYSICAL_FIELDS(X)
#undef X
};

static const struct field_info walk_fields[WALK_FIELDS] = {
#define X(...) FIELD(WALK, __VA_ARGS__),
	PAGETREE_WALK_FIELDS(X)
	PAGETREE_WALK_PHYSICAL_FIELDS(X)
#undef X
};

static const struct field_info shootdown_fields[SHOOTDOWN_FIELDS] = {
#define X(...) FIELD(SHOOTDOWN, __VA_ARGS__),
	PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
};

static const struct field_info invalidation_fields[INVALIDATION_FIELDS] = {
#define X(...) FIELD(INVALIDATION, __VA_ARGS__),
	PAGETREE_INVALIDATION_FIELDS(X)
#undef X
};

bool field_is_counter(enum field field)
{
	return field >= FIELD_leaf && field < FIELD_name && fields[field].name;
}

/* The views of debugfs */

static uint64_t sum_levels(const union value *row, enum field field)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < PAGETREE_LEVELS; i++)
		sum += row[field + i].number;

	return sum;
}

static void make_counters(union value *row)
{
	const uint64_t mapped = sum_levels(row, FIELD_bytes);

	row[FIELD_all_tables].number = sum_levels(row, FIELD_tables);
	row[FIELD_nonpresent].number =
		sum_levels(row, FIELD_swap) + sum_levels(row, FIELD_migration) +
		sum_levels(row, FIELD_hwpoison) +
		sum_levels(row, FIELD_device) + sum_levels(row, FIELD_marker);
	row[FIELD_mapped].number = mapped;
	row[FIELD_huge].real = mapped ?
		100.0 * (mapped - row[FIELD_bytes].number) / mapped : 0;
}

static const char *check_vma(union value *row)
{
	if (row[FIELD_end].number <= row[FIELD_start].number)
		return "ends before it starts";
	row[FIELD_size].number = row[FIELD_end].number -
				 row[FIELD_start].number;
	make_counters(row);

	return NULL;
}

const struct view view_vmas = {
	.name = "vmas",
	.fields = fields,
	.count = FIELDS,
	.without = FIELD_pid,
	.within = FIELDS,
	.required = (const int[]) {
		FIELD_start, FIELD_end, FIELD_perms, FIELD_offset, FIELD_kind,
		FIELD_name, -1
	},
	.defaults = (const int[]) {
		FIELD_start, FIELD_size, FIELD_perms, FIELD_kind, FIELD_bytes,
		FIELD_bytes + 1, FIELD_bytes + 2, FIELD_all_tables,
		FIELD_hole_bytes, FIELD_nonpresent, FIELD_name, -1
	},
	.quiet = (const int[]) { FIELD_bytes + 2, FIELD_nonpresent, -1 },
	.check = check_vma,
};

static const char *check_process(union value *row)
{
	make_counters(row);

	return NULL;
}

static const char *color_process(const union value *row, int field)
{
	return field == FIELD_state && strcmp(row[field].text, "ok") ? "red" :
								       NULL;
}

const struct view view_processes = {
	.name = "processes",
	.fields = fields,
	.count = FIELDS,
	.without = FIELD_start,
	.within = FIELD_leaf,
	.required = (const int[]) { FIELD_pid, FIELD_state, FIELD_name, -1 },
	.defaults = (const int[]) {
		FIELD_pid, FIELD_state, FIELD_vmas, FIELD_vma_bytes,
		FIELD_mapped, FIELD_huge, FIELD_bytes, FIELD_bytes + 1,
		FIELD_bytes + 2, FIELD_all_tables, FIELD_nonpresent,
		FIELD_name, -1
	},
	.quiet = (const int[]) { FIELD_bytes + 2, FIELD_nonpresent, -1 },
	.check = check_process,
	.color = color_process,
};

static const char *check_table(union value *row)
{
	const double entries = (double)row[TABLES_used].number +
			       row[TABLES_holes].number;

	if (row[TABLES_level].number < 1 ||
	    row[TABLES_level].number > PAGETREE_LEVELS)
		return "an impossible level";
	row[TABLES_full].real = entries ?
				100 * row[TABLES_used].number / entries : 0;

	return NULL;
}

const struct view view_tables = {
	.name = "tables",
	.fields = tables_fields,
	.count = TABLES_FIELDS,
	.required = (const int[]) { TABLES_level, TABLES_tables, -1 },
	.defaults = (const int[]) {
		TABLES_level, TABLES_tables, TABLES_bytes, TABLES_full,
		TABLES_empty, TABLES_packed, TABLES_shared, -1
	},
	.quiet = (const int[]) { TABLES_shared, -1 },
	.check = check_table,
};

static const char *check_extent(union value *row)
{
	if (row[MAP_end].number <= row[MAP_start].number)
		return "ends before it starts";
	if (row[MAP_level].number < 1 || row[MAP_level].number > PAGETREE_LEVELS)
		return "an impossible level";
	if (!row[MAP_entries].number || !row[MAP_size].number)
		return "an extent of nothing";

	return NULL;
}

const struct view view_map = {
	.name = "map",
	.fields = map_fields,
	.count = MAP_FIELDS,
	.required = (const int[]) {
		MAP_start, MAP_end, MAP_level, MAP_size, MAP_entries, MAP_kind,
		MAP_flags, -1
	},
	.defaults = (const int[]) {
		MAP_start, MAP_end, MAP_level, MAP_size, MAP_entries, MAP_kind,
		MAP_flags, MAP_pkey, MAP_phys, -1
	},
	.quiet = (const int[]) { MAP_pkey, MAP_phys, -1 },
	.check = check_extent,
};

const struct view view_walk = {
	.name = "walk",
	.fields = walk_fields,
	.count = WALK_FIELDS,
	.required = (const int[]) {
		WALK_address, WALK_level, WALK_index, WALK_kind, -1
	},
	.defaults = (const int[]) {
		WALK_address, WALK_level, WALK_index, WALK_start, WALK_size,
		WALK_kind, WALK_flags, WALK_pkey, WALK_node, WALK_entry, -1
	},
	.quiet = (const int[]) { WALK_pkey, WALK_entry, -1 },
};

static const char *check_shootdown(union value *row)
{
	const uint64_t rounds = row[SHOOTDOWN_n].number;

	/* they are added up */
	return !rounds ? "no round was done" :
	       rounds > UINT32_MAX ? "an impossible number of rounds" : NULL;
}

const struct view view_shootdowns = {
	.name = "shootdowns",
	.fields = shootdown_fields,
	.count = SHOOTDOWN_FIELDS,
	.required = (const int[]) {
		SHOOTDOWN_seq, SHOOTDOWN_scope, SHOOTDOWN_n, SHOOTDOWN_tag, -1
	},
	.defaults = (const int[]) {
#define X(name, ...) SHOOTDOWN_##name,
		PAGETREE_SHOOTDOWN_FIELDS(X)
#undef X
		-1
	},
	.quiet = (const int[]) { -1 },
	.check = check_shootdown,
};

const struct view view_invalidations = {
	.name = "invalidations",
	.fields = invalidation_fields,
	.count = INVALIDATION_FIELDS,
	.required = (const int[]) { INVALIDATION_reason, -1 },
	.defaults = (const int[]) { INVALIDATION_reason, INVALIDATION_ranges, -1 },
	.quiet = (const int[]) { -1 },
};

// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "base/memory.h"
#include "model/fields.h"

/* A column without a number at the end. */
#define FIELD(prefix, field, ...)	[prefix##_##field] = COLUMN(#field, __VA_ARGS__)

static struct field_info all_fields[FIELDS] = {
#define X(...) FIELD(FIELD, __VA_ARGS__),
	PAGETREE_VMA_FIELDS(X)
	PAGETREE_TOTAL_FIELDS(X)
	PAGETREE_PROCESS_FIELDS(X)
#undef X
	[FIELD_name] = COLUMN("name", NAME,
		"file, [heap], [stack], [vdso]...; name of a process"),
	[FIELD_size] = { "size", BYTES, 0, "bytes from start to end", true },
	[FIELD_all_tables] = { "tables", TABLES, 0,
		"tables of all levels that this VMA uses first", true },
	[FIELD_nonpresent] = { "nonpresent", ENTRIES, 0,
		"swap, migration, hwpoison, device and marker entries", true },
	[FIELD_mapped] = { "mapped", BYTES, 0,
		"bytes mapped by leaves of all levels", true },
	[FIELD_huge] = { "huge%", PERCENT, 0,
		"share of mapped on leaves above level 1", true },
	[FIELD_processes] = { "processes", COUNT, 0, "number of processes in the row", true },
	[FIELD_table_bytes] = { "table_bytes", BYTES, 0, "bytes of the tables", true },
	[FIELD_empty_tables] = { "empty", TABLES, 0,
		"tables of all levels without a used entry", true },
	[FIELD_sparse] = { "sparse", TABLES, 0,
		"PTE tables with used entries, but less than a sixteenth of them", true },
	[FIELD_packed] = { "packed", TABLES, 0,
		"minimum number of tables that could hold the same entries", true },
	[FIELD_saves] = { "saves", BYTES, 0,
		"PTE tables with used entries: what huge pages could save at most", true },
#define X(digits, name)							\
	[FIELD_cont_##name] = { "cont" #name "%", PERCENT, 0, CONT_MEANING(#name), true },
	CONT_SIZES(X)
#undef X
};

const struct field_info *const fields = all_fields;

static struct field_info tables_fields[TABLES_FIELDS] = {
#define X(...) FIELD(TABLES, __VA_ARGS__),
	PAGETREE_TABLES_FIELDS(X)
#undef X
	[TABLES_full] = { "used%", PERCENT, 0, "share of entries in use", true },
};

/**
 * struct family - columns that differ only in the number at the end of their name
 * @first: place of the column with number @from
 * @from: 1 for levels, 0 for others
 * @to: number of the last place
 * @name: without the number
 * @lowest: first number that has a column; places without a column have no name
 * @highest: last number that has a column
 * @type: of all the columns
 * @meaning: of all the columns
 */
static const struct family {
	struct field_info *first;
	unsigned int from;
	unsigned int to;
	const char *name;
	unsigned int lowest;
	unsigned int highest;
	enum type type;
	const char *meaning;
} families[] = {
#define X(name, ...)							\
	{ &all_fields[FIELD_##name], 1, PAGETREE_LEVELS, #name, __VA_ARGS__ },
	PAGETREE_LEVEL_FIELDS(X)
#undef X
#define X(name, lowest, highest, ...)					\
	{ &all_fields[FIELD_##name], 0, highest, #name, lowest, highest,	\
	  __VA_ARGS__ },
	PAGETREE_SIZE_FIELDS(X)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(name, lowest, highest, type, ...)				\
	{ &tables_fields[TABLES_##name], 0, highest, #name, lowest, highest, \
	  type, "tables by the bit length N of their entries in use: 0, 1, 2-3, 4-7..." },
	PAGETREE_FILL_FIELDS(X)
#undef X
	{ &tables_fields[TABLES_node], 0, TABLES_node_highest - TABLES_node,
	  "node", 0, TABLES_node_highest - TABLES_node, TABLES,
	  "tables on NUMA node N" },
};

/* Fills in the columns of each family, before main() runs. */
__attribute__((constructor))
static void expand_families(void)
{
	const size_t count = sizeof(families) / sizeof(*families);
	const struct family *family;
	unsigned int number;
	bool exists;

	for (family = families; family < families + count; family++) {
		for (number = family->from; number <= family->to; number++) {
			exists = number >= family->lowest &&
				 number <= family->highest;
			family->first[number - family->from] =
				(struct field_info) {
					.name = exists ? format("%s%u", family->name,
								number) : NULL,
					.type = family->type,
					.level = number,
					.meaning = family->meaning,
				};
		}
	}
}

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

static const struct field_info initiator_fields[INITIATOR_FIELDS] = {
#define X(...) FIELD(INITIATOR, __VA_ARGS__),
	PAGETREE_INITIATOR_FIELDS(X)
#undef X
	[INITIATOR_name] = COLUMN("name", NAME, "name of the task"),
};

bool field_is_counter(enum field field)
{
	return field >= FIELD_leaf && field < FIELD_name && fields[field].name;
}

static uint64_t sum_levels(const union value *row, enum field field)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < PAGETREE_LEVELS; i++)
		sum += row[field + i].number;

	return sum;
}

/* The bytes in blocks of at least 2^@digits bytes. */
static uint64_t sum_blocks(const union value *row, unsigned int digits)
{
	uint64_t sum = 0;

	for (; digits <= PAGETREE_CONTIG_HIGHEST; digits++)
		sum += row[FIELD_contig + digits].number << digits;

	return sum;
}

void row_make(union value *row)
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
#define X(digits, name)							\
	row[FIELD_cont_##name].real = mapped ?				\
		100.0 * sum_blocks(row, digits) / mapped : 0;
	CONT_SIZES(X)
#undef X
}

void row_add(union value *sum, const union value *row)
{
	static const enum field others[] = {
		FIELD_size, FIELD_all_tables, FIELD_nonpresent, FIELD_vmas, FIELD_vma_bytes, FIELD_processes,
		FIELD_table_bytes, FIELD_empty_tables, FIELD_sparse,
		FIELD_packed, FIELD_saves,
	};
	enum field field;
	size_t i;

	for (field = FIELD_leaf; field < FIELD_name; field++)
		if (field_is_counter(field) && row[field].number != UNKNOWN)
			sum[field].number += row[field].number;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (row[others[i]].number != UNKNOWN)
			sum[others[i]].number += row[others[i]].number;
}

static const char *check_vma(union value *row)
{
	if (row[FIELD_end].number <= row[FIELD_start].number)
		return "ends before it starts";
	row[FIELD_size].number = row[FIELD_end].number -
				 row[FIELD_start].number;
	row_make(row);

	return NULL;
}

const struct view view_vmas = {
	.name = "vmas",
	.fields = all_fields,
	.count = FIELDS,
	.without = FIELD_pid,
	.within = FIELDS,
	.required = COLUMNS(FIELD_start, FIELD_end, FIELD_perms, FIELD_offset,
			    FIELD_kind, FIELD_name),
	.defaults = COLUMNS(FIELD_start, FIELD_size, FIELD_perms, FIELD_kind,
			    FIELD_bytes, FIELD_bytes + 1, FIELD_bytes + 2,
			    FIELD_all_tables, FIELD_hole_bytes,
			    FIELD_nonpresent, FIELD_name),
	.quiet = COLUMNS(FIELD_bytes + 2, FIELD_nonpresent),
	.check = check_vma,
};

/* What needs the geometry is computed later. */
static const char *check_process(union value *row)
{
	enum field field;

	row_make(row);
	row[FIELD_processes].number = 1;
	for (field = FIELD_table_bytes; field <= FIELD_saves; field++)
		row[field] = value_unknown(fields[field].type);

	return NULL;
}

static const char *color_process(const union value *row, int field)
{
	return field == FIELD_state && strcmp(row[field].text, "ok") ? "red" :
								       NULL;
}

const struct view view_processes = {
	.name = "processes",
	.fields = all_fields,
	.count = FIELDS,
	.without = FIELD_start,
	.within = FIELD_leaf,
	.required = COLUMNS(FIELD_pid, FIELD_state, FIELD_name),
	.defaults = COLUMNS(FIELD_pid, FIELD_state, FIELD_vmas, FIELD_vma_bytes,
			    FIELD_mapped, FIELD_huge, FIELD_bytes,
			    FIELD_bytes + 1, FIELD_bytes + 2, FIELD_all_tables,
			    FIELD_nonpresent, FIELD_name),
	.quiet = COLUMNS(FIELD_bytes + 2, FIELD_nonpresent),
	.check = check_process,
	.color = color_process,
};

#define SIZES	FIELD_vmas, FIELD_vma_bytes, FIELD_mapped, FIELD_huge,	\
		FIELD_bytes, FIELD_bytes + 1, FIELD_bytes + 2,		\
		FIELD_all_tables, FIELD_nonpresent, FIELD_name
#define TABLE_SUMS	FIELD_state, FIELD_all_tables, FIELD_table_bytes, \
			FIELD_empty_tables, FIELD_sparse, FIELD_packed,	\
			FIELD_shared + 1, FIELD_saves, FIELD_name
#define SHAPE(...) {							\
	.name = "processes",						\
	.fields = all_fields,						\
	.count = FIELDS,						\
	.without = FIELD_start,						\
	.within = FIELD_leaf,						\
	.defaults = COLUMNS(__VA_ARGS__),				\
	.quiet = COLUMNS(FIELD_bytes + 2, FIELD_nonpresent, FIELD_shared + 1), \
	.color = color_process,						\
}

const struct view view_process_shapes[] = {
	[SHAPE_TABLES] = SHAPE(FIELD_pid, TABLE_SUMS),
	[SHAPE_GROUPS] = SHAPE(FIELD_processes, FIELD_state, SIZES),
	[SHAPE_TABLES | SHAPE_GROUPS] = SHAPE(FIELD_processes, TABLE_SUMS),
};

const struct view view_groups = {
	.name = "groups",
	.fields = all_fields,
	.count = FIELDS,
	.without = FIELD_start,
	.within = FIELD_kind,
	.defaults = COLUMNS(FIELD_processes, FIELD_vmas, FIELD_size, FIELD_kind,
			    FIELD_bytes, FIELD_bytes + 1, FIELD_bytes + 2,
			    FIELD_all_tables, FIELD_hole_bytes,
			    FIELD_nonpresent, FIELD_name),
	.quiet = COLUMNS(FIELD_bytes + 2, FIELD_nonpresent),
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
	.required = COLUMNS(TABLES_level, TABLES_tables),
	.defaults = COLUMNS(TABLES_level, TABLES_tables, TABLES_bytes,
			    TABLES_full, TABLES_empty, TABLES_packed,
			    TABLES_shared),
	.quiet = COLUMNS(TABLES_shared),
	.check = check_table,
};

static const char *check_extent(union value *row)
{
	if (row[MAP_end].number <= row[MAP_start].number)
		return "ends before it starts";
	if (row[MAP_level].number < 1 || row[MAP_level].number > PAGETREE_LEVELS)
		return "an impossible level";
	if (!row[MAP_entries].number || !row[MAP_size].number)
		return "an empty extent";

	return NULL;
}

const struct view view_map = {
	.name = "map",
	.fields = map_fields,
	.count = MAP_FIELDS,
	.required = COLUMNS(MAP_start, MAP_end, MAP_level, MAP_size,
			    MAP_entries, MAP_kind, MAP_flags),
	.quiet = COLUMNS(MAP_pkey, MAP_phys),
	.check = check_extent,
};

const struct view view_walk = {
	.name = "walk",
	.fields = walk_fields,
	.count = WALK_FIELDS,
	.required = COLUMNS(WALK_address, WALK_level, WALK_index, WALK_kind),
	.quiet = COLUMNS(WALK_pkey, WALK_entry),
};

static const char *check_shootdown(union value *row)
{
	const uint64_t rounds = row[SHOOTDOWN_n].number;

	/* rounds are added up in 64 bits */
	return !rounds ? "no round was done" :
	       rounds > UINT32_MAX ? "an impossible number of rounds" : NULL;
}

const struct view view_shootdowns = {
	.name = "shootdowns",
	.fields = shootdown_fields,
	.count = SHOOTDOWN_FIELDS,
	.required = COLUMNS(SHOOTDOWN_seq, SHOOTDOWN_scope, SHOOTDOWN_n,
			    SHOOTDOWN_tag),
	.check = check_shootdown,
};

const struct view view_invalidations = {
	.name = "invalidations",
	.fields = invalidation_fields,
	.count = INVALIDATION_FIELDS,
	.required = COLUMNS(INVALIDATION_reason),
	.defaults = COLUMNS(INVALIDATION_reason, INVALIDATION_ranges),
};

const struct view view_initiators = {
	.name = "initiators",
	.fields = initiator_fields,
	.count = INITIATOR_FIELDS,
	.required = COLUMNS(INITIATOR_tid, INITIATOR_call, INITIATOR_arch,
			    INITIATOR_reason, INITIATOR_ranges, INITIATOR_name),
};

struct row *list_vmas(const struct list *list)
{
	return (struct row *)list->values;
}

struct shootdown *list_shootdowns(const struct list *list)
{
	return (struct shootdown *)list->values;
}

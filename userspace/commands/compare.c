// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/compare.h"

static const struct field_info difference_fields[DIFFERENCE_FIELDS] = {
	[DIFFERENCE_what] = { .name = "what", .type = TEXT },
	[DIFFERENCE_start] = { .name = "start", .type = ADDRESS },
	[DIFFERENCE_end] = { .name = "end", .type = ADDRESS },
	[DIFFERENCE_ours] = { .name = "ours", .type = COUNT },
	[DIFFERENCE_expected] = { .name = "expected", .type = COUNT },
	[DIFFERENCE_difference] = { .name = "difference", .type = DELTA },
};

const struct view view_differences = {
	.name = "differences",
	.fields = difference_fields,
	.count = DIFFERENCE_FIELDS,
};

/*
 * Adds a difference to the report if there is one. @vma: NULL for the whole process;
 * @what: must live as long as the report
 */
static void expect(struct report *report, const struct smaps_vma *vma,
		   const char *what, uint64_t ours, uint64_t expected)
{
	union value *row;

	if (ours == expected)
		return;
	row = list_add(&report->differences);
	row[DIFFERENCE_what].text = what;
	if (vma) {
		row[DIFFERENCE_start].number = vma->start;
		row[DIFFERENCE_end].number = vma->end;
	}
	row[DIFFERENCE_ours].number = ours;
	row[DIFFERENCE_expected].number = expected;
	row[DIFFERENCE_difference].number = ours - expected;
}

/* expect() for a size that old kernels report without @left_out bytes. */
static void expect_size(struct report *report, const struct smaps_vma *vma,
			const char *what, uint64_t ours, uint64_t expected,
			uint64_t left_out)
{
	if (report->old_smaps && left_out && ours == expected + left_out)
		report->left_out++;
	else
		expect(report, vma, what, ours, expected);
}

/* The result of a comparison. @before: number of differences before it */
static enum result result_since(const struct report *report, size_t before)
{
	return report->differences.count == before ? EQUAL : DIFFERS;
}

/* One VMA */

/* A column whose name ends in a level. */
static uint64_t at(const struct row *row, enum field field, unsigned int level)
{
	return row_number(row, field + level - 1);
}

static void compare_sizes(struct report *report, const struct smaps_vma *vma,
			  const struct row *row)
{
	const uint64_t huge = pairs_number(&report->geometry.geometry,
					   "entry_bytes2");
	const uint64_t normal = at(row, FIELD_leaf, 2) -
				at(row, FIELD_zero, 2) -
				at(row, FIELD_special, 2);
	/* a zero page is PROT_NONE only if the whole VMA is */
	const uint64_t closed = at(row, FIELD_protnone, 2) < normal ?
				at(row, FIELD_protnone, 2) : normal;

	/* smaps counts no pages that a driver maps */
	if (smaps_flag(vma, "pf"))
		return;
	if (smaps_flag(vma, "ht")) {
		expect(report, vma, "Private_ and Shared_Hugetlb",
		       row_number(row, FIELD_rss), vma->bytes[SMAPS_HUGETLB]);
		return;
	}
	expect_size(report, vma, "Rss", row_number(row, FIELD_rss),
		    vma->bytes[SMAPS_RSS], closed * huge);
	expect_size(report, vma, "AnonHugePages and *PmdMapped",
		    (normal + at(row, FIELD_migration, 2) +
		     at(row, FIELD_device, 2)) * huge,
		    vma->bytes[SMAPS_ANON_HUGE] + vma->bytes[SMAPS_SHMEM_PMD] +
		    vma->bytes[SMAPS_FILE_PMD], closed * huge);
}

/* Numbers that the walk counts twice: leaves as blocks, tables by their fill. */
static void compare_parts(struct report *report, const struct smaps_vma *vma,
			  const struct row *row)
{
	uint64_t blocks = 0, filled = 0;
	enum field field;

	for (field = FIELD_contig; field <= FIELD_contig_highest; field++)
		blocks += row_number(row, field) << (field - FIELD_contig);
	for (field = FIELD_fill; field <= FIELD_fill_highest; field++)
		filled += row_number(row, field);
	expect(report, vma, "size of all contig", blocks,
	       at(row, FIELD_bytes, 1) + at(row, FIELD_bytes, 2) +
	       at(row, FIELD_bytes, 3));
	expect(report, vma, "sum of fill", filled, at(row, FIELD_tables, 1));
}

static void compare_row(struct report *report, const struct smaps_vma *vma,
			const struct row *row)
{
	const bool hugetlb = !strcmp(row->values[FIELD_kind].text, "hugetlb");

	compare_sizes(report, vma, row);
	expect(report, vma, "perms are right",
	       !strcmp(row->values[FIELD_perms].text, vma->perms), true);
	expect(report, vma, "offset", row_number(row, FIELD_offset),
	       vma->offset);
	expect(report, vma, "kind is hugetlb", hugetlb, smaps_flag(vma, "ht"));
	compare_parts(report, vma, row);
}

/*
 * Compares a VMA. @after: the same VMA in the later smaps, or NULL;
 * @row: the first row that ends above the start of @vma; @end: after the last row
 */
static enum result compare_vma(struct report *report,
			       const struct smaps_vma *vma,
			       const struct smaps_vma *after,
			       const struct row *row, const struct row *end)
{
	const size_t before = report->differences.count;
	const struct row *other;

	if (!after || !smaps_same(vma, after))
		return MOVED;
	for (other = row;
	     other < end && row_number(other, FIELD_start) < vma->end; other++)
		if (row_number(other, FIELD_retries))
			return MOVED;
	if (other == row) {
		expect(report, vma, "rows", 0, 1);
		return DIFFERS;
	}
	expect(report, vma, "start", row_number(row, FIELD_start), vma->start);
	expect(report, vma, "end", row_number(row, FIELD_end), vma->end);
	if (report->differences.count == before)
		compare_row(report, vma, row);

	return result_since(report, before);
}

/* Whether an earlier sample found this VMA equal. */
static bool was_equal(const struct report *report,
		      const struct smaps_vma *vma)
{
	size_t i;

	for (i = 0; i < report->equal_count; i++)
		if (report->equal[i].start == vma->start &&
		    report->equal[i].end == vma->end)
			return true;

	return false;
}

/* Compares all VMAs of a sample; returns false if some moved. */
static bool compare_vmas(struct report *report, const struct sample *sample)
{
	const struct row *row = list_vmas(&sample->model.vmas);
	const struct row *const end = row + sample->model.vmas.count;
	const struct smaps_vma *vma = sample->before.vmas;
	const struct smaps_vma *after = sample->after.vmas;
	const struct smaps_vma *const after_end = after + sample->after.count;
	enum result result;
	bool calm = sample->before.count == sample->after.count;
	size_t i;

	memset(report->vmas, 0, sizeof(report->vmas));
	for (i = 0; i < sample->before.count; i++, vma++) {
		while (row < end && row_number(row, FIELD_end) <= vma->start)
			row++;
		while (after < after_end && after->start < vma->start)
			after++;
		result = compare_vma(report, vma,
				     after < after_end ? after : NULL, row, end);
		calm &= result != MOVED;
		if (result == MOVED && was_equal(report, vma))
			result = EQUAL;
		report->vmas[result]++;
		if (result != EQUAL)
			continue;
		report->equal = grow(report->equal, report->equal_count,
				      sizeof(*report->equal));
		report->equal[report->equal_count++] =
			(struct range) { vma->start, vma->end };
	}

	return calm;
}

/* The whole process */

static uint64_t sum(const struct list *vmas, enum field field)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < vmas->count; i++)
		total += row_number(&list_vmas(vmas)[i], field);

	return total;
}

/* The levels that VmPTE counts: PTE, PMD and PUD tables, but never the root. */
static unsigned int vmpte_levels(const struct report *report)
{
	const unsigned int levels = pairs_number(&report->geometry.geometry,
						 "levels");

	return levels > 3 ? 3 : levels - 1;
}

/* With PAE, all tables of level 2 are allocated with the root. */
static bool is_pae(const struct report *report)
{
	const struct pairs *geometry = &report->geometry.geometry;
	const struct pair *arch = pairs_find(geometry, "arch");

	return arch && !strcmp(arch->text, "i386") &&
	       pairs_number(geometry, "levels") == 3;
}

/*
 * The number of level-2 tables allocated with a PAE root: 3 for user space, 4 with
 * the kernel's table in newer kernels, 5 with PTI, which has two of the latter.
 * @left: tables that VmPTE counts beside all others.
 */
static uint64_t pae_tables(const struct report *report, uint64_t left)
{
	if (pairs_number(&report->geometry.geometry, "pti"))
		return 5;

	return left == 4 ? 4 : 3;
}

static void compare_vmpte(struct report *report, const struct sample *sample)
{
	const uint64_t table = pairs_number(&report->geometry.geometry,
					    "table_bytes");
	const struct pairs *summary = &sample->model.summary;
	const struct list *vmas = &sample->model.vmas;
	const size_t before = report->differences.count;
	uint64_t rows = sum(vmas, FIELD_deposited);
	uint64_t whole = pairs_number(summary, "deposited"), all;
	unsigned int level;

	if (sample->vmpte_before != sample->vmpte_after ||
	    summary->cost.retries || vmas->cost.retries)
		return;
	for (level = 1; level <= vmpte_levels(report); level++) {
		if (level == 2 && is_pae(report)) {
			all = pae_tables(report, sample->vmpte_before / table - whole);
			rows += all;
			whole += all;
			continue;
		}
		rows += sum(vmas, FIELD_tables + level - 1);
		whole += pairs_level(summary, "tables", level);
	}
	report->vmpte = sample->vmpte_before;
	expect(report, NULL, "VmPTE by summary", whole * table, report->vmpte);
	expect(report, NULL, "VmPTE by vmas", rows * table, report->vmpte);
	report->vmpte_result = result_since(report, before);
}

static bool summaries_agree(const struct sample *sample)
{
	const struct pairs *a = &sample->model.summary;
	const struct pairs *b = &sample->again.summary;
	size_t i;

	if (a->count != b->count || a->cost.retries || b->cost.retries)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->pairs[i].text, b->pairs[i].text))
			return false;

	return true;
}

/* Whether this kernel has the counter. */
static bool is_due(const struct pairs *geometry, enum field field)
{
	if (field >= FIELD_conthint && field <= FIELD_conthint_highest &&
	    !pairs_find(geometry, "conthint_bytes1"))
		return false;

	return fields[field].level <= pairs_number(geometry, "levels");
}

/* Whether both files have the counter, if this kernel has it. */
static bool is_there(const struct report *report, const struct sample *sample,
		     enum field field)
{
	return !is_due(&report->geometry.geometry, field) ||
	       (sample->model.vmas.has[field] &&
		pairs_find(&sample->model.summary, fields[field].name));
}

/* Used entries of a level: counted by whole tables, and by VMAs. */
static void compare_used(struct report *report, const struct list *vmas,
			 unsigned int level)
{
	static const enum field kinds[] = {
		FIELD_leaf, FIELD_swap, FIELD_migration, FIELD_hwpoison,
		FIELD_device, FIELD_marker, FIELD_bad,
	};
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		seen += sum(vmas, kinds[i] + level - 1);
	if (level > 1)
		seen += sum(vmas, FIELD_tables + level - 2);
	if (level == 3 && is_pae(report))
		seen = pairs_level(&report->geometry.geometry, "entries", 3);
	expect(report, NULL,
	       list_keep(&report->differences,
			 format("used entries of level %u", level)),
	       sum(vmas, FIELD_used + level - 1), seen);
}

/* Compares a sum of rows with summary, and whether both files have the counter. */
static void compare_counter(struct report *report, const struct sample *sample,
			    enum field field)
{
	const char *name = fields[field].name;
	struct list *list = &report->differences;

	expect(report, NULL, list_keep(list, format("%s is there", name)),
	       is_there(report, sample, field), true);
	expect(report, NULL, list_keep(list, format("sum of %s", name)),
	       sum(&sample->model.vmas, field),
	       pairs_number(&sample->model.summary, name));
}

/* Compares the rows with summary and smaps. */
static void compare_sums(struct report *report, const struct sample *sample)
{
	const size_t before = report->differences.count;
	const struct pairs *summary = &sample->model.summary;
	const struct list *vmas = &sample->model.vmas;
	const struct smaps *smaps = &sample->before;
	unsigned int level;
	enum field field;
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < smaps->count; i++)
		bytes += smaps->vmas[i].end - smaps->vmas[i].start;
	expect(report, NULL, "VMAs by vmas", vmas->count, smaps->count);
	expect(report, NULL, "VMAs by summary", pairs_number(summary, "vmas"),
	       smaps->count);
	expect(report, NULL, "their size by vmas", sum(vmas, FIELD_size), bytes);
	expect(report, NULL, "their size by summary",
	       pairs_number(summary, "vma_bytes"), bytes);
	for (level = 1; level <= pairs_number(summary, "levels"); level++)
		compare_used(report, vmas, level);
	for (field = 0; field < FIELDS; field++)
		if (field_is_counter(field))
			compare_counter(report, sample, field);
	report->sums_result = result_since(report, before);
}

/* Rows must ascend without overlap, even if the process moved. */
static void compare_order(struct report *report, const struct sample *sample)
{
	const struct list *vmas = &sample->model.vmas;
	size_t i;

	for (i = 1; i < vmas->count; i++)
		if (row_number(&list_vmas(vmas)[i], FIELD_start) <
		    row_number(&list_vmas(vmas)[i - 1], FIELD_end))
			expect(report, NULL, "rows overlap: start, last end",
			       row_number(&list_vmas(vmas)[i], FIELD_start),
			       row_number(&list_vmas(vmas)[i - 1], FIELD_end));
}

bool compare(struct report *report, const struct sample *sample)
{
	const bool calm = compare_vmas(report, sample);

	compare_order(report, sample);
	if (report->vmpte_result == MOVED)
		compare_vmpte(report, sample);
	if (report->sums_result == MOVED && calm &&
	    !sample->model.vmas.cost.retries && summaries_agree(sample))
		compare_sums(report, sample);

	return report->differences.count ||
	       (!report->vmas[MOVED] && report->vmpte_result != MOVED &&
		report->sums_result != MOVED);
}

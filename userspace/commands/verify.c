// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what the kernel counts before and after what the module says. Where
 * the kernel's two answers are the same, the module's has to be, too; where
 * they are not, the process has moved, and nothing is known.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/json.h"
#include "model/model.h"
#include "input/smaps.h"
#include "input/source.h"
#include "output/table.h"
#include "commands/verify.h"

#define LOOKS	5

enum result { EQUAL, DIFFERS, MOVED };

static const char *const results[] = { "equal", "differ", "moved" };

/* @start and @end are 0 if it is about the whole process. */
struct difference {
	char *what;
	uint64_t start;
	uint64_t end;
	uint64_t ours;
	uint64_t expected;
};

struct range {
	uint64_t start;
	uint64_t end;
};

/**
 * struct look - the kernel's answers and the module's between them
 * @model: summary, then vmas
 * @again: summary once more
 */
struct look {
	struct smaps before;
	uint64_t vmpte_before;
	struct model model;
	struct model again;
	uint64_t vmpte_after;
	struct smaps after;
};

/**
 * struct verdict - of all looks
 * @geometry: of this machine
 * @old_smaps: smaps leaves PROT_NONE leaves of level 2 out
 * @left_out: sizes that are equal but for that
 * @equal: VMAs that were, in any look
 * @vmas: how many of the last look were what
 * @vmpte: of the process, as bytes
 * @vmpte_result: the table counts against it
 * @sums_result: the rows against summary
 */
struct verdict {
	struct model geometry;
	bool old_smaps;
	size_t left_out;
	struct range *equal;
	size_t equal_count;
	size_t vmas[MOVED + 1];
	uint64_t vmpte;
	enum result vmpte_result;
	enum result sums_result;
	struct difference *differences;
	size_t difference_count;
};

static bool is_old_smaps(void)
{
	char *release = source_proc(0, "sys/kernel/osrelease");
	unsigned int major, minor;
	bool old;

	/* before 6.5, "smaps: use vm_normal_page_pmd() ..." */
	old = release && sscanf(release, "%u.%u", &major, &minor) == 2 &&
	      (major < 6 || (major == 6 && minor < 5));
	free(release);

	return old;
}

static void look_take(struct look *look, pid_t pid)
{
	*look = (struct look) { 0 };
	if (!smaps_read(&look->before, pid))
		fail(EXIT_FAILURE, "%d: no smaps: the process has ended", pid);
	look->vmpte_before = smaps_vmpte(pid);
	if (!source_debugfs(&look->model, pid, "summary") ||
	    !source_debugfs(&look->model, pid, "vmas") ||
	    !source_debugfs(&look->again, pid, "summary"))
		source_dead(pid);
	look->vmpte_after = smaps_vmpte(pid);
	if (!smaps_read(&look->after, pid))
		fail(EXIT_FAILURE, "%d: no smaps: the process has ended", pid);
}

static void look_free(struct look *look)
{
	smaps_free(&look->before);
	model_free(&look->model);
	model_free(&look->again);
	smaps_free(&look->after);
}

/* Says and counts a difference if there is one. @vma: NULL for the process */
static enum result expect(struct verdict *verdict, const struct smaps_vma *vma,
			  const char *what, uint64_t ours, uint64_t expected)
{
	struct difference *difference;

	if (ours == expected)
		return EQUAL;
	verdict->differences = room(verdict->differences,
				    verdict->difference_count,
				    sizeof(*difference));
	difference = &verdict->differences[verdict->difference_count++];
	*difference = (struct difference) {
		.what = format("%s", what),
		.start = vma ? vma->start : 0,
		.end = vma ? vma->end : 0,
		.ours = ours,
		.expected = expected,
	};

	return DIFFERS;
}

/* Likewise, of a size that old kernels say without @left_out bytes. */
static enum result expect_size(struct verdict *verdict,
			       const struct smaps_vma *vma, const char *what,
			       uint64_t ours, uint64_t expected,
			       uint64_t left_out)
{
	if (verdict->old_smaps && left_out && ours == expected + left_out) {
		verdict->left_out++;
		return EQUAL;
	}

	return expect(verdict, vma, what, ours, expected);
}

/* One VMA */

static uint64_t number(const struct row *row, enum field field)
{
	return row->values[field].number;
}

/* The @level of a field that there is per level. */
static uint64_t at(const struct row *row, enum field field, unsigned int level)
{
	return number(row, field + level - 1);
}

static enum result compare_sizes(struct verdict *verdict,
				 const struct smaps_vma *vma,
				 const struct row *row)
{
	const uint64_t huge = pairs_number(&verdict->geometry.geometry,
					   "entry_bytes2");
	const uint64_t normal = at(row, FIELD_leaf, 2) -
				at(row, FIELD_zero, 2) -
				at(row, FIELD_special, 2);
	/* zero pages are without access only where all of the VMA is */
	const uint64_t closed = at(row, FIELD_protnone, 2) < normal ?
				at(row, FIELD_protnone, 2) : normal;
	enum result result;

	if (smaps_flag(vma, "pf"))
		return EQUAL;
	if (smaps_flag(vma, "ht"))
		return expect(verdict, vma, "Private_ and Shared_Hugetlb",
			      number(row, FIELD_rss), vma->bytes[SMAPS_HUGETLB]);

	result = expect_size(verdict, vma, "Rss", number(row, FIELD_rss),
			     vma->bytes[SMAPS_RSS], closed * huge);
	result |= expect_size(verdict, vma, "AnonHugePages and *PmdMapped",
			      (normal + at(row, FIELD_migration, 2) +
			       at(row, FIELD_device, 2)) * huge,
			      vma->bytes[SMAPS_ANON_HUGE] +
			      vma->bytes[SMAPS_SHMEM_PMD] +
			      vma->bytes[SMAPS_FILE_PMD], closed * huge);

	return result;
}

/* What the walk counts twice: leaves as blocks too, tables by their fill. */
static enum result compare_parts(struct verdict *verdict,
				 const struct smaps_vma *vma,
				 const struct row *row)
{
	const uint64_t mapped = at(row, FIELD_bytes, 1) +
				at(row, FIELD_bytes, 2) +
				at(row, FIELD_bytes, 3);
	uint64_t blocks = 0, filled = 0;
	enum field field;
	enum result result;

	for (field = FIELD_contig; field <= FIELD_contig_highest; field++)
		blocks += number(row, field) << (field - FIELD_contig);
	for (field = FIELD_fill; field <= FIELD_fill_highest; field++)
		filled += number(row, field);
	result = expect(verdict, vma, "size of all contig", blocks, mapped);
	result |= expect(verdict, vma, "sum of fill", filled,
			 at(row, FIELD_tables, 1));

	return result;
}

static enum result compare_row(struct verdict *verdict,
			       const struct smaps_vma *vma,
			       const struct row *row)
{
	enum result result = compare_sizes(verdict, vma, row);

	result |= expect(verdict, vma, "perms are right",
			 !strcmp(row->values[FIELD_perms].text, vma->perms),
			 true);
	result |= expect(verdict, vma, "offset", number(row, FIELD_offset),
			 vma->offset);
	result |= expect(verdict, vma, "kind is hugetlb",
			 !strcmp(row->values[FIELD_kind].text, "hugetlb"),
			 smaps_flag(vma, "ht"));
	result |= compare_parts(verdict, vma, row);

	return result;
}

/* @row: the first that ends above the start of @vma, @end: behind all rows */
static enum result compare_vma(struct verdict *verdict,
			       const struct smaps_vma *vma,
			       const struct smaps_vma *after,
			       const struct row *row, const struct row *end)
{
	enum result result = EQUAL;
	const struct row *other;

	if (!after || !smaps_same(vma, after))
		return MOVED;
	for (other = row; other < end && number(other, FIELD_start) < vma->end;
	     other++)
		if (number(other, FIELD_retries))
			return MOVED;
	if (other == row)
		return expect(verdict, vma, "rows", 0, 1);
	result |= expect(verdict, vma, "start", number(row, FIELD_start),
			 vma->start);
	result |= expect(verdict, vma, "end", number(row, FIELD_end), vma->end);

	return result == EQUAL ? compare_row(verdict, vma, row) : result;
}

/* Whether an earlier look found this VMA equal. */
static bool was_equal(const struct verdict *verdict,
		      const struct smaps_vma *vma)
{
	size_t i;

	for (i = 0; i < verdict->equal_count; i++)
		if (verdict->equal[i].start == vma->start &&
		    verdict->equal[i].end == vma->end)
			return true;

	return false;
}

/* All VMAs of a look; false if some moved. */
static bool compare_vmas(struct verdict *verdict, const struct look *look)
{
	const struct row *row = list_vmas(&look->model.vmas);
	const struct row *const end = row + look->model.vmas.count;
	const struct smaps_vma *vma = look->before.vmas;
	const struct smaps_vma *after = look->after.vmas;
	const struct smaps_vma *const after_end = after + look->after.count;
	enum result result;
	bool calm = look->before.count == look->after.count;
	size_t i;

	memset(verdict->vmas, 0, sizeof(verdict->vmas));
	for (i = 0; i < look->before.count; i++, vma++) {
		while (row < end && number(row, FIELD_end) <= vma->start)
			row++;
		while (after < after_end && after->start < vma->start)
			after++;
		result = compare_vma(verdict, vma,
				     after < after_end ? after : NULL, row, end);
		calm &= result != MOVED;
		if (result == MOVED && was_equal(verdict, vma))
			result = EQUAL;
		verdict->vmas[result]++;
		if (result != EQUAL)
			continue;
		verdict->equal = room(verdict->equal, verdict->equal_count,
				      sizeof(*verdict->equal));
		verdict->equal[verdict->equal_count++] =
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
		total += number(&list_vmas(vmas)[i], field);

	return total;
}

/* The levels that VmPTE counts: PTE, PMD and PUD tables, but never the root. */
static unsigned int vmpte_levels(const struct verdict *verdict)
{
	const unsigned int levels = pairs_number(&verdict->geometry.geometry,
						 "levels");

	return levels > 3 ? 3 : levels - 1;
}

/* With PAE, all tables of level 2 are made with the root. */
static bool is_pae(const struct verdict *verdict)
{
	const struct pairs *geometry = &verdict->geometry.geometry;
	const struct pair *arch = pairs_find(geometry, "arch");

	return arch && !strcmp(arch->text, "i386") &&
	       pairs_number(geometry, "levels") == 3;
}

/*
 * How many that are, where VmPTE counts @left beside all others: three of the
 * user's, in newer kernels and with page-table isolation one of the kernel's,
 * and that in both of its guises.
 */
static uint64_t pae_tables(const struct verdict *verdict, uint64_t left)
{
	if (pairs_number(&verdict->geometry.geometry, "pti"))
		return 5;

	return left == 4 ? 4 : 3;
}

static void compare_vmpte(struct verdict *verdict, const struct look *look)
{
	const uint64_t table = pairs_number(&verdict->geometry.geometry,
					    "table_bytes");
	const struct pairs *summary = &look->model.summary;
	const struct list *vmas = &look->model.vmas;
	uint64_t rows = sum(vmas, FIELD_deposited);
	uint64_t whole = pairs_number(summary, "deposited"), all;
	unsigned int level;

	if (look->vmpte_before != look->vmpte_after ||
	    summary->cost.retries || vmas->cost.retries)
		return;
	for (level = 1; level <= vmpte_levels(verdict); level++) {
		if (level == 2 && is_pae(verdict)) {
			all = pae_tables(verdict, look->vmpte_before / table - whole);
			rows += all;
			whole += all;
			continue;
		}
		rows += sum(vmas, FIELD_tables + level - 1);
		whole += pairs_level(summary, "tables", level);
	}
	verdict->vmpte = look->vmpte_before;
	verdict->vmpte_result = expect(verdict, NULL, "VmPTE by summary",
				       whole * table, verdict->vmpte);
	verdict->vmpte_result |= expect(verdict, NULL, "VmPTE by vmas",
					rows * table, verdict->vmpte);
}

static bool summaries_agree(const struct look *look)
{
	const struct pairs *a = &look->model.summary;
	const struct pairs *b = &look->again.summary;
	size_t i;

	if (a->count != b->count || a->cost.retries || b->cost.retries)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->pairs[i].text, b->pairs[i].text))
			return false;

	return true;
}

/* Whether this kernel has such a counter. */
static bool is_due(const struct pairs *geometry, enum field field)
{
	if (field >= FIELD_conthint && field <= FIELD_conthint_highest &&
	    !pairs_find(geometry, "conthint_bytes1"))
		return false;

	return fields[field].level <= pairs_number(geometry, "levels");
}

/* Whether the counter is in both files, if it is due. */
static bool is_there(const struct verdict *verdict, const struct look *look,
		     enum field field)
{
	return !is_due(&verdict->geometry.geometry, field) ||
	       (look->model.vmas.has[field] &&
		pairs_find(&look->model.summary, fields[field].name));
}

/* Entries of a level that are no hole: whole tables against what VMAs see. */
static enum result compare_used(struct verdict *verdict,
				const struct list *vmas, unsigned int level)
{
	uint64_t seen = sum(vmas, FIELD_leaf + level - 1) +
			sum(vmas, FIELD_swap + level - 1) +
			sum(vmas, FIELD_migration + level - 1) +
			sum(vmas, FIELD_hwpoison + level - 1) +
			sum(vmas, FIELD_device + level - 1) +
			sum(vmas, FIELD_marker + level - 1) +
			sum(vmas, FIELD_bad + level - 1);
	enum result result;
	char *what;

	if (level > 1)
		seen += sum(vmas, FIELD_tables + level - 2);
	if (level == 3 && is_pae(verdict))
		seen = pairs_level(&verdict->geometry.geometry, "entries", 3);
	what = format("used entries of level %u", level);
	result = expect(verdict, NULL, what,
			sum(vmas, FIELD_used + level - 1), seen);
	free(what);

	return result;
}

/* The rows against summary and smaps. */
static void compare_sums(struct verdict *verdict, const struct look *look)
{
	const struct pairs *summary = &look->model.summary;
	const struct list *vmas = &look->model.vmas;
	const struct smaps_vma *vma = look->before.vmas;
	enum result result = EQUAL;
	uint64_t bytes = 0;
	unsigned int level;
	enum field field;
	char *what;
	size_t i;

	for (i = 0; i < look->before.count; i++)
		bytes += vma[i].end - vma[i].start;
	result |= expect(verdict, NULL, "VMAs by vmas", vmas->count,
			 look->before.count);
	result |= expect(verdict, NULL, "VMAs by summary",
			 pairs_number(summary, "vmas"), look->before.count);
	result |= expect(verdict, NULL, "their size by vmas",
			 sum(vmas, FIELD_size), bytes);
	result |= expect(verdict, NULL, "their size by summary",
			 pairs_number(summary, "vma_bytes"), bytes);
	for (level = 1; level <= pairs_number(summary, "levels"); level++)
		result |= compare_used(verdict, vmas, level);
	for (field = 0; field < FIELDS; field++) {
		if (!field_is_counter(field))
			continue;
		what = format("%s is there", fields[field].name);
		result |= expect(verdict, NULL, what,
				 is_there(verdict, look, field), true);
		free(what);
		what = format("sum of %s", fields[field].name);
		result |= expect(verdict, NULL, what, sum(vmas, field),
				 pairs_number(summary, fields[field].name));
		free(what);
	}
	verdict->sums_result = result;
}

/* Rows ascend without overlap, whatever the process does. */
static void compare_order(struct verdict *verdict, const struct look *look)
{
	const struct list *vmas = &look->model.vmas;
	size_t i;

	for (i = 1; i < vmas->count; i++)
		if (number(&list_vmas(vmas)[i], FIELD_start) <
		    number(&list_vmas(vmas)[i - 1], FIELD_end))
			expect(verdict, NULL, "rows overlap: start, last end",
			       number(&list_vmas(vmas)[i], FIELD_start),
			       number(&list_vmas(vmas)[i - 1], FIELD_end));
}

/* Takes one look; false if another one could say more. */
static bool compare(struct verdict *verdict, const struct look *look)
{
	const bool calm = compare_vmas(verdict, look);

	compare_order(verdict, look);
	if (verdict->vmpte_result == MOVED)
		compare_vmpte(verdict, look);
	if (verdict->sums_result == MOVED && calm &&
	    !look->model.vmas.cost.retries && summaries_agree(look))
		compare_sums(verdict, look);

	return verdict->difference_count ||
	       (!verdict->vmas[MOVED] && verdict->vmpte_result != MOVED &&
		verdict->sums_result != MOVED);
}

/* The report */

static void print_text(const struct verdict *verdict)
{
	static const char *const headings[] = {
		"WHAT", "START", "END", "OURS", "EXPECTED", "DIFFERENCE"
	};
	struct libscols_table *table = table_new(false, true);
	const struct difference *difference = verdict->differences;
	struct libscols_line *line;
	size_t i;

	for (i = 0; i < sizeof(headings) / sizeof(*headings); i++)
		table_column(table, headings[i], i ? TABLE_RIGHT : 0);
	for (i = 0; i < verdict->difference_count; i++, difference++) {
		line = table_line(table);
		table_cell(line, 0, format("%s", difference->what));
		if (difference->end) {
			table_cell(line, 1, format("0x%" PRIx64,
						   difference->start));
			table_cell(line, 2, format("0x%" PRIx64,
						   difference->end));
		}
		table_cell(line, 3, format("%" PRIu64, difference->ours));
		table_cell(line, 4, format("%" PRIu64, difference->expected));
		table_cell(line, 5, format("%+" PRId64,
					   (int64_t)(difference->ours -
						     difference->expected)));
	}
	if (verdict->difference_count)
		table_print(table);
	else
		table_free(table);

	if (verdict->left_out)
		printf("%zu sizes are equal but for huge pages without access, "
		       "which smaps leaves out before Linux 6.5\n",
		       verdict->left_out);
	printf("verified: %zu VMAs equal, %zu differ, %zu moved; VmPTE ",
	       verdict->vmas[EQUAL], verdict->vmas[DIFFERS],
	       verdict->vmas[MOVED]);
	if (verdict->vmpte_result != MOVED)
		printf("%" PRIu64 " bytes ", verdict->vmpte);
	printf("%s; sums %s\n", results[verdict->vmpte_result],
	       results[verdict->sums_result]);
}

static void print_json(const struct verdict *verdict, pid_t pid)
{
	const struct difference *difference = verdict->differences;
	size_t i;

	json_begin();
	json_open("verify", '{');
	json_number("pid", pid);
	json_number("equal", verdict->vmas[EQUAL]);
	json_number("differ", verdict->vmas[DIFFERS]);
	json_number("moved", verdict->vmas[MOVED]);
	json_number("vmpte", verdict->vmpte);
	json_string("vmpte_is", results[verdict->vmpte_result]);
	json_string("sums_are", results[verdict->sums_result]);
	json_number("left_out", verdict->left_out);
	json_open("differences", '[');
	for (i = 0; i < verdict->difference_count; i++, difference++) {
		json_open(NULL, '{');
		json_string("what", difference->what);
		if (difference->end) {
			json_address("start", difference->start);
			json_address("end", difference->end);
		}
		json_number("ours", difference->ours);
		json_number("expected", difference->expected);
		json_close('}');
	}
	json_close(']');
	json_close('}');
	json_end();
}

int verify(pid_t pid, bool json)
{
	struct verdict verdict = {
		.old_smaps = is_old_smaps(),
		.vmpte_result = MOVED,
		.sums_result = MOVED,
	};
	bool done = false, complete = true;
	unsigned int looks;
	struct look look;
	size_t i;

	source_debugfs(&verdict.geometry, 0, "geometry");
	for (looks = 0; looks < LOOKS && !done && complete; looks++) {
		look_take(&look, pid);
		complete = model_is_complete(&look.model) &&
			   model_is_complete(&look.again);
		if (complete)
			done = compare(&verdict, &look);
		look_free(&look);
	}
	if (!complete)
		fail(EXIT_PARTIAL, "%d: ended while it was verified", pid);

	if (json)
		print_json(&verdict, pid);
	else
		print_text(&verdict);
	model_free(&verdict.geometry);
	for (i = 0; i < verdict.difference_count; i++)
		free(verdict.differences[i].what);
	free(verdict.differences);
	free(verdict.equal);

	if (verdict.difference_count)
		return EXIT_EXPECTATION;
	if (!verdict.vmas[EQUAL]) {
		complain("%d: nothing stood still: no VMA could be compared",
			 pid);
		return EXIT_FAILURE;
	}

	return EXIT_SUCCESS;
}

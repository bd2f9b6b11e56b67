/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the module's numbers with the kernel's. */
#ifndef PAGETREE_COMPARE_H
#define PAGETREE_COMPARE_H

#include "model/model.h"
#include "model/smaps.h"

enum result { EQUAL, DIFFERS, MOVED };

enum { DIFFERENCE_what, DIFFERENCE_start, DIFFERENCE_end, DIFFERENCE_ours,
       DIFFERENCE_expected, DIFFERENCE_difference, DIFFERENCE_FIELDS };

/* Differences that were found; start and end are unknown if one is about all VMAs. */
extern const struct view view_differences;

struct range {
	uint64_t start;
	uint64_t end;
};

/**
 * struct sample - the module's numbers, and the kernel's before and after them
 * @before: smaps, read first
 * @vmpte_before: VmPTE in bytes, read next
 * @model: summary, then vmas
 * @again: summary once more
 * @vmpte_after: VmPTE in bytes
 * @after: smaps, read last
 */
struct sample {
	struct smaps before;
	uint64_t vmpte_before;
	struct model model;
	struct model again;
	uint64_t vmpte_after;
	struct smaps after;
};

/**
 * struct report - the result of all samples; the caller frees what it points to
 * @geometry: of this machine
 * @old_smaps: smaps leaves out PROT_NONE leaves of level 2
 * @left_out: number of sizes that are equal once these leaves are added
 * @equal: VMAs that were equal in any sample
 * @equal_count: number of @equal
 * @vmas: number of VMAs by result, in the last sample
 * @vmpte: VmPTE in bytes
 * @vmpte_result: whether the numbers of tables agree with VmPTE
 * @sums_result: whether the sums of rows agree with summary
 * @differences: a list of view_differences
 */
struct report {
	struct model geometry;
	bool old_smaps;
	size_t left_out;
	struct range *equal;
	size_t equal_count;
	size_t vmas[MOVED + 1];
	uint64_t vmpte;
	enum result vmpte_result;
	enum result sums_result;
	struct list differences;
};

/*
 * Adds a sample to a report. Where smaps before and after are equal, the module's
 * numbers must equal them. Elsewhere the process changed meanwhile, and the result
 * is MOVED. Returns false if another sample could decide more.
 */
bool compare(struct report *report, const struct sample *sample);

#endif /* PAGETREE_COMPARE_H */

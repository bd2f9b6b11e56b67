/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's numbers beside the kernel's. */
#ifndef PAGETREE_COMPARE_H
#define PAGETREE_COMPARE_H

#include "model/model.h"
#include "model/smaps.h"

enum result { EQUAL, DIFFERS, MOVED };

/* struct difference - @start and @end are 0 if it is about the whole process */
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
 * struct sample - the kernel's numbers, and the module's read between them
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
 * struct report - what all samples say; to be freed by its owner
 * @geometry: of this machine
 * @old_smaps: smaps leaves out PROT_NONE leaves of level 2
 * @left_out: number of sizes that are equal but for these
 * @equal: VMAs that were equal in any sample
 * @equal_count: number of @equal
 * @vmas: number of VMAs by result, in the last sample
 * @vmpte: VmPTE in bytes
 * @vmpte_result: numbers of tables beside VmPTE
 * @sums_result: sums of rows beside summary
 * @differences: that were found
 * @difference_count: number of @differences
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
	struct difference *differences;
	size_t difference_count;
};

/*
 * Adds a sample to a report. Where the kernel's two answers are equal, the
 * module's has to be equal too; elsewhere the process has moved, and nothing is
 * known. Returns false if another sample could say more.
 */
bool compare(struct report *report, const struct sample *sample);

#endif /* PAGETREE_COMPARE_H */

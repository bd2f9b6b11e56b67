/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel itself counts: /proc/PID/smaps and status. */
#ifndef PAGETREE_SMAPS_H
#define PAGETREE_SMAPS_H

#include <sys/types.h>

#include "pagetree.h"

/* Sizes of a VMA. Hugetlb is the sum of Shared_Hugetlb and Private_Hugetlb. */
enum smaps_size {
	SMAPS_RSS,
	SMAPS_ANON_HUGE,
	SMAPS_SHMEM_PMD,
	SMAPS_FILE_PMD,
	SMAPS_HUGETLB,
	SMAPS_SIZES
};

struct smaps_vma {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	char perms[5];
	uint64_t bytes[SMAPS_SIZES];
	const char *flags;	/* `VmFlags: rd wr ` */
	unsigned int found;	/* how many of the lines that are needed */
};

/* struct smaps - a process as the kernel counts it; without [vsyscall] */
struct smaps {
	char *text;
	struct smaps_vma *vmas;
	size_t count;
};

/* Ends the tool if the process has no memory any more. */
void smaps_read(struct smaps *smaps, pid_t pid);
void smaps_free(struct smaps *smaps);

/* Whether VmFlags has this flag of two letters. */
bool smaps_flag(const struct smaps_vma *vma, const char *flag);

/* Whether nothing that is compared has changed from one to the other. */
bool smaps_same(const struct smaps_vma *a, const struct smaps_vma *b);

/* VmPTE of status. */
uint64_t smaps_vmpte(pid_t pid);

#endif /* PAGETREE_SMAPS_H */

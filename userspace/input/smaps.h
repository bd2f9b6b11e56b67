/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel itself counts: /proc/PID/smaps and status. */
#ifndef PAGETREE_SMAPS_H
#define PAGETREE_SMAPS_H

#include <sys/types.h>

#include "base/pagetree.h"

/* Sizes of a VMA. Hugetlb is the sum of Shared_Hugetlb and Private_Hugetlb. */
enum smaps_size {
	SMAPS_RSS,
	SMAPS_ANON_HUGE,
	SMAPS_SHMEM_PMD,
	SMAPS_FILE_PMD,
	SMAPS_HUGETLB,
	SMAPS_SIZES
};

/* The lines that are not sizes. */
enum smaps_eligible { SMAPS_UNSAID, SMAPS_INELIGIBLE, SMAPS_ELIGIBLE };

struct smaps_vma {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	char perms[5];
	uint64_t bytes[SMAPS_SIZES];
	uint64_t anonymous;	/* bytes of the process's own pages */
	uint64_t kernel_page;	/* bytes of a page, of hugetlb a huge one */
	unsigned int device[2];	/* major and minor number of the file's file system */
	enum smaps_eligible eligible;	/* THPeligible: whether khugepaged would */
	const char *name;	/* path, [heap]..., or nothing */
	const char *flags;	/* `VmFlags: rd wr ` */
	unsigned int found;	/* how many of the lines that are needed */
};

/* struct smaps - a process as the kernel counts it; without [vsyscall] */
struct smaps {
	char *text;
	struct smaps_vma *vmas;
	size_t count;
};

/* Returns false if the process has no memory any more. */
bool smaps_read(struct smaps *smaps, pid_t pid);
void smaps_free(struct smaps *smaps);

/* Whether VmFlags has this flag of two letters. */
bool smaps_flag(const struct smaps_vma *vma, const char *flag);

/* Whether nothing that is compared has changed from one to the other. */
bool smaps_same(const struct smaps_vma *a, const struct smaps_vma *b);

/* VmPTE of status. */
uint64_t smaps_vmpte(pid_t pid);

#endif /* PAGETREE_SMAPS_H */

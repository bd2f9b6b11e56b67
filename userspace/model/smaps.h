/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own counts: the text of /proc/PID/smaps and status. */
#ifndef PAGETREE_SMAPS_H
#define PAGETREE_SMAPS_H

#include <sys/types.h>

#include "base/text.h"

/* Sizes of a VMA. Hugetlb is the sum of Shared_Hugetlb and Private_Hugetlb. */
enum smaps_size {
	SMAPS_RSS,
	SMAPS_ANON_HUGE,
	SMAPS_SHMEM_PMD,
	SMAPS_FILE_PMD,
	SMAPS_HUGETLB,
	SMAPS_SIZES
};

/* THPeligible: absent, 0 or 1 */
enum smaps_eligible { SMAPS_UNKNOWN, SMAPS_INELIGIBLE, SMAPS_ELIGIBLE };

struct smaps_vma {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	char perms[5];
	uint64_t bytes[SMAPS_SIZES];
	uint64_t lazyfree;	/* bytes given back by MADV_FREE, and still there */
	uint64_t anonymous;	/* bytes of the process's own pages */
	uint64_t kernel_page;	/* bytes of a page, of hugetlb a huge one */
	unsigned int device[2];	/* major and minor number of the file's file system */
	enum smaps_eligible eligible;	/* whether khugepaged considers the VMA */
	const char *name;	/* path, [heap]..., or nothing */
	const char *flags;	/* `VmFlags: rd wr ` */
	unsigned int found;	/* number of the required lines so far */
};

/* struct smaps - the VMAs of a process, without [vsyscall] */
struct smaps {
	char *text;
	struct smaps_vma *vmas;
	size_t count;
};

/**
 * smaps_parse() - the text of a process's smaps
 * @smaps: set; the caller frees it by smaps_free(), even after an error
 * @text: taken and changed
 *
 * Return: NULL, or what is wrong with the text.
 */
const char *smaps_parse(struct smaps *smaps, char *text);
void smaps_free(struct smaps *smaps);

/* Whether VmFlags has this flag of two letters. */
bool smaps_flag(const struct smaps_vma *vma, const char *flag);

/* Whether @a and @b are equal in everything that --verify compares. */
bool smaps_same(const struct smaps_vma *a, const struct smaps_vma *b);

/*
 * The number in a line `KEY: number` of status or smaps_rollup; @absent if there is
 * no such line. Does not see the first line.
 */
uint64_t status_number(const char *text, const char *key, uint64_t absent);

#endif /* PAGETREE_SMAPS_H */

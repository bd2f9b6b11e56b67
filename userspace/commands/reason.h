/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a VMA is not on huge pages: the reasons, and what they are judged by. */
#ifndef PAGETREE_REASON_H
#define PAGETREE_REASON_H

#include "cli/run.h"
#include "model/smaps.h"

/* X(ENUMERATOR, code, meaning, remedy): in the order in which they are looked for. */
#define REASONS(X)							\
	X(PFNMAP, "pfnmap", "a driver maps it, it has no pages of its own", \
	  "the driver decides: nothing can be done from outside")	\
	X(POOL, "pool", "the pool of hugetlb has no page left for it", \
	  "echo N >/sys/kernel/mm/hugepages/hugepages-*kB/nr_hugepages, best at boot") \
	X(PROTECTION, "protection", "other protection next to it divides the huge page", \
	  "give whole huge pages one protection: align what mprotect() changes") \
	X(SMALL, "small", "it is smaller than a huge page",		\
	  "collect small mappings in a large one; libraries: relink with -z max-page-size=0x200000 (if it is 2M)") \
	X(MISALIGNED, "misaligned", "it is large enough, but no aligned huge page lies in it", \
	  "map one huge page more, and use the aligned part of it")	\
	X(OFFSET, "offset", "its address and its offset in the file differ modulo a huge page", \
	  "map at an address that is congruent with the offset; programs: link with -z max-page-size=0x200000 (if it is 2M)") \
	X(UNTOUCHED, "untouched", "nothing of it was touched yet",	\
	  "nothing: a huge page comes with the first touch, if then nothing else is in the way") \
	X(DISABLED, "disabled", "the process has switched huge pages off for itself", \
	  "prctl(PR_SET_THP_DISABLE, 0) in it, or in who started it")	\
	X(NOHUGEPAGE, "nohugepage", "madvise(MADV_NOHUGEPAGE) was asked for", \
	  "take that call out of the program (or madvise(MADV_HUGEPAGE))") \
	X(NEVER, "never", "transparent huge pages are switched off",	\
	  "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled (of shmem: advise >shmem_enabled)") \
	X(MADVISE, "madvise", "only what asks for huge pages gets them, and it did not", \
	  "madvise(MADV_HUGEPAGE) in the program, or echo always >/sys/kernel/mm/transparent_hugepage/enabled") \
	X(TMPFS, "tmpfs", "its tmpfs is mounted without huge pages",	\
	  "mount -o remount,huge=within_size")				\
	X(FILESYSTEM, "filesystem", "the page cache of this file system has no huge pages for it", \
	  "a tmpfs with huge=, a file system with large folios, or anonymous memory with a copy of it") \
	X(INELIGIBLE, "ineligible", "the kernel says that it is not eligible", \
	  "none is known: THPeligible of /proc/PID/smaps")		\
	X(UFFD, "uffd", "userfaultfd watches it page by page, and not all pages are there", \
	  "fill all of a huge page, or UFFDIO_UNREGISTER where it is not needed any more") \
	X(SWAP, "swap", "too many of its pages are swapped out",	\
	  "more memory, or a larger khugepaged/max_ptes_swap")		\
	X(KSM, "ksm", "KSM shares its pages with others",		\
	  "madvise(MADV_UNMERGEABLE), or echo 2 >/sys/kernel/mm/ksm/run")	\
	X(PINNED, "pinned", "pages are pinned for devices, which keeps them where they are", \
	  "put them on huge pages before they are registered (io_uring, RDMA, VFIO)") \
	X(SPLIT, "split", "it is on huge pages, but mapped in small pieces: they were split", \
	  "do not unmap or protect parts of huge pages; madvise(MADV_COLLAPSE)") \
	X(PARTIAL, "partial", "fewer pages are touched than khugepaged wants", \
	  "touch more of it, or a larger khugepaged/max_ptes_none")	\
	X(SHARED, "shared", "a fork shares too many of its pages",	\
	  "exec in the child, or a larger khugepaged/max_ptes_shared")	\
	X(FRAGMENTED, "fragmented", "memory has no free block of this size", \
	  "echo 1 >/proc/sys/vm/compact_memory; transparent_hugepage/defrag; hugetlb at boot") \
	X(KHUGEPAGED, "khugepaged", "nothing stands in the way: khugepaged has not come by yet", \
	  "wait; madvise(MADV_COLLAPSE); a larger khugepaged/pages_to_scan")

enum reason {
#define X(enumerator, ...) REASON_##enumerator,
	REASONS(X)
#undef X
	FINE	/* all of it that huge pages could map is on them */
};

/* struct reason_info - @meaning: why not; @remedy: what can be done */
struct reason_info {
	const char *code;
	const char *meaning;
	const char *remedy;
};

extern const struct reason_info reasons[FINE];

/* struct span - where a VMA could have a huge page, and what is touched there */
struct span {
	uint64_t start;
	unsigned int pages;	/* without zero pages */
	unsigned int swapped;
};

/**
 * struct why - one process
 * @page, @huge, @per: bytes of a page, of a huge one, pages of it
 * @smaps: without VMAs where there is none to read
 * @mountinfo: or NULL
 * @enabled, @shmem_enabled: the mode for huge pages of this size, or ""
 * @disabled: by prctl()
 * @max_none, @max_swap, @max_shared: of khugepaged
 * @blocks: free ones, as large as a huge page
 * @pinned: bytes
 * @extent: of map, the first that ends behind what was looked at
 * @spans: touched and not huge, of the VMA that is looked at, @span_count
 * @list: the rows
 * @eligible, @eligible_huge: bytes, of all VMAs
 * @saved_tables, @saved_translations: if all spans were huge
 * @fork_tables: of VMAs that a fork copies
 */
struct why {
	const struct process *process;
	uint64_t page, huge, per;
	struct smaps smaps;
	size_t next_smaps;
	char *mountinfo;
	char *enabled, *shmem_enabled;
	bool disabled;
	uint64_t max_none, max_swap, max_shared;
	uint64_t blocks;
	bool has_blocks;
	uint64_t pinned;
	size_t extent;
	struct span *spans;
	size_t span_count;
	struct list list;
	uint64_t eligible, eligible_huge, saved_tables, saved_translations,
		 fork_tables;
};

/**
 * struct candidate - a VMA that is judged
 * @vma: its row
 * @smaps: the same by smaps, or NULL
 * @congruent: whether its address and its offset agree modulo a huge page, or need not
 * @first, @last: of the whole, aligned huge pages in it
 * @eligible: bytes of these
 * @huge: bytes, of @eligible
 */
struct candidate {
	const struct row *vma;
	const struct smaps_vma *smaps;
	uint64_t start, end;
	bool congruent;
	uint64_t first, last;
	uint64_t eligible;
	uint64_t huge;
};

static inline uint64_t number(const struct row *row, enum field field)
{
	return row->values[field].number;
}

bool candidate_is(const struct candidate *candidate, const char *kind);

/* Whether VmFlags of smaps has this flag. */
bool candidate_flag(const struct candidate *candidate, const char *flag);

/* Whether address and offset agree modulo a huge page, or need not. */
bool candidate_is_congruent(const struct why *why, const struct candidate *candidate);

/* The order of a block of @pages pages. */
unsigned int why_order(uint64_t pages);

/**
 * why_judge() - the first reason that holds
 * @evidence: set to a newly allocated string with the evidence; NULL if FINE
 */
enum reason why_judge(struct why *why, struct candidate *candidate, char **evidence);

#endif /* PAGETREE_REASON_H */

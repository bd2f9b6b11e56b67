/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a VMA is not on huge pages: the reasons, and the facts they depend on. */
#ifndef PAGETREE_REASON_H
#define PAGETREE_REASON_H

#include "cli/run.h"
#include "model/smaps.h"

/* X(ENUMERATOR, code, meaning, remedy), in the order in which they are checked. */
#define REASONS(X)							\
	X(PFNMAP, "pfnmap", "a driver maps it, it has no pages of its own", \
	  "the driver decides: nothing can be done from outside")	\
	X(POOL, "pool", "the pool of hugetlb has no page left for it", \
	  "echo N >/sys/kernel/mm/hugepages/hugepages-*kB/nr_hugepages, best at boot") \
	X(OFFSET, "offset", "its address and its offset in the file differ modulo a huge page", \
	  "map at an address that is congruent with the offset; programs: link with -z max-page-size=0x200000 (if it is 2M)") \
	X(PROTECTION, "protection", "other protection next to it divides the huge page", \
	  "give whole huge pages one protection: align what mprotect() changes") \
	X(SMALL, "small", "it is smaller than a huge page",		\
	  "collect small mappings in a large one; libraries: relink with -z max-page-size=0x200000 (if it is 2M)") \
	X(MISALIGNED, "misaligned", "it is large enough, but no aligned huge page lies in it", \
	  "map one huge page more, and use the aligned part of it")	\
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
	  "no remedy is known: see THPeligible in /proc/PID/smaps")		\
	X(UFFD, "uffd", "userfaultfd watches it page by page, and not all pages are there", \
	  "fill all of a huge page, or UFFDIO_UNREGISTER where it is no longer needed") \
	X(SWAP, "swap", "too many of its pages are swapped out",	\
	  "more memory, or a larger khugepaged/max_ptes_swap")		\
	X(KSM, "ksm", "KSM shares its pages with others",		\
	  "madvise(MADV_UNMERGEABLE), or echo 2 >/sys/kernel/mm/ksm/run")	\
	X(SPLIT, "split", "it is on huge pages, but mapped in small pieces: they were split", \
	  "do not unmap or protect parts of huge pages; madvise(MADV_COLLAPSE)") \
	X(PARTIAL, "partial", "fewer pages are touched than khugepaged wants", \
	  "touch more of it, or a larger khugepaged/max_ptes_none")	\
	X(SHARED, "shared", "a fork shares too many of its pages",	\
	  "exec in the child, or a larger khugepaged/max_ptes_shared")	\
	X(PINNED, "pinned", "pages are pinned for devices, which keeps them where they are", \
	  "put them on huge pages before they are registered (io_uring, RDMA, VFIO)") \
	X(FRAGMENTED, "fragmented", "memory has no free block of this size", \
	  "echo 1 >/proc/sys/vm/compact_memory; transparent_hugepage/defrag; hugetlb at boot") \
	X(KHUGEPAGED, "khugepaged", "nothing stands in the way: khugepaged has not come by yet", \
	  "wait; madvise(MADV_COLLAPSE); a larger khugepaged/pages_to_scan")

enum reason {
#define X(enumerator, ...) REASON_##enumerator,
	REASONS(X)
#undef X
	FINE	/* all that huge pages could map is on huge pages */
};

/* struct reason_info - @meaning: why memory is not on huge pages; @remedy: what to do */
struct reason_info {
	const char *code;
	const char *meaning;
	const char *remedy;
};

extern const struct reason_info reasons[FINE];

/* struct span - a place for a huge page in a VMA, and the pages touched there */
struct span {
	uint64_t start;
	unsigned int pages;	/* without zero pages */
	unsigned int swapped;
};

/**
 * struct why - one process
 * @page, @huge, @per: bytes of a page, bytes of a huge page, pages per huge page
 * @smaps: has no VMAs if it could not be read
 * @next_smaps: first VMA of @smaps that may belong to the next row of vmas
 * @mountinfo: text, or NULL
 * @enabled, @shmem_enabled: mode for huge pages of this size, or ""
 * @disabled: the process disabled THP by prctl()
 * @max_none, @max_swap, @max_shared: limits of khugepaged
 * @blocks: number of huge pages that fit into free blocks
 * @has_blocks: @blocks is known
 * @pinned: bytes pinned for devices
 * @merged: pages that KSM has merged
 * @extent: first extent of map that may lie in the next VMA
 * @spans: spans of the current VMA that are touched and not huge, @span_count
 * @list: the rows
 * @eligible, @eligible_huge: bytes, of all VMAs
 * @saved_tables, @saved_translations: what would be saved if all spans were huge
 * @fork_tables: number of tables of VMAs whose tables a fork copies
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
	uint64_t merged;
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
 * @smaps: its part of smaps, or NULL
 * @congruent: candidate_is_congruent()
 * @first, @last: start and end of the aligned huge pages that fit into it
 * @eligible: bytes from @first to @last
 * @huge: bytes of @eligible that are on huge pages
 * @evidence: for the reason; NULL so far
 */
struct candidate {
	const struct row *vma;
	const struct smaps_vma *smaps;
	uint64_t start, end;
	bool congruent;
	uint64_t first, last;
	uint64_t eligible;
	uint64_t huge;
	char *evidence;
};

bool candidate_is(const struct candidate *candidate, const char *kind);

/* Whether VmFlags of smaps has this flag. */
bool candidate_flag(const struct candidate *candidate, const char *flag);

/* Whether address and offset in the file agree modulo a huge page, or need not agree. */
bool candidate_is_congruent(const struct why *why, const struct candidate *candidate);

/* The order of a block of @pages pages. */
unsigned int why_order(uint64_t pages);

/*
 * The first reason that holds. Sets @candidate->evidence, which the caller frees,
 * unless FINE.
 */
enum reason why_judge(const struct why *why, struct candidate *candidate);

#endif /* PAGETREE_REASON_H */

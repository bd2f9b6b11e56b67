/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a VMA is not on huge pages: the reasons, and the facts they depend on. */
#ifndef PAGETREE_REASON_H
#define PAGETREE_REASON_H

#include "cli/run.h"
#include "input/limits.h"
#include "model/smaps.h"

/*
 * X(ENUMERATOR, code, meaning, remedy), in the order in which they are checked: that of
 * the kernel, which asks the VMA, then khugepaged's list, then the pages, then memory.
 */
#define REASONS(X)							\
	X(PFNMAP, "pfnmap", "a driver maps it, it has no pages of its own", \
	  "the driver decides: nothing can be done from outside")	\
	X(SECRET, "secret", "secret memory consists of small pages by design", \
	  "nothing: the kernel maps each page out of its own tables, one by one") \
	X(LIMIT, "limit", "a limit of its cgroup leaves no room for a huge page", \
	  "raise the limit that the evidence names")			\
	X(POOL, "pool", "the pool of hugetlb has no page left for it", \
	  "echo N >/sys/kernel/mm/hugepages/hugepages-*kB/nr_hugepages, best at boot") \
	X(OFFSET, "offset", "its address and its offset in the file differ modulo a huge page", \
	  "map at an address that is congruent with the offset; programs: link with -z max-page-size=0x200000 (if it is 2M)") \
	X(PROTECTION, "protection", "other protection next to it divides the huge page", \
	  "give whole huge pages one protection: align what mprotect() changes") \
	X(FLAGS, "flags", "something else than protection divides the huge page", \
	  "apply madvise(), mlock(), mbind() and names to whole huge pages") \
	X(SMALL, "small", "it is smaller than a huge page",		\
	  "collect small mappings in a large one; libraries: relink with -z max-page-size=0x200000 (if it is 2M)") \
	X(MISALIGNED, "misaligned", "it is large enough, but no aligned huge page lies in it", \
	  "map one huge page more, and use the aligned part of it")	\
	X(UNTOUCHED, "untouched", "nothing of it was touched yet",	\
	  "nothing: a huge page comes with the first touch, if then nothing else is in the way") \
	X(DISABLED, "disabled", "the process has switched huge pages off for itself", \
	  "prctl(PR_SET_THP_DISABLE, 0) in it, or in who started it")	\
	X(NOHUGEPAGE, "nohugepage", "huge pages were declined for it, by madvise() or MAP_STACK", \
	  "take madvise(MADV_NOHUGEPAGE) out of the program (or madvise(MADV_HUGEPAGE))") \
	X(DRIVER, "driver", "it belongs to a driver or to the kernel: khugepaged leaves it alone", \
	  "the driver decides: nothing can be done from outside")	\
	X(NEVER, "never", "transparent huge pages are switched off",	\
	  "echo always >/sys/kernel/mm/transparent_hugepage/enabled (of shmem: shmem_enabled)") \
	X(MADVISE, "madvise", "only what asks for huge pages gets them, and it did not", \
	  "madvise(MADV_HUGEPAGE) in the program, or echo always >/sys/kernel/mm/transparent_hugepage/enabled") \
	X(TMPFS, "tmpfs", "its tmpfs is mounted without huge pages",	\
	  "mount -o remount,huge=within_size")				\
	X(PRIVATE, "private", "these are the process's own copies of a file's pages", \
	  "anonymous memory instead of a private mapping: khugepaged collapses no copies of a file's pages") \
	X(FILESYSTEM, "filesystem", "the page cache of this file system has no huge pages for it", \
	  "a tmpfs with huge=, a file system with large folios, or anonymous memory with a copy of it") \
	X(INELIGIBLE, "ineligible", "the kernel says that it is not eligible", \
	  "no remedy is known: see THPeligible in /proc/PID/smaps")		\
	X(UNLISTED, "unlisted", "khugepaged does not have the process on its list: it never looks here", \
	  "map or touch something that huge pages are allowed for, or madvise(MADV_HUGEPAGE or MADV_COLLAPSE), or restart it; a change of mode does not put processes on the list") \
	X(ZERO, "zero", "it was only read: all of it is the zero page", \
	  "write to it")						\
	X(MARKER, "marker", "an entry in it stands for no page: a guard, poison, a failed device", \
	  "put guards (MADV_GUARD_INSTALL) beside huge pages, not into them; or MADV_GUARD_REMOVE") \
	X(UFFD, "uffd", "userfaultfd watches it page by page, and not all pages are there", \
	  "fill all of a huge page, or UFFDIO_UNREGISTER where it is no longer needed") \
	X(FAULTED, "faulted", "pages of this size come only with the first touch, or as a file is read: khugepaged makes none here", \
	  "touch it again after madvise(MADV_DONTNEED), or restart the program, now that the size is allowed; what was touched on small pages stays on them") \
	X(PARTIAL, "partial", "fewer pages are touched than khugepaged wants", \
	  "touch more of it, or a larger khugepaged/max_ptes_none")	\
	X(SWAP, "swap", "too many of its pages are swapped out",	\
	  "more memory, or a larger khugepaged/max_ptes_swap")		\
	X(FOREIGN, "foreign", "pages of a device or of the kernel lie in it", \
	  "the driver decides: nothing can be done from outside")	\
	X(LAZYFREE, "lazyfree", "the process has given pages of it back by MADV_FREE", \
	  "write to it again, or MADV_DONTNEED instead of MADV_FREE")	\
	X(KSM, "ksm", "KSM shares its pages with others",		\
	  "madvise(MADV_UNMERGEABLE), or echo 2 >/sys/kernel/mm/ksm/run")	\
	X(SHARED, "shared", "a fork shares too many of its pages",	\
	  "exec in the child, or end it, or a larger khugepaged/max_ptes_shared") \
	X(PINNED, "pinned", "pages are pinned for devices, which keeps them where they are", \
	  "put them on huge pages before they are registered (io_uring, RDMA, VFIO)") \
	X(READONLY, "readonly", "none of its pages is writable, and this kernel collapses only where one is", \
	  "make a page of it writable and write to it, or madvise(MADV_HUGEPAGE) before it is filled; newer kernels collapse it") \
	X(UNREFERENCED, "unreferenced", "it was not used lately: khugepaged collapses only what is", \
	  "use it, or madvise(MADV_COLLAPSE)")				\
	X(FRAGMENTED, "fragmented", "memory has no free block of this size", \
	  "echo 1 >/proc/sys/vm/compact_memory; transparent_hugepage/defrag; hugetlb at boot") \
	X(UNKNOWN, "unknown", "nothing that the tool can see stands in the way, but not all can be seen", \
	  "pagetree why --try, or madvise(MADV_COLLAPSE): its error tells more") \
	X(SPLIT, "split", "it is on huge pages, but mapped in small pieces: they were split", \
	  "wait for khugepaged, or madvise(MADV_COLLAPSE); do not unmap or protect parts of huge pages") \
	X(REMAP, "remap", "khugepaged makes the file's pages huge, and the next touch maps them so", \
	  "wait, then touch it; madvise(MADV_COLLAPSE)")		\
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

/* struct span - a place for a huge page in a VMA, and its entries on level 1, by kind */
struct span {
	uint64_t start;
	unsigned int pages;	/* without zero pages */
	unsigned int zero;
	unsigned int swapped;	/* swap, migration, device */
	unsigned int marked;	/* guard, poison, hwpoison */
	unsigned int foreign;	/* without a normal page */
	unsigned int watched;	/* protected by userfaultfd */
	unsigned int writable, accessed, clean;
};

/* struct mode - a word, "" if there is no such file, and the file of transparent_hugepage with it */
struct mode {
	char *word;
	char *file;
};

/**
 * struct why - one process
 * @page, @huge, @per: bytes of a page, bytes of a huge page, pages per huge page. A
 *	huge page has level 2, or the size that was asked for: then also contiguous,
 *	aligned blocks of at least that size are huge
 * @level2: bytes of a huge page of level 2
 * @smaps: has no VMAs if it could not be read
 * @next_smaps: first VMA of @smaps that may belong to the next row of vmas
 * @mountinfo: text, or NULL
 * @enabled, @shmem: modes for huge pages of this size
 * @shmem_all: mode of shmem for all sizes, which memfd and SysV go by
 * @listed: on khugepaged's list; 0, 1, or UNKNOWN
 * @disabled: as prctl(PR_GET_THP_DISABLE)
 * @has_pinned: pages were pinned once; UNKNOWN if not known
 * @max_none, @max_swap, @max_shared: limits of khugepaged
 * @blocks: number of huge pages that fit into free blocks
 * @has_blocks: @blocks is known
 * @pinned: bytes pinned for devices
 * @buffers: fdinfo of its io_uring files, or NULL
 * @merged: pages that KSM has merged
 * @max_map_count: most VMAs of a process, or UNKNOWN
 * @limit: of memory, @has_limit: it leaves no room for a huge page
 * @extent: first extent of map that may lie in the next VMA
 * @spans: spans of the current VMA that are touched and not huge, @span_count; of a
 *	size below level 2 also @span_blocks that are blocks, one cannot say which
 * @tries: ask for one huge page of each VMA; @tried, @came: so many were asked for, and came
 * @list: the rows
 * @eligible, @eligible_huge: bytes, of all VMAs
 * @saved_tables, @saved_translations: what would be saved if all spans were huge
 * @lazyfree, @rss: bytes
 * @guarded, @guarded_small: as of struct candidate, of all VMAs
 * @origins: rows say why memory is huge
 * @fork_tables: number of tables of VMAs whose tables a fork copies
 */
struct why {
	const struct process *process;
	uint64_t page, huge, per;
	uint64_t level2;
	struct smaps smaps;
	size_t next_smaps;
	char *mountinfo;
	struct mode enabled, shmem, shmem_all;
	uint64_t listed;
	uint64_t disabled;
	uint64_t has_pinned;
	uint64_t max_none, max_swap, max_shared;
	uint64_t blocks;
	bool has_blocks;
	uint64_t pinned;
	char *buffers;
	uint64_t merged;
	uint64_t max_map_count;
	struct limit limit;
	bool has_limit;
	size_t extent;
	struct span *spans;
	size_t span_count;
	size_t span_blocks;
	bool tries;
	unsigned int tried, came;
	struct list list;
	uint64_t eligible, eligible_huge, saved_tables, saved_translations,
		 fork_tables;
	uint64_t lazyfree, rss, guarded, guarded_small;
	bool origins;
};

/*
 * X(ENUMERATOR, code, meaning, remedy): who has asked for the huge pages that are there, in
 * the order in which it is checked.
 */
#define ORIGINS(X)							\
	X(HUGETLB, "hugetlb", "the program asked for hugetlb, whose memory has no small pages", \
	  "map it without MAP_HUGETLB or SHM_HUGETLB, and not in a hugetlbfs") \
	X(DRIVER, "driver", "a driver maps it with huge entries",	\
	  "the driver decides: nothing can be done from outside")	\
	X(MOUNT, "mount", "its tmpfs is mounted with huge pages",	\
	  "mount -o remount,huge=never, for what is written from then on") \
	X(FILE, "file", "the page cache has huge pages: the file system's large folios, or khugepaged", \
	  "nothing: the page cache is shared, and a huge page takes no more of it than small ones") \
	X(UNKNOWN, "unknown", "the mode that decides is not known here", \
	  "pagetree capture on that machine: it writes the modes, too") \
	X(EARLIER, "earlier", "what is set now asks for none: it is older than that, or MADV_COLLAPSE made it", \
	  "nothing for new memory; these stay huge until parts of them are unmapped, protected or freed") \
	X(ADVISED, "advised", "the program asked: madvise(MADV_HUGEPAGE)", \
	  "take that call out, or madvise(MADV_NOHUGEPAGE), or MADV_DONTNEED what is not used") \
	X(ALWAYS, "always", "nobody asked: the mode gives huge pages to all memory", \
	  "madvise(MADV_NOHUGEPAGE) or prctl(PR_SET_THP_DISABLE) in the program (systemd: MemoryTHP=disable), a smaller or unaligned stack for threads, or echo madvise >/sys/kernel/mm/transparent_hugepage/enabled (of shmem: shmem_enabled)")

enum origin {
#define X(enumerator, ...) ORIGIN_##enumerator,
	ORIGINS(X)
#undef X
	ORIGIN_COUNT
};

extern const struct reason_info origins[ORIGIN_COUNT];

/**
 * struct candidate - a VMA that is judged
 * @vma: its row
 * @smaps: its part of smaps, or NULL
 * @congruent: candidate_is_congruent()
 * @first, @last: start and end of the aligned huge pages that fit into it
 * @eligible: bytes from @first to @last
 * @huge: bytes of @eligible that are on huge pages
 * @guarded, @guarded_small: bytes on huge and on small pages of private, writable memory
 *	that do not allow writes, as after a fork
 * @guarded_at: the first such huge page; 0 if there is none
 * @evidence: for the reason; NULL so far
 * @remedy: a better one than that of the reason, or NULL
 */
struct candidate {
	const struct row *vma;
	const struct smaps_vma *smaps;
	uint64_t start, end;
	bool congruent;
	uint64_t first, last;
	uint64_t eligible;
	uint64_t huge;
	uint64_t guarded, guarded_small;
	uint64_t guarded_at;
	char *evidence;
	char *remedy;
};

bool candidate_is(const struct candidate *candidate, const char *kind);

/* Whether VmFlags of smaps has this flag. */
bool candidate_flag(const struct candidate *candidate, const char *flag);

/* Whether address and offset in the file agree modulo a huge page, or need not agree. */
bool candidate_is_congruent(const struct why *why, const struct candidate *candidate);

/*
 * Sets all of @why but spans and rows; false if the process is gone. @size: of a huge page,
 * 0: level 2. @input: may lack smaps. why_free() frees @why as well.
 */
bool why_read(struct why *why, const struct process *process, uint64_t size,
	      bool input);
void why_free(struct why *why);

/* Who has asked for the huge pages of a VMA. Sets @candidate->evidence. */
enum origin why_origin(const struct why *why, struct candidate *candidate,
		       uint64_t huge);

/* What is said of the process as a whole: the member why_summary; text. @exact: in bytes */
void why_json(struct json *json, const struct why *why);
void why_print(struct why *why, bool exact);

/* The modes of a page size itself: of enabled and of shmem_enabled; to be freed. */
void why_modes(uint64_t size, struct mode modes[2]);
void why_modes_free(struct mode modes[2]);

/* The order of a block of @pages pages. */
unsigned int why_order(uint64_t pages);

/* Whether its pages belong to a file or to shared memory. */
bool candidate_is_file(const struct candidate *candidate);

/* Whether it is a file in a tmpfs; the kernel's own mount of shared memory is not in mountinfo. */
bool why_on_tmpfs(const struct why *why, const struct candidate *candidate);

/* The mode that decides. */
const struct mode *why_mode(const struct why *why, const struct candidate *candidate);

/*
 * The wishes of the process and of the administrator: FINE if huge pages are allowed now.
 * Sets the evidence as why_judge() does.
 */
enum reason why_judge_wish(const struct why *why, struct candidate *candidate);

/* Sets the evidence, and is the reason. */
#define because(candidate, reason, ...)					\
	((candidate)->evidence = format(__VA_ARGS__), REASON_##reason)

/*
 * Whether khugepaged makes huge pages of this size from the pages that a VMA has at
 * @start. Since Linux 7.2 it makes smaller ones than those of level 2, where the VMA has
 * all of a range of level 2.
 */
bool why_collapses(const struct why *why, const struct candidate *candidate,
		   uint64_t start);

/* The reason of most of the sampled spans; sets @candidate->evidence. */
enum reason why_judge_pages(const struct why *why, struct candidate *candidate);

/* The reason of a VMA of hugetlb, which is on pages of its size, or on none. */
enum reason why_judge_hugetlb(const struct why *why, struct candidate *candidate);

/* What the pool of hugetlb has, in words, for @size bytes of shared memory; a new string. */
char *pool_advice(const struct why *why, uint64_t size);

/*
 * The first reason that holds. Sets @candidate->evidence and @candidate->remedy, which the
 * caller frees, unless FINE.
 */
enum reason why_judge(const struct why *why, struct candidate *candidate);

#endif /* PAGETREE_REASON_H */

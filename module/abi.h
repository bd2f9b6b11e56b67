/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text interface, defined in one place. The kernel module generates its
 * structs and header lines from these lists, the tool its columns.
 * docs/abi.md describes the interface in prose.
 *
 * Terms
 *   level	1 is the PTE table, the highest level is the PGD
 *   entry	one slot of a table
 *   leaf	a present entry that maps memory
 *   hole	an empty entry
 *
 * If several VMAs use the same entry or table, the row of the first VMA counts
 * it, so that rows add up. Bytes are cut to the VMA.
 */
#ifndef PAGETREE_ABI_H
#define PAGETREE_ABI_H

#define PAGETREE_ABI		1
#define PAGETREE_LEVELS		5	/* maximum of all architectures */
#define PAGETREE_WRITE_MAX	4096	/* maximum bytes in one write */
#define PAGETREE_CONTIG_HIGHEST	30	/* highest N of contigN */
#define PAGETREE_FILL_HIGHEST	14	/* highest N of fillN */

/* X(name, type, meaning): the first columns of vmas. */
#define PAGETREE_VMA_FIELDS(X)						\
	X(start,  ADDRESS, "start address")				\
	X(end,    ADDRESS, "end address (exclusive)")			\
	X(perms,  TEXT,    "rwx, then s for shared or p for private")	\
	X(offset, BYTES,   "offset of the range in its file or object")	\
	X(kind,   TEXT,    "anon, file, shmem, hugetlb, pfnmap or special")

/*
 * X(name, lowest, highest, type, meaning): one counter per level. The level
 * follows the name in the text (leaf1, leaf2...). A level that this kernel's
 * paging does not have has no column.
 */
#define PAGETREE_LEVEL_FIELDS(X)					\
	X(leaf,       1, 3, ENTRIES, "present entries that map memory")	\
	X(bytes,      1, 3, BYTES,   "memory mapped by the leaves")	\
	X(zero,       1, 2, ENTRIES, "leaves that map the zero page or the huge zero page") \
	X(special,    1, 3, ENTRIES, "leaves without a normal page: PFN mapping, devmap, vvar") \
	X(protnone,   1, 3, ENTRIES, "leaves that allow no access: PROT_NONE or NUMA hinting") \
	X(numahint,   1, 3, ENTRIES, "of protnone: leaves in a VMA that allows access") \
	X(accessed,   1, 3, ENTRIES, "leaves with the accessed bit")	\
	X(dirty,      1, 3, ENTRIES, "leaves with the dirty bit")	\
	X(writable,   1, 3, ENTRIES, "leaves that allow writes")	\
	X(executable, 1, 3, ENTRIES, "leaves that allow execution")	\
	X(user,       1, 3, ENTRIES, "leaves that allow access from user mode") \
	X(pkey,       1, 3, ENTRIES, "leaves with a protection key other than 0") \
	X(conthint,   1, 3, ENTRIES, "leaves with the contiguous bit (arm64) or NAPOT (riscv64)") \
	X(softdirty,  1, 3, ENTRIES, "leaves and non-present entries with the soft-dirty bit") \
	X(uffd,       1, 3, ENTRIES, "leaves and non-present entries protected by userfaultfd") \
	X(swap,       1, 2, ENTRIES, "swap entries")			\
	X(migration,  1, 3, ENTRIES, "migration entries")		\
	X(hwpoison,   1, 3, ENTRIES, "hardware poison entries")		\
	X(device,     1, 2, ENTRIES, "device-private and device-exclusive entries") \
	X(marker,     1, 3, ENTRIES, "marker entries: guard, poison, userfaultfd") \
	X(guard,      1, 3, ENTRIES, "of marker: guard regions")	\
	X(poison,     1, 3, ENTRIES, "of marker: UFFDIO_POISON or a failed swap-in") \
	X(bad,        1, 5, ENTRIES, "invalid entries, which the walk does not follow") \
	X(tables,     1, 5, TABLES,  "page tables, each counted in the first row that uses it") \
	X(borrowed,   1, 5, TABLES,  "page tables used here, but counted in an earlier row") \
	X(used,       1, 5, ENTRIES, "nonempty entries in all of the counted tables") \
	X(empty,      1, 5, TABLES,  "counted tables that have no nonempty entry") \
	X(shared,     2, 2, TABLES,  "counted tables that other address spaces or VMAs also use") \
	X(sharers,    2, 2, COUNT,   "number of those other users, summed") \
	X(holes,      1, 5, ENTRIES, "empty entries")

/*
 * The same, but the number after the name is the binary logarithm of a size.
 * A block is a run of leaves in one table that have the same permissions and
 * are contiguous and aligned to the size of the run, both in virtual and in
 * physical memory. Blocks are as large as possible; each leaf is in exactly
 * one. A block above the highest size counts as several of the highest size.
 */
#define PAGETREE_SIZE_FIELDS(X)						\
	X(contig, 12, PAGETREE_CONTIG_HIGHEST, BLOCKS,			\
	  "contiguous, aligned blocks of leaves, 2^N bytes each")

/* The same, but N is the bit length of the value: 0, 1, 2-3, 4-7... */
#define PAGETREE_FILL_FIELDS(X)						\
	X(fill, 0, PAGETREE_FILL_HIGHEST, TABLES,			\
	  "counted PTE tables whose number of nonempty entries has bit length N")

/* X(name, type, meaning): one counter. */
#define PAGETREE_TOTAL_FIELDS(X)					\
	X(hole_bytes, BYTES,  "address space that the holes cover")	\
	X(rss,        BYTES,  "Rss of smaps; hugetlb: Private_Hugetlb + Shared_Hugetlb") \
	X(deposited,  TABLES, "PTE tables reserved for splitting anonymous level-2 leaves") \
	X(retries,    COUNT,  "changes seen during the walk; 0: the row is exact")

/* X(name, type, meaning): the first columns of processes. */
#define PAGETREE_PROCESS_FIELDS(X)					\
	X(pid,       COUNT, "process id, the lowest of those that share the address space") \
	X(state,     TEXT,  "ok; busy: another task held a lock; partial: cut short") \
	X(vmas,      COUNT, "VMAs walked")				\
	X(vma_bytes, BYTES, "total size of these VMAs")

/* X(name, type, meaning): the columns of tables before fillN and nodeN. */
#define PAGETREE_TABLES_FIELDS(X)					\
	X(level,   COUNT,   "level of the tables")			\
	X(tables,  TABLES,  "number of tables")				\
	X(bytes,   BYTES,   "memory that the tables occupy")		\
	X(used,    ENTRIES, "nonempty entries")				\
	X(holes,   ENTRIES, "empty entries; root table: of its user half") \
	X(empty,   TABLES,  "tables that have no nonempty entry")	\
	X(packed,  TABLES,  "minimum number of tables that could hold the same entries") \
	X(shared,  TABLES,  "tables that other address spaces or VMAs also use") \
	X(sharers, COUNT,   "number of those other users, summed")

/* X(name, type, meaning): the columns of map, and the one of show_physical. */
#define PAGETREE_MAP_FIELDS(X)						\
	X(start,   ADDRESS, "start address")				\
	X(end,     ADDRESS, "end address (exclusive)")			\
	X(level,   COUNT,   "level of the entries")			\
	X(size,    BYTES,   "size of the range that one entry covers")	\
	X(entries, ENTRIES, "number of entries")			\
	X(kind,    TEXT,    "kind of the entries: leaf, zero, special, swap...") \
	X(flags,   TEXT,    "their bits: a letter, or - if clear")	\
	X(pkey,    COUNT,   "protection key of a leaf")
#define PAGETREE_MAP_PHYSICAL_FIELDS(X)					\
	X(phys,    ADDRESS, "physical address that the first entry maps")

/* X(name, type, meaning): the columns of walk, and the one of show_physical. */
#define PAGETREE_WALK_FIELDS(X)						\
	X(address, ADDRESS, "address that was asked for")		\
	X(level,   COUNT,   "level of the entry")			\
	X(index,   COUNT,   "index of the entry in its table")		\
	X(start,   ADDRESS, "first address that the entry covers")	\
	X(size,    BYTES,   "size of the range that it covers")		\
	X(kind,    TEXT,    "kind of the entry; outside: the address is in no VMA") \
	X(flags,   TEXT,    "its bits: a letter, or - if clear")	\
	X(pkey,    COUNT,   "protection key of a leaf")			\
	X(node,    TEXT,    "NUMA node of the table that the entry points to, or -")
#define PAGETREE_WALK_PHYSICAL_FIELDS(X)				\
	X(entry,   ADDRESS, "raw value of the entry")

/*
 * X(name, type, meaning): the columns of shootdowns. A round is timed from
 * before the IPI is sent until all handlers are done.
 */
#define PAGETREE_SHOOTDOWN_FIELDS(X)					\
	X(seq,       COUNT,   "sequence number of the result")		\
	X(scope,     TEXT,    "null, page, range, vma, mm or all")	\
	X(start,     ADDRESS, "start address; 0: the scope has no range") \
	X(end,       ADDRESS, "end address (exclusive)")		\
	X(pages,     COUNT,   "base pages in the range; 0: the scope has no range") \
	X(strides,   COUNT,   "invalidations per CPU and round; 0: not page by page") \
	X(mechanism, TEXT,    "none, page (page by page), context (all of it), global") \
	X(deferred,  COUNT,   "1: CPUs that hold the address space flush when they switch to it") \
	X(asked,     COUNT,   "rounds requested")			\
	X(n,         COUNT,   "rounds done")				\
	X(ended,     TEXT,    "done, time, signal, exited, detached, off or refused") \
	X(sent,      COUNT,   "CPUs asked, the initiator included, summed over the rounds") \
	X(ran,       COUNT,   "of sent: CPUs whose handler ran")	\
	X(local,     COUNT,   "of ran: the initiator's own CPU, without an IPI") \
	X(loaded,    COUNT,   "of ran: CPUs that had the address space loaded") \
	X(skipped,   COUNT,   "CPUs left out, isolated or offline, summed over the rounds") \
	X(min_ns,    NS,      "shortest round")				\
	X(p50_ns,    NS,      "median round")				\
	X(p90_ns,    NS,      "90th percentile of the rounds")		\
	X(p99_ns,    NS,      "99th percentile")			\
	X(p999_ns,   NS,      "99.9th percentile")			\
	X(max_ns,    NS,      "longest round")				\
	X(mean_ns,   NS,      "mean round")				\
	X(handler_p50_ns, NS, "median time in a handler")		\
	X(handler_max_ns, NS, "longest time in a handler")		\
	X(null_min_ns,    NS, "shortest null round")			\
	X(null_p50_ns,    NS, "median null round")			\
	X(null_p90_ns,    NS, "90th percentile of the null rounds")	\
	X(null_p99_ns,    NS, "99th percentile")			\
	X(null_max_ns,    NS, "longest null round")			\
	X(null_mean_ns,   NS, "mean null round")			\
	X(null_handler_p50_ns, NS, "median time in a null handler")	\
	X(us,        COUNT,   "duration of the command in microseconds") \
	X(tag,       TEXT,    "tag of the command, or -")
#define PAGETREE_SHOOTDOWN_WORD	32	/* bytes of a TEXT value, including NUL */

/* X(ENUMERATOR, text): reasons to invalidate, from enum mmu_notifier_event. */
#define PAGETREE_INVALIDATION_REASONS(X)				\
	X(UNMAP, "unmap") X(CLEAR, "clear")				\
	X(PROTECTION_VMA, "protection_vma")				\
	X(PROTECTION_PAGE, "protection_page")				\
	X(SOFT_DIRTY, "soft_dirty") X(RELEASE, "release")		\
	X(MIGRATE, "migrate") X(EXCLUSIVE, "exclusive")

/*
 * X(name, type, meaning): the first columns of invalidations. Two histograms
 * follow: pagesN counts the ranges whose number of pages has bit length N, usN
 * those whose duration in microseconds has bit length N. The highest N also
 * counts everything above.
 */
#define PAGETREE_INVALIDATION_FIELDS(X)					\
	X(reason,      TEXT,  "reason as the kernel names it, or all")	\
	X(on,          COUNT, "1: counting now")			\
	X(ranges,      COUNT, "ranges that began")			\
	X(pages,       COUNT, "base pages in these ranges")		\
	X(unfinished,  COUNT, "of ranges: those that have not ended")	\
	X(untimed,     COUNT, "of ranges: those that ended after an unknown time") \
	X(us_max,      COUNT, "longest time from begin to end, in microseconds") \
	X(us_total,    COUNT, "sum of these times, in microseconds")	\
	X(register_us, COUNT, "row all: mmap lock hold for the registration, in microseconds")
#define PAGETREE_INVALIDATION_DIGITS	20	/* highest N of pagesN and usN */
#define PAGETREE_INVALIDATION_VMAS	4096	/* maximum without force=1 */

/*
 * X(name, type, meaning): the columns of initiators. The name of the task follows. A
 * row is a task, a call and a reason.
 */
#define PAGETREE_INITIATOR_FIELDS(X)					\
	X(tid,        COUNT,   "task that caused the ranges; 0: row other") \
	X(call,       TEXT,    "its system call, or fault, kthread, worker, exit, other") \
	X(arch,       ADDRESS, "whose number this is: AUDIT_ARCH_* of linux/audit.h; 0: none") \
	X(reason,     TEXT,    "reason as in invalidations, unknown, or other") \
	X(ranges,     COUNT,   "ranges that began")			\
	X(pages,      COUNT,   "base pages in these ranges")		\
	X(pages_max,  COUNT,   "base pages in the largest of them")	\
	X(unfinished, COUNT,   "of ranges: those that have not ended")	\
	X(untimed,    COUNT,   "of ranges: those that ended after an unknown time") \
	X(ns_max,     NS,      "longest time from begin to end")	\
	X(ns_total,   NS,      "sum of these times")			\
	X(start,      ADDRESS, "lowest address in these ranges")	\
	X(end,        ADDRESS, "highest address after one of these ranges")
#define PAGETREE_INITIATOR_WORD	16	/* bytes of a TEXT value, including NUL */

/* X(ENUMERATOR, text): how a task got into the kernel, if not by a system call. */
#define PAGETREE_INITIATOR_CALLS(X)					\
	X(FAULT, "fault") X(KTHREAD, "kthread") X(WORKER, "worker")	\
	X(EXIT, "exit")

/* X(ENUMERATOR, text, number of addresses): the scopes of a shootdown. */
#define PAGETREE_SHOOTDOWN_SCOPES(X)					\
	X(NULL, "null", 0) X(PAGE, "page", 1) X(RANGE, "range", 2)	\
	X(VMA, "vma", 1) X(MM, "mm", 0) X(ALL, "all", 0)

/* X(ENUMERATOR, text): the kinds of entries, in this order. */
#define PAGETREE_ENTRY_KINDS(X)						\
	X(HOLE, "hole") X(TABLE, "table") X(LEAF, "leaf")		\
	X(LEAF_ZERO, "zero") X(LEAF_SPECIAL, "special") X(SWAP, "swap")	\
	X(MIGRATION, "migration") X(HWPOISON, "hwpoison")		\
	X(DEVICE, "device") X(MARKER, "uffd") X(GUARD, "guard")		\
	X(POISON, "poison") X(BAD, "bad")

/*
 * X(ENUMERATOR, letter, meaning): the bits of an entry. The column flags has
 * these letters in this order, and - for a bit that is clear.
 */
#define PAGETREE_ENTRY_FLAGS(X)						\
	X(WRITE,     'w', "allows writes")				\
	X(EXEC,      'x', "allows execution")				\
	X(USER,      'u', "allows access from user mode")		\
	X(ACCESSED,  'a', "accessed")					\
	X(DIRTY,     'd', "dirty")					\
	X(SOFTDIRTY, 's', "soft-dirty")					\
	X(UFFD,      'p', "protected by userfaultfd")			\
	X(PROTNONE,  'n', "allows no access: PROT_NONE or NUMA hinting") \
	X(CONTHINT,  'c', "contiguous bit (arm64) or NAPOT (riscv64)")

/* X(ENUMERATOR, text): the values of kind. */
#define PAGETREE_VMA_KINDS(X)						\
	X(ANON, "anon") X(FILE, "file") X(SHMEM, "shmem")		\
	X(HUGETLB, "hugetlb") X(PFNMAP, "pfnmap") X(SPECIAL, "special")

/* X(name, meaning): the numbers of the cost line; state= and next= follow. */
#define PAGETREE_COST_FIELDS(X)						\
	X(tables,        "tables entered, again after each yield")	\
	X(entries,       "entries read")				\
	X(vmas,          "VMAs walked")					\
	X(us,            "microseconds spent, waiting for locks included") \
	X(lock_us_max,   "longest hold of the mmap lock, in microseconds") \
	X(lock_us_total, "all holds of the mmap lock, in microseconds")	\
	X(retries,       "sum of the column retries")			\
	X(skipped,       "entries not followed: sum of the columns bad")

#endif /* PAGETREE_ABI_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text interface, said once: the kernel makes its structs and header lines
 * from these lists, the tool its model and its columns. docs/abi.md is the
 * same for people.
 *
 * Words. Level 1 is the PTE table, the highest level the PGD. An entry is one
 * slot of a table, a leaf a present entry that maps memory, a hole an empty
 * entry. An entry or a table that several VMAs use is counted in the row of
 * the first, so that rows add up; bytes are cut to the VMA.
 */
#ifndef PAGETREE_ABI_H
#define PAGETREE_ABI_H

#define PAGETREE_ABI		1
#define PAGETREE_LEVELS		5	/* the most that any architecture has */
#define PAGETREE_WRITE_MAX	4096	/* bytes that one write may have */
#define PAGETREE_CONTIG_HIGHEST	30	/* of contigN */
#define PAGETREE_FILL_HIGHEST	14	/* of fillN */

/* X(name, type, meaning): what a row of vmas begins with. */
#define PAGETREE_VMA_FIELDS(X)						\
	X(start,  ADDRESS, "first address")				\
	X(end,    ADDRESS, "address after the last")			\
	X(perms,  TEXT,    "rwx, then s for shared or p for private")	\
	X(offset, BYTES,   "where in the file or object the range begins") \
	X(kind,   TEXT,    "anon, file, shmem, hugetlb, pfnmap or special")

/*
 * X(name, lowest, highest, type, meaning): one counter a level, written with
 * the level behind the name (leaf1, leaf2...), as far as this kernel's paging
 * has that level.
 */
#define PAGETREE_LEVEL_FIELDS(X)					\
	X(leaf,       1, 3, ENTRIES, "leaves")				\
	X(bytes,      1, 3, BYTES,   "memory that the leaves map")	\
	X(zero,       1, 2, ENTRIES, "leaves that map the zero page or the huge zero page") \
	X(special,    1, 3, ENTRIES, "leaves without a normal page: PFN mappings, devmap, vvar") \
	X(protnone,   1, 3, ENTRIES, "leaves that no access passes: PROT_NONE, NUMA hinting") \
	X(numahint,   1, 3, ENTRIES, "of these, those of a VMA that allows access: NUMA hinting") \
	X(accessed,   1, 3, ENTRIES, "leaves with the accessed bit")	\
	X(dirty,      1, 3, ENTRIES, "leaves with the dirty bit")	\
	X(writable,   1, 3, ENTRIES, "leaves that let writes through")	\
	X(executable, 1, 3, ENTRIES, "leaves that can be executed")	\
	X(user,       1, 3, ENTRIES, "leaves that user mode may use")	\
	X(pkey,       1, 3, ENTRIES, "leaves with a protection key other than 0") \
	X(conthint,   1, 3, ENTRIES, "leaves with the hint that what they map goes on") \
	X(softdirty,  1, 3, ENTRIES, "leaves and non-present entries marked soft-dirty") \
	X(uffd,       1, 3, ENTRIES, "leaves and non-present entries that userfaultfd protects") \
	X(swap,       1, 2, ENTRIES, "swap entries")			\
	X(migration,  1, 3, ENTRIES, "migration entries")		\
	X(hwpoison,   1, 3, ENTRIES, "hardware poison entries")		\
	X(device,     1, 2, ENTRIES, "device private and device exclusive entries") \
	X(marker,     1, 3, ENTRIES, "markers: guard, poison, userfaultfd") \
	X(guard,      1, 3, ENTRIES, "markers of guard regions")	\
	X(poison,     1, 3, ENTRIES, "markers of poison: UFFDIO_POISON, failed swap-in") \
	X(bad,        1, 5, ENTRIES, "entries that make no sense, not followed") \
	X(tables,     1, 5, TABLES,  "tables first used by this VMA")	\
	X(borrowed,   1, 5, TABLES,  "tables that this VMA uses and an earlier row counts") \
	X(used,       1, 5, ENTRIES, "entries in use of the tables counted here, whole tables") \
	X(empty,      1, 5, TABLES,  "tables counted here without an entry in use") \
	X(shared,     2, 2, TABLES,  "tables counted here that others use too") \
	X(sharers,    2, 2, COUNT,   "how many others use these")	\
	X(holes,      1, 5, ENTRIES, "empty entries")

/*
 * The same, but the number behind the name is the binary logarithm of a size.
 * Of the leaves of one table, a block is as many neighbours as can be that let
 * the same through and are contiguous and aligned to their size in both address
 * spaces. Each leaf lies in exactly one; blocks that were larger than the
 * highest count as many of the highest.
 */
#define PAGETREE_SIZE_FIELDS(X)						\
	X(contig, 12, PAGETREE_CONTIG_HIGHEST, BLOCKS,			\
	  "contiguous, aligned blocks of 2^N bytes of leaves")

/* The same, but the number has so many binary digits: 0, 1, 2-3, 4-7... */
#define PAGETREE_FILL_FIELDS(X)						\
	X(fill, 0, PAGETREE_FILL_HIGHEST, TABLES,			\
	  "PTE tables counted here: their entries in use have N binary digits")

/* X(name, type, meaning): one counter. */
#define PAGETREE_TOTAL_FIELDS(X)					\
	X(hole_bytes, BYTES,  "address space that holes leave unmapped") \
	X(rss,        BYTES,  "what smaps calls Rss; hugetlb: Private_Hugetlb and Shared_Hugetlb") \
	X(deposited,  TABLES, "PTE tables set aside to split anonymous level-2 leaves") \
	X(retries,    COUNT,  "times that something changed under the walk; 0: the row is exact")

/* X(name, type, meaning): what a row of processes begins with. */
#define PAGETREE_PROCESS_FIELDS(X)					\
	X(pid,       COUNT, "process; the lowest of those that share the address space") \
	X(state,     TEXT,  "ok; busy: its lock was taken; partial: it or budget_us ended") \
	X(vmas,      COUNT, "VMAs walked")				\
	X(vma_bytes, BYTES, "their size")

/* X(name, type, meaning): a row of tables, before the fillN and nodeN. */
#define PAGETREE_TABLES_FIELDS(X)					\
	X(level,   COUNT,   "of the tables")				\
	X(tables,  TABLES,  "tables")					\
	X(bytes,   BYTES,   "their size")				\
	X(used,    ENTRIES, "entries in use")				\
	X(holes,   ENTRIES, "empty entries; of the root table, of its user half") \
	X(empty,   TABLES,  "tables without an entry in use")		\
	X(packed,  TABLES,  "least tables that could hold as many leaves and other ends") \
	X(shared,  TABLES,  "tables that other address spaces or VMAs use too") \
	X(sharers, COUNT,   "how many others use these")

/* X(name, type, meaning): a row of map, and what show_physical adds. */
#define PAGETREE_MAP_FIELDS(X)						\
	X(start,   ADDRESS, "first address")				\
	X(end,     ADDRESS, "address after the last")			\
	X(level,   COUNT,   "of the entries")				\
	X(size,    BYTES,   "what an entry maps")			\
	X(entries, ENTRIES, "how many, merged")				\
	X(kind,    TEXT,    "what they are")				\
	X(flags,   TEXT,    "their bits")				\
	X(pkey,    COUNT,   "protection key of a leaf")
#define PAGETREE_MAP_PHYSICAL_FIELDS(X)					\
	X(phys,    ADDRESS, "physical address that the first maps")

/* X(name, type, meaning): a row of walk, and what show_physical adds. */
#define PAGETREE_WALK_FIELDS(X)						\
	X(address, ADDRESS, "what was asked for")			\
	X(level,   COUNT,   "of the entry")				\
	X(index,   COUNT,   "of the entry in its table")		\
	X(start,   ADDRESS, "first address that the entry spans")	\
	X(size,    BYTES,   "what it spans")				\
	X(kind,    TEXT,    "what it is; outside: the address lies in no VMA") \
	X(flags,   TEXT,    "its bits")					\
	X(pkey,    COUNT,   "protection key of a leaf")			\
	X(node,    TEXT,    "NUMA node of the table that the entry points to, or -")
#define PAGETREE_WALK_PHYSICAL_FIELDS(X)				\
	X(entry,   ADDRESS, "the raw entry")

/*
 * X(name, type, meaning): a row of shootdowns. Times are of a round, from before
 * the IPI until all its handlers are done.
 */
#define PAGETREE_SHOOTDOWN_FIELDS(X)					\
	X(seq,       COUNT,   "number of the result")			\
	X(scope,     TEXT,    "null, page, range, vma, mm or all")	\
	X(start,     ADDRESS, "first address; 0 if it is no range")	\
	X(end,       ADDRESS, "address after the last")			\
	X(pages,     COUNT,   "base pages asked for; 0 if it is no range") \
	X(strides,   COUNT,   "invalidations of a CPU in a round; 0: not one by one") \
	X(mechanism, TEXT,    "none, page (one by one), context (the whole), global") \
	X(deferred,  COUNT,   "1: CPUs that hold the address space flush when they switch to it") \
	X(asked,     COUNT,   "rounds asked for")			\
	X(n,         COUNT,   "rounds done")				\
	X(ended,     TEXT,    "done, time, signal, exited, detached, off, refused") \
	X(sent,      COUNT,   "CPUs asked, its own too, summed over the rounds") \
	X(ran,       COUNT,   "of these, those whose handler ran")	\
	X(local,     COUNT,   "of these, its own, without an IPI")	\
	X(loaded,    COUNT,   "of those that ran, those where the address space was loaded") \
	X(skipped,   COUNT,   "CPUs left out: isolated or offline")	\
	X(min_ns,    NS,      "shortest round")				\
	X(p50_ns,    NS,      "median round")				\
	X(p90_ns,    NS,      "90 of 100 rounds took no longer")	\
	X(p99_ns,    NS,      "99 of 100")				\
	X(p999_ns,   NS,      "999 of 1000")				\
	X(max_ns,    NS,      "longest round")				\
	X(mean_ns,   NS,      "mean round")				\
	X(handler_p50_ns, NS, "median time inside a handler")		\
	X(handler_max_ns, NS, "longest time inside a handler")		\
	X(null_min_ns,    NS, "shortest null round, between the others") \
	X(null_p50_ns,    NS, "median null round")			\
	X(null_p90_ns,    NS, "90 of 100 null rounds took no longer")	\
	X(null_p99_ns,    NS, "99 of 100")				\
	X(null_max_ns,    NS, "longest null round")			\
	X(null_mean_ns,   NS, "mean null round")			\
	X(null_handler_p50_ns, NS, "median time inside a null handler")	\
	X(us,        COUNT,   "microseconds that the command took")	\
	X(tag,       TEXT,    "as asked for, or -")
#define PAGETREE_SHOOTDOWN_WORD	32	/* bytes of a text of these, NUL included */

/* X(ENUMERATOR, text): why the kernel invalidates: enum mmu_notifier_event. */
#define PAGETREE_INVALIDATION_REASONS(X)				\
	X(UNMAP, "unmap") X(CLEAR, "clear")				\
	X(PROTECTION_VMA, "protection_vma")				\
	X(PROTECTION_PAGE, "protection_page")				\
	X(SOFT_DIRTY, "soft_dirty") X(RELEASE, "release")		\
	X(MIGRATE, "migrate") X(EXCLUSIVE, "exclusive")

/*
 * X(name, type, meaning): a row of invalidations; then pagesN, ranges whose
 * pages have N binary digits, and usN, those that ended after microseconds of N
 * binary digits. The highest N counts all above, too.
 */
#define PAGETREE_INVALIDATION_FIELDS(X)					\
	X(reason,      TEXT,  "why: as the kernel names it, or all")	\
	X(on,          COUNT, "1: they are being counted now")		\
	X(ranges,      COUNT, "ranges that began")			\
	X(pages,       COUNT, "base pages in them")			\
	X(unfinished,  COUNT, "of the ranges, those that did not end yet") \
	X(untimed,     COUNT, "those that ended, nobody knows after how long") \
	X(us_max,      COUNT, "microseconds from the beginning to the end, at most") \
	X(us_total,    COUNT, "the same, summed")			\
	X(register_us, COUNT, "of all: hold of the mmap lock to begin counting, microseconds")
#define PAGETREE_INVALIDATION_DIGITS	20	/* the highest N */

/* X(ENUMERATOR, text, addresses): the scopes of a shootdown. */
#define PAGETREE_SHOOTDOWN_SCOPES(X)					\
	X(NULL, "null", 0) X(PAGE, "page", 1) X(RANGE, "range", 2)	\
	X(VMA, "vma", 1) X(MM, "mm", 0) X(ALL, "all", 0)

/* X(ENUMERATOR, text): the kinds of entries, in this order. */
#define PAGETREE_ENTRY_KINDS(X)						\
	X(HOLE, "hole") X(TABLE, "table") X(LEAF, "leaf")		\
	X(LEAF_ZERO, "zero") X(LEAF_SPECIAL, "special") X(SWAP, "swap")	\
	X(MIGRATION, "migration") X(HWPOISON, "hwpoison")		\
	X(DEVICE, "device") X(MARKER, "uffd") X(GUARD, "guard")	\
	X(POISON, "poison") X(BAD, "bad")

/*
 * X(ENUMERATOR, letter, meaning): the bits of an entry; flags shows the letters
 * in this order, or -
 */
#define PAGETREE_ENTRY_FLAGS(X)						\
	X(WRITE,     'w', "lets writes through")			\
	X(EXEC,      'x', "can be executed")				\
	X(USER,      'u', "user mode may use it")			\
	X(ACCESSED,  'a', "accessed")					\
	X(DIRTY,     'd', "dirty")					\
	X(SOFTDIRTY, 's', "soft-dirty")					\
	X(UFFD,      'p', "userfaultfd protects it")		\
	X(PROTNONE,  'n', "no access passes: PROT_NONE, NUMA hinting")	\
	X(CONTHINT,  'c', "contiguous hint: what it maps goes on")

/* X(ENUMERATOR, text): the values of kind. */
#define PAGETREE_VMA_KINDS(X)						\
	X(ANON, "anon") X(FILE, "file") X(SHMEM, "shmem")		\
	X(HUGETLB, "hugetlb") X(PFNMAP, "pfnmap") X(SPECIAL, "special")

/* X(name, meaning): the numbers of the cost line; then state= and next=. */
#define PAGETREE_COST_FIELDS(X)						\
	X(tables,        "tables entered, again after each yield")	\
	X(entries,       "entries read")				\
	X(vmas,          "VMAs walked")					\
	X(us,            "microseconds of work")			\
	X(lock_us_max,   "longest hold of the mmap lock, microseconds")	\
	X(lock_us_total, "all holds of the mmap lock, microseconds")	\
	X(retries,       "sum of the column retries")			\
	X(skipped,       "entries not followed: the sum of the columns bad")

#endif /* PAGETREE_ABI_H */

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
	X(leaf,      1, 3, ENTRIES, "leaves")				\
	X(bytes,     1, 3, BYTES,   "memory that the leaves map")	\
	X(zero,      1, 2, ENTRIES, "leaves that map the zero page or the huge zero page") \
	X(special,   1, 3, ENTRIES, "leaves without a normal page: PFN mappings, devmap, vvar") \
	X(protnone,  1, 3, ENTRIES, "leaves that no access passes: PROT_NONE, NUMA hinting") \
	X(swap,      1, 2, ENTRIES, "swap entries")			\
	X(migration, 1, 3, ENTRIES, "migration entries")		\
	X(hwpoison,  1, 3, ENTRIES, "hardware poison entries")		\
	X(device,    1, 2, ENTRIES, "device private and device exclusive entries") \
	X(marker,    1, 3, ENTRIES, "markers: guard, userfaultfd, poison") \
	X(bad,       1, 5, ENTRIES, "entries that make no sense, not followed") \
	X(tables,    1, 5, TABLES,  "tables first used by this VMA")	\
	X(borrowed,  1, 5, TABLES,  "tables that this VMA uses and an earlier row counts") \
	X(holes,     1, 5, ENTRIES, "empty entries")

/* X(name, type, meaning): one counter. */
#define PAGETREE_TOTAL_FIELDS(X)					\
	X(hole_bytes, BYTES,  "address space that holes leave unmapped") \
	X(rss,        BYTES,  "what smaps calls Rss; hugetlb: Private_Hugetlb and Shared_Hugetlb") \
	X(deposited,  TABLES, "PTE tables set aside to split anonymous level-2 leaves") \
	X(retries,    COUNT,  "times that something changed under the walk; 0: the row is exact")

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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test programs share: the sizes of pages and tables as the kernel has them, memory at known places, what
 * pagemap and userfaultfd say of it, and small helpers for processes, files and random numbers. Functions that cannot do
 * what they are for end the program with a message, unless they return whether they did it.
 */
#ifndef PAGETREE_TESTS_MEMORY_H
#define PAGETREE_TESTS_MEMORY_H

#include <linux/userfaultfd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define TIB		(1024 * GIB)

/* What headers of older distributions lack */

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif

#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED	(1 << 13)
#endif
#ifndef UFFDIO_POISON
#define UFFD_FEATURE_POISON	(1 << 14)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#define UFFDIO_POISON		_IOWR(UFFDIO, 0x08, struct uffdio_poison)
#endif

/* linux/fs.h of 6.7; a program that includes an older or newer one does so first */
#ifndef PAGEMAP_SCAN
#define PAGEMAP_SCAN		_IOWR('f', 16, struct pm_scan_arg)
struct page_region {
	uint64_t start, end, categories;
};

struct pm_scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages,
		category_inverted, category_mask, category_anyof_mask,
		return_mask;
};
#define PAGE_IS_PRESENT		(1 << 3)
#define PAGE_IS_SWAPPED		(1 << 4)
#define PAGE_IS_PFNZERO		(1 << 5)
#define PAGE_IS_HUGE		(1 << 6)
#define PAGE_IS_SOFT_DIRTY	(1 << 7)
#endif

/* Sizes: from the kernel, by other ways than pagetree's */

extern unsigned long page_size, huge_size;

#define PAGE		page_size
#define HUGE		huge_size	/* bytes that an entry of level 2 maps */
#define IN_HUGE		(HUGE / PAGE)	/* entries of a table */

unsigned int log2_of(unsigned long number);
/* log2 of the bytes that an entry of @level maps */
unsigned int shift_of(unsigned int level);
/* the number of bits that an address of user space can have */
unsigned int address_bits(void);
/* the number of levels of tables that @bits take */
unsigned int levels_of(unsigned int bits);
/* entries of the root table that are for user space */
unsigned long root_entries_of(unsigned int bits);
/* From here on up mmap() chooses no address itself; the stack ends here. */
unsigned long window(void);
/* whether the CPU refuses to execute data */
bool have_nx(void);
/* whether this kernel has transparent huge pages */
bool have_thp(void);

/* Memory */

/* what is being built, for messages */
extern const char *situation;

/* At exactly @place. @flags lack MAP_FIXED_NOREPLACE. */
void *map_at(unsigned long place, size_t size, int prot, int flags, int fd, off_t offset);
/* Anywhere, aligned to @align, with nothing else mapped beside it for that purpose; NULL if it fails. */
void *map_aligned(size_t size, size_t align, int flags, int fd);
/* 16 pages of /dev/mem at @place; NULL, and in @why the reason, where this kernel maps none. */
void *map_bios(unsigned long place, const char **why);
/* A kernel without transparent huge pages may refuse MADV_NOHUGEPAGE. */
void advise(void *p, size_t size, int advice);
void protect_pages(void *p, size_t size, int prot);
/* @count pages, @distance bytes apart */
void write_pages(char *p, unsigned long count, size_t distance);
void read_pages(const char *p, unsigned long count, size_t distance);
/* a memfd called like the situation */
int memfd(size_t size, unsigned int flags);

/* /proc/self/pagemap */

#define PRESENT		(1ULL << 63)
#define SWAPPED		(1ULL << 62)
#define SOFT_DIRTY	(1ULL << 55)

uint64_t pagemap(const void *p);
/* how many of @count pages have @bit */
unsigned long count_pages(const char *p, unsigned long count, uint64_t bit);

/* userfaultfd */

/* With @features, which become those that the kernel has; -1 if it lacks one. */
int uffd_open(uint64_t *features);
bool uffd_register(int fd, void *p, size_t size, uint64_t mode);
bool uffd_protect(int fd, void *p, size_t size, bool on);

/* Processes and files */

/* fork() whose child is killed when its parent ends, even if the parent ends at once */
pid_t fork_bound(void);
void pin(int cpu);
/* Prints `ready PID` and returns when the standard input ends. */
void wait_for_end(void);
uint64_t now_ns(void);

/* the first number that a line of @path has by @format, which has one %lu; 0 without one */
unsigned long number_in(const char *path, const char *format);
/* Writes a text of at most 4095 bytes in one go. */
__attribute__((format(printf, 2, 3)))
bool write_file(const char *path, const char *format, ...);
/* Cuts @line at its tabs and at the newline; 0 if it has more than @max fields. */
unsigned int split_fields(char *line, char **fields, unsigned int max);

/* Random numbers: of each thread */

/* a seed that a long can pass on is below this */
#define SEEDS		(sizeof(long) > 4 ? 1UL << 40 : 1UL << 31)

void seed_random(uint64_t seed);
/* a number below @limit */
unsigned long below(unsigned long limit);

#endif /* PAGETREE_TESTS_MEMORY_H */

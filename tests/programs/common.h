/* SPDX-License-Identifier: GPL-2.0-only */
/* What the test programs share: the sizes of pages and tables, what old headers lack, random numbers. */
#ifndef PAGETREE_TESTS_COMMON_H
#define PAGETREE_TESTS_COMMON_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define TIB		(1024 * GIB)
#define PAGE		page_size
#define HUGE		huge_size	/* what an entry of level 2 maps */
#define IN_HUGE		(HUGE / PAGE)	/* as many as a table has entries */

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif

/* linux/userfaultfd.h, where that is included */
#ifdef UFFDIO
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
#endif

/* linux/fs.h of 6.7 */
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

/* What the kernel says of its page tables, asked elsewhere than in pagetree. */
static unsigned long page_size, huge_size;

static unsigned long number_in(const char *path, const char *format)
{
	FILE *file = fopen(path, "r");
	unsigned long number = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &number) == 1)
			break;
	if (file)
		fclose(file);

	return number;
}

__attribute__((constructor))
static void ask_sizes(void)
{
	page_size = sysconf(_SC_PAGESIZE);
	huge_size = number_in("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "%lu");
	if (!huge_size)
		huge_size = number_in("/proc/meminfo", "Hugepagesize: %lu") * KIB;
	/* without huge pages entries are words */
	if (!huge_size)
		huge_size = page_size * (page_size / sizeof(long));
}

__attribute__((unused))
static unsigned int log2_of(unsigned long number)
{
	return 8 * sizeof(number) - 1 - __builtin_clzl(number);
}

/* log2 of the bytes that an entry of @level maps */
__attribute__((unused))
static unsigned int shift_of(unsigned int level)
{
	return log2_of(PAGE) + (level - 1) * log2_of(IN_HUGE);
}

/*
 * Whether what is no code cannot be executed, by trying it: on i386 entries have no bit for that
 * without PAE, and with PAE some kernels lose it (6.1 in vm_get_page_prot(), which has it in a long).
 */
__attribute__((unused))
static int have_nx(void)
{
#ifdef __i386__
	int status;
	pid_t pid;
	char *p;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		*p = '\xc3'; /* ret */
		((void (*)(void))p)();
		_exit(0);
	}

	return waitpid(pid, &status, 0) != pid || WIFSIGNALED(status);
#else
	return 1;
#endif
}

/* Whether there are transparent huge pages: the kernel takes the advice. */
__attribute__((unused))
static bool have_thp(void)
{
	char *p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const bool have = p != MAP_FAILED && !madvise(p, PAGE, MADV_HUGEPAGE);

	munmap(p, PAGE);

	return have;
}

/* How many bits an address of user space can have. */
__attribute__((unused))
static unsigned int address_bits(void)
{
	unsigned int bit = 8 * sizeof(long);
	void *at, *p;

	while (bit--) {
		at = (void *)(1UL << bit);
		p = mmap(at, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0);
		if (p == at)
			munmap(p, PAGE);
		if (p == at || errno == EEXIST)
			break;
	}

	return bit + 1;
}

/* How many levels of tables these take. */
__attribute__((unused))
static unsigned int levels_of(unsigned int bits)
{
	const unsigned int each = log2_of(IN_HUGE);

	return (bits - log2_of(PAGE) + each - 1) / each;
}

/* Where mmap() puts nothing that is not asked for, and above: the stack ends there. */
__attribute__((unused))
static unsigned long window(void)
{
	const unsigned long here = (unsigned long)__builtin_frame_address(0);

	return (here | ((1UL << (log2_of(here) - 2)) - 1)) + 1;
}

/* Entries of the root table that are for user space. */
__attribute__((unused))
static unsigned long root_entries_of(unsigned int bits)
{
	/* where it is not all that addresses reach, it ends like the stack */
	const unsigned long last = bits == 8 * sizeof(long) ?
				   window() - 1 : (1UL << bits) - 1;

	return (last >> shift_of(levels_of(bits))) + 1;
}

static __thread uint64_t random_state __attribute__((unused));

/* so many seeds go in a long */
#define SEEDS		(sizeof(long) > 4 ? 1UL << 40 : 1UL << 31)

/* xorshift64*: a number below @limit; @random_state must not be 0 */
__attribute__((unused))
static unsigned long below(unsigned long limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;

	return (random_state * 0x2545f4914f6cdd1dUL >> 11) % limit;
}

/* fork() whose child is killed when its parent ends, even if that was before it could say so */
__attribute__((unused))
static pid_t fork_bound(void)
{
	const pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);

	return 0;
}

#endif /* PAGETREE_TESTS_COMMON_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the test programs share: sizes, what old headers lack, random numbers. */
#ifndef PAGETREE_TESTS_COMMON_H
#define PAGETREE_TESTS_COMMON_H

#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define TIB		(1024 * GIB)
#define PAGE		(4 * KIB)
#define HUGE		(2 * MIB)
#define IN_HUGE		(HUGE / PAGE)

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

static __thread uint64_t random_state __attribute__((unused));

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

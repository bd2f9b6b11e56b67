// SPDX-License-Identifier: GPL-2.0-only
/* Situations of single bits of entries. Clearing soft-dirty bits, as fork() does, takes write bits from all memory. */
#define _GNU_SOURCE
#include <err.h>
#include <sys/mman.h>

#include "factory.h"

static void softdirty(void)
{
	char *p;

	if (!have_soft_dirty()) {
		skip("entries have no soft-dirty bit here");
		return;
	}
	p = map_small(37 * PAGE);
	write_pages(p, 37, PAGE);
	write_text("/proc/self/clear_refs", "4");
	write_pages(p, 11, PAGE);
	expect(p, 37 * PAGE, "leaf1=37 softdirty1=11 dirty1=37");
}

/* Flushes the TLB: these are more pages than the kernel flushes one by one. */
static void flush(void)
{
	char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED || mprotect(p, 64 * PAGE, PROT_READ) ||
	    munmap(p, 64 * PAGE))
		err(1, "%s: a TLB flush", situation);
}

static void accessed(void)
{
	char *p = map_small(31 * PAGE);

	write_pages(p, 31, PAGE);
	write_text("/proc/self/clear_refs", "1");
	flush();
	read_pages(p, 13, PAGE);
	expect(p, 31 * PAGE, "leaf1=31 accessed1=13 dirty1=31");
}

static void plain(void)
{
	char *p = map_small(29 * PAGE);

	write_pages(p, 29, PAGE);
	expect(p, 29 * PAGE,
	       "leaf1=29 user1=29 accessed1=29 dirty1=29 writable1=29 softdirty1=%d executable1=%d pkey1=0 uffd1=0 protnone1=0 numahint1=0 marker1=0 kind=anon",
	       have_soft_dirty() ? 29 : 0, nx ? 0 : 29);
}

static void pkey(void)
{
	char *p = map_small(29 * PAGE);
	const int key = pkey_alloc(0, 0);

	if (key < 0) {
		skip("this CPU has no protection keys");
		return;
	}
	write_pages(p, 29, PAGE);
	if (pkey_mprotect(p, 11 * PAGE, PROT_READ | PROT_WRITE, key))
		err(1, "%s: pkey_mprotect", situation);
	expect(p, 29 * PAGE, "leaf1=29 pkey1=11 user1=29");
}

/* A userfaultfd with @features for a range, or -1 if this kernel lacks one of them. */
static int uffd_for(void *p, size_t size, uint64_t features, uint64_t mode)
{
	const int fd = uffd_open(&features);

	if (fd >= 0 && !uffd_register(fd, p, size, mode))
		err(1, "%s: UFFDIO_REGISTER", situation);

	return fd;
}

/* Write-protects a range that is registered. */
static void write_protect(int fd, void *p, size_t size)
{
	if (!uffd_protect(fd, p, size, true))
		err(1, "%s: UFFDIO_WRITEPROTECT", situation);
}

static void uffd(void)
{
	char *p = map_small(23 * PAGE);
	int fd;

	write_pages(p, 23, PAGE);
	fd = uffd_for(p, 23 * PAGE, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
		      UFFDIO_REGISTER_MODE_WP);
	if (fd < 0) {
		skip("this kernel has no userfaultfd for writes");
		return;
	}
	write_protect(fd, p, 13 * PAGE);
	expect(p, 23 * PAGE, "leaf1=23 uffd1=13 writable1=10 marker1=0");
}

static void uffd_marker(void)
{
	char *p = map(31 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(31 * PAGE, 0));
	int fd;

	write_pages(p, 11, PAGE);
	fd = uffd_for(p, 31 * PAGE, UFFD_FEATURE_PAGEFAULT_FLAG_WP |
		      UFFD_FEATURE_WP_HUGETLBFS_SHMEM, UFFDIO_REGISTER_MODE_WP);
	if (fd < 0) {
		skip("this kernel has no userfaultfd for writes to shmem");
		return;
	}
	write_protect(fd, p, 31 * PAGE);
	expect(p, 31 * PAGE,
	       "leaf1=11 uffd1=11 writable1=0 marker1=20 guard1=0 poison1=0 used1=31 holes1=0 rss=%lu",
	       11 * PAGE);
}

static void uffd_poison(void)
{
	char *p = map_small(19 * PAGE);
	struct uffdio_poison poison = {
		.range = { (unsigned long)p + 5 * PAGE, 7 * PAGE },
	};
	int fd;

	write_pages(p, 5, PAGE);
	fd = uffd_for(p, 19 * PAGE, UFFD_FEATURE_POISON,
		      UFFDIO_REGISTER_MODE_MISSING);
	if (fd < 0) {
		skip("this kernel has no UFFDIO_POISON");
		return;
	}
	if (ioctl(fd, UFFDIO_POISON, &poison))
		err(1, "%s: UFFDIO_POISON", situation);
	expect(p, 19 * PAGE,
	       "leaf1=5 marker1=7 poison1=7 guard1=0 hwpoison1=0 holes1=7 rss=%lu",
	       5 * PAGE);
}

static void guard(void)
{
	char *p = map_small(30 * PAGE);

	write_pages(p, 30, PAGE);
	if (madvise(p, 7 * PAGE, MADV_GUARD_INSTALL)) {
		skip("this kernel has no MADV_GUARD_INSTALL");
		return;
	}
	expect(p, 30 * PAGE,
	       "leaf1=23 marker1=7 guard1=7 poison1=0 used1=30 holes1=0 rss=%lu",
	       23 * PAGE);
}

const struct situation bit_situations[] = {
	{ "softdirty", softdirty, "11 pages written again since the soft-dirty bits were cleared, 26 not" },
	{ "accessed", accessed, "13 pages read since the accessed bits were cleared, 18 not" },
	{ "plain", plain, "29 pages with nothing special about them" },
	{ "pkey", pkey, "11 pages with a protection key, 18 without" },
	{ "uffd", uffd, "13 pages write-protected by userfaultfd, 10 not" },
	{ "uffd-marker", uffd_marker, "11 pages of a memfd and 20 never touched, all write-protected by userfaultfd" },
	{ "uffd-poison", uffd_poison, "5 pages, 7 poisoned by userfaultfd, 7 never touched" },
	{ "guard", guard, "7 guard pages, 23 pages" },
	{ }
};

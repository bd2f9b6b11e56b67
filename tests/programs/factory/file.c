// SPDX-License-Identifier: GPL-2.0-only
/* Situations of files and of what drivers and the kernel map. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>

#include "factory.h"

static void shmem(void)
{
	char *p = map(64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memfd(64 * PAGE, 0));

	write_pages(p, 31, PAGE);
	expect(p, 64 * PAGE, "leaf1=31 holes1=33 rss=%lu tables1=1", 31 * PAGE);
}

static void file(void)
{
	char *p = map(37 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
		      make_file(37));

	read_pages(p, 37, PAGE);
	write_pages(p, 7, PAGE);
	expect(p, 37 * PAGE, "leaf1=37 rss=%lu tables1=1 offset=0 dirty1=7 writable1=7 executable1=%d user1=37",
	       37 * PAGE, nx ? 0 : 37);
}

static void clean(void)
{
	int fd = make_file(29);
	char *p;

	if (fsync(fd))
		err(1, "%s: fsync", situation);
	p = map(29 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	read_pages(p, 29, PAGE);
	write_pages(p, 11, PAGE);
	expect(p, 29 * PAGE, "leaf1=29 dirty1=11 writable1=11 kind=file");
}

static void unwritten(void)
{
	int fd = memfd(23 * PAGE, 0);
	char *p;

	if (fallocate(fd, 0, 0, 23 * PAGE))
		err(1, "%s: fallocate", situation);
	p = map(23 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	read_pages(p, 23, PAGE);
	expect(p, 23 * PAGE, "leaf1=23 writable1=23 kind=shmem");
}

static void executable(void)
{
	const int fd = memfd(19 * PAGE, 0);
	char *p;

	if (fallocate(fd, 0, 0, 19 * PAGE))
		err(1, "%s: fallocate", situation);
	p = map(19 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
	read_pages(p, 19, PAGE);
	expect(p, 19 * PAGE, "leaf1=19 executable1=19 writable1=0 user1=19");

	p = map_small(17 * PAGE);
	write_pages(p, 17, PAGE);
	protect_pages(p, 5 * PAGE, PROT_READ | PROT_EXEC);
	expect(p, 17 * PAGE, "leaf1=17 executable1=%d writable1=12",
	       nx ? 5 : 17);
}

static void pfnmap(void)
{
	const char *why;
	void *p = map_bios(next_place, &why);

	if (!p) {
		skip(why);
		return;
	}
	next_place += DISTANCE;
	expect(p, 16 * PAGE,
	       "leaf1=16 special1=16 writable1=0 rss=0 contig16=%lu kind=pfnmap",
	       16 * PAGE / (64 * KIB));
}

static void vdso(void)
{
	size_t size;
	char *p = find_range("[vdso]", &size);

	if (!p) {
		skip("there is no vDSO");
		return;
	}
	read_pages(p, size / PAGE, PAGE);
	expect(p, size, "leaf1=%lu executable1=%lu writable1=0 special1=0 rss=%zu kind=special",
	       size / PAGE, size / PAGE, size);
	p = find_range("[vvar]", &size);
	if (p)
		expect(p, size, "rss=0 %s writable1=0 kind=special",
		       nx ? "executable1=0" : "");
}

const struct situation file_situations[] = {
	{ "shmem", shmem, "31 pages of a shared memfd, 33 never touched" },
	{ "file", file, "7 pages copied on write, 30 pages of the file; file=PATH names it" },
	{ "clean", clean, "a shared file: 11 pages written, 18 read; writeback must wait" },
	{ "unwritten", unwritten, "23 pages of a memfd, read: the kernel maps them writable at once" },
	{ "executable", executable, "19 executable pages of a memfd; 5 executable pages and 12 others" },
	{ "pfnmap", pfnmap, "16 pages of the BIOS by /dev/mem" },
	{ "vdso", vdso, "the code and the data that the kernel maps into each process" },
	{ }
};

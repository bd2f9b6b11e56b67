// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMAs by smaps. It counts no zero pages; these are from PAGEMAP_SCAN, where
 * the kernel has it.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output/json.h"
#include "commands/proc.h"
#include "input/smaps.h"
#include "input/source.h"
#include "commands/views.h"

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
#define PAGE_IS_PFNZERO		(1 << 5)
#define PAGE_IS_HUGE		(1 << 6)
#endif

#define REGIONS	512	/* at a time */

/**
 * struct zeros - zero pages
 * @fd: of pagemap; -1: nobody says
 * @small, @large: bytes of a VMA
 * @knows_large: this kernel tells huge ones, which before Linux 6.16 it took for
 *	other pages unless that was mended
 */
struct zeros {
	int fd;
	uint64_t small;
	uint64_t large;
	bool knows_large;
};

/* What a leaf of level 2 maps: asked once, not for each VMA. */
static uint64_t huge_page;

/* What a leaf of that level maps; tables of both have as many entries. */
static uint64_t page_bytes(unsigned int level)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);

	return level == 1 ? page : level == 2 ? huge_page :
					       huge_page / page * huge_page;
}

static bool is_since_6_16(void)
{
	char *release = source_proc(0, "sys/kernel/osrelease");
	unsigned int major, minor;
	bool is = release && sscanf(release, "%u.%u", &major, &minor) == 2 &&
		  (major > 6 || (major == 6 && minor >= 16));

	free(release);

	return is;
}

static void scan(struct zeros *zeros, const struct smaps_vma *vma)
{
	struct page_region regions[REGIONS];
	struct pm_scan_arg arg = {
		.size = sizeof(arg), .start = vma->start, .end = vma->end,
		.vec = (uintptr_t)regions, .vec_len = REGIONS,
		.category_mask = PAGE_IS_PFNZERO,
		.return_mask = PAGE_IS_PFNZERO | PAGE_IS_HUGE,
	};
	uint64_t bytes;
	int got, i;

	zeros->small = 0;
	zeros->large = 0;
	for (; zeros->fd >= 0 && arg.start < arg.end; arg.start = arg.walk_end) {
		got = ioctl(zeros->fd, PAGEMAP_SCAN, &arg);
		if (got < 0 || arg.walk_end <= arg.start) {
			close(zeros->fd);
			zeros->fd = -1;
			return;
		}
		for (i = 0; i < got; i++) {
			bytes = regions[i].end - regions[i].start;
			if (regions[i].categories & PAGE_IS_HUGE)
				zeros->large += bytes;
			else
				zeros->small += bytes;
		}
	}
	zeros->knows_large |= zeros->large;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* As far as name, flags and sizes tell: a file may lie in a tmpfs. */
static const char *kind_of(const struct smaps_vma *vma)
{
	const char *name = vma->name;

	if (smaps_flag(vma, "ht"))
		return "hugetlb";
	if (begins(name, "[vdso") || begins(name, "[vvar"))
		return "special";
	if (smaps_flag(vma, "pf"))
		return "pfnmap";
	if (vma->bytes[SMAPS_SHMEM_PMD] || begins(name, "/dev/shm/") ||
	    begins(name, "/memfd:") || begins(name, "/SYSV") ||
	    begins(name, "/dev/zero (deleted)") || begins(name, "[anon_shmem:"))
		return "shmem";

	return *name == '/' ? "file" : "anon";
}

/* Bytes on each level; of PFN mappings smaps says none. */
static void add_bytes(union value *row, const struct smaps_vma *vma,
		      const struct zeros *zeros)
{
	const uint64_t huge = vma->bytes[SMAPS_ANON_HUGE] +
			      vma->bytes[SMAPS_SHMEM_PMD] +
			      vma->bytes[SMAPS_FILE_PMD];
	const uint64_t rss = vma->bytes[SMAPS_RSS];
	const uint64_t hugetlb = vma->bytes[SMAPS_HUGETLB];
	unsigned int level = 1;
	uint64_t mapped;

	if (smaps_flag(vma, "pf"))
		return;
	if (smaps_flag(vma, "ht")) {
		/* some are several entries of the level below */
		while (level < 3 && vma->kernel_page >= page_bytes(level + 1))
			level++;
		row[FIELD_bytes].number = level == 1 ? hugetlb : 0;
		row[FIELD_bytes + 1].number = level == 2 ? hugetlb : 0;
		row[FIELD_bytes + 2].number = level == 3 ? hugetlb : 0;
		row[FIELD_rss].number = hugetlb;
	} else {
		row[FIELD_bytes].number = (rss > huge ? rss - huge : 0) +
					  zeros->small;
		row[FIELD_bytes + 1].number = huge + zeros->large;
		row[FIELD_bytes + 2].number = 0;
		row[FIELD_rss].number = rss;
	}
	row[FIELD_zero].number = zeros->small / page_bytes(1);
	row[FIELD_zero + 1].number = zeros->large / page_bytes(2);
	mapped = row[FIELD_bytes].number + row[FIELD_bytes + 1].number +
		 row[FIELD_bytes + 2].number;
	row[FIELD_mapped].number = mapped;
	row[FIELD_huge].real = mapped ?
		100.0 * (mapped - row[FIELD_bytes].number) / mapped : 0;
}

static void add_vma(struct model *model, const struct smaps_vma *vma,
		    const struct zeros *zeros)
{
	union value *row = list_add(&model->vmas);

	row[FIELD_start].number = vma->start;
	row[FIELD_end].number = vma->end;
	row[FIELD_size].number = vma->end - vma->start;
	row[FIELD_perms].text = model_keep(model, format("%s", vma->perms));
	row[FIELD_offset].number = vma->offset;
	row[FIELD_kind].text = kind_of(vma);
	row[FIELD_name].text =
		model_keep(model, printable(vma->name, strlen(vma->name), ""));
	add_bytes(row, vma, zeros);
}

static struct list list_of_proc(void)
{
	static const int known[] = {
		FIELD_start, FIELD_end, FIELD_size, FIELD_perms, FIELD_offset,
		FIELD_kind, FIELD_bytes, FIELD_bytes + 1, FIELD_bytes + 2,
		FIELD_rss, FIELD_mapped, FIELD_huge, FIELD_name,
	};
	struct list list = list_new(&view_vmas);
	size_t i;

	memset(list.has, 0, view_vmas.count * sizeof(*list.has));
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		list.has[known[i]] = true;
	list.cost.complete = true;

	return list;
}

static bool read_proc(struct process *process, const struct options *options)
{
	struct model *model = &process->model;
	struct zeros zeros = { .knows_large = is_since_6_16() };
	struct smaps smaps;
	size_t i;

	(void)options;
	errno = 0;
	if (!smaps_read(&smaps, process->pid)) {
		if (errno == EACCES || errno == EPERM)
			fail(EXIT_PERMISSION, "%d: smaps: %s: run this as root, or as the owner of the process",
			     process->pid, strerror(errno));
		smaps_free(&smaps);
		return false;
	}
	zeros.fd = source_pagemap(process->pid);
	model->vmas = list_of_proc();
	for (i = 0; i < smaps.count; i++) {
		scan(&zeros, &smaps.vmas[i]);
		add_vma(model, &smaps.vmas[i], &zeros);
	}
	model->vmas.has[FIELD_zero] = zeros.fd >= 0;
	model->vmas.has[FIELD_zero + 1] = zeros.fd >= 0 && zeros.knows_large;
	if (zeros.fd >= 0)
		close(zeros.fd);
	smaps_free(&smaps);

	return true;
}

static void print(const struct process *process, const struct options *options)
{
	const struct style *style = &options->style;
	/* for the headings */
	struct pair sizes[] = {
		{ .key = "entry_bytes1", .is_number = true, .number = page_bytes(1) },
		{ .key = "entry_bytes2", .is_number = true, .number = page_bytes(2) },
		{ .key = "entry_bytes3", .is_number = true, .number = page_bytes(3) },
	};
	struct process shown = *process;

	shown.model.geometry = (struct pairs) {
		.present = true, .pairs = sizes, .count = 3,
	};
	if (style->format == FORMAT_JSON)
		json_string("source", "proc");
	else if (style->format == FORMAT_TABLE && style->headings)
		puts("from /proc, without the module: no tables, no levels but by size, huge zero pages counted only where PAGEMAP_SCAN is\n");
	views_print(&shown, options, &process->model.vmas);
}

int run_proc(const struct options *options)
{
	static const char *const files[] = { NULL };

	huge_page = source_huge_page();

	return processes_run(options, files, read_proc, print);
}

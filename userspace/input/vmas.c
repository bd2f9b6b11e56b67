// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "input/pages.h"
#include "input/system.h"
#include "input/vmas.h"

/* What a leaf of a level maps; tables of levels 1 and 2 have as many entries. */
static uint64_t page_bytes(unsigned int level, uint64_t huge_page)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);

	return level == 1 ? page : level == 2 ? huge_page :
					       huge_page / page * huge_page;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* A guess by name, flags and sizes: a file in a tmpfs is taken for one on disk. */
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

/* Bytes on each level. For PFN mappings smaps reports nothing. */
static void add_bytes(union value *row, const struct smaps_vma *vma,
		      const struct zeros *zeros, uint64_t huge_page)
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
		/* a huge page may be several entries of the level below */
		while (level < 3 && vma->kernel_page >= page_bytes(level + 1, huge_page))
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
	row[FIELD_zero].number = zeros->small / page_bytes(1, huge_page);
	row[FIELD_zero + 1].number = zeros->large / page_bytes(2, huge_page);
	mapped = row[FIELD_bytes].number + row[FIELD_bytes + 1].number +
		 row[FIELD_bytes + 2].number;
	row[FIELD_mapped].number = mapped;
	row[FIELD_huge].real = mapped ?
		100.0 * (mapped - row[FIELD_bytes].number) / mapped : 0;
}

static void add_vma(struct list *list, const struct smaps_vma *vma,
		    const struct zeros *zeros, uint64_t huge_page)
{
	union value *row = list_add(list);

	row[FIELD_start].number = vma->start;
	row[FIELD_end].number = vma->end;
	row[FIELD_size].number = vma->end - vma->start;
	row[FIELD_perms].text = list_keep(list, format("%s", vma->perms));
	row[FIELD_offset].number = vma->offset;
	row[FIELD_kind].text = kind_of(vma);
	row[FIELD_name].text =
		list_keep(list, printable(vma->name, strlen(vma->name), ""));
	add_bytes(row, vma, zeros, huge_page);
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

/* Adds entry_bytesN, which name the columns. */
static void add_sizes(struct model *model, uint64_t huge_page)
{
	static const char *const keys[] = {
		"entry_bytes1", "entry_bytes2", "entry_bytes3",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		pairs_add(&model->geometry, keys[i],
			  texts_keep(&model->texts,
				     format("%" PRIu64,
					    page_bytes(i + 1, huge_page))));
	model->geometry.present = true;
	model->geometry.cost.complete = true;
}

bool vmas_by_proc(struct model *model, pid_t pid)
{
	const uint64_t huge_page = sys_huge_page();
	struct smaps smaps;
	struct zeros zeros;
	size_t i;

	errno = 0;
	if (!proc_smaps(&smaps, pid)) {
		if (errno == EACCES || errno == EPERM)
			fail(EXIT_PERMISSION, "%d: smaps: %s: run this as root, or as the owner of the process",
			     pid, strerror(errno));
		return false;
	}
	zeros_open(&zeros, pid);
	model->vmas = list_of_proc();
	for (i = 0; i < smaps.count; i++) {
		zeros_scan(&zeros, smaps.vmas[i].start, smaps.vmas[i].end);
		add_vma(&model->vmas, &smaps.vmas[i], &zeros, huge_page);
	}
	model->vmas.has[FIELD_zero] = zeros.fd >= 0;
	model->vmas.has[FIELD_zero + 1] = zeros.fd >= 0 && zeros.knows_large;
	zeros_close(&zeros);
	smaps_free(&smaps);
	add_sizes(model, huge_page);

	return true;
}

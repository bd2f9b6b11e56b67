// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "input/file.h"
#include "input/pages.h"
#include "input/system.h"
#include "input/vmas.h"

#define LEVELS	3	/* where leaves are */

/* Bytes that a leaf maps. On levels 1 and 2, tables are equally large. */
static uint64_t leaf_bytes(unsigned int level, uint64_t huge_page)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);

	return level == 1 ? page : level == 2 ? huge_page :
					       huge_page / page * huge_page;
}

/* Guesses from name, flags and sizes: a file on a tmpfs looks like any file. */
static const char *kind_of(const struct smaps_vma *vma)
{
	const char *name = vma->name;

	if (smaps_flag(vma, "ht"))
		return "hugetlb";
	if (starts_with(name, "[vdso") || starts_with(name, "[vvar"))
		return "special";
	if (smaps_flag(vma, "pf"))
		return "pfnmap";
	if (vma->bytes[SMAPS_SHMEM_PMD] || starts_with(name, "/dev/shm/") ||
	    starts_with(name, "/memfd:") || starts_with(name, "/SYSV") ||
	    starts_with(name, "/dev/zero (deleted)") || starts_with(name, "[anon_shmem:"))
		return "shmem";

	return *name == '/' ? "file" : "anon";
}

/* Sets the bytes of each level. For PFN mappings smaps reports no bytes. */
static void add_bytes(union value *row, const struct smaps_vma *vma,
		      const struct zeros *zeros, uint64_t huge_page)
{
	const uint64_t huge = vma->bytes[SMAPS_ANON_HUGE] +
			      vma->bytes[SMAPS_SHMEM_PMD] +
			      vma->bytes[SMAPS_FILE_PMD];
	uint64_t rss = vma->bytes[SMAPS_RSS], bytes[LEVELS] = { 0 }, mapped = 0;
	unsigned int i = 0;

	if (smaps_flag(vma, "pf"))
		return;
	if (smaps_flag(vma, "ht")) {
		rss = vma->bytes[SMAPS_HUGETLB];
		/* a huge page may be several entries of the level below */
		while (i + 1 < LEVELS &&
		       vma->kernel_page >= leaf_bytes(i + 2, huge_page))
			i++;
		bytes[i] = rss;
	} else {
		bytes[0] = (rss > huge ? rss - huge : 0) + zeros->small;
		bytes[1] = huge + zeros->large;
	}
	for (i = 0; i < LEVELS; i++) {
		row[FIELD_bytes + i].number = bytes[i];
		mapped += bytes[i];
	}
	row[FIELD_rss].number = rss;
	row[FIELD_zero].number = zeros->small / leaf_bytes(1, huge_page);
	row[FIELD_zero + 1].number = zeros->large / leaf_bytes(2, huge_page);
	row[FIELD_mapped].number = mapped;
	row[FIELD_huge].real = mapped ? 100.0 * (mapped - bytes[0]) / mapped : 0;
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

/* An empty list with the columns that add_vma() sets. */
static struct list new_list(void)
{
	static const int known[] = {
		FIELD_start, FIELD_end, FIELD_size, FIELD_perms, FIELD_offset,
		FIELD_kind, FIELD_bytes, FIELD_bytes + 1, FIELD_bytes + 2,
		FIELD_rss, FIELD_mapped, FIELD_huge, FIELD_name,
	};
	struct list list = list_new(&view_vmas);
	size_t i;

	memset(list.has, 0, view_vmas.count * sizeof(*list.has));
	for (i = 0; i < ARRAY_SIZE(known); i++)
		list.has[known[i]] = true;
	list.cost.complete = true;

	return list;
}

/* Adds entry_bytesN, from which columns get their names. */
static void add_sizes(struct model *model, uint64_t huge_page)
{
	struct texts *texts = &model->texts;
	unsigned int level;

	for (level = 1; level <= LEVELS; level++)
		pairs_add(&model->geometry,
			  texts_keep(texts, format("entry_bytes%u", level)),
			  texts_keep(texts, format("%" PRIu64,
					leaf_bytes(level, huge_page))));
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
		if (file_is_denied())
			fail(EXIT_PERMISSION, "%d: smaps: %s: run this as root, or as the owner of the process",
			     pid, strerror(errno));
		return false;
	}
	zeros_open(&zeros, pid);
	model->vmas = new_list();
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

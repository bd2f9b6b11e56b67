// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/smaps.h"

static const struct {
	const char *name;
	enum smaps_size size;
} lines[] = {
	{ "Rss:", SMAPS_RSS },
	{ "AnonHugePages:", SMAPS_ANON_HUGE },
	{ "ShmemPmdMapped:", SMAPS_SHMEM_PMD },
	{ "FilePmdMapped:", SMAPS_FILE_PMD },
	{ "Shared_Hugetlb:", SMAPS_HUGETLB },
	{ "Private_Hugetlb:", SMAPS_HUGETLB },
};

#define LINES (sizeof(lines) / sizeof(*lines))

/* A line that begins a VMA; a file name can't look like one, it has a slash. */
static bool parse_header(struct smaps_vma *vma, const char *line)
{
	*vma = (struct smaps_vma) { 0 };

	return sscanf(line, "%" SCNx64 "-%" SCNx64 " %4[-rwxsp] %" SCNx64 " %x:%x ",
		      &vma->start, &vma->end, vma->perms, &vma->offset,
		      &vma->device[0], &vma->device[1]) == 6 &&
	       strlen(vma->perms) == 4;
}

/* The text after range, permissions, offset, device and inode. */
static const char *header_name(const char *line)
{
	int i;

	for (i = 0; i < 5; i++) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}

	return line;
}

static void parse_line(struct smaps_vma *vma, const char *line)
{
	uint64_t kib;
	size_t i, len;

	if (!strncmp(line, "VmFlags:", 8)) {
		vma->flags = line;
		return;
	}
	if (!strncmp(line, "THPeligible:", 12))
		vma->eligible = strchr(line, '1') ? SMAPS_ELIGIBLE :
						    SMAPS_INELIGIBLE;
	if (sscanf(line, "Anonymous: %" SCNu64 " kB", &kib) == 1)
		vma->anonymous = kib * 1024;
	if (sscanf(line, "LazyFree: %" SCNu64 " kB", &kib) == 1)
		vma->lazyfree = kib * 1024;
	if (sscanf(line, "KernelPageSize: %" SCNu64 " kB", &kib) == 1)
		vma->kernel_page = kib * 1024;
	for (i = 0; i < LINES; i++) {
		len = strlen(lines[i].name);
		if (strncmp(line, lines[i].name, len) ||
		    sscanf(line + len, "%" SCNu64 " kB", &kib) != 1)
			continue;
		vma->bytes[lines[i].size] += kib * 1024;
		vma->found++;
	}
}

const char *smaps_parse(struct smaps *smaps, char *text)
{
	struct smaps_vma vma;
	char *line, *next;
	size_t i;

	*smaps = (struct smaps) { .text = text };
	for (line = text; *line; line = next) {
		next = strchr(line, '\n');
		if (!next)
			return "truncated";
		*next++ = '\0';
		if (parse_header(&vma, line)) {
			vma.name = header_name(line);
			smaps->vmas = grow(smaps->vmas, smaps->count,
					   sizeof(vma));
			smaps->vmas[smaps->count++] = vma;
		} else if (smaps->count) {
			parse_line(&smaps->vmas[smaps->count - 1], line);
		}
	}
	/* [vsyscall] lies in the kernel's half of the address space */
	while (smaps->count && smaps->vmas[smaps->count - 1].start >> 63)
		smaps->count--;
	for (i = 0; i < smaps->count; i++)
		if (smaps->vmas[i].found != LINES || !smaps->vmas[i].flags)
			return "a line is missing";

	return NULL;
}

void smaps_free(struct smaps *smaps)
{
	free(smaps->text);
	free(smaps->vmas);
}

bool smaps_flag(const struct smaps_vma *vma, const char *flag)
{
	const char word[] = { ' ', flag[0], flag[1], ' ', '\0' };

	return strstr(vma->flags, word);
}

bool smaps_same(const struct smaps_vma *a, const struct smaps_vma *b)
{
	return a->start == b->start && a->end == b->end &&
	       a->offset == b->offset && !strcmp(a->perms, b->perms) &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes)) &&
	       !strcmp(a->flags, b->flags);
}

uint64_t status_number(const char *text, const char *key, uint64_t absent)
{
	char *start = format("\n%s:", key);
	const char *line = text ? strstr(text, start) : NULL;
	const uint64_t number = line ? strtoull(line + strlen(start), NULL, 10) :
				       absent;

	free(start);

	return number;
}

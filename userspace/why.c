// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each VMA, what of it could be on huge pages of level 2, what is not, and the
 * first thing that stands in the way: of the VMA's shape, of what the process or
 * the administrator asked for, of the pages that are there, of the machine.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "smaps.h"
#include "source.h"
#include "why.h"

#define SAMPLES	32	/* spans of a VMA whose pages are looked at */

/* X(ENUMERATOR, code, meaning, remedy): in the order in which they are looked for. */
#define REASONS(X)							\
	X(PFNMAP, "pfnmap", "a driver maps it, it has no pages of its own", \
	  "the driver decides: nothing can be done from outside")	\
	X(POOL, "pool", "the pool of hugetlb has no page left for it", \
	  "echo N >/sys/kernel/mm/hugepages/hugepages-*kB/nr_hugepages, best at boot") \
	X(PROTECTION, "protection", "other protection next to it divides the huge page", \
	  "give whole huge pages one protection: align what mprotect() changes") \
	X(SMALL, "small", "it is smaller than a huge page",		\
	  "collect small mappings in a large one; libraries: relink with -z max-page-size=0x200000") \
	X(MISALIGNED, "misaligned", "it is large enough, but no aligned huge page lies in it", \
	  "map one huge page more, and use the aligned part of it")	\
	X(OFFSET, "offset", "its address and its offset in the file differ modulo a huge page", \
	  "map at an address that is congruent with the offset; programs: link with -z max-page-size=0x200000") \
	X(UNTOUCHED, "untouched", "nothing of it was touched yet",	\
	  "nothing: a huge page comes with the first touch, if then nothing else is in the way") \
	X(DISABLED, "disabled", "the process has switched huge pages off for itself", \
	  "prctl(PR_SET_THP_DISABLE, 0) in it, or in who started it")	\
	X(NOHUGEPAGE, "nohugepage", "madvise(MADV_NOHUGEPAGE) was asked for", \
	  "take that call out of the program (or madvise(MADV_HUGEPAGE))") \
	X(NEVER, "never", "transparent huge pages are switched off",	\
	  "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled (of shmem: advise >shmem_enabled)") \
	X(MADVISE, "madvise", "only what asks for huge pages gets them, and it did not", \
	  "madvise(MADV_HUGEPAGE) in the program, or echo always >/sys/kernel/mm/transparent_hugepage/enabled") \
	X(TMPFS, "tmpfs", "its tmpfs is mounted without huge pages",	\
	  "mount -o remount,huge=within_size")				\
	X(FILESYSTEM, "filesystem", "the page cache of this file system has no huge pages for it", \
	  "a tmpfs with huge=, a file system with large folios, or anonymous memory with a copy of it") \
	X(INELIGIBLE, "ineligible", "the kernel says that it is not eligible", \
	  "none is known: THPeligible of /proc/PID/smaps")		\
	X(UFFD, "uffd", "userfaultfd watches it page by page, and not all pages are there", \
	  "fill all of a huge page, or UFFDIO_UNREGISTER where it is not needed any more") \
	X(SWAP, "swap", "too many of its pages are swapped out",	\
	  "more memory, or a larger khugepaged/max_ptes_swap")		\
	X(KSM, "ksm", "KSM shares its pages with others",		\
	  "madvise(MADV_UNMERGEABLE), or echo 2 >/sys/kernel/mm/ksm/run")	\
	X(PINNED, "pinned", "pages are pinned for devices, which keeps them where they are", \
	  "put them on huge pages before they are registered (io_uring, RDMA, VFIO)") \
	X(SPLIT, "split", "it is on huge pages, but mapped in small pieces: they were split", \
	  "do not unmap or protect parts of huge pages; madvise(MADV_COLLAPSE)") \
	X(PARTIAL, "partial", "fewer pages are touched than khugepaged wants", \
	  "touch more of it, or a larger khugepaged/max_ptes_none")	\
	X(SHARED, "shared", "a fork shares too many of its pages",	\
	  "exec in the child, or a larger khugepaged/max_ptes_shared")	\
	X(FRAGMENTED, "fragmented", "memory has no free block of this size", \
	  "echo 1 >/proc/sys/vm/compact_memory; transparent_hugepage/defrag; hugetlb at boot") \
	X(KHUGEPAGED, "khugepaged", "nothing stands in the way: khugepaged has not come by yet", \
	  "wait; madvise(MADV_COLLAPSE); a larger khugepaged/pages_to_scan")

enum reason {
#define X(enumerator, ...) REASON_##enumerator,
	REASONS(X)
#undef X
	FINE	/* all that could be on huge pages is */
};

static const struct {
	const char *code;
	const char *meaning;
	const char *remedy;
} reasons[] = {
#define X(enumerator, ...) [REASON_##enumerator] = { __VA_ARGS__ },
	REASONS(X)
#undef X
};

/* The view */

enum { WHY_start, WHY_end, WHY_size, WHY_vmas, WHY_perms, WHY_kind, WHY_reason,
       WHY_eligible, WHY_huge, WHY_small, WHY_spans, WHY_evidence, WHY_remedy,
       WHY_name, WHY_FIELDS };

static const struct field_info why_fields[WHY_FIELDS] = {
	[WHY_start] = { "start", ADDRESS, 0, "first address", false },
	[WHY_end] = { "end", ADDRESS, 0, "address after the last", false },
	[WHY_size] = { "size", BYTES, 0, "of the VMAs", false },
	[WHY_vmas] = { "vmas", COUNT, 0, "VMAs, neighbours with the same reason", false },
	[WHY_perms] = { "perms", TEXT, 0, "as in vmas, of the first", false },
	[WHY_kind] = { "kind", TEXT, 0, "as in vmas", false },
	[WHY_reason] = { "reason", TEXT, 0, "why not: the reasons are below", false },
	[WHY_eligible] = { "eligible", BYTES, 0, "in whole, aligned huge pages of level 2", false },
	[WHY_huge] = { "huge", BYTES, 0, "mapped by leaves above level 1", false },
	[WHY_small] = { "small", BYTES, 0, "mapped by leaves of level 1", false },
	[WHY_spans] = { "spans", COUNT, 0, "huge pages that it could be on, and of which something is touched", false },
	[WHY_evidence] = { "evidence", PROSE, 0, "what says so", false },
	[WHY_remedy] = { "remedy", PROSE, 0, "what can be done", false },
	[WHY_name] = { "name", NAME, 0, "as in vmas, of the first", false },
};

/* What can be changed stands out. */
static const char *why_color(const union value *row, int field)
{
	return field == WHY_reason && row[WHY_spans].number ? "yellow" : NULL;
}

const struct view view_why = {
	.name = "why",
	.fields = why_fields,
	.count = WHY_FIELDS,
	.required = (const int[]) { -1 },
	.defaults = (const int[]) {
		WHY_start, WHY_vmas, WHY_eligible, WHY_small, WHY_reason,
		WHY_evidence, WHY_name, -1
	},
	.quiet = (const int[]) { -1 },
	.color = why_color,
};

void why_help(void)
{
	size_t i;

	puts("Reasons, in the order in which they are looked for; the first that holds is said:");
	for (i = 0; i < FINE; i++)
		printf("  %-12s %s\n", reasons[i].code, reasons[i].meaning);
}

/* What is known */

/* A huge page of level 2 that a VMA could have, and what of it is touched. */
struct span {
	uint64_t start;
	unsigned int pages;	/* zero pages apart */
	unsigned int swapped;
};

/**
 * struct why - one process
 * @page, @huge, @per: bytes of a page, of a huge one, pages of it
 * @smaps: without VMAs where there is none to read
 * @mountinfo: or NULL
 * @enabled, @shmem_enabled: the mode for huge pages of this size, or ""
 * @disabled: by prctl()
 * @max_none, @max_swap, @max_shared: of khugepaged
 * @blocks: free ones, as large as a huge page
 * @pinned: bytes
 * @extent: of map, the first that ends behind what was looked at
 * @spans: touched and not huge, of the VMA that is looked at, @span_count
 * @list: the rows
 * @eligible, @eligible_huge: bytes, of all VMAs
 * @saved_tables, @saved_translations: if all spans were huge
 * @fork_tables: of VMAs that a fork copies
 */
struct why {
	const struct process *process;
	uint64_t page, huge, per;
	struct smaps smaps;
	size_t next_smaps;
	char *mountinfo;
	char *enabled, *shmem_enabled;
	bool disabled;
	uint64_t max_none, max_swap, max_shared;
	uint64_t blocks;
	bool has_blocks;
	uint64_t pinned;
	size_t extent;
	struct span *spans;
	size_t span_count;
	struct list list;
	char **texts;
	size_t text_count;
	uint64_t eligible, eligible_huge, saved_tables, saved_translations,
		 fork_tables;
};

/* What a file of /sys/kernel/mm says; @absent if it is not there. */
static uint64_t read_number(const char *name, uint64_t absent)
{
	char *text = source_sys(name);
	uint64_t number = text ? strtoull(text, NULL, 10) : absent;

	free(text);

	return number;
}

/* The word in brackets; "" if there is none. */
static char *read_choice(const char *name)
{
	char *text = source_sys(name), *word = NULL;
	char *open = text ? strchr(text, '[') : NULL;

	if (open)
		word = format("%.*s", (int)strcspn(open + 1, "]"), open + 1);
	free(text);

	return word ? word : format("%s", "");
}

/* The mode of this size, which may be that of all. */
static char *read_mode(const char *name, uint64_t size)
{
	char *path = format("kernel/mm/transparent_hugepage/hugepages-%" PRIu64
			    "kB/%s", size / 1024, name);
	char *mode = read_choice(path);

	free(path);
	if (*mode && strcmp(mode, "inherit"))
		return mode;
	free(mode);
	path = format("kernel/mm/transparent_hugepage/%s", name);
	mode = read_choice(path);
	free(path);

	return mode;
}

/* A number behind a key of status, 0 if there is none. */
static uint64_t status_number(const char *status, const char *key,
			      uint64_t absent)
{
	const char *line = status ? strstr(status, key) : NULL;

	return line ? strtoull(line + strlen(key), NULL, 10) : absent;
}

/*
 * Blocks of a huge page and larger, as so many huge pages, in all zones but DMA,
 * which is kept for devices.
 */
static uint64_t count_blocks(const char *buddyinfo, unsigned int order)
{
	const char *line = buddyinfo, *counts;
	uint64_t blocks = 0, count;
	unsigned int i;
	char *end;

	for (; line && (line = strstr(line, "zone ")); line = counts) {
		line += strlen("zone ");
		line += strspn(line, " ");
		counts = line + strcspn(line, " \n");
		if (!strncmp(line, "DMA ", 4))
			continue;
		for (i = 0; *counts == ' '; i++, counts = end) {
			count = strtoull(counts, &end, 10);
			if (end == counts)
				break;
			if (i >= order)
				blocks += count << (i - order);
			/* a line may end in a blank */
			if (end[strspn(end, " ")] == '\n')
				break;
		}
	}

	return blocks;
}

static unsigned int order_of(uint64_t pages)
{
	return pages ? __builtin_ctzll(pages) : 0;
}

/* False if the process is gone. @input: there need not be any smaps in it */
static bool learn(struct why *why, const struct process *process, bool input)
{
	const struct pairs *geometry = &process->model.geometry;
	char *status = source_proc(process->pid, "status");
	char *buddyinfo = source_proc(0, "buddyinfo");
	const char *khugepaged = "kernel/mm/transparent_hugepage/khugepaged";
	char *name;

	*why = (struct why) {
		.process = process,
		.page = pairs_level(geometry, "entry_bytes", 1),
		.huge = pairs_level(geometry, "entry_bytes", 2),
		.list = list_new(&view_why),
		.mountinfo = source_proc(process->pid, "mountinfo"),
	};
	if (!why->page || !why->huge)
		fail(EXIT_FAILURE, "why: there is no geometry: pagetree capture writes all that it needs");
	why->per = why->huge / why->page;
	why->enabled = read_mode("enabled", why->huge);
	why->shmem_enabled = read_mode("shmem_enabled", why->huge);
	why->disabled = !status_number(status, "\nTHP_enabled:", 1);
	why->pinned = status_number(status, "\nVmPin:", 0) * 1024;
	why->has_blocks = buddyinfo;
	why->blocks = count_blocks(buddyinfo, order_of(why->per));
#define LIMIT(member, file, absent)					\
	name = format("%s/" file, khugepaged);				\
	why->member = read_number(name, absent);			\
	free(name)
	LIMIT(max_none, "max_ptes_none", why->per - 1);
	LIMIT(max_swap, "max_ptes_swap", why->per / 8);
	LIMIT(max_shared, "max_ptes_shared", why->per / 2);
#undef LIMIT
	free(status);
	free(buddyinfo);

	return smaps_read(&why->smaps, process->pid) || input;
}

static void forget(struct why *why)
{
	while (why->text_count)
		free(why->texts[--why->text_count]);
	free(why->texts);
	free(why->spans);
	free(why->mountinfo);
	free(why->enabled);
	free(why->shmem_enabled);
	smaps_free(&why->smaps);
	list_free(&why->list);
	free(why);
}

/* Keeps a text as long as the rows. */
static const char *keep(struct why *why, char *text)
{
	why->texts = room(why->texts, why->text_count, sizeof(text));
	why->texts[why->text_count++] = text;

	return text;
}

/* Looking */

/**
 * struct look - at one VMA
 * @vma: its row
 * @smaps: the same by smaps, or NULL
 * @congruent: whether its address and its offset agree modulo a huge page, or need not
 * @first, @last: of the whole, aligned huge pages in it
 * @eligible: bytes of these
 * @huge: bytes, of @eligible
 */
struct look {
	const struct row *vma;
	const struct smaps_vma *smaps;
	uint64_t start, end;
	bool congruent;
	uint64_t first, last;
	uint64_t eligible;
	uint64_t huge;
};

static uint64_t number(const struct row *row, enum field field)
{
	return row->values[field].number;
}

static bool is_kind(const struct look *look, const char *kind)
{
	return !strcmp(look->vma->values[FIELD_kind].text, kind);
}

/* Whether its pages are those of a file or of shared memory. */
static bool is_file(const struct look *look)
{
	return is_kind(look, "file") || is_kind(look, "shmem");
}

static bool has_flag(const struct look *look, const char *flag)
{
	return look->smaps && smaps_flag(look->smaps, flag);
}

/* The smaps of a VMA; both ascend. */
static const struct smaps_vma *find_smaps(struct why *why, uint64_t start)
{
	const struct smaps *smaps = &why->smaps;

	while (why->next_smaps < smaps->count &&
	       smaps->vmas[why->next_smaps].end <= start)
		why->next_smaps++;
	if (why->next_smaps == smaps->count ||
	    smaps->vmas[why->next_smaps].start > start)
		return NULL;

	return &smaps->vmas[why->next_smaps];
}

/* Adds entries of level 1 to the span that they are in. */
static void touch(struct why *why, uint64_t start, unsigned int pages,
		  const char *kind)
{
	struct span *span = why->span_count ?
			    &why->spans[why->span_count - 1] : NULL;

	if (!span || span->start != start) {
		why->spans = room(why->spans, why->span_count, sizeof(*span));
		span = &why->spans[why->span_count++];
		*span = (struct span) { .start = start };
	}
	if (!strcmp(kind, "swap"))
		span->swapped += pages;
	else if (!strcmp(kind, "leaf") || !strcmp(kind, "special"))
		span->pages += pages;
}

/* What of the VMA's huge pages is touched, by the extents of map. */
static void look_at_map(struct why *why, struct look *look)
{
	const struct list *map = &why->process->model.map;
	const union value *extent;
	uint64_t start, end, next;
	size_t i;

	why->span_count = 0;
	while (why->extent < map->count &&
	       list_row(map, why->extent)[MAP_end].number <= look->start)
		why->extent++;
	for (i = why->extent; i < map->count; i++) {
		extent = list_row(map, i);
		start = extent[MAP_start].number;
		end = extent[MAP_end].number;
		if (start >= look->last)
			break;
		start = start > look->first ? start : look->first;
		end = end < look->last ? end : look->last;
		if (start >= end)
			continue;
		if (extent[MAP_level].number > 1) {
			look->huge += end - start;
			continue;
		}
		for (; start < end; start = next) {
			next = (start / why->huge + 1) * why->huge;
			next = next < end ? next : end;
			touch(why, start - start % why->huge,
			      (next - start) / why->page,
			      extent[MAP_kind].text);
		}
	}
}

/* The VMA's shape */

/* Whether both belong together but for what they let through. */
static bool is_alike(const struct row *a, const struct row *b)
{
	return number(a, FIELD_end) == number(b, FIELD_start) &&
	       !strcmp(a->values[FIELD_kind].text, b->values[FIELD_kind].text) &&
	       !strcmp(a->values[FIELD_name].text, b->values[FIELD_name].text) &&
	       a->values[FIELD_perms].text[3] == b->values[FIELD_perms].text[3] &&
	       (!strcmp(a->values[FIELD_kind].text, "anon") ||
		number(a, FIELD_offset) + number(a, FIELD_size) ==
			number(b, FIELD_offset));
}

/* Whether a huge page that it has a part of lies in it and its neighbours. */
static bool is_divided(const struct why *why, const struct look *look)
{
	const struct list *vmas = &why->process->model.vmas;
	const struct row *const first = list_vmas(vmas);
	const struct row *const last = first + vmas->count - 1;
	const uint64_t edges[] = { look->start, look->end - 1 };
	uint64_t start = look->start, end = look->end, huge;
	const struct row *row;
	size_t i;

	for (row = look->vma; row > first && is_alike(row - 1, row) &&
	     look->start - start < why->huge; row--)
		start = number(row - 1, FIELD_start);
	for (row = look->vma; row < last && is_alike(row, row + 1) &&
	     end - look->end < why->huge; row++)
		end = number(row + 1, FIELD_end);
	for (i = 0; i < 2; i++) {
		huge = edges[i] - edges[i] % why->huge;
		if (huge >= start && huge + why->huge <= end)
			return true;
	}

	return false;
}

static enum reason judge_shape(struct why *why, const struct look *look,
			       char **evidence)
{
	const uint64_t size = look->end - look->start;
	const uint64_t offset = number(look->vma, FIELD_offset);
	char *text = size_text(size, false), *huge = size_text(why->huge, false);
	enum reason reason = FINE;

	if (!look->congruent && size >= why->huge) {
		*evidence = format("address 0x%" PRIx64 ", offset 0x%" PRIx64
				   ": %" PRIu64 "K apart modulo %s", look->start,
				   offset, (look->start - offset) % why->huge / 1024,
				   huge);
		reason = REASON_OFFSET;
	} else if (!look->eligible && look->congruent && is_divided(why, look)) {
		*evidence = format("%s of %s; its neighbours differ in protection",
				   text, look->vma->values[FIELD_perms].text);
		reason = REASON_PROTECTION;
	} else if (!look->eligible) {
		*evidence = format("%s, a huge page has %s", text, huge);
		reason = size < why->huge ? REASON_SMALL : REASON_MISALIGNED;
	}
	free(text);
	free(huge);

	return reason;
}

/* What was asked for */

/* The line of mountinfo of the file's device, from its type on; or NULL. */
static const char *mount_of(const struct why *why, const struct look *look)
{
	const char *line = why->mountinfo;
	unsigned int major, minor;

	for (; look->smaps && line && *line; line = strchr(line, '\n'),
	     line += line != NULL) {
		if (sscanf(line, "%*d %*d %u:%u ", &major, &minor) == 2 &&
		    major == look->smaps->device[0] &&
		    minor == look->smaps->device[1] && strstr(line, " - "))
			return strstr(line, " - ") + 3;
	}

	return NULL;
}

/* The kernel's own mount of shared memory is not in mountinfo. */
static bool is_mounted_tmpfs(const struct why *why, const struct look *look)
{
	const char *mount = mount_of(why, look);

	return mount && !strncmp(mount, "tmpfs ", 6);
}

/*
 * Shared memory is placed without regard to huge pages where it gets none: the
 * mode is in the way then, not the place.
 */
static bool is_congruent(const struct why *why, const struct look *look)
{
	return !is_file(look) ||
	       (look->start - number(look->vma, FIELD_offset)) % why->huge == 0 ||
	       (is_kind(look, "shmem") && !is_mounted_tmpfs(why, look) &&
		!strcmp(why->shmem_enabled, "never"));
}

static enum reason judge_mode(const char *mode, const char *file, bool advised,
			      char **evidence)
{
	if (!*mode) {
		*evidence = format("there is no transparent_hugepage/%s", file);
		return REASON_NEVER;
	}
	if (!strcmp(mode, "never") || !strcmp(mode, "deny")) {
		*evidence = format("transparent_hugepage/%s: %s", file, mode);
		return REASON_NEVER;
	}
	if ((!strcmp(mode, "madvise") || !strcmp(mode, "advise")) && !advised) {
		*evidence = format("transparent_hugepage/%s: %s; VmFlags without hg",
				   file, mode);
		return REASON_MADVISE;
	}

	return FINE;
}

static enum reason judge_file(const struct why *why, const struct look *look,
			      char **evidence)
{
	const char *mount = mount_of(why, look);
	const size_t len = mount ? strcspn(mount, " \n") : 0;
	const size_t options = mount ? strcspn(mount, "\n") : 0;
	const bool advised = has_flag(look, "hg");

	if (is_kind(look, "shmem")) {
		if (!is_mounted_tmpfs(why, look))
			return judge_mode(why->shmem_enabled, "shmem_enabled",
					  advised, evidence);
		if (memmem(mount, options, "huge=", 5) &&
		    !memmem(mount, options, "huge=never", 10))
			return FINE;
		*evidence = format("mounted without huge=");
		return REASON_TMPFS;
	}
	if (look->smaps && look->smaps->eligible == SMAPS_ELIGIBLE)
		return FINE;
	*evidence = format("%.*s, and khugepaged does not collapse such pages",
			   len ? (int)len : 19,
			   len ? mount : "unknown file system");

	return REASON_FILESYSTEM;
}

static enum reason judge_wish(const struct why *why, const struct look *look,
			      char **evidence)
{
	enum reason reason;

	if (why->disabled) {
		*evidence = format("THP_enabled: 0 in /proc/%d/status",
				   why->process->pid);
		return REASON_DISABLED;
	}
	if (has_flag(look, "nh")) {
		*evidence = format("VmFlags: nh");
		return REASON_NOHUGEPAGE;
	}
	reason = is_file(look) ? judge_file(why, look, evidence) :
			   judge_mode(why->enabled, "enabled",
				      has_flag(look, "hg"), evidence);
	if (reason != FINE)
		return reason;
	if (look->smaps && look->smaps->eligible == SMAPS_INELIGIBLE) {
		*evidence = format("THPeligible: 0");
		return REASON_INELIGIBLE;
	}

	return FINE;
}

/* The pages that are there */

/* What userfaultfd watches in it; NULL if nothing. */
static const char *watched(const struct look *look)
{
	return has_flag(look, "um") ? "um (missing)" :
	       has_flag(look, "ui") ? "ui (minor)" :
	       has_flag(look, "uw") ? "uw (write-protect)" : NULL;
}

/* What stands in the way of one span. @seen: its pages, if they could be looked at */
static enum reason judge_span(const struct why *why, const struct look *look,
			      const struct span *span, const struct pages *seen)
{
	/* a page that is missing has to stay so, and one that is protected too */
	if (watched(look) &&
	    (span->pages < why->per || number(look->vma, FIELD_uffd)))
		return REASON_UFFD;
	if (span->swapped > why->max_swap)
		return REASON_SWAP;
	if (seen && seen->ksm)
		return REASON_KSM;
	if (seen && seen->compound)
		return REASON_SPLIT;
	if (why->per - span->pages - span->swapped > why->max_none)
		return REASON_PARTIAL;
	if (seen && seen->shared > why->max_shared)
		return REASON_SHARED;
	if (why->pinned)
		return REASON_PINNED;

	return why->has_blocks && !why->blocks ? REASON_FRAGMENTED :
						 REASON_KHUGEPAGED;
}

/* Of the spans of one reason: how many, and the most and the least pages. */
struct tally {
	size_t count;
	unsigned int least, most;
	struct pages seen;
};

static char *evidence_of(const struct why *why, const struct look *look,
			 enum reason reason, const struct tally *tally,
			 size_t looked)
{
	char *where = format("%zu of %zu huge pages", tally->count, looked);
	char *text;

	switch (reason) {
	case REASON_UFFD:
		text = format("%s: %u to %u of %" PRIu64
			      " pages are there; VmFlags: %s", where,
			      tally->least, tally->most, why->per,
			      watched(look));
		break;
	case REASON_SWAP:
		text = format("%s: over %" PRIu64 " pages each are swapped out (max_ptes_swap)",
			      where, why->max_swap);
		break;
	case REASON_KSM:
		text = format("%s: %u pages are KSM's", where, tally->seen.ksm);
		break;
	case REASON_SPLIT:
		text = format("%s: %u pages lie in huge ones", where,
			      tally->seen.compound);
		break;
	case REASON_PARTIAL:
		text = format("%s: %u to %u of %" PRIu64
			      " pages are touched, %" PRIu64 " may miss (max_ptes_none)",
			      where, tally->least, tally->most, why->per,
			      why->max_none);
		break;
	case REASON_SHARED:
		text = format("%s: %u pages are shared, %" PRIu64
			      " each may be (max_ptes_shared)", where,
			      tally->seen.shared, why->max_shared);
		break;
	case REASON_PINNED:
		text = format("%s; VmPin: %" PRIu64 "K", where,
			      why->pinned / 1024);
		break;
	case REASON_FRAGMENTED:
		text = format("%s; buddyinfo: no free block of order %u", where,
			      order_of(why->per));
		break;
	default:
		text = format("%s: %u to %u of %" PRIu64 " pages are touched",
			      where, tally->least, tally->most, why->per);
	}
	free(where);

	return text;
}

/* The reason of most spans that were looked at. */
static enum reason judge_pages(const struct why *why, const struct look *look,
			       char **evidence)
{
	struct tally tallies[FINE] = { 0 }, *tally;
	enum reason reason, most = REASON_KHUGEPAGED;
	const struct span *span;
	struct pages seen;
	bool there;
	size_t i;

	for (i = 0; i < why->span_count && i < SAMPLES; i++) {
		span = &why->spans[i];
		there = source_pages(why->process->pid, span->start, why->huge,
				     why->page, &seen);
		reason = judge_span(why, look, span, there ? &seen : NULL);
		tally = &tallies[reason];
		if (!tally->count++ || span->pages < tally->least)
			tally->least = span->pages;
		if (span->pages > tally->most)
			tally->most = span->pages;
		tally->seen.ksm += seen.ksm;
		tally->seen.compound += seen.compound;
		tally->seen.shared += seen.shared;
	}
	for (reason = 0; reason < FINE; reason++)
		if (tallies[reason].count > tallies[most].count)
			most = reason;
	*evidence = evidence_of(why, look, most, &tallies[most], i);

	return most;
}

/* hugetlb: it is on the pages that it was made for, or has none. */
static enum reason judge_hugetlb(const struct look *look, char **evidence)
{
	const uint64_t holes = number(look->vma, FIELD_hole_bytes);
	uint64_t size = 0, free_pages, reserved;
	char *name;

	if (!holes)
		return FINE;
	if (look->smaps)
		size = look->smaps->kernel_page;
	name = format("kernel/mm/hugepages/hugepages-%" PRIu64 "kB/free_hugepages",
		      size / 1024);
	free_pages = read_number(name, UNKNOWN);
	free(name);
	name = format("kernel/mm/hugepages/hugepages-%" PRIu64 "kB/resv_hugepages",
		      size / 1024);
	reserved = read_number(name, 0);
	free(name);
	if (free_pages <= reserved && free_pages != UNKNOWN &&
	    has_flag(look, "nr")) {
		*evidence = format("hugepages-%" PRIu64 "kB: %" PRIu64
				   " free, %" PRIu64 " of them reserved; not reserved for this",
				   size / 1024, free_pages, reserved);
		return REASON_POOL;
	}
	*evidence = format("%" PRIu64 "K are not touched yet", holes / 1024);

	return REASON_UNTOUCHED;
}

static enum reason judge(struct why *why, struct look *look, char **evidence)
{
	enum reason reason;

	if (is_kind(look, "pfnmap") || has_flag(look, "pf")) {
		*evidence = format("VmFlags: pf%s",
				   has_flag(look, "io") ? " io" : "");
		return REASON_PFNMAP;
	}
	if (is_kind(look, "hugetlb"))
		return judge_hugetlb(look, evidence);
	reason = judge_shape(why, look, evidence);
	if (reason != FINE)
		return reason;
	if (!number(look->vma, FIELD_mapped) &&
	    !number(look->vma, FIELD_nonpresent)) {
		*evidence = format("no page of it");
		return REASON_UNTOUCHED;
	}
	if (!why->span_count)
		return FINE;
	reason = judge_wish(why, look, evidence);

	return reason == FINE ? judge_pages(why, look, evidence) : reason;
}

/* Rows */

static void add_row(struct why *why, const struct look *look, enum reason reason,
		    char *evidence)
{
	const struct row *vma = look->vma;
	union value *row = why->list.count ?
			   list_row(&why->list, why->list.count - 1) : NULL;
	const char *name = vma->values[FIELD_name].text;
	/* the VMA before it is the last of the row, and says the same */
	const bool goes_on = row && vma > list_vmas(&why->process->model.vmas) &&
			     row[WHY_end].number == number(vma - 1, FIELD_end) &&
			     row[WHY_reason].text == reasons[reason].code &&
			     !strcmp(row[WHY_kind].text,
				     vma->values[FIELD_kind].text) &&
			     (reason == REASON_SMALL ||
			      reason == REASON_PROTECTION ||
			      !strcmp(row[WHY_evidence].text, evidence));

	if (!goes_on) {
		row = list_add(&why->list);
		row[WHY_start].number = look->start;
		row[WHY_size].number = 0;
		row[WHY_vmas].number = 0;
		row[WHY_perms].text = vma->values[FIELD_perms].text;
		row[WHY_kind].text = vma->values[FIELD_kind].text;
		row[WHY_reason].text = reasons[reason].code;
		row[WHY_remedy].text = reasons[reason].remedy;
		row[WHY_evidence].text = keep(why, evidence);
		row[WHY_name].text = name;
		row[WHY_eligible].number = 0;
		row[WHY_huge].number = 0;
		row[WHY_small].number = 0;
		row[WHY_spans].number = 0;
	} else {
		free(evidence);
	}
	row[WHY_end].number = look->end;
	row[WHY_size].number += look->end - look->start;
	row[WHY_vmas].number++;
	row[WHY_eligible].number += look->eligible;
	row[WHY_small].number += number(vma, FIELD_bytes);
	row[WHY_huge].number += number(vma, FIELD_mapped) -
				number(vma, FIELD_bytes);
	row[WHY_spans].number += why->span_count;
}

/* What would be won, and what a fork would copy. */
static void sum_up(struct why *why, const struct look *look)
{
	size_t i;

	why->eligible += look->eligible;
	why->eligible_huge += look->huge;
	for (i = 0; i < why->span_count; i++)
		if (why->spans[i].pages)
			why->saved_translations += why->spans[i].pages - 1;
	why->saved_tables += why->span_count;
	if (is_kind(look, "anon") || is_kind(look, "hugetlb") ||
	    is_kind(look, "pfnmap") ||
	    (look->smaps && look->smaps->anonymous))
		why->fork_tables += number(look->vma, FIELD_all_tables);
}

static void look_at(struct why *why, const struct row *vma)
{
	struct look look = {
		.vma = vma,
		.start = number(vma, FIELD_start),
		.end = number(vma, FIELD_end),
	};
	char *evidence = NULL;
	enum reason reason;

	look.smaps = find_smaps(why, look.start);
	look.first = (look.start + why->huge - 1) / why->huge * why->huge;
	look.last = look.end / why->huge * why->huge;
	look.congruent = is_congruent(why, &look);
	if (look.last < look.first || is_kind(&look, "pfnmap") ||
	    is_kind(&look, "special") || !look.congruent)
		look.last = look.first;
	look.eligible = look.last - look.first;
	look_at_map(why, &look);
	reason = judge(why, &look, &evidence);
	sum_up(why, &look);
	if (reason != FINE)
		add_row(why, &look, reason, evidence);
	else
		free(evidence);
}

/* Printing */

static void print_json(const struct why *why, const struct style *style)
{
	const uint64_t table = pairs_number(&why->process->model.geometry,
					    "table_bytes");

	json_open("why_summary", '{');
	json_number("huge_bytes", why->huge);
	json_number("eligible", why->eligible);
	json_number("eligible_huge", why->eligible_huge);
	if (why->has_blocks)
		json_number("free_huge_pages", why->blocks);
	json_number("saved_tables", why->saved_tables);
	json_number("saved_translations", why->saved_translations);
	json_number("fork_tables", why->fork_tables);
	json_number("fork_bytes", why->fork_tables * table);
	json_string("enabled", why->enabled);
	json_string("shmem_enabled", why->shmem_enabled);
	json_close('}');
	columns_json(&why->list, style);
}

static void print_summary(const struct why *why, const struct style *style)
{
	const uint64_t table = pairs_number(&why->process->model.geometry,
					    "table_bytes");
	char *title = process_title(why->process);
	char *eligible = size_text(why->eligible, style->bytes);
	char *got = size_text(why->eligible_huge, style->bytes);
	char *huge = size_text(why->huge, style->bytes);
	char *copied = size_text(why->fork_tables * table, style->bytes);

	printf("%s: %s could be on pages of %s, %s are (%.1f%%); THP: %s, of shmem: %s\n",
	       title, eligible, huge, got,
	       why->eligible ? 100.0 * why->eligible_huge / why->eligible : 0,
	       *why->enabled ? why->enabled : "?",
	       *why->shmem_enabled ? why->shmem_enabled : "?");
	if (why->has_blocks)
		printf("memory has %" PRIu64 " more of them without compaction; ",
		       why->blocks);
	printf("what is touched would then translate by %" PRIu64
	       " tables and %" PRIu64 " TLB entries fewer\n",
	       why->saved_tables, why->saved_translations);
	printf("a fork copies up to %" PRIu64 " tables, %s\n",
	       why->fork_tables, copied);
	free(title);
	free(eligible);
	free(got);
	free(huge);
	free(copied);
}

/* Each reason that was found, once, with what can be done. */
static void print_remedies(const struct why *why)
{
	bool said[FINE] = { false };
	size_t i;
	int reason;

	for (i = 0; i < why->list.count; i++)
		for (reason = 0; reason < FINE; reason++)
			if (list_row(&why->list, i)[WHY_reason].text ==
			    reasons[reason].code)
				said[reason] = true;
	putchar('\n');
	for (reason = 0; reason < FINE; reason++)
		if (said[reason])
			printf("%s: %s. To do: %s\n", reasons[reason].code,
			       reasons[reason].meaning, reasons[reason].remedy);
}

static bool look_at_all(struct process *process, const struct options *options)
{
	const struct list *vmas = &process->model.vmas;
	size_t i;

	if (!vmas->present || !process->model.map.present)
		fail(EXIT_FAILURE, "%s: why takes vmas and map: pagetree capture writes all that it needs",
		     options->input);
	process->why = resize(NULL, 1, sizeof(*process->why));
	if (!learn(process->why, process, options->input)) {
		forget(process->why);
		return false;
	}
	for (i = 0; i < vmas->count; i++)
		look_at(process->why, &list_vmas(vmas)[i]);

	return true;
}

static void print(const struct process *process, const struct options *options)
{
	const struct style *style = &options->style;
	const bool people = style->format == FORMAT_TABLE && style->headings;
	struct why *why = process->why;

	/* it has moved on in memory since */
	why->process = process;
	if (style->format == FORMAT_JSON) {
		print_json(why, style);
	} else {
		if (people) {
			print_summary(why, style);
			putchar('\n');
		}
		columns_print(&why->list, &process->model.geometry, style,
			      options->pid_count > 1 && !people ?
				      process->pid : 0);
		if (people)
			print_remedies(why);
	}
	forget(why);
}

int run_why(const struct options *options)
{
	static const char *const files[] = { "vmas", "map", NULL };

	return processes_run(options, files, look_at_all, print);
}

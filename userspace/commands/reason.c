// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reason.h"
#include "input/source.h"

#define SAMPLES	32	/* spans of a VMA whose pages are looked at */

const struct reason_info reasons[FINE] = {
#define X(enumerator, ...) [REASON_##enumerator] = { __VA_ARGS__ },
	REASONS(X)
#undef X
};

/* What a file of /sys/kernel/mm says; @absent if it is not there. */
uint64_t why_number(const char *name, uint64_t absent)
{
	char *text = source_sys(name);
	uint64_t number = text ? strtoull(text, NULL, 10) : absent;

	free(text);

	return number;
}

unsigned int why_order(uint64_t pages)
{
	return pages ? __builtin_ctzll(pages) : 0;
}

bool look_is(const struct look *look, const char *kind)
{
	return !strcmp(look->vma->values[FIELD_kind].text, kind);
}

/* Whether its pages are those of a file or of shared memory. */
static bool is_file(const struct look *look)
{
	return look_is(look, "file") || look_is(look, "shmem");
}

bool look_flag(const struct look *look, const char *flag)
{
	return look->smaps && smaps_flag(look->smaps, flag);
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
bool look_is_congruent(const struct why *why, const struct look *look)
{
	return !is_file(look) ||
	       (look->start - number(look->vma, FIELD_offset)) % why->huge == 0 ||
	       (look_is(look, "shmem") && !is_mounted_tmpfs(why, look) &&
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
	const bool advised = look_flag(look, "hg");

	if (look_is(look, "shmem")) {
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
	if (look_flag(look, "nh")) {
		*evidence = format("VmFlags: nh");
		return REASON_NOHUGEPAGE;
	}
	reason = is_file(look) ? judge_file(why, look, evidence) :
			   judge_mode(why->enabled, "enabled",
				      look_flag(look, "hg"), evidence);
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
	return look_flag(look, "um") ? "um (missing)" :
	       look_flag(look, "ui") ? "ui (minor)" :
	       look_flag(look, "uw") ? "uw (write-protect)" : NULL;
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
			      why_order(why->per));
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
	free_pages = why_number(name, UNKNOWN);
	free(name);
	name = format("kernel/mm/hugepages/hugepages-%" PRIu64 "kB/resv_hugepages",
		      size / 1024);
	reserved = why_number(name, 0);
	free(name);
	if (free_pages <= reserved && free_pages != UNKNOWN &&
	    look_flag(look, "nr")) {
		*evidence = format("hugepages-%" PRIu64 "kB: %" PRIu64
				   " free, %" PRIu64 " of them reserved; not reserved for this",
				   size / 1024, free_pages, reserved);
		return REASON_POOL;
	}
	*evidence = format("%" PRIu64 "K are not touched yet", holes / 1024);

	return REASON_UNTOUCHED;
}

enum reason why_judge(struct why *why, struct look *look, char **evidence)
{
	enum reason reason;

	if (look_is(look, "pfnmap") || look_flag(look, "pf")) {
		*evidence = format("VmFlags: pf%s",
				   look_flag(look, "io") ? " io" : "");
		return REASON_PFNMAP;
	}
	if (look_is(look, "hugetlb"))
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


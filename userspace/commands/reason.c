// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reason.h"
#include "input/pages.h"
#include "input/system.h"

#define SAMPLES	32	/* spans of a VMA whose pages are read */

const struct reason_info reasons[FINE] = {
#define X(enumerator, ...) [REASON_##enumerator] = { __VA_ARGS__ },
	REASONS(X)
#undef X
};

unsigned int why_order(uint64_t pages)
{
	return pages ? __builtin_ctzll(pages) : 0;
}

/* Sets the evidence, and is the reason. */
#define because(candidate, reason, ...)					\
	((candidate)->evidence = format(__VA_ARGS__), REASON_##reason)

bool candidate_is(const struct candidate *candidate, const char *kind)
{
	return !strcmp(candidate->vma->values[FIELD_kind].text, kind);
}

/* Whether its pages belong to a file or to shared memory. */
static bool is_file(const struct candidate *candidate)
{
	return candidate_is(candidate, "file") || candidate_is(candidate, "shmem");
}

bool candidate_flag(const struct candidate *candidate, const char *flag)
{
	return candidate->smaps && smaps_flag(candidate->smaps, flag);
}

/* The VMA's shape */

/* Whether two VMAs would merge if their protection were equal. */
static bool is_alike(const struct row *a, const struct row *b)
{
	return row_number(a, FIELD_end) == row_number(b, FIELD_start) &&
	       !strcmp(a->values[FIELD_kind].text, b->values[FIELD_kind].text) &&
	       !strcmp(a->values[FIELD_name].text, b->values[FIELD_name].text) &&
	       a->values[FIELD_perms].text[3] == b->values[FIELD_perms].text[3] &&
	       (!strcmp(a->values[FIELD_kind].text, "anon") ||
		row_number(a, FIELD_offset) + row_number(a, FIELD_size) ==
			row_number(b, FIELD_offset));
}

/* Whether a huge page at an edge would fit into the VMA and its neighbours. */
static bool is_divided(const struct why *why, const struct candidate *candidate)
{
	const struct list *vmas = &why->process->model.vmas;
	const struct row *const first = list_vmas(vmas);
	const struct row *const last = first + vmas->count - 1;
	const uint64_t edges[] = { candidate->start, candidate->end - 1 };
	uint64_t start = candidate->start, end = candidate->end, huge;
	const struct row *row;
	size_t i;

	for (row = candidate->vma; row > first && is_alike(row - 1, row) &&
	     candidate->start - start < why->huge; row--)
		start = row_number(row - 1, FIELD_start);
	for (row = candidate->vma; row < last && is_alike(row, row + 1) &&
	     end - candidate->end < why->huge; row++)
		end = row_number(row + 1, FIELD_end);
	for (i = 0; i < 2; i++) {
		huge = edges[i] - edges[i] % why->huge;
		if (huge >= start && huge + why->huge <= end)
			return true;
	}

	return false;
}

static enum reason judge_shape(const struct why *why, struct candidate *candidate)
{
	const uint64_t size = candidate->end - candidate->start;
	const uint64_t offset = row_number(candidate->vma, FIELD_offset);
	const uint64_t apart = (candidate->start - offset) % why->huge;
	char *text = size_text(size, false), *huge = size_text(why->huge, false);
	enum reason reason = FINE;

	if (!candidate->congruent && size >= why->huge)
		reason = because(candidate, OFFSET, "address 0x%" PRIx64
				 ", offset 0x%" PRIx64 ": %" PRIu64 "K apart modulo %s",
				 candidate->start, offset, apart / 1024, huge);
	else if (!candidate->eligible && candidate->congruent &&
		 is_divided(why, candidate))
		reason = because(candidate, PROTECTION,
				 "%s of %s; its neighbours differ in protection",
				 text, candidate->vma->values[FIELD_perms].text);
	else if (!candidate->eligible && size < why->huge)
		reason = because(candidate, SMALL, "%s, a huge page has %s", text,
				 huge);
	else if (!candidate->eligible)
		reason = because(candidate, MISALIGNED, "%s, a huge page has %s",
				 text, huge);
	free(text);
	free(huge);

	return reason;
}

/* The wishes of the process and of the administrator */

/* The rest of the file's line in mountinfo, from the file system on; or NULL. */
static const char *mount_of(const struct why *why, const struct candidate *candidate)
{
	const char *line = why->mountinfo;
	unsigned int major, minor;

	for (; candidate->smaps && line && *line; line = strchr(line, '\n'),
	     line += line != NULL) {
		if (sscanf(line, "%*d %*d %u:%u ", &major, &minor) == 2 &&
		    major == candidate->smaps->device[0] &&
		    minor == candidate->smaps->device[1] && strstr(line, " - "))
			return strstr(line, " - ") + 3;
	}

	return NULL;
}

/* The kernel's own mount of shared memory is not in mountinfo. */
static bool is_mounted_tmpfs(const struct why *why, const struct candidate *candidate)
{
	const char *mount = mount_of(why, candidate);

	return mount && !strncmp(mount, "tmpfs ", 6);
}

/*
 * If the mode allows shared memory no huge pages, the kernel chooses its address
 * without regard to them. The reason is the mode then, not the address.
 */
bool candidate_is_congruent(const struct why *why, const struct candidate *candidate)
{
	const uint64_t offset = row_number(candidate->vma, FIELD_offset);

	return !is_file(candidate) ||
	       (candidate->start - offset) % why->huge == 0 ||
	       (candidate_is(candidate, "shmem") && !is_mounted_tmpfs(why, candidate) &&
		!strcmp(why->shmem_enabled, "never"));
}

/* @file: of transparent_hugepage, with @mode; @candidate: needs to be advised if so */
static enum reason judge_mode(struct candidate *candidate, const char *mode,
			      const char *file)
{
	if (!*mode)
		return because(candidate, NEVER,
			       "there is no transparent_hugepage/%s", file);
	if (!strcmp(mode, "never") || !strcmp(mode, "deny"))
		return because(candidate, NEVER, "transparent_hugepage/%s: %s",
			       file, mode);
	if ((!strcmp(mode, "madvise") || !strcmp(mode, "advise")) &&
	    !candidate_flag(candidate, "hg"))
		return because(candidate, MADVISE,
			       "transparent_hugepage/%s: %s; VmFlags without hg",
			       file, mode);

	return FINE;
}

static enum reason judge_file(const struct why *why, struct candidate *candidate)
{
	const char *mount = mount_of(why, candidate);
	const size_t len = mount ? strcspn(mount, " \n") : 0;
	const size_t options = mount ? strcspn(mount, "\n") : 0;

	if (candidate_is(candidate, "shmem")) {
		if (!is_mounted_tmpfs(why, candidate))
			return judge_mode(candidate, why->shmem_enabled,
					  "shmem_enabled");
		if (memmem(mount, options, "huge=", 5) &&
		    !memmem(mount, options, "huge=never", 10))
			return FINE;
		return because(candidate, TMPFS, "mounted without huge=");
	}
	if (candidate->smaps && candidate->smaps->eligible == SMAPS_ELIGIBLE)
		return FINE;

	return because(candidate, FILESYSTEM,
		       "%.*s, and khugepaged does not collapse such pages",
		       len ? (int)len : 19, len ? mount : "unknown file system");
}

static enum reason judge_wish(const struct why *why, struct candidate *candidate)
{
	enum reason reason;

	if (why->disabled)
		return because(candidate, DISABLED,
			       "THP_enabled: 0 in /proc/%d/status",
			       why->process->pid);
	if (candidate_flag(candidate, "nh"))
		return because(candidate, NOHUGEPAGE, "VmFlags: nh");
	reason = is_file(candidate) ? judge_file(why, candidate) :
		 judge_mode(candidate, why->enabled, "enabled");
	if (reason == FINE && candidate->smaps &&
	    candidate->smaps->eligible == SMAPS_INELIGIBLE)
		return because(candidate, INELIGIBLE, "THPeligible: 0");

	return reason;
}

/* The pages themselves */

/* The faults that userfaultfd handles in the VMA; NULL if it handles none. */
static const char *watched(const struct candidate *candidate)
{
	return candidate_flag(candidate, "um") ? "um (missing)" :
	       candidate_flag(candidate, "ui") ? "ui (minor)" :
	       candidate_flag(candidate, "uw") ? "uw (write-protect)" : NULL;
}

/* Why one span is not on a huge page. @seen: its pages, or NULL if unknown */
static enum reason judge_span(const struct why *why, const struct candidate *candidate,
			      const struct span *span, const struct pages *seen)
{
	/* khugepaged fills no missing page and unprotects no page */
	if (watched(candidate) &&
	    (span->pages < why->per || row_number(candidate->vma, FIELD_uffd)))
		return REASON_UFFD;
	if (span->swapped > why->max_swap)
		return REASON_SWAP;
	/* the kernel may set KPF_KSM where nothing was merged */
	if (seen && seen->ksm && why->merged && candidate_flag(candidate, "mg"))
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

/* struct tally - the spans of one reason; @least, @most: touched pages of a span */
struct tally {
	size_t count;
	unsigned int least, most;
	struct pages seen;
};

static char *evidence_of(const struct why *why, const struct candidate *candidate,
			 enum reason reason, const struct tally *tally,
			 size_t looked)
{
	char *text = format("%zu of %zu huge pages", tally->count, looked);

	if (reason == REASON_UFFD || reason == REASON_PARTIAL ||
	    reason == REASON_KHUGEPAGED)
		append(&text, ": %u to %u of %" PRIu64 " pages are %s",
		       tally->least, tally->most, why->per,
		       reason == REASON_UFFD ? "there" : "touched");
	switch (reason) {
	case REASON_UFFD:
		append(&text, "; VmFlags: %s", watched(candidate));
		break;
	case REASON_SWAP:
		append(&text, ": over %" PRIu64 " pages each are swapped out (max_ptes_swap)",
		       why->max_swap);
		break;
	case REASON_KSM:
		append(&text, ": %u pages are KSM's", tally->seen.ksm);
		break;
	case REASON_SPLIT:
		append(&text, ": %u pages lie in huge ones", tally->seen.compound);
		break;
	case REASON_PARTIAL:
		append(&text, ", %" PRIu64 " may miss (max_ptes_none)",
		       why->max_none);
		break;
	case REASON_SHARED:
		append(&text, ": %u pages are shared, %" PRIu64
		       " each may be (max_ptes_shared)", tally->seen.shared,
		       why->max_shared);
		break;
	case REASON_PINNED:
		append(&text, "; VmPin: %" PRIu64 "K", why->pinned / 1024);
		break;
	case REASON_FRAGMENTED:
		append(&text, "; buddyinfo: no free block of order %u",
		       why_order(why->per));
		break;
	default:
		break;
	}

	return text;
}

/* The most common reason among the sampled spans. */
static enum reason judge_pages(const struct why *why, struct candidate *candidate)
{
	struct tally tallies[FINE] = { 0 }, *tally;
	enum reason reason, most = REASON_KHUGEPAGED;
	const struct span *span;
	struct pages seen;
	bool there;
	size_t i;

	for (i = 0; i < why->span_count && i < SAMPLES; i++) {
		span = &why->spans[i];
		there = pages_look(why->process->pid, span->start, why->huge,
				     why->page, &seen);
		reason = judge_span(why, candidate, span, there ? &seen : NULL);
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
	candidate->evidence = evidence_of(why, candidate, most, &tallies[most], i);

	return most;
}

/* A number of the pool for huge pages of @size bytes; @absent if there is no pool. */
static uint64_t pool_number(uint64_t size, const char *file, uint64_t absent)
{
	char *name = format("kernel/mm/hugepages/hugepages-%" PRIu64 "kB/%s",
			    size / 1024, file);
	const uint64_t number_of = sys_number(name, absent);

	free(name);

	return number_of;
}

/* A hugetlb VMA is on pages of its size, or on none. */
static enum reason judge_hugetlb(struct candidate *candidate)
{
	const uint64_t holes = row_number(candidate->vma, FIELD_hole_bytes);
	const uint64_t size = candidate->smaps ? candidate->smaps->kernel_page : 0;
	const uint64_t unused = pool_number(size, "free_hugepages", UNKNOWN);
	const uint64_t reserved = pool_number(size, "resv_hugepages", 0);

	if (!holes)
		return FINE;
	if (unused <= reserved && unused != UNKNOWN &&
	    candidate_flag(candidate, "nr"))
		return because(candidate, POOL, "hugepages-%" PRIu64 "kB: %" PRIu64
			       " free, %" PRIu64 " of them reserved; not reserved for this",
			       size / 1024, unused, reserved);

	return because(candidate, UNTOUCHED, "%" PRIu64 "K are not touched yet",
		       holes / 1024);
}

enum reason why_judge(const struct why *why, struct candidate *candidate)
{
	enum reason reason;

	if (candidate_is(candidate, "pfnmap") || candidate_flag(candidate, "pf"))
		return because(candidate, PFNMAP, "VmFlags: pf%s",
			       candidate_flag(candidate, "io") ? " io" : "");
	if (candidate_is(candidate, "hugetlb"))
		return judge_hugetlb(candidate);
	reason = judge_shape(why, candidate);
	if (reason != FINE)
		return reason;
	if (!row_number(candidate->vma, FIELD_mapped) &&
	    !row_number(candidate->vma, FIELD_nonpresent))
		return because(candidate, UNTOUCHED, "no page of it");
	if (!why->span_count)
		return FINE;
	reason = judge_wish(why, candidate);

	return reason == FINE ? judge_pages(why, candidate) : reason;
}

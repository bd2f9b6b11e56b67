// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reason.h"
#include "input/system.h"

const struct reason_info reasons[FINE] = {
#define X(enumerator, ...) [REASON_##enumerator] = { __VA_ARGS__ },
	REASONS(X)
#undef X
};

/* The VMA's shape */

/* Whether a name is one that a program gave by prctl(), or none. */
static bool is_given(const char *name)
{
	return !*name || starts_with(name, "[anon:");
}

/* Whether two VMAs are neighbours of one kind, which would merge if they were equal. */
static bool is_alike(const struct row *a, const struct row *b)
{
	const char *names[] = { a->values[FIELD_name].text,
				b->values[FIELD_name].text };

	return row_number(a, FIELD_end) == row_number(b, FIELD_start) &&
	       !strcmp(a->values[FIELD_kind].text, b->values[FIELD_kind].text) &&
	       (!strcmp(names[0], names[1]) ||
		(is_given(names[0]) && is_given(names[1]))) &&
	       a->values[FIELD_perms].text[3] == b->values[FIELD_perms].text[3] &&
	       (!strcmp(a->values[FIELD_kind].text, "anon") ||
		row_number(a, FIELD_offset) + row_number(a, FIELD_size) ==
			row_number(b, FIELD_offset));
}

/* The VMA of smaps that begins where a row does, or NULL. */
static const struct smaps_vma *smaps_of(const struct why *why, const struct row *row)
{
	const uint64_t start = row_number(row, FIELD_start);
	size_t low = 0, high = why->smaps.count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (why->smaps.vmas[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}

	return low < why->smaps.count && why->smaps.vmas[low].start == start ?
	       &why->smaps.vmas[low] : NULL;
}

/* Whether a flag keeps VMAs from merging: soft-dirty and guards do not. */
static bool divides(const char *flag)
{
	return strcmp(flag, "sd") && strcmp(flag, "gu");
}

/* Adds the flags of @a that @b does not have. */
static void add_flags(char **text, const struct smaps_vma *a,
		      const struct smaps_vma *b)
{
	const char *flag = strchr(a->flags, ':');
	char word[3];

	for (; flag && sscanf(flag + 1, "%2s", word) == 1; flag += 3)
		if (divides(word) && !smaps_flag(b, word))
			append(text, " %s", word);
}

/* struct divide - the VMAs that a huge page would need: @first to @last */
struct divide {
	const struct row *first, *last;
};

/* Whether a huge page at an edge would fit into the VMA and its neighbours. */
static bool is_divided(const struct why *why, const struct candidate *candidate,
		       struct divide *divide)
{
	const struct list *vmas = &why->process->model.vmas;
	const struct row *const first = list_vmas(vmas);
	const struct row *const last = first + vmas->count - 1;
	const uint64_t edges[] = { candidate->start, candidate->end - 1 };
	uint64_t start, end, huge;
	size_t i;

	for (i = 0; i < 2; i++) {
		huge = edges[i] - edges[i] % why->huge;
		start = candidate->start;
		end = candidate->end;
		divide->first = candidate->vma;
		divide->last = candidate->vma;
		for (; start > huge && divide->first > first &&
		     is_alike(divide->first - 1, divide->first); divide->first--)
			start = row_number(divide->first - 1, FIELD_start);
		for (; end < huge + why->huge && divide->last < last &&
		     is_alike(divide->last, divide->last + 1); divide->last++)
			end = row_number(divide->last + 1, FIELD_end);
		if (huge >= start && huge + why->huge <= end)
			return true;
	}

	return false;
}

/* What divides the huge page: protection, or else flags, a name, or what smaps does not show. */
static enum reason judge_division(const struct why *why, struct candidate *candidate,
				  const struct divide *divide, const char *size)
{
	const char *perms = candidate->vma->values[FIELD_perms].text;
	const struct smaps_vma *other;
	const struct row *row;
	char *differ = NULL;
	bool named = false;

	for (row = divide->first; row <= divide->last; row++) {
		if (strcmp(row->values[FIELD_perms].text, perms))
			return because(candidate, PROTECTION,
				       "%s of %s; its neighbours differ in protection",
				       size, perms);
		other = smaps_of(why, row);
		if (candidate->smaps && other) {
			add_flags(&differ, candidate->smaps, other);
			add_flags(&differ, other, candidate->smaps);
		}
		named |= strcmp(row->values[FIELD_name].text,
				candidate->vma->values[FIELD_name].text);
	}
	candidate->evidence = format("%s of %s, as its neighbours; %s%s", size, perms,
		differ ? "VmFlags differ:" : named ? "their names differ" :
		"they differ in what smaps does not show: mbind(), userfaultfd, mremap() or a fork",
		differ ? differ : "");
	free(differ);

	return REASON_FLAGS;
}

static enum reason judge_shape(const struct why *why, struct candidate *candidate)
{
	const uint64_t size = candidate->end - candidate->start;
	const uint64_t offset = row_number(candidate->vma, FIELD_offset);
	const uint64_t apart = (candidate->start - offset) % why->huge;
	char *text = size_text(size, false), *huge = size_text(why->huge, false);
	enum reason reason = FINE;
	struct divide divide;

	if (!candidate->congruent && size >= why->huge)
		reason = because(candidate, OFFSET, "address 0x%" PRIx64
				 ", offset 0x%" PRIx64 ": %" PRIu64 "K apart modulo %s",
				 candidate->start, offset, apart / 1024, huge);
	else if (!candidate->eligible && candidate->congruent &&
		 is_divided(why, candidate, &divide))
		reason = judge_division(why, candidate, &divide, text);
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
bool why_on_tmpfs(const struct why *why, const struct candidate *candidate)
{
	const char *mount = mount_of(why, candidate);

	return mount && !strncmp(mount, "tmpfs ", 6);
}

/* Shared anonymous memory has a mode for each size; memfd and SysV go by the mode of all. */
const struct mode *why_mode(const struct why *why, const struct candidate *candidate)
{
	const char *name = candidate->vma->values[FIELD_name].text;

	if (!candidate_is(candidate, "shmem"))
		return &why->enabled;

	return starts_with(name, "/dev/zero") || starts_with(name, "[anon_shmem") ?
	       &why->shmem : &why->shmem_all;
}

/*
 * If the mode allows shared memory no huge pages, the kernel chooses its address
 * without regard to them. The reason is the mode then, not the address.
 */
bool candidate_is_congruent(const struct why *why, const struct candidate *candidate)
{
	const uint64_t offset = row_number(candidate->vma, FIELD_offset);

	return !candidate_is_file(candidate) ||
	       (candidate->start - offset) % why->huge == 0 ||
	       (candidate_is(candidate, "shmem") && !why_on_tmpfs(why, candidate) &&
		!strcmp(why_mode(why, candidate)->word, "never"));
}

/* Sets the remedy for a mode: the file that decides, and hugetlb for shared memory. */
static void remedy_mode(const struct why *why, struct candidate *candidate,
			const struct mode *mode, bool advice)
{
	const bool shmem = candidate_is(candidate, "shmem");
	char *pool = shmem ? pool_advice(why, candidate->end - candidate->start) : NULL;

	candidate->remedy = format("%secho always >/sys/kernel/mm/transparent_hugepage/%s%s%s",
		advice ? "madvise(MADV_HUGEPAGE) in the program, or " : "",
		mode->file, shmem ? " for what is mapped from then on" :
		", then restart it or let it map more: a mode does not put processes on khugepaged's list",
		pool ? pool : "");
	free(pool);
}

/* Sets the remedy for a size that transparent huge pages of this kernel do not have. */
static void remedy_size(const struct why *why, struct candidate *candidate)
{
	char *pool = pool_advice(why, candidate->end - candidate->start);

	candidate->remedy = format("a size that this kernel has: see the modes above, or Linux 6.8 and newer%s",
				   pool ? pool : "");
	free(pool);
}

/* @candidate: needs to be advised if the mode says so */
static enum reason judge_mode(const struct why *why, struct candidate *candidate,
			      const struct mode *mode)
{
	if (!*mode->word) {
		if (why->huge != why->level2)
			remedy_size(why, candidate);
		return because(candidate, NEVER,
			       "there is no transparent_hugepage/%s", mode->file);
	}
	if (!strcmp(mode->word, "never") || !strcmp(mode->word, "deny")) {
		remedy_mode(why, candidate, mode, false);
		return because(candidate, NEVER, "transparent_hugepage/%s: %s",
			       mode->file, mode->word);
	}
	if ((!strcmp(mode->word, "madvise") || !strcmp(mode->word, "advise")) &&
	    !candidate_flag(candidate, "hg")) {
		remedy_mode(why, candidate, mode, true);
		return because(candidate, MADVISE,
			       "transparent_hugepage/%s: %s; VmFlags without hg",
			       mode->file, mode->word);
	}
	/* before 7.x khugepaged runs only if anonymous memory may have huge pages */
	if (mode != &why->enabled && !strcmp(why->enabled.word, "never") &&
	    why->huge == why->level2 && !proc_is_since(7, 0, true)) {
		remedy_mode(why, candidate, &why->enabled, false);
		return because(candidate, NEVER, "transparent_hugepage/%s: %s, which ends khugepaged",
			       why->enabled.file, why->enabled.word);
	}

	return FINE;
}

/* Whether most of what it has of a file are its own copies. */
static bool is_copied(const struct candidate *candidate)
{
	return candidate->smaps && candidate->smaps->perms[3] == 'p' &&
	       candidate->smaps->anonymous * 2 >
		       row_number(candidate->vma, FIELD_mapped);
}

static enum reason judge_file(const struct why *why, struct candidate *candidate)
{
	const char *mount = mount_of(why, candidate);
	const size_t len = mount ? strcspn(mount, " \n") : 0;
	const size_t options = mount ? strcspn(mount, "\n") : 0;

	if (candidate_is(candidate, "shmem")) {
		if (!why_on_tmpfs(why, candidate))
			return judge_mode(why, candidate,
					  why_mode(why, candidate));
		if (!strcmp(why->shmem_all.word, "deny"))
			return judge_mode(why, candidate, &why->shmem_all);
		if (memmem(mount, options, "huge=advise", 11) &&
		    !candidate_flag(candidate, "hg"))
			return because(candidate, MADVISE,
				       "its tmpfs is mounted with huge=advise; VmFlags without hg");
		if (memmem(mount, options, "huge=", 5) &&
		    !memmem(mount, options, "huge=never", 10))
			return FINE;
		return because(candidate, TMPFS, "mounted without huge=");
	}
	if (is_copied(candidate))
		return because(candidate, PRIVATE, "%" PRIu64 "K of %" PRIu64 "K are copies (Anonymous in smaps)",
			       candidate->smaps->anonymous / 1024,
			       row_number(candidate->vma, FIELD_mapped) / 1024);
	if ((candidate->smaps && candidate->smaps->eligible == SMAPS_ELIGIBLE) ||
	    why->huge < why->level2)
		return FINE;

	return because(candidate, FILESYSTEM,
		       "%.*s, and khugepaged does not collapse such pages",
		       len ? (int)len : 19, len ? mount : "unknown file system");
}

/* Which flag of VM_NO_KHUGEPAGED it has, or NULL; hugetlb and PFN mappings are known by then. */
static const char *driver_flag(const struct candidate *candidate)
{
	return candidate_flag(candidate, "io") ? "io" :
	       candidate_flag(candidate, "de") ? "de" :
	       candidate_flag(candidate, "mm") ? "mm" : NULL;
}

/* MAP_STACK means MADV_NOHUGEPAGE since Linux 6.7. */
static enum reason judge_nohugepage(struct candidate *candidate)
{
	const bool may = candidate_is(candidate, "anon") &&
			 candidate_flag(candidate, "wr") &&
			 is_given(candidate->vma->values[FIELD_name].text) &&
			 proc_is_since(6, 7, true);

	if (may)
		candidate->remedy = format("none is needed for a thread's stack, else take MAP_STACK or madvise(MADV_NOHUGEPAGE) out of the program; huge stacks: pthread_attr_setstack() with memory of one's own");

	return because(candidate, NOHUGEPAGE, "VmFlags: nh%s", may ?
		       ", by madvise() or, since Linux 6.7, by MAP_STACK (stacks of threads)" : "");
}

static enum reason judge_disabled(const struct why *why, struct candidate *candidate)
{
	if (why->disabled == 1)
		return because(candidate, DISABLED,
			       "THP_enabled: 0 in /proc/%d/status",
			       why->process->pid);
	candidate->remedy = format("madvise(MADV_HUGEPAGE) in the program, or prctl(PR_SET_THP_DISABLE, 0) in who started it (systemd: MemoryTHP=inherit)");

	return because(candidate, DISABLED,
		       "prctl(PR_SET_THP_DISABLE) with PR_THP_DISABLE_EXCEPT_ADVISED; VmFlags without hg");
}

enum reason why_judge_wish(const struct why *why, struct candidate *candidate)
{
	enum reason reason;

	if (candidate_flag(candidate, "nh") && why->disabled != 1)
		return judge_nohugepage(candidate);
	if (why->disabled == 1 ||
	    (why->disabled && !candidate_flag(candidate, "hg")))
		return judge_disabled(why, candidate);
	if (driver_flag(candidate))
		return because(candidate, DRIVER, "VmFlags: %s",
			       driver_flag(candidate));
	if (why->huge > why->level2) {
		remedy_size(why, candidate);
		return because(candidate, NEVER, "no transparent huge page is larger than one of level 2 (hpage_pmd_size)");
	}
	reason = candidate_is_file(candidate) ? judge_file(why, candidate) :
		 judge_mode(why, candidate, &why->enabled);
	if (reason == FINE && candidate_is_file(candidate) && is_copied(candidate))
		reason = because(candidate, PRIVATE, "%" PRIu64 "K are copies (Anonymous in smaps)",
				 candidate->smaps->anonymous / 1024);
	if (reason == FINE && candidate->smaps &&
	    (why->huge == why->level2 || !candidate_is_file(candidate)) &&
	    candidate->smaps->eligible == SMAPS_INELIGIBLE)
		return because(candidate, INELIGIBLE, "THPeligible: 0");

	return reason;
}

static bool is_secret(const struct candidate *candidate)
{
	return starts_with(candidate->vma->values[FIELD_name].text,
			   "/secretmem (deleted)");
}

/* Whether khugepaged makes huge pages of this size anywhere in the VMA. */
static bool has_collapses(const struct why *why, const struct candidate *candidate)
{
	size_t i;

	for (i = 0; i < why->span_count; i++)
		if (why_collapses(why, candidate, why->spans[i].start))
			return true;

	return false;
}

enum reason why_judge(const struct why *why, struct candidate *candidate)
{
	enum reason reason;

	if (candidate_is(candidate, "pfnmap") || candidate_flag(candidate, "pf"))
		return because(candidate, PFNMAP, "VmFlags: pf%s",
			       candidate_flag(candidate, "io") ? " io" : "");
	if (candidate_is(candidate, "hugetlb"))
		return why_judge_hugetlb(why, candidate);
	if (is_secret(candidate))
		return because(candidate, SECRET, "memfd_secret(): %s",
			       candidate->vma->values[FIELD_name].text);
	reason = judge_shape(why, candidate);
	if (reason != FINE)
		return reason;
	if (!row_number(candidate->vma, FIELD_mapped) &&
	    !row_number(candidate->vma, FIELD_nonpresent))
		return because(candidate, UNTOUCHED, "no page of it");
	if (why->span_count == why->span_blocks)
		return FINE;
	reason = why_judge_wish(why, candidate);
	if (reason == FINE && !why->listed && has_collapses(why, candidate))
		return because(candidate, UNLISTED, "khugepaged: 0 in summary: MMF_VM_HUGEPAGE of the process is clear");

	return reason == FINE ? why_judge_pages(why, candidate) : reason;
}

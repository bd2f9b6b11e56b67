// SPDX-License-Identifier: GPL-2.0-only
/* Why memory is on huge pages: who has asked for them, and what a fork has made of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reason.h"
#include "input/pages.h"
#include "input/system.h"

const struct reason_info origins[ORIGIN_COUNT] = {
#define X(enumerator, ...) [ORIGIN_##enumerator] = { __VA_ARGS__ },
	ORIGINS(X)
#undef X
};

/* A counter of vmstat; UNKNOWN if there is none. */
static uint64_t vmstat_number(const char *key)
{
	char *text = proc_read(0, "vmstat");
	char *line = format("\n%s ", key);
	const char *at = text ? strstr(text, line) : NULL;
	const uint64_t number = at ? strtoull(at + strlen(line), NULL, 10) : UNKNOWN;

	free(text);
	free(line);

	return number;
}

/* Who may have made the huge pages of anonymous memory: the kernel keeps no record. */
static const char *makers(const struct why *why)
{
	if (vmstat_number("thp_collapse_alloc") == 0)
		return "made by page faults: nothing was collapsed on this machine (thp_collapse_alloc of vmstat: 0)";
	if (!why->listed)
		return "made by page faults or MADV_COLLAPSE: the process is not on khugepaged's list";

	return "made by page faults, khugepaged or MADV_COLLAPSE";
}

/* Whether the first huge page without write access is mapped elsewhere, too. */
static const char *sharing(const struct why *why, const struct candidate *candidate)
{
	struct pages seen;

	if (!pages_look(why->process->pid, candidate->guarded_at, why->huge, why->page,
			&seen))
		return "";

	return seen.shared ? ", still shared with another process" :
			     ", no more shared: the next write takes the page over as it is";
}

static void add_fork(const struct why *why, struct candidate *candidate)
{
	char *bytes;

	if (!candidate->guarded)
		return;
	bytes = size_text(candidate->guarded, false);
	append(&candidate->evidence, "; %s of it not writable since a fork%s", bytes,
	       sharing(why, candidate));
	free(bytes);
}

static enum origin origin_of(const struct why *why, struct candidate *candidate)
{
	const struct mode *mode = why_mode(why, candidate);
	char *now;

	if (candidate_is(candidate, "hugetlb"))
		return ORIGIN_HUGETLB;
	if (candidate_is(candidate, "pfnmap") || candidate_is(candidate, "special"))
		return ORIGIN_DRIVER;
	if (candidate_is(candidate, "file"))
		return ORIGIN_FILE;
	if (!*mode->word)
		return ORIGIN_UNKNOWN;
	if (why_judge_wish(why, candidate) != FINE) {
		now = candidate->evidence;
		candidate->evidence = format("now %s", now);
		free(now);
		return ORIGIN_EARLIER;
	}
	if (candidate_is(candidate, "shmem") && why_on_tmpfs(why, candidate))
		return ORIGIN_MOUNT;
	candidate->evidence = format("%stransparent_hugepage/%s: %s",
		candidate_flag(candidate, "hg") ? "VmFlags: hg; " : "",
		mode->file, mode->word);

	return candidate_flag(candidate, "hg") ? ORIGIN_ADVISED : ORIGIN_ALWAYS;
}

enum origin why_origin(const struct why *why, struct candidate *candidate,
		       uint64_t huge)
{
	const enum origin origin = origin_of(why, candidate);
	char *bytes = size_text(huge, false), *facts = candidate->evidence;

	candidate->evidence = format("%s on huge pages%s%s", bytes, facts ? "; " : "",
				     facts ? facts : "");
	if (candidate_is(candidate, "anon"))
		append(&candidate->evidence, "; %s", makers(why));
	add_fork(why, candidate);
	free(candidate->remedy);
	candidate->remedy = NULL;
	free(bytes);
	free(facts);

	return origin;
}

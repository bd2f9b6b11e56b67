// SPDX-License-Identifier: GPL-2.0-only
/* What the judges of the command why ask of a VMA. */
#include <string.h>

#include "commands/reason.h"
#include "input/system.h"

unsigned int why_order(uint64_t pages)
{
	return pages ? __builtin_ctzll(pages) : 0;
}

bool candidate_is(const struct candidate *candidate, const char *kind)
{
	return !strcmp(candidate->vma->values[FIELD_kind].text, kind);
}

/* Whether its pages belong to a file or to shared memory. */
bool candidate_is_file(const struct candidate *candidate)
{
	return candidate_is(candidate, "file") || candidate_is(candidate, "shmem");
}

bool candidate_flag(const struct candidate *candidate, const char *flag)
{
	return candidate->smaps && smaps_flag(candidate->smaps, flag);
}

bool why_collapses(const struct why *why, const struct candidate *candidate,
		   uint64_t start)
{
	const uint64_t range = start - start % why->level2;

	if (why->huge >= why->level2)
		return why->huge == why->level2;

	return !candidate_is_file(candidate) && proc_is_since(7, 2, true) &&
	       range >= candidate->start && range + why->level2 <= candidate->end;
}

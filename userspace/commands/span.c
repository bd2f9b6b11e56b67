// SPDX-License-Identifier: GPL-2.0-only
/* What khugepaged finds in a place for a huge page, in the order in which it looks. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reason.h"
#include "input/pages.h"
#include "input/system.h"

#define SAMPLES	32	/* spans of a VMA whose pages are read */

/**
 * struct place - a span that is judged
 * @seen: its pages; all 0 unless @has_seen
 * @missing: what is not known of it, in words; NULL if all is known
 */
struct place {
	const struct why *why;
	const struct candidate *candidate;
	const struct span *span;
	struct pages seen;
	bool has_seen;
	char *missing;
};

static void miss(struct place *place, const char *what)
{
	append(&place->missing, "%s%s", place->missing ? ", " : "", what);
}

/* The faults that userfaultfd handles in the VMA; NULL if it handles none. */
static const char *watched(const struct candidate *candidate)
{
	return candidate_flag(candidate, "um") ? "um (missing)" :
	       candidate_flag(candidate, "ui") ? "ui (minor)" :
	       candidate_flag(candidate, "uw") ? "uw (write-protect)" : NULL;
}

/* Whether io_uring has registered a buffer in the span. */
static bool is_buffer(const struct place *place)
{
	const uint64_t first = place->span->start, last = first + place->why->huge;
	const char *line = place->why->buffers;
	uint64_t start, size;

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (sscanf(line, " %*u: 0x%" SCNx64 "/%" SCNu64, &start, &size) == 2 &&
		    start < last && start + size > first)
			return true;

	return false;
}

/* The entries, as far as a table tells. */
static enum reason judge_entries(const struct place *place, bool collapses)
{
	const struct why *why = place->why;
	const struct span *span = place->span;
	const uint64_t there = span->pages + span->swapped + span->foreign;

	if (span->marked)
		return REASON_MARKER;
	/* nor does a page fault give more than one page at a time to who watches */
	if (!collapses)
		return watched(place->candidate) &&
		       !candidate_is_file(place->candidate) ? REASON_UFFD :
							      REASON_FAULTED;
	if (!there)
		return REASON_ZERO;
	/* khugepaged fills no missing page and unprotects no page */
	if (watched(place->candidate) && (there < why->per || span->watched))
		return REASON_UFFD;
	if (why->per - there > why->max_none)
		return REASON_PARTIAL;
	if (span->swapped > why->max_swap)
		return REASON_SWAP;
	if (span->foreign)
		return REASON_FOREIGN;

	return FINE;
}

/* Pages that MADV_FREE has given back: Linux 7.3 skips them, 6.1 and 6.12 do not ask. */
static enum reason judge_lazy(struct place *place)
{
	const struct pages *seen = &place->seen;

	if (!seen->lazy || place->span->clean == 0)
		return FINE;
	if (proc_is_since(7, 3, false) ||
	    (!seen->referenced && !place->span->accessed))
		return REASON_LAZYFREE;
	if (proc_is_since(6, 13, true))
		miss(place, "whether this kernel collapses lazily freed pages");

	return FINE;
}

/* The pages, as far as pagemap and kpageflags tell. */
static enum reason judge_pages(struct place *place)
{
	const struct why *why = place->why;
	const struct pages *seen = &place->seen;
	const bool anon = !candidate_is_file(place->candidate);
	enum reason reason = FINE;

	if (!place->has_seen)
		miss(place, "which pages are shared, lazily freed or unused (pagemap)");
	else if (anon)
		reason = judge_lazy(place);
	if (reason != FINE)
		return reason;
	/* the kernel may set KPF_KSM where nothing was merged */
	if (anon && seen->shared > why->max_shared)
		return seen->ksm > why->max_shared && why->merged &&
		       candidate_flag(place->candidate, "mg") ? REASON_KSM :
								REASON_SHARED;
	if (is_buffer(place) || (why->pinned && !why->buffers))
		return REASON_PINNED;
	if (why->has_pinned == 1 || why->pinned)
		miss(place, "whether some are pinned: pages of the process are, or were");

	return FINE;
}

/* What khugepaged asks of all pages together. */
static enum reason judge_use(struct place *place)
{
	const struct span *span = place->span;
	const unsigned int used = span->accessed > place->seen.referenced ?
				  span->accessed : place->seen.referenced;

	if (candidate_is_file(place->candidate))
		return FINE;
	if (!span->writable && !proc_is_since(6, 13, true))
		return REASON_READONLY;
	if (!span->writable && !proc_is_since(7, 3, true))
		miss(place, "whether this kernel collapses memory without a writable page");
	if (place->has_seen &&
	    (!used || (span->swapped && used < place->why->per / 2)))
		return REASON_UNREFERENCED;

	return FINE;
}

/* Memory for a huge page. */
static enum reason judge_memory(struct place *place)
{
	const struct why *why = place->why;

	if (why->has_limit && why->limit.droppable < why->huge)
		return REASON_LIMIT;
	if (why->has_limit)
		miss(place, "whether its cgroup, which is at its limit, can make room");
	if (!why->has_blocks)
		miss(place, "whether memory is free (buddyinfo)");

	return why->has_blocks && !why->blocks ? REASON_FRAGMENTED : FINE;
}

/* Why one span is not on a huge page. */
static enum reason judge_span(struct place *place)
{
	const struct why *why = place->why;
	enum reason reason = judge_entries(place,
		why_collapses(why, place->candidate, place->span->start));

	if (reason == FINE)
		reason = judge_pages(place);
	if (reason == FINE)
		reason = judge_use(place);
	if (reason == FINE)
		reason = judge_memory(place);
	if (reason != FINE)
		return reason;
	if (why->huge < why->level2)
		miss(place, "what else lies in its range of level 2, which khugepaged scans as a whole");
	if (why->listed == UNKNOWN)
		miss(place, "whether it is on khugepaged's list (summary)");
	if (place->missing)
		return REASON_UNKNOWN;
	if (candidate_is_file(place->candidate))
		return REASON_REMAP;

	return place->seen.compound ? REASON_SPLIT : REASON_KHUGEPAGED;
}

/**
 * struct tally - the spans of one reason
 * @least, @most: touched pages of a span
 * @marked: entries that stand for no page
 * @missing: of one of them
 */
struct tally {
	size_t count;
	unsigned int least, most;
	unsigned int marked, clean;
	struct pages seen;
	char *missing;
};

/* Reasons whose evidence says how many pages there are. */
static bool has_range(enum reason reason)
{
	return reason == REASON_UFFD || reason == REASON_FAULTED ||
	       reason == REASON_PARTIAL ||
	       reason == REASON_UNREFERENCED || reason >= REASON_UNKNOWN;
}

static void add_facts(char **text, const struct why *why,
		      const struct candidate *candidate, enum reason reason,
		      const struct tally *tally)
{
	const unsigned int lazy = tally->seen.lazy < tally->clean ?
				  tally->seen.lazy : tally->clean;

	switch (reason) {
	case REASON_MARKER:
		append(text, ": %u entries of them stand for no page (columns guard1, poison1 and hwpoison1 of vmas)",
		       tally->marked);
		break;
	case REASON_UFFD:
		append(text, "; VmFlags: %s", watched(candidate));
		break;
	case REASON_SWAP:
		append(text, ": over %" PRIu64 " pages each are swapped out (max_ptes_swap)",
		       why->max_swap);
		break;
	case REASON_LAZYFREE:
		append(text, ": %u pages are lazily freed (MADV_FREE)", lazy);
		break;
	case REASON_KSM:
		append(text, ": %u pages are KSM's", tally->seen.ksm);
		break;
	case REASON_SPLIT:
		append(text, "; %u pages lie in huge ones", tally->seen.compound);
		break;
	case REASON_PARTIAL:
		append(text, ", %" PRIu64 " may miss (max_ptes_none)",
		       why->max_none);
		break;
	case REASON_SHARED:
		append(text, ": %u pages are shared, %" PRIu64
		       " each may be (max_ptes_shared)", tally->seen.shared,
		       why->max_shared);
		break;
	case REASON_PINNED:
		append(text, why->buffers ? "; a buffer that io_uring has registered; VmPin: %" PRIu64 "K" :
		       "; VmPin: %" PRIu64 "K", why->pinned / 1024);
		break;
	case REASON_READONLY:
		append(text, ": no entry allows writes");
		break;
	case REASON_UNREFERENCED:
		append(text, ", and %s used lately",
		       tally->seen.referenced ? "too few for the swapped ones were" : "none was");
		break;
	case REASON_LIMIT:
		append(text, "; %s: %" PRIu64 "K of %" PRIu64 "K are used",
		       why->limit.file, why->limit.used / 1024,
		       why->limit.most / 1024);
		break;
	case REASON_FRAGMENTED:
		append(text, "; buddyinfo: no free block of order %u in a zone above its watermark",
		       why_order(why->per));
		break;
	case REASON_UNKNOWN:
		append(text, "; ruled out: all reasons before this one; not known: %s",
		       tally->missing);
		break;
	default:
		break;
	}
}

static char *evidence_of(const struct why *why, const struct candidate *candidate,
			 enum reason reason, const struct tally *tally,
			 size_t looked)
{
	char *size = size_text(why->huge, false);
	char *text = format("%zu of %zu %s%s", tally->count, looked,
			    why->huge == why->level2 ? "huge pages" : "places of ",
			    why->huge == why->level2 ? "" : size);

	free(size);
	if (has_range(reason))
		append(&text, ": %u to %u of %" PRIu64 " pages are %s",
		       tally->least, tally->most, why->per,
		       reason == REASON_UFFD ? "there" : "touched");
	add_facts(&text, why, candidate, reason, tally);

	return text;
}

static void count(struct tally *tally, struct place *place)
{
	const struct span *span = place->span;
	const struct pages *seen = &place->seen;

	if (!tally->count++ || span->pages < tally->least)
		tally->least = span->pages;
	if (span->pages > tally->most)
		tally->most = span->pages;
	tally->marked += span->marked;
	tally->clean += span->clean;
	tally->seen.ksm += seen->ksm;
	tally->seen.compound += seen->compound;
	tally->seen.shared += seen->shared;
	tally->seen.lazy += seen->lazy;
	tally->seen.referenced += seen->referenced + span->accessed;
	if (place->missing && !tally->missing) {
		tally->missing = place->missing;
		place->missing = NULL;
	}
	free(place->missing);
}

enum reason why_judge_pages(const struct why *why, struct candidate *candidate)
{
	struct tally tallies[FINE] = { 0 };
	enum reason reason, most = REASON_KHUGEPAGED;
	struct place place;
	size_t i, looked = 0;

	for (i = 0; i < why->span_count && looked < SAMPLES; i++) {
		place = (struct place) {
			.why = why, .candidate = candidate,
			.span = &why->spans[i],
		};
		place.has_seen = pages_look(why->process->pid, place.span->start,
					    why->huge, why->page, &place.seen);
		/* already huge, of a size below level 2 */
		if (place.seen.block && why->huge < why->level2 && why->span_blocks)
			continue;
		looked++;
		count(&tallies[judge_span(&place)], &place);
	}
	for (reason = 0; reason < FINE; reason++)
		if (tallies[reason].count > tallies[most].count)
			most = reason;
	candidate->evidence = evidence_of(why, candidate, most, &tallies[most], looked);
	if (most == REASON_LIMIT)
		candidate->remedy = format("a larger /sys/fs/cgroup/%s", why->limit.file);
	for (reason = 0; reason < FINE; reason++)
		free(tallies[reason].missing);

	return most;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The command why: what it says of the process as a whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reason.h"
#include "output/width.h"

/*
 * The bytes of entries with the contiguous bit (arm64) or NAPOT (riscv64), if such entries
 * make blocks of the size that was asked for; UNKNOWN if not.
 */
static uint64_t hinted(const struct why *why)
{
	const struct pairs *geometry = &why->process->model.geometry;
	const struct pairs *summary = &why->process->model.summary;
	unsigned int level;

	for (level = 1; level <= 3; level++)
		if (pairs_level(geometry, "conthint_bytes", level) == why->huge)
			return pairs_level(summary, "conthint", level) *
			       pairs_level(geometry, "entry_bytes", level);

	return UNKNOWN;
}

void why_json(struct json *json, const struct why *why)
{
	const uint64_t table = pairs_number(&why->process->model.geometry,
					    "table_bytes");

	json_open(json, "why_summary", '{');
	json_number(json, "huge_bytes", why->huge);
	json_number(json, "eligible", why->eligible);
	json_number(json, "eligible_huge", why->eligible_huge);
	if (why->has_blocks)
		json_number(json, "free_huge_pages", why->blocks);
	json_number(json, "saved_tables", why->saved_tables);
	json_number(json, "saved_translations", why->saved_translations);
	json_number(json, "fork_tables", why->fork_tables);
	json_number(json, "fork_bytes", why->fork_tables * table);
	if (hinted(why) != UNKNOWN)
		json_number(json, "conthint_bytes", hinted(why));
	if (why->lazyfree)
		json_number(json, "lazyfree", why->lazyfree);
	if (why->guarded || why->guarded_small) {
		json_number(json, "forked_huge", why->guarded);
		json_number(json, "forked_small", why->guarded_small);
	}
	if (why->max_map_count != UNKNOWN) {
		json_number(json, "vmas", why->process->model.vmas.count);
		json_number(json, "max_map_count", why->max_map_count);
	}
	json_string(json, "enabled", why->enabled.word);
	json_string(json, "shmem_enabled", why->shmem.word);
	json_close(json, '}');
}

/* A size as text that lives as long as @why. */
static const char *size(struct why *why, uint64_t bytes, bool exact)
{
	return list_keep(&why->list, size_text(bytes, exact));
}

/* Whether a size has a mode that allows something. */
static bool is_used(const struct mode *mode)
{
	return *mode->word && strcmp(mode->word, "never");
}

/* The modes of the sizes, of anonymous and of shared memory, as their files say. */
static void print_modes(struct why *why)
{
	struct mode modes[2];
	bool others = false;
	char *text = NULL;
	uint64_t bytes;

	for (bytes = why->page * 2; bytes <= UINT64_C(1) << PAGETREE_CONTIG_HIGHEST; bytes *= 2) {
		why_modes(bytes, modes);
		if (is_used(&modes[0]) || is_used(&modes[1]))
			append(&text, "%s%s %s%s%s", text ? "; " : "",
			       size(why, bytes, false),
			       *modes[0].word ? modes[0].word : "-",
			       *modes[1].word ? ", " : "", modes[1].word);
		others |= !strcmp(modes[0].word, "never") || !strcmp(modes[1].word, "never");
		why_modes_free(modes);
	}
	if (others)
		append(&text, "%sall %snever", text ? "; " : "", text ? "others " : "");
	if (text)
		text_print("modes by size (enabled, shmem_enabled): %s\n", text);
	free(text);
}

void why_print(struct why *why, bool exact)
{
	const uint64_t table = pairs_number(&why->process->model.geometry,
					    "table_bytes");
	char *free_pages = NULL;

	text_print("%s: %s could be on pages of %s, %s are (%.1f%%); THP: %s, of shmem: %s\n",
		   list_keep(&why->list, process_title(why->process)),
		   size(why, why->eligible, exact), size(why, why->huge, exact),
		   size(why, why->eligible_huge, exact),
		   why->eligible ? 100.0 * why->eligible_huge / why->eligible : 0,
		   *why->enabled.word ? why->enabled.word : "?",
		   *why->shmem.word ? why->shmem.word : "?");
	if (hinted(why) != UNKNOWN)
		text_print("entries with the contiguous bit map %s\n",
			   size(why, hinted(why), exact));
	print_modes(why);
	if (why->has_blocks)
		append(&free_pages, "free memory has %" PRIu64 " more of them without compaction; ",
		       why->blocks);
	text_print("%sall touched memory on them would save %" PRIu64
		   " tables and %" PRIu64 " TLB entries\n",
		   free_pages ? free_pages : "", why->saved_tables,
		   why->saved_translations);
	text_print("a fork copies up to %" PRIu64 " tables, %s\n",
		   why->fork_tables, size(why, why->fork_tables * table, exact));
	if (why->guarded || why->guarded_small)
		text_print("not writable since a fork: %s on huge pages, %s on small ones; a write copies a page, and splits a huge one while a child shares it; khugepaged joins these when no child does\n",
			   size(why, why->guarded, exact),
			   size(why, why->guarded_small, exact));
	if (why->lazyfree)
		text_print("of %s resident, %s are given back by MADV_FREE: free once memory is short\n",
			   size(why, why->rss, exact), size(why, why->lazyfree, exact));
	if (why->max_map_count != UNKNOWN)
		text_print("%zu of at most %" PRIu64 " VMAs (vm.max_map_count)\n",
			   why->process->model.vmas.count, why->max_map_count);
	putchar('\n');
	free(free_pages);
}

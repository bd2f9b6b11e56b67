// SPDX-License-Identifier: GPL-2.0-only
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched.h>

#include "naive.h"

void naive_tables_clear(struct pagetree_tables *tables)
{
	memset(tables->fill, 0, sizeof(tables->fill));
	memset(tables->nodes, 0, sizeof(*tables->nodes) * tables->node_count *
				 (PAGETREE_LEVELS + 1));
}

void naive_tables_init(struct kunit *test, struct pagetree_tables *tables)
{
	tables->node_count = MAX_NUMNODES;
	tables->nodes = kunit_kcalloc(test, MAX_NUMNODES * (PAGETREE_LEVELS + 1),
				      sizeof(*tables->nodes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tables->nodes);
}

void naive_init(struct naive *naive, bool anon, bool open)
{
	memset(&naive->counts, 0, sizeof(naive->counts));
	memset(naive->seen, 0, sizeof(naive->seen));
	naive_tables_clear(&naive->tables);
	naive->root = false;
	naive->anon = anon;
	naive->open = open;
}

static void naive_entry(struct naive *naive, const struct synth_drawn *drawn,
			unsigned int level, bool fresh)
{
	struct pagetree_counts *counts = &naive->counts;
	const unsigned short flags = drawn->flags;
	const char what = drawn->what;
	const bool leaf = strchr("LRDNZX", what);

	if (leaf)
		counts->bytes[level] += PAGE_SIZE;
	if (strchr("LRDNmpd", what))
		counts->rss += PAGE_SIZE;
	if (what == '.')
		counts->hole_bytes += PAGE_SIZE;
	if (!fresh)
		return;

	counts->leaf[level] += leaf;
	counts->zero[level] += what == 'Z';
	counts->special[level] += what == 'X';
	counts->holes[level] += what == '.';
	counts->swap[level] += what == 's';
	counts->migration[level] += what == 'm';
	counts->hwpoison[level] += what == 'p';
	counts->device[level] += what == 'd';
	counts->marker[level] += what == 'k' || what == 'g' || what == 'q';
	counts->guard[level] += what == 'g';
	counts->poison[level] += what == 'q';
	counts->bad[level] += what == 'b';
	counts->deposited += naive->anon && level == 2 && strchr("LRDNZmd", what);

	counts->accessed[level] += leaf && flags & PAGETREE_ACCESSED;
	counts->dirty[level] += leaf && flags & PAGETREE_DIRTY;
	counts->writable[level] += leaf && flags & PAGETREE_WRITE;
	counts->executable[level] += leaf && flags & PAGETREE_EXEC;
	counts->user[level] += leaf && flags & PAGETREE_USER;
	counts->protnone[level] += leaf && flags & PAGETREE_PROTNONE;
	counts->numahint[level] += leaf && flags & PAGETREE_PROTNONE &&
				   !(flags & PAGETREE_UFFD) && naive->open;
	counts->pkey[level] += leaf && flags >> PAGETREE_PKEY_SHIFT;
	counts->conthint[level] += leaf && flags & PAGETREE_CONTHINT;
	if (leaf || strchr("smd", what)) {
		counts->softdirty[level] += !!(flags & PAGETREE_SOFTDIRTY);
		counts->uffd[level] += !!(flags & PAGETREE_UFFD);
	}
}

static void naive_table(struct naive *naive, const struct synth_table *table,
			unsigned int level)
{
	struct pagetree_tables *tables = &naive->tables;
	struct pagetree_counts *counts = &naive->counts;
	unsigned int i, used = 0;

	for (i = 0; i < synth_user_entries(level); i++)
		used += table->drawn[i].what != '.';
	counts->tables[level]++;
	counts->used[level] += used;
	counts->empty[level] += !used;
	if (level == 1)
		counts->fill[fls(used)]++;
	if (level == 2 && table->sharers) {
		counts->shared[level]++;
		counts->sharers[level] += table->sharers;
	}
	tables->fill[level][fls(used)]++;
	tables->nodes[level * tables->node_count +
		      page_to_nid(virt_to_page(table->entries))]++;
}

/*
 * Whether the @count entries of a table from @first on are a block: leaves with
 * the same permissions and consecutive frames, aligned to its size.
 */
static bool is_block(const struct synth_table *table, unsigned int level,
		     unsigned int first, unsigned int count)
{
	const unsigned short ignored = PAGETREE_ACCESSED | PAGETREE_DIRTY |
				       PAGETREE_SOFTDIRTY | PAGETREE_UFFD |
				       PAGETREE_CONTHINT;
	const struct synth_drawn *drawn = &table->drawn[first];
	const unsigned long pages = SPAN(level) / PAGE_SIZE;
	unsigned int i;

	if (first % count || drawn->frame % (count * pages))
		return false;
	for (i = 0; i < count; i++)
		if (!strchr("LRDNZX", drawn[i].what) ||
		    drawn[i].frame != drawn->frame + i * pages ||
		    (drawn[i].flags ^ drawn->flags) & (unsigned short)~ignored)
			return false;

	return true;
}

/*
 * Counts a block at its first leaf. The block of a leaf is the largest of the
 * blocks of 1, 2, 4... leaves that contain it.
 */
static void naive_contig(struct naive *naive, const struct synth_table *table,
			 unsigned long addr, unsigned int level,
			 unsigned long start, unsigned long end)
{
	const unsigned long base = synth_base(addr, level + 1);
	const unsigned int index = synth_index(addr, level);
	unsigned int count, first, largest = 1;
	unsigned long from, to;

	for (count = 1; count <= SYNTH_ENTRIES; count *= 2) {
		first = index & -count;
		from = base + first * SPAN(level);
		to = from + (count - 1) * SPAN(level);
		/* its first and last leaf must be in the range, at least in part */
		if (from + SPAN(level) <= start || to >= end ||
		    count * SPAN(level) > 1UL << PAGETREE_CONTIG_HIGHEST)
			break;
		if (is_block(table, level, first, count))
			largest = count;
	}
	if (index % largest == 0)
		naive->counts.contig[ilog2(largest * SPAN(level))]++;
}

void naive_range(struct naive *naive, const struct synth *synth,
		 unsigned long start, unsigned long end)
{
	unsigned long addr, entry, leaf = 0;
	const struct synth_drawn *drawn;
	unsigned int level, lowest;
	bool fresh;

	if (naive->root)
		naive->counts.borrowed[synth->root.level]++;
	else
		naive_table(naive, synth->top, synth->root.level);
	naive->root = true;
	for (addr = start; addr < end; addr += PAGE_SIZE) {
		if (!(addr % SPAN(2)))
			cond_resched();
		drawn = synth_translate(synth, addr, &lowest);
		for (level = synth->root.level; level >= lowest; level--) {
			entry = addr / SPAN(level) + 1;
			fresh = naive->seen[level] != entry;
			naive->seen[level] = entry;
			if (level == lowest)
				naive_entry(naive, drawn, level, fresh);
			else if (fresh)
				naive_table(naive,
					    synth_table(synth, addr, level - 1),
					    level - 1);
			else if (addr == start)
				naive->counts.borrowed[level - 1]++;
		}
		/* in each row, even if an earlier row counted the leaf */
		entry = synth_base(addr, lowest);
		if (strchr("LRDNZX", drawn->what) && (addr == start || leaf != entry))
			naive_contig(naive, synth_table(synth, addr, lowest),
				     addr, lowest, start, end);
		leaf = entry;
	}
}

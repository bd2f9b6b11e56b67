// SPDX-License-Identifier: GPL-2.0-only
/* Tables, and pictures of them. */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "../module/entry.h"
#include "synth.h"

static int page_init(struct kunit_resource *resource, void *context)
{
	resource->data = (void *)get_zeroed_page(GFP_KERNEL);

	return resource->data ? 0 : -ENOMEM;
}

static void page_exit(struct kunit_resource *resource)
{
	free_page((unsigned long)resource->data);
}

void synth_share(struct synth_table *table, unsigned int sharers)
{
#if defined(CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING)
	atomic_set(&virt_to_ptdesc(table->entries)->pt_share_count, sharers);
#elif defined(CONFIG_ARCH_WANT_HUGE_PMD_SHARE)
	atomic_set(&virt_to_page(table->entries)->pt_share_count, sharers);
#else
	sharers = 0;
#endif
	table->sharers = sharers;
}

static struct synth_table *make_table(struct kunit *test)
{
	struct synth_table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, table);
	/* the walker needs the page's node and its count of sharers */
	table->entries = kunit_alloc_resource(test, page_init, page_exit,
					      GFP_KERNEL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, table->entries);
	synth_share(table, 0);
	for (i = 0; i < SYNTH_ENTRIES; i++)
		table->drawn[i].what = '.';

	return table;
}

struct synth *synth_create(struct kunit *test, unsigned int levels)
{
	struct synth *synth;

	if (levels > pagetree_levels())
		synth_skip(test, "more levels than this machine has");

	synth = kunit_kzalloc(test, sizeof(*synth), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, synth);
	synth->test = test;
	synth->top = make_table(test);
	synth->root.table = synth->top->entries;
	synth->root.level = levels;

	return synth;
}

unsigned int synth_index(unsigned long addr, unsigned int level)
{
	return addr / SPAN(level) % SYNTH_ENTRIES;
}

unsigned int synth_entries(unsigned int level)
{
	/* the root of PAE is smaller than a page */
	return IS_ENABLED(CONFIG_X86_PAE) && level == 3 ? 4 : SYNTH_ENTRIES;
}

unsigned int synth_user_entries(unsigned int level)
{
	if (level < pagetree_levels())
		return SYNTH_ENTRIES;

	return synth_root_entries(synth_entries(level), SPAN(level));
}

void synth_put_entry(struct synth *synth, struct synth_table *table,
		     unsigned int level, unsigned int index,
		     const struct synth_drawn *drawn)
{
	pteval_t *entry = &table->entries[index];
	struct page *below;

	if (!synth_raw(level, drawn, entry))
		synth_skip(synth->test, "an entry that this kernel doesn't have");

	table->drawn[index] = *drawn;
	table->below[index] = NULL;
	if (drawn->what == 'T') {
		table->below[index] = make_table(synth->test);
		below = virt_to_page(table->below[index]->entries);
		*entry = synth_with_frame(*entry, page_to_pfn(below));
	}
}

void synth_put_drawn(struct synth *synth, unsigned long addr,
		     unsigned int level, const struct synth_drawn *drawn)
{
	struct synth_table *table = synth->top;
	struct synth_drawn above;
	unsigned int at, index;

	for (at = synth->root.level; at > level; at--) {
		index = synth_index(addr, at);
		if (!table->below[index]) {
			above = synth_letter(at, 'T', 0);
			synth_put_entry(synth, table, at, index, &above);
		}
		table = table->below[index];
	}
	synth_put_entry(synth, table, level, synth_index(addr, level), drawn);
}

void synth_put(struct synth *synth, unsigned long addr, unsigned int level,
	       char what)
{
	const struct synth_drawn drawn =
		synth_letter(level, what, synth_index(addr, level));

	synth_put_drawn(synth, addr, level, &drawn);
}

/* Draws one table. Return: the address of its first T. */
static unsigned long draw_table(struct synth *synth, unsigned long base,
				unsigned int level, const char *letter)
{
	unsigned long first = ULONG_MAX;
	unsigned int i;

	for (i = 0; *letter && i < synth_entries(level); i++) {
		synth_put(synth, base + i * SPAN(level), level, *letter);
		if (*letter == 'T' && first == ULONG_MAX)
			first = base + i * SPAN(level);
		if (letter[1] != '*')
			letter++;
	}

	return first;
}

void synth_draw(struct synth *synth, const struct synth_picture *picture,
		unsigned long *start, unsigned long *end)
{
	/* a different index at each level, so that a mix-up is noticed */
	unsigned long base = 9 * SPAN(4) + 5 * SPAN(3) + 7 * SPAN(2);
	unsigned int level = SYNTH_LEVELS;

	while (!picture->in[level])
		level--;
	if (synth_entries(level) < 512)
		synth_skip(synth->test, "drawn for larger tables");
	if (synth->root.level == SYNTH_LEVELS)
		base += 3 * SPAN(SYNTH_LEVELS);
	base &= SPAN(synth->root.level + 1) - 1;
	base = synth_base(base, level + 1);

	*start = base + picture->from;
	*end = base + (picture->to ?: synth_user_entries(level) * SPAN(level));
	if ((*end - 1) / SPAN(synth->root.level) >=
	    synth_user_entries(synth->root.level))
		synth_skip(synth->test, "more than user space");
	if (level < synth->root.level)
		synth_put(synth, base, level + 1, 'T');
	for (; level && picture->in[level]; level--)
		base = draw_table(synth, base, level, picture->in[level]);
}

const struct synth_drawn *synth_translate(const struct synth *synth,
					  unsigned long addr,
					  unsigned int *level)
{
	const struct synth_table *table = synth->top;
	unsigned int index;

	for (*level = synth->root.level; ; --*level) {
		index = synth_index(addr, *level);
		if (!table->below[index])
			return &table->drawn[index];
		table = table->below[index];
	}
}

struct synth_table *synth_table(const struct synth *synth, unsigned long addr,
				unsigned int level)
{
	struct synth_table *table = synth->top;
	unsigned int at;

	for (at = synth->root.level; table && at > level; at--)
		table = table->below[synth_index(addr, at)];

	return table;
}

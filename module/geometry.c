// SPDX-License-Identifier: GPL-2.0-only
/* The file geometry: what the paging of this kernel looks like. */
#include "arch/arch.h"
#include "entry.h"
#include "reader.h"
#include "shootdown/invalidations.h"
#include "shootdown/rounds.h"

static int geometry_render(struct reader *reader)
{
	const struct pagetree_shape *shape = &reader->shape;
	struct pagetree_text *text = &reader->text;
	unsigned int level;

	pagetree_print(text, "abi\t%d\n", PAGETREE_ABI);
	pagetree_print(text, "arch\t%s\n", PAGETREE_ARCH);
#define X(key, value) pagetree_print(text, #key "\t%d\n", value);
	PAGETREE_ARCH_KEYS(X)
#undef X
	if (pagetree_xen())
		pagetree_print(text, "xen\t%s\n", pagetree_xen());
	pagetree_print(text, "levels\t%u\n", shape->levels);
	for (level = 1; level <= shape->levels; level++) {
		pagetree_print(text, "entries%u\t%u\n", level,
			       shape->entries[level]);
		pagetree_print(text, "entry_bytes%u\t%lu\n", level,
			       1UL << pagetree_shift(level));
		pagetree_print(text, "leaves%u\t%d\n", level,
			       pagetree_has_leaves(level));
		if (pagetree_conthint_shift(level))
			pagetree_print(text, "conthint_bytes%u\t%lu\n", level,
				       1UL << pagetree_conthint_shift(level));
	}
	pagetree_print(text, "table_bytes\t%lu\n", PAGE_SIZE);
	pagetree_print(text, "kernel_flush\t%s\n", pagetree_flush_by_kernel());
	pagetree_print(text, "pagetree_flush\t%s\n", PAGETREE_FLUSH_BY);
	pagetree_print(text, "flush_ceiling\t%u\n",
		       pagetree_shootdown_ceiling());
	pagetree_print(text, "shootdown\t%d\n", pagetree_shootdown_allowed());
	pagetree_print(text, "invalidations\t%d\n",
		       pagetree_invalidations_allowed());
	reader->stage = READER_COST;

	return 0;
}

const struct reader_file pagetree_geometry_file = {
	.name = "geometry",
	.size = sizeof(struct reader),
	.zeroed = sizeof(struct reader),
	.columns = pagetree_reader_keys,
	.render = geometry_render,
};

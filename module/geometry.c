// SPDX-License-Identifier: GPL-2.0-only
#include "entry.h"
#include "flush.h"
#include "geometry.h"
#include "render.h"
#include "shootdown.h"

#if defined(CONFIG_X86)
#include <asm/cpufeature.h>

static void geometry_arch(struct pagetree_text *text)
{
	pagetree_print(text, IS_ENABLED(CONFIG_X86_64) ? "arch\tx86_64\n" :
							"arch\ti386\n");
	pagetree_print(text, "pcid\t%d\n", !!boot_cpu_has(X86_FEATURE_PCID));
	pagetree_print(text, "invpcid\t%d\n",
		       !!boot_cpu_has(X86_FEATURE_INVPCID));
	pagetree_print(text, "pti\t%d\n", !!boot_cpu_has(X86_FEATURE_PTI));
	pagetree_print(text, "hypervisor\t%d\n",
		       !!boot_cpu_has(X86_FEATURE_HYPERVISOR));
}
#elif defined(CONFIG_ARM64)
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

static void geometry_arch(struct pagetree_text *text)
{
	const u64 features = read_sysreg(id_aa64mmfr0_el1);

	pagetree_print(text, "arch\taarch64\n");
	pagetree_print(text, "asid_bits\t%d\n",
		       (features >> 4 & 15) == 2 ? 16 : 8);
	pagetree_print(text, "pti\t%d\n", arm64_kernel_unmapped_at_el0());
}
#elif defined(CONFIG_RISCV)
static void geometry_arch(struct pagetree_text *text)
{
	pagetree_print(text, "arch\triscv64\n");
}
#endif

void pagetree_shape_init(struct pagetree_shape *shape)
{
	unsigned int level;

	shape->levels = pagetree_levels();
	shape->page_shift = PAGE_SHIFT;
	shape->conthint = false;
	for (level = 1; level <= shape->levels; level++) {
		shape->entries[level] = pagetree_user_entries(level,
							      shape->levels);
		shape->conthint |= !!pagetree_conthint_shift(level);
	}
}

void pagetree_geometry(struct pagetree_text *text,
		       const struct pagetree_shape *shape)
{
	unsigned int level;

	pagetree_print(text, "abi\t%d\n", PAGETREE_ABI);
	geometry_arch(text);
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
}

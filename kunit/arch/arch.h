/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Includes the header of this kernel's architecture. It makes entries from
 * flags, independently of module/arch/, and defines:
 *
 * SYNTH_BITS			log2 of the entries of the largest table
 * SYNTH_LEAF_LEVELS		highest level with leaves
 * SYNTH_NOWHERE		the first frame number of a block without memory
 * SYNTH_FRAMES			how many frames it has
 * SYNTH_ALWAYS			flags of every leaf that allows any access
 * SYNTH_PAGE_NONE		flags of the kernel's own PROT_NONE leaves
 * SYNTH_NOT_OF_PROTNONE	flags that PROT_NONE leaves cannot have
 * SYNTH_TABLE_BITS		bits of a table entry, without the frame
 * SYNTH_UPPER_TABLE_BITS	the same for upper levels, if they have fewer
 * SYNTH_BAD_BITS(level)	bits that the kernel considers bad; 0 if there are
 *				none
 * SYNTH_TABLE_ACCESSED		a bit of a table entry that the CPU changes, or that
 *				nobody checks
 * SYNTH_SPECIAL		the special bit of leaves
 * synth_can_have()		flags that leaves of a level can have in this kernel
 * synth_protection()		the bits of a leaf, without the frame
 * synth_frame_bits()		the bits of a frame
 * synth_root_entries()		entries of a root table that belong to the process
 * synth_levels()		levels of this machine's tables
 * synth_not_present()		a table entry made non-present
 * synth_table_as_leaf()	a table entry made a leaf
 * synth_page_none()		the protection of the kernel's own PROT_NONE leaves
 */
#ifndef PAGETREE_SYNTH_ARCH_H
#define PAGETREE_SYNTH_ARCH_H

#if defined(CONFIG_X86)
#include "x86.h"
#elif defined(CONFIG_ARM64)
#include "arm64.h"
#else
#include "riscv.h"
#endif

#endif /* PAGETREE_SYNTH_ARCH_H */

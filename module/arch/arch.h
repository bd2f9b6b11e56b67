/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Includes the header of this kernel's architecture. A port is one header beside
 * this file. It defines the following; @raw is a raw entry.
 *
 * Entries:
 *
 * PAGETREE_FRAME		mask of the frame number
 * PAGETREE_FRAME_SHIFT		the lowest bit of that mask
 * PAGETREE_PERMISSIONS		mask of the permissions and the memory type: two
 *				leaves that agree in these and in the frame
 *				translate alike
 * PAGETREE_INVERTED(raw)	true if the frame number is stored inverted
 * PAGETREE_USER_END		the end of user space
 * pagetree_leaf_bits()		flags of a leaf that <linux/pgtable.h> has no
 *				function for, and the protection key
 * pagetree_arch_table_flags()	flags of a table entry: the access that it allows
 *				to everything below, and the accessed bit. @leaf
 *				is what the same bits mean in a leaf
 * pagetree_conthint_shift()	log2 of the bytes that the contiguous hint of a
 *				level covers; 0 if the level has no such hint
 * pagetree_has_leaves()	true if entries of a level can be leaves
 *
 * and, if the default in entry.h is wrong, as a macro of its own name too:
 *
 * pteval_t			the type of a raw entry
 * pagetree_load()		read an entry
 * pagetree_reload()		read an entry again, to check that it still points to its table
 * pagetree_is_protnone()	true if a pte_t is present but not accessible
 * pagetree_pte_frame()		frame number of a pte_t that pagetree_load() read
 * pagetree_pgd_table()		the table that a pgd_t points to
 * pagetree_frames_translated()	true if present entries have frames of the machine, which
 *				<linux/pgtable.h> translates to those of the guest: consecutive
 *				frames in the entries need not be consecutive for the kernel
 * pagetree_xen()		the value of xen in the file geometry; NULL outside Xen
 *
 * TLB flushes, by the kernel's own primitives where modules can call them:
 *
 * PAGETREE_FLUSH_BY		the value of pagetree_flush in the file geometry
 * PAGETREE_FLUSH_BROADCASTS	the processor broadcasts flushes itself: no CPU is
 *				interrupted, and all CPUs drop their entries,
 *				whether they run the address space or not
 * PAGETREE_FLUSH_HELD		an interrupted CPU can also flush an address space
 *				that it does not run
 * pagetree_flush_loaded()	true if this CPU runs @mm, lazily or not;
 *				interrupts are off
 * pagetree_flush_begin()	before the flushes of a round, even if it has none
 * pagetree_flush_end()		after them
 * pagetree_flush_page()	flush one page, large or not, of @mm
 * pagetree_flush_context()	flush all of @mm
 * pagetree_flush_global()	flush everything, global entries and other
 *				contexts too
 * pagetree_flush_deferred()	make CPUs that switch to @mm from now on flush it.
 *				A full barrier: read mm_cpumask() afterwards
 * pagetree_flush_by_broadcast()	true if CPUs may hold entries of @mm that
 *				IPIs do not reach
 * pagetree_flush_by_kernel()	how the kernel flushes other CPUs: kernel_flush
 *				in the file geometry
 *
 * Where the processor neither broadcasts nor flushes address spaces that it does
 * not run, flush_page() and flush_context() require that @mm is loaded.
 *
 * System calls:
 *
 * pagetree_syscall_nr()	number of the system call that the current task, which
 *				has the registers @regs in user mode, is in; below 0
 *				if an exception or an interrupt ended user mode
 *
 * The file geometry:
 *
 * PAGETREE_ARCH		the value of arch
 * PAGETREE_ARCH_KEYS(X)	X(key, value): int values of this architecture
 */
#ifndef PAGETREE_ARCH_H
#define PAGETREE_ARCH_H

#include <linux/ptrace.h>

#include <asm/syscall.h>

#if defined(CONFIG_X86)
#include "x86.h"
#elif defined(CONFIG_ARM64)
#include "arm64.h"
#elif defined(CONFIG_RISCV) && defined(CONFIG_64BIT)
#include "riscv.h"
#else
#error "pagetree supports x86-64, i386, arm64 and riscv64 only"
#endif

#endif /* PAGETREE_ARCH_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks the kernel for a huge page. */
#ifndef PAGETREE_COLLAPSE_H
#define PAGETREE_COLLAPSE_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Collapses a range of another process into huge pages, by
 * process_madvise(MADV_COLLAPSE). Returns 0 or errno.
 */
int collapse(pid_t pid, uint64_t start, uint64_t size);

#endif /* PAGETREE_COLLAPSE_H */

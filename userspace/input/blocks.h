/* SPDX-License-Identifier: GPL-2.0-only */
/* Free blocks of memory. */
#ifndef PAGETREE_BLOCKS_H
#define PAGETREE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * blocks_count() - how many blocks of 2^@order pages an allocation could have without compaction
 * @reserved: leave out zone DMA, which x86 keeps for devices
 * @blocks: set
 *
 * Zones whose free memory is below their watermark give none away.
 *
 * Return: false if the kernel does not say.
 */
bool blocks_count(unsigned int order, bool reserved, uint64_t *blocks);

#endif /* PAGETREE_BLOCKS_H */

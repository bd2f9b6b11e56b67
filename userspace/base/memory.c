// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdlib.h>

#include "base/memory.h"

void (*out_of_memory)(void) = abort;

void *resize(void *old, size_t count, size_t size)
{
	void *new = reallocarray(old, count, size);

	if (!new)
		out_of_memory();

	return new;
}

void *grow(void *array, size_t count, size_t size)
{
	/* the array is full only when the count is 0 or a power of two */
	if (count & (count - 1))
		return array;

	return resize(array, 2 * count + 1, size);
}

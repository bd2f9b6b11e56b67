/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation that never fails: if memory runs out, the program ends. */
#ifndef PAGETREE_MEMORY_H
#define PAGETREE_MEMORY_H

#include <stddef.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))

/* Called when memory runs out; must not return. A program may replace it. */
extern void (*out_of_memory)(void);

/* realloc() of @count elements of @size bytes that never fails. */
void *resize(void *old, size_t count, size_t size);

/*
 * Makes room for one more element of @size bytes, where @array has @count. The
 * array must have grown from NULL by this function. Returns the new array.
 */
void *grow(void *array, size_t count, size_t size);

#endif /* PAGETREE_MEMORY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that is there, or the program ends. */
#ifndef PAGETREE_MEMORY_H
#define PAGETREE_MEMORY_H

#include <stddef.h>

/* Called when memory runs out; must not return. A program may set its own. */
extern void (*out_of_memory)(void);

/* realloc() of @count elements of @size bytes that never fails. */
void *resize(void *old, size_t count, size_t size);

/* Makes room for element @count of @array, which has @count elements so far. */
void *grow(void *array, size_t count, size_t size);

#endif /* PAGETREE_MEMORY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which VMAs an address range is in: from /proc/PID/maps, which walks no page tables. */
#ifndef PAGETREE_PLACES_H
#define PAGETREE_PLACES_H

#include <sys/types.h>

#include "model/list.h"

/* struct place - a VMA; @name is printable(), "" if it has none */
struct place {
	uint64_t start;
	uint64_t end;
	const char *name;
};

/* struct places - the VMAs of a process, ascending */
struct places {
	struct place *list;
	size_t count;
	struct texts texts;
};

/* Reads the VMAs of a process; there are none if it has ended. */
struct places places_read(pid_t pid);

/* The VMAs of a list of view_vmas, which must outlive them. */
struct places places_of(const struct list *vmas);

/* The first of the VMAs that overlap a range, and their number; NULL if there are none. */
const struct place *places_find(const struct places *places, uint64_t start,
				uint64_t end, size_t *count);

void places_free(struct places *places);

#endif /* PAGETREE_PLACES_H */

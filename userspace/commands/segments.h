/* SPDX-License-Identifier: GPL-2.0-only */
/* The segments of ELF files, and where a process has them. */
#ifndef PAGETREE_SEGMENTS_H
#define PAGETREE_SEGMENTS_H

#include "model/fields.h"
#include "model/pairs.h"

enum { SEGMENT_segment, SEGMENT_start, SEGMENT_offset, SEGMENT_filesz, SEGMENT_memsz,
       SEGMENT_perms, SEGMENT_align, SEGMENT_congruent, SEGMENT_fits,
       SEGMENT_huge_bytes, SEGMENT_why, SEGMENT_load, SEGMENT_mapped,
       SEGMENT_huge, SEGMENT_bytes1, SEGMENT_bytes2, SEGMENT_file, SEGMENT_FIELDS };

/* Segments of files, and of a process; both have the same columns. */
extern const struct view view_elf, view_loaded;

/* Takes the page sizes from geometry, or from this machine if it has no keys. */
void segments_set_pages(const struct pairs *geometry);

/**
 * segments_add() - add a row for each PT_LOAD of a file
 * @fd: the file, which is closed; -1 if it could not be opened, see errno
 * @file: its name, which stays the caller's
 *
 * Return: NULL, or what is wrong: not_elf if it is not an ELF file.
 */
const char *segments_add(struct list *list, int fd, const char *file);
extern const char not_elf[];

/* Whether a VMA maps the file of a segment with the same bias. */
bool segment_is_part(const union value *row, const struct row *vma);

/*
 * Sets @bias to the distance between the addresses of a VMA and those that the
 * file is linked for. @first: of the rows of the file. Returns false if no loader
 * maps the file like this.
 */
bool segments_find_bias(const struct list *list, size_t first,
			const struct row *vma, uint64_t *bias);

/* Fills in the columns about the process: addresses, and what @vmas map of each. */
void segments_place(struct list *list, size_t first, uint64_t bias,
		    const struct list *vmas);

#endif /* PAGETREE_SEGMENTS_H */

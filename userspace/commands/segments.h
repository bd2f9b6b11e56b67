/* SPDX-License-Identifier: GPL-2.0-only */
/* The segments of ELF files, and their places in a process. */
#ifndef PAGETREE_SEGMENTS_H
#define PAGETREE_SEGMENTS_H

#include "model/fields.h"
#include "model/pairs.h"

enum { SEGMENT_segment, SEGMENT_start, SEGMENT_offset, SEGMENT_filesz, SEGMENT_memsz,
       SEGMENT_perms, SEGMENT_align, SEGMENT_congruent, SEGMENT_fits,
       SEGMENT_huge_bytes, SEGMENT_why, SEGMENT_load, SEGMENT_mapped,
       SEGMENT_huge, SEGMENT_bytes1, SEGMENT_bytes2, SEGMENT_file, SEGMENT_FIELDS };

/* Segments of files, and segments mapped by a process; the columns are the same. */
extern const struct view view_elf, view_loaded;

/* Sets the page sizes of another machine. */
void segments_choose_pages(uint64_t base, uint64_t huge);

/* Sets the page sizes: from geometry, or from this machine if geometry has no keys. */
void segments_set_pages(const struct pairs *geometry);

/**
 * segments_add() - add a row for each PT_LOAD of a file
 * @fd: the file, closed here; -1 if it could not be opened, with errno set
 * @file: its name; the caller keeps it as long as the list
 *
 * Return: NULL, or what is wrong: not_elf if it is not an ELF file.
 */
const char *segments_add(struct list *list, int fd, const char *file);
extern const char not_elf[];

/* Whether a VMA maps the same file as a segment, with the same bias. */
bool segment_is_part(const union value *row, const struct row *vma);

/*
 * Sets @bias to the distance between the addresses of a VMA and the addresses that
 * the file is linked for. @first: first row of the file. Returns false if no segment
 * holds the offset of the VMA.
 */
bool segments_find_bias(const struct list *list, size_t first,
			const struct row *vma, uint64_t *bias);

/* Fills in the columns about the process: address, and bytes that @vmas map. */
void segments_place(struct list *list, size_t first, uint64_t bias,
		    const struct list *vmas);

#endif /* PAGETREE_SEGMENTS_H */

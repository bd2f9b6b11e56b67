/* SPDX-License-Identifier: GPL-2.0-only */
/* What the situations of the factory share. */
#ifndef PAGETREE_TESTS_FACTORY_H
#define PAGETREE_TESTS_FACTORY_H

#include "../memory.h"

/* struct situation - memory with known numbers */
struct situation {
	const char *name;
	void (*build)(void);
	const char *what;	/* a line of --list */
};

/* Tables that end with an empty row */
extern const struct situation page_situations[], table_situations[], huge_situations[], file_situations[],
	bit_situations[], process_situations[];

extern const char *argument;	/* of NAME=ARGUMENT, or NULL */
extern unsigned int levels;	/* of page tables */
extern unsigned int own;	/* the highest level of tables that no two situations share */
extern bool nx;			/* the CPU refuses to execute data */
extern unsigned long vast_place, next_place;

/* bytes from one place to the next: what an entry of the first shared level maps */
#define DISTANCE	(1UL << shift_of(own + 1))

/* At the next place, without MAP_FIXED_NOREPLACE and MAP_NORESERVE in @flags. */
void *map(size_t size, int prot, int flags, int fd);
void *map_anon(size_t size);
void *map_small(size_t size);	/* on small pages */
void *map_huge(size_t size);	/* on huge ones */
/* A file of @pages pages, not of zeros. */
int make_file(unsigned int pages);
/* Until @count pages are swapped out, or for a second. */
void page_out(char *p, unsigned long count);
/* The last range of /proc/self/maps whose line has @wanted, or NULL. */
char *find_range(const char *wanted, size_t *size);
/* whether entries have a soft-dirty bit: those of arm64 have none */
bool have_soft_dirty(void);
void write_text(const char *path, const char *text);

/* size of a text of expectations */
#define WANTED		1024

/* Prints COLUMN=NUMBER... of a range, without columns of levels that this machine lacks. */
__attribute__((format(printf, 3, 4)))
void expect(const void *start, size_t size, const char *format, ...);
/* Appends to a text of WANTED bytes. */
__attribute__((format(printf, 2, 3)))
void add(char *text, const char *format, ...);
/* This machine cannot have the situation. */
void skip(const char *why);

#endif /* PAGETREE_TESTS_FACTORY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings: made, kept, made safe to print, read as numbers. */
#ifndef PAGETREE_TEXT_H
#define PAGETREE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* asprintf() that never fails. */
__attribute__((format(printf, 1, 2)))
char *format(const char *format, ...);

/* Appends to a string of format(), or to NULL. */
__attribute__((format(printf, 2, 3)))
void append(char **text, const char *format, ...);

/* struct texts - strings that are freed together */
struct texts {
	char **list;
	size_t count;
};

/* Takes a string until texts_free(), and returns it. */
const char *texts_keep(struct texts *texts, char *text);
void texts_free(struct texts *texts);

/**
 * printable() - text that is safe on a terminal and in JSON
 * @bytes: anything
 * @size: number of bytes
 * @keep: control characters to leave as they are
 *
 * Return: a new string. Each other control character, and each byte that is not
 *	UTF-8, is octal \ooo. The kernel writes control characters and
 *	backslashes in names the same way.
 */
char *printable(const char *bytes, size_t size, const char *keep);

/* printable() into @to, which has 4 bytes for each byte and 1 more; returns the end. */
char *escape(char *to, const char *bytes, size_t size, const char *keep);

/* "4K", "1.5G", or if @exact "4096"; a new string. */
char *size_text(uint64_t bytes, bool exact);

/* Decimal digits and nothing else; false if it is not a uint64_t. */
bool parse_number(const char *text, uint64_t *number);
/* Digits, a point and digits, such as 3.25. */
bool parse_real(const char *text, double *number);
/* 0x and up to 16 lower-case hexadecimal digits. */
bool parse_address(const char *text, uint64_t *number);

#endif /* PAGETREE_TEXT_H */

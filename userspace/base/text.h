/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings: build, keep, print safely, parse as numbers. */
#ifndef PAGETREE_TEXT_H
#define PAGETREE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* asprintf() that never fails. */
__attribute__((format(printf, 1, 2)))
char *format(const char *format, ...);

/* Appends to a string that format() returned, or to NULL. */
__attribute__((format(printf, 2, 3)))
void append(char **text, const char *format, ...);

/* struct texts - strings that are freed together */
struct texts {
	char **list;
	size_t count;
};

/* Takes ownership of a string until texts_free(), and returns it. */
const char *texts_keep(struct texts *texts, char *text);
void texts_free(struct texts *texts);

/**
 * printable() - make text safe for a terminal and for JSON
 * @bytes: any bytes
 * @size: number of bytes
 * @keep: control characters that stay unchanged
 *
 * Return: a new string. All other control characters and all bytes that are not
 *	UTF-8 become octal \ooo. The kernel escapes control characters and
 *	backslashes in names in the same way.
 */
char *printable(const char *bytes, size_t size, const char *keep);

/* printable() into @to, an array of 4 * @size + 1 bytes; returns its end. */
char *escape(char *to, const char *bytes, size_t size, const char *keep);

/*
 * printable() without a copy: changes @bytes, which must be followed by a NUL and
 * come from malloc(). Returns them, or where they had to move to.
 */
char *escape_inplace(char *bytes, size_t size, const char *keep);

/* Writes digits, without a NUL: at most 20, and 0x with at most 16; returns their end. */
char *put_number(char *to, uint64_t number);
char *put_address(char *to, uint64_t address);

/* A new string such as "4K" or "1.5G", or "4096" if @exact. */
char *size_text(uint64_t bytes, bool exact);

/* Three digits, in a new string: "175ns", "13.3us" or "-2.50ms". */
char *time_text(int64_t ns);

bool starts_with(const char *text, const char *prefix);

/* Decimal digits only; false for other text, or if it exceeds uint64_t. */
bool parse_number(const char *text, uint64_t *number);
/* Digits, a decimal point and digits, such as 3.25. */
bool parse_real(const char *text, double *number);
/* 0x and up to 16 lower-case hexadecimal digits. */
bool parse_address(const char *text, uint64_t *number);

#endif /* PAGETREE_TEXT_H */

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* New strings */

static char *format_args(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		out_of_memory();

	return text;
}

char *format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format_args(fmt, args);
	va_end(args);

	return text;
}

void append(char **text, const char *fmt, ...)
{
	const size_t len = *text ? strlen(*text) : 0;
	va_list args;
	char *more;

	va_start(args, fmt);
	more = format_args(fmt, args);
	va_end(args);
	*text = resize(*text, len + strlen(more) + 1, 1);
	strcpy(*text + len, more);
	free(more);
}

const char *texts_keep(struct texts *texts, char *text)
{
	texts->list = grow(texts->list, texts->count, sizeof(text));
	texts->list[texts->count++] = text;

	return text;
}

void texts_free(struct texts *texts)
{
	while (texts->count)
		free(texts->list[--texts->count]);
	free(texts->list);
	*texts = (struct texts) { 0 };
}

/* Safe printing */

/*
 * Well-formed UTF-8 by first byte, from the shortest: no overlong forms, no
 * surrogates, no C1 control characters. Bytes after the second are 0x80 to 0xbf.
 */
static const struct {
	unsigned char first, last;	/* of the first bytes */
	unsigned char low, high;	/* limits of the second byte */
	size_t len;
} utf8[] = {
	{ 0xc2, 0xc2, 0xa0, 0xbf, 2 },
	{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/*
 * The length of the character at @s in bytes; 0 if it is not well-formed UTF-8, or
 * a control character.
 */
static size_t character(const unsigned char *s, size_t left)
{
	size_t i, j;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	for (i = 0; i < ARRAY_SIZE(utf8) && s[0] > utf8[i].last; i++)
		;
	if (i == ARRAY_SIZE(utf8) || s[0] < utf8[i].first ||
	    left < utf8[i].len || s[1] < utf8[i].low || s[1] > utf8[i].high)
		return 0;
	for (j = 2; j < utf8[i].len; j++)
		if (s[j] < 0x80 || s[j] > 0xbf)
			return 0;

	return utf8[i].len;
}

char *escape(char *to, const char *bytes, size_t size, const char *keep)
{
	const unsigned char *from = (const unsigned char *)bytes;
	const unsigned char *end = from + size;
	size_t len;

	while (from < end) {
		len = *from && strchr(keep, *from) ?
			      1 : character(from, end - from);
		if (len)
			memcpy(to, from, len);
		else
			sprintf(to, "\\%03o", *from);
		to += len ? len : 4;
		from += len ? len : 1;
	}
	*to++ = '\0';

	return to;
}

char *printable(const char *bytes, size_t size, const char *keep)
{
	char *text = resize(NULL, size + 1, 4);

	return resize(text, escape(text, bytes, size, keep) - text, 1);
}

char *size_text(uint64_t bytes, bool exact)
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;
	double value = bytes;

	if (exact)
		return format("%" PRIu64, bytes);
	/* 1023.95 would be printed as 1024.0 */
	while (value >= 1023.95 && units[unit + 1]) {
		value /= 1024;
		unit++;
	}
	if (!unit)
		return format("%.0f", value);
	/* no decimal if it is 0 */
	if ((uint64_t)(value * 10 + 0.5) % 10 == 0)
		return format("%.0f%c", value, units[unit]);

	return format("%.1f%c", value, units[unit]);
}

/* Parsing */

bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool parse_number(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *text - '0', &value))
			return false;
	}
	*number = value;

	return true;
}

bool parse_real(const char *text, double *number)
{
	static const char digits[] = "0123456789";
	const size_t whole = strspn(text, digits);
	size_t rest;

	if (!whole || whole > 15 || text[whole] != '.')
		return false;
	rest = strspn(text + whole + 1, digits);
	if (!rest || text[whole + 1 + rest])
		return false;
	*number = strtod(text, NULL);

	return true;
}

bool parse_address(const char *text, uint64_t *number)
{
	size_t digits;

	if (!starts_with(text, "0x"))
		return false;
	digits = strspn(text + 2, "0123456789abcdef");
	if (!digits || digits > 16 || text[2 + digits])
		return false;
	*number = strtoull(text + 2, NULL, 16);

	return true;
}

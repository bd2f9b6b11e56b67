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
	char *old = *text, *more;
	va_list args;

	va_start(args, fmt);
	more = format_args(fmt, args);
	va_end(args);
	*text = format("%s%s", old ? old : "", more);
	free(more);
	free(old);
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
 * The length of the character at @s in bytes; 0 if it is not well-formed UTF-8,
 * or a control character.
 */
static size_t character(const unsigned char *s, size_t left)
{
	/* the smallest code of each length, no control characters */
	static const uint32_t least[] = { 0, 0x20, 0xa0, 0x800, 0x10000 };
	const size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 :
			   s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
	uint32_t code = len > 1 ? s[0] & 0x7f >> len : s[0];
	size_t i;

	for (i = 1; i < len; i++) {
		if (i == left || (s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	/* DEL, surrogates, and codes behind the last */
	if (code < least[len] || code == 0x7f || code >> 11 == 0x1b ||
	    code > 0x10ffff)
		return 0;

	return len;
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

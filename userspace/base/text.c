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

/* Text that is safe to print */

/*
 * Bytes of the well-formed UTF-8 character at @s, 0 if there is none or if it
 * is a control character of either set.
 */
static size_t character(const unsigned char *s, size_t left)
{
	/* what the second byte may be: no overlong forms, no surrogates */
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (left < len)
		return 0;

	switch (s[0]) {
	case 0xc2: low = 0xa0; break;
	case 0xe0: low = 0xa0; break;
	case 0xed: high = 0x9f; break;
	case 0xf0: low = 0x90; break;
	case 0xf4: high = 0x8f; break;
	}
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
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
	/* one decimal, unless it says nothing */
	if ((uint64_t)(value * 10 + 0.5) % 10 == 0)
		return format("%.0f%c", value, units[unit]);

	return format("%.1f%c", value, units[unit]);
}

/* Text that a program wrote */

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

	if (strncmp(text, "0x", 2))
		return false;
	digits = strspn(text + 2, "0123456789abcdef");
	if (!digits || digits > 16 || text[2 + digits])
		return false;
	*number = strtoull(text + 2, NULL, 16);

	return true;
}

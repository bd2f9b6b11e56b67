// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pagetree.h"

void *resize(void *old, size_t count, size_t size)
{
	void *new = reallocarray(old, count, size);

	if (!new)
		fail(EXIT_FAILURE, "out of memory");

	return new;
}

void *room(void *array, size_t count, size_t size)
{
	/* each time that the count reaches a power of two */
	if (count & (count - 1))
		return array;

	return resize(array, 2 * count + 1, size);
}

char *format(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		fail(EXIT_FAILURE, "out of memory");

	return text;
}

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

/* printable() to where there is room for 4 bytes a byte and a NUL; returns its end. */
static char *escape(char *to, const char *bytes, size_t size, const char *keep)
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

/* An argument may be what somebody else called a process or a file. */
void complain(const char *fmt, ...)
{
	char text[BUFSIZ], line[4 * sizeof(text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	escape(line, text, strlen(text), "");
	fprintf(stderr, "pagetree: %s\n", line);
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

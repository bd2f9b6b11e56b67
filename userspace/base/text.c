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

/* The length of what stays unchanged at @s; 0 if this byte becomes \ooo. */
static size_t unchanged(const unsigned char *s, size_t left, const char *keep)
{
	return *s && strchr(keep, *s) ? 1 : character(s, left);
}

/* Whether @s begins with BLOCK printable ASCII characters, @kept or tabs and newlines. */
#define BLOCK	64
static bool is_plain(const unsigned char *s, bool kept)
{
	/* tab and newline are neighbours; where they are not kept, the space is nothing new */
	const unsigned char first = kept ? '\t' : ' ', more = kept ? '\n' - '\t' : 0;
	unsigned char other = 0;
	int i;

	/* compilers turn it into vector instructions */
	for (i = 0; i < BLOCK; i++)
		other |= ((unsigned char)(s[i] - ' ') > '~' - ' ') &
			 ((unsigned char)(s[i] - first) > more);

	return !other;
}

/* The first byte that becomes \ooo, or the end. */
static const unsigned char *find_hostile(const unsigned char *s,
					 const unsigned char *end,
					 const char *keep)
{
	const bool kept = strchr(keep, '\t') && strchr(keep, '\n');
	size_t len;

	while (s < end) {
		if (end - s >= BLOCK && is_plain(s, kept)) {
			s += BLOCK;
			continue;
		}
		len = unchanged(s, end - s, keep);
		if (!len)
			break;
		s += len;
	}

	return s;
}

char *escape(char *to, const char *bytes, size_t size, const char *keep)
{
	const unsigned char *from = (const unsigned char *)bytes;
	const unsigned char *const end = from + size;
	const unsigned char *stop;

	for (;; from++) {
		stop = find_hostile(from, end, keep);
		/* both may be in one array: see escape_inplace() */
		memmove(to, from, stop - from);
		to += stop - from;
		from = stop;
		if (from == end)
			break;
		*to++ = '\\';
		*to++ = '0' + (*from >> 6);
		*to++ = '0' + (*from >> 3 & 7);
		*to++ = '0' + (*from & 7);
	}
	*to++ = '\0';

	return to;
}

char *printable(const char *bytes, size_t size, const char *keep)
{
	char *text = resize(NULL, size + 1, 4);

	return resize(text, escape(text, bytes, size, keep) - text, 1);
}

/* How many bytes become \ooo. */
static size_t count_hostile(const char *bytes, size_t size, const char *keep)
{
	const unsigned char *s = (const unsigned char *)bytes;
	const unsigned char *const end = s + size;
	size_t count = 0;

	while ((s = find_hostile(s, end, keep)) < end) {
		count++;
		s++;
	}

	return count;
}

char *escape_inplace(char *bytes, size_t size, const char *keep)
{
	const size_t more = 3 * count_hostile(bytes, size, keep);

	if (!more)
		return bytes;
	bytes = resize(bytes, size + more + 1, 1);
	/* the text grows towards its old end, which moves out of the way */
	memmove(bytes + more, bytes, size);
	escape(bytes, bytes + more, size, keep);

	return bytes;
}

char *put_number(char *to, uint64_t number)
{
	char digits[20], *first = digits + sizeof(digits);

	do {
		*--first = '0' + number % 10;
		number /= 10;
	} while (number);
	memcpy(to, first, digits + sizeof(digits) - first);

	return to + (digits + sizeof(digits) - first);
}

char *put_address(char *to, uint64_t address)
{
	int shift = address ? (63 - __builtin_clzll(address)) / 4 * 4 : 0;

	*to++ = '0';
	*to++ = 'x';
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[address >> shift & 15];

	return to;
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

char *time_text(int64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int unit = 0;
	double value = ns, size;

	/* three digits, after rounding */
	while ((value >= 999.5 || value <= -999.5) && unit < 3) {
		value /= 1000;
		unit++;
	}
	size = value < 0 ? -value : value;

	return format("%.*f%s", !unit || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2,
		      value, units[unit]);
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
	uint64_t value = 0;
	size_t digits;
	char c;

	if (!starts_with(text, "0x"))
		return false;
	for (digits = 0; (c = text[2 + digits]); digits++) {
		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (c - 'a' + 10);
		else
			return false;
	}
	if (!digits || digits > 16)
		return false;
	*number = value;

	return true;
}

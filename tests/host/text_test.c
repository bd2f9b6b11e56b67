// SPDX-License-Identifier: GPL-2.0-only
/* Text is made printable in place as in a copy, and numbers are written as printf() does. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "output/width.h"

#define LONGEST	300	/* some blocks of escape(), and what is left */

static int failures;

static void check(const char *name, const char *ours, const char *expected)
{
	if (!strcmp(ours, expected))
		return;
	printf("# %s: '%s', not '%s'\n", name, ours, expected);
	failures++;
}

static void conclude(const char *name)
{
	printf("%s %s\n", failures ? "not ok" : "ok", name);
	if (failures)
		exit(1);
}

/* printable() of each byte alone: it knows no blocks. All of @bytes are ASCII. */
static char *expect(const char *bytes, size_t size, const char *keep)
{
	char *text = format("%s", ""), *one;
	size_t i;

	for (i = 0; i < size; i++) {
		one = printable(bytes + i, 1, keep);
		append(&text, "%s", one);
		free(one);
	}

	return text;
}

static void in_place(const char *bytes, size_t size, const char *keep,
		     const char *expected)
{
	char *copy = resize(NULL, size + 1, 1);

	memcpy(copy, bytes, size);
	copy[size] = '\0';
	copy = escape_inplace(copy, size, keep);
	check("in place", copy, expected);
	free(copy);
}

/* One hostile byte, or two, at each place of plain text */
static void hostile_bytes(const char *keep)
{
	static const char hostile[] = { 0, 1, '\t', '\n', '\r', '\33', '\177' };
	char bytes[LONGEST], *expected, *copy;
	size_t place, i;

	for (i = 0; i < sizeof(hostile); i++) {
		for (place = 0; place < LONGEST; place++) {
			memset(bytes, 'a', LONGEST);
			bytes[place] = hostile[i];
			bytes[LONGEST - 1 - place] = '\5';
			expected = expect(bytes, LONGEST, keep);
			copy = printable(bytes, LONGEST, keep);
			check("a copy", copy, expected);
			in_place(bytes, LONGEST, keep, expected);
			free(copy);
			free(expected);
		}
	}
}

/* What stays, and what becomes \ooo, also where a block of ASCII ends in a character */
static void characters(void)
{
	static const struct { const char *bytes, *text; } pairs[] = {
		{ "\303\251", "\303\251" },		/* e with an accent */
		{ "\342\202\254", "\342\202\254" },	/* the euro */
		{ "\360\237\220\247", "\360\237\220\247" },
		{ "\302\205", "\\302\\205" },		/* a control character */
		{ "\300\200", "\\300\\200" },		/* an overlong NUL */
		{ "\355\240\200", "\\355\\240\\200" },	/* a surrogate */
		{ "\364\220\200\200", "\\364\\220\\200\\200" },
		{ "\303", "\\303" },			/* cut off */
		{ "\251", "\\251" },
		{ "\\", "\\" },
	};
	char *bytes, *text, before[LONGEST];
	size_t i, length;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		for (length = 0; length < LONGEST; length++) {
			memset(before, 'a', length);
			bytes = format("%.*s%s", (int)length, before, pairs[i].bytes);
			text = format("%.*s%s", (int)length, before, pairs[i].text);
			in_place(bytes, strlen(bytes), "", text);
			free(bytes);
			free(text);
		}
	}
}

/* All bytes are hostile: the text becomes four times as long. */
static void worst(void)
{
	char bytes[LONGEST], *expected = NULL;
	size_t i;

	memset(bytes, '\377', sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++)
		append(&expected, "\\377");
	in_place(bytes, sizeof(bytes), "\t\n", expected);
	in_place("", 0, "\t\n", "");
	free(expected);
}

static void number(uint64_t number)
{
	char text[21], *expected = format("%" PRIu64, number);

	*put_number(text, number) = '\0';
	check("a number", text, expected);
	free(expected);
	expected = format("0x%" PRIx64, number);
	*put_address(text, number) = '\0';
	check("an address", text, expected);
	free(expected);
}

static void numbers(void)
{
	uint64_t power;
	int shift;

	number(0);
	number(UINT64_MAX);
	for (shift = 0; shift < 64; shift++) {
		number(UINT64_C(1) << shift);
		number((UINT64_C(1) << shift) - 1);
	}
	for (power = 1; power <= UINT64_MAX / 10; power *= 10) {
		number(10 * power);
		number(10 * power - 1);
	}
}

static void times(void)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" }, { 7, "7ns" }, { 999, "999ns" },
		{ 1000, "1.00us" }, { 1951, "1.95us" }, { 9994, "9.99us" },
		{ 9995, "10.0us" }, { 21503, "21.5us" }, { 99949, "99.9us" },
		{ 99950, "100us" }, { 999499, "999us" }, { 999500, "1.00ms" },
		{ 403982911, "404ms" }, { 123456789012, "123s" },
		{ 5000000000000, "5000s" }, { -352, "-352ns" },
		{ -1951, "-1.95us" }, { -999500, "-1.00ms" },
	};
	char *text;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = time_text(cases[i].ns);
		check("time_text()", text, cases[i].text);
		free(text);
	}
}

/* The longest line of a text. */
static size_t longest(const char *text)
{
	size_t most = 0, len;

	for (;; text += len + 1) {
		len = strcspn(text, "\n");
		most = len > most ? len : most;
		if (!text[len])
			return most;
	}
}

/* In the C locale: two dots, and \xHH for each byte that is not ASCII. */
static void widths(void)
{
	static const struct {
		const char *text;
		size_t width;
		const char *cut;
	} cases[] = {
		{ "/bin/cat", 8, "/bin/cat" }, { "/bin/cat", 7, "..n/cat" },
		{ "anon, [heap]", 7, "anon,.." },
		{ "/lib/libc.so.6, anon", 19, "/lib/libc.so.6, .." },
		{ "/lib/libc.so.6, anon", 14, "..ibc.so.6, .." },
		{ "/memfd:x (deleted)", 12, "/memfd:x.." },
		{ "/memfd:x (deleted)", 8, "..fd:x.." },
		{ "/\xc3\xa4/abcdef", 12, "../abcdef" },
		{ "\xc3\xa4", 8, "\xc3\xa4" }, { "\xc3\xa4zz", 8, "\xc3.." },
	};
	static const char prose[] = "the quick brown fox, and a-word-that-is-too-long";
	size_t i, width;
	char *text, *c;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = text_cut(format("%s", cases[i].text), cases[i].width);
		check("text_cut()", text, cases[i].cut);
		free(text);
	}
	for (width = 10; width < sizeof(prose); width++) {
		text = text_break(format("%s", prose), width);
		if (longest(text) > width)
			check("text_break()", text, "shorter lines");
		for (c = text; width >= 26 && (c = strchr(c, '\n')); )
			*c = ' ';
		if (width >= 26)
			check("text_break() of words", text, prose);
		free(text);
	}
}

int main(void)
{
	hostile_bytes("");
	hostile_bytes("\t\n");
	conclude("text: a control character at any place becomes \\ooo, in place as in a copy");
	characters();
	conclude("text: characters stay, and bytes that are none become \\ooo");
	worst();
	conclude("text: hostile bytes only");
	numbers();
	conclude("text: numbers are written as printf() writes them");
	times();
	conclude("text: times have three digits and a unit");
	widths();
	conclude("text: what is too wide is cut, or broken between words");

	return 0;
}

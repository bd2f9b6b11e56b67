// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/memory.h"
#include "base/text.h"
#include "output/width.h"

/* The width if neither a terminal nor COLUMNS says one. */
#define WIDTH	100

size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	uint64_t width = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize size;

	if (isatty(STDOUT_FILENO) &&
	    !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;

	/* no terminal is wider than USHRT_MAX */
	return width && width <= USHRT_MAX ? width : WIDTH;
}

/*
 * The width of the character at @text; sets @bytes to its length. libsmartcols
 * prints what this locale cannot as \xHH.
 */
static size_t char_width(const char *text, size_t *bytes)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t i;
	int width;

	*bytes = mbrtowc(&c, text, strlen(text), &state);
	if (*bytes == (size_t)-1 || *bytes == (size_t)-2) {
		*bytes = 1;
		return strlen("\\xHH");
	}
	width = wcwidth(c);
	if (width >= 0)
		return width;
	for (i = 0, width = 0; i < *bytes; i++)
		width += strlen("\\xHH");

	return width;
}

/* The bytes at the start of a text that fit into @width columns. */
static size_t fitting(const char *text, size_t width)
{
	size_t taken = 0, bytes, more;

	for (; text[taken]; taken += bytes) {
		more = char_width(text + taken, &bytes);
		if (more > width)
			break;
		width -= more;
	}

	return taken;
}

size_t text_width(const char *text)
{
	size_t width = 0, bytes;

	for (; *text; text += bytes)
		width += char_width(text, &bytes);

	return width;
}

/* The end of a text, in @width columns; a new string. */
static char *end_of(const char *text, size_t width, const char *dots)
{
	const size_t room = width > text_width(dots) ?
			    width - text_width(dots) : 0;
	size_t left = text_width(text), bytes;

	if (left <= width)
		return format("%s", text);
	for (; left > room; text += bytes)
		left -= char_width(text, &bytes);

	return format("%s%s", dots, text);
}

char *text_cut(char *text, size_t width)
{
	const char *const dots = MB_CUR_MAX > 1 ? "…" : "..";
	const char *const comma = strstr(text, ", ");
	const char *const end = comma ? comma : strstr(text, " (deleted)");
	const size_t rest = end ? text_width(dots) + (comma ? 2 : 0) : 0;
	char *path, *cut;

	if (text_width(text) <= width)
		return text;
	if (*text != '/') {
		cut = format("%.*s%s",
			     (int)fitting(text, width - text_width(dots)), text,
			     dots);
	} else {
		path = format("%.*s", end ? (int)(end - text) : -1, text);
		cut = end_of(path, width - rest, dots);
		append(&cut, "%s%s", comma ? ", " : "", end ? dots : "");
		free(path);
	}
	free(text);

	return cut;
}

char *text_break(char *text, size_t width)
{
	char *broken = format("%s", "");
	const char *from = text, *blank;
	size_t taken;

	while (text_width(from) > width) {
		taken = fitting(from, width);
		/* the word that does not fit any more goes to the next line */
		blank = from[taken] == ' ' ? from + taken :
					     memrchr(from, ' ', taken);
		if (blank && blank > from)
			taken = blank - from;
		else if (!taken)
			break;
		append(&broken, "%.*s\n", (int)taken, from);
		from += taken;
		from += strspn(from, " ");
	}
	append(&broken, "%s", from);
	free(text);

	return broken;
}

void text_print(const char *fmt, ...)
{
	const size_t width = isatty(STDOUT_FILENO) ? terminal_width() : SIZE_MAX;
	char *text, *line, *rest, *broken;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		out_of_memory();
	va_end(args);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		broken = text_break(format("%s", line), width);
		fputs(broken, stdout);
		free(broken);
		if (rest)
			putchar('\n');
	}
	free(text);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"

/* Arguments may be names of processes and files, which anybody can choose. */
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

void die_without_memory(void)
{
	fail(EXIT_FAILURE, "out of memory");
}

// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/json.h"

static int depth;
static bool follows;	/* something in the same object or array */

static void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void begin(const char *name)
{
	printf("%s%s%*s", follows ? "," : "", depth ? "\n" : "", 2 * depth, "");
	if (name) {
		print_string(name);
		fputs(": ", stdout);
	}
	follows = true;
}

void json_open(const char *name, char bracket)
{
	begin(name);
	putchar(bracket);
	depth++;
	follows = false;
}

void json_close(char bracket)
{
	depth--;
	if (follows)
		printf("\n%*s", 2 * depth, "");
	putchar(bracket);
	follows = true;
	if (!depth)
		putchar('\n');
}

void json_begin(void)
{
	json_open(NULL, '{');
	json_open("pagetree", '{');
	json_number("schema", JSON_SCHEMA);
}

void json_end(void)
{
	json_close('}');
	json_close('}');
}

void json_number(const char *name, uint64_t number)
{
	begin(name);
	printf("%" PRIu64, number);
}

void json_real(const char *name, double number)
{
	begin(name);
	printf("%.3f", number);
}

void json_address(const char *name, uint64_t address)
{
	begin(name);
	printf("\"0x%" PRIx64 "\"", address);
}

void json_string(const char *name, const char *text)
{
	begin(name);
	print_string(text);
}

void json_null(const char *name)
{
	begin(name);
	fputs("null", stdout);
}

void json_cost(const char *name, const struct cost *cost)
{
	char *member = format("%s_cost", name);

	json_open(member, '{');
#define X(member, meaning) json_number(#member, cost->member);
	PAGETREE_COST_FIELDS(X)
#undef X
	json_string("state", cost->complete ? "complete" : "partial");
	if (!cost->complete)
		json_address("next", cost->next);
	json_close('}');
	free(member);
}

void json_pairs(const char *name, const struct pairs *pairs)
{
	const struct pair *pair;
	size_t i;

	json_open(name, '{');
	for (i = 0; i < pairs->count; i++) {
		pair = &pairs->pairs[i];
		if (pair->is_number)
			json_number(pair->key, pair->number);
		else if (pair->is_real)
			json_real(pair->key, pair->real);
		else
			json_string(pair->key, pair->text);
	}
	json_close('}');
}

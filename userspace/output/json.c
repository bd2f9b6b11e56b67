// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/summary.h"
#include "output/json.h"

static void print_string(const char *text)
{
	const char *end = text;

	putchar_unlocked('"');
	for (; *end; end++) {
		if (*end != '"' && *end != '\\')
			continue;
		fwrite_unlocked(text, 1, end - text, stdout);
		putchar_unlocked('\\');
		text = end;
	}
	fwrite_unlocked(text, 1, end - text, stdout);
	putchar_unlocked('"');
}

/* Prints a newline and the blanks of this depth. */
static void new_line(const struct json *json)
{
	/* no document is deeper than this */
	static const char blanks[] = "\n                                ";
	const size_t wanted = 1 + 2 * json->depth, most = sizeof(blanks) - 1;

	fwrite_unlocked(blanks, 1, wanted < most ? wanted : most, stdout);
}

/* Begins a value; false if the writer is off. */
static bool begin(struct json *json, const char *name)
{
	if (!json->on)
		return false;
	if (json->follows)
		putchar_unlocked(',');
	if (json->depth)
		new_line(json);
	if (name) {
		print_string(name);
		putchar_unlocked(':');
		putchar_unlocked(' ');
	}
	json->follows = true;

	return true;
}

void json_open(struct json *json, const char *name, char bracket)
{
	if (!begin(json, name))
		return;
	putchar(bracket);
	json->depth++;
	json->follows = false;
}

void json_close(struct json *json, char bracket)
{
	if (!json->on)
		return;
	json->depth--;
	if (json->follows)
		new_line(json);
	putchar(bracket);
	json->follows = true;
	if (!json->depth)
		putchar('\n');
}

void json_number(struct json *json, const char *name, uint64_t number)
{
	char digits[32];

	if (begin(json, name))
		fwrite_unlocked(digits, 1, put_number(digits, number) - digits,
				stdout);
}

/* A value in the format of printf(). */
__attribute__((format(printf, 3, 4)))
static void json_format(struct json *json, const char *name, const char *fmt, ...)
{
	va_list args;

	if (!begin(json, name))
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

void json_real(struct json *json, const char *name, double number)
{
	json_format(json, name, "%.3f", number);
}

void json_address(struct json *json, const char *name, uint64_t address)
{
	json_format(json, name, "\"0x%" PRIx64 "\"", address);
}

void json_string(struct json *json, const char *name, const char *text)
{
	if (begin(json, name))
		print_string(text);
}

void json_null(struct json *json, const char *name)
{
	if (begin(json, name))
		fputs("null", stdout);
}

void json_value(struct json *json, const struct field_info *field,
		union value value)
{
	if (!value_is_known(value, field->type))
		json_null(json, field->name);
	else if (type_is_text(field->type))
		json_string(json, field->name, value.text);
	else if (type_is_real(field->type))
		json_real(json, field->name, value.real);
	else if (field->type == ADDRESS)
		json_address(json, field->name, value.number);
	else if (field->type == DELTA)
		json_format(json, field->name, "%" PRId64, (int64_t)value.number);
	else
		json_number(json, field->name, value.number);
}

void json_cost(struct json *json, const char *name, const struct cost *cost)
{
	char *member = format("%s_cost", name);

	json_open(json, member, '{');
#define X(number, meaning) json_number(json, #number, cost->number);
	PAGETREE_COST_FIELDS(X)
#undef X
	json_string(json, "state", cost->complete ? "complete" : "partial");
	if (!cost->complete)
		json_address(json, "next", cost->next);
	json_close(json, '}');
	free(member);
}

void json_pairs(struct json *json, const char *name, const struct pairs *pairs)
{
	const struct pair *pair;
	size_t i;

	json_open(json, name, '{');
	for (i = 0; i < pairs->count; i++) {
		pair = &pairs->pairs[i];
		if (pair->is_number)
			json_number(json, pair->key, pair->number);
		else if (pair->is_real)
			json_real(json, pair->key, pair->real);
		else
			json_string(json, pair->key, pair->text);
	}
	json_close(json, '}');
}

void json_totals(struct json *json, const struct pairs *summary,
		 const struct pairs *geometry)
{
	double totals[SUMMARY_TOTALS];
	size_t i;

	summary_totals(summary, geometry, totals);
	json_open(json, "totals", '{');
	for (i = 0; i < SUMMARY_TOTALS; i++) {
		if (summary_total[i].counts)
			json_number(json, summary_total[i].name,
				    totals[i] < 0x1p64 ? (uint64_t)totals[i] :
							 UINT64_MAX);
		else
			json_real(json, summary_total[i].name, totals[i]);
	}
	json_close(json, '}');
}

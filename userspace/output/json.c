// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/summary.h"
#include "output/json.h"

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

/* Begins a value; false if the writer is off. */
static bool begin(struct json *json, const char *name)
{
	if (!json->on)
		return false;
	printf("%s%s%*s", json->follows ? "," : "", json->depth ? "\n" : "",
	       2 * json->depth, "");
	if (name) {
		print_string(name);
		fputs(": ", stdout);
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
		printf("\n%*s", 2 * json->depth, "");
	putchar(bracket);
	json->follows = true;
	if (!json->depth)
		putchar('\n');
}

/* Defines a function that writes a number. */
#define WRITER(kind, type, format)					\
void json_##kind(struct json *json, const char *name, type number)	\
{									\
	if (begin(json, name))						\
		printf(format, number);					\
}

WRITER(number, uint64_t, "%" PRIu64)
WRITER(real, double, "%.3f")
WRITER(address, uint64_t, "\"0x%" PRIx64 "\"")
static WRITER(delta, int64_t, "%" PRId64)

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
		json_delta(json, field->name, (int64_t)value.number);
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

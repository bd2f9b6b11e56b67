// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/expect.h"
#include "output/json.h"

/* Numbers that summary does not have, but that follow from it. */

static double mapped(const struct pairs *summary, const struct pairs *geometry)
{
	(void)geometry;

	return summary_sum(summary, "bytes");
}

static double huge(const struct pairs *summary, const struct pairs *geometry)
{
	const double whole = mapped(summary, geometry);

	return whole ? 100 * summary_huge(summary) / whole : 0;
}

static double references(const struct pairs *summary,
			 const struct pairs *geometry)
{
	(void)geometry;

	return summary_references(summary);
}

static double tables(const struct pairs *summary, const struct pairs *geometry)
{
	(void)geometry;

	return summary_sum(summary, "tables");
}

static double table_bytes(const struct pairs *summary,
			  const struct pairs *geometry)
{
	return tables(summary, geometry) * pairs_number(geometry, "table_bytes");
}

static double table_share(const struct pairs *summary,
			  const struct pairs *geometry)
{
	const double whole = mapped(summary, geometry);

	return whole ? 100 * table_bytes(summary, geometry) / whole : 0;
}

static double empty(const struct pairs *summary, const struct pairs *geometry)
{
	(void)geometry;

	return summary_sum(summary, "empty");
}

static const struct {
	const char *name;
	double (*number)(const struct pairs *summary,
			 const struct pairs *geometry);
	bool counts;	/* it is a whole number */
	const char *meaning;
} made[] = {
	{ "mapped", mapped, true, "bytes that the leaves map" },
	{ "huge%", huge, false, "part of them on leaves above level 1" },
	{ "refs", references, false, "memory references of a translation, mean" },
	{ "tables", tables, true, "page tables of all levels" },
	{ "table_bytes", table_bytes, true, "their size" },
	{ "table%", table_share, false, "their size as a part of mapped" },
	{ "empty", empty, true, "tables without an entry in use" },
};

#define MADE (sizeof(made) / sizeof(*made))

void expect_help(void)
{
	size_t i;

	puts("Names that --expect knows, beside the keys of PID/summary:");
	for (i = 0; i < MADE; i++)
		printf("  %-12s %s\n", made[i].name, made[i].meaning);
}

void expect_json(const struct pairs *summary, const struct pairs *geometry)
{
	double number;
	size_t i;

	for (i = 0; i < MADE; i++) {
		number = made[i].number(summary, geometry);
		if (made[i].counts)
			json_number(made[i].name, number < 0x1p64 ?
				    (uint64_t)number : UINT64_MAX);
		else
			json_real(made[i].name, number);
	}
}

void expect_add(struct options *options, const char *text)
{
	static const char *const ops[] = {
		"<", "<=", ">", ">=", "=", "==", "!=", NULL
	};
	static const char letters[] = "KMGTPE";
	struct expectation expectation = { .text = text };
	const size_t len = strcspn(text, "<>=! ");
	const char *rest = text + len;
	const char *unit;
	char *end;
	size_t op;

	rest += strspn(rest, " ");
	memcpy(expectation.op, rest, strspn(rest, "<>=!") < 3 ?
				     strspn(rest, "<>=!") : 0);
	rest += strlen(expectation.op);
	rest += strspn(rest, " ");
	expectation.number = strtod(rest, &end);
	unit = *end ? strchr(letters, *end) : NULL;
	if (unit && end > rest) {
		for (; unit >= letters; unit--)
			expectation.number *= 1024;
		end++;
	}
	if (*end == '%')
		end++;
	for (op = 0; ops[op] && strcmp(ops[op], expectation.op); op++)
		;
	if (!len || end == rest || *end || !ops[op])
		usage("--expect: '%s': not NAME OP NUMBER, as 'huge%%>=90'", text);
	expectation.name = format("%.*s", (int)len, text);
	options->expectations = room(options->expectations,
				     options->expectation_count,
				     sizeof(expectation));
	options->expectations[options->expectation_count++] = expectation;
}

static bool number_of(const struct process *process, const char *name,
		      double *number)
{
	const struct pairs *summary = &process->model.summary;
	const struct pair *pair = pairs_find(summary, name);
	size_t i;

	if (pair && (pair->is_number || pair->is_real)) {
		*number = pair->is_number ? pair->number : pair->real;
		return true;
	}
	for (i = 0; i < MADE; i++) {
		if (strcmp(made[i].name, name))
			continue;
		*number = made[i].number(summary, &process->model.geometry);
		return true;
	}

	return false;
}

static bool is_true(double number, const struct expectation *expectation)
{
	const double other = expectation->number;

	switch (expectation->op[0]) {
	case '<':
		return expectation->op[1] ? number <= other : number < other;
	case '>':
		return expectation->op[1] ? number >= other : number > other;
	case '!':
		return number != other;
	default:
		return number == other;
	}
}

static bool has_fraction(double number)
{
	/* nor has one that is larger */
	return number < 0x1p53 && number != (uint64_t)number;
}

bool expect_all(const struct options *options, const struct process *process)
{
	bool all = true;
	double number;
	char *title;
	size_t i;

	for (i = 0; i < options->expectation_count; i++) {
		if (!process->model.summary.present)
			fail(EXIT_FAILURE, "--expect: no summary was read");
		if (!number_of(process, options->expectations[i].name, &number))
			usage("--expect: %s: no such number: see pagetree --help",
			      options->expectations[i].name);
		if (is_true(number, &options->expectations[i]))
			continue;
		title = process_title(process);
		complain("%s: %s is %.*f, expected '%s'", title,
			 options->expectations[i].name,
			 has_fraction(number) ? 2 : 0, number,
			 options->expectations[i].text);
		free(title);
		all = false;
	}

	return all;
}

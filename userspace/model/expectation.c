// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "model/expectation.h"
#include "model/summary.h"

const char *expectation_parse(struct expectation *expectation, const char *text)
{
	static const char *const ops[] = {
		"<", "<=", ">", ">=", "=", "==", "!=", NULL
	};
	static const char letters[] = "KMGTPE";
	const size_t len = strcspn(text, "<>=! ");
	const char *rest = text + len;
	const char *unit;
	char *end;
	size_t op;

	*expectation = (struct expectation) { .text = text };
	rest += strspn(rest, " ");
	for (op = 0; op < 2 && rest[op] && strchr("<>=!", rest[op]); op++)
		expectation->op[op] = rest[op];
	rest += strlen(expectation->op);
	rest += strspn(rest, " ");
	expectation->number = strtod(rest, &end);
	unit = *end ? strchr(letters, *end) : NULL;
	if (unit && end > rest) {
		for (; unit >= letters; unit--)
			expectation->number *= 1024;
		end++;
	}
	if (*end == '%')
		end++;
	for (op = 0; ops[op] && strcmp(ops[op], expectation->op); op++)
		;
	if (!len || end == rest || *end || !ops[op])
		return "not NAME OP NUMBER, as 'huge%>=90'";
	expectation->name = format("%.*s", (int)len, text);

	return NULL;
}

bool expectation_number(const struct model *model, const char *name,
			double *number)
{
	const struct pair *pair = pairs_find(&model->summary, name);
	double totals[SUMMARY_TOTALS];
	size_t i;

	if (pair && (pair->is_number || pair->is_real)) {
		*number = pair->is_number ? pair->number : pair->real;
		return true;
	}
	summary_totals(&model->summary, &model->geometry, totals);
	for (i = 0; i < SUMMARY_TOTALS; i++) {
		if (strcmp(summary_total[i].name, name))
			continue;
		*number = totals[i];
		return true;
	}

	return false;
}

bool expectation_holds(const struct expectation *expectation, double number)
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

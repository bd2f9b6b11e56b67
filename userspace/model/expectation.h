/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions on the numbers of a process: --expect. */
#ifndef PAGETREE_EXPECTATION_H
#define PAGETREE_EXPECTATION_H

#include "model/model.h"

/* struct expectation - `NAME OP NUMBER`; the owner frees @name, not @text */
struct expectation {
	const char *text;
	char *name;
	char op[3];
	double number;
};

/* Returns NULL, or why the text is not a condition. */
const char *expectation_parse(struct expectation *expectation, const char *text);

/* Sets @number to a key of summary, or to a total; returns false if @name is neither. */
bool expectation_number(const struct model *model, const char *name,
			double *number);

bool expectation_holds(const struct expectation *expectation, double number);

#endif /* PAGETREE_EXPECTATION_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of the debugfs files as rows and pairs. Opens nothing, prints nothing. */
#ifndef PAGETREE_MODEL_H
#define PAGETREE_MODEL_H

#include "model/fields.h"
#include "model/pairs.h"

/* The title of a captured file of /proc or /sys; its path and number of lines follow. */
#define CAPTURED	"# captured "

/* struct captured - a captured file: its path and its text */
struct captured {
	const char *path;
	const char *text;
};

/**
 * struct model - the files of a process that were read
 * @geometry: the file of that name, and so on
 * @captured: files of /proc and /sys that an input holds
 * @captured_count: number of @captured
 * @kept: columns to keep of the rows that will be read; NULL: all
 * @texts: all text that rows and pairs point into
 */
struct model {
	struct pairs geometry;
	struct pairs summary;
	struct list vmas;
	struct list tables;
	struct list map;
	struct list walk;
	struct list processes;
	struct list shootdowns;
	struct list invalidations;
	struct list initiators;
	struct captured *captured;
	size_t captured_count;
	const struct kept *kept;
	struct texts texts;
};

/**
 * model_parse() - add files to a model
 * @model: zeroed, or with other files in it
 * @text: one file or several, concatenated, printable(); the parser changes it,
 *	model_free() frees it
 * @line: set to the number of the last line that was read
 *
 * Return: NULL, or what is wrong with that line.
 */
const char *model_parse(struct model *model, char *text, size_t *line);
void model_free(struct model *model);

/* The list of this name if the model has it, or NULL. */
const struct list *model_list(const struct model *model, const char *name);

/* Whether every file of the model says state=complete. */
bool model_is_complete(const struct model *model);

#endif /* PAGETREE_MODEL_H */

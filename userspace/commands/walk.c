// SPDX-License-Identifier: GPL-2.0-only
/* The command walk: the entries on the page walk of addresses. */
#include <errno.h>
#include <string.h>

#include "base/die.h"
#include "cli/run.h"
#include "commands/commands.h"
#include "input/debugfs.h"

#define QUESTION	3000	/* bytes of addresses in one write */

/* The next addresses to ask for, as a new string; NULL after the last. */
static char *question(char *const **words)
{
	char *text = NULL;

	for (; **words && (!text || strlen(text) < QUESTION); (*words)++)
		append(&text, "%s ", **words);

	return text;
}

/* Adds the rows of an answer to those of earlier answers. */
static void add_answer(struct list *to, const struct list *from)
{
	const uint64_t longest = to->cost.lock_us_max > from->cost.lock_us_max ?
				 to->cost.lock_us_max : from->cost.lock_us_max;
	size_t i;

	for (i = 0; i < from->count; i++)
		memcpy(list_add(to), list_row(from, i),
		       from->view->count * sizeof(*from->values));
	to->cost.complete &= from->cost.complete;
#define X(name, meaning) to->cost.name += from->cost.name;
	PAGETREE_COST_FIELDS(X)
#undef X
	to->cost.lock_us_max = longest;
}

static bool ask(struct process *process, const struct options *options)
{
	struct model *model = &process->model;
	struct list all = { 0 };
	char *const *words = options->words;
	char *text;
	int error;

	if (options->input && !model->walk.present)
		run_lacks(options, "walk");
	if (options->input)
		return true;
	while ((text = question(&words))) {
		error = debugfs_walk(model, process->pid, text);
		if (error == EINVAL)
			fail(EXIT_FAILURE, "%s: not in user space", text);
		if (error && error != ESRCH)
			fail(EXIT_FAILURE, "%d: walk: %s", process->pid,
			     strerror(error));
		free(text);
		if (error)
			return false;
		if (!all.present) {
			all = model->walk;
		} else {
			add_answer(&all, &model->walk);
			list_free(&model->walk);
		}
		model->walk = (struct list) { 0 };
	}
	model->walk = all;

	return true;
}

int run_walk(const struct options *options)
{
	/* only an input must have the file; a process answers questions */
	static const char *const files[] = { "walk", NULL };
	const struct run run = {
		.files = options->input ? files : files + 1,
		.prepare = ask,
	};
	char *const *word;
	uint64_t address;

	for (word = options->words; *word; word++)
		if (!parse_address(*word, &address))
			usage("%s: not an address, as 0x7f0000001000", *word);

	return run_processes(&run, options);
}

// SPDX-License-Identifier: GPL-2.0-only
/* All processes. */
#include "base/die.h"
#include "cli/run.h"
#include "commands/commands.h"

int run_ps(const struct options *options)
{
	struct document document;
	struct model model = { 0 };
	bool complete;

	run_global(&model, options, "processes");
	complete = model.processes.cost.complete;
	document = document_begin(&options->style);
	document_list(&document, &model.processes, &model.geometry, 0);
	json_cost(&document.json, "processes", &model.processes.cost);
	document_end(&document);
	model_free(&model);
	if (complete)
		return EXIT_SUCCESS;
	complain("the processes were not read to their end: state=partial");

	return EXIT_PARTIAL;
}

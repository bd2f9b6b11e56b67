// SPDX-License-Identifier: GPL-2.0-only
/* The commands that print one file as it is: vmas, tables, map, ps, geometry. */
#include "base/die.h"
#include "cli/run.h"
#include "commands/commands.h"

int run_list(const struct options *options)
{
	const char *const files[] = { options->view->name, NULL };
	const struct run run = { .files = files, .lists = true };

	return run_processes(&run, options);
}

int run_ps(const struct options *options)
{
	const struct kept kept = columns_kept(options->view, &options->style);
	struct document document;
	struct model model = { .kept = &kept };
	bool complete;

	run_global(&model, options, "processes");
	complete = model.processes.cost.complete;
	document = document_begin(&options->style);
	document_list(&document, &model.processes, &model.geometry, 0);
	json_cost(&document.json, "processes", &model.processes.cost);
	document_end(&document);
	model_free(&model);
	free(kept.fields);
	if (complete)
		return EXIT_SUCCESS;
	complain("the processes were not read to their end: state=partial");

	return EXIT_PARTIAL;
}

int run_geometry(const struct options *options)
{
	struct document document;
	struct model model = { 0 };
	struct list list;

	run_global(&model, options, "geometry");
	list = pairs_list(&model.geometry);
	document = document_begin(&options->style);
	/* in JSON an object, unless -o asks for columns */
	if (document.json.on && !options->style.chosen)
		json_pairs(&document.json, "geometry", &model.geometry);
	else
		document_list(&document, &list, &model.geometry, 0);
	json_cost(&document.json, "geometry", &model.geometry.cost);
	document_end(&document);
	list_free(&list);
	model_free(&model);

	return EXIT_SUCCESS;
}

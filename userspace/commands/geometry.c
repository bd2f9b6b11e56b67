// SPDX-License-Identifier: GPL-2.0-only
/* The machine. */
#include "base/die.h"
#include "cli/run.h"
#include "commands/commands.h"

int run_geometry(const struct options *options)
{
	const struct style *style = &options->style;
	struct document document;
	struct model model = { 0 };
	struct list list;

	run_global(&model, options, "geometry");
	list = pairs_list(&model.geometry);
	document = document_begin(style);
	/* in JSON an object, as everywhere, unless -o asks for columns */
	if (document.json.on && !style->chosen)
		json_pairs(&document.json, "geometry", &model.geometry);
	else
		document_list(&document, &list, &model.geometry, 0);
	json_cost(&document.json, "geometry", &model.geometry.cost);
	document_end(&document);
	list_free(&list);
	model_free(&model);

	return EXIT_SUCCESS;
}

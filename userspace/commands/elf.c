// SPDX-License-Identifier: GPL-2.0-only
#include <libelf.h>
#include <string.h>

#include "base/die.h"
#include "cli/run.h"
#include "commands/commands.h"
#include "commands/segments.h"
#include "input/debugfs.h"
#include "input/file.h"

/* Files */

/* Sets the pages of another machine, whose tables fill a page with entries of 8 bytes. */
static void set_pages(const char *text)
{
	char *end;
	const uint64_t page = strtoull(text, &end, 10) << 10;

	if ((page != 4 << 10 && page != 16 << 10 && page != 64 << 10) ||
	    (strcmp(end, "K") && strcmp(end, "k")))
		usage("--page: %s: not a size of pages: 4K, 16K or 64K", text);
	segments_choose_pages(page, page / 8 * page);
}

static int show_files(const struct options *options)
{
	struct document document;
	struct list list = list_new(&view_elf);
	struct model model = { 0 };
	const char *name, *wrong;
	char *const *word;
	int i;

	for (i = SEGMENT_load; i < SEGMENT_file; i++)
		list.has[i] = false;
	debugfs_geometry(&model);
	if (options->page)
		set_pages(options->page);
	else
		segments_set_pages(&model.geometry);
	for (word = options->words; *word; word++) {
		name = list_keep(&list, printable(*word, strlen(*word), ""));
		if (options->pid_count || !strchr(name, '/'))
			usage("%s: files, which have a slash, and processes exclude each other",
			      name);
		wrong = segments_add(&list, file_open_regular(*word), name);
		if (wrong)
			fail(EXIT_FAILURE, "%s: %s", name, wrong);
	}
	document = document_begin(&options->style);
	document_list(&document, &list, &model.geometry, 0);
	document_end(&document);
	list_free(&list);
	model_free(&model);

	return EXIT_SUCCESS;
}

/* Processes */

/* Adds the file of an executable VMA unless it is there; false if the process is gone. */
static bool add_program(struct process *process, const struct row *vma)
{
	const char *file = vma->values[FIELD_name].text, *wrong;
	struct list *list = &process->made;
	const size_t first = list->count;
	const union value *known;
	union value *row;
	uint64_t bias;
	size_t i;
	int fd;

	for (i = 0; i < first; i++) {
		known = list_row(list, i);
		if (segment_is_part(known, vma) ||
		    (known[SEGMENT_load].number == UNKNOWN &&
		     !strcmp(known[SEGMENT_file].text, file)))
			return true;
	}
	fd = file_open_mapped(process->pid, row_number(vma, FIELD_start),
			      row_number(vma, FIELD_end), file);
	wrong = segments_add(list, fd, file);
	if (!wrong && segments_find_bias(list, first, vma, &bias)) {
		segments_place(list, first, bias, &process->model.vmas);
		return true;
	}
	list->count = first;
	if (!wrong || wrong == not_elf)
		return true;
	row = list_add(list);
	row[SEGMENT_why].text = "unreadable";
	row[SEGMENT_file].text = file;

	return debugfs_hold(process->pid);
}

/* Whether a program has moved text to anonymous memory: the file may have no executable VMA then. */
static bool has_moved(const struct list *vmas)
{
	const union value *vma;
	size_t i;

	for (i = 0; i < vmas->count; i++) {
		vma = list_row(vmas, i);
		if (strchr(vma[FIELD_perms].text, 'x') && !*vma[FIELD_name].text &&
		    !strcmp(vma[FIELD_kind].text, "anon"))
			return true;
	}

	return false;
}

/* Whether the VMA maps a file whose text may have moved: no row has it. */
static bool is_left(const struct list *list, const union value *vma)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!strcmp(list_row(list, i)[SEGMENT_file].text,
			    vma[FIELD_name].text))
			return false;

	return true;
}

/*
 * Adds the files of the executable VMAs; with @left those of the others that no row
 * has. Return: false if the process is gone.
 */
static bool add_programs(struct process *process, bool left)
{
	const struct list *vmas = &process->model.vmas;
	const union value *vma;
	size_t i;

	for (i = 0; i < vmas->count; i++) {
		vma = list_row(vmas, i);
		/* the name of a VMA without a file is [vdso], [stack]... or empty */
		if (!*vma[FIELD_name].text || *vma[FIELD_name].text == '[')
			continue;
		if ((left ? is_left(&process->made, vma) :
			    strchr(vma[FIELD_perms].text, 'x') != NULL) &&
		    !add_program(process, &list_vmas(vmas)[i]))
			return false;
	}

	return true;
}

static bool find_programs(struct process *process, const struct options *options)
{
	const struct list *vmas = &process->model.vmas;

	(void)options;
	segments_set_pages(&process->model.geometry);
	process->made = list_new(&view_loaded);
	process->made.cost = vmas->cost;

	return add_programs(process, false) &&
	       (!has_moved(vmas) || add_programs(process, true));
}

static void print(struct document *document, const struct process *process,
		  const struct options *options)
{
	run_print(document, process, options, &process->made);
	json_cost(&document->json, "elf", &process->made.cost);
}

int run_elf(const struct options *options)
{
	static const char *const files[] = { "vmas", NULL };
	static const struct run run = {
		.files = files, .prepare = find_programs, .print = print,
	};

	if (options->page && !options->word_count)
		usage("--page: only for files: a process has the pages of this machine");
	if (elf_version(EV_CURRENT) == EV_NONE)
		fail(EXIT_FAILURE, "libelf: %s", elf_errmsg(-1));

	return options->word_count ? show_files(options) :
				     run_processes(&run, options);
}

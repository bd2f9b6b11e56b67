// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/die.h"
#include "base/memory.h"
#include "cli/run.h"
#include "input/debugfs.h"
#include "input/system.h"
#include "input/vmas.h"

char *process_title(const struct process *process)
{
	const char *comm = process->comm ? process->comm : "";

	if (!process->pid)
		return format("%s", comm);

	return format("%s%spid %d", comm, *comm ? ", " : "", process->pid);
}

/* Reading */

char *run_comm(pid_t pid)
{
	char *raw = pid ? proc_read(pid, "comm") : NULL, *comm;
	size_t len = raw ? strlen(raw) : 0;

	if (!raw)
		return NULL;
	/* without the newline at the end */
	comm = printable(raw, len ? len - 1 : 0, "");
	free(raw);

	return comm;
}

static bool read_files(struct process *process, const char *const *files,
		       const struct options *options)
{
	struct model *model = &process->model;

	debugfs_read(model, 0, "geometry");
	for (; *files; files++)
		if (!debugfs_read(model, process->pid, *files))
			return false;

	return !options->expectation_count || model->summary.present ||
	       debugfs_read(model, process->pid, "summary");
}

/* Holds a process and reads it; false if it is gone. */
static bool load(struct process *process, pid_t pid, const char *const *files,
		 const struct options *options)
{
	process->pid = options->proc ? proc_leader(pid) : debugfs_hold(pid);
	if (!process->pid)
		return false;
	process->comm = run_comm(process->pid);

	return options->proc ? vmas_by_proc(&process->model, process->pid) :
			       read_files(process, files, options);
}

_Noreturn void run_lacks(const struct options *options, const char *name)
{
	const bool left_out = !strcmp(name, "walk") || !strcmp(name, "processes");

	fail(EXIT_FAILURE, "%s: there is no %s in it: pagetree capture %s",
	     options->input, name, left_out ? "leaves it out" : "writes it");
}

static bool has_file(const struct model *model, const char *name)
{
	return !strcmp(name, "geometry") ? model->geometry.present :
	       !strcmp(name, "summary") ? model->summary.present :
					  model_list(model, name) != NULL;
}

static void load_input(struct process *process, const struct options *options,
		       const char *const *files)
{
	const struct model *model = &process->model;
	const char *const *file;
	bool found = false;

	debugfs_input(&process->model, options->input);
	process->pid = pairs_number(&model->summary, "pid");
	process->comm = run_comm(process->pid);
	/* one file is enough: show reads two */
	for (file = files; *file; file++)
		found |= has_file(model, *file);
	if (!found && *files)
		run_lacks(options, files[0]);
}

void run_global(struct model *model, const struct options *options,
		const char *name)
{
	if (options->input) {
		debugfs_input(model, options->input);
	} else {
		debugfs_check();
		debugfs_read(model, 0, "geometry");
		if (!has_file(model, name))
			debugfs_read(model, 0, name);
	}
	if (!has_file(model, name))
		run_lacks(options, name);
}

static void free_process(struct process *process)
{
	model_free(&process->model);
	list_free(&process->made);
	free(process->comm);
}

/* Printing */

void run_print(struct document *document, const struct process *process,
	       const struct options *options, const struct list *list)
{
	const bool several = options->pid_count > 1;
	char *title;

	if (several && document_has_text(document)) {
		title = process_title(process);
		document_text(document, "%s:\n", title);
		free(title);
	}
	document_list(document, list, &process->model.geometry,
		      several && !document_has_text(document) ? process->pid : 0);
}

void run_print_file(struct document *document, const struct process *process,
		    const struct options *options, const char *name)
{
	const struct list *list = model_list(&process->model, name);

	if (!list)
		return;
	run_print(document, process, options, list);
	/* without the module there was no walk */
	if (!options->proc)
		json_cost(&document->json, name, &list->cost);
}

static void print_process(struct document *document, const struct run *run,
			  const struct process *process,
			  const struct options *options)
{
	struct json *json = &document->json;

	json_open(json, NULL, '{');
	if (process->pid)
		json_number(json, "pid", process->pid);
	if (process->comm)
		json_string(json, "comm", process->comm);
	if (options->proc) {
		json_string(json, "source", "proc");
		document_text(document, "from /proc, without the module: no tables, levels known only by size, huge zero pages counted only with PAGEMAP_SCAN\n\n");
	}
	if (run->print)
		run->print(document, process, options);
	else
		run_print_file(document, process, options, options->view->name);
	json_close(json, '}');
}

static void print_all(const struct run *run, const struct process *processes,
		      size_t count, const struct options *options)
{
	const struct pairs *geometry = &processes->model.geometry;
	struct document document = document_begin(&options->style);
	struct style others = options->style;
	size_t i;

	if (geometry->present && !options->proc) {
		json_pairs(&document.json, "geometry", geometry);
		json_cost(&document.json, "geometry", &geometry->cost);
	}
	if (run->first)
		run->first(&document, options);
	json_open(&document.json, "processes", '[');
	/* raw rows of all processes are one table with one line of headings */
	others.headings &= others.format != FORMAT_RAW;
	for (i = 0; i < count; i++) {
		if (i) {
			document.style = &others;
			if (others.format == FORMAT_TABLE && !run->together)
				putchar('\n');
		}
		print_process(&document, run, &processes[i], options);
	}
	json_close(&document.json, ']');
	if (run->last && count > 1)
		run->last(&document, processes, count);
	document_end(&document);
}

/* Whether a number has a fraction; from 2^53 on no double has one. */
static bool has_fraction(double number)
{
	return number < 0x1p53 && number != (uint64_t)number;
}

/* Whether a condition holds; complains if not. */
static bool expect(const struct process *process,
		   const struct expectation *expectation)
{
	double number;
	char *title;

	if (!process->model.summary.present)
		fail(EXIT_FAILURE, "--expect: no summary was read");
	if (!expectation_number(&process->model, expectation->name, &number))
		usage("--expect: %s: no such number: see pagetree --help",
		      expectation->name);
	if (expectation_holds(expectation, number))
		return true;
	title = process_title(process);
	complain("%s: %s is %.*f, expected '%s'", title, expectation->name,
		 has_fraction(number) ? 2 : 0, number, expectation->text);
	free(title);

	return false;
}

/* The exit code for a process. */
static int judge(const struct process *process, const struct options *options)
{
	bool all = true;
	size_t i;

	for (i = 0; i < options->expectation_count; i++)
		all &= expect(process, &options->expectations[i]);
	if (!model_is_complete(&process->model))
		return EXIT_PARTIAL;

	return all ? EXIT_SUCCESS : EXIT_EXPECTATION;
}

int run_processes(const struct run *run, const struct options *options)
{
	const size_t wanted = options->input ? 1 : options->pid_count;
	struct process *processes = resize(NULL, wanted, sizeof(*processes));
	int status = EXIT_SUCCESS, one;
	struct process *process;
	size_t count = 0, i;
	bool there;

	for (i = 0; i < wanted; i++) {
		process = &processes[count];
		*process = (struct process) { 0 };
		process->model.kept = run->kept;
		if (options->input)
			load_input(process, options, run->files);
		there = options->input || load(process, options->pids[i],
					       run->files, options);
		if (there && run->prepare)
			there = run->prepare(process, options);
		if (there)
			count++;
		else if (options->cgroup)
			free_process(process);
		else
			proc_dead(options->pids[i]);
	}
	if (!count)
		fail(EXIT_FAILURE, "all processes of the cgroup have ended");
	print_all(run, processes, count, options);
	for (i = 0; i < count; i++) {
		one = judge(&processes[i], options);
		if (one != EXIT_SUCCESS && status != EXIT_PARTIAL)
			status = one;
		free_process(&processes[i]);
	}
	if (status == EXIT_PARTIAL)
		complain("the process was not read to its end: state=partial");
	free(processes);

	return status;
}

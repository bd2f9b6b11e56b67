// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/expect.h"
#include "output/json.h"
#include "cli/process.h"
#include "input/source.h"

static const struct list *model_list(const struct model *model, const char *name)
{
	const struct list *const lists[] = {
		&model->vmas, &model->tables, &model->map, &model->walk,
		&model->processes, &model->shootdowns,
		&model->invalidations,
	};
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (lists[i]->present && !strcmp(lists[i]->view->name, name))
			return lists[i];

	return NULL;
}

const struct list *process_list(const struct process *process, const char *name)
{
	return model_list(&process->model, name);
}

char *process_title(const struct process *process)
{
	const char *comm = process->comm ? process->comm : "";

	if (!process->pid)
		return format("%s", comm);

	return format("%s%spid %d", comm, *comm ? ", " : "", process->pid);
}

/* The name that the process gave itself; a new string, or NULL. */
static char *read_comm(pid_t pid)
{
	char *raw = pid ? source_proc(pid, "comm") : NULL, *comm;
	size_t len = raw ? strlen(raw) : 0;

	if (!raw)
		return NULL;
	/* the last newline is not part of it */
	comm = printable(raw, len ? len - 1 : 0, "");
	free(raw);

	return comm;
}

/* Holds a process and reads its files; false if it is gone. */
static bool load(struct process *process, pid_t pid, const char *const *files,
		 const struct options *options)
{
	const char *const *file;

	process->pid = options->proc ? source_leader(pid) : source_hold(pid);
	if (!process->pid)
		return false;
	process->comm = read_comm(process->pid);
	if (options->proc)
		return true;
	source_debugfs(&process->model, 0, "geometry");
	for (file = files; *file; file++)
		if (!source_debugfs(&process->model, process->pid, *file))
			return false;
	if (options->expectation_count && !process->model.summary.present &&
	    !source_debugfs(&process->model, process->pid, "summary"))
		return false;

	return true;
}

_Noreturn void process_lacks(const struct options *options, const char *name)
{
	const bool left_out = !strcmp(name, "walk") || !strcmp(name, "processes");

	fail(EXIT_FAILURE, "%s: there is no %s in it: pagetree capture %s",
	     options->input, name, left_out ? "leaves it out" : "writes it");
}

static void load_input(struct process *process, const struct options *options,
		       const char *const *files)
{
	const struct model *model = &process->model;
	const char *const *file;
	bool found = false;

	source_file(&process->model, options->input);
	process->pid = pairs_number(&model->summary, "pid");
	process->comm = read_comm(process->pid);
	/* one is enough: the default view is of two */
	for (file = files; *file; file++)
		found |= !strcmp(*file, "summary") ? model->summary.present :
						     !!model_list(model, *file);
	if (!found && *files)
		process_lacks(options, files[0]);
}

static void free_process(struct process *process)
{
	model_free(&process->model);
	list_free(&process->made);
	free(process->comm);
}

static void print_all(const struct process *processes, size_t count,
		      const struct options *options,
		      void (*first)(const struct options *options),
		      void (*print)(const struct process *process,
				    const struct options *options))
{
	const bool json = options->style.format == FORMAT_JSON;
	const struct pairs *geometry = &processes->model.geometry;
	struct options others = *options;
	size_t i;

	/* raw rows are all of one table */
	others.style.headings &= options->style.format != FORMAT_RAW;
	if (json) {
		json_begin();
		if (geometry->present) {
			json_pairs("geometry", geometry);
			json_cost("geometry", &geometry->cost);
		}
	}
	if (first)
		first(options);
	if (json)
		json_open("processes", '[');
	for (i = 0; i < count; i++) {
		if (json)
			json_open(NULL, '{');
		else if (i && options->style.format == FORMAT_TABLE)
			putchar('\n');
		if (json && processes[i].pid)
			json_number("pid", processes[i].pid);
		if (json && processes[i].comm)
			json_string("comm", processes[i].comm);
		print(&processes[i], i ? &others : options);
		if (json)
			json_close('}');
	}
	if (json) {
		json_close(']');
		json_end();
	}
}

int processes_run_after(const struct options *options,
			const char *const *files,
			bool (*prepare)(struct process *process,
					const struct options *options),
			void (*first)(const struct options *options),
			void (*print)(const struct process *process,
				      const struct options *options))
{
	const size_t wanted = options->input ? 1 : options->pid_count;
	struct process *processes = resize(NULL, wanted, sizeof(*processes));
	int status = EXIT_SUCCESS;
	struct process *process;
	size_t count = 0, i;
	bool there;

	/* all are read before anything is printed: what fails, fails without output */
	for (i = 0; i < wanted; i++) {
		process = &processes[count];
		*process = (struct process) { 0 };
		if (options->input)
			load_input(process, options, files);
		there = options->input || load(process, options->pids[i], files,
					       options);
		if (there && prepare)
			there = prepare(process, options);
		if (there)
			count++;
		else if (options->cgroup)
			free_process(process);
		else
			source_dead(options->pids[i]);
	}
	if (!count)
		fail(EXIT_FAILURE, "all processes of the cgroup ended meanwhile");
	print_all(processes, count, options, first, print);
	for (i = 0; i < count; i++) {
		if (!expect_all(options, &processes[i]) &&
		    status != EXIT_PARTIAL)
			status = EXIT_EXPECTATION;
		if (!model_is_complete(&processes[i].model))
			status = EXIT_PARTIAL;
		free_process(&processes[i]);
	}
	if (status == EXIT_PARTIAL)
		complain("the process was not read to its end: state=partial");
	free(processes);

	return status;
}

int processes_run(const struct options *options, const char *const *files,
		  bool (*prepare)(struct process *process,
				  const struct options *options),
		  void (*print)(const struct process *process,
				const struct options *options))
{
	return processes_run_after(options, files, prepare, NULL, print);
}

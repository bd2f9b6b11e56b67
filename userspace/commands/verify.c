// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"
#include "commands/commands.h"
#include "commands/compare.h"
#include "input/debugfs.h"
#include "input/system.h"
#include "output/document.h"
#include "output/width.h"

#define SAMPLES	5

/* VmPTE in bytes. */
static uint64_t read_vmpte(pid_t pid)
{
	char *status = proc_read(pid, "status");
	const uint64_t kib = status_number(status, "VmPTE", UNKNOWN);

	if (kib == UNKNOWN)
		fail(EXIT_FAILURE, "%d: no VmPTE: the process has ended", pid);
	free(status);

	return kib * 1024;
}

static void read_smaps(struct smaps *smaps, pid_t pid)
{
	if (!proc_smaps(smaps, pid))
		fail(EXIT_FAILURE, "%d: no smaps: the process has ended", pid);
}

static void sample_take(struct sample *sample, pid_t pid)
{
	*sample = (struct sample) { 0 };
	read_smaps(&sample->before, pid);
	sample->vmpte_before = read_vmpte(pid);
	if (!debugfs_read(&sample->model, pid, "summary") ||
	    !debugfs_read(&sample->model, pid, "vmas") ||
	    !debugfs_read(&sample->again, pid, "summary"))
		proc_dead(pid);
	sample->vmpte_after = read_vmpte(pid);
	read_smaps(&sample->after, pid);
}

static void sample_free(struct sample *sample)
{
	smaps_free(&sample->before);
	model_free(&sample->model);
	model_free(&sample->again);
	smaps_free(&sample->after);
}

/* Printing */

static const char *const results[] = { "equal", "differ", "moved" };

static void print_json(struct json *json, const struct report *report, pid_t pid)
{
	const struct field_info *info;
	const union value *row;
	size_t i;
	int field;

	json_open(json, "verify", '{');
	json_number(json, "pid", pid);
	json_number(json, "equal", report->vmas[EQUAL]);
	json_number(json, "differ", report->vmas[DIFFERS]);
	json_number(json, "moved", report->vmas[MOVED]);
	json_number(json, "vmpte", report->vmpte);
	json_string(json, "vmpte_is", results[report->vmpte_result]);
	json_string(json, "sums_are", results[report->sums_result]);
	json_number(json, "left_out", report->left_out);
	json_open(json, "differences", '[');
	for (i = 0; i < report->differences.count; i++) {
		row = list_row(&report->differences, i);
		json_open(json, NULL, '{');
		for (field = 0; field < DIFFERENCE_difference; field++) {
			info = &view_differences.fields[field];
			if (value_is_known(row[field], info->type))
				json_value(json, info, row[field]);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void print_text(const struct report *report)
{
	char *bytes = report->vmpte_result == MOVED ? NULL :
		      format("%" PRIu64 " bytes ", report->vmpte);

	if (report->left_out)
		text_print("%zu sizes differ only by PROT_NONE huge pages, which smaps does not count before Linux 6.5\n",
			   report->left_out);
	text_print("verified: %zu VMAs equal, %zu differ, %zu moved; VmPTE %s%s; sums %s\n",
		   report->vmas[EQUAL], report->vmas[DIFFERS],
		   report->vmas[MOVED], bytes ? bytes : "",
		   results[report->vmpte_result], results[report->sums_result]);
	free(bytes);
}

static void print(const struct report *report, pid_t pid,
		  const struct options *options)
{
	/* -o and --sort apply to VMAs */
	const struct style style = style_plain(&options->style);
	struct document document = document_begin(&style);
	const struct pairs none = { 0 };

	print_json(&document.json, report, pid);
	if (!document.json.on && report->differences.count)
		document_list(&document, &report->differences, &none, 0);
	if (style.format == FORMAT_TABLE)
		print_text(report);
	document_end(&document);
}

int run_verify(const struct options *options)
{
	const pid_t pid = debugfs_hold_one(options->pids[0]);
	struct report report = {
		/* "smaps: use vm_normal_page_pmd() ..." */
		.old_smaps = !proc_is_since(6, 5, true),
		.differences = list_new(&view_differences),
		.vmpte_result = MOVED,
		.sums_result = MOVED,
	};
	bool done = false, complete = true;
	int status = EXIT_SUCCESS;
	unsigned int samples;
	struct sample sample;

	debugfs_read(&report.geometry, 0, "geometry");
	for (samples = 0; samples < SAMPLES && !done && complete; samples++) {
		sample_take(&sample, pid);
		complete = model_is_complete(&sample.model) &&
			   model_is_complete(&sample.again);
		if (complete)
			done = compare(&report, &sample);
		sample_free(&sample);
	}
	if (!complete)
		fail(EXIT_PARTIAL, "%d: ended while it was verified", pid);

	print(&report, pid, options);
	if (report.differences.count) {
		status = EXIT_EXPECTATION;
	} else if (!report.vmas[EQUAL]) {
		complain("%d: every VMA changed during the check: nothing to compare",
			 pid);
		status = EXIT_FAILURE;
	}
	model_free(&report.geometry);
	list_free(&report.differences);
	free(report.equal);

	return status;
}

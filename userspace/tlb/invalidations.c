// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/die.h"
#include "base/memory.h"
#include "cli/run.h"
#include "input/debugfs.h"
#include "input/system.h"
#include "tlb/causes.h"
#include "tlb/shooter.h"
#include "tlb/tlb.h"

#define SECONDS_MAX	86400

void invalidations_help(void)
{
	puts("Counts what the kernel invalidates in the process until an interrupt ends it, or reports\n"
	     "every INTERVAL seconds, COUNT times. It must be enabled, and slows the process a little:\n"
	     "echo Y >/sys/module/pagetree/parameters/invalidations\n");
}

/* struct reading - the counts at a time */
struct reading {
	double time;
	struct model model;
	struct places places;
};

/**
 * struct watch - a process that is counted
 * @process: its pid and its name
 * @options: of the command line
 * @pidfd: readable when the process has ended; -1: unknown
 * @was_on: somebody else had begun to count
 * @by: what a row stands for
 * @interval: seconds to the next report; 0: there is one only
 * @times: number of reports
 */
struct watch {
	struct process process;
	const struct options *options;
	int pidfd;
	bool was_on;
	enum causes_by by;
	uint64_t interval;
	uint64_t times;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);

	return time.tv_sec + time.tv_nsec / 1e9;
}

/* The row all of PID/invalidations. */
static const union value *all_reasons(const struct model *model)
{
	const struct list *list = &model->invalidations;

	return list->count ? list_row(list, list->count - 1) : NULL;
}

static bool is_on(const struct model *model)
{
	const union value *all = all_reasons(model);

	return all && all[INVALIDATION_on].number;
}

static struct reading read_counts(pid_t pid)
{
	struct reading reading = { .time = now() };

	/* the reasons last: if they are on, so were the initiators */
	if (!debugfs_read(&reading.model, pid, "initiators") ||
	    !debugfs_read(&reading.model, pid, "invalidations"))
		proc_dead(pid);
	reading.places = places_read(pid);

	return reading;
}

static void reading_free(struct reading *reading)
{
	model_free(&reading->model);
	places_free(&reading->places);
}

/* Begin */

static bool is_switched_off(void)
{
	size_t size;
	char *text = debugfs_optional(0, "geometry", &size);
	const bool is = text && strstr(text, "\ninvalidations\t0\n");

	free(text);

	return is;
}

/* Ends the tool. */
_Noreturn static void refused(pid_t pid, int error)
{
	switch (error) {
	case EPERM:
		if (!debugfs_is_locked_down() && is_switched_off())
			fail(EXIT_PERMISSION,
			     "%d: counting is off: echo Y >/sys/module/pagetree/parameters/invalidations",
			     pid);
		break;
	case E2BIG:
		fail(EXIT_FAILURE,
		     "%d: more than %d VMAs, each of which must be locked to begin: --force does that all the same",
		     pid, PAGETREE_INVALIDATION_VMAS);
	case EINVAL:
		fail(EXIT_NO_MODULE,
		     "%d: the module is older than this tool: load the newer one", pid);
	case EOPNOTSUPP:
		fail(EXIT_FAILURE, "%d: this kernel has no mmu notifiers (CONFIG_MMU_NOTIFIER)",
		     pid);
	}
	shooter_refused(pid, "invalidations on", error);
}

/*
 * Counting ends when the file that begins it is closed, at the end of the tool at the
 * latest. So no signal needs a handler here, and a fatal one can end a wait for locks.
 */
static void begin(struct watch *watch)
{
	const pid_t pid = watch->process.pid;
	struct model before = { 0 };
	const int fd = shooter_file(pid);
	int error;

	if (!debugfs_read(&before, pid, "invalidations"))
		proc_dead(pid);
	watch->was_on = is_on(&before);
	model_free(&before);
	error = shooter_write(fd, watch->options->force ?
			      "invalidations on hold=1 force=1" :
			      "invalidations on hold=1");
	if (error)
		refused(pid, error);
}

/* Wait */

static volatile sig_atomic_t signalled;

static void remember(int signal)
{
	signalled = signal;
}

/* The signals that end counting. */
static sigset_t end_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);

	return signals;
}

static void catch_signals(void)
{
	/* what is being printed when a signal comes is printed to its end */
	const struct sigaction action = {
		.sa_handler = remember,
		.sa_flags = SA_RESTART,
	};
	const sigset_t signals = end_signals();
	int i;

	for (i = 1; i < NSIG; i++)
		if (sigismember(&signals, i) == 1)
			sigaction(i, &action, NULL);
}

/* Waits until @end, 0: for ever, a signal, or the end of the process; false for these. */
static bool wait_until(const struct watch *watch, double end)
{
	struct pollfd poll = { .fd = watch->pidfd, .events = POLLIN };
	const double left = end - now();
	const struct timespec time = {
		.tv_sec = left > 0 ? left : 0,
		.tv_nsec = left > 0 ? (left - (time_t)left) * 1e9 : 0,
	};
	const sigset_t signals = end_signals();
	bool is_reached;
	sigset_t old;

	/* none gets lost between the look at the last one and the wait */
	sigprocmask(SIG_BLOCK, &signals, &old);
	is_reached = !signalled && !ppoll(&poll, 1, end > 0 ? &time : NULL, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);

	return is_reached;
}

/* Reports */

/* Whether nobody began to count anew in between. */
static bool is_same(const struct list *before, const struct list *after)
{
	size_t i;

	if (after->count < before->count)
		return false;
	for (i = 0; i + 1 < before->count; i++)
		if (list_row(before, i)[INITIATOR_tid].number !=
		    list_row(after, i)[INITIATOR_tid].number ||
		    list_row(before, i)[INITIATOR_ranges].number >
		    list_row(after, i)[INITIATOR_ranges].number)
			return false;

	return true;
}

static const char *total(const struct report *report, const char *key)
{
	const struct pair *pair = pairs_find(&report->total, key);

	return pair ? pair->text : "?";
}

static void print_report(struct document *document, const struct watch *watch,
			 const struct report *report)
{
	static const struct pairs none = { 0 };
	char *title = process_title(&watch->process);
	char *time = report->seconds > 0 ?
		     format(" in %.1f s, %s a second", report->seconds,
			    total(report, "rate")) : format("%s", "");

	document_text(document, "%s%s%s ranges%s; %s pages; longest %s us, together %s us; tasks: %s\n\n",
		      title, *title ? ": " : "", total(report, "ranges"), time,
		      total(report, "pages"), total(report, "us_max"),
		      total(report, "us"), total(report, "tasks"));
	json_open(&document->json, NULL, '{');
	if (report->seconds > 0)
		json_real(&document->json, "seconds", report->seconds);
	json_pairs(&document->json, "total", &report->total);
	document_list(document, &report->causes, &none, 0);
	json_close(&document->json, '}');
	fflush(stdout);
	free(title);
	free(time);
}

static void print_begin(struct document *document, const struct watch *watch,
			const struct model *model)
{
	const union value *all = all_reasons(model);

	if (watch->process.pid)
		json_number(&document->json, "pid", watch->process.pid);
	if (watch->process.comm)
		json_string(&document->json, "comm", watch->process.comm);
	if (all && model->invalidations.has[INVALIDATION_register_us])
		json_number(&document->json, "register_us",
			    all[INVALIDATION_register_us].number);
	if (watch->was_on)
		document_text(document, "counting was on already: the longest times, the largest ranges and the addresses are older\n\n");
	json_open(&document->json, "reports", '[');
}

/* Whether all conditions hold; complains about each that does not. */
static bool expect(const struct watch *watch, const struct report *report)
{
	const struct options *options = watch->options;
	const struct expectation *expectation = options->expectations;
	const struct pair *pair;
	bool all = true;
	char *title;

	for (; expectation < options->expectations + options->expectation_count;
	     expectation++) {
		pair = pairs_find(&report->total, expectation->name);
		if (pair && expectation_holds(expectation, pair->is_real ?
					      pair->real : pair->number))
			continue;
		title = process_title(&watch->process);
		complain("%s: %s is %s, expected '%s'", title, expectation->name,
			 pair ? pair->text : "unknown", expectation->text);
		free(title);
		all = false;
	}

	return all;
}

/* An unknown name is a misuse, which is found before anything is counted. */
static void check_expectations(const struct options *options)
{
	const struct list none = { .view = &view_initiators };
	struct places places[2] = { 0 };
	struct report report = report_make(NULL, &none, 1, CAUSES_BY_CAUSE, places);
	size_t i;

	for (i = 0; i < options->expectation_count; i++)
		if (!pairs_find(&report.total, options->expectations[i].name))
			usage("--expect: %s: no such number: see pagetree invalidations --help",
			      options->expectations[i].name);
	report_free(&report);
}

/* Prints what was counted between two readings. */
static void report(struct document *document, const struct watch *watch,
		   const struct reading *before, const struct reading *after)
{
	const struct places places[2] = { before->places, after->places };
	struct report report = report_make(&before->model.initiators,
					   &after->model.initiators,
					   after->time - before->time, watch->by,
					   places);

	print_report(document, watch, &report);
	report_free(&report);
}

/* The exit code: what was expected of all of the time. */
static int judge(const struct watch *watch, const struct reading *first,
		 const struct reading *last)
{
	const struct places places[2] = { first->places, last->places };
	struct report report = report_make(&first->model.initiators,
					   &last->model.initiators,
					   last->time - first->time,
					   CAUSES_BY_CAUSE, places);
	const bool holds = expect(watch, &report);

	report_free(&report);

	return holds ? EXIT_SUCCESS : EXIT_EXPECTATION;
}

/* A number of seconds or of reports; @absent if there is no such word. */
static uint64_t parse_word(const struct options *options, int word, const char *what,
			   uint64_t absent)
{
	uint64_t number;

	if (word >= options->word_count)
		return absent;
	if (!parse_number(options->words[word], &number) || !number ||
	    number > SECONDS_MAX)
		usage("%s: not a number of %s, 1 to %d", options->words[word], what,
		      SECONDS_MAX);

	return number;
}

static int count(struct watch *watch)
{
	const struct options *options = watch->options;
	const pid_t pid = watch->process.pid;
	struct style style = options->style;
	struct document document;
	struct reading first, last, next;
	bool goes_on = true, same = true, is_counting = true;
	uint64_t done;
	double end;
	int status;

	begin(watch);
	catch_signals();
	first = read_counts(pid);
	last = first;
	document = document_begin(&style);
	print_begin(&document, watch, &first.model);
	for (done = 0; done < watch->times && goes_on && is_counting; done++) {
		end = watch->interval ?
		      first.time + (done + 1) * watch->interval : 0;
		if (options->seconds && (!end || end > first.time + options->seconds))
			end = first.time + options->seconds;
		goes_on = wait_until(watch, end);
		next = read_counts(pid);
		is_counting = is_on(&next.model);
		same = is_same(&last.model.initiators, &next.model.initiators);
		if (!same) {
			reading_free(&next);
			break;
		}
		goes_on &= !options->seconds ||
			  next.time < first.time + options->seconds;
		if (done && style.format == FORMAT_TABLE)
			putchar('\n');
		report(&document, watch, &last, &next);
		/* raw rows of all reports are one table with one line of headings */
		style.headings &= style.format != FORMAT_RAW;
		if (done)
			reading_free(&last);
		last = next;
	}
	json_close(&document.json, ']');
	document_end(&document);
	fflush(stdout);

	status = judge(watch, &first, &last);
	if (!same || !is_counting) {
		complain("%d: counting ended early: the process ended or executed another program, or somebody else switched it off",
			 pid);
		status = EXIT_PARTIAL;
	} else if (signalled && (options->seconds || options->word_count > 1)) {
		status = 128 + signalled;
	}
	if (done)
		reading_free(&last);
	reading_free(&first);

	return status;
}

/* Prints the counts of an input: all since counting began, with no time. */
static int replay(struct watch *watch)
{
	const struct options *options = watch->options;
	struct model *model = &watch->process.model;
	struct places places[2] = { 0 };
	struct document document;
	struct report report;
	int status;

	debugfs_input(model, options->input);
	if (!model->initiators.present)
		fail(EXIT_FAILURE, "%s: no initiators are in it", options->input);
	watch->process.pid = pairs_number(&model->summary, "pid");
	places[0] = places_of(&model->vmas);
	report = report_make(NULL, &model->initiators, 0, watch->by, places);
	document = document_begin(&options->style);
	print_begin(&document, watch, model);
	print_report(&document, watch, &report);
	json_close(&document.json, ']');
	document_end(&document);
	status = expect(watch, &report) ? EXIT_SUCCESS : EXIT_EXPECTATION;
	report_free(&report);
	places_free(&places[0]);
	model_free(model);

	return status;
}

int run_invalidations(const struct options *options)
{
	struct watch watch = { .options = options };
	int status;

	watch.by = causes_by(options->by ? options->by : "cause");
	if (watch.by == CAUSES_BY_END)
		usage("--by: %s: neither cause, reason, task, call nor vma", options->by);
	if (options->word_count > 2)
		usage("%s: one argument too many: see pagetree invalidations --help",
		      options->words[2]);
	if (options->input && (options->word_count || options->seconds))
		usage("--input: its counts have no time: no INTERVAL, no --for");
	watch.interval = parse_word(options, 0, "seconds", 0);
	watch.times = parse_word(options, 1, "reports",
				 watch.interval ? UINT64_MAX : 1);
	check_expectations(options);
	if (options->input)
		return replay(&watch);

	watch.process.pid = debugfs_hold_one(*options->pids);
	watch.process.comm = run_comm(watch.process.pid);
	watch.pidfd = syscall(SYS_pidfd_open, watch.process.pid, 0);
	status = count(&watch);
	free(watch.process.comm);

	return status;
}

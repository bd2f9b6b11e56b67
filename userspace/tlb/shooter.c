// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "input/debugfs.h"
#include "input/file.h"
#include "input/system.h"
#include "tlb/shooter.h"

int shooter_file(pid_t pid)
{
	char *path = debugfs_path(pid, "shootdown");
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 && file_is_denied())
		shooter_refused(pid, "open", EPERM);
	if (fd < 0 && errno == ENOENT && proc_leader(pid))
		fail(EXIT_NO_MODULE,
		     "%s: %s: the module is older than this tool: load the newer one",
		     path, strerror(errno));
	if (fd < 0)
		shooter_refused(pid, "open", ESRCH);
	free(path);

	return fd;
}

int shooter_write(int fd, const char *command)
{
	return write(fd, command, strlen(command)) < 0 ? errno : 0;
}

static bool is_disarmed(void)
{
	size_t size;
	char *text = debugfs_optional(0, "geometry", &size);
	const bool is = text && strstr(text, "\nshootdown\t0\n");

	free(text);

	return is;
}

const char *shooter_unarmed(void)
{
	if (access(PAGETREE_DIRECTORY, X_OK))
		return "the module is not loaded (modprobe pagetree), or this is not root";
	if (debugfs_is_locked_down())
		return "kernel lockdown forbids shootdowns";
	if (is_disarmed())
		return "shootdowns are off: echo Y >/sys/module/pagetree/parameters/shootdown";

	return NULL;
}

void shooter_refused(pid_t pid, const char *command, int error)
{
	const char *unarmed = shooter_unarmed();

	switch (error) {
	case EPERM:
		fail(EXIT_PERMISSION, PAGETREE_DIRECTORY "/%d/shootdown: %s", pid,
		     unarmed ? unarmed :
			       "Permission denied: run this as root, with CAP_SYS_ADMIN and CAP_SYS_PTRACE");
	case EINVAL:
		fail(EXIT_FAILURE,
		     "'%s': malformed, or its addresses are not whole pages of one VMA, or a CPU is offline: see pagetree shootdown --help",
		     command);
	case EOPNOTSUPP:
		fail(EXIT_FAILURE,
		     "'%s': not possible on this processor: it flushes %d by broadcast (INVLPGB, TLBI), or cannot defer flushes: see EOPNOTSUPP in pagetree-debugfs(5)",
		     command, pid);
	case ESRCH:
		if (!proc_leader(pid))
			proc_dead(pid);
		fail(EXIT_FAILURE,
		     "%d: the process executed another program, or is no longer attached",
		     pid);
	case EINTR:
		fail(EXIT_FAILURE, "'%s': interrupted", command);
	default:
		fail(EXIT_FAILURE, "'%s': %s", command, strerror(error));
	}
}

void shooter_open(struct shooter *shooter, pid_t pid)
{
	struct model model = { 0 };
	const struct list *rows = &model.shootdowns;

	*shooter = (struct shooter) { .pid = pid, .fd = shooter_file(pid) };
	if (!debugfs_read(&model, pid, "shootdowns"))
		proc_dead(pid);
	if (rows->count)
		shooter->seq = list_shootdowns(rows)[rows->count - 1].seq.number;
	model_free(&model);
}

/* Adds a copy of a row of @from to a list, which may still be zeroed. */
static void add_row(struct list *rows, const struct list *from,
		    const struct shootdown *row)
{
	union value *copy;
	size_t i;

	if (!rows->present)
		*rows = list_new(&view_shootdowns);
	memcpy(rows->has, from->has, SHOOTDOWN_FIELDS * sizeof(*from->has));
	copy = list_add(rows);
	memcpy(copy, row->values, sizeof(row->values));
	for (i = 0; i < SHOOTDOWN_FIELDS; i++)
		if (view_shootdowns.fields[i].type == TEXT)
			copy[i].text = list_keep(rows, format("%s", copy[i].text));
}

int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
		  struct list *rows)
{
	const int error = shooter_write(shooter->fd, command);
	const struct shootdown *row, *end, *found = NULL;
	struct model model = { 0 };

	if (!debugfs_read(&model, shooter->pid, "shootdowns"))
		proc_dead(shooter->pid);
	row = list_shootdowns(&model.shootdowns);
	/* other tools may shoot at the same process */
	for (end = row + model.shootdowns.count; row < end; row++)
		if (row->seq.number > shooter->seq && !strcmp(row->tag.text, tag))
			found = row;
	if (found) {
		shooter->seq = found->seq.number;
		add_row(rows, &model.shootdowns, found);
	}
	model_free(&model);

	return error;
}

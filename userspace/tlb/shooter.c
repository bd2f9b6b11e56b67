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

	if (fd < 0 && (errno == EPERM || errno == EACCES))
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
			       "Permission denied: run this as root, with CAP_SYS_ADMIN");
	case EINVAL:
		fail(EXIT_FAILURE,
		     "'%s': malformed, or its addresses are not whole pages of one VMA, or a CPU is offline: see pagetree shootdown --help",
		     command);
	case EOPNOTSUPP:
		fail(EXIT_FAILURE,
		     "'%s': not on this processor: %d is flushed by broadcast (INVLPGB, TLBI), or nothing can be left for later: see EOPNOTSUPP in pagetree-debugfs(5)",
		     command, pid);
	case ESRCH:
		if (!proc_leader(pid))
			proc_dead(pid);
		fail(EXIT_FAILURE,
		     "%d: it executed another program, or is not attached any more",
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

int shooter_shoot(struct shooter *shooter, const char *command, const char *tag,
	      struct model *model, const struct shootdown **row)
{
	const int error = shooter_write(shooter->fd, command);
	const struct shootdown *rows;
	size_t i;

	*row = NULL;
	if (!debugfs_read(model, shooter->pid, "shootdowns"))
		proc_dead(shooter->pid);
	rows = list_shootdowns(&model->shootdowns);
	/* other tools may flush the same process */
	for (i = 0; i < model->shootdowns.count; i++)
		if (rows[i].seq.number > shooter->seq &&
		    !strcmp(rows[i].tag.text, tag))
			*row = &rows[i];
	if (*row)
		shooter->seq = (*row)->seq.number;

	return error;
}

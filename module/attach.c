// SPDX-License-Identifier: GPL-2.0-only
/*
 * One mutex protects everything in this file. It is held while a directory is
 * removed, which waits for tasks that are opening a file in it: the open methods
 * of these files must not take it. attach_unlock() unlocks it.
 */
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/slab.h>

#include "abi.h"
#include "attach.h"
#include "compat.h"
#include "debugfs.h"
#include "file.h"
#include "shootdown/invalidations.h"
#include "target.h"

static DEFINE_MUTEX(attach_mutex);
static LIST_HEAD(attachments);
static LIST_HEAD(ended);
static char *queued;
static enum { ATTACH_QUEUES, ATTACH_LIVE, ATTACH_GONE } attach_state;

/**
 * struct attachment - a process that has a directory
 * @node: entry in attachments, or in ended
 * @target: the process
 * @dir: its directory
 * @plain: attached until detach
 * @holds: attached until all of these holds are dropped
 */
struct attachment {
	struct list_head node;
	struct pagetree_target *target;
	struct dentry *dir;
	bool plain;
	struct list_head holds;
};

/**
 * struct hold - an attachment that lasts until a file is closed
 * @of_file: entry in the list of the open file
 * @of_attachment: entry in attachment->holds
 * @attachment: the attachment
 */
struct hold {
	struct list_head of_file;
	struct list_head of_attachment;
	struct attachment *attachment;
};

/* The pids of one write, with the attachment and the hold of each. */
struct request {
	unsigned int nr;
	struct {
		pid_t pid;
		struct attachment *attachment;
		struct hold *hold;
	} items[];
};

static void hold_drop(struct hold *hold)
{
	list_del(&hold->of_file);
	list_del(&hold->of_attachment);
	kfree(hold);
}

/* Ends an attachment, but for what waits: see attach_unlock(). */
static void attachment_end(struct attachment *attachment)
{
	struct hold *hold, *next;

	list_for_each_entry_safe(hold, next, &attachment->holds, of_attachment)
		hold_drop(hold);
	/* readers stop at their next slice, and nobody switches counting on again */
	WRITE_ONCE(attachment->target->dead, true);
	pagetree_debugfs_remove(attachment->dir);
	list_move_tail(&attachment->node, &ended);
}

/*
 * Unlocks attach_mutex, then frees the attachments that ended under it. To stop
 * counting means to wait for callbacks of other drivers, and nobody else has to wait
 * for that. (A write of the parameter holds the lock of all parameters, too.)
 */
static void attach_unlock(void)
{
	struct attachment *attachment, *next;
	LIST_HEAD(freed);

	list_splice_init(&ended, &freed);
	mutex_unlock(&attach_mutex);

	list_for_each_entry_safe(attachment, next, &freed, node) {
		pagetree_invalidations_off(attachment->target);
		pagetree_target_put(attachment->target);
		kfree(attachment);
	}
}

/* Ends attachments that nobody wants and those of dead processes. */
static void sweep(void)
{
	struct attachment *attachment, *next;

	list_for_each_entry_safe(attachment, next, &attachments, node) {
		bool wanted = attachment->plain ||
			      !list_empty(&attachment->holds);

		if (!wanted || !pagetree_target_alive(attachment->target))
			attachment_end(attachment);
	}
}

/* The attachment of the process with this pid, which may be dead. */
static struct attachment *attachment_find(pid_t nr)
{
	struct attachment *attachment;

	list_for_each_entry(attachment, &attachments, node)
		if (pid_nr(attachment->target->pid) == nr)
			return attachment;

	return NULL;
}

/*
 * The attachment of the process that has the thread @nr; created if there is
 * none. The next sweep() ends a new one unless it becomes plain or held.
 */
static struct attachment *attachment_get(pid_t nr)
{
	struct pagetree_target *target = pagetree_target_create(nr);
	struct attachment *attachment;
	int err;

	if (IS_ERR(target))
		return ERR_CAST(target);

	attachment = attachment_find(pid_nr(target->pid));
	if (attachment) {
		/* a new process has the pid of one that just died */
		err = attachment->target->pid == target->pid ? 0 : -ESRCH;
		pagetree_target_put(target);
		return err ? ERR_PTR(err) : attachment;
	}

	attachment = kzalloc_obj(*attachment);
	if (!attachment) {
		err = -ENOMEM;
		goto err_target;
	}
	attachment->dir = pagetree_debugfs_add(target);
	if (IS_ERR(attachment->dir)) {
		err = PTR_ERR(attachment->dir);
		goto err_attachment;
	}
	attachment->target = target;
	INIT_LIST_HEAD(&attachment->holds);
	list_add_tail(&attachment->node, &attachments);

	return attachment;

err_attachment:
	kfree(attachment);
err_target:
	pagetree_target_put(target);
	return ERR_PTR(err);
}

/* Parses PID [PID ...], with white space between and around. */
static struct request *request_parse(const char *text)
{
	struct request *request;
	char digits[12];
	size_t len;
	int pid;

	/* at most every second byte starts a number */
	request = kvzalloc_flex(*request, items, strlen(text) / 2 + 1);
	if (!request)
		return ERR_PTR(-ENOMEM);

	for (text = skip_spaces(text); *text; text = skip_spaces(text + len)) {
		for (len = 0; isdigit(text[len]); len++)
			;
		if (!len || len >= sizeof(digits) ||
		    (text[len] && !isspace(text[len])))
			goto err_invalid;
		memcpy(digits, text, len);
		digits[len] = '\0';
		if (kstrtoint(digits, 10, &pid) || !pid)
			goto err_invalid;
		request->items[request->nr++].pid = pid;
	}
	if (request->nr)
		return request;

err_invalid:
	kvfree(request);
	return ERR_PTR(-EINVAL);
}

static bool holds_has(const struct list_head *holds,
		      const struct attachment *attachment)
{
	const struct hold *hold;

	list_for_each_entry(hold, holds, of_file)
		if (hold->attachment == attachment)
			return true;

	return false;
}

/* Does everything that can fail first, so that it attaches all or none. */
static int request_attach(struct request *request, struct list_head *holds)
{
	unsigned int i;

	for (i = 0; i < request->nr; i++) {
		struct attachment *attachment;

		attachment = attachment_get(request->items[i].pid);
		if (IS_ERR(attachment))
			return PTR_ERR(attachment);
		request->items[i].attachment = attachment;
		if (!holds)
			continue;
		request->items[i].hold = kzalloc_obj(struct hold);
		if (!request->items[i].hold)
			return -ENOMEM;
	}

	for (i = 0; i < request->nr; i++) {
		struct attachment *attachment = request->items[i].attachment;
		struct hold *hold = request->items[i].hold;

		if (!holds) {
			attachment->plain = true;
		} else if (!holds_has(holds, attachment)) {
			hold->attachment = attachment;
			list_add_tail(&hold->of_attachment, &attachment->holds);
			list_add_tail(&hold->of_file, holds);
			request->items[i].hold = NULL;
		}
	}

	return 0;
}

/*
 * Attaches the processes that @text names, all or none. Until detach if @holds
 * is NULL; else adds holds to that list, until they are dropped.
 */
static int attach(const char *text, struct list_head *holds)
{
	struct request *request = request_parse(text);
	unsigned int i;
	int err;

	if (IS_ERR(request))
		return PTR_ERR(request);

	sweep();
	err = request_attach(request, holds);
	sweep();
	for (i = 0; i < request->nr; i++)
		kfree(request->items[i].hold);
	kvfree(request);

	return err;
}

/* The attachment of the process, dead or alive, or of the thread @nr. */
static struct attachment *attachment_meant(pid_t nr)
{
	struct attachment *attachment = attachment_find(nr);
	struct pagetree_target *target;

	if (attachment)
		return attachment;

	target = pagetree_target_create(nr);
	if (IS_ERR(target))
		return NULL;
	attachment = attachment_find(pid_nr(target->pid));
	pagetree_target_put(target);

	return attachment;
}

static int detach(const char *text)
{
	struct request *request = request_parse(text);
	unsigned int i;
	int err = 0;

	if (IS_ERR(request))
		return PTR_ERR(request);

	for (i = 0; i < request->nr && !err; i++) {
		struct attachment *attachment;

		attachment = attachment_meant(request->items[i].pid);
		if (!attachment || !attachment->plain)
			err = -ESRCH;
		request->items[i].attachment = attachment;
	}
	for (i = 0; i < request->nr && !err; i++)
		request->items[i].attachment->plain = false;
	sweep();
	kvfree(request);

	return err;
}

/* The files attach and detach */

static ssize_t attach_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	struct list_head *holds = NULL;
	char *text = pagetree_file_text(buf, count);
	const char *pids;
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);

	pids = text;
	if (!strncmp(text, "hold", 4) && isspace(text[4])) {
		holds = file->private_data;
		pids += 4;
	}
	err = mutex_lock_killable(&attach_mutex);
	if (err)
		goto out;
	err = attach(pids, holds);
	attach_unlock();
out:
	kfree(text);
	return err ?: count;
}

static const struct file_operations attach_fops;

static int attach_open(struct inode *inode, struct file *file)
{
	struct list_head *holds;
	int err;

	err = pagetree_file_open(inode, file, &attach_fops);
	if (err)
		return err;

	holds = kmalloc_obj(*holds);
	if (!holds)
		return -ENOMEM;
	INIT_LIST_HEAD(holds);
	file->private_data = holds;

	return 0;
}

static int attach_release(struct inode *inode, struct file *file)
{
	struct list_head *holds = file->private_data;
	struct hold *hold, *next;

	mutex_lock(&attach_mutex);
	list_for_each_entry_safe(hold, next, holds, of_file)
		hold_drop(hold);
	sweep();
	attach_unlock();
	kfree(holds);

	return 0;
}

static const struct file_operations attach_fops = {
	.owner = THIS_MODULE,
	.write = attach_write,
	.release = attach_release,
};

static const struct file_operations attach_open_fops = { .open = attach_open };

static ssize_t detach_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	char *text = pagetree_file_text(buf, count);
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);

	err = mutex_lock_killable(&attach_mutex);
	if (err)
		goto out;
	err = detach(text);
	attach_unlock();
out:
	kfree(text);

	return err ?: count;
}

static const struct file_operations detach_fops = {
	.owner = THIS_MODULE,
	.write = detach_write,
};

static int detach_open(struct inode *inode, struct file *file)
{
	return pagetree_file_open(inode, file, &detach_fops);
}

static const struct file_operations detach_open_fops = { .open = detach_open };

/* The parameter attach. Writes before init are queued for it. */

static int attach_param_set(const char *text, const struct kernel_param *param)
{
	int err;

	if (!pagetree_file_may_look())
		return -EPERM;
	if (strlen(text) > PAGETREE_WRITE_MAX)
		return -E2BIG;

	err = mutex_lock_killable(&attach_mutex);
	if (err)
		return err;
	switch (attach_state) {
	case ATTACH_QUEUES:
		kfree(queued);
		queued = kstrdup(text, GFP_KERNEL);
		if (!queued)
			err = -ENOMEM;
		break;
	case ATTACH_LIVE:
		err = attach(text, NULL);
		break;
	case ATTACH_GONE:
		err = -ENODEV;
		break;
	}
	attach_unlock();

	return err;
}

static void attach_param_free(void *arg)
{
	kfree(queued);
	queued = NULL;
}

static const struct kernel_param_ops attach_param_ops = {
	.set = attach_param_set,
	.free = attach_param_free,
};
module_param_cb(attach, &attach_param_ops, NULL, 0200);
MODULE_PARM_DESC(attach, "processes to attach: PID [PID ...]");

int pagetree_attach_init(void)
{
	int err = 0;

	mutex_lock(&attach_mutex);
	if (queued)
		err = attach(queued, NULL);
	attach_state = err ? ATTACH_GONE : ATTACH_LIVE;
	attach_unlock();

	return err;
}

void pagetree_attach_create_files(void)
{
	pagetree_debugfs_create("attach", 0200, &attach_open_fops);
	pagetree_debugfs_create("detach", 0200, &detach_open_fops);
}

void pagetree_attach_exit(void)
{
	struct attachment *attachment, *next;

	mutex_lock(&attach_mutex);
	attach_state = ATTACH_GONE;
	/* no holds are left: a hold is an open file, which pins the module */
	list_for_each_entry_safe(attachment, next, &attachments, node)
		attachment_end(attachment);
	attach_unlock();
	/* a write of the parameter may still free what it has ended: wait for that */
	kernel_param_lock(THIS_MODULE);
	kernel_param_unlock(THIS_MODULE);
}

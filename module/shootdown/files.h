/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a process that are about shootdowns and invalidations. */
#ifndef PAGETREE_SHOOTDOWN_FILES_H
#define PAGETREE_SHOOTDOWN_FILES_H

#include <linux/fs.h>

struct reader_file;

/* PID/shootdown: a command a write; see pagetree_file_open(). */
extern const struct file_operations pagetree_shootdown_open_fops;

/* PID/shootdowns: the last results. */
extern const struct reader_file pagetree_shootdowns_file;

/* PID/invalidations: counts of what the kernel invalidated itself. */
extern const struct reader_file pagetree_invalidations_file;

/* PID/initiators: the same counts by the task that caused it, its call and the reason. */
extern const struct reader_file pagetree_initiators_file;

#endif /* PAGETREE_SHOOTDOWN_FILES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module says against what the kernel counts itself. */
#ifndef PAGETREE_VERIFY_H
#define PAGETREE_VERIFY_H

#include <stdbool.h>
#include <sys/types.h>

/* @pid: a process that is held. Prints; returns the exit code. */
int verify(pid_t pid, bool json);

#endif /* PAGETREE_VERIFY_H */

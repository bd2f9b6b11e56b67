/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is known of a process in one file, which --input reads. */
#ifndef PAGETREE_CAPTURE_H
#define PAGETREE_CAPTURE_H

#include "cli/process.h"

/* Returns the exit code. */
int run_capture(const struct options *options);

#endif /* PAGETREE_CAPTURE_H */

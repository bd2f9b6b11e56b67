/* SPDX-License-Identifier: GPL-2.0-only */
/* --verify: what the module counts beside what the kernel counts. */
#ifndef PAGETREE_VERIFY_H
#define PAGETREE_VERIFY_H

#include "cli/options.h"

/* Returns the exit code. */
int verify(const struct options *options);

#endif /* PAGETREE_VERIFY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which segments of programs and libraries huge pages could map, and do. */
#ifndef PAGETREE_ELF_H
#define PAGETREE_ELF_H

#include "cli/process.h"

extern const struct view view_elf;

/* Of files, which are words with a slash, or of processes. */
int run_elf(const struct options *options);

#endif /* PAGETREE_ELF_H */

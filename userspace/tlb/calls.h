/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of system calls. */
#ifndef PAGETREE_CALLS_H
#define PAGETREE_CALLS_H

#include <stdint.h>

/*
 * The name of a system call, or NULL if it is not known. @arch: AUDIT_ARCH_* of the
 * number
 */
const char *call_name(uint64_t arch, uint64_t number);

#endif /* PAGETREE_CALLS_H */

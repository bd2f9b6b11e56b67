/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the plain C files (stats.c, shootdown/series.h) need of the kernel; host
 * tests compile them without it.
 */
#ifndef PAGETREE_HOST_H
#define PAGETREE_HOST_H

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/stddef.h>
#else
#include <stddef.h>
#include <sys/cdefs.h>

#define fls64(number)	((number) ? 64 - __builtin_clzll(number) : 0)
#define div_u64(a, b)	((a) / (b))
#define div64_u64(a, b)	((a) / (b))
#endif

#endif /* PAGETREE_HOST_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernel's file systems are mounted; tests build the tool with others. */
#ifndef PAGETREE_PATHS_H
#define PAGETREE_PATHS_H

#ifndef PAGETREE_DEBUGFS
#define PAGETREE_DEBUGFS	"/sys/kernel/debug"
#endif
#ifndef PAGETREE_PROC
#define PAGETREE_PROC		"/proc"
#endif
#ifndef PAGETREE_SYS
#define PAGETREE_SYS		"/sys"
#endif
#ifndef PAGETREE_SECURITY
#define PAGETREE_SECURITY	"/sys/kernel/security"
#endif

#define PAGETREE_DIRECTORY	PAGETREE_DEBUGFS "/pagetree"

#endif /* PAGETREE_PATHS_H */

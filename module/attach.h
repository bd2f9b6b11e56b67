/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes are attached: attach, detach, holds, and the parameter. */
#ifndef PAGETREE_ATTACH_H
#define PAGETREE_ATTACH_H

/*
 * Attaches the processes that the parameter attach named before init, and
 * from then on what is written to it. If it fails, nothing is attached. Return:
 * 0 or the error of the attachment.
 */
int pagetree_attach_init(void);

/* Creates the files attach and detach. */
void pagetree_attach_create_files(void);

/* Ends all attachments. Nothing attaches afterwards. */
void pagetree_attach_exit(void);

#endif /* PAGETREE_ATTACH_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes are looked at: attach, detach, and the directories of both. */
#ifndef PAGETREE_ATTACH_H
#define PAGETREE_ATTACH_H

/**
 * pagetree_attach_init() - make the debugfs directory and begin to attach
 *
 * Attaches what the parameter named before; nothing is visible if it fails.
 *
 * Return: 0 or what went wrong with that or with debugfs.
 */
int pagetree_attach_init(void);

/* Ends all attachments and waits for every reader inside a file. */
void pagetree_attach_exit(void);

#endif /* PAGETREE_ATTACH_H */

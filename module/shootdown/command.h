/* SPDX-License-Identifier: GPL-2.0-only */
/* A command to the file shootdown, parsed. */
#ifndef PAGETREE_COMMAND_H
#define PAGETREE_COMMAND_H

#include <linux/cpumask.h>
#include <linux/types.h>

#include "../abi.h"

#define X(enumerator, text, addresses) PAGETREE_SCOPE_##enumerator,
enum pagetree_scope { PAGETREE_SHOOTDOWN_SCOPES(X) };
#undef X

/* What a CPU flushes in a round. */
enum pagetree_mechanism {
	PAGETREE_MECHANISM_NONE,
	PAGETREE_MECHANISM_PAGE,
	PAGETREE_MECHANISM_CONTEXT,
	PAGETREE_MECHANISM_GLOBAL,
};

/* The values of cpus=. */
enum pagetree_cpus {
	PAGETREE_CPUS_DEFAULT,
	PAGETREE_CPUS_MM,
	PAGETREE_CPUS_ONLINE,
	PAGETREE_CPUS_LISTED,
};

#define PAGETREE_GAP_PACED	UINT_MAX	/* as long as the round before */

/**
 * struct pagetree_command - a command
 * @scope: what to flush
 * @mechanism: how to flush it; rounds.c sets it
 * @start: first address, of scopes that have one
 * @end: address after the last; rounds.c sets it for the scopes page and vma
 * @n: the number of rounds
 * @gap_us: microseconds to sleep between rounds, or PAGETREE_GAP_PACED
 * @cpus: the CPUs to send IPIs to
 * @listed: those of PAGETREE_CPUS_LISTED, all online; the caller allocates it
 * @deferred: CPUs that do not run the address space flush when they switch to it
 * @tag: identifies the result
 */
struct pagetree_command {
	enum pagetree_scope scope;
	enum pagetree_mechanism mechanism;
	unsigned long start;
	unsigned long end;
	unsigned int n;
	unsigned int gap_us;
	enum pagetree_cpus cpus;
	cpumask_var_t listed;
	int deferred;
	char tag[PAGETREE_SHOOTDOWN_WORD];
};

const char *pagetree_scope_name(enum pagetree_scope scope);

/* Cuts the next word off the front of @text. Return: the word; "" at the end. */
char *pagetree_command_word(char **text);

/**
 * pagetree_command_parse() - parse a command
 * @word: its first word
 * @text: the rest; it is cut into words
 * @command: zeroed, with @listed allocated; on success all is set that rounds.c
 *	does not set
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP for an option that this processor cannot have.
 */
int pagetree_command_parse(char *word, char *text,
			   struct pagetree_command *command);

/*
 * Parses the options of `invalidations on`, which are 0 or 1 and occur once at most.
 * Return: false if they are malformed.
 */
bool pagetree_command_on(char *text, int *force, int *hold);

#endif /* PAGETREE_COMMAND_H */

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>

#include "command.h"
#include "flush.h"

#define GAP_US_MAX	1000000

static unsigned int shootdown_max = 1000000;
module_param(shootdown_max, uint, 0600);
MODULE_PARM_DESC(shootdown_max, "highest number of rounds of one command (default 1000000)");

static const struct {
	const char *name;
	unsigned int addresses;
} scopes[] = {
#define X(enumerator, text, addresses) { text, addresses },
	PAGETREE_SHOOTDOWN_SCOPES(X)
#undef X
};

const char *pagetree_scope_name(enum pagetree_scope scope)
{
	return scopes[scope].name;
}

static bool parse_uint(const char *word, unsigned int lowest,
		       unsigned int highest, unsigned int *number)
{
	return isdigit(*word) && !kstrtouint(word, 10, number) &&
	       *number >= lowest && *number <= highest;
}

static bool parse_address(const char *word, unsigned long *address)
{
	return !strncmp(word, "0x", 2) && !kstrtoul(word, 16, address) &&
	       PAGE_ALIGNED(*address) && *address <= TASK_SIZE_MAX;
}

static bool parse_tag(const char *word, char *tag)
{
	const char *c;

	for (c = word; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("_.:/-", *c)))
			return false;

	return *word && strscpy(tag, word, PAGETREE_SHOOTDOWN_WORD) > 0;
}

static bool parse_cpus(const char *word, struct pagetree_command *command)
{
	if (!strcmp(word, "mm")) {
		command->cpus = PAGETREE_CPUS_MM;
	} else if (!strcmp(word, "all")) {
		command->cpus = PAGETREE_CPUS_ONLINE;
	} else {
		command->cpus = PAGETREE_CPUS_LISTED;
		/* cpulist_parse() accepts more, for example all */
		return !word[strspn(word, "0123456789,-")] &&
		       !cpulist_parse(word, command->listed) &&
		       !cpumask_empty(command->listed) &&
		       cpumask_subset(command->listed, cpu_online_mask);
	}

	return true;
}

/* Parses one KEY=VALUE. Each key may occur once. */
static bool parse_option(char *word, struct pagetree_command *command)
{
	char *value = strchr(word, '=');
	unsigned int number;

	if (!value)
		return false;
	*value++ = '\0';

	if (!strcmp(word, "n"))
		return !command->n &&
		       parse_uint(value, 1, READ_ONCE(shootdown_max),
				  &command->n);
	if (!strcmp(word, "gap_us"))
		return command->gap_us == PAGETREE_GAP_PACED &&
		       parse_uint(value, 0, GAP_US_MAX, &command->gap_us);
	if (!strcmp(word, "cpus"))
		return command->cpus == PAGETREE_CPUS_DEFAULT &&
		       parse_cpus(value, command);
	if (!strcmp(word, "tag"))
		return !*command->tag && parse_tag(value, command->tag);
	if (strcmp(word, "deferred") || command->deferred >= 0 ||
	    !parse_uint(value, 0, 1, &number))
		return false;
	command->deferred = number;

	return true;
}

char *pagetree_command_word(char **text)
{
	char *word = skip_spaces(*text);

	*text = word + strcspn(word, " \t\n\v\f\r");
	if (**text)
		*(*text)++ = '\0';

	return word;
}

bool pagetree_command_on(char *text, int *force, int *hold)
{
	unsigned int number;
	char *word;
	int *flag;

	*force = -1;
	*hold = -1;
	while (*(word = pagetree_command_word(&text))) {
		flag = strstarts(word, "force=") ? force :
		       strstarts(word, "hold=") ? hold : NULL;
		if (!flag || *flag >= 0 ||
		    !parse_uint(strchr(word, '=') + 1, 0, 1, &number))
			return false;
		*flag = number;
	}
	*force = max(*force, 0);
	*hold = max(*hold, 0);

	return true;
}

static void set_defaults(struct pagetree_command *command)
{
	const bool all = command->scope == PAGETREE_SCOPE_ALL;

	if (!command->n)
		command->n = 1;
	if (command->cpus == PAGETREE_CPUS_DEFAULT)
		command->cpus = all ? PAGETREE_CPUS_ONLINE : PAGETREE_CPUS_MM;
	/* who disturbs the whole machine leaves it half of the time */
	if (command->gap_us == PAGETREE_GAP_PACED &&
	    command->cpus != PAGETREE_CPUS_ONLINE)
		command->gap_us = 0;
	if (command->deferred < 0)
		command->deferred = command->scope == PAGETREE_SCOPE_MM &&
				    !PAGETREE_FLUSH_HELD;
	if (!*command->tag)
		strscpy(command->tag, "-", sizeof(command->tag));
}

int pagetree_command_parse(char *word, char *text,
			   struct pagetree_command *command)
{
	unsigned int i;

	command->gap_us = PAGETREE_GAP_PACED;
	command->deferred = -1;

	for (i = 0; i < ARRAY_SIZE(scopes); i++)
		if (!strcmp(word, scopes[i].name))
			break;
	if (i == ARRAY_SIZE(scopes))
		return -EINVAL;
	command->scope = i;
	if (scopes[i].addresses > 0 &&
	    !parse_address(pagetree_command_word(&text), &command->start))
		return -EINVAL;
	if (scopes[i].addresses > 1 &&
	    !parse_address(pagetree_command_word(&text), &command->end))
		return -EINVAL;

	while (*(word = pagetree_command_word(&text)))
		if (!parse_option(word, command))
			return -EINVAL;

	/* mm must reach CPUs that hold the mm; all and null have nothing to defer */
	if ((command->scope == PAGETREE_SCOPE_MM && !command->deferred &&
	     !PAGETREE_FLUSH_HELD) ||
	    (command->scope == PAGETREE_SCOPE_ALL && command->deferred >= 0) ||
	    (command->scope == PAGETREE_SCOPE_NULL && command->deferred >= 0))
		return -EINVAL;

	set_defaults(command);
	if ((PAGETREE_FLUSH_BROADCASTS && command->cpus == PAGETREE_CPUS_LISTED) ||
	    (PAGETREE_FLUSH_HELD && command->deferred))
		return -EOPNOTSUPP;

	return 0;
}

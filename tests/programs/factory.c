// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds memory situations with known numbers, prints these, and waits.
 *
 *   factory NAME[=ARGUMENT]...
 *   factory --list		each NAME, and what it is
 *
 * Prints `expect NAME START END COLUMN=NUMBER...` for each range with known numbers, or `skip NAME WHY`, then
 * `ready PID`, and waits until its standard input ends. Counts are primes, so that no sum is right by chance.
 * Situations lie so far apart that they share upper tables only: on x86-64 and the like, they are 512 GiB apart and
 * share tables of level 4. The situations are in factory/, a file for each kind.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "factory/factory.h"

const char *argument;
unsigned int levels, own;
bool nx;
unsigned long vast_place, next_place;

/* Above where the executable may lie there is room for 64 places; below, for a vast one. */
static void choose_places(void)
{
	const unsigned long room = window() / 4;

	levels = levels_of(address_bits());
	for (own = 1; own + 1 < levels && shift_of(own + 2) + 6 <= log2_of(room);)
		own++;
	vast_place = window() / 8;
	next_place = window() / 16 * 11;

	/* the upper tables belong to this page, if nothing else lies below */
	read_pages(map_at(next_place, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, PAGE);
	next_place += DISTANCE;
}

void *map(size_t size, int prot, int flags, int fd)
{
	void *p = map_at(next_place, size, prot, flags | MAP_NORESERVE, fd, 0);

	/* never side by side: the kernel would merge them */
	next_place += DISTANCE * (1 + size / DISTANCE);

	return p;
}

void *map_anon(size_t size)
{
	return map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1);
}

void *map_small(size_t size)
{
	void *p = map_anon(size);

	advise(p, size, MADV_NOHUGEPAGE);

	return p;
}

void *map_huge(size_t size)
{
	void *p = map_anon(size);

	advise(p, size, MADV_HUGEPAGE);

	return p;
}

/* Whether there is such a column: most that end in a number do so in a level of this machine. */
static bool is_column(const char *word)
{
	const size_t letters = strspn(word, "abcdefghijklmnopqrstuvwxyz_");

	return !strncmp(word, "contig", letters) || !strncmp(word, "fill", letters) ||
	       strtoul(word + letters, NULL, 10) <= levels;
}

void expect(const void *start, size_t size, const char *format, ...)
{
	char wanted[2 * WANTED], *word;
	va_list args;

	va_start(args, format);
	vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);

	printf("expect %s 0x%lx 0x%lx", situation, (unsigned long)start,
	       (unsigned long)start + size);
	for (word = strtok(wanted, " "); word; word = strtok(NULL, " "))
		if (is_column(word))
			printf(" %s", word);
	putchar('\n');
}

void add(char *text, const char *format, ...)
{
	const size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, WANTED - length, format, args);
	va_end(args);
}

void skip(const char *why)
{
	printf("skip %s %s\n", situation, why);
}

void write_text(const char *path, const char *text)
{
	if (!write_file(path, "%s", text))
		err(1, "%s: %s", situation, path);
}

bool have_soft_dirty(void)
{
	static char page[1];

	*(volatile char *)page = 1;

	return pagemap(page) & SOFT_DIRTY;
}

int make_file(unsigned int pages)
{
	char page[PAGE], usual[64];
	const char *path = argument ? argument : usual;
	int fd;

	memset(page, 'p', PAGE);
	snprintf(usual, sizeof(usual), "/var/tmp/factory-%s", situation);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		err(1, "%s: %s", situation, path);
	while (pages--)
		if (write(fd, page, PAGE) != (ssize_t)PAGE)
			err(1, "%s: %s", situation, path);

	return fd;
}

void page_out(char *p, unsigned long count)
{
	unsigned int tries;

	for (tries = 0; tries < 100 &&
	     count_pages(p, count, SWAPPED) != count; tries++) {
		advise(p, count * PAGE, MADV_PAGEOUT);
		usleep(10000);
	}
}

char *find_range(const char *wanted, size_t *size)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, end;
	char line[512], *p = NULL;

	if (!maps)
		err(1, "%s: /proc/self/maps", situation);
	while (fgets(line, sizeof(line), maps)) {
		if (!strstr(line, wanted) ||
		    sscanf(line, "%lx-%lx", &start, &end) != 2)
			continue;
		p = (char *)start;
		*size = end - start;
	}
	fclose(maps);

	return p;
}

static const struct situation *const kinds[] = {
	page_situations, table_situations, huge_situations,
	file_situations, bit_situations, process_situations, NULL
};

static const struct situation *find(const char *name)
{
	const struct situation *const *kind, *s;

	for (kind = kinds; *kind; kind++)
		for (s = *kind; s->name; s++)
			if (!strcmp(s->name, name))
				return s;
	errx(2, "no situation is called '%s': see factory --list", name);
}

static void build(char *wanted)
{
	char *equals = strchr(wanted, '=');
	const struct situation *s;

	if (equals)
		*equals = '\0';
	argument = equals ? equals + 1 : NULL;
	s = find(wanted);
	situation = s->name;
	if (strstr(situation, "thp") && !have_thp())
		skip("only hugetlb has huge pages here");
	else
		s->build();
}

static void list(void)
{
	const struct situation *const *kind, *s;

	for (kind = kinds; *kind; kind++)
		for (s = *kind; s->name; s++)
			printf("%-15s %s\n", s->name, s->what);
}

int main(int argc, char **argv)
{
	int i;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		list();
		return 0;
	}
	if (argc < 2) {
		fputs("usage: factory NAME[=ARGUMENT]...\n       factory --list\n", stderr);
		return 2;
	}
	/* first: it forks, which takes write bits away from what is there */
	nx = have_nx();
	choose_places();
	for (i = 1; i < argc; i++)
		build(argv[i]);
	wait_for_end();

	return 0;
}

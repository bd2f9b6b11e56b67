// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers that never rest, of all processes that pagetree has attached, for the stress test.
 *
 *   readers SEED SECONDS GROUP full|gentle
 *
 * A process for each file reads it again and again: whole, a byte at a time, or
 * not to the end, with a pause or a detach after the title. Others attach, detach
 * and hold the processes of process group GROUP, count what the kernel invalidates
 * in them, change the module's parameters, clear bits of the processes' entries, run
 * the tool, or are killed while they read.
 * `gentle` readers are few and rest between reads: sometimes the module is unused,
 * and one of them unloads and loads it again.
 *
 *   readers check FILE <TEXT
 *
 * Checks a text and does nothing else; FILE is any file but walk.
 *
 * Each text is checked for the conditions that every row meets, whatever the target
 * does meanwhile. Where one is not met: `bad FILE PID: WHY`, and the text in
 * /tmp/bad-FILE-N. At the end a line each: `read FILE WORD=N...`, `did WORD=N...`
 * and `met COLUMN=ROWS...`, the number of rows where a column was not 0.
 *
 * It is one file since reading and checking share the table of a text; half of it is the conditions, a line each.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../module/abi.h"
#include "memory.h"

#define DEBUGFS		"/sys/kernel/debug/pagetree"
#define PARAMETERS	"/sys/module/pagetree/parameters"

typedef unsigned long long u64;

/* The files. */

enum kind { SUMMARY, VMAS, TABLES, MAP, WALK, PROCESSES, GEOMETRY, KINDS };

static const char *const kinds[] = {
	"summary", "vmas", "tables", "map", "walk", "processes", "geometry",
};

enum field {
#define X(name, ...) F_##name,
	PAGETREE_LEVEL_FIELDS(X)
	PAGETREE_SIZE_FIELDS(X)
	PAGETREE_FILL_FIELDS(X)
	PAGETREE_TOTAL_FIELDS(X)
#undef X
	FIELDS
};

#define COUNTS(X)							\
	X(complete) X(partial) X(stopped) X(bytewise) X(gone) X(rows)	\
	X(retried) X(clipped)

struct counts {
#define X(name) unsigned long name;
	COUNTS(X)
#undef X
};

#define DEEDS(X)							\
	X(attached) X(detached) X(held) X(parameters) X(cleared)	\
	X(counted) X(heard) X(tool) X(killed) X(reloaded) X(bad)

static struct shared {
	struct counts counts[KINDS];
	unsigned long met[FIELDS];
#define X(name) unsigned long name;
	DEEDS(X)
#undef X
	volatile bool loading;
} *shared;

#define ADD(counter, number) \
	__atomic_add_fetch(&(counter), number, __ATOMIC_RELAXED)

static bool gentle;
static pid_t group;
static unsigned int levels;
static u64 root_entries;	/* the user half */
static bool hints;		/* entries have a contiguous hint */

/* Columns: which column has each field and number behind its name */

static const struct {
	const char *name;
	int lowest, highest;
} fields[] = {
#define X(name, lowest, highest, ...) { #name, lowest, highest },
	PAGETREE_LEVEL_FIELDS(X)
	PAGETREE_SIZE_FIELDS(X)
	PAGETREE_FILL_FIELDS(X)
#undef X
#define X(name, ...) { #name, -1, -1 },
	PAGETREE_TOTAL_FIELDS(X)
#undef X
};

#define INDEXES		32
#define COLUMNS		256

struct table {
	enum kind kind;
	unsigned int columns;
	char *names[COLUMNS];
	int field[FIELDS][INDEXES];	/* column, or -1 */
	char *values[COLUMNS];
	u64 numbers[FIELDS][INDEXES];	/* of the row; 0 where there is no column */
	u64 last_end;
	u64 vmas;
	u64 rows;
	u64 retries;
	u64 skipped;
	u64 last_level;
	bool clipped;
	char why[256];
};

#define N(field, index)	(t->numbers[F_##field][index])

__attribute__((format(printf, 2, 3)))
static bool bad(struct table *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->why, sizeof(t->why), format, args);
	va_end(args);

	return false;
}

#define MUST(condition, format, ...)					\
	do {								\
		if (!(condition))					\
			return bad(t, "%s: " format, #condition, ##__VA_ARGS__); \
	} while (0)

/* The field of a column @name, and in @index the number behind it; -1 if there is no such field. */
static int find_field(const char *name, int *index)
{
	size_t size = strcspn(name, "0123456789");
	int f;

	for (f = 0; f < FIELDS; f++) {
		if (strlen(fields[f].name) != size || strncmp(fields[f].name, name, size))
			continue;
		if (!name[size] != (fields[f].lowest < 0))
			continue;
		*index = name[size] ? atoi(name + size) : 0;
		if (name[size] && (*index < fields[f].lowest || *index > fields[f].highest))
			return -1;
		return f;
	}

	return -1;
}

static bool number(const char *text, u64 *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, text[0] == '0' && text[1] == 'x' ? 16 : 10);

	return isdigit(*text) && !*end && !errno;
}

/* The value of a column by its name; 0 if it is no number, or not there. */
static u64 value(const struct table *t, const char *name)
{
	unsigned int i;
	u64 result;

	for (i = 0; i < t->columns; i++)
		if (!strcmp(t->names[i], name))
			return number(t->values[i], &result) ? result : 0;

	return 0;
}

static const char *text_of(const struct table *t, const char *name)
{
	unsigned int i;

	for (i = 0; i < t->columns; i++)
		if (!strcmp(t->names[i], name))
			return t->values[i];

	return "";
}

static void find_columns(struct table *t)
{
	unsigned int i;
	int f, index = 0;

	memset(t->field, -1, sizeof(t->field));
	for (i = 0; i < t->columns; i++) {
		f = find_field(t->names[i], &index);
		if (f >= 0)
			t->field[f][index] = i;
	}
}

static bool take_numbers(struct table *t)
{
	int f, index;

	for (f = 0; f < FIELDS; f++)
		for (index = 0; index < INDEXES; index++)
			if (t->field[f][index] >= 0 &&
			    !number(t->values[t->field[f][index]],
				    &t->numbers[f][index]))
				return bad(t, "%s%d is no number", fields[f].name, index);

	return true;
}

/* Counts the fields of a row that are not 0. */
static void meet(const struct table *t)
{
	int f, index;

	for (f = 0; f < FIELDS; f++) {
		for (index = 0; index < INDEXES; index++) {
			if (t->numbers[f][index]) {
				ADD(shared->met[f], 1);
				break;
			}
		}
	}
}

/*
 * The conditions on the counters, whatever happens to the target. A level-2 entry
 * that was made where a row had already ended is cut at the next row, and not
 * counted there: @cut is how many bytes of such entries may lie outside the range that
 * was walked, and @range is the size of that range.
 */
static bool check_counts(struct table *t, u64 range, u64 cut)
{
	u64 bytes = 0, contig = 0, covered = N(hole_bytes, 0), rss = 0;
	u64 fill = 0, fill_least = 0, fill_most = 0, leaves, absent, rest;
	const u64 cut_leaf = N(bytes, 2) || N(bytes, 3) ? cut : 0;
	unsigned int level, i, entries;

	for (level = 1; level <= 3; level++) {
		const u64 size = 1ULL << shift_of(level), slack = level > 1;

		leaves = N(leaf, level);
		absent = N(swap, level) + N(migration, level) + N(device, level);
		MUST(N(bytes, level) <= leaves * size + slack * cut, "level %u", level);
		MUST(N(bytes, level) + slack * cut >= leaves * size, "level %u", level);
		MUST(N(zero, level) + N(special, level) <= leaves, "level %u", level);
		MUST(N(numahint, level) <= N(protnone, level), "level %u", level);
		MUST(N(protnone, level) <= leaves, "level %u", level);
		MUST(N(accessed, level) <= leaves, "level %u", level);
		MUST(N(dirty, level) <= leaves, "level %u", level);
		MUST(N(writable, level) <= leaves, "level %u", level);
		MUST(N(executable, level) <= leaves, "level %u", level);
		MUST(N(user, level) <= leaves, "level %u", level);
		MUST(N(pkey, level) <= leaves, "level %u", level);
		MUST(N(softdirty, level) <= leaves + absent, "level %u", level);
		MUST(N(uffd, level) <= leaves + absent, "level %u", level);
		MUST(N(guard, level) + N(poison, level) <= N(marker, level),
		     "level %u", level);
		bytes += N(bytes, level);
		absent += N(hwpoison, level) + N(marker, level) + N(bad, level);
		covered += N(bytes, level) + absent * size;
		rss += (leaves - N(zero, level) - N(special, level) +
			N(migration, level) + N(hwpoison, level) +
			N(device, level)) * size;
	}
	for (i = shift_of(1); i <= 30; i++)
		contig += N(contig, i) << i;
	MUST(contig >= bytes && contig <= bytes + cut_leaf, "%llu, %llu bytes", contig, bytes);
	MUST(covered + cut >= range && covered <= range + cut,
	     "%llu of %llu", covered, range);
	MUST(N(rss, 0) + cut >= rss && N(rss, 0) <= rss + cut, "%llu, %llu",
	     N(rss, 0), rss);
	MUST(N(deposited, 0) <= N(leaf, 2) + N(migration, 2) + N(device, 2),
	     "%llu", N(deposited, 0));
	t->clipped = contig != bytes || covered != range || rss != N(rss, 0);

	for (level = 1; level <= levels; level++) {
		entries = level == levels ? root_entries : IN_HUGE;
		MUST(!N(bad, level), "level %u: %llu", level, N(bad, level));
		MUST(N(empty, level) <= N(tables, level), "level %u", level);
		MUST(N(used, level) <= N(tables, level) * entries, "level %u", level);
		MUST(N(used, level) + N(empty, level) >= N(tables, level), "level %u", level);
		/* all entries that were read lie in tables that were entered */
		rest = N(holes, level) + N(leaf, level) + N(swap, level) +
		       N(migration, level) + N(hwpoison, level) +
		       N(device, level) + N(marker, level);
		if (level > 1)
			rest += N(tables, level - 1);
		MUST(rest <= (N(tables, level) + N(borrowed, level)) * entries,
		     "level %u: %llu", level, rest);
	}
	MUST(N(shared, 2) <= N(tables, 2) && N(shared, 2) <= N(sharers, 2), "%llu", N(shared, 2));

	for (i = 0; i <= 14; i++) {
		fill += N(fill, i);
		fill_least += N(fill, i) * (i ? 1ULL << (i - 1) : 0);
		fill_most += N(fill, i) * ((1ULL << i) - 1);
	}
	MUST(fill == N(tables, 1), "%llu", fill);
	MUST(N(fill, 0) == N(empty, 1), "%llu", N(fill, 0));
	MUST(fill_least <= N(used, 1) && N(used, 1) <= fill_most, "%llu", N(used, 1));
	meet(t);

	return true;
}

static bool ascends(struct table *t, u64 start, u64 end)
{
	MUST(start < end, "%#llx", start);
	MUST(start >= t->last_end, "%#llx", start);
	MUST(!(start % PAGE) && !(end % PAGE), "%#llx", start);
	t->last_end = end;

	return true;
}

static bool check_vma(struct table *t)
{
	const u64 start = value(t, "start"), end = value(t, "end");
	const bool anon = !strcmp(text_of(t, "kind"), "anon");

	if (!take_numbers(t) || !ascends(t, start, end) ||
	    !check_counts(t, end - start, start % HUGE + -end % HUGE))
		return false;
	MUST(N(deposited, 0) == (anon ? N(leaf, 2) - N(special, 2) +
				 N(migration, 2) + N(device, 2) : 0),
	     "%llu", N(deposited, 0));
	t->vmas++;
	t->retries += N(retries, 0);

	return true;
}

static bool check_process(struct table *t)
{
	const char *state = text_of(t, "state");
	const u64 vmas = value(t, "vmas");

	MUST(!strcmp(state, "ok") || !strcmp(state, "busy") || !strcmp(state, "partial"),
	     "%s", state);
	MUST(value(t, "pid") > t->last_end, "%llu", t->last_end);
	t->last_end = value(t, "pid");
	t->vmas += vmas;

	if (!take_numbers(t) ||
	    !check_counts(t, value(t, "vma_bytes"), 2 * vmas * HUGE))
		return false;
	t->retries += N(retries, 0);

	return true;
}

static bool check_tables(struct table *t)
{
	const u64 level = value(t, "level"), tables = value(t, "tables");
	const u64 entries = level == levels ? root_entries : IN_HUGE;
	u64 fill = 0, nodes = 0, one;
	unsigned int i;

	MUST(level == ++t->last_level && level <= levels, "%llu", level);
	MUST(level < levels || tables <= 1, "%llu tables", tables);
	MUST(value(t, "bytes") == tables * PAGE, "%llu tables", tables);
	MUST(value(t, "used") <= tables * entries, "%llu tables", tables);
	MUST(value(t, "used") + value(t, "holes") == tables * entries, "%llu tables", tables);
	MUST(value(t, "empty") <= tables, "%llu tables", tables);
	MUST(value(t, "shared") <= tables, "%llu tables", tables);
	for (i = 0; i < t->columns; i++) {
		MUST(number(t->values[i], &one), "%s", t->names[i]);
		if (!strncmp(t->names[i], "fill", 4))
			fill += one;
		if (!strncmp(t->names[i], "node", 4))
			nodes += one;
	}
	MUST(fill == tables && nodes == tables, "%llu tables", tables);
	MUST(value(t, "fill0") == value(t, "empty"), "%llu tables", tables);

	return true;
}

#define X(enumerator, text) text,
static const char *const entry_kinds[] = { PAGETREE_ENTRY_KINDS(X) NULL };
#undef X

static bool is_kind(const char *kind)
{
	unsigned int i;

	for (i = 0; entry_kinds[i]; i++)
		if (!strcmp(kind, entry_kinds[i]))
			return true;

	return false;
}

static bool check_flags(struct table *t)
{
#define X(enumerator, letter, meaning) letter,
	static const char letters[] = { PAGETREE_ENTRY_FLAGS(X) };
#undef X
	const unsigned int count = sizeof(letters) - !hints;
	const char *flags = text_of(t, "flags");
	unsigned int i;

	MUST(strlen(flags) == count, "%s", flags);
	for (i = 0; i < count; i++)
		MUST(flags[i] == '-' || flags[i] == letters[i], "%s", flags);
	MUST(value(t, "pkey") < 16, "%llu", value(t, "pkey"));

	return true;
}

static bool check_extent(struct table *t)
{
	const u64 start = value(t, "start"), end = value(t, "end");
	const u64 level = value(t, "level"), size = value(t, "size");
	const u64 entries = value(t, "entries"), phys = value(t, "phys");
	const char *kind = text_of(t, "kind");

	if (!ascends(t, start, end) || !check_flags(t))
		return false;
	MUST(is_kind(kind) && strcmp(kind, "hole") && strcmp(kind, "table") &&
	     strcmp(kind, "bad"), "%s", kind);
	MUST(level >= 1 && level <= 3, "%llu", level);
	MUST(size == 1ULL << shift_of(level), "%llu", size);
	MUST(entries * size >= end - start, "%#llx", start);
	MUST((entries - 1) * size < end - start + size, "%#llx", start);
	MUST(level > 1 || entries * size == end - start, "%#llx", start);
	MUST(!(phys % PAGE) && phys >> 52 == 0, "%#llx", phys);

	return true;
}

/* Rows of one address go down a level each, and end where there is no table. */
static u64 asked[64];
static unsigned int asked_count;

static bool check_step(struct table *t)
{
	const u64 address = value(t, "address"), start = value(t, "start");
	const u64 level = value(t, "level"), size = value(t, "size");
	const char *kind = text_of(t, "kind");

	if (!check_flags(t))
		return false;
	if (!t->last_level) {
		MUST(t->vmas < asked_count, "%llu", t->vmas);
		MUST(address == asked[t->vmas], "%#llx", address);
		t->vmas++;
		if (!strcmp(kind, "outside"))
			return true;
		MUST(level == levels, "%llu", level);
	} else {
		MUST(address == asked[t->vmas - 1], "%#llx", address);
		MUST(level == t->last_level - 1, "%llu", level);
	}
	MUST(is_kind(kind) && strcmp(kind, "bad"), "%s", kind);
	MUST(level >= 1 && size == 1ULL << shift_of(level), "%llu", size);
	MUST(!(start % size) && start <= address && address - start < size,
	     "%#llx", address);
	MUST(value(t, "index") == (start >> shift_of(level)) % IN_HUGE, "%#llx", address);
	t->last_level = strcmp(kind, "table") ? 0 : level;
	MUST(t->last_level != 1, "%#llx", address);

	return true;
}

/* Keys and values: the columns are found as they come. */
static bool check_key(struct table *t, char **words)
{
	int index = 0, f = find_field(words[0], &index);

	if (t->columns == COLUMNS)
		return bad(t, "too many keys");
	t->names[t->columns] = words[0];
	t->values[t->columns++] = words[1];
	if (f >= 0 && !number(words[1], &t->numbers[f][index]))
		return bad(t, "%s is no number", words[0]);

	return true;
}

static bool check_summary(struct table *t)
{
	const u64 vmas = value(t, "vmas");

	t->retries = N(retries, 0);
	t->vmas = vmas;
	MUST(value(t, "levels") == levels, "%llu", value(t, "levels"));

	return check_counts(t, value(t, "vma_bytes"), 2 * vmas * HUGE);
}

static u64 cost(const char *line, const char *name)
{
	char word[32];
	const char *at;

	snprintf(word, sizeof(word), " %s=", name);
	at = strstr(line, word);

	return at ? strtoull(at + strlen(word), NULL, 10) : ~0ULL;
}

static bool check_cost(struct table *t, const char *line, bool *complete)
{
	const char *state = strstr(line, " state=");

	MUST(state, "%s", line);
	*complete = !strcmp(state, " state=complete");
	MUST(*complete || !strncmp(state, " state=partial next=0x", 22), "%s", state);
	MUST(cost(line, "lock_us_max") <= cost(line, "lock_us_total"), "%s", line);
	MUST(cost(line, "lock_us_total") <= cost(line, "us") + 1, "%s", line);
	MUST(!cost(line, "skipped"), "%s", line);
	if (t->kind == VMAS || t->kind == PROCESSES || t->kind == SUMMARY)
		MUST(cost(line, "vmas") == t->vmas, "%llu, %s", t->vmas, line);
	/* for processes, the cost line also counts retries outside of rows */
	if (t->kind == VMAS || t->kind == SUMMARY)
		MUST(cost(line, "retries") == t->retries, "%llu, %s", t->retries, line);
	if (t->kind == WALK && *complete)
		MUST(t->vmas == asked_count && !t->last_level, "%llu", t->vmas);

	return true;
}

/* Checks a text, which @cut may end anywhere; modifies it. */
static bool check(struct table *t, char *text, bool cut)
{
	static bool (*const rows[])(struct table *) = {
		[VMAS] = check_vma, [TABLES] = check_tables,
		[MAP] = check_extent, [WALK] = check_step,
		[PROCESSES] = check_process,
	};
	const bool keys = t->kind == SUMMARY || t->kind == GEOMETRY;
	struct counts *counts = &shared->counts[t->kind];
	char title[64], *line, *words[COLUMNS];
	bool complete = false, ended = false;
	unsigned int lines = 0, count;

	snprintf(title, sizeof(title), "# pagetree %s abi %d", kinds[t->kind],
		 PAGETREE_ABI);
	while ((line = strsep(&text, "\n"))) {
		if (!text) { /* no newline behind it */
			MUST(cut || !*line, "%s", line);
			break;
		}
		MUST(!ended, "%s", line);
		if (++lines == 1) {
			MUST(!strcmp(line, title), "%s", line);
			continue;
		}
		if (!strncmp(line, "# cost ", 7)) {
			ended = true;
			if (t->kind == SUMMARY && !check_summary(t))
				return false;
			if (!check_cost(t, line, &complete))
				return false;
			continue;
		}
		count = split_fields(line, words, COLUMNS);
		if (lines == 2 && keys) {
			MUST(count == 2 && !strcmp(words[0], "key"), "%s", line);
			continue;
		}
		if (lines == 2) {
			t->columns = count;
			memcpy(t->names, words, sizeof(words));
			find_columns(t);
			continue;
		}
		MUST(count == (keys ? 2 : t->columns), "line %u has %u columns", lines, count);
		if (keys) {
			if (!check_key(t, words))
				return false;
			continue;
		}
		memcpy(t->values, words, sizeof(words));
		t->clipped = false;
		if (!rows[t->kind](t)) {
			size_t end = strlen(t->why);

			snprintf(t->why + end, sizeof(t->why) - end, " (line %u, %s)",
				 lines, t->values[0]);
			return false;
		}
		t->rows++;
		ADD(counts->rows, 1);
		ADD(counts->retried, N(retries, 0) != 0);
		ADD(counts->clipped, t->clipped);
	}
	MUST(ended || cut, "no cost line");
	if (t->kind == SUMMARY && ended)
		ADD(counts->retried, N(retries, 0) != 0);
	if (cut)
		ADD(counts->stopped, 1);
	else if (complete)
		ADD(counts->complete, 1);
	else
		ADD(counts->partial, 1);

	return true;
}

/* Reading */

#define TEXT_MAX	(64UL << 20)

/*
 * One of the processes that have a directory in @path, at random; if @in is not
 * 0, of that process group. 0 if there is no such process.
 */
static pid_t any_process(const char *path, pid_t in)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned int seen = 0;
	pid_t pid = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (isdigit(entry->d_name[0]) &&
		    (!in || getpgid(atoi(entry->d_name)) == in) &&
		    !below(++seen))
			pid = atoi(entry->d_name);
	closedir(dir);

	return pid;
}

static pid_t any_attached(void)
{
	return any_process(DEBUGFS, 0);
}

static pid_t any_target(void)
{
	return any_process("/proc", group);
}

/* Asks for addresses from the maps of @pid, and for some that are not mapped. */
static bool ask(int fd, pid_t pid)
{
	char path[64], line[512], text[64 * 20];
	/* walk refuses what lies above user space */
	const unsigned long most = window();
	unsigned long start, end, seen = 0;
	unsigned int i, size = 0;
	FILE *maps;

	asked_count = 1 + below(64);
	for (i = 0; i < asked_count; i++)
		asked[i] = below(most);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx", &start, &end) != 2 || start >= most)
			continue;
		for (i = 1; i < asked_count; i++)
			if (seen < asked_count || !below(8))
				asked[i] = start + below(end - start);
		seen++;
	}
	if (maps)
		fclose(maps);
	for (i = 0; i < asked_count; i++)
		size += sprintf(text + size, "0x%llx ", asked[i]);

	return write(fd, text, size) == (ssize_t)size;
}

static void save(const char *name, unsigned long nth, const char *text, size_t size)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/bad-%s-%lu", name, nth);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, size) < 0)
		warn("%s", path);
	close(fd);
}

static void complain(enum kind kind, pid_t pid, const char *why, const char *text, size_t size)
{
	const unsigned long nth = ADD(shared->bad, 1);

	if (nth > 20)
		return;
	printf("bad %s %d: %s\n", kinds[kind], pid, why);
	fflush(stdout);
	save(kinds[kind], nth, text, size);
}

/* Reads a file once, in one of several ways, and checks what came. */
static void read_once(enum kind kind, bool bytewise)
{
	static char *text, *copy;
	static struct table t;
	const bool of_pid = kind < PROCESSES;
	pid_t pid = of_pid ? any_attached() : 0;
	size_t size = 0, most = TEXT_MAX - 1, step;
	struct counts *counts = &shared->counts[kind];
	bool cut = false, pause;
	ssize_t got = 0;
	char path[64];
	int fd;

	if (!text) {
		text = mmap(NULL, 2 * TEXT_MAX, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (text == MAP_FAILED)
			err(1, "mmap");
		copy = text + TEXT_MAX;
	}
	if (of_pid)
		snprintf(path, sizeof(path), DEBUGFS "/%d/%s", pid, kinds[kind]);
	else
		snprintf(path, sizeof(path), DEBUGFS "/%s", kinds[kind]);
	fd = open(path, kind == WALK ? O_RDWR : O_RDONLY);
	if (fd < 0 && (errno == ENOENT || errno == ESRCH || errno == ENODEV)) {
		ADD(counts->gone, 1);
		usleep(1000);
		return;
	}
	if (fd < 0 || (kind == WALK && !ask(fd, pid))) {
		complain(kind, pid, strerror(errno), "", 0);
		goto out;
	}

	if (!bytewise && !below(4))
		most = 1 + below(1UL << (4 + below(16)));
	pause = !bytewise && !below(2);
	while (size < most) {
		step = bytewise ? 1 : pause && !size ? 16 :
		       1 + below(1UL << (1 + below(20)));
		if (step > most - size)
			step = most - size;
		got = read(fd, text + size, step);
		if (got <= 0)
			break;
		size += got;
		if (!pause)
			continue;
		pause = false;
		if (below(2)) {
			usleep(below(50000));
		} else if (of_pid && write_file(DEBUGFS "/detach", "%d", pid)) {
			ADD(shared->detached, 1);
			write_file(DEBUGFS "/attach", "%d", pid);
		}
	}
	if (got < 0) {
		complain(kind, pid, strerror(errno), text, size);
		goto out;
	}
	cut = size == most;
	text[size] = '\0';
	memcpy(copy, text, size + 1);
	memset(&t, 0, sizeof(t));
	t.kind = kind;
	if (!check(&t, copy, cut))
		complain(kind, pid, t.why, text, size);
	if (bytewise)
		ADD(counts->bytewise, 1);
out:
	if (fd >= 0)
		close(fd);
	if (gentle)
		usleep(below(100000));
}

/* Roles: a process each, until it is killed. */

static int role_kind;

static void reader(void)
{
	read_once(role_kind, false);
}

static void byte_reader(void)
{
	read_once(below(KINDS), true);
}

/* Kills a reader while it reads. */
static void killer(void)
{
	const uint64_t seed = below(SEEDS);
	pid_t pid = fork_bound();

	if (pid < 0)
		return;
	if (!pid) {
		seed_random(seed);
		for (;;)
			read_once(below(KINDS), !below(4));
	}
	usleep(below(30000));
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) == pid)
		ADD(shared->killed, 1);
}

static void flapper(void)
{
	char text[32];
	pid_t pid;
	int fd;

	switch (below(8)) {
	case 0:
	case 1:
		pid = any_attached();
		if (pid && write_file(DEBUGFS "/detach", "%d", pid))
			ADD(shared->detached, 1);
		/* often attach again at once, so that there is something to read */
		if (below(4) && write_file(DEBUGFS "/attach", "%d", pid))
			ADD(shared->attached, 1);
		break;
	case 2:
		fd = open(DEBUGFS "/attach", O_WRONLY);
		snprintf(text, sizeof(text), "hold %d", any_target());
		if (fd >= 0 && write(fd, text, strlen(text)) > 0)
			ADD(shared->held, 1);
		usleep(below(50000));
		if (fd >= 0)
			close(fd);
		break;
	default:
		if (write_file(DEBUGFS "/attach", "%d", any_target()))
			ADD(shared->attached, 1);
	}
	usleep(below(gentle ? 100000 : 10000));
}

static void fiddler(void)
{
	static const unsigned int slices[] = { 1, 100, 100, 100000 };
	static const unsigned int budgets[] = { 0, 0, 1, 1000 };
	char path[64];
	bool ok;

	ok = write_file(PARAMETERS "/slice_us", "%u", slices[below(4)]) &&
	     write_file(PARAMETERS "/budget_us", "%u", budgets[below(4)]) &&
	     write_file(PARAMETERS "/show_physical", "%lu", below(2));
	ADD(shared->parameters, ok);
	/* accessed or soft-dirty */
	snprintf(path, sizeof(path), "/proc/%d/clear_refs", any_target());
	if (write_file(path, "%d", below(2) ? 1 : 4))
		ADD(shared->cleared, 1);
	usleep(below(200000));
}

static unsigned int tabs(const char *line)
{
	unsigned int count = 0;

	for (; *line && *line != '\n'; line++)
		count += *line == '\t';

	return count;
}

/* Reads who has caused ranges: each row has all columns. */
static void listen_to(pid_t pid)
{
	static char text[256 * KIB];
	char path[64], *line, *heading;
	ssize_t got, size = 0;
	int fd;

	snprintf(path, sizeof(path), DEBUGFS "/%d/initiators", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	while ((got = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += got;
	close(fd);
	text[size] = '\0';
	heading = strchr(text, '\n');
	if (got < 0 || strncmp(text, "# pagetree initiators ", 22) || !heading) {
		complain(SUMMARY, pid, "initiators cannot be read", text, size);
		return;
	}
	heading++;
	for (line = strchr(heading, '\n'); line && line[1] && line[1] != '#';
	     line = strchr(line + 1, '\n')) {
		if (tabs(line + 1) == tabs(heading))
			ADD(shared->heard, 1);
		else
			complain(SUMMARY, pid, "a row of initiators lacks columns", text, size);
	}
}

/* Counts what the kernel invalidates, until told otherwise, or until the file is closed. */
static void counter(void)
{
	static const char *const commands[] = {
		"invalidations on hold=1", "invalidations on hold=1",
		"invalidations on", "invalidations off",
	};
	const char *command = commands[below(4)];
	const pid_t pid = any_attached();
	char path[64];
	int fd;

	snprintf(path, sizeof(path), DEBUGFS "/%d/shootdown", pid);
	fd = pid ? open(path, O_WRONLY) : -1;
	/* the process may have ended, or runs another program */
	if (fd >= 0 && write(fd, command, strlen(command)) > 0)
		ADD(shared->counted, 1);
	usleep(below(50000));
	listen_to(pid);
	if (fd >= 0)
		close(fd);
	usleep(below(gentle ? 100000 : 10000));
}

static void tool(void)
{
	static const char *const options[] = { "--json", "--raw", "--bytes", "--verify" };
	pid_t pid = fork_bound();
	char target[16];
	int status, null;

	if (pid < 0)
		return;
	if (!pid) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		snprintf(target, sizeof(target), "%d", any_target());
		execlp("pagetree", "pagetree", options[below(4)], target, NULL);
		_exit(127);
	}
	/* the process may have ended or changed, the module may be unloaded */
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	    WEXITSTATUS(status) <= 5 && WEXITSTATUS(status) != 2)
		ADD(shared->tool, 1);
	else
		complain(SUMMARY, pid, "the tool ended in another way", "", 0);
	usleep(below(gentle ? 1000000 : 50000));
}

static void any_reader(void)
{
	read_once(below(KINDS), !below(8));
}

/* The module comes and goes, as often as nobody uses it. */
static void loader(void)
{
	char command[64];

	if (!syscall(SYS_delete_module, "pagetree", O_NONBLOCK)) {
		shared->loading = true;
		snprintf(command, sizeof(command), "modprobe pagetree attach=%d invalidations=1", group);
		if (system(command))
			complain(GEOMETRY, group, "the module does not load", "", 0);
		else
			ADD(shared->reloaded, 1);
		shared->loading = false;
		/* until there is something to read again */
		usleep(500000 + below(500000));
	}
	usleep(below(2000));
}

static pid_t start(void (*role)(void), int kind, uint64_t seed)
{
	pid_t pid = fork_bound();

	if (pid)
		return pid;
	seed_random(seed);
	role_kind = kind;
	for (;;)
		role();
}

static void print_sums(void)
{
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		printf("read %s", kinds[i]);
#define X(name) printf(" " #name "=%lu", shared->counts[i].name);
		COUNTS(X)
#undef X
		putchar('\n');
	}
	printf("met");
	for (i = 0; i < FIELDS; i++)
		printf(" %s=%lu", fields[i].name, shared->met[i]);
	putchar('\n');
	printf("did");
#define X(name) printf(" " #name "=%lu", shared->name);
	DEEDS(X)
#undef X
	putchar('\n');
}

static int check_stdin(const char *name)
{
	static struct table t;
	char *text = malloc(TEXT_MAX);
	size_t size = text ? fread(text, 1, TEXT_MAX - 1, stdin) : 0;

	while (strcmp(kinds[t.kind], name))
		if (++t.kind == WALK)
			errx(2, "cannot check %s", name);
	text[size] = '\0';
	if (check(&t, text, false))
		strcpy(t.why, "possible");
	puts(t.why);

	return 0;
}

static void ask_paging(void)
{
	const unsigned int bits = address_bits();

	levels = levels_of(bits);
	root_entries = root_entries_of(bits);
	if (number_in(DEBUGFS "/geometry", "levels %lu") != levels)
		errx(1, "geometry does not say %u levels", levels);
	hints = number_in(DEBUGFS "/geometry", "conthint_bytes1 %lu");
}

int main(int argc, char **argv)
{
	static void (*const all[])(void) = {
		reader, reader, reader, reader, reader, reader, reader,
		byte_reader, killer, flapper, fiddler, counter, tool, NULL
	};
	static void (*const few[])(void) = {
		any_reader, any_reader, flapper, counter, tool, loader, NULL
	};
	void (*const *roles)(void);
	unsigned int i, count;
	pid_t pids[16], died;
	uint64_t seed;
	time_t end;
	int status;

	if (argc != 5 && (argc != 3 || strcmp(argv[1], "check"))) {
		fprintf(stderr, "usage: readers SEED SECONDS GROUP full|gentle\n"
				"       readers check FILE <TEXT\n");
		return 2;
	}
	ask_paging();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	if (argc == 3)
		return check_stdin(argv[2]);

	seed = strtoul(argv[1], NULL, 10);
	end = time(NULL) + atoi(argv[2]);
	group = atoi(argv[3]);
	gentle = !strcmp(argv[4], "gentle");
	roles = gentle ? few : all;
	for (count = 0; roles[count]; count++)
		pids[count] = start(roles[count], count, seed * 100 + count);
	while (time(NULL) < end)
		usleep(100000);
	while ((died = waitpid(-1, &status, WNOHANG)) > 0) {
		printf("bad reader: died with status %d\n", status);
		ADD(shared->bad, 1);
	}
	/* on a debug kernel loading takes seconds: wait for its end */
	for (i = 0; shared->loading && i < 600; i++)
		usleep(100000);
	for (i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	print_sums();

	return shared->bad != 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "input/places.h"
#include "input/system.h"
#include "model/fields.h"

static void add(struct places *places, struct place place)
{
	places->list = grow(places->list, places->count, sizeof(place));
	places->list[places->count++] = place;
}

struct places places_read(pid_t pid)
{
	struct places places = { 0 };
	char *text = proc_read(pid, "maps"), *line, *next;
	struct place place;
	int name;

	for (line = text; line && *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		name = 0;
		/* 7f00-7f01 rw-p 00000000 08:01 123    /path */
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %n",
			   &place.start, &place.end, &name) != 2 || !name)
			continue;
		place.name = texts_keep(&places.texts,
					printable(line + name, strlen(line + name), ""));
		add(&places, place);
	}
	free(text);

	return places;
}

struct places places_of(const struct list *vmas)
{
	struct places places = { 0 };
	size_t i;

	for (i = 0; i < vmas->count; i++)
		add(&places, (struct place) {
			.start = list_value(vmas, i, FIELD_start).number,
			.end = list_value(vmas, i, FIELD_end).number,
			.name = list_value(vmas, i, FIELD_name).text,
		});

	return places;
}

const struct place *places_find(const struct places *places, uint64_t start,
				uint64_t end, size_t *count)
{
	const struct place *found = NULL;
	size_t i;

	*count = 0;
	for (i = 0; i < places->count && places->list[i].start < end; i++) {
		if (places->list[i].end <= start)
			continue;
		if (!found)
			found = &places->list[i];
		++*count;
	}

	return found;
}

void places_free(struct places *places)
{
	free(places->list);
	texts_free(&places->texts);
}

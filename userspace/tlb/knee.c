// SPDX-License-Identifier: GPL-2.0-only
#include "tlb/reach.h"

#define FLAT	3	/* the smallest number of points on a plateau */

/* The mean of the points up to the next rise. @rise: set to its first point */
static double plateau(const struct point *points, size_t count, size_t first,
		      double least, size_t *rise)
{
	double sum = 0, mean = 0;
	size_t i;

	for (i = first; i + 1 < count; i++) {
		/* a higher plateau is noisier; a single point may be noise */
		const double high = mean + least + mean / 4;

		if (i >= first + FLAT && points[i].ns > high &&
		    points[i + 1].ns > high)
			break;
		sum += points[i].ns;
		mean = sum / (i - first + 1);
	}
	*rise = i;

	return mean;
}

/* The point where a rise from @low ends: the next two points add little. */
static size_t top(const struct point *points, size_t count, size_t rise,
		  double low)
{
	size_t i;

	for (i = rise; i + 2 < count; i++)
		if (points[i + 2].ns - points[i].ns <
		    (points[i].ns - low) * 15 / 100)
			return i;

	return count - 1;
}

size_t knees_find(const struct point *points, size_t count, double least,
		  struct knee *knees, size_t room)
{
	size_t first = 0, found = 0, rise, end;
	double low, half;

	while (found < room) {
		low = plateau(points, count, first, least, &rise);
		if (rise + 1 >= count || (!found && low > least))
			break;
		end = top(points, count, rise, low);
		half = low + (points[end].ns - low) / 2;
		knees[found].below = points[rise - 1].size;
		first = end;
		for (end = rise; points[end].ns < half; end++)
			;
		knees[found++].above = points[end].size;
	}

	return found;
}

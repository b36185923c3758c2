#include "config.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/near.h"

enum { LONGEST = 32 };		/* no word of a user's is longer */

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

static bool
differ(char a, char b)
{
	return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/* Levenshtein's distance, with one row of its table. */
static size_t
distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t row[LONGEST + 1], i, j, corner, up;

	for (j = 0; j <= m; j++)
		row[j] = j;
	for (i = 1; i <= n; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= m; j++) {
			up = row[j];
			row[j] = least(row[j - 1] + 1, up + 1,
			    corner + differ(a[i - 1], b[j - 1]));
			corner = up;
		}
	}
	return row[m];
}

size_t
near_slips(const char *a, size_t n, const char *b)
{
	size_t m = strlen(b), d;

	if (n > LONGEST || m > LONGEST)
		return NEAR_NOT;
	d = distance(a, n, b, m);
	/* two letters are near to anything */
	if (d > 1 + n / 4 || (d > 0 && m < 3))
		return NEAR_NOT;
	return d;
}

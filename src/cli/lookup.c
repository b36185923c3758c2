/*
 * The table of options.c, as getopt_long(3) wants it, and searched.
 */
#include "config.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/near.h"
#include "cli/options.h"

/* The arrays have room for this many; option_longs() stays below it. */
enum { LONGS_MAX = 512, LETTERS_MAX = 192 };

/* What getopt shall do: errors are reported before a missing argument. */
static int
takes(const struct option_row *row)
{
	if (row->store == STORE_REFUSED)
		return optional_argument;
	if (row->arg == NULL)
		return no_argument;
	return *row->arg == '[' ? optional_argument : required_argument;
}

/*
 * "+": options end at the first word that is none; ":": a missing argument is
 * told from an unknown option, and getopt says nothing itself.
 */
const char *
option_letters(void)
{
	static char letters[LETTERS_MAX] = "+:";
	const struct option_row *row;
	size_t n = 2, i;
	const char *l;

	if (letters[2])
		return letters;
	for (i = 0; (row = option_row(i)) != NULL; i++)
		for (l = row->letters; *l && n + 4 < LETTERS_MAX; l++) {
			letters[n++] = *l;
			if (takes(row) != no_argument)
				letters[n++] = ':';
			if (takes(row) == optional_argument)
				letters[n++] = ':';
		}
	return letters;
}

const struct option *
option_longs(void)
{
	static struct option longs[LONGS_MAX];
	const struct option_row *row;
	const char *const *name;
	size_t n = 0, i;

	if (longs[0].name)
		return longs;
	for (i = 0; (row = option_row(i)) != NULL; i++)
		for (name = row->names; *name && n + 1 < LONGS_MAX; name++) {
			if (**name == '\0')
				continue;
			longs[n].name = *name;
			longs[n].has_arg = takes(row);
			longs[n++].val = OPTION_LONG + (int)i;
		}
	return longs;
}

int
option_index(int letter_or_val)
{
	const struct option_row *row;
	size_t i;

	if (letter_or_val >= OPTION_LONG)
		return option_row((size_t)(letter_or_val - OPTION_LONG)) ?
		    letter_or_val - OPTION_LONG : -1;
	if (letter_or_val <= 0)
		return -1;
	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (strchr(row->letters, letter_or_val))
			return (int)i;
	return -1;
}

const char *
option_spell(int val, char spelt[OPTION_SPELT_MAX])
{
	struct buf b = { 0 };

	if (val < OPTION_LONG)
		buf_addf(&b, "-%c", val);
	else
		buf_addf(&b, "--%s",
		    option_row((size_t)option_index(val))->names[0]);
	diag_show(spelt, OPTION_SPELT_MAX, b.data, b.len);
	buf_free(&b);
	return spelt;
}

const char *
option_nearest(const char *name, size_t n)
{
	const struct option *o;
	const char *best = NULL;
	size_t least = NEAR_NOT, d;

	for (o = option_longs(); o->name; o++) {
		d = near_slips(name, n, o->name);
		if (d >= least ||
		    option_row((size_t)(o->val - OPTION_LONG))->store ==
		    STORE_REFUSED)
			continue;
		best = o->name;
		least = d;
	}
	return best;
}

/* One that a short form may stand for. */
static bool
is_there(const struct option *o)
{
	return option_row((size_t)(o->val - OPTION_LONG))->store !=
	    STORE_REFUSED;
}

const struct option *
option_completed(const char *name, size_t n)
{
	const struct option *o, *found = NULL;

	for (o = option_longs(); o->name; o++) {
		if (strncmp(o->name, name, n) != 0 || !is_there(o))
			continue;
		if (found && found->val != o->val)
			return NULL;
		if (found == NULL)
			found = o;
	}
	return found;
}

size_t
option_abbreviated(const char *name, size_t n, struct buf *list)
{
	const struct option *o;
	bool any = false;
	size_t found = 0;
	int last = 0;

	for (o = option_longs(); o->name; o++)
		any |= strncmp(o->name, name, n) == 0 && is_there(o);
	for (o = option_longs(); o->name; o++) {
		if (strncmp(o->name, name, n) != 0 || o->val == last ||
		    (any && !is_there(o)))
			continue;
		last = o->val;
		buf_addf(list, "%s--%s", found ? ", " : "", o->name);
		found++;
	}
	return found;
}

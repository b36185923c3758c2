#include "config.h"

#include <string.h>

#include "input/quote.h"
#include "input/spelt.h"

/* The character at i, NUL at the end. */
static char
peek(const char *s, size_t i, size_t n)
{
	return i < n ? s[i] : '\0';
}

static bool
is_letter(char c)
{
	return quote_name(&c, 1) > 0;
}

size_t
spelt_sequence(const char *s, size_t i, size_t n)
{
	if (n - i <= 5 || s[i] != '{' || !is_letter(s[i + 1]) ||
	    s[i + 2] != '.' || s[i + 3] != '.')
		return 0;
	for (i += 4; i < n && !strchr("{ \t\n;&|()", s[i]); i++)
		if (s[i] == '}')
			return i;
	return 0;
}

size_t
spelt_match(const char *s, size_t i, size_t n, const char *name)
{
	size_t k, end;

	for (k = i; *name; k++) {
		if (k >= n)
			return 0;
		if (s[k] == *name) {
			name++;
		} else if ((end = spelt_sequence(s, k, n)) > 0) {
			name++;
			k = end;
		} else if (k == i || (!strchr("'\"\\{},", s[k]) &&
		    !(s[k] == '\n' && s[k - 1] == '\\') &&
		    !(s[k] == '$' && strchr("'\"", peek(s, k + 1, n))))) {
			return 0;
		}
	}
	return k;
}

enum { LISTS_MAX = 100 };	/* one in another */

/* What a search may yet take. */
struct search {
	size_t steps;
	unsigned lists;
};

static bool gives(const char *s, size_t i, size_t n, const char *name,
    struct search *left);

/* True where it has taken so many more steps that it is given up. */
static bool
took(struct search *left, size_t steps)
{
	left->steps -= steps < left->steps ? steps : left->steps;
	return left->steps == 0;
}

/* The character of the list in braces that i is in, at the same depth as i,
   that is one of set; or the word's end. */
static size_t
in_list(const char *s, size_t i, size_t n, const char *set)
{
	size_t depth = 0;

	for (; i < n && !strchr(" \t\n;&|()", s[i]); i++) {
		if (depth == 0 && strchr(set, s[i]))
			break;
		depth += s[i] == '{';
		depth -= s[i] == '}' && depth > 0;
	}
	return i;
}

/* One of the list in braces that begins at i, with what is behind it? */
static bool
one_gives(const char *s, size_t i, size_t n, const char *name,
    struct search *left)
{
	bool found = left->lists == 0;
	size_t from;

	left->lists -= left->lists > 0;
	do {
		from = i + 1;
		found = found || gives(s, from, n, name, left);
		i = in_list(s, from, n, ",}");
		found = found || took(left, i - from);
	} while (!found && peek(s, i, n) == ',');
	left->lists++;
	return found;
}

/* Can braces make that name of the word that begins at i, its quotes taken
   away?  Also yes where the search is given up. */
static bool
gives(const char *s, size_t i, size_t n, const char *name, struct search *left)
{
	size_t end;

	for (; i < n && !strchr(" \t\n;&|()", s[i]); i++) {
		if (took(left, 1))
			return true;
		if ((end = spelt_sequence(s, i, n)) > 0) {
			name += *name != '\0';
			i = end;
		} else if (s[i] == '{') {
			return one_gives(s, i, n, name, left);
		} else if (s[i] == ',') {
			end = in_list(s, i, n, "}");
			if (took(left, end - i))
				return true;
			i = end;
		} else if (*name && s[i] == *name) {
			name++;
		} else if (!strchr("'\"\\}$", s[i])) {
			return false;
		}
	}
	return *name == '\0';
}

size_t
spelt_end(const char *s, size_t i, size_t n)
{
	return in_list(s, i, n, "");
}

bool
spelt_gives(const char *s, size_t i, size_t n, const char *name)
{
	struct search left = { 100 + 4 * (n - i), LISTS_MAX };

	return gives(s, i, n, name, &left);
}

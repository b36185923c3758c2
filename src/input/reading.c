#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "input/quote.h"
#include "input/reading.h"
#include "input/word.h"

/* Commands that make more of their arguments than data. */
static const struct {
	const char *name;
	enum reading how;
} commands[] = {
	{ ".", READS_DATA }, { "source", READS_DATA }, /* of a file, though */
	{ "[", READS_TEST }, { "alias", READS_SYNTAX },
	{ "bind", READS_SYNTAX }, { "builtin", READS_COMMAND },
	{ "command", READS_COMMAND }, { "compgen", READS_SYNTAX },
	{ "complete", READS_SYNTAX }, { "declare", READS_NAMES },
	{ "eval", READS_SYNTAX }, { "export", READS_EXPORT },
	{ "fc", READS_SYNTAX }, { "float", READS_ARITH },
	{ "getopts", READS_VARIABLES }, { "integer", READS_ARITH },
	{ "jobs", READS_COMMAND }, { "let", READS_ARITH },
	{ "local", READS_NAMES }, { "mapfile", READS_VARIABLES },
	{ "nameref", READS_ARITH }, { "printf", READS_FORMAT },
	{ "read", READS_VARIABLES }, { "readarray", READS_VARIABLES },
	{ "readonly", READS_EXPORT }, { "test", READS_TEST },
	{ "trap", READS_SYNTAX }, { "typeset", READS_NAMES },
	{ "unset", READS_VARIABLES }, { "wait", READS_VARIABLES },
};

enum reading
reading_of(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		if (word_is(s, n, commands[i].name))
			return commands[i].how;
	return READS_DATA;
}

bool
reading_may_name(const char *s, size_t n, bool end)
{
	char text[16];
	size_t i, k;

	for (i = 0; i < n; i++)
		if (!quote_is_plain(s[i]) && s[i] != '"' && s[i] != '\'')
			return true;
	n = word_text(s, n, text, sizeof(text));
	for (i = 0; i < COUNT(commands); i++) {
		k = strlen(commands[i].name);
		if (n <= k && memcmp(commands[i].name + (end ? k - n : 0),
		    text, n) == 0)
			return true;
	}
	return false;
}

/*
 * A hint that is wrong costs more than one that is missing: each of these asks
 * for more than the one word that looks odd.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/near.h"
#include "input/template.h"
#include "run/hints.h"
#include "run/world.h"

enum { SHOWN = 120 };

/* --- operators of a shell among the arguments --------------------------- */

/* Programs whose own operators look the same; others run such. */
static bool
has_operators(const char *word)
{
	static const char *const names[] = {
		"[", "dpkg", "expr", "find", "test",
	};
	const char *slash = strrchr(word, '/');
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (strcmp(slash ? slash + 1 : word, names[i]) == 0)
			return true;
	return false;
}

/* The two commands of a list or pipeline, or the file of a redirection. */
static bool
is_operator(char **words, size_t i)
{
	const char *op = words[i], *next = words[i + 1];

	if (*op == '2')			/* 2>&1 and its like mean nothing else */
		return true;
	/* the value of an option, and what grep looks for */
	if (i < 2 || *words[i - 1] == '-' || next == NULL)
		return false;
	if (*op == '<' || *op == '>')
		return words[i + 2] == NULL || command_is_operator(words[i + 2]);
	return world_has_program(next);
}

static void
say_operator(char **words)
{
	size_t i;

	for (i = 0; words[i]; i++) {
		if (has_operators(words[i]))
			return;
		if (!command_is_operator(words[i]) || !is_operator(words, i))
			continue;
		diag("%s is passed to the command as an argument; quote the "
		    "whole command to have a shell run it", words[i]);
		return;
	}
}

/* --- words behind a shell line ------------------------------------------ */

/* A program with a blank in its name is none, but its first word is one. */
static bool
is_line(const char *word)
{
	size_t n = strcspn(word, " \t\n");
	char *first = xmemdup(word, n);
	bool line = n > 0 && word[n] && world_has_program(first) &&
	    !world_has_program(word);

	free(first);
	return line;
}

static void
say_line(char **words)
{
	char line[SHOWN], more[SHOWN];

	if (words[0] == NULL || words[1] == NULL || !is_line(words[0]))
		return;
	diag_show(line, sizeof(line), words[0], strlen(words[0]));
	diag_show(more, sizeof(more), words[1], strlen(words[1]));
	if (*words[1] == '-')
		diag("\"%s\" is taken for the name of a program, as %s stands "
		    "behind it; options of ppx stand before the command", line,
		    more);
	else
		diag("\"%s\" is taken for the name of a program, as %s stands "
		    "behind it; quote the whole of a shell line", line, more);
}

/* --- names that --header does not know ----------------------------------- */

/* The name that s[0..n) may have been meant for; or NULL. */
static const char *
nearest(const struct vocabulary *v, const char *s, size_t n)
{
	const char *best = NULL;
	size_t i, d, least = NEAR_NOT;

	for (i = 0; i < v->nnames; i++) {
		if (v->names[i] == NULL)
			continue;
		d = near_slips(s, n, v->names[i]);
		if (d < least) {
			best = v->names[i];
			least = d;
		}
	}
	return best;
}

/* The bytes of s from { on that could be a name in braces, or 0. */
static size_t
name_at(const char *s)
{
	size_t n = strcspn(s + 1, "{}.,/\n") + 1;

	n += strspn(s + n, "./");	/* {name/.} */
	return s[1] != ' ' && s[n] == '}' ? n + 1 : 0;
}

/* Of a text with replacement strings; true: it was said. */
static bool
say_name(const struct vocabulary *v, const char *text)
{
	const char *s = text, *near;
	char shown[SHOWN], name[SHOWN];
	struct value_ref ref;
	size_t n;

	while (s && (s = strchr(s, '{')) != NULL) {
		n = template_match(text, strlen(text), (size_t)(s - text), v,
		    &ref) ? 0 : name_at(s);
		if (n > 0 && (s == text || s[-1] != '$') &&
		    (near = nearest(v, s + 1, strcspn(s + 1, "./}")))) {
			diag("%s stays as it is: no column of --header has "
			    "that name; did you mean {%s}?", diag_show(shown,
			    sizeof(shown), s, n), diag_show(name, sizeof(name),
			    near, strlen(near)));
			return true;
		}
		s++;
	}
	return false;
}

static void
say_names(const struct conf *conf, const struct vocabulary *v)
{
	const char *const others[] = {
		conf->tagstring, conf->results, conf->workdir
	};
	size_t i;

	for (i = 0; conf->command[i]; i++)
		if (say_name(v, conf->command[i]))
			return;
	for (i = 0; i < COUNT(others); i++)
		if (say_name(v, others[i]))
			return;
}

void
hints_say(const struct conf *conf, const struct command *c,
    const struct vocabulary *v)
{
	bool asked = conf->choice != COMMAND_AUTO;	/* no slip */

	if (!asked && command_stray(c))
		say_operator(conf->command);
	if (!asked)
		say_line(conf->command);
	if (v->nnames)
		say_names(conf, v);
}

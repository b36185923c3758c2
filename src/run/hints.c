/*
 * A hint that is wrong costs more than one that is missing: each of these asks
 * for more than the one word that looks odd.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/near.h"
#include "input/quote.h"
#include "run/hints.h"
#include "run/stray.h"
#include "run/world.h"

enum { SHOWN = 120 };

/* --- words behind a shell line ------------------------------------------ */

/* Does a command begin with it?  An assignment may stand before one. */
static bool
begins_line(const char *first)
{
	if (strchr(first, '='))
		return quote_is_name(first, strlen(first), true);
	return world_has_program(first) || !command_is_program(first);
}

/* A program with a blank in its name is none, but its first word is one. */
static bool
is_line(const char *word)
{
	size_t n = strcspn(word, " \t\n");
	char *first = xmemdup(word, n);
	bool line = n > 0 && word[n] && begins_line(first) &&
	    !world_has_program(word);

	free(first);
	return line;
}

static bool
say_line(char **words, bool script)
{
	char line[SHOWN], more[SHOWN];
	const char *how;

	if (!is_line(words[0]))
		return false;
	diag_show(line, sizeof(line), words[0], strlen(words[0]));
	if (*words[1])
		diag_show(more, sizeof(more), words[1], strlen(words[1]));
	else
		snprintf(more, sizeof(more), "''");
	if (script)
		how = "with a shell line a script of --shebang can have no "
		    "arguments but ::: and what follows it";
	else if (*words[1] == '-')
		how = "options of ppx stand before the command";
	else
		how = "quote the whole of a shell line";
	diag("\"%s\" is taken for the name of a program, as %s stands behind "
	    "it; %s", line, more, how);
	return true;
}

/* --- syntax of a shell among words --------------------------------------- */

static bool
say_stray(const struct conf *conf, const struct vocabulary *v)
{
	char **words = conf->command;
	const char *word = stray_syntax(words, v);
	char text[SHOWN];

	if (word) {
		diag("%s is passed to the command as an argument; if a shell "
		    "is to see it, quote the whole command%s", diag_show(text,
		    sizeof(text), word, strlen(word)),
		    conf->shell ? "" : stray_shell(word));
		return true;
	}
	word = stray_variable(words);
	if (word)
		diag("%s is not expanded, as no shell runs the command; quote "
		    "the whole command", diag_show(text, sizeof(text), word,
		    strlen(word)));
	return word != NULL;
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

/* --- a header that is one column ----------------------------------------- */

/* CSV of another separator, as spreadsheets write it. */
static void
say_separator(const struct conf *conf, const struct vocabulary *v)
{
	const char *name = v->names[0], *at;
	char shown[SHOWN];

	if (!conf->csv || conf->colsep || v->nnames != 1 || name == NULL ||
	    (at = strpbrk(name, ";\t")) == NULL ||
	    stray_has_refs(conf->command, v))
		return;
	diag("the header is one column, %s; did you mean --colsep '%s'?",
	    diag_show(shown, sizeof(shown), name, strlen(name)),
	    *at == ';' ? ";" : "\\t");
}

/* --- positions that are a regular expression's --------------------------- */

/* How many values each item has; SIZE_MAX if that is not known. */
static size_t
values_of(const struct conf *c)
{
	if (c->colsep || c->csv || c->header || c->max_args ||
	    c->max_replace || c->max_lines || c->batch != BATCH_NONE)
		return SIZE_MAX;
	return c->nsources ? c->nsources : 1;
}

/* Is what stands in front of s something that can be repeated? */
static bool
is_repeated(const char *text, const char *s)
{
	return (s > text && strchr("]).", s[-1])) ||
	    (s > text + 1 && s[-2] == '\\');
}

/* Of the first word that has one which is empty for each item. */
static void
say_position(const struct conf *conf, const struct vocabulary *v)
{
	size_t most = values_of(conf), n;
	struct value_ref ref;
	const char *s;
	char **word;

	for (word = conf->command; most < INT32_MAX && *word; word++)
		for (s = *word; (s = strchr(s, '{')) != NULL; s++) {
			n = template_match(*word, strlen(*word),
			    (size_t)(s - *word), v, &ref);
			if (n == 0 || ref.which <= (int32_t)most ||
			    ref.op != VALUE_WHOLE || !is_repeated(*word, s))
				continue;
			diag("{%d} is empty, as no item has so many values; in "
			    "a regular expression write {%d,%d}", ref.which,
			    ref.which, ref.which);
			return;
		}
}

bool
hints_say(const struct conf *conf, const struct vocabulary *v)
{
	char **words = conf->command;
	bool said = false;

	/* with --exec or --shell-line it is no slip */
	if (conf->choice == COMMAND_AUTO && words[0] && words[1])
		said = say_line(words, conf->from_script) || say_stray(conf, v);
	say_position(conf, v);
	if (v->nnames == 0)
		return said;
	say_names(conf, v);
	say_separator(conf, v);
	return said;
}

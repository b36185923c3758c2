/*
 * Each form is compiled into templates: one per word of an argv form, one for
 * a shell line, none in command mode.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/form.h"
#include "input/lexer.h"
#include "input/plain.h"

/* An exported bash function of that name? */
static bool
is_function(const struct command *c, const char *s, size_t n)
{
	struct buf *b = &c->scratch->text;

	if (c->conf.world.is_function == NULL || n == 0)
		return false;
	b->len = 0;
	buf_add(b, s, n);
	return c->conf.world.is_function(buf_str(b));
}

/* Does one stand anywhere in a shell line? */
static bool
names_function(const struct command *c, const char *s, size_t n)
{
	size_t at = 0, len;

	if (c->conf.world.is_function == NULL)
		return false;
	for (; (len = plain_next(s, n, &at)) > 0; at += len)
		if (is_function(c, s + at, len))
			return true;
	return false;
}

const char *
form_shell(const struct command *c, const char *line, size_t n)
{
	if (c->conf.shell)
		return c->conf.shell;
	return names_function(c, line, n) ? "bash" : "/bin/sh";
}

bool
form_may_skip_shell(const struct command *c)
{
	return c->conf.form == FORM_AUTO && c->conf.shell == NULL &&
	    !c->conf.warm;
}

bool
form_runs_directly(const struct command *c, const char *name)
{
	struct buf *found = &c->scratch->found;

	if (!plain_is_command(name) || is_function(c, name, strlen(name)))
		return false;
	if (found->len > 0 && strcmp(found->data, name) == 0)
		return true;
	if (c->conf.world.in_path == NULL || !c->conf.world.in_path(name))
		return false;
	found->len = 0;
	buf_add(found, name, strlen(name) + 1);
	return true;
}

static void
add_word(struct command *c, size_t *cap, const char *text)
{
	mem_grow(&c->words, cap, c->n + 1, sizeof(c->words[0]));
	c->words[c->n++] = template_new(text, c->conf.vocabulary);
}

/* With -I nothing is ever appended, nor where no arguments are wanted. */
static bool
own_replace(const struct command *c)
{
	return c->conf.no_args || (c->conf.vocabulary &&
	    c->conf.vocabulary->replace);
}

/* How many replacement strings the words have. */
static size_t
references(const struct command *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++)
		n += c->words[i]->values + c->words[i]->numbers;
	return n;
}

/* The words are complete: what kind is it, are the values appended? */
static void
finish_argv(struct command *c)
{
	const struct template *first = c->words[0];

	c->kind = KIND_ARGV;
	if (first->values + first->numbers == 0 &&
	    is_function(c, first->text, strlen(first->text)))
		c->kind = KIND_FUNCTION;
	c->append = !own_replace(c) && references(c) == 0;
}

static void
compile_argv(struct command *c, struct command_fault *fault)
{
	size_t cap = 0, i;

	if (*c->conf.words[0] == '\0') {
		fault->why = "the command is empty";
		return;
	}
	for (i = 0; c->conf.words[i]; i++)
		add_word(c, &cap, c->conf.words[i]);
	finish_argv(c);
}

/* The line as an argv form, if it is one of plain words.  False if not. */
static bool
compile_plain(struct command *c, const char *line, size_t n)
{
	struct buf b = { 0 };
	size_t words = plain_split(line, n, true, c->conf.vocabulary, &b);
	size_t cap = 0, at = 0, i;
	bool direct = false;

	for (i = 0; i < words; i++, at += strlen(b.data + at) + 1)
		add_word(c, &cap, b.data + at);
	if (words > 0 && c->words[0]->values + c->words[0]->numbers == 0)
		direct = form_runs_directly(c, b.data);
	if (direct)
		finish_argv(c);
	else
		while (c->n > 0)
			template_free(c->words[--c->n]);
	if (!direct) {
		free(c->words);
		c->words = NULL;
	}
	buf_free(&b);
	return direct;
}

/* For a shell that is there: what it would execute, were it a program. */
static void
note_plain(struct command *c, const char *line, size_t n)
{
	struct buf b = { 0 };
	struct template *t;

	if (plain_split(line, n, true, c->conf.vocabulary, &b) > 0) {
		t = template_new(b.data, c->conf.vocabulary);
		if (t->values + t->numbers == 0)
			c->plain = xstrdup(b.data);
		template_free(t);
	}
	buf_free(&b);
}

/* Finds the word of the command line that the offset into the line is in. */
static void
locate(const struct command *c, size_t offset, struct command_fault *fault)
{
	char **words = c->conf.words;

	while (words[fault->word + 1] &&
	    offset > strlen(words[fault->word])) {
		offset -= strlen(words[fault->word]) + 1;
		fault->word++;
	}
	fault->offset = offset;
}

/* Is [[ ]] syntax to that shell?  In another one it is a command, and so is
   what stands behind the || in it. */
static bool
knows_tests(const char *shell)
{
	const char *slash = strrchr(shell, '/');

	return strcmp(slash ? slash + 1 : shell, "bash") == 0;
}

static void
compile_line(struct command *c, const char *line, struct command_fault *fault)
{
	size_t n = strlen(line);
	const struct lexer_shell shell = {
		.tests = knows_tests(form_shell(c, line, n))
	};
	struct lexed lexed;

	lexer_run(line, n, c->conf.vocabulary, &shell, &lexed);
	c->line = lexed.t;
	if (lexed.why) {
		fault->why = lexed.why;
		fault->advice = lexed.advice;
		fault->place = lexed.place;
		locate(c, lexed.offset, fault);
		return;
	}
	if (form_may_skip_shell(c) && compile_plain(c, line, n))
		return;
	if (c->conf.warm)
		note_plain(c, line, n);
	c->kind = KIND_LINE;
	c->shell = form_shell(c, line, n);
	c->positional = lexed.positional;
	c->many = lexed.many;
	c->append = !own_replace(c) && !lexed.positional &&
	    c->line->values + c->line->numbers == 0;
	if (c->append && lexed.tail) {
		fault->why = lexed.tail;
		fault->advice = "write {} or \"$1\" where the item belongs";
		locate(c, n, fault);
	}
}

/* --shell-line: the words joined by blanks. */
static void
compile_joined(struct command *c, struct command_fault *fault)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; c->conf.words[i]; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		buf_adds(&b, c->conf.words[i]);
	}
	compile_line(c, buf_str(&b), fault);
	buf_free(&b);
}

void
form_compile(struct command *c, struct command_fault *fault)
{
	char **words = c->conf.words;

	if (words == NULL || words[0] == NULL)
		c->kind = KIND_RECORD;
	else if (c->conf.form == FORM_SHELL)
		compile_joined(c, fault);
	else if (c->conf.form == FORM_AUTO && words[1] == NULL &&
	    plain_is_line(words[0], c->conf.vocabulary))
		compile_line(c, words[0], fault);
	else
		compile_argv(c, fault);
}

const char *
command_first(const struct command *c, bool *line)
{
	*line = c->kind == KIND_LINE;
	if (c->kind == KIND_LINE)
		return c->plain;
	return c->kind == KIND_ARGV ? command_program(c) : NULL;
}

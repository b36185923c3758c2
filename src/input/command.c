/*
 * A shell line is run as SHELL -c LINE NAME VALUE...: the values are also $1
 * and so on.  A line that begins with - or + gets a blank in front: shells
 * would take it for an option (POSIX.1-2008, sh, OPTIONS).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/form.h"
#include "input/plain.h"
#include "input/quote.h"

/*
 * What execve(2) of Linux takes in one string, its NUL included: 32 pages
 * (MAX_ARG_STRLEN in linux/binfmts.h).
 */
enum { STRING_MAX = 131072 };

static const char too_long[] =
    "command line too long for the system: one word takes up to 128 KiB";
static const char has_nul[] = "has a NUL byte in it";
static const char no_integer[] =
    "is no integer, but stands inside $((...)) in the command";

struct command *
command_new(const struct command_conf *conf, struct command_fault *fault)
{
	struct command *c = xcalloc(1, sizeof(*c));

	memset(fault, 0, sizeof(*fault));
	c->conf = *conf;
	c->scratch = xcalloc(1, sizeof(*c->scratch));
	form_compile(c, fault);
	if (fault->why == NULL)
		return c;
	command_free(c);
	return NULL;
}

void
command_free(struct command *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->n; i++)
		template_free(c->words[i]);
	free(c->words);
	template_free(c->line);
	buf_free(&c->scratch->text);
	buf_free(&c->scratch->found);
	free(c->scratch);
	free(c);
}

bool
command_is_mode(const struct command *c)
{
	return c->kind == KIND_RECORD;
}

const char *
command_program(const struct command *c)
{
	switch (c->kind) {
	case KIND_ARGV:
		return c->words[0]->values || c->words[0]->numbers ? NULL :
		    c->conf.words[0];
	case KIND_FUNCTION:
		return "bash";
	case KIND_LINE:
		return c->shell;
	case KIND_RECORD:
		break;
	}
	return NULL;
}

bool
command_uses_slot(const struct command *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->words[i]->slot)
			return true;
	return c->line && c->line->slot;
}

/* Ends the string that began at from.  False when it is too long. */
static bool
end_string(struct words *w, size_t from)
{
	buf_addc(&w->bytes, '\0');
	w->n++;
	return w->bytes.len - from <= STRING_MAX;
}

static bool
add_string(struct words *w, const char *s, size_t n)
{
	size_t from = w->bytes.len;

	buf_add(&w->bytes, s, n);
	return end_string(w, from);
}

static bool
add_values(const struct item *it, struct words *w)
{
	const char *v;
	size_t i, len;
	bool fits = true;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		fits &= add_string(w, v, len);
	}
	return fits;
}

/* bash -c 'NAME "$@"' bash: what follows are the function's arguments. */
static void
add_function(struct words *w, const char *name)
{
	size_t from;

	add_string(w, "bash", 4);
	add_string(w, "-c", 2);
	from = w->bytes.len;
	quote_value(&w->bytes, PLACE_BARE, name, strlen(name));
	buf_adds(&w->bytes, " \"$@\"");
	end_string(w, from);
	add_string(w, "bash", 4);
}

static const char *
expand_argv(const struct command *c, const struct command_task *t,
    struct words *w)
{
	bool fits = true;
	size_t i = 0, from;

	if (c->kind == KIND_FUNCTION)
		add_function(w, c->words[i++]->text);
	for (; i < c->n; i++) {
		from = w->bytes.len;
		template_expand(c->words[i], t, &w->bytes);
		fits &= end_string(w, from);
	}
	if (c->append)
		fits &= add_values(t->item, w);
	return fits ? NULL : too_long;
}

/* SHELL -c, up to where the line begins. */
static void
begin_shell(struct words *w, const char *shell)
{
	add_string(w, shell, strlen(shell));
	add_string(w, "-c", 2);
}

/* What $0 is: error messages of the shell begin with it. */
static const char *
shell_name(const char *shell)
{
	const char *slash = strrchr(shell, '/');

	return slash && slash[1] ? slash + 1 : shell;
}

/*
 * Adds the text of the line with its values, for the shell, or as people read
 * it.  False: not an integer.
 */
static bool
expand_text(const struct command *c, const struct command_task *t,
    bool shown, struct buf *b)
{
	char number[NUMBER_SIZE];
	const char *v;
	size_t i, len;

	for (i = 0; i < c->line->n; i++) {
		const struct segment *seg = &c->line->seg[i];

		if (seg->ref.op == VALUE_NONE) {
			buf_add(b, c->line->text + seg->at, seg->len);
			continue;
		}
		v = template_value(&seg->ref, t, number, &len);
		if (shown)
			quote_shown(b, seg->place, seg->alone, v, len);
		else if (!quote_value(b, seg->place, v, len))
			return false;
	}
	return true;
}

static void
append_quoted(const struct item *it, struct buf *b)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		buf_addc(b, ' ');
		quote_value(b, PLACE_BARE, v, len);
	}
}

static void
guard_option(struct buf *b, char first)
{
	if (first == '-' || first == '+')
		buf_addc(b, ' ');
}

static const char *
expand_line(const struct command *c, const struct command_task *t,
    struct words *w)
{
	const char *name = shell_name(c->shell);
	bool fits;
	size_t from;

	begin_shell(w, c->shell);
	from = w->bytes.len;
	guard_option(&w->bytes, c->line->text[0]);
	if (!expand_text(c, t, false, &w->bytes))
		return no_integer;
	if (c->append)
		append_quoted(t->item, &w->bytes);
	fits = end_string(w, from);
	add_string(w, name, strlen(name));
	fits &= add_values(t->item, w);
	return fits ? NULL : too_long;
}

static bool
is_blank(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strchr(" \t\r\n", s[i]))
			return false;
	return true;
}

static const char *
expand_record(const struct command *c, const struct item *it,
    struct words *w)
{
	const char *line, *shell, *name;
	size_t n, from;
	bool fits;

	line = item_value(it, 0, &n);
	if (is_blank(line, n))
		return NULL;
	if (c->conf.form == FORM_EXEC)
		return add_string(w, line, n) ? NULL : too_long;
	if (form_may_skip_shell(c)) {
		w->n = plain_split(line, n, false, NULL, &w->bytes);
		if (w->n > 0 && form_runs_directly(c, w->bytes.data))
			return n < STRING_MAX ? NULL : too_long;
		w->n = w->bytes.len = 0;
	}
	shell = form_shell(c, line, n);
	name = shell_name(shell);
	begin_shell(w, shell);
	from = w->bytes.len;
	guard_option(&w->bytes, *line);
	buf_add(&w->bytes, line, n);
	fits = end_string(w, from);
	add_string(w, name, strlen(name));
	return fits ? NULL : too_long;
}

static bool
any_nul(const struct item *it)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		if (len > 0 && memchr(v, '\0', len))
			return true;
	}
	return false;
}

const char *
command_expand(const struct command *c, const struct command_task *t,
    struct words *w)
{
	w->bytes.len = w->n = 0;
	if (any_nul(t->item))
		return has_nul;
	switch (c->kind) {
	case KIND_ARGV:
	case KIND_FUNCTION:
		return expand_argv(c, t, w);
	case KIND_LINE:
		return expand_line(c, t, w);
	case KIND_RECORD:
		break;
	}
	return expand_record(c, t->item, w);
}

/* The values behind a command, as words. */
static void
show_values(const struct item *it, struct buf *b)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		buf_addc(b, ' ');
		quote_word(b, v, len, false);
	}
}

static void
show_argv(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	struct buf *word = &c->scratch->text;
	size_t i;

	for (i = 0; i < c->n; i++) {
		word->len = 0;
		template_expand(c->words[i], t, word);
		if (i > 0)
			buf_addc(b, ' ');
		quote_word(b, word->data, word->len, i == 0);
	}
	if (c->append)
		show_values(t->item, b);
}

/* Only SHELL -c can say what $1 is. */
static void
show_positional(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	struct buf *text = &c->scratch->text;
	const char *name = shell_name(c->shell);
	const char *path = strcmp(c->shell, "/bin/sh") ? c->shell : name;

	text->len = 0;
	guard_option(text, c->line->text[0]);
	expand_text(c, t, true, text);
	quote_word(b, path, strlen(path), true);
	buf_adds(b, " -c ");
	quote_word(b, text->data, text->len, false);
	buf_addc(b, ' ');
	quote_word(b, name, strlen(name), false);
	show_values(t->item, b);
}

static void
show_line(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	if (c->positional) {
		show_positional(c, t, b);
		return;
	}
	expand_text(c, t, true, b);
	if (c->append)
		show_values(t->item, b);
}

void
command_show(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	const char *v;
	size_t len;

	switch (c->kind) {
	case KIND_ARGV:
	case KIND_FUNCTION:
		show_argv(c, t, b);
		break;
	case KIND_LINE:
		show_line(c, t, b);
		break;
	case KIND_RECORD:
		v = item_value(t->item, 0, &len);
		buf_add(b, v, len);
		break;
	}
}

const char *
command_stray(const struct command *c)
{
	static const char *const ops[] = {
		">", ">>", "<", "2>", "2>>", "2>&1", "|", "||", "&", "&&", ";",
	};
	size_t i, k;

	if (!c->given)
		return NULL;
	for (i = 1; c->conf.words[i]; i++)
		for (k = 0; k < COUNT(ops); k++)
			if (strcmp(c->conf.words[i], ops[k]) == 0)
				return c->conf.words[i];
	return NULL;
}

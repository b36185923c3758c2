/*
 * What command_expand() makes is also what command_show() shows, word by word.
 *
 * A shell line is run as SHELL -c LINE NAME VALUE...: the values are also $1
 * and so on.  A line that begins with - or + gets a blank in front: shells
 * would take it for an option (POSIX.1-2008, sh, OPTIONS).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/form.h"
#include "input/line.h"
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
static const char no_program[] = "no value, and so no program to run";
static const char no_integer[] =
    "is no integer, but stands inside $((...)) in the command";

static const char one_only[] =
    "several values cannot be appended to a command that may take them for "
    "options: write {1} {2} where they belong";

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
	free(c->plain);
	buf_free(&c->scratch->text);
	buf_free(&c->scratch->found);
	buf_free(&c->scratch->joined);
	buf_free(&c->scratch->ends);
	buf_free(&c->scratch->words.bytes);
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
		/* which is the shell of all lines, if it was named */
		return c->conf.form == FORM_EXEC ? NULL : c->conf.shell;
	}
	return NULL;
}

bool
command_is_program(const char *name)
{
	return plain_is_command(name);
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

static bool
is_fixed(const struct template *t)
{
	return t == NULL || t->values + t->numbers == 0;
}

bool
command_is_fixed(const struct command *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!is_fixed(c->words[i]))
			return false;
	return is_fixed(c->line) && c->kind != KIND_RECORD;
}

bool
command_uses_total(const struct command *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->words[i]->total)
			return true;
	return c->line && c->line->total;
}

size_t
command_positions(const struct command *c)
{
	size_t i, last = c->line ? c->line->last : 0;

	for (i = 0; i < c->n; i++)
		if (c->words[i]->last > last)
			last = c->words[i]->last;
	return last;
}

/* Ends the string that began at from. */
static void
end_string(struct words *w, size_t from)
{
	if (w->ends)
		buf_add(w->ends, &w->bytes.len, sizeof(w->bytes.len));
	buf_addc(&w->bytes, '\0');
	w->n++;
	w->large |= w->bytes.len - from > STRING_MAX;
}

static void
add_string(struct words *w, const char *s, size_t n)
{
	size_t from = w->bytes.len;

	buf_add(&w->bytes, s, n);
	end_string(w, from);
}

static void
add_values(const struct item *it, struct words *w)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		add_string(w, v, len);
	}
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

/* The part seg of a word, with value i. */
static void
add_part(const struct template *t, const struct segment *seg,
    const struct command_task *task, size_t i, struct buf *b)
{
	char number[NUMBER_SIZE];
	const char *v;
	size_t len;

	if (seg->ref.op == VALUE_NONE) {
		buf_add(b, t->text + seg->at, seg->len);
		return;
	}
	v = template_value(t, seg, task, i, number, &len);
	buf_add(b, v, len);
}

/* -X: one word for each value. */
static void
add_repeated(const struct template *t, const struct command_task *task,
    struct words *w)
{
	size_t i, k, from;

	for (i = 0; i < task->item->n; i++) {
		from = w->bytes.len;
		for (k = 0; k < t->n; k++)
			add_part(t, &t->seg[k], task, i, &w->bytes);
		end_string(w, from);
	}
}

/* Each value but the last of a {} ends a word. */
static void
add_glued(const struct template *t, const struct command_task *task,
    struct words *w)
{
	size_t k, i, n, from = w->bytes.len;

	for (k = 0; k < t->n; k++) {
		n = segment_is_all(&t->seg[k]) ? task->item->n : 1;
		for (i = 0; i < n; i++) {
			if (i > 0) {
				end_string(w, from);
				from = w->bytes.len;
			}
			add_part(t, &t->seg[k], task, i, &w->bytes);
		}
	}
	end_string(w, from);
}

/* One word of the command; a {} alone is as many as there are values. */
static void
add_word(const struct command *c, const struct template *t,
    const struct command_task *task, struct words *w)
{
	bool all = t->n == 1 && segment_is_all(&t->seg[0]);

	if (all && task->item->n == 0)
		return;
	if (c->conf.context && t->repeats && task->item->n > 0)
		add_repeated(t, task, w);
	else
		add_glued(t, task, w);
}

static const char *
expand_argv(const struct command *c, const struct command_task *t,
    struct words *w)
{
	size_t i = 0;

	if (c->kind == KIND_FUNCTION)
		add_function(w, c->words[i++]->text);
	for (; i < c->n; i++)
		add_word(c, c->words[i], t, w);
	if (c->append)
		add_values(t->item, w);
	return w->n == 0 ? no_program : NULL;
}

/* SHELL -c, up to where the line begins. */
static void
begin_shell(struct words *w, const char *shell)
{
	w->line = true;
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
	size_t from;

	if (c->append && !c->many && t->item->n > 1 && !t->weighed)
		return one_only;
	begin_shell(w, c->shell);
	from = w->bytes.len;
	guard_option(&w->bytes, c->line->text[0]);
	if (!line_expand(c, t, false, &w->bytes))
		return no_integer;
	if (c->append)
		line_append(t->item, false, &w->bytes);
	end_string(w, from);
	add_string(w, name, strlen(name));
	add_values(t->item, w);
	return NULL;
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

/* The line of command mode: all values, as GNU parallel joins them. */
static const char *
record(const struct command *c, const struct item *it, size_t *n)
{
	struct buf *all = &c->scratch->joined;

	if (it->n <= 1)
		return item_value(it, 0, n);
	all->len = 0;
	item_show(it, all);
	*n = all->len;
	return all->data;
}

static void
expand_record(const struct command *c, const struct item *it,
    struct words *w)
{
	const char *line, *shell, *name;
	size_t n, from;

	line = record(c, it, &n);
	if (is_blank(line, n))
		return;
	if (c->conf.form == FORM_EXEC) {
		add_string(w, line, n);
		return;
	}
	if (form_may_skip_shell(c)) {
		w->n = plain_split(line, n, false, NULL, &w->bytes);
		w->large = n >= STRING_MAX;
		if (w->n > 0 && form_runs_directly(c, w->bytes.data))
			return;
		w->n = w->bytes.len = 0;
	}
	shell = form_shell(c, line, n);
	name = shell_name(shell);
	begin_shell(w, shell);
	from = w->bytes.len;
	guard_option(&w->bytes, *line);
	buf_add(&w->bytes, line, n);
	end_string(w, from);
	add_string(w, name, strlen(name));
}

const char *
command_expand(const struct command *c, const struct command_task *t,
    struct words *w)
{
	const char *why = NULL;

	w->bytes.len = w->n = 0;
	w->line = false;
	w->large = false;
	if (item_has(t->item, '\0'))
		return has_nul;
	switch (c->kind) {
	case KIND_ARGV:
	case KIND_FUNCTION:
		why = expand_argv(c, t, w);
		break;
	case KIND_LINE:
		why = expand_line(c, t, w);
		break;
	case KIND_RECORD:
		expand_record(c, t->item, w);
		break;
	}
	return why == NULL && w->large ? too_long : why;
}

size_t
command_line(const struct command *c, const struct words *w)
{
	const char *p = w->bytes.data;

	if (c->kind != KIND_LINE || w->n < 3)
		return 0;
	p += strlen(p) + 1;
	p += strlen(p) + 1;
	return strlen(p);
}

/* What would be executed, as words. */
static void
show_argv(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	struct words *w = &c->scratch->words;
	size_t i, end, at = 0;

	w->bytes.len = w->n = 0;
	w->ends = &c->scratch->ends;
	w->ends->len = 0;
	for (i = 0; i < c->n; i++)
		add_word(c, c->words[i], t, w);
	for (i = 0; i < w->n; i++, at = end + 1) {
		memcpy(&end, w->ends->data + i * sizeof(end), sizeof(end));
		if (i > 0)
			buf_addc(b, ' ');
		quote_word(b, w->bytes.data + at, end - at, i == 0);
	}
	if (c->append)
		line_append(t->item, true, b);
}

static void
show_parameters(const struct item *it, struct buf *b)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		buf_addc(b, ' ');
		quote_word(b, v, len, false);
	}
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
	line_expand(c, t, true, text);
	quote_word(b, path, strlen(path), true);
	buf_adds(b, " -c ");
	quote_word(b, text->data, text->len, false);
	if (c->conf.fed)
		return;
	buf_addc(b, ' ');
	quote_word(b, name, strlen(name), false);
	show_parameters(t->item, b);
}

static void
show_line(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	if (c->positional || c->conf.fed) {
		show_positional(c, t, b);
		return;
	}
	line_expand(c, t, true, b);
	if (c->append)
		line_append(t->item, true, b);
}

/* As it could be typed: what writes the item to it stands in front. */
static void
show_feeding(const struct command *c, const struct item *it, struct buf *b)
{
	struct buf *all = &c->scratch->joined;

	all->len = 0;
	item_show(it, all);
	buf_adds(b, c->conf.end ? "printf '%s\\n' " : "printf '%s\\0' ");
	quote_word(b, all->len ? all->data : "", all->len, false);
	buf_adds(b, " | ");
}

void
command_show(const struct command *c, const struct command_task *t,
    struct buf *b)
{
	if (c->conf.fed)
		show_feeding(c, t->item, b);
	switch (c->kind) {
	case KIND_ARGV:
	case KIND_FUNCTION:
		show_argv(c, t, b);
		break;
	case KIND_LINE:
		show_line(c, t, b);
		break;
	case KIND_RECORD:
		item_show(t->item, b);
		break;
	}
}

/* Would what is fed with it see more than one item? */
static bool
is_split(const struct command *c, const struct item *it)
{
	return c->conf.fed && it->records == 0 && item_has(it, c->conf.end);
}

bool
command_is_whole(const struct command *c, const struct command_task *t)
{
	struct buf *text = &c->scratch->text;

	if (t->item->bad || is_split(c, t->item))
		return false;
	text->len = 0;
	return c->kind != KIND_LINE || line_expand(c, t, false, text);
}

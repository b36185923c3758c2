/*
 * What --pipe means for the other options: there are no items, and records are
 * parted in another way.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/check.h"
#include "cli/value.h"

static const char items[] = "with --pipe there are no items, but blocks that "
    "tasks read";

static void
no_items(const struct conf *c)
{
	size_t i;

	if (c->replace && !c->cat && !c->fifo)
		die("-I has no meaning: %s; a ppx in COMMAND that has a {} of "
		    "its own is given another -I: ppx --pipe ppx -I ,, "
		    "touch ,,.x", items);
	if (c->batch || c->max_chars || c->exit_if_large || c->no_args)
		die("%s has no meaning: %s; -N says how many records one has",
		    c->batch == BATCH_CONTEXT ? "-X" :
		    c->batch == BATCH_MANY ? "-m" : c->batch ? "--xargs" :
		    c->max_chars ? "-s" : c->no_args ? "-N0" : "-x", items);
	for (i = 0; i < c->nsources; i++)
		if (c->sources[i].words)
			die("%s a b has no meaning: %s; to give each of the "
			    "items to a command that reads all of the input, "
			    "add --tee", c->arg_sep, items);
	if (c->nsources > 1)
		die("--pipe reads one input; join files with cat(1)");
}

/* --recstart, --recend: expressions as they are, texts with escapes. */
static char *
take_text(struct conf_text *t, bool regexp, const char *spelt)
{
	char *text = xmalloc(strlen(t->p) + 1);

	t->n = strlen(t->p);
	if (regexp)
		memcpy(text, t->p, t->n + 1);
	else
		value_check(spelt, t->p, value_text(t->p, text, &t->n));
	t->p = text;
	return text;
}

/* Its items come from elsewhere. */
static void
check_tee(const struct conf *c)
{
	size_t i;

	if (!c->items_given)
		die("--tee needs items, each of which makes a task that reads "
		    "all: %s a b", c->arg_sep);
	for (i = 0; i < c->nsources; i++)
		if (c->sources[i].path && strcmp(c->sources[i].path, "-") == 0)
			die("--tee: standard input is what tasks read, and "
			    "cannot have items");
	if (c->max_lines || c->max_args || c->max_replace || c->batch)
		die("--tee takes one item for each task");
}

void
check_blocks(struct conf *c)
{
	c->pipe = true;
	if (c->tee)
		check_tee(c);
	c->header = false;		/* no columns: header_text alone */
	if (!c->tee)
		no_items(c);
	if (c->pipe_part && (c->max_lines || c->max_args || c->max_replace ||
	    c->rrs))
		die("--pipe-part and %s exclude each other: it does not read "
		    "what is in a block; --pipe does", c->rrs ?
		    "--remove-rec-sep" : c->max_lines ? "-L" :
		    c->max_args ? "-n" : "-N");
	if (c->blocks && !c->pipe_part)
		die("--block -%zu needs --pipe-part: how much there is, is "
		    "known of a file alone", c->blocks);
	if (c->command[0] == NULL)
		die("--pipe needs a COMMAND, which reads the blocks");
	if (c->max_args && c->max_replace)
		die("-n and -N exclude each other: each says how many records "
		    "a block has");
	if (c->recend.p == NULL)
		c->recend.p = c->recstart.p ? "" : "\\n";
	if (c->recstart.p == NULL)
		c->recstart.p = "";
	c->from_text[0] = take_text(&c->recstart, c->regexp, "--recstart");
	c->from_text[1] = take_text(&c->recend, c->regexp, "--recend");
}

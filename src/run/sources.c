#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "cli/value.h"
#include "run/sources.h"

struct sources {
	struct source_from *from;
	struct source_conf conf;
	struct source *source;
	struct item *header;		/* or NULL */
	char **names;			/* point into it */
};

/* Another one each time: nobody asked for a seed. */
static uint64_t
any_seed(void)
{
	uint64_t seed = 0;
	int fd = fd_open("/dev/urandom", O_RDONLY, 0);

	if (fd < 0 || read(fd, &seed, sizeof(seed)) != sizeof(seed))
		seed = (uint64_t)clock_wall() ^ (uint64_t)getpid() << 40;
	if (fd >= 0)
		close(fd);
	return seed;
}

static struct columns *
open_columns(const struct conf *conf)
{
	struct columns_conf cc = {
		.regex = conf->csv ? NULL : conf->colsep, .csv = conf->csv,
		.separator = conf->separator, .trim = (int)conf->trim,
	};
	struct fault f = { 0, NULL, 0 };
	struct columns *c;

	if (cc.regex == NULL && !cc.csv && !cc.trim)
		return NULL;
	c = columns_new(&cc, &f);
	value_check("--colsep", conf->colsep, f);
	return c;
}

static void
configure(struct sources *s, const struct conf *conf, bool stdin_closed,
    size_t limit)
{
	size_t i;

	s->from = xcalloc(conf->nsources, sizeof(*s->from));
	for (i = 0; i < conf->nsources; i++)
		s->from[i] = (struct source_from){ conf->sources[i].words,
		    conf->sources[i].path, conf->sources[i].linked };
	s->conf = (struct source_conf){
		.from = s->from, .n = conf->nsources,
		.stdin_closed = stdin_closed, .link = conf->link,
		.header = conf->header, .skip_line = conf->shebang,
		.skip_first = conf->skip_first && !conf->shebang,
		.records = {
			.how = conf->csv ? SPLIT_CSV : conf->split_words ?
			    SPLIT_WORDS : SPLIT_DELIMITER,
			.delimiter = conf->delimiter,
			.separator = conf->separator,
			.skip_empty = conf->skip_empty, .limit = limit,
			.too_long = conf->coproc ? "longer than 128 MiB" :
			    "longer than the system takes in one argument",
			.eof = conf->eof, .columns = open_columns(conf),
		},
		.max_items = conf->max_items, .shuf = conf->shuf,
		.seed = conf->seeded || !conf->shuf ? conf->seed : any_seed(),
	};
}

void
sources_say(const struct source_fault *f)
{
	char shown[64];

	if (f->why)
		diag("cannot read %s: %s in word %" PRIu64 ": %s\n"
		    "  without --words, or with -0 or -d, quotes are data",
		    f->name, f->why, f->number,
		    diag_show(shown, sizeof(shown), f->record, f->len));
	else
		diag("cannot read %s: %s", f->name, fd_why(f->error));
}

void
sources_free(struct sources *s)
{
	if (s == NULL)
		return;
	source_free(s->source);
	columns_free(s->conf.records.columns);
	free(s->from);
	free(s->header);
	free(s->names);
	free(s);
}

/* Ends ppx if a source cannot be read, maybe for want of descriptors, some of
   which the leak checker needs. */
static void
check(struct sources *s)
{
	struct source_fault f;

	if (!source_failed(s->source, &f))
		return;
	sources_say(&f);
	sources_free(s);
	exit(EXIT_PPX);
}

/* Names without any text are none. */
static void
take_names(struct sources *s, struct vocabulary *v)
{
	size_t i, len;

	if (s->header->bad)
		die("--header: a first record cannot give names: %s",
		    s->header->bad);
	s->names = xcalloc(s->header->n + 1, sizeof(char *));
	for (i = 0; i < s->header->n; i++) {
		s->names[i] = (char *)s->header + s->header->at[i];
		item_value(s->header, i, &len);
		if (len == 0)
			s->names[i] = NULL;
	}
	v->names = s->names;
	v->nnames = s->header->n;
}

static void
read_header(struct sources *s, struct vocabulary *v)
{
	struct pollfd pfd = { .events = POLLIN };

	while (source_header(s->source, &s->header) != SOURCE_ITEM) {
		check(s);
		pfd.fd = source_fd(s->source);
		if (pfd.fd >= 0)
			poll(&pfd, 1, -1);
		source_read(s->source);
	}
	take_names(s, v);
}

struct sources *
sources_open(const struct conf *conf, bool stdin_closed, size_t limit,
    struct vocabulary *v)
{
	struct sources *s = xcalloc(1, sizeof(*s));

	configure(s, conf, stdin_closed, limit);
	s->source = source_new(&s->conf);
	check(s);
	if (conf->header)
		read_header(s, v);
	return s;
}

struct source *
sources_get(const struct sources *s)
{
	return s->source;
}

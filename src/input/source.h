/*
 * Where items come from: one source of records, or several that are combined.
 *
 * Several give all combinations, of which the last source changes fastest; a
 * linked one (:::+) goes in step with the one before it, as far as the
 * shorter of them lasts; with link (--link) all go in step, and those that
 * are shorter start again.  As GNU parallel, but that a source without items
 * makes no combination.
 *
 * Combinations are made when they are asked for, never stored.  The first
 * source is read as one alone is, a record when it is needed; the records of
 * the others are remembered, and they too are read only when the combination
 * that needs them comes.  So memory is bounded by the size of all sources but
 * the first; with link, by twice that of the longest but one.  A shuffled
 * order (--shuf) needs all items in memory, combinations too.
 */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include "input/reader.h"

struct source_from {
	char **words;		/* as in struct reader_conf */
	const char *path;
	bool linked;		/* to the one before it: :::+ and ::::+ */
};

struct source_conf {
	const struct source_from *from;
	size_t n;		/* 1 or more */
	bool stdin_closed;
	bool link;
	bool header;		/* source_header() will be called first */
	bool skip_line, skip_first;	/* of the first source */
	struct record_conf records;
	uint64_t max_items;	/* 0 = no limit; of shuffled ones, too */
	bool shuf;
	uint64_t seed;
};

struct source;

/*
 * Returns new, with all files opened.  conf and what it refers to must
 * outlive the source.
 */
struct source *source_new(const struct source_conf *conf);
void source_free(struct source *s);

/*
 * The next item, numbered from 1 in the order of the input, shuffled or not:
 * one value per source, or per column of it, in their order.
 * A combination with a bad item is one.  No item comes while a file could not
 * be opened: that is SOURCE_ERROR at the first call.
 */
enum source_got source_next(struct source *s, struct item **it);

/*
 * The first record of each source: one item whose values are the names of the
 * columns.  To be called, again after SOURCE_WAIT, before source_next().
 */
enum source_got source_header(struct source *s, struct item **it);

/* One read(2) of what is there; call after SOURCE_WAIT, when fd is readable. */
void source_read(struct source *s);

/*
 * The descriptor to watch after SOURCE_WAIT, which may be another one each
 * time; -1 if reading never blocks.
 */
int source_fd(const struct source *s);

/* True when a source cannot be read, now or from now on: *f says which. */
bool source_failed(const struct source *s, struct source_fault *f);

#endif

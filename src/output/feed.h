/*
 * From a task's pipe, or from ppx itself, to where the bytes belong now: the
 * sink, for the live output, else a spool.  Below emit.c.
 */
#ifndef OUTPUT_FEED_H
#define OUTPUT_FEED_H

#include "output/floor.h"

/* A stream that wrote so much is taken for a large one. */
enum { FEED_BULK = 64 * 1024 };

/* As emit_admits(), for stream s, 0 or 1. */
bool feed_admits(struct emit *e, struct output *o, int s);

/* As emit_read() and emit_text(), for stream s, 0 or 1. */
ssize_t feed_pipe(struct emit *e, struct output *o, int s, int fd);
void feed_bytes(struct emit *e, struct output *o, int s, const void *p,
    size_t n);

#endif

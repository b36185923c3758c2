/*
 * Bytes of one output into a sink, with its tag before each line, in red or
 * not.  Below
 * emit.c, which decides whose bytes go when.
 */
#ifndef OUTPUT_POUR_H
#define OUTPUT_POUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/emit.h"
#include "output/sink.h"
#include "output/spool.h"

/*
 * Puts bytes of stream s (0 or 1) of o; returns how many of the n fitted.
 * Notes in o where its lines stand and its mark in the sink.
 */
size_t pour_bytes(struct sink *k, struct output *o, int s, const char *p,
    size_t n);

/* Nothing more comes: ends a red line that has no newline.  False while there
   is no room. */
bool pour_end(struct sink *k, struct output *o, int s);

/*
 * Moves up to n bytes from o's spool s until the sink is blocked; *budget
 * becomes less by what was moved and ends it too.  blind: they need not be
 * looked at, and linestart need not be kept.  Bytes that cannot
 * be read back are lost: o->dropped.  Returns how many left the spool.
 */
uint64_t pour_spool(struct store *st, struct sink *k, struct output *o, int s,
    uint64_t n, bool blind, uint64_t *budget);

#endif

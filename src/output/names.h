/*
 * Which names were given out in this run: a set of their hashes, 8 to 32
 * bytes a name.  Two names that are alike in 64 bits count as the same one,
 * which costs the later one no more than a suffix.
 */
#ifndef OUTPUT_NAMES_H
#define OUTPUT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct names;

/* Returns new. */
struct names *names_new(void);
void names_free(struct names *ns);

bool names_have(const struct names *ns, const char *name, size_t n);
void names_add(struct names *ns, const char *name, size_t n);

#endif

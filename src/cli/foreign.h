/*
 * Replacement strings of GNU parallel(1) that ppx has not.  As text in a
 * command, or in the name of a file, they would do something else in silence.
 */
#ifndef CLI_FOREIGN_H
#define CLI_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

struct foreign {
	const char *at;		/* in the text */
	size_t n;		/* its bytes */
	const char *advice;	/* why it is none, and what to do instead */
	bool line;		/* it is a text that a shell line can make */
};

/*
 * The first one in s; false: there is none.  plus: --plus was given, without
 * which GNU parallel knows only those in Perl; named: words in braces may be
 * columns.
 */
bool foreign_find(const char *s, bool plus, bool named, struct foreign *f);

/*
 * The same cut into words by blanks: {= s/a/b/ =}.  A {= and a =} with nothing
 * between them are no such thing.
 */
bool foreign_spread(char *const *words, struct foreign *f);

#endif

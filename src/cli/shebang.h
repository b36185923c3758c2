/*
 * A script whose first line is "#!/usr/bin/ppx --shebang ...": its other lines
 * are the input.
 *
 * The kernel gives an interpreter all that stands behind its name as one
 * argument, then the script's path, then the arguments of the script
 * (execve(2)).  env -S has cut that argument already; then the path is taken
 * to be the last word.
 */
#ifndef CLI_SHEBANG_H
#define CLI_SHEBANG_H

#include <stdbool.h>

#include "cli/conf.h"

/* Does the first argument begin with --shebang or --hashbang? */
bool shebang_wanted(const char *arg);

/*
 * Ends ppx with a message if the first argument is the rest of a script's first
 * line in which --shebang is not the first option; script: the second one.
 */
void shebang_check(const char *arg, const char *script);

/*
 * Returns new, to be freed after c: argv with that argument cut into words, as
 * xargs cuts them, and without the script's path, which becomes c's first
 * source.  Sets *argc.  Faults end ppx.
 */
char **shebang_words(struct conf *c, int *argc, char **argv);

#endif

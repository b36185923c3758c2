/*
 * What is asked of directories, a name for a private one, and its removal with
 * all that is in it, a piece at a time so that a loop can go on between.
 */
#ifndef BASE_DIR_H
#define BASE_DIR_H

#include <stddef.h>

/*
 * Chooses a name for a directory in parent that no other will choose, and does
 * not make it.  Returns its absolute path, new; or NULL and errno.
 */
char *dir_choose(const char *parent);

/*
 * Makes the directories that path names before its last slash, as far as they
 * are not there.  0, or -1 and errno.
 */
int dir_parents(const char *path);

/* Is path a directory that one may change to (access(2))?  0, or an errno. */
int dir_usable(const char *path);

/* Can a file be made there?  It is tried.  0, or an errno. */
int dir_takes_files(const char *path);

/*
 * Removes up to max files of what is in the directory, then it.  Links are
 * removed, never followed.  Returns 0 when it is gone, 1 when there is more to
 * do, or -1 and errno when it cannot be done: now, if that is EMFILE, ENFILE or
 * ENOMEM.
 */
int dir_sweep(const char *path, size_t max);

#endif

/*
 * Descriptors.  Every one that ppx opens is born CLOEXEC and above 2; whatever
 * lacks the flag was passed down by the user and reaches the tasks untouched.
 * So fd_close_ours() in a forked worker can close exactly what is ours.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Makes 0, 1 and 2 valid: those that are closed get /dev/null (so that no
 * later descriptor lands there) and their closed[] is set.  First of all.
 * What is written to such a stdout is an error (EBADF), not lost.
 */
void fd_sanitise(bool closed[3]);

/* As open(2) with O_CLOEXEC; never returns 0..2.  /dev/stdin and the like fail
   (EBADF) where fd_sanitise() has found them closed. */
int fd_open(const char *path, int flags, mode_t mode);

/* Both ends CLOEXEC; the read end p[0] is non-blocking. -1 and errno. */
int fd_pipe(int p[2]);

/* The same to write into: the write end p[1] is non-blocking, the other not. */
int fd_pipe_into(int p[2]);

/* An AF_UNIX stream pair, both ends CLOEXEC and non-blocking. */
int fd_pair(int p[2]);

/*
 * Opens the file behind fd once more, for reading or writing, CLOEXEC and
 * non-blocking, so that the flags of the inherited description stay as they
 * are.  For pipes and terminals. -1 and errno when that cannot be done.
 */
int fd_reopen(int fd, int flags);

/*
 * Is fd one of the last there may be?  Those are for looks into /proc, without
 * which no tree can be ended: fd_pipe() and fd_pair() do not give them away
 * either, and nothing is to be kept open there.
 */
bool fd_is_last(int fd);

/* How long a regular file is; 0 for others, and where that is not what can be
   read (those of /proc and the like have a size of none, or one too large). */
off_t fd_size(int fd);

/*
 * As read(2), from a file that had that fd_size() when it was opened: an end
 * before that is no end, but an error, FD_SHORTER in place of an errno.
 */
enum { FD_SHORTER = -1 };
ssize_t fd_read(int fd, void *p, size_t n, off_t size);

/* As strerror(3), also of that one. */
const char *fd_why(int error);

/* Duplicates fd with CLOEXEC, above 2. -1 and errno. */
int fd_dup(int fd);

/*
 * An unlinked temporary file in dir, read-write.  -1 and errno.
 */
int fd_temp(const char *dir);

/* A file in memory alone, without a name, read-write.  -1 and errno. */
int fd_memory(void);

/*
 * A new file in dir that stays: *path becomes its name, new.  -1 and errno.
 */
int fd_temp_named(const char *dir, char **path);

/* Closes every descriptor above 2 that has CLOEXEC, except keep. */
void fd_close_ours(int keep);

/* Writes all n bytes to a blocking fd. 0, or -1 and errno. */
int fd_write(int fd, const void *p, size_t n);

/*
 * Writes all n bytes to fd, waiting as long as it takes, but not longer than
 * until a signal comes that asks ppx to end (INT, TERM, HUP): those are let in
 * here although they are blocked (base/loop.h); their handlers only set flags.
 * Bytes for a file go with one write(2).
 * 0, or -1 and errno, EINTR for a signal.
 */
int fd_write_wait(int fd, const void *p, size_t n);

/* Raises the soft limit of descriptors to the hard one; returns it. */
size_t fd_raise_limit(void);

/* The limit that was there before fd_raise_limit(); restored in tasks. */
void fd_restore_limit(void);

#endif

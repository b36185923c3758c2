/*
 * Bytes moved between descriptors inside the kernel, where the system can do
 * that; elsewhere each fails with ENOSYS and the caller copies.
 */
#ifndef OUTPUT_MOVE_H
#define OUTPUT_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Up to n bytes from the pipe `in` to `out`, which is a pipe, or a file that
 * is written at *off (advanced), or where it stands when off is NULL.  Never
 * waits for a pipe at either end (EAGAIN).  What is not moved stays in the
 * pipe, also on errors.  0 = end of the pipe.  EINVAL: not with this file
 * (splice(2): O_APPEND, or a file system that cannot).
 */
ssize_t move_pipe(int in, int out, off_t *off, size_t n);

/*
 * Up to n bytes from the file `in`, from off on, to `out`; does not wait if
 * `out` is non-blocking.  The pages themselves go into a pipe: they must not
 * be written to again, only be cut off from the file (sendfile(2)).
 */
ssize_t move_file(int in, off_t off, int out, size_t n);

/* Makes a pipe hold MOVE_PIPE bytes if it is smaller, and if it can be done:
   for a stream that has turned out to be large, half the system calls. */
enum { MOVE_PIPE = 256 * 1024 };
void move_widen(int pipe);
bool move_is_wide(int pipe);

/* Makes it hold n bytes; false: it cannot be done. */
bool move_size(int pipe, int n);

/* Gives the space of this part of a file back; it then reads as zeros. */
int move_hole(int fd, off_t off, off_t n);

#endif

/*
 * Which process wrote what is read from a local socket: its credentials, which
 * the kernel adds (SO_PASSCRED, unix(7)).  What two processes wrote is never
 * read in one go.
 */
#ifndef BASE_SENDER_H
#define BASE_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* From now on; false where there is no such thing. */
bool sender_ask(int fd);

/* As read(2); *pid becomes the writer's, or 0. */
ssize_t sender_read(int fd, void *p, size_t n, pid_t *pid);

#endif

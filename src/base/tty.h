/*
 * The controlling terminal, and which process group is its foreground: whose
 * the keyboard is, and whom Ctrl-C and Ctrl-Z hit (tcsetpgrp(3), termios(3)).
 */
#ifndef BASE_TTY_H
#define BASE_TTY_H

#include <stdbool.h>
#include <sys/types.h>

/* /dev/tty, read-write and CLOEXEC; -1 and errno where there is none. */
int tty_open(void);

/*
 * The foreground goes to the group `to` if `from` has it; else nothing
 * happens.  SIGTTOU must be blocked or ignored.  Async-signal-safe.
 */
void tty_pass(int fd, pid_t from, pid_t to);

/* The foreground is ours again if the group that has it is no more, or has a
   child of ours in it that is dead. */
void tty_regain(int fd);

/* Notes how the terminal is set, and sets it so again. */
void tty_note(int fd);
void tty_reset(int fd);

#endif

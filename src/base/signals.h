/*
 * Signal names, and the dispositions and mask that ppx was started with:
 * what was ignored then stays ignored, in ppx and in its tasks, and tasks
 * get the mask that ppx got (nohup, trap '' INT).
 */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* First in main(): notes mask and dispositions. */
void signals_save(void);

/* Was sig ignored when ppx was started? */
bool signals_ignored(int sig);

/* The mask that ppx was started with. */
const sigset_t *signals_mask(void);

/*
 * In a child before exec: SIGCHLD ignored if it was so at start, then the mask
 * of that time.  Nothing else differs from then: what we catch becomes default
 * by exec itself, and only SIGCHLD is caught although it was ignored.
 * Async-signal-safe.  ignore_tt: SIGTTIN and SIGTTOU are ignored, so that a
 * task in the background of a terminal is not stopped by using it.
 */
void signals_restore(bool ignore_tt);

/*
 * Every caught signal gets its default action again: in a forked worker, whose
 * children must never run a handler of the coordinator.
 */
void signals_default(void);

/* Blocks sig: what would raise it returns an error instead. */
void signals_block(int sig);

/*
 * Stops this process as the default action of sig does, and returns when it is
 * continued (at once, where the system discards the signal).  A handler that
 * was there is there again.
 */
void signals_stop(int sig);

/* Ends this process by sig: default action, unblocked, raised. */
void signals_die(int sig);

/* "TERM" for 15; "SIG99" style never: unknown numbers give "99". */
const char *signals_name(int sig);

/* 15 for "TERM", "SIGTERM", "term" or "15"; -1 for what is no signal. */
int signals_number(const char *name);

#endif

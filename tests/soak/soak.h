/*
 * The soak: ppx runs tens of thousands of tasks while its workers and tasks
 * are killed at random; afterwards everything must be accounted for.
 *
 *	soak.c	starts ppx, feeds it, reads it, takes its measure
 *	plan.c	what each task is to do, from the seed
 *	hunt.c	finds processes below ppx and does them harm
 *	check.c	what came out, against the plan
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum mode { PLAIN, ORDER, LINES };

struct setup {
	uint64_t seed;
	double seconds;
	unsigned slots, retries, mem, every;	/* every: ms between harms */
	enum mode mode;
	bool json, coproc, sanitized, keep;
	const char *ppx, *chore;
	char **extra;			/* options for ppx, to a NULL */
};

extern struct setup setup;

/* Says what is wrong, the first times; the soak has failed then. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern unsigned wrongs;

double now(void);			/* seconds, monotonic */
uint64_t dice(uint64_t sides);		/* 0 .. sides - 1, from the seed */

/* --- plan.c ------------------------------------------------------------ */

struct plan {
	char kind;
	unsigned lines, ms, arg;
};

struct plan plan(uint64_t seq);

/* --- hunt.c ------------------------------------------------------------ */

struct harm {
	unsigned long workers, tasks;	/* killed */
	unsigned long nobody;		/* of these not yet a task's program */
	unsigned long stops, freezes, signals, pauses;
	size_t most;			/* processes below ppx at a time */
};

extern struct harm harm;

/* False where this system does not show enough of processes. */
bool hunt_can(void);

/* Does one harm to what is below ppx; calm: none that stops ppx itself. */
void hunt(pid_t ppx, bool calm);

/* Continues what it has stopped for long enough, or now. */
void hunt_heal(pid_t ppx, bool all);

/* Writes all processes below pid to f, a line each; returns how many. */
size_t hunt_list(pid_t pid, void *f);

/* Kills all below pid. */
void hunt_kill(pid_t pid);

/* --- check.c ----------------------------------------------------------- */

/* Items up to this were given to ppx; the task was hit by the hunter. */
void check_items(uint64_t n);
void check_hit(uint64_t seq);

/* The next n bytes of ppx's output. */
void check_output(const char *p, size_t n);

/* All has ended; the files are in the directory of work. */
void check_end(const char *dir);

struct sums {
	uint64_t items, rows, ok, failed, gone, killed, records, cut, bytes;
	uint64_t lost, timeouts, attempts, flaky, again;
};

extern struct sums sums;

#endif

/*
 * The state of a run, and who acts on it.  Private to the files of run/:
 *
 *	coord.c		the run from its first turn to its last
 *	pump.c		tasks are started
 *	intake.c	input to backlog, by way of gather.h
 *	deal.c		the same for blocks of --pipe, by way of blocks.h
 *	tee.c		what all tasks of --tee read
 *	outcome.c	the end of a task, the delivery of its output
 *	results.c	what is kept of a task's output; keep.c writes it
 *	coproc.c	tasks that are sent to programs which stay up; talk.c,
 *			listen.c, silence.c, fate.c, remark.c
 *	retry.c		tasks that wait for another attempt
 *	resume.c	tasks that the joblog has already
 *	clocks.c	what is bounded by time
 *	hold.c		what holds back new starts; the terminal
 *	ask.c		-p
 *	herald.c	-t and -v
 *	display.c	what --progress and its like show
 *	logs.c		joblog, JSON log and statistics
 *	ending.c	signals, and the early end of the run
 */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/conf.h"
#include "input/command.h"
#include "input/source.h"
#include "output/emit.h"
#include "output/joblog.h"
#include "output/past.h"
#include "output/records.h"
#include "output/report.h"
#include "output/table.h"
#include "pool/pool.h"
#include "run/blocks.h"
#include "run/capture.h"
#include "run/feed.h"
#include "run/gate.h"
#include "run/gather.h"
#include "run/job.h"
#include "run/policy.h"
#include "run/sources.h"
#include "run/terms.h"
#include "task/queue.h"
#include "task/tally.h"

struct coproc;

struct coord {
	const struct conf *conf;
	const bool *closed;
	struct loop *loop;
	struct vocabulary vocabulary;
	struct sources *sources;
	struct source *source;		/* borrowed from it */
	struct gather *gather;
	struct feeds *feeds;		/* --pipe, in place of the sources; */
	struct blocks *blocks;		/* or NULL */
	struct tee *tee;		/* --tee, beside the sources; or NULL */
	bool feed_failed;
	int feed_error;
	struct {
		struct task *task;	/* --cat: its file is being written, */
		unsigned slot;		/* by this one */
		bool more;		/* on at once */
	} filling;
	nsec lingers;		/* only what tasks left reads, since then; */
	bool lingers_said;	/* that was said */
	struct io input;
	struct command *command;
	struct template *tag;
	struct terms *terms;
	struct words words;
	struct queue queue;
	bool warm;		/* tasks are made by a shell of their worker */
	struct setup_conf setup;
	struct pool *pool;
	struct coproc *coproc;	/* --coproc; or NULL */
	struct emit *emit;
	struct captures *captures;
	struct joblog *joblog;
	struct records *log_json;	/* or NULL */
	struct records *stats;		/* --stats=FILE; or NULL */
	struct policy policy;
	struct report report;
	struct clocks *clocks;
	struct results *results;	/* or NULL */
	struct display *display;	/* or NULL */
	struct tally tally;
	struct gate gate;
	struct timer gate_timer;
	struct timer jobs_timer;	/* -j FILE */
	size_t jobs_read;	/* what it said last */
	bool jobs_bad;		/* it says nothing of use */
	uint64_t weight;	/* of the tasks that run */
	struct {
		struct task *task;	/* it starts once its line is out */
		struct buf line;
		size_t said;		/* bytes of it */
	} herald;			/* -v -u */
	struct asking *asking;	/* -p; or NULL */
	int tty;		/* --tty: the terminal; or -1 */
	const char *dir;	/* --workdir of what was prepared last */
	uint64_t seq;
	uint64_t made;		/* tasks of this run */
	struct past *past;	/* with --resume and its like; or NULL */
	uint64_t failed_row;	/* --retry-failed: that of the item at hand */
	uint64_t total;		/* of all tasks, where {##} asks for it */
	struct {
		struct list jobs;
		size_t n, bytes;
	} delayed;		/* they wait for their next attempt */
	char stray[160];	/* the report's hint, once it is made */
	bool hinted;		/* it was said before the start */
	size_t draining;	/* ended, their pipes not yet read empty */
	size_t storing;		/* ended, their results not yet written */
	bool log_failed;	/* a log cannot be written, which was said */
	bool input_ended;	/* or given up */
	bool stopping;		/* nothing more is started */
	bool ending;		/* and what runs is being ended */
	bool widened;		/* one slot too many, see pump.c */
	nsec stuck;		/* since when, see pump.c; or 0 */
	enum reason why;	/* of the first of these */
	char ended[96];		/* the report's text of why it ended early */
	bool hurried;		/* the second signal came */
	nsec signalled;		/* when the first end signal came; or 0 */
};

/* --- pump.c ------------------------------------------------------------ */

/*
 * Acts on state, at the end of a turn of the loop: starts what may be started
 * now, and lets pass what is over.  Returns true when there is more to do at
 * once, but signals come first.
 */
bool pump(struct coord *c);

/* Workers for what is left over, none for nothing. */
void pump_tend(struct coord *c);

/* The task that all that is held waits for, if it waits to be started. */
struct task *pump_wanted(const struct coord *c);

/* --- hold.c ------------------------------------------------------------ */

/* What there is of --delay, --memfree, --load, -j FILE, --tty and -p. */
void hold_open(struct coord *c);
void hold_close(struct coord *c);

/* May t, the next one, not start yet?  A timer or an event will tell when. */
bool hold_back(struct coord *c, struct task *t);

/* Does t, which is held back, or NULL, wait for one that runs to end, as far as
   can be told, rather than for a time to pass, or for the user? */
bool hold_for_end(struct coord *c, const struct task *t);

/* True if the user does not want t, which then is refused. */
bool hold_declined(struct coord *c, struct task *t);

/* j starts; was started, and is with the pool no more. */
void hold_started(struct coord *c, struct job *j);
void hold_ended(struct coord *c, struct job *j);

/* --- ask.c ------------------------------------------------------------- */

/* Returns new, or NULL and errno where there is no terminal. */
struct asking *ask_new(struct coord *c);
void ask_free(struct asking *a);

/* Is the answer for t there?  If not asks, and an event tells of it. */
bool ask_answered(struct asking *a, struct task *t);

/* The task in question, which is the next one whatever comes; a may be NULL. */
struct task *ask_open(const struct asking *a);

/* t leaves the queue. */
void ask_forget(struct asking *a, const struct task *t);

/* That answer: may it run? */
bool ask_agreed(const struct asking *a, const struct task *t);

/* --- herald.c ---------------------------------------------------------- */

/*
 * With -v -u: is the line of t out, which is to start in the slot?  If not, t
 * waits with it; when the reader has taken more, the loop turns.
 */
bool herald_clear(struct coord *c, struct task *t, unsigned slot);

/* The task that waits so, which is the next one whatever comes, or NULL; and
   its slot, or 0 for any. */
struct task *herald_open(const struct coord *c);
unsigned herald_slot(const struct coord *c);

/* t leaves the queue. */
void herald_forget(struct coord *c, const struct task *t);

/* j starts: shows it where that is still to be done. */
void herald_start(struct coord *c, struct job *j);

/* A line that was begun goes on as far as it can, its task waiting or not: is
   it out? */
bool herald_go_on(struct coord *c);

void herald_close(struct coord *c);

/* --- intake.c ---------------------------------------------------------- */

/* Room in the backlog, and an input that may have more? */
bool intake_has_room(const struct coord *c);

/* Makes tasks of what the input has, as far as there is room. */
void intake_fill(struct coord *c);

/* Makes a task of an item, which it takes, or lets it go; with --pipe also a
   block. */
void intake_take(struct coord *c, struct item *it, struct block *block);

/* The input cannot be read. */
void intake_failed(struct coord *c);

/* Waits for more; only while there is room for it. */
void intake_watch(struct coord *c, bool wanted);

/* The input is not watched any more. */
void intake_stop(struct coord *c);

/* --- deal.c ------------------------------------------------------------ */

/* --pipe: opens its input, or ends ppx with a message. */
void deal_open(struct coord *c);
void deal_close(struct coord *c);

/* May there be another block, as far as memory goes? */
bool deal_has_room(const struct coord *c);

/* Does so much read on that was for tasks which are over, beside those that
   run, that no other may start?  Not where tasks share the input as it comes. */
bool deal_crowded(const struct coord *c);

/* As intake_fill(), of blocks. */
void deal_fill(struct coord *c);

/* Returns new: the number of j's block, which stands for it where it has no
   value, or a name that is gone with its task. */
struct item *deal_number(const struct job *j);

/* With --cat and --fifo: the name that the block of t has at that seat becomes
   its value. */
void deal_name(struct coord *c, struct task *t, const struct seat *s);

/*
 * Makes the block of t, which has its name, ready for a task at that seat: *in is the descriptor of
 * its stdin, the caller's, or -1: it has a name.  False: it cannot be done now,
 * or the run ends, which was said.
 */
bool deal_ready(struct coord *c, struct task *t, struct seat *s, int *in);

/* The task whose file is being written, --cat, which is the next one whatever
   comes, or NULL; and its slot, or 0.  t leaves the queue. */
struct task *deal_task(const struct coord *c);
unsigned deal_slot(const struct coord *c);
void deal_forget(struct coord *c, const struct task *t);

/* --leak=ignore: does something read on that was for a task which is over? */
bool deal_lingers(struct coord *c);

/* What tasks read cannot be passed on; and the end of the run, if that was. */
void deal_failed(void *ctx, int error);
void deal_lost(struct coord *c);

/* j did not begin there: the name of its block is none any more. */
void deal_unready(struct job *j);

/* --- tee.c ------------------------------------------------------------- */

/* --tee; or ends ppx with a message. */
void tee_open(struct coord *c);
void tee_close(struct coord *c);

/* What a task of it reads; it releases it. */
struct block *tee_block(struct coord *c);

/* Passes on what is read, as far as all tasks take it. */
void tee_fill(struct coord *c);

/* Some tasks can only be started when others end, which wait for them: that is
   said, and the run ends. */
void tee_held(struct coord *c);

/* As blocks_starve(). */
bool tee_starves(struct coord *c);

/* Is there more to be done at once? */
bool tee_goes_on(const struct coord *c);

/* --- outcome.c --------------------------------------------------------- */

extern const struct pool_ops outcome_pool_ops;
extern const struct emit_ops outcome_emit_ops;

extern const struct capture_ops outcome_capture_ops;

/* What command_expand() and its like need to know of a job. */
struct command_task outcome_view(const struct job *j);

/* The task is DONE: counts it, and ends its output.  detail: why, where the
   result cannot say it, or NULL. */
void outcome_settle(struct coord *c, struct job *j, const char *detail);

/*
 * One attempt of it is over, its result is set and its output read: it is tried
 * again, or settled.  detail as above.
 */
void outcome_over(struct coord *c, struct job *j, const char *detail);

/* A task that will not run. */
void outcome_refuse(struct coord *c, struct job *j, enum reason why,
    const char *detail);

/* The same for an item that cannot be made into a command; says so. */
void outcome_bad_item(struct coord *c, struct job *j, const char *why);

/*
 * One attempt is over, its result known and its output read; last: the task
 * is DONE for good.  Also for tasks that never start: attempt is 0 then, or
 * that of the last one, told already, where it was waiting for another.
 * Counts it, and logs it; the last one when its output is delivered.
 */
void outcome_attempt(struct coord *c, struct job *j, bool last);

/* --- results.c --------------------------------------------------------- */

/* --results and --files, if they are given; or ends ppx with a message. */
void results_open(struct coord *c);

/* Nothing can fail any more before the start: rows of a run before may go. */
void results_begin(struct coord *c);
void results_close(struct coord *c);

/* Is --results one file of that form for all tasks? */
bool results_table(const struct conf *conf, enum table_form *form);

/*
 * Takes j, whose output is complete, to store it and then to end it; false
 * when there is nothing to store.  What is not to be printed is forgotten.
 */
bool results_take(struct coord *c, struct job *j);

/*
 * Chooses the name of j's results, once for each task, in the order of the
 * input and before it is known who ends first: of those with the same name the
 * later ones get another.  The first good item says how many values the rows
 * of a table have.  Also for what --resume leaves out.
 */
void results_name(struct coord *c, struct job *j);

/* Stores some of what it took; once a turn. */
void results_work(struct coord *c);

/* There is no place for outputs, which cannot pass instead: ends the run. */
void results_stuck(struct coord *c);

/* --- retry.c ----------------------------------------------------------- */

/* Its last attempt is DONE: is there to be another? */
bool retry_wanted(const struct coord *c, const struct job *j);

/* Takes j, whose next attempt is put off, DELAYED; forgets its result. */
void retry_later(struct coord *c, struct job *j);

/* The time has come: back to the queue. */
void retry_due(struct coord *c, struct job *j);

/* Those that wait will not run again. */
void retry_none(struct coord *c, enum reason why);

/* --- resume.c ---------------------------------------------------------- */

/* Reads the joblog, if the run is to resume, or ends ppx with a message. */
void resume_open(struct coord *c);
void resume_close(struct coord *c);

/* The next item: of the input, or with --retry-failed of the joblog. */
enum source_got resume_next(struct coord *c, struct item **it);

/*
 * Numbers a task to be made of it.  False: it is left out, as it was run
 * before.  *row: the number that it has in the joblog.
 */
bool resume_number(struct coord *c, const struct item *it, uint64_t *row);

/* --- clocks.c ---------------------------------------------------------- */

void clocks_open(struct coord *c);
void clocks_close(struct coord *c);

/* j is in the queue from now on; is taken from it; its command runs; has
   written something; is over. */
void clocks_ready(struct coord *c, struct job *j);
void clocks_taken(struct coord *c, struct job *j);
void clocks_began(struct coord *c, struct job *j);
void clocks_heard(struct coord *c, struct job *j);
void clocks_over(struct coord *c, struct job *j);

/* Calls the job's timer after the delay. */
void clocks_after(struct coord *c, struct job *j, nsec delay);

/* Time has stood still for so long. */
void clocks_shift(struct coord *c, nsec by);

/* --- logs.c ------------------------------------------------------------ */

/* Opens the files that are wanted, or ends ppx with a message; what is in them
   stays. */
void logs_open(struct coord *c);

/* All else is known to be good: makes them ready for the first record. */
void logs_begin(struct coord *c);

/* Records an attempt of j, of which no more is to be said; last: the task
   itself, whose output is delivered. */
void logs_attempt(struct coord *c, const struct job *j, bool last);

/*
 * The command of a task as all records have it; b is empty.  What is not whole
 * has a NUL in it, which keeps --retry-failed from running it.
 */
void logs_command(const struct coord *c, const struct command_task *t,
    struct buf *b);

/* Writes what is recorded; once a turn.  False after a failure, which was
   said: the run is to stop. */
bool logs_flush(struct coord *c);

/* Notes for the statistics what the workers do; before they are told to go. */
void logs_note_pool(struct coord *c);

/* Writes what is left and closes the logs. */
void logs_close(struct coord *c);

/* Writes the statistics, last of all.  began: when the run did, monotonic. */
void logs_stats(struct coord *c, nsec began);

/* --- display.c --------------------------------------------------------- */

/* The line that says how far the run is, if it is wanted; takes it away. */
void display_open(struct coord *c);
void display_close(struct coord *c);

/* A task has ended so. */
void display_ended(struct coord *c, const struct result *r);

/* --- ending.c ---------------------------------------------------------- */

/* Catches what ppx acts on; blocks what is to show as an error instead. */
void ending_watch(struct coord *c);

/* Nothing more starts.  With a ladder, what runs is ended. */
void ending_stop(struct coord *c, enum reason why, const struct ladder *l);

/* Stops the run if --halt says so now. */
void ending_halt(struct coord *c);

/* ppx was to end by sig. */
void ending_signal(void *ctx, int sig);

/* All trees are frozen (TSTP): the process itself stops. */
void ending_frozen(void *ctx);

#endif

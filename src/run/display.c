/*
 * --progress, --bar, --eta: a status line on a terminal (base/diag.h), drawn
 * anew five times a second, or a plain line now and then where stderr is none,
 * and where tasks write to the terminal themselves.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "output/progress.h"
#include "run/coproc.h"
#include "run/median.h"
#include "run/state.h"

static const nsec redraw = 200 * MSEC;
static const nsec first_line = SEC, next_line = 10 * SEC;

struct display {
	struct coord *c;
	struct timer timer;
	struct median median;	/* of run times */
	bool plain;
};

static void
tell(struct display *d, size_t width, struct buf *b)
{
	struct coord *c = d->c;
	struct progress p = {
		.done = c->report.tasks, .failed = c->report.failed,
		.total = c->made, .whole = c->input_ended,
		.running = coproc_running(c), .slots = pool_slots(c->pool),
		.median = median_of(&d->median),
		.bar = c->conf->bar && !d->plain,
		.eta = c->conf->eta || c->conf->bar, .width = width,
	};

	progress_text(&p, b);
}

static void
on_timer(struct timer *t)
{
	struct display *d = container_of(t, struct display, timer);
	size_t width = d->plain ? DIAG_STATUS_MAX : diag_width();
	struct buf b = { 0 };

	if (width > DIAG_STATUS_MAX)
		width = DIAG_STATUS_MAX;
	if (d->plain) {
		tell(d, width, &b);
		diag("%s", buf_str(&b));
	} else if (width > 1) {
		tell(d, width - 1, &b);
		diag_status(b.data, b.len);
	}
	buf_free(&b);
	loop_timer(d->c->loop, t, loop_now(d->c->loop) +
	    (d->plain ? next_line : redraw));
}

void
display_open(struct coord *c)
{
	const struct conf *conf = c->conf;
	struct display *d;

	if ((!conf->progress && !conf->bar && !conf->eta) || conf->dry_run ||
	    c->closed[2])
		return;
	d = xcalloc(1, sizeof(*d));
	d->c = c;
	d->plain = !isatty(STDERR_FILENO) || conf->output == OUTPUT_RAW ||
	    conf->tty || conf->ask;
	d->timer.cb = on_timer;
	loop_timer(c->loop, &d->timer, clock_add(loop_now(c->loop),
	    d->plain ? first_line : redraw));
	c->display = d;
}

void
display_close(struct coord *c)
{
	if (c->display == NULL)
		return;
	diag_status(NULL, 0);
	loop_timer_off(c->loop, &c->display->timer);
	free(c->display);
	c->display = NULL;
}

void
display_ended(struct coord *c, const struct result *r)
{
	if (c->display && r->started != STARTED_NO)
		median_add(&c->display->median, r->ran);
}

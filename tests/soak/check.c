/*
 * What ppx delivered and recorded, against the plan.
 *
 * The output is checked to the byte as it comes, and only a few bytes are kept
 * of each task; the files are read when all is over.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "soak.h"

struct fate {
	uint64_t bytes;		/* of its output, as delivered */
	uint64_t received;	/* the same, as the joblog has it */
	uint32_t next;		/* the line that is due; by lines */
	int code, sig;		/* of the joblog */
	uint8_t rows, records, starts, last;	/* last: attempt delivered */
	uint16_t attempts;	/* of --log-json; a bit each */
	bool hit, whole;
};

static struct fate *fates;
static uint64_t nfates, capacity;

struct sums sums;

/* --- tasks ------------------------------------------------------------- */

void
check_items(uint64_t n)
{
	if (n + 1 > capacity) {
		capacity = 2 * n + 1024;
		fates = realloc(fates, capacity * sizeof(*fates));
		if (!fates) {
			perror("soak");
			exit(2);
		}
	}
	while (nfates <= n)
		memset(&fates[nfates++], 0, sizeof(*fates));
	sums.items = n;
}

static struct fate *
fate(uint64_t seq)
{
	return seq >= 1 && seq < nfates ? &fates[seq] : NULL;
}

void
check_hit(uint64_t seq)
{
	struct fate *f = fate(seq);

	if (f)
		f->hit = true;
}

/* --- the output, record by record -------------------------------------- */

static struct record rec;	/* the one that is being read */
static uint64_t whose;		/* its task; 0: none */
static uint64_t previous;	/* the task before */
static char line[RECORD_LINE];	/* what is due, or the first line so far */
static size_t at;		/* bytes of it that have come */
static uint32_t number;		/* which line it is */
static bool heading;		/* it is a first line */

static void
close_record(void)
{
	if (!whose)
		return;
	fates[whose].whole = number == rec.lines + 2;
	sums.cut += number != rec.lines + 2;
	whose = 0;
}

static bool
open_record(void)
{
	char want[RECORD_LINE];
	struct fate *f;
	uint32_t i;

	if (record_read(line, &rec, &i) < 0 || i != 0)
		return false;
	record_line(want, &rec, 0);
	if (memcmp(line, want, RECORD_LINE) != 0 || !(f = fate(rec.seq)))
		return false;
	if (rec.lines != plan(rec.seq).lines)
		wrong("task %" PRIu64 ": not its plan", rec.seq);
	if (f->records++)
		wrong("task %" PRIu64 ": its output came twice", rec.seq);
	if (setup.mode == ORDER && rec.seq <= previous)
		wrong("task %" PRIu64 " after %" PRIu64, rec.seq, previous);
	previous = whose = rec.seq;
	f->last = (uint8_t)rec.attempt;
	f->bytes = RECORD_LINE;
	sums.records++;
	heading = false;
	at = 0;
	number = 1;
	record_line(line, &rec, number);
	return true;
}

/* Fills the line from the n bytes; returns how many of them it took. */
static size_t
fill_line(const char *p, size_t n)
{
	if (n > RECORD_LINE - at)
		n = RECORD_LINE - at;
	memcpy(line + at, p, n);
	at += n;
	return n;
}

/* Returns how many of the bytes it took; 0 when they cannot be. */
static size_t
take_heading(const char *p, size_t n)
{
	n = fill_line(p, n);
	return at < RECORD_LINE || open_record() ? n : 0;
}

static size_t
take_bytes(const char *p, size_t n)
{
	size_t i;

	if (!whose || number == rec.lines + 2 || *p == 'B') {
		close_record();
		heading = true;
		at = 0;
		return *p == 'B' ? take_heading(p, n) : 0;
	}
	for (i = 0; i < n && at < RECORD_LINE && p[i] == line[at]; i++)
		at++;
	fates[whose].bytes += i;
	if (at == RECORD_LINE) {
		at = 0;
		if (++number <= rec.lines + 1)
			record_line(line, &rec, number);
	}
	return i;
}

/* --- the output, line by line ------------------------------------------ */

static bool
take_line(const char *p)
{
	char want[RECORD_LINE];
	struct record r;
	struct fate *f;
	uint32_t i;

	if (record_read(p, &r, &i) < 0 || !(f = fate(r.seq)))
		return false;
	record_line(want, &r, i);
	if (memcmp(p, want, RECORD_LINE) != 0)
		return false;
	if (i == 0 && (f->records == 0 || r.attempt > f->last)) {
		f->records = 1;
		f->next = 0;
		f->bytes = 0;
		f->last = (uint8_t)r.attempt;
		sums.records++;
	}
	if (r.attempt != f->last || i != f->next)
		wrong("task %" PRIu64 ": line %" PRIu32 " for %" PRIu32,
		    r.seq, i, f->next);
	f->next = i + 1;
	f->bytes += RECORD_LINE;
	f->whole = i == r.lines + 1;
	return true;
}

static size_t
take_lines(const char *p, size_t n)
{
	n = fill_line(p, n);
	if (at < RECORD_LINE)
		return n;
	at = 0;
	return take_line(line) ? n : 0;
}

/* A dump of what could not be: enough to see whose bytes they are. */
static void
complain(const char *p, size_t n)
{
	wrong("output, byte %" PRIu64 " (in task %" PRIu64 ", line %" PRIu32
	    " of %" PRIu32 ", byte %zu): %.*s", sums.bytes, rec.seq, number,
	    rec.lines, at, (int)(n < 200 ? n : 200), p);
}

void
check_output(const char *p, size_t n)
{
	static bool given_up;
	size_t took;

	while (n > 0 && !given_up) {
		if (setup.mode == LINES)
			took = take_lines(p, n);
		else if (heading)
			took = take_heading(p, n);
		else
			took = take_bytes(p, n);
		if (took == 0) {
			complain(p, n);
			given_up = true;
		}
		p += took;
		n -= took;
		sums.bytes += took;
	}
}

/* --- the files --------------------------------------------------------- */

static FILE *
open_file(const char *dir, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		wrong("%s is not there", path);
	return f;
}

static void
read_joblog(FILE *f)
{
	char text[512];
	uint64_t seq, received;
	struct fate *w;
	int code, sig;

	if (!fgets(text, sizeof(text), f) || strncmp(text, "Seq\t", 4) != 0)
		wrong("the joblog has no header");
	while (fgets(text, sizeof(text), f)) {
		if (sscanf(text, "%" SCNu64 " : %*f %*f 0 %" SCNu64 " %d %d",
		    &seq, &received, &code, &sig) != 4 ||
		    !strchr(text, '\n') || !(w = fate(seq))) {
			wrong("joblog: %s", text);
			continue;
		}
		if (w->rows++)
			wrong("task %" PRIu64 " has two rows", seq);
		w->received = received;
		w->code = code;
		w->sig = sig;
		sums.rows++;
	}
}

/* No attempt may begin twice, whatever becomes of its worker. */
static void
read_starts(FILE *f)
{
	uint64_t seq;
	unsigned attempt;
	struct fate *w;
	uint64_t *seen = calloc(nfates, sizeof(*seen));

	while (seen && fscanf(f, "%" SCNu64 " %u\n", &seq, &attempt) == 2) {
		if (!(w = fate(seq)) || attempt > 63) {
			wrong("start of %" PRIu64 " %u", seq, attempt);
			continue;
		}
		if (seen[seq] >> attempt & 1 && setup.coproc)
			sums.again++;
		else if (seen[seq] >> attempt & 1)
			wrong("task %" PRIu64 ": attempt %u ran twice", seq,
			    attempt);
		seen[seq] |= (uint64_t)1 << attempt;
		w->starts++;
	}
	free(seen);
}

/* The number before these words in the summary, or 0. */
static uint64_t
count_before(const char *text, const char *words)
{
	const char *p = strstr(text, words);

	if (!p)
		return 0;
	while (p > text && p[-1] == ' ')
		p--;
	while (p > text && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return strtoull(p, NULL, 10);
}

/* Every line is whole, a task's or ppx's own; the summary counts rightly. */
static void
read_messages(FILE *f)
{
	char text[1024];
	uint64_t seq, failed = 0, tasks = 0, x, y;
	int n;

	while (fgets(text, sizeof(text), f)) {
		n = 0;
		if (sscanf(text, "chore %" SCNu64 "%n", &seq, &n) == 1 &&
		    text[n] == '\n' && fate(seq))
			continue;
		if (strncmp(text, "ppx: ", 5) != 0 &&
		    strncmp(text, "first: ", 7) != 0 &&
		    !strstr(text, "outlived") &&
		    !(setup.coproc && strncmp(text, "  ", 2) == 0))
			wrong("stderr: %s", text);
		if (sscanf(text, "ppx: %" SCNu64 " of %" SCNu64 " task", &x,
		    &y) != 2)
			continue;
		failed = x;
		tasks = y;
		sums.lost = count_before(text, "lost with");
		sums.timeouts = count_before(text, "timed out");
	}
	sums.failed = failed;
	if (tasks != sums.items)
		wrong("the summary tells of %" PRIu64 " tasks", tasks);
}

static const char *
after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	if (!p)
		return NULL;
	p += strlen(key);
	return p + strspn(p, " :");
}

static void
read_json(FILE *f)
{
	static char text[65536];
	const char *seq, *attempt, *state;
	struct fate *w;
	unsigned try;

	while (fgets(text, sizeof(text), f)) {
		seq = after(text, "\"seq\"");
		attempt = after(text, "\"attempt\"");
		state = after(text, "\"state\"");
		if (!seq || !attempt || !state || !strchr(text, '\n') ||
		    !(w = fate(strtoull(seq, NULL, 10)))) {
			wrong("--log-json: %s", text);
			continue;
		}
		try = (unsigned)strtoul(attempt, NULL, 10);
		if (try > 15 || w->attempts >> try & 1)
			wrong("--log-json has attempt %u twice: %s", try, text);
		else
			w->attempts |= (uint16_t)(1u << try);
		if (try > 1 && strncmp(state, "\"ok\"", 4) == 0)
			sums.flaky++;
		sums.attempts++;
	}
}

/* --- the sum of it all ------------------------------------------------- */

/* Is this how the plan said it would end? */
static bool
as_planned(const struct fate *f, const struct plan *p)
{
	switch (p->kind) {
	case 'c':
		return f->code == 0 && f->sig == (int)p->arg;
	case 't':
	case 'w':
	case 'm':
		return false;	/* at its own hand it never ends */
	}
	return f->sig == 0 && f->code == (int)p->arg;
}

static bool
writes_all(const struct plan *p)
{
	return strchr("phds", p->kind) != NULL;
}

static void
check_task(uint64_t seq, struct fate *f)
{
	struct plan p = plan(seq);
	bool own = f->rows && f->code >= 0;

	if (f->rows == 0)
		wrong("task %" PRIu64 " (%c) has no row", seq, p.kind);
	if (f->bytes != f->received && !(setup.mode == LINES && setup.retries))
		wrong("task %" PRIu64 " (%c): %" PRIu64 " bytes delivered, %"
		    PRIu64 " in the joblog", seq, p.kind, f->bytes,
		    f->received);
	if (own && as_planned(f, &p)) {
		if (f->starts == 0 && f->sig != 9)
			wrong("task %" PRIu64 " never began", seq);
		if (writes_all(&p) && !f->whole && !f->hit)
			wrong("task %" PRIu64 " (%c) exited %d, its output is "
			    "cut: %" PRIu64 " bytes of %u lines", seq, p.kind,
			    f->code, f->bytes, p.lines + 2);
		sums.ok += f->code == 0 && f->sig == 0;
	} else if (own && !f->hit) {
		if (f->sig == 9 && f->code == 0)
			sums.killed++;	/* before it was a chore */
		else
			wrong("task %" PRIu64 " (%c): %d, signal %d", seq,
			    p.kind, f->code, f->sig);
	} else if (!own) {
		sums.gone++;
	}
}

/* A task that the plan ends by itself had no part in its worker's death.  With
   a co-process an item is lost as well. */
static uint64_t
suicides(void)
{
	uint64_t seq, n = 0;
	char kind;

	for (seq = 1; seq < nfates; seq++) {
		kind = plan(seq).kind;
		n += kind == 'w' || (setup.coproc && kind == 'c');
	}
	return n + (setup.coproc ? harm.tasks : 0);
}

static void
check_sums(void)
{
	uint64_t seq, failed = 0, n = suicides();

	for (seq = 1; seq < nfates; seq++)
		failed += fates[seq].rows &&
		    (fates[seq].code != 0 || fates[seq].sig != 0);
	if (failed != sums.failed)
		wrong("%" PRIu64 " failed by the joblog, %" PRIu64
		    " by the summary", failed, sums.failed);
	if (sums.lost > harm.workers + n)
		wrong("%" PRIu64 " lost, but %lu + %" PRIu64 " workers killed",
		    sums.lost, harm.workers, n);
	/* What was sent ahead to a program whose time is over goes to another. */
	if (sums.again && sums.timeouts == 0)
		wrong("%" PRIu64 " items ran twice", sums.again);
	if (sums.killed > harm.nobody)
		wrong("%" PRIu64 " ended by KILL, of nobody", sums.killed);
}

static void
with_file(const char *dir, const char *name, void (*reader)(FILE *))
{
	FILE *f = open_file(dir, name);

	if (f) {
		reader(f);
		fclose(f);
	}
}

void
check_end(const char *dir)
{
	uint64_t seq;

	if (at > 0 && (heading || setup.mode == LINES))
		wrong("the output ends within a line: %.*s", (int)at, line);
	close_record();
	with_file(dir, "log", read_joblog);
	with_file(dir, "starts", read_starts);
	with_file(dir, "err", read_messages);
	if (setup.json)
		with_file(dir, "json", read_json);
	for (seq = 1; seq < nfates; seq++) {
		check_task(seq, &fates[seq]);
		if (setup.json && fates[seq].attempts == 0)
			wrong("task %" PRIu64 " is not in --log-json", seq);
	}
	check_sums();
	free(fates);
	fates = NULL;
	nfates = capacity = 0;
}

/* What each task is to do: a function of the seed and of its number. */

#include "record.h"
#include "soak.h"

static uint64_t state;

static uint64_t
upto(uint64_t most)
{
	state = record_mix(state);
	return (state >> 11) % (most + 1);
}

/* Most are small; one in 200 has up to 2 MB. */
static unsigned
length(void)
{
	uint64_t r = upto(999);

	return (unsigned)(r < 600 ? upto(3) : r < 900 ? upto(64) :
	    r < 995 ? upto(1000) : upto(RECORD_MOST));
}

static char
kind(void)
{
	static const struct {
		char kind;
		unsigned share;		/* of 1000 */
	} mix[] = {
		{ 'c', 40 }, { 't', 4 }, { 'h', 40 }, { 'd', 30 }, { 's', 30 },
		{ 'w', 4 }, { 'm', 4 },
	};
	uint64_t r = upto(999);
	unsigned i;

	for (i = 0; i < sizeof(mix) / sizeof(mix[0]); i++) {
		if (r < mix[i].share)
			return mix[i].kind == 'm' && !setup.mem ? 'p' :
			    mix[i].kind;
		r -= mix[i].share;
	}
	return 'p';
}

/* A program that stays up has no status of an item's, and answers it itself. */
static struct plan
of_coproc(struct plan p)
{
	if (p.kind == 'h' || p.kind == 'd')
		p.kind = 'p';
	if (p.kind == 'p' || p.kind == 's')
		p.arg = 0;
	return p;
}

struct plan
plan(uint64_t seq)
{
	static const unsigned signals[] = { 9, 11, 6, 15 };
	static const unsigned codes[] = { 1, 2, 3, 155, 255 };
	struct plan p;

	state = record_mix(setup.seed ^ record_mix(seq));
	p.kind = kind();
	p.lines = length();
	p.ms = (unsigned)(upto(1) ? upto(20) : 0);
	p.arg = upto(9) ? 0 : codes[upto(4)];
	switch (p.kind) {
	case 'c':
		p.arg = signals[upto(3)];
		break;
	case 't':
		p.arg = (unsigned)upto(1);
		break;
	case 'm':
		p.arg = 4 * setup.mem;
		break;
	}
	return setup.coproc ? of_coproc(p) : p;
}

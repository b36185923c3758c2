#include "config.h"

#include "run/gate.h"

/* The kernel's load average decays by e in this time. */
static const double fading = 60;

bool
gate_due(const struct gate *g, nsec now)
{
	return g->looked == 0 || now - g->looked >= GATE_SPAN;
}

/* 1 - t is near enough to exp(-t): looks are close together or t is past 1. */
static void
fade(struct gate *g, nsec span)
{
	double t = (double)span / (double)SEC / fading;

	g->recent = t < 1 ? g->recent * (1 - t) : 0;
}

void
gate_look(struct gate *g, nsec now, uint64_t memory, double average)
{
	if (g->looked)
		fade(g, now - g->looked);
	g->looked = now;
	g->started = 0;
	g->free = memory;
	g->average = average;
}

bool
gate_open(struct gate *g, size_t running)
{
	if (g->recent > (double)running)
		g->recent = (double)running;
	if (running == 0)
		return true;
	if (g->memfree && (g->free < g->memfree ||
	    (g->free / 2 < g->memfree && g->started)))
		return false;
	return !(g->load > 0) || g->average + g->recent < g->load;
}

void
gate_started(struct gate *g, nsec now)
{
	g->next = g->delay ? clock_add(now, g->delay) : 0;
	g->started++;
	g->recent++;
}

/*
 * ppx: runs many commands at once.  The way in.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/signals.h"
#include "cli/conf.h"
#include "run/coord.h"
#include "run/semaphore.h"

int
main(int argc, char **argv)
{
	struct conf conf;
	bool closed[3];
	int status, sig = 0;

	fd_sanitise(closed);	/* before anything is opened */
	signals_save();		/* before any is caught or blocked */
	conf_parse(&conf, argc, argv, closed);
	fd_raise_limit();
	status = conf.semaphore ? semaphore_run(&conf, closed, &sig) :
	    coord_run(&conf, closed, &sig);
	conf_free(&conf);
	if (sig)
		signals_die(sig);
	return sig ? 128 + sig : status;	/* the first process cannot */
}

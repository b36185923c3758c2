/*
 * A process just forked from the coordinator becomes a worker: it lets go of
 * what it inherited, and has what is its own made.  What it does then, and how
 * it runs tasks, is none of this.
 */
#ifndef POOL_BIRTH_H
#define POOL_BIRTH_H

struct spawn_place;
struct worker_conf;

/*
 * Sets place: where its tasks run.  Returns a descriptor for what is ppx's
 * stderr, for the scripts of conf->setup; -1 without.  A worker whose
 * directory cannot be made ends here, with conf->word->dir_error set.
 */
int birth(const struct worker_conf *conf, struct spawn_place *place);

#endif

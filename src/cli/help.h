/*
 * What --help and --version print on stdout.  Each returns 0, or -1 and errno
 * when stdout did not take all of it.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

int help_usage(void);
int help_version(void);

#endif

/*
 * How a co-process marks the end of a reply (--reply).
 */
#ifndef TASK_ANSWER_H
#define TASK_ANSWER_H

struct reply_form {
	enum reply_how {
		REPLY_LINE,
		REPLY_NUL,
		REPLY_EOT,
		REPLY_NETSTRING
	} how;
	const char *eot;	/* STR, without a newline; borrowed */
};

#endif

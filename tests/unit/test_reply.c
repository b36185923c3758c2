/* Where the replies of a co-process end, however their bytes are cut. */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "run/reply.h"

#include "tap.h"

/* The replies in s, fed in pieces of cut bytes, each with a | behind; a ! where
   it is nonsense, and ~ behind what is not whole. */
static const char *
cut_up(const struct reply_form *f, const char *s, size_t len, size_t cut)
{
	static struct buf out;
	struct buf have = { 0 };
	struct reply r = { 0 };
	struct reply_piece piece;
	enum reply_got got = REPLY_MORE;
	size_t at = 0;
	bool open = false;

	out.len = 0;
	while (at < len || have.len) {
		got = reply_next(f, &r, have.data, have.len, &piece);
		if (got == REPLY_BAD)
			break;
		if (got == REPLY_MORE) {
			if (at == len)
				break;
			cut = cut < len - at ? cut : len - at;
			buf_add(&have, s + at, cut);
			at += cut;
			continue;
		}
		if (piece.len)
			buf_add(&out, have.data + piece.at, piece.len);
		open = got == REPLY_PART;
		if (!open)
			buf_addc(&out, '|');
		buf_shift(&have, piece.used);
	}
	if (got == REPLY_BAD)
		buf_addc(&out, '!');
	else if (open || have.len)
		buf_addc(&out, '~');
	buf_free(&have);
	return buf_str(&out);
}

static void
gives(struct reply_form f, const char *s, size_t len, const char *want)
{
	size_t cut;
	bool same = true;

	for (cut = 1; cut <= len + 1; cut++)
		same = same && strcmp(cut_up(&f, s, len, cut), want) == 0;
	ok(same, "%s", want);
}

static void
lines(void)
{
	struct reply_form f = { REPLY_LINE, NULL };
	struct reply_form nul = { REPLY_NUL, NULL };

	gives(f, "a\n\nbc\n", 6, "a\n|\n|bc\n|");
	gives(f, "a\nb", 3, "a\n|b~");
	gives(f, "", 0, "");
	ok(strcmp(cut_up(&nul, "a\nb\0c", 5, 2), "a\nb") == 0,
	    "a NUL ends it, a newline does not");
}

static void
eots(void)
{
	struct reply_form f = { REPLY_EOT, "END" };
	struct reply_form empty = { REPLY_EOT, "" };

	gives(f, "a\nb\nEND\nEND\nc\nEND\n", 18, "a\nb\n||c\n|");
	gives(f, "EN\nENDE\n END\nEND\n", 17, "EN\nENDE\n END\n|");
	gives(f, "aEND\nEND\n", 9, "aEND\n|");
	gives(f, "a\nEND", 5, "a\n~");
	gives(empty, "a\n\nb\n\n", 6, "a\n|b\n|");
}

static void
netstrings(void)
{
	struct reply_form f = { REPLY_NETSTRING, NULL };

	gives(f, "3:abc,0:,2:\n,,", 14, "abc||\n,|");
	gives(f, "3:ab", 4, "ab~");
	gives(f, "12", 2, "~");
	gives(f, "1:ab", 4, "a!");
	gives(f, "a", 1, "!");
	gives(f, ":", 1, "!");
	gives(f, "01:a,", 5, "!");
	gives(f, "-1:a,", 5, "!");
	gives(f, "9999999999999999999:", 20, "!");
}

static void
many(void)
{
	struct reply_form f = { REPLY_LINE, NULL };
	size_t n;

	ok(reply_whole(&f, "a\nb\nc", 5, 9, &n) == 4 && n == 2,
	    "whole lines, without the rest");
	ok(reply_whole(&f, "a\nb\nc\n", 6, 2, &n) == 4 && n == 2,
	    "no more than asked for");
	ok(reply_whole(&f, "abc", 3, 2, &n) == 0 && n == 0, "none");
}

int
main(void)
{
	lines();
	eots();
	netstrings();
	many();
	return done_testing();
}

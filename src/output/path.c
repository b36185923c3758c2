#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "output/path.h"

enum { MARK = 18 };		/* \~ and the digits of a hash */

uint64_t
path_hash(const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t h = 0xcbf29ce484222325U;

	while (n-- > 0)
		h = (h ^ *s++) * 0x100000001b3U;
	return h;
}

static void
add_hash(struct buf *b, const void *p, size_t n)
{
	buf_addf(b, "\\~%016" PRIx64, path_hash(p, n));
}

static void
add_byte(struct buf *b, unsigned char c)
{
	static const char from[] = "\\/\t\n\r", to[] = "\\_tnr";
	const char *at = c ? strchr(from, c) : NULL;

	if (at)
		buf_addf(b, "\\%c", to[at - from]);
	else if (c < 0x20 || c == 0x7f)
		buf_addf(b, "\\x%02X", c);
	else
		buf_addc(b, (char)c);
}

void
path_value(struct buf *b, const char *v, size_t n)
{
	size_t i;

	if (n == 0)
		buf_adds(b, "\\e");
	if (*v == '.' && (n == 1 || (n == 2 && v[1] == '.')))
		buf_addc(b, '\\');
	for (i = 0; i < n; i++)
		add_byte(b, (unsigned char)v[i]);
}

/* The most of p[0..n) up to `most` that cuts no escape and no character. */
static size_t
fitting(const char *p, size_t n, size_t most)
{
	size_t at = 0, len = 0;

	while (at + len <= most) {
		at += len;
		len = 1;
		if (p[at] == '\\')
			len = p[at + 1] == 'x' ? 4 : 2;
		while (at + len < n && (p[at + len] & 0xc0) == 0x80)
			len++;
	}
	/* bytes that only look like the rest of a very long character */
	return at ? at : most;
}

/* Adds p[0..n), one component, in at most so many bytes. */
static void
add_bounded(struct buf *b, const char *p, size_t n, size_t most)
{
	if (n <= most) {
		buf_add(b, p, n);
		return;
	}
	buf_add(b, p, fitting(p, n, most - MARK));
	add_hash(b, p, n);
}

void
path_bound(struct buf *b, size_t from, size_t spare)
{
	struct buf old = { 0 };
	const char *p, *end;
	size_t n;

	if (b->len - from <= PATH_NAME_MAX - spare)
		return;
	buf_add(&old, b->data + from, b->len - from);
	b->len = from;
	for (p = buf_str(&old);; p = end + 1) {
		end = strchr(p, '/');
		n = end ? (size_t)(end - p) : strlen(p);
		add_bounded(b, p, n, end ? PATH_NAME_MAX :
		    PATH_NAME_MAX - spare);
		if (end == NULL)
			break;
		buf_addc(b, '/');
	}
	buf_free(&old);
}

/* The values from i on, as one. */
static void
add_rest(struct buf *b, const struct item *it, size_t i)
{
	struct buf rest = { 0 };
	const char *v;
	size_t len;

	for (; i < it->n; i++) {
		v = item_value(it, i, &len);
		buf_add(&rest, v, len + 1);
	}
	add_hash(b, rest.data, rest.len);
	buf_free(&rest);
}

/* A directory that is beside our files: it must not have the name of one. */
static void
add_name(struct buf *b, const char *name)
{
	static const char *const ours[] = { "stdout", "stderr", "seq" };
	size_t i;

	path_value(b, name, strlen(name));
	for (i = 0; i < COUNT(ours); i++)
		if (strcmp(name, ours[i]) == 0)
			buf_adds(b, "\\e");
}

void
path_tree(struct buf *b, const struct item *it, char *const *names,
    size_t nnames, size_t spare)
{
	size_t i, len, from = b->len, at;
	const char *v;

	for (i = 0; i < it->n; i++) {
		if (i > 0)
			buf_addc(b, '/');
		if (b->len - from > PATH_TREE_MAX) {
			add_rest(b, it, i);
			return;
		}
		at = b->len;
		if (i < nnames && names[i])
			add_name(b, names[i]);
		else
			buf_addf(b, "%zu", i + 1);
		path_bound(b, at, 0);
		buf_addc(b, '/');
		at = b->len;
		v = item_value(it, i, &len);
		path_value(b, v, len);
		path_bound(b, at, spare);
	}
}

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "task/item.h"

struct item *
item_of(const struct value *v, size_t n, const char *bad)
{
	size_t at = sizeof(struct item) + (n + 1) * sizeof(uint32_t), size, i;
	struct item *it;

	for (size = at, i = 0; i < n; i++)
		size += v[i].n + 1;
	it = xmalloc(size);
	it->bad = bad;
	it->number = 0;
	it->large = false;
	it->last = '\0';
	it->records = 0;
	it->n = (uint32_t)n;
	for (i = 0; i < n; i++) {
		it->at[i] = (uint32_t)at;
		if (v[i].n)
			memcpy((char *)it + at, v[i].p, v[i].n);
		at += v[i].n + 1;
		((char *)it)[at - 1] = '\0';
	}
	it->at[n] = (uint32_t)at;
	return it;
}

struct item *
item_new(const void *p, size_t len, const char *bad)
{
	struct value v = { p, len };

	return item_of(&v, 1, bad);
}

struct item *
item_join(struct item *const *items, size_t n)
{
	struct item *it;
	struct value *v;
	size_t i, k, total = 0, at = 0;
	char last = item_last(items[n - 1]);

	for (i = 0; i < n; i++) {
		if (items[i]->bad) {
			items += i;
			n = 1;
			total = items[0]->n;
			break;
		}
		total += items[i]->n;
	}
	v = xmalloc((total + 1) * sizeof(*v));
	for (i = 0; i < n; i++)
		for (k = 0; k < items[i]->n; k++, at++)
			v[at].p = item_value(items[i], k, &v[at].n);
	it = item_of(v, total, items[0]->bad);
	it->number = items[0]->number;
	it->large = items[0]->large;
	it->last = last;
	free(v);
	return it;
}

void
item_show(const struct item *it, struct buf *b)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		if (i > 0)
			buf_addc(b, ' ');
		buf_add(b, v, len);
	}
}

const char *
item_value(const struct item *it, size_t i, size_t *len)
{
	if (i >= it->n) {
		*len = 0;
		return "";
	}
	*len = it->at[i + 1] - it->at[i] - 1;
	return (const char *)it + it->at[i];
}

char
item_last(const struct item *it)
{
	size_t len;
	const char *v;

	if (it->bad || it->n == 0)
		return it->last;
	v = item_value(it, it->n - 1, &len);
	return len ? v[len - 1] : '\0';
}

bool
item_has(const struct item *it, char byte)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		if (len && memchr(v, byte, len))
			return true;
	}
	return false;
}

size_t
item_size(const struct item *it)
{
	return it->at[it->n];
}

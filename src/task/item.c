#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "task/item.h"

struct item *
item_new(const void *p, size_t len, const char *bad)
{
	size_t head = sizeof(struct item) + 2 * sizeof(uint32_t);
	struct item *it = xmalloc(head + len + 1);

	it->bad = bad;
	it->n = 1;
	it->at[0] = (uint32_t)head;
	it->at[1] = (uint32_t)(head + len + 1);
	if (len)
		memcpy((char *)it + head, p, len);
	((char *)it)[head + len] = '\0';
	return it;
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

size_t
item_size(const struct item *it)
{
	return it->at[it->n];
}

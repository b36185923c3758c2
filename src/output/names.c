/* Open addressing, at most half full; 0 is an empty place. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "output/names.h"
#include "output/path.h"

struct names {
	uint64_t *slot;
	size_t size, used;	/* size: a power of 2 */
};

struct names *
names_new(void)
{
	struct names *ns = xcalloc(1, sizeof(*ns));

	ns->size = 64;
	ns->slot = xcalloc(ns->size, sizeof(*ns->slot));
	return ns;
}

void
names_free(struct names *ns)
{
	if (ns == NULL)
		return;
	free(ns->slot);
	free(ns);
}

/* Where h is, or would be. */
static size_t
find(const struct names *ns, uint64_t h)
{
	size_t i = (size_t)(h ^ h >> 32) & (ns->size - 1);

	while (ns->slot[i] && ns->slot[i] != h)
		i = (i + 1) & (ns->size - 1);
	return i;
}

static uint64_t
hash(const char *name, size_t n)
{
	uint64_t h = path_hash(name, n);

	return h ? h : 1;
}

bool
names_have(const struct names *ns, const char *name, size_t n)
{
	return ns->slot[find(ns, hash(name, n))] != 0;
}

static void
grow(struct names *ns)
{
	uint64_t *old = ns->slot;
	size_t n = ns->size, i;

	ns->size *= 2;
	ns->slot = xcalloc(ns->size, sizeof(*ns->slot));
	for (i = 0; i < n; i++)
		if (old[i])
			ns->slot[find(ns, old[i])] = old[i];
	free(old);
}

void
names_add(struct names *ns, const char *name, size_t n)
{
	uint64_t h = hash(name, n);

	if (2 * ++ns->used > ns->size)
		grow(ns);
	ns->slot[find(ns, h)] = h;
}

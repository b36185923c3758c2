#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "tap.h"

/*
 * Of the authors' reference text: key 00 01 .. 0f, input 00 01 .. of the
 * length, 128 bits of output as bytes, the lowest first.
 */
static const struct {
	size_t n;
	const char *want;
} vectors[] = {
	{ 0, "a3817f04ba25a8e66df67214c7550293" },
	{ 1, "da87c1d86b99af44347659119b22fc45" },
	{ 2, "8177228da4a45dc7fca38bdef60affe4" },
	{ 8, "3b62a9ba6258f5610f83e264f31497b4" },
};

static void
hex(char text[33], struct hash h)
{
	size_t i;

	for (i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", (unsigned)((i < 8 ? h.a :
		    h.b) >> (8 * (i % 8)) & 0xff));
}

int
main(void)
{
	struct hash key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 }, k, l;
	unsigned char in[64];
	char text[33];
	size_t i;

	for (i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)i;
	for (i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		hex(text, hash_of(&key, in, vectors[i].n));
		is_str(text, vectors[i].want, "%zu bytes", vectors[i].n);
	}
	k = hash_key();
	l = hash_key();
	ok(k.a != l.a && k.b != l.b, "each run has a key of its own");
	return done_testing();
}

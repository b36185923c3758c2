/* What is decoded is encoded to the same bytes, and decoded again. */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "wire/message.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = { 0 }, twice = { 0 };
	struct message m;
	long len, again;

	memset(&m, 0, sizeof(m));
	len = message_decode(data, size, &m);
	CHECK(len >= -1 && len <= (long)size);
	if (len > 0) {
		message_encode(&once, &m);
		memset(&m, 0, sizeof(m));
		again = message_decode(once.data, once.len, &m);
		CHECK(again == (long)once.len);
		message_encode(&twice, &m);
		CHECK(once.len == twice.len &&
		    memcmp(once.data, twice.data, once.len) == 0);
	}
	buf_free(&once);
	buf_free(&twice);
	return 0;
}

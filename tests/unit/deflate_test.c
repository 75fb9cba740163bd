#include "viz/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "capture/mem.h"

/* What zlib's own inflate makes of it is what went in; it checks header and checksum too. */
static void comes_back(const uint8_t *bytes, size_t length)
{
	size_t packed_length = 0;
	uint8_t *packed = deflate_parallel(bytes, length, &packed_length);
	uint8_t *back = mem_alloc(length + 1, 1);
	uLongf back_length = length + 1;

	assert_non_null(packed);
	assert_int_equal(uncompress(back, &back_length, packed, packed_length), Z_OK);
	assert_int_equal(back_length, length);
	assert_memory_equal(back, bytes, length);
	free(back);
	free(packed);
}

static void parts_put_together_are_one_stream(void **state)
{
	static const size_t lengths[] = {
		0, 1, 1000, (256u << 10) - 1, 256u << 10, (512u << 10) + 1, 3u << 20
	};
	uint8_t *bytes = mem_alloc(3u << 20, 1);
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < 3u << 20; i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(i % 4096 < 3000 ? 17 : random >> 24);
	}
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		comes_back(bytes, lengths[i]);
	free(bytes);
}

static void what_cannot_be_compressed_comes_back_too(void **state)
{
	size_t length = 1u << 20;
	uint8_t *bytes = mem_alloc(length, 1);
	uint32_t random = 7;

	(void)state;
	for (size_t i = 0; i < length; i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(random >> 24);
	}
	comes_back(bytes, length);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_put_together_are_one_stream),
		cmocka_unit_test(what_cannot_be_compressed_comes_back_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "capture/pcapng.h"

static struct pcapng_reader reader_of(const struct buffer *file)
{
	return (struct pcapng_reader){ .bytes = (const uint8_t *)file->bytes,
		                       .size = file->length };
}

static void blocks_are_walked_as_they_were_written(void **state)
{
	struct buffer file = { 0 };
	struct pcapng_block block;
	struct pcapng_option option;
	size_t at = 20 + 4;

	(void)state;
	pcapng_write_section(&file, "seam", "a comment");
	pcapng_write_interface(&file, "lo", "loopback", 1, 262144);
	pcapng_write_packet(&file, 0, INT64_C(0x123456789a), (const uint8_t *)"abc", 3, 1500, 2,
	                    "note");
	pcapng_write_statistics(&file, 0, 1, 7, 8);
	pcapng_write_journal(&file, "A=1\n", 4);
	struct pcapng_reader reader = reader_of(&file);
	assert_true(pcapng_next(&reader, &block));
	assert_int_equal(block.type, PCAPNG_SECTION);
	assert_true(pcapng_next(&reader, &block));
	assert_int_equal(block.type, PCAPNG_INTERFACE);
	assert_true(pcapng_next(&reader, &block));
	assert_int_equal(block.type, PCAPNG_PACKET);
	assert_int_equal(pcapng_u32(&reader, block.body + 4), 0x12);
	assert_int_equal(pcapng_u32(&reader, block.body + 8), 0x3456789a);
	assert_int_equal(pcapng_u32(&reader, block.body + 16), 1500);
	assert_true(pcapng_option_next(&reader, &block, &at, &option));
	assert_int_equal(option.code, 2);
	assert_int_equal(pcapng_u32(&reader, option.value), 2);
	assert_true(pcapng_option_next(&reader, &block, &at, &option));
	assert_int_equal(option.code, 1);
	assert_memory_equal(option.value, "note", 4);
	assert_false(pcapng_option_next(&reader, &block, &at, &option));
	assert_true(pcapng_next(&reader, &block));
	assert_int_equal(block.type, PCAPNG_STATISTICS);
	assert_true(pcapng_next(&reader, &block));
	assert_int_equal(block.type, PCAPNG_JOURNAL);
	assert_int_equal(block.at + block.length, file.length);
	assert_memory_equal(block.body, "A=1\n", 4);
	assert_false(pcapng_next(&reader, &block));
	assert_null(reader.problem);
	assert_int_equal(reader.at, file.length);
	buffer_finish(&file);
}

static void a_big_endian_section_is_read(void **state)
{
	static const uint8_t bytes[] = {
		0x0a, 0x0d, 0x0d, 0x0a, 0,    0,    0,    28,   0x1a, 0x2b, 0x3c, 0x4d, 0,  1,  0,
		0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    28, 0,  0,
		0,    9,    0,    0,    0,    16,   'A',  '=',  '1',  '\n', 0,    0,    0,  16,
	};
	struct pcapng_reader reader = { .bytes = bytes, .size = sizeof(bytes) };
	struct pcapng_block block;

	(void)state;
	assert_true(pcapng_next(&reader, &block));
	assert_true(reader.swapped);
	assert_true(pcapng_next(&reader, &block));
	assert_int_equal(block.type, PCAPNG_JOURNAL);
	assert_int_equal(block.body_length, 4);
	assert_int_equal(pcapng_u16(&reader, (const uint8_t *)"\1\2"), 0x102);
	assert_int_equal(pcapng_u64(&reader, (const uint8_t *)"\1\2\3\4\5\6\7\x08"),
	                 INT64_C(0x102030405060708));
	assert_false(pcapng_next(&reader, &block));
	assert_null(reader.problem);
}

/* The second block of a file with its two lengths and the file's end replaced. */
static const char *problem_of(uint32_t first, uint32_t second, size_t cut)
{
	static struct buffer file;
	struct pcapng_block block;

	buffer_clear(&file);
	pcapng_write_section(&file, NULL, NULL);
	size_t at = file.length;
	pcapng_write_journal(&file, "ABC=123\n", 8);
	memcpy(file.bytes + at + 4, &first, 4);
	memcpy(file.bytes + at + 16, &second, 4);
	struct pcapng_reader reader = reader_of(&file);
	reader.size -= cut;
	assert_true(pcapng_next(&reader, &block));
	assert_false(pcapng_next(&reader, &block));
	assert_int_equal(reader.at, at);
	const char *problem = reader.problem;
	buffer_finish(&file);
	return problem;
}

static void impossible_lengths_end_the_walk_with_the_reason(void **state)
{
	(void)state;
	assert_string_equal(problem_of(20, 20, 1), "it ends within a block");
	assert_string_equal(problem_of(20, 20, 12), "it ends within a block");
	assert_string_equal(problem_of(24, 24, 0), "it ends within a block");
	assert_string_equal(problem_of(20, 24, 0), "the two lengths of a block differ");
	assert_string_equal(problem_of(0, 0, 0), "a block has an impossible length");
	assert_string_equal(problem_of(8, 8, 0), "a block has an impossible length");
	assert_string_equal(problem_of(19, 19, 0), "a block has an impossible length");
	assert_string_equal(problem_of(0xfffffffc, 20, 0), "a block is larger than 16 MiB");
}

static void a_file_that_begins_otherwise_is_no_pcapng(void **state)
{
	struct buffer file = { 0 };
	struct pcapng_block block;

	(void)state;
	pcapng_write_journal(&file, "A=1\n", 4);
	struct pcapng_reader reader = reader_of(&file);
	assert_false(pcapng_next(&reader, &block));
	assert_string_equal(reader.problem, "it does not begin with a section block");
	buffer_finish(&file);
}

static void options_that_reach_beyond_the_block_end_the_list(void **state)
{
	static const uint8_t body[] = { 1, 0, 5, 0, 'a', 'b', 'c', 'd' };
	static const uint8_t unpadded[] = { 1, 0, 3, 0, 'a', 'b', 'c' };
	struct pcapng_reader reader = { 0 };
	struct pcapng_block block = { .body = body, .body_length = sizeof(body) };
	struct pcapng_option option;
	size_t at = 0;

	(void)state;
	assert_false(pcapng_option_next(&reader, &block, &at, &option));
	block = (struct pcapng_block){ .body = unpadded, .body_length = sizeof(unpadded) };
	assert_true(pcapng_option_next(&reader, &block, &at, &option));
	assert_false(pcapng_option_next(&reader, &block, &at, &option));
	at = SIZE_MAX;
	assert_false(pcapng_option_next(&reader, &block, &at, &option));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_walked_as_they_were_written),
		cmocka_unit_test(a_big_endian_section_is_read),
		cmocka_unit_test(impossible_lengths_end_the_walk_with_the_reason),
		cmocka_unit_test(a_file_that_begins_otherwise_is_no_pcapng),
		cmocka_unit_test(options_that_reach_beyond_the_block_end_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

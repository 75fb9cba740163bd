#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/buffer.h"
#include "sim/framing.h"

#define FOUND_MAX 64

/* What a decoder found. */
struct found {
	struct framing_message list[FOUND_MAX];
	char finding[200]; /* the last one */
	size_t count;
};

static void keep(void *context, const struct framing_message *message)
{
	struct found *found = context;

	assert_true(found->count < FOUND_MAX);
	found->list[found->count] = *message;
	found->list[found->count].finding = message->finding ? found->finding : NULL;
	if (message->finding)
		snprintf(found->finding, sizeof(found->finding), "%s", message->finding);
	found->count++;
}

static void put(struct buffer *stream, const struct framing *framing, const char *body,
                size_t length)
{
	struct framing_pieces pieces;
	struct err err = { 0 };

	assert_int_equal(framing_encode(framing, (const uint8_t *)body, length, length, &pieces,
	                                &err),
	                 0);
	for (size_t i = 0; i < pieces.count; i++)
		buffer_add(stream, pieces.list[i].bytes, pieces.list[i].length);
	framing_pieces_finish(&pieces);
}

/* All of it in reads of so many bytes, and its end. */
static struct found decode(const struct framing *framing, const void *bytes, size_t length,
                           size_t step, bool ends)
{
	struct framing_decoder *decoder = malloc(sizeof(*decoder));
	struct found found = { 0 };

	framing_decoder_begin(decoder, framing, 0);
	for (size_t at = 0; at < length; at += step) {
		size_t part = length - at < step ? length - at : step;
		uint8_t *copy = malloc(part);

		memcpy(copy, (const uint8_t *)bytes + at, part);
		framing_decode(decoder, copy, part, keep, &found);
		free(copy);
	}
	if (ends)
		framing_decode_end(decoder, keep, &found);
	free(decoder);
	return found;
}

static struct found decode_text(const struct framing *framing, const char *text)
{
	return decode(framing, text, strlen(text), strlen(text), true);
}

/* ---- any list, cut anywhere ---- */

static uint32_t chance(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct framing any_framing(enum framing_kind kind, uint32_t *seed)
{
	static const unsigned widths[] = { 1, 2, 4, 8 };
	struct framing framing = framing_of(kind);

	if (kind == FRAMING_LENGTH || kind == FRAMING_JSON) {
		framing.bytes = widths[chance(seed) % 4];
		framing.big = chance(seed) % 2;
		framing.is_signed = framing.bytes > 1 && chance(seed) % 2;
		framing.counts_header = kind == FRAMING_LENGTH && chance(seed) % 2;
	}
	if (kind == FRAMING_FIXED)
		framing.size = 1 + chance(seed) % 300;
	if (kind == FRAMING_HTTP_CHUNKED)
		framing.size = 1 + chance(seed) % 40;
	if (kind == FRAMING_LENGTH_TEXT)
		framing.ready = false;
	if (kind == FRAMING_DELIMITER) {
		framing.escape = '\\';
		framing.delimiter_length = 1 + chance(seed) % 4;
		for (unsigned i = 0; i < framing.delimiter_length; i++)
			framing.delimiter[i] = (uint8_t)("\r\naa"[chance(seed) % 4]);
	}
	return framing;
}

struct sent {
	char bytes[240];
	size_t length;
};

static void check_list(enum framing_kind kind, uint32_t seed)
{
	struct framing framing = any_framing(kind, &seed);
	struct framing_decoder *decoder = malloc(sizeof(*decoder));
	size_t count = 1 + chance(&seed) % 8, ends[8];
	struct buffer stream = { 0 };
	struct found found = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct sent sent;

		sent.length = chance(&seed) % sizeof(sent.bytes);
		if (framing.kind == FRAMING_FIXED && sent.length > framing.size)
			sent.length = framing.size;
		if (framing.counts_header && sent.length > 240 - framing.bytes)
			sent.length = 240 - framing.bytes;
		for (size_t k = 0; k < sent.length; k++)
			sent.bytes[k] = "\r\na\\0"[chance(&seed) % 5];
		put(&stream, &framing, sent.bytes, sent.length);
		ends[i] = stream.length;
	}
	framing_decoder_begin(decoder, &framing, 1000);
	for (size_t at = 0; at < stream.length;) {
		size_t part = 1 + chance(&seed) % (chance(&seed) % 3 ? 7 : 400);

		if (part > stream.length - at)
			part = stream.length - at;
		framing_decode(decoder, (const uint8_t *)stream.bytes + at, part, keep, &found);
		at += part;
	}
	framing_decode_end(decoder, keep, &found);
	assert_int_equal(found.count, count);
	for (size_t i = 0; i < count; i++) {
		const struct framing_message *message = &found.list[i];

		if (message->finding)
			fail_msg("%s, seed %u: %s", framing_kind_names[kind], seed, found.finding);
		assert_int_equal(message->from, 1000 + (i ? ends[i - 1] : 0));
		assert_int_equal(message->to, 1000 + ends[i]);
		assert_true(message->from <= message->body_from);
		assert_true(message->body_from <= message->body_to);
		assert_true(message->body_to <= message->to);
	}
	free(decoder);
	buffer_finish(&stream);
}

static void any_list_cut_anywhere_comes_back_whole(void **state)
{
	(void)state;
	for (int kind = FRAMING_FIXED; kind < FRAMING_KIND_COUNT; kind++) {
		for (uint32_t seed = 0; seed < 500; seed++)
			check_list((enum framing_kind)kind, seed * 7919 + 1);
	}
}

/* A reader that asks for what the decoder wants never has bytes of two messages in a binary
 * framing. */
static void a_loop_of_reads_asks_for_no_more_than_the_message_has(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_LENGTH);
	struct framing_decoder *decoder = malloc(sizeof(*decoder));
	struct buffer stream = { 0 };
	struct found found = { 0 };

	put(&stream, &framing, "0123456789", 10);
	put(&stream, &framing, "", 0);
	put(&stream, &framing, "abc", 3);
	framing_decoder_begin(decoder, &framing, 0);
	static const size_t wanted[] = { 4, 8, 2, 4, 4, 3 };
	size_t at = 0;
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(framing_wants(decoder, 8), wanted[i]);
		framing_decode(decoder, (const uint8_t *)stream.bytes + at, wanted[i], keep,
		               &found);
		at += wanted[i];
	}
	assert_int_equal(at, stream.length);
	assert_int_equal(found.count, 3);
	free(decoder);
	buffer_finish(&stream);
}

static void a_large_body_streams_through_a_decoder_that_stays_small(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_JSON);
	size_t length = 64u << 20;
	char *body = calloc(1, length);
	struct buffer stream = { 0 };
	struct found found;

	put(&stream, &framing, body, length);
	found = decode(&framing, stream.bytes, stream.length, 65536, true);
	assert_int_equal(found.count, 1);
	assert_null(found.list[0].finding);
	assert_int_equal(found.list[0].body_to - found.list[0].body_from, length);
	assert_true(sizeof(struct framing_decoder) < 8192);
	free(body);
	buffer_finish(&stream);
}

/* ---- pieces ---- */

static void a_header_is_packed_as_struct_does(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_LENGTH);
	struct framing_pieces pieces;
	struct err err = { 0 };

	assert_int_equal(framing_encode(&framing, (const uint8_t *)"abc", 3, 3893, &pieces, &err),
	                 0);
	assert_int_equal(pieces.count, 2);
	assert_memory_equal(pieces.list[0].bytes, "\x35\x0f\0\0", 4);
	assert_int_equal(pieces.list[1].part, FRAMING_BODY);
	framing_pieces_finish(&pieces);
	framing.big = true;
	framing.bytes = 2;
	assert_int_equal(framing_encode(&framing, NULL, 0, 3893, &pieces, &err), 0);
	assert_memory_equal(pieces.list[0].bytes, "\x0f\x35", 2);
	framing_pieces_finish(&pieces);
}

static void the_framing_says_how_many_writes_it_makes(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_JSON);
	struct framing_pieces pieces;
	struct err err = { 0 };

	assert_int_equal(framing_encode(&framing, (const uint8_t *)"abc", 3, 3, &pieces, &err), 0);
	assert_int_equal(framing_write_count(&framing, &pieces), 3);
	framing.writes = FRAMING_WRITEV;
	assert_int_equal(framing_write_count(&framing, &pieces), 1);
	framing.writes = FRAMING_JOINED;
	assert_int_equal(framing_write_count(&framing, &pieces), 1);
	framing_pieces_finish(&pieces);
}

static void a_length_out_of_range_is_an_error_that_names_the_range(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_LENGTH);
	struct err err = { 0 };

	assert_int_equal(framing_fits(&framing, 1111111111111, &err), -1);
	assert_string_equal(err.text,
	                    "a length of 1111111111111 is out of range: a signed header of 4 bytes "
	                    "holds -2147483648..2147483647; take more `bytes`, or send less");
	assert_int_equal(framing_fits(&framing, 2147483647, &err), 0);
	framing.counts_header = true;
	assert_int_equal(framing_fits(&framing, 2147483644, &err), -1);
	framing = framing_of(FRAMING_DNS);
	assert_int_equal(framing_fits(&framing, 65535, &err), 0);
	assert_int_equal(framing_fits(&framing, 65536, &err), -1);
	assert_non_null(strstr(err.text, "0..65535"));
	framing = framing_of(FRAMING_FIXED);
	assert_int_equal(framing_fits(&framing, 1025, &err), -1);
	assert_non_null(strstr(err.text, "0..1024"));
	framing = framing_of(FRAMING_LENGTH);
	framing.bytes = 8;
	assert_int_equal(framing_fits(&framing, UINT64_MAX, &err), -1);
	framing.is_signed = false;
	assert_int_equal(framing_fits(&framing, UINT64_MAX, &err), 0);
}

static void an_md5_is_that_of_rfc_1321(void **state)
{
	(void)state;
	static const struct {
		const char *text, *digest;
	} known[] = {
		{ "", "d41d8cd98f00b204e9800998ecf8427e" },
		{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
		{ "1234567890123456789012345678901234567890123456789012345678901234567890123456789"
		  "0",
		  "57edf4a22be3c955ac49da2e2107b67a" },
	};

	for (size_t i = 0; i < 3; i++) {
		struct md5 md5;
		uint8_t digest[MD5_BYTES];
		char text[MD5_TEXT];

		md5_begin(&md5);
		md5_add(&md5, (const uint8_t *)known[i].text, strlen(known[i].text));
		md5_end(&md5, digest);
		assert_string_equal(md5_text(text, digest), known[i].digest);
	}
}

/* ---- mistakes ---- */

static void without_a_framing_each_read_is_taken_for_a_message(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_NONE);
	struct found found = decode(&framing, "abcdefghij", 10, 4, true);

	assert_int_equal(found.count, 3);
	assert_int_equal(found.list[2].from, 8);
	assert_int_equal(found.list[2].to, 10);
}

static void one_recv_for_a_header_reads_a_length_from_two_bytes(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_LENGTH);
	struct framing_decoder *decoder = malloc(sizeof(*decoder));
	struct found found = { 0 };

	framing.reader = FRAMING_ONE_RECV;
	framing_decoder_begin(decoder, &framing, 0);
	framing_decode(decoder, (const uint8_t *)"\x05\0", 2, keep, &found);
	assert_int_equal(framing_wants(decoder, 100), 5);
	framing_decode(decoder, (const uint8_t *)"\0\0hel", 5, keep, &found);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.list[0].body_from, 2);
	assert_int_equal(found.list[0].to, 7);
	free(decoder);
}

static void adding_up_all_that_is_there_ends_the_loop_early(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_LENGTH);
	char body[3000] = { 0 };
	struct buffer stream = { 0 };
	struct found found;

	framing.reader = FRAMING_COUNTED;
	put(&stream, &framing, body, 3000);
	/* 4, 1024, then 1024 + 2048 ≥ 3000 */
	struct framing_decoder *decoder = malloc(sizeof(*decoder));
	framing_decoder_begin(decoder, &framing, 0);
	memset(&found, 0, sizeof(found));
	for (size_t at = 0; !found.count;) {
		size_t wants = (size_t)framing_wants(decoder, 1024);

		framing_decode(decoder, (const uint8_t *)stream.bytes + at, wants, keep, &found);
		at += wants;
	}
	assert_int_equal(found.list[0].body_to - found.list[0].body_from, 2048);
	free(decoder);
	buffer_finish(&stream);
}

static void a_length_in_digits_waits_for_the_ready(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_LENGTH_TEXT);
	struct framing_decoder *decoder = malloc(sizeof(*decoder));
	struct found found = { 0 };

	framing_decoder_begin(decoder, &framing, 0);
	framing_decode(decoder, (const uint8_t *)"10", 2, keep, &found);
	assert_true(framing_owes_ready(decoder));
	assert_false(framing_owes_ready(decoder));
	framing_decode(decoder, (const uint8_t *)"0123456789", 10, keep, &found);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.list[0].body_from, 2);
	free(decoder);
}

/* ---- findings ---- */

struct nonsense {
	enum framing_kind kind;
	const char *bytes;
	size_t length;
	const char *finding;
	uint64_t wrong_at;
};

#define BYTES(text) (text), sizeof(text) - 1

static void nonsense_is_a_finding_with_its_offset(void **state)
{
	(void)state;
	static const struct nonsense list[] = {
		{ FRAMING_LENGTH, BYTES("\1\0\0\0xroot"),
		  "the header says 1953460082 B, more than 64 MiB", 5 },
		{ FRAMING_LENGTH, BYTES("\xfe\xff\xff\xff"), "the header says -2 B", 0 },
		{ FRAMING_LENGTH, BYTES("\5\0\0\0abc"),
		  "the stream ends after 3 B of a body of 5 B", 7 },
		{ FRAMING_LENGTH, BYTES("\5\0"), "the stream ends after 2 B of a header", 2 },
		{ FRAMING_VARINT, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		  "a varint goes on for more than 64 bits", 9 },
		{ FRAMING_DELIMITER, BYTES("abc"), "the stream ends after 3 B without a delimiter",
		  3 },
		{ FRAMING_LENGTH_TEXT, BYTES("38x"), "a length in digits has the byte 0x78", 2 },
		{ FRAMING_LENGTH_TEXT, BYTES("99999999999999999999999"),
		  "a length in digits goes on beyond 64 bits", 0 },
		{ FRAMING_JSON, BYTES("\0\0\1\0"),
		  "the length says 65536 B of JSON, which is more than 4096", 0 },
		{ FRAMING_JSON, BYTES("\7\0\0\0{\"a\" 1}"),
		  "the JSON header has no key where one must be", 9 },
		{ FRAMING_JSON, BYTES("\2\0\0\0{}"), "the JSON header has no key where one must be",
		  5 },
		{ FRAMING_JSON, BYTES("\7\0\0\0{\"a\":1}"), "the JSON header says no size", 10 },
		{ FRAMING_HTTP_LENGTH, BYTES("GET / HTTP/1.1\r\n\r\n"),
		  "the header has neither Content-Length nor chunks: nothing says where the body "
		  "ends",
		  0 },
		{ FRAMING_HTTP_LENGTH, BYTES("A\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
		  "Content-Length says 2 B, and said 1 B before", 22 },
		{ FRAMING_HTTP_LENGTH, BYTES("A\r\nContent-Length: -1\r\n\r\n"),
		  "Content-Length says no number of bytes", 3 },
		{ FRAMING_HTTP_CHUNKED, BYTES("A\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
		  "a chunk does not begin with its size", 33 },
		{ FRAMING_HTTP_CHUNKED, BYTES("A\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"),
		  "a chunk goes on behind the size that it says", 37 },
		{ FRAMING_TLS, BYTES("GET /"), "no TLS record has the type 71", 0 },
		{ FRAMING_TLS, BYTES("\x16\3\1\xff\xff"),
		  "a TLS record of 65535 B: the most is 18432", 3 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct framing framing = framing_of(list[i].kind);
		size_t step = list[i].kind == FRAMING_LENGTH_TEXT ? list[i].length : 1;
		struct found found = decode(&framing, list[i].bytes, list[i].length, step, true);

		assert_true(found.count >= 1);
		assert_non_null(found.list[found.count - 1].finding);
		assert_string_equal(found.finding, list[i].finding);
		assert_int_equal(found.list[found.count - 1].wrong_at, list[i].wrong_at);
	}
}

static void a_header_that_never_ends_is_found_before_it_fills_memory(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_HTTP_LENGTH);
	size_t length = 100000;
	char *bytes = malloc(length);
	struct found found;

	memset(bytes, 'x', length);
	found = decode(&framing, bytes, length, 1000, true);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.finding, "a header has not ended after 65536 B");
	framing = framing_of(FRAMING_DELIMITER);
	framing.limit = 5000;
	found = decode(&framing, bytes, length, 1000, true);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.finding, "no delimiter comes within 5000 B");
	free(bytes);
}

static void a_body_that_differs_from_its_md5_is_found(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_JSON);
	struct buffer stream = { 0 };
	struct found found;

	put(&stream, &framing, "0123456789", 10);
	put(&stream, &framing, "0123456789", 10);
	stream.bytes[stream.length / 2 - 1] ^= 1;
	found = decode(&framing, stream.bytes, stream.length, 3, true);
	assert_int_equal(found.count, 2);
	assert_non_null(found.list[0].finding);
	assert_memory_equal(found.finding, "the md5 of the body is ", 23);
	/* The messages behind it are where they were: only the bytes differ. */
	assert_null(found.list[1].finding);
	buffer_finish(&stream);
}

static void lines_of_other_ends_and_extensions_are_http_too(void **state)
{
	(void)state;
	struct framing framing = framing_of(FRAMING_HTTP_CHUNKED);
	struct found found =
		decode_text(&framing,
	                    "POST / HTTP/1.1\ntransfer-encoding: chunked\n\nA;x=y\r\n0123456789\r\n"
	                    "0\r\nTrailer: 1\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n");

	assert_int_equal(found.count, 2);
	assert_null(found.list[0].finding);
	assert_null(found.list[1].finding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_list_cut_anywhere_comes_back_whole),
		cmocka_unit_test(a_loop_of_reads_asks_for_no_more_than_the_message_has),
		cmocka_unit_test(a_large_body_streams_through_a_decoder_that_stays_small),
		cmocka_unit_test(a_header_is_packed_as_struct_does),
		cmocka_unit_test(the_framing_says_how_many_writes_it_makes),
		cmocka_unit_test(a_length_out_of_range_is_an_error_that_names_the_range),
		cmocka_unit_test(an_md5_is_that_of_rfc_1321),
		cmocka_unit_test(without_a_framing_each_read_is_taken_for_a_message),
		cmocka_unit_test(one_recv_for_a_header_reads_a_length_from_two_bytes),
		cmocka_unit_test(adding_up_all_that_is_there_ends_the_loop_early),
		cmocka_unit_test(a_length_in_digits_waits_for_the_ready),
		cmocka_unit_test(nonsense_is_a_finding_with_its_offset),
		cmocka_unit_test(a_header_that_never_ends_is_found_before_it_fills_memory),
		cmocka_unit_test(a_body_that_differs_from_its_md5_is_found),
		cmocka_unit_test(lines_of_other_ends_and_extensions_are_http_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

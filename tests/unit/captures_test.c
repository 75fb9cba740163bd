/* Files of others: every form in which packets come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/mem.h"
#include "capture/pcapng.h"
#include "capture/unpack.h"
#include "capture_fixture.h"

#define T0 INT64_C(1700000000123456789)

static const struct capture_tcp ten = { .sequence = 1,
	                                .length = 10,
	                                .flags = PACKET_ACK | PACKET_PSH };

static void a_pcap(struct capture_file *file, uint16_t link_type)
{
	capture_begin(file, link_type);
	capture_add(file, T0, &ten);
	capture_add(file, T0 + 5000,
	            &(struct capture_tcp){
			    .back = true, .acknowledgement = 11, .flags = PACKET_ACK });
}

static void assert_ten(const struct opened *opened)
{
	assert_true(opened->trace.foreign);
	assert_null(opened->trace.about.scenario);
	assert_int_equal(opened->trace.call_count, 0);
	assert_int_equal(opened->trace.packet_count, 2);
	assert_int_equal(opened->ledger.flow_count, 1);
	assert_int_equal(opened->flow->a.port, 45000);
	assert_int_equal(opened->flow->directions[0].bytes, 10);
	assert_int_equal(opened->flow->directions[0].ack_count, 1);
	assert_true(opened->ledger.accounted);
}

static void pcap_opens_in_both_byte_orders_and_resolutions(void **state)
{
	(void)state;
	for (int turn = 0; turn < 4; turn++) {
		struct capture_file file = { .swapped = turn & 1, .nano = turn & 2 };
		struct opened opened;

		a_pcap(&file, LINK_ETHERNET);
		capture_open(&opened, file.bytes.bytes, file.bytes.length);
		assert_ten(&opened);
		assert_null(opened.trace.warning);
		assert_int_equal(opened.trace.packets[0].time_ns, turn & 2 ? T0 : T0 - T0 % 1000);
		assert_int_equal(trace_frame(&opened.trace, 1), 2);
		assert_string_equal(opened.trace.form, "pcap");
		capture_close(&opened);
		buffer_finish(&file.bytes);
	}
}

static void a_pcap_cut_anywhere_opens_up_to_its_last_whole_packet(void **state)
{
	struct capture_file file = { 0 };

	(void)state;
	a_pcap(&file, LINK_ETHERNET);
	for (size_t cut = 24; cut <= file.bytes.length; cut++) {
		struct opened opened;

		capture_open(&opened, file.bytes.bytes, cut);
		assert_true(opened.trace.cut_at <= cut);
		assert_int_equal(opened.trace.warning != NULL, opened.trace.cut_at < cut);
		assert_int_equal(opened.trace.packet_count,
		                 cut == file.bytes.length ? 2 : cut >= 24 + 16 + 64);
		capture_close(&opened);
	}
	buffer_finish(&file.bytes);
}

static void a_packet_that_claims_more_than_the_file_ends_it(void **state)
{
	static const uint8_t lengths[][4] = { { 0xff, 0xff, 0xff, 0xff },
		                              { 0xff, 0xff, 0xff, 0x7f },
		                              { 0, 0, 0, 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct capture_file file = { 0 };
		struct opened opened;

		a_pcap(&file, LINK_ETHERNET);
		memcpy(file.bytes.bytes + 24 + 16 + 64 + 8, lengths[i], 4);
		capture_open(&opened, file.bytes.bytes, file.bytes.length);
		assert_int_equal(opened.trace.packet_count, 1);
		assert_non_null(strstr(opened.trace.warning, "whole only up to byte 104"));
		capture_close(&opened);
		buffer_finish(&file.bytes);
	}
}

static void every_link_type_leads_to_ip(void **state)
{
	static const uint16_t types[] = { LINK_NULL, LINK_ETHERNET, LINK_RAW_BSD, LINK_RAW_OPENBSD,
		                          LINK_RAW,  LINK_LOOP,     LINK_SLL,     LINK_SLL2 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(types) / sizeof(*types); i++) {
		struct capture_file file = { 0 };
		struct capture_tcp tcp = ten;
		struct opened opened;

		tcp.ipv6 = i & 1;
		capture_begin(&file, types[i / 2]);
		capture_add(&file, T0, &tcp);
		capture_open(&opened, file.bytes.bytes, file.bytes.length);
		assert_int_equal(opened.ledger.flow_count, 1);
		assert_int_equal(opened.flow->a.family, tcp.ipv6 ? ADDRESS_IPV6 : ADDRESS_IPV4);
		assert_int_equal(opened.flow->directions[0].bytes, 10);
		assert_null(opened.trace.warning);
		capture_close(&opened);
		buffer_finish(&file.bytes);
	}
}

static void ip_alone_says_its_version(void **state)
{
	(void)state;
	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		struct capture_file file = { 0 };
		struct capture_tcp tcp = ten;
		struct opened opened;

		tcp.ipv6 = ipv6;
		capture_begin(&file, ipv6 ? LINK_IPV6 : LINK_IPV4);
		capture_add(&file, T0, &tcp);
		capture_open(&opened, file.bytes.bytes, file.bytes.length);
		assert_int_equal(opened.ledger.flow_count, 1);
		capture_close(&opened);
		buffer_finish(&file.bytes);
	}
}

static void null_is_read_in_the_other_byte_order_too(void **state)
{
	struct capture_file file = { 0 };
	struct buffer packet = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_NULL);
	buffer_add(&packet, "\0\0\0\x02", 4);
	capture_ip(&packet, &ten);
	capture_add_bytes(&file, T0, packet.bytes, (uint32_t)packet.length,
	                  (uint32_t)packet.length);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_int_equal(opened.ledger.flow_count, 1);
	capture_close(&opened);
	buffer_finish(&file.bytes);
	buffer_finish(&packet);
}

static void tags_are_stepped_over_behind_sll_too(void **state)
{
	static const char sll2[] =
		"\x88\xa8\0\0\0\0\0\3\0\1\4\6\0\0\0\0\0\0\0\0\0\7\x81\0\0\x8\x8\0";
	struct capture_file file = { 0 };
	struct buffer packet = { 0 };
	struct packet_view view;
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_SLL2);
	buffer_add(&packet, sll2, sizeof(sll2) - 1);
	capture_ip(&packet, &ten);
	capture_add_bytes(&file, T0, packet.bytes, (uint32_t)packet.length,
	                  (uint32_t)packet.length);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_int_equal(opened.ledger.flow_count, 1);
	trace_decode(&opened.trace, 0, &view);
	assert_int_equal(view.vlan, 7);
	assert_int_equal(view.link_interface, 3);
	assert_int_equal(view.link_direction, 2);
	capture_close(&opened);
	buffer_finish(&file.bytes);
	buffer_finish(&packet);
}

static void an_unknown_link_is_counted_and_named(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	a_pcap(&file, 127);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_int_equal(opened.ledger.flow_count, 0);
	assert_int_equal(opened.ledger.other_packets, 2);
	assert_int_equal(opened.ledger.unknown_links, 2);
	assert_string_equal(opened.trace.warning,
	                    "packets of link type 127 are counted, and not taken apart");
	capture_close(&opened);
	buffer_finish(&file.bytes);
}

static void a_time_beyond_all_times_is_the_last_of_them(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	a_pcap(&file, LINK_ETHERNET);
	memset(file.bytes.bytes + 24, 0xff, 8);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_int_equal(opened.trace.packets[1].time_ns, TRACE_TIME_MAX);
	capture_close(&opened);
	buffer_finish(&file.bytes);
}

/* ---- through libpcap ---- */

static void a_modified_pcap_opens_through_libpcap(void **state)
{
	/* Kuznetsov's variant: 8 more bytes a record (libpcap, sf-pcap.c). */
	struct capture_file file = { 0 };
	struct buffer packet = { 0 };
	uint32_t record[6] = { 1700000000, 5, 0, 0, 1, 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	memcpy(file.bytes.bytes, "\x34\xcd\xb2\xa1", 4);
	capture_link(&packet, LINK_ETHERNET, false);
	capture_ip(&packet, &ten);
	record[2] = record[3] = (uint32_t)packet.length;
	buffer_add(&file.bytes, record, sizeof(record));
	buffer_add(&file.bytes, packet.bytes, packet.length);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_string_equal(opened.trace.form, "pcap (modified)");
	assert_int_equal(opened.trace.packet_count, 1);
	assert_int_equal(opened.trace.packets[0].time_ns, INT64_C(1700000000000005000));
	assert_int_equal(opened.flow->directions[0].bytes, 10);
	capture_close(&opened);
	capture_open(&opened, file.bytes.bytes, file.bytes.length - 1);
	assert_int_equal(opened.trace.packet_count, 0);
	assert_non_null(opened.trace.warning);
	capture_close(&opened);
	buffer_finish(&file.bytes);
	buffer_finish(&packet);
}

/* ---- compressed ---- */

static struct buffer gzip(const struct buffer *in)
{
	struct buffer out = { 0 };
	z_stream stream = { 0 };
	uint8_t part[4096];

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (uint8_t *)in->bytes;
	stream.avail_in = (uInt)in->length;
	stream.next_out = part;
	stream.avail_out = sizeof(part);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	buffer_add(&out, part, sizeof(part) - stream.avail_out);
	deflateEnd(&stream);
	return out;
}

static struct buffer zstd(const struct buffer *in)
{
	struct buffer out = { 0 };
	char part[4096];
	size_t length = ZSTD_compress(part, sizeof(part), in->bytes, in->length, 3);

	assert_false(ZSTD_isError(length));
	buffer_add(&out, part, length);
	return out;
}

static void gzip_and_zstd_open_as_what_is_in_them(void **state)
{
	struct capture_file file = { 0 };

	(void)state;
	a_pcap(&file, LINK_ETHERNET);
	for (int turn = 0; turn < 2; turn++) {
		struct buffer packed = turn ? zstd(&file.bytes) : gzip(&file.bytes);
		struct opened opened;

		capture_open(&opened, packed.bytes, packed.length);
		assert_ten(&opened);
		assert_null(opened.trace.warning);
		capture_close(&opened);
		buffer_finish(&packed);
	}
	buffer_finish(&file.bytes);
}

static void members_follow_each_other(void **state)
{
	struct buffer one = { 0 }, two = { 0 };
	struct err err = { 0 };
	const char *problem;
	uint8_t *out;
	size_t size;

	(void)state;
	buffer_text(&one, "abc");
	buffer_text(&two, "def");
	for (int turn = 0; turn < 2; turn++) {
		struct buffer a = turn ? zstd(&one) : gzip(&one),
			      b = turn ? zstd(&two) : gzip(&two);

		if (turn)
			buffer_add(&a, "\x50\x2a\x4d\x18\2\0\0\0xx", 10); /* skippable */
		buffer_add(&a, b.bytes, b.length);
		assert_int_equal(unpack((uint8_t *)a.bytes, a.length, 100, "file", &out, &size,
		                        &problem, &err),
		                 0);
		assert_null(problem);
		assert_int_equal(size, 6);
		assert_memory_equal(out, "abcdef", 6);
		free(out);
		buffer_finish(&a);
		buffer_finish(&b);
	}
	buffer_finish(&one);
	buffer_finish(&two);
}

static void what_unpacks_to_more_than_it_may_is_refused(void **state)
{
	struct buffer zeros = { 0 };

	(void)state;
	buffer_fill(&zeros, 0, 100000);
	for (int turn = 0; turn < 2; turn++) {
		struct buffer packed = turn ? zstd(&zeros) : gzip(&zeros);
		struct err err = { 0 };
		const char *problem;
		uint8_t *out;
		size_t size;

		assert_int_equal(unpack((uint8_t *)packed.bytes, packed.length, 99999, "file", &out,
		                        &size, &problem, &err),
		                 -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.text, "more than 99999 bytes"));
		assert_int_equal(unpack((uint8_t *)packed.bytes, packed.length, 100000, "file",
		                        &out, &size, &problem, &err),
		                 0);
		free(out);
		buffer_finish(&packed);
	}
	buffer_finish(&zeros);
}

static void a_packed_file_that_is_cut_gives_what_was_whole(void **state)
{
	struct capture_file file = { 0 };

	(void)state;
	a_pcap(&file, LINK_ETHERNET);
	for (int turn = 0; turn < 2; turn++) {
		struct buffer packed = turn ? zstd(&file.bytes) : gzip(&file.bytes);

		for (size_t cut = 0; cut < packed.length; cut++) {
			struct trace trace;
			struct err err = { 0 };
			uint8_t *copy = mem_alloc(cut ? cut : 1, 1);

			memcpy(copy, packed.bytes, cut);
			if (trace_read(copy, cut, "file", &trace, &err) == 0) {
				assert_non_null(trace.warning);
				trace_close(&trace);
			} else {
				assert_int_equal(err.kind, ERR_INPUT);
			}
			free(copy);
		}
		buffer_finish(&packed);
	}
	buffer_finish(&file.bytes);
}

/* ---- pcapng ---- */

struct pcapng_file {
	struct buffer bytes;
	bool swapped;
};

static void put32(struct pcapng_file *file, uint32_t value)
{
	value = file->swapped ? __builtin_bswap32(value) : value;
	buffer_add(&file->bytes, &value, 4);
}

static void put16(struct pcapng_file *file, uint16_t value)
{
	value = file->swapped ? __builtin_bswap16(value) : value;
	buffer_add(&file->bytes, &value, 2);
}

static void section(struct pcapng_file *file)
{
	put32(file, 0x0a0d0d0a);
	put32(file, 28);
	put32(file, 0x1a2b3c4d);
	put16(file, 1);
	put16(file, 0);
	put32(file, UINT32_MAX);
	put32(file, UINT32_MAX);
	put32(file, 28);
}

/* resolution 0: none is said; seconds: if_tsoffset, of which the upper half is 0. */
static void interface(struct pcapng_file *file, uint16_t link_type, uint32_t snap,
                      uint8_t resolution, uint32_t seconds)
{
	uint32_t length = 20 + (resolution ? 8 : 0) + (seconds ? 12 : 0) + 4;

	put32(file, 1);
	put32(file, length);
	put16(file, link_type);
	put16(file, 0);
	put32(file, snap);
	if (resolution) {
		put16(file, 9);
		put16(file, 1);
		buffer_char(&file->bytes, (char)resolution);
		buffer_fill(&file->bytes, 0, 3);
	}
	if (seconds) {
		put16(file, 14);
		put16(file, 8);
		put32(file, file->swapped ? 0 : seconds);
		put32(file, file->swapped ? seconds : 0);
	}
	put32(file, 0);
	put32(file, length);
}

static struct buffer ethernet_packet(const struct capture_tcp *tcp)
{
	struct buffer packet = { 0 };

	capture_link(&packet, LINK_ETHERNET, tcp->ipv6);
	capture_ip(&packet, tcp);
	return packet;
}

static void packet_block(struct pcapng_file *file, uint32_t type, uint32_t id, uint64_t time,
                         const struct capture_tcp *tcp)
{
	struct buffer packet = ethernet_packet(tcp);
	uint32_t padded = (uint32_t)(packet.length + 3) / 4 * 4, fixed = type == 3 ? 4 : 20;

	put32(file, type);
	put32(file, padded + fixed + 12);
	if (type == 2) {
		put16(file, (uint16_t)id);
		put16(file, 7); /* drops */
	} else if (type == 6) {
		put32(file, id);
	}
	if (type != 3) {
		put32(file, (uint32_t)(time >> 32));
		put32(file, (uint32_t)time);
		put32(file, (uint32_t)packet.length);
	}
	put32(file, (uint32_t)packet.length);
	buffer_add(&file->bytes, packet.bytes, packet.length);
	buffer_fill(&file->bytes, 0, padded - packet.length);
	put32(file, padded + fixed + 12);
	buffer_finish(&packet);
}

static void other_block(struct pcapng_file *file, uint32_t type)
{
	put32(file, type);
	put32(file, 16);
	put32(file, 1);
	put32(file, 16);
}

static const struct capture_tcp ack = { .back = true, .acknowledgement = 11, .flags = PACKET_ACK };

static void sections_have_byte_orders_and_interfaces_of_their_own(void **state)
{
	struct pcapng_file file = { 0 };
	struct opened opened;

	(void)state;
	section(&file);
	interface(&file, LINK_SLL, 0, 0, 0); /* nothing is captured on it */
	interface(&file, LINK_ETHERNET, 0, 9, 0);
	packet_block(&file, 6, 1, T0, &ten);
	file.swapped = true;
	section(&file);
	interface(&file, LINK_ETHERNET, 0, 3, 1600000000);
	packet_block(&file, 6, 0, 100000000 * UINT64_C(1000) + 200, &ack);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_ten(&opened);
	assert_null(opened.trace.warning);
	assert_int_equal(opened.trace.interface_count, 3);
	assert_int_equal(opened.trace.packets[0].time_ns, T0);
	assert_int_equal(opened.trace.packets[1].time_ns, INT64_C(1700000000200000000));
	assert_int_equal(opened.trace.packets[1].interface, 2);
	capture_close(&opened);
	buffer_finish(&file.bytes);
}

static void old_and_simple_packets_are_packets(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct pcapng_file file = { .swapped = turn };
		struct opened opened;

		section(&file);
		interface(&file, LINK_ETHERNET, 0, 9, 0);
		packet_block(&file, 2, 0, (uint64_t)T0, &ten);
		packet_block(&file, 3, 0, 0, &ack);
		capture_open(&opened, file.bytes.bytes, file.bytes.length);
		assert_ten(&opened);
		assert_null(opened.trace.warning);
		/* A simple packet has no time: that of the one before. */
		assert_int_equal(opened.trace.packets[1].time_ns, T0);
		assert_int_equal(trace_frame(&opened.trace, 1), 2);
		capture_close(&opened);
		buffer_finish(&file.bytes);
	}
}

static void blocks_of_others_are_passed_over_quietly(void **state)
{
	static const uint32_t types[] = { 4, 7, 8, 9, 10, 0xbad, 0x40000bad, 0x101, 0x80000001 };
	struct pcapng_file file = { 0 };
	struct opened opened;

	(void)state;
	section(&file);
	interface(&file, LINK_ETHERNET, 0, 9, 0);
	packet_block(&file, 6, 0, (uint64_t)T0, &ten);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		other_block(&file, types[i]);
	packet_block(&file, 6, 0, (uint64_t)T0 + 1, &ack);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_ten(&opened);
	assert_null(opened.trace.warning);
	capture_close(&opened);
	buffer_finish(&file.bytes);
}

static void an_absurd_resolution_costs_only_its_own_packets(void **state)
{
	struct pcapng_file file = { 0 };
	struct opened opened;

	(void)state;
	section(&file);
	interface(&file, LINK_ETHERNET, 0, 0x7f, 0);
	interface(&file, LINK_ETHERNET, 0, 9, 0);
	packet_block(&file, 6, 0, 5, &ten);
	packet_block(&file, 6, 1, (uint64_t)T0, &ten);
	packet_block(&file, 6, 1, (uint64_t)T0, &ack);
	capture_open(&opened, file.bytes.bytes, file.bytes.length);
	assert_ten(&opened);
	assert_non_null(strstr(opened.trace.warning, "1 block"));
	capture_close(&opened);
	buffer_finish(&file.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_opens_in_both_byte_orders_and_resolutions),
		cmocka_unit_test(a_pcap_cut_anywhere_opens_up_to_its_last_whole_packet),
		cmocka_unit_test(a_packet_that_claims_more_than_the_file_ends_it),
		cmocka_unit_test(every_link_type_leads_to_ip),
		cmocka_unit_test(ip_alone_says_its_version),
		cmocka_unit_test(null_is_read_in_the_other_byte_order_too),
		cmocka_unit_test(tags_are_stepped_over_behind_sll_too),
		cmocka_unit_test(an_unknown_link_is_counted_and_named),
		cmocka_unit_test(a_time_beyond_all_times_is_the_last_of_them),
		cmocka_unit_test(a_modified_pcap_opens_through_libpcap),
		cmocka_unit_test(gzip_and_zstd_open_as_what_is_in_them),
		cmocka_unit_test(members_follow_each_other),
		cmocka_unit_test(what_unpacks_to_more_than_it_may_is_refused),
		cmocka_unit_test(a_packed_file_that_is_cut_gives_what_was_whole),
		cmocka_unit_test(sections_have_byte_orders_and_interfaces_of_their_own),
		cmocka_unit_test(old_and_simple_packets_are_packets),
		cmocka_unit_test(blocks_of_others_are_passed_over_quietly),
		cmocka_unit_test(an_absurd_resolution_costs_only_its_own_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "capture/packet.h"

/* A packet put together layer by layer. */
struct frame {
	uint8_t bytes[2048];
	uint32_t length;
};

static void add(struct frame *frame, const void *bytes, size_t length)
{
	memcpy(frame->bytes + frame->length, bytes, length);
	frame->length += (uint32_t)length;
}

static void add8(struct frame *frame, unsigned value)
{
	frame->bytes[frame->length++] = (uint8_t)value;
}

static void add16(struct frame *frame, unsigned value)
{
	add8(frame, value >> 8);
	add8(frame, value & 0xff);
}

static void add32(struct frame *frame, uint32_t value)
{
	add16(frame, value >> 16);
	add16(frame, value & 0xffff);
}

static void add_macs(struct frame *frame)
{
	*frame = (struct frame){ 0 };
	add(frame, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
}

/* total is the IPv4 header's total length, options included. */
static void add_ipv4(struct frame *frame, unsigned protocol, unsigned total, unsigned fragment,
                     const char *options, size_t option_length)
{
	add8(frame, (unsigned)(0x45 + option_length / 4));
	add8(frame, 0);
	add16(frame, total);
	add16(frame, 0x1234);
	add16(frame, fragment);
	add8(frame, 63);
	add8(frame, protocol);
	add16(frame, 0);
	add(frame, "\x0a\0\0\1\x0a\0\0\2", 8);
	add(frame, options, option_length);
}

static void add_ipv6(struct frame *frame, unsigned next, unsigned length)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	add32(frame, 0x60000000);
	add16(frame, length);
	add8(frame, next);
	add8(frame, 64);
	add(frame, loopback, 16);
	add(frame, loopback, 16);
}

static void add_tcp(struct frame *frame, const char *options, size_t option_length)
{
	add16(frame, 45000);
	add16(frame, 9000);
	add32(frame, 0xfffffff0);
	add32(frame, 77);
	add8(frame, (unsigned)((20 + option_length) / 4) << 4);
	add8(frame, PACKET_PSH | PACKET_ACK);
	add16(frame, 512);
	add16(frame, 0);
	add16(frame, 3);
	add(frame, options, option_length);
}

static void add_udp(struct frame *frame, unsigned length)
{
	add16(frame, 45000);
	add16(frame, 9000);
	add16(frame, length);
	add16(frame, 0);
}

/* Decodes a copy of exactly the captured bytes, so that a sanitizer sees any read behind them. */
static struct packet_view decode(const struct frame *frame, uint32_t captured)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	struct packet_view view;

	memcpy(copy, frame->bytes, captured);
	packet_decode(copy, captured, frame->length, &view);
	free(copy);
	return view;
}

static void a_tcp_segment_is_taken_apart(void **state)
{
	struct frame frame;
	char text[ADDRESS_TEXT];

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 45, 0x4000, "", 0);
	add_tcp(&frame, "", 0);
	add(&frame, "hello", 5);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_TCP);
	assert_string_equal(address_text(text, &view.source), "10.0.0.1:45000");
	assert_string_equal(address_text(text, &view.destination), "10.0.0.2:9000");
	assert_int_equal(view.ip_at, 14);
	assert_int_equal(view.transport_at, 34);
	assert_int_equal(view.payload_at, 54);
	assert_int_equal(view.payload_length, 5);
	assert_int_equal(view.payload_captured, 5);
	assert_int_equal(view.sequence, 0xfffffff0);
	assert_int_equal(view.acknowledgement, 77);
	assert_int_equal(view.flags, PACKET_PSH | PACKET_ACK);
	assert_int_equal(view.window, 512);
	assert_int_equal(view.urgent, 3);
	assert_int_equal(view.ttl, 63);
	assert_int_equal(view.ip_id, 0x1234);
	assert_int_equal(view.option_window_scale, -1);
	assert_int_equal(view.vlan, 0);
	assert_false(view.more_fragments);
}

static void ethernet_padding_is_no_payload(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 40, 0, "", 0);
	add_tcp(&frame, "", 0);
	add(&frame, "\0\0\0\0\0\0", 6);
	assert_int_equal(decode(&frame, frame.length).payload_length, 0);
}

static void vlan_tags_are_stepped_over_and_the_outermost_kept(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add32(&frame, 0x88a80000u | 0x2064); /* priority 1, VLAN 100 */
	add32(&frame, 0x81000000u | 7);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 17, 31, 0, "", 0);
	add_udp(&frame, 11);
	add(&frame, "abc", 3);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_UDP);
	assert_int_equal(view.vlan, 100);
	assert_int_equal(view.ip_at, 22);
	assert_int_equal(view.payload_length, 3);
	assert_int_equal(view.datagram_length, 3);

	add_macs(&frame);
	add32(&frame, 0x81000000u | 42);
	add16(&frame, 0x86dd);
	add_ipv6(&frame, 17, 8);
	add_udp(&frame, 8);
	view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_UDP);
	assert_int_equal(view.vlan, 42);
	assert_int_equal(view.payload_length, 0);
}

static void ipv4_options_are_stepped_over(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 17, 40 + 8 + 4, 0, "\x07\x13\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
	add_udp(&frame, 12);
	add(&frame, "abcd", 4);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_UDP);
	assert_int_equal(view.transport_at, 54);
	assert_int_equal(view.payload_length, 4);
}

static void a_first_fragment_has_ports_and_later_ones_data(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 17, 20 + 8 + 16, 0x2000, "", 0);
	add_udp(&frame, 8 + 40);
	add(&frame, "0123456789abcdef", 16);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_UDP);
	assert_true(view.more_fragments);
	assert_int_equal(view.payload_length, 16);
	assert_int_equal(view.datagram_length, 40);

	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 17, 20 + 24, 3, "", 0);
	add(&frame, "0123456789abcdef01234567", 24);
	view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_FRAGMENT);
	assert_false(view.more_fragments);
	assert_int_equal(view.fragment_at, 24);
	assert_int_equal(view.ip_protocol, 17);
	assert_int_equal(view.source.port, 0);
	assert_int_equal(view.payload_at, 34);
	assert_int_equal(view.payload_length, 24);
}

static void ipv6_extension_headers_are_stepped_over(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x86dd);
	add_ipv6(&frame, 0, 8 + 16 + 12 + 20 + 2);
	add(&frame, "\x3c\0\1\4\0\0\0\0", 8);                    /* hop by hop → destination */
	add(&frame, "\x33\1\1\x0c\0\0\0\0\0\0\0\0\0\0\0\0", 16); /* → authentication */
	add(&frame, "\6\1\0\0\0\0\0\1\0\0\0\1", 12);             /* (1 + 2) × 4 bytes → TCP */
	add_tcp(&frame, "", 0);
	add(&frame, "ab", 2);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_TCP);
	assert_int_equal(view.ip_version, 6);
	assert_int_equal(view.transport_at, 14 + 40 + 36);
	assert_int_equal(view.payload_length, 2);
	assert_int_equal(view.source.family, ADDRESS_IPV6);
}

static void ipv6_fragments_keep_their_identification(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x86dd);
	add_ipv6(&frame, 44, 8 + 8 + 8);
	add(&frame, "\x11\0\0\1\xde\xad\xbe\xef", 8);
	add_udp(&frame, 100);
	add(&frame, "01234567", 8);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_UDP);
	assert_true(view.more_fragments);
	assert_int_equal(view.ip_id, 0xdeadbeef);
	assert_int_equal(view.datagram_length, 92);

	add_macs(&frame);
	add16(&frame, 0x86dd);
	add_ipv6(&frame, 44, 8 + 4);
	add(&frame, "\x11\0\0\x10\xde\xad\xbe\xef", 8);
	add(&frame, "0123", 4);
	view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_FRAGMENT);
	assert_int_equal(view.fragment_at, 16);
	assert_int_equal(view.payload_length, 4);
}

static void tcp_options_are_read(void **state)
{
	static const char options[] =
		"\2\4\x05\xb4\1\3\3\7\4\2\1\1\x08\x0a\0\0\0\x09\0\0\0\x08\0\0";
	static const char sacks[] = "\1\1\5\x12\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4";
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 20 + 20 + 24, 0, "", 0);
	add_tcp(&frame, options, 24);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.option_mss, 1460);
	assert_int_equal(view.option_window_scale, 7);
	assert_true(view.option_sack_permitted);
	assert_true(view.option_timestamps);
	assert_int_equal(view.timestamp_value, 9);
	assert_int_equal(view.timestamp_echo, 8);

	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 20 + 20 + 20, 0, "", 0);
	add_tcp(&frame, sacks, 20);
	view = decode(&frame, frame.length);
	assert_int_equal(view.sack_count, 2);
	assert_int_equal(view.sack[1].from, 3);
	assert_int_equal(view.sack[1].to, 4);
}

static void broken_tcp_options_end_the_list(void **state)
{
	static const char zero[] = "\2\0\x05\xb4", beyond[] = "\1\1\x08\x0a";
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 44, 0, "", 0);
	add_tcp(&frame, zero, 4);
	assert_int_equal(decode(&frame, frame.length).option_mss, 0);
	memcpy(frame.bytes + 54, beyond, 4);
	assert_false(decode(&frame, frame.length).option_timestamps);
	assert_int_equal(decode(&frame, frame.length).protocol, PACKET_TCP);
}

static void a_length_of_zero_is_taken_from_the_packet(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 0, 0, "", 0);
	add_tcp(&frame, "", 0);
	add(&frame, "0123456789", 10);
	assert_int_equal(decode(&frame, frame.length).payload_length, 10);

	add_macs(&frame);
	add16(&frame, 0x86dd);
	add_ipv6(&frame, 17, 0);
	add_udp(&frame, 0);
	add(&frame, "0123456789", 10);
	assert_int_equal(decode(&frame, frame.length).payload_length, 10);
	assert_int_equal(decode(&frame, frame.length).datagram_length, 10);
}

static void a_snapped_packet_says_how_much_of_its_payload_is_there(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 40 + 1000, 0, "", 0);
	add_tcp(&frame, "", 0);
	frame.length += 1000;
	struct packet_view view = decode(&frame, 128);
	assert_int_equal(view.protocol, PACKET_TCP);
	assert_int_equal(view.payload_length, 1000);
	assert_int_equal(view.payload_captured, 128 - 54);
	view = decode(&frame, 54);
	assert_int_equal(view.payload_length, 1000);
	assert_int_equal(view.payload_captured, 0);
}

static void a_packet_cut_within_its_headers_is_other(void **state)
{
	static const char options[] = "\2\4\x05\xb4\1\3\3\7";
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add32(&frame, 0x81000000u | 42);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 20 + 28 + 4, 0, "\1\1\1\1", 4);
	add_tcp(&frame, options, 8);
	for (uint32_t captured = 0; captured < frame.length; captured++) {
		struct packet_view view = decode(&frame, captured);

		/* Ethernet 14, VLAN 4, IPv4 24, and the fixed 20 of TCP. */
		assert_int_equal(view.protocol, captured < 62 ? PACKET_OTHER : PACKET_TCP);
		assert_int_equal(view.ip_version, captured < 38 ? 0 : 4);
		assert_true(view.payload_captured <= view.payload_length);
	}
}

static void headers_that_contradict_the_packet_are_other(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 6, 39, 0, "", 0); /* no room for a TCP header */
	add_tcp(&frame, "", 0);
	assert_int_equal(decode(&frame, frame.length).protocol, PACKET_OTHER);
	frame.bytes[17] = 40;
	assert_int_equal(decode(&frame, frame.length).protocol, PACKET_TCP);
	frame.bytes[46] = 0x40; /* TCP header of 16 bytes */
	assert_int_equal(decode(&frame, frame.length).protocol, PACKET_OTHER);
	frame.bytes[46] = 0xf0; /* of 60 */
	assert_int_equal(decode(&frame, frame.length).protocol, PACKET_OTHER);
	frame.bytes[46] = 0x50;
	frame.bytes[14] = 0x44; /* IPv4 header of 16 */
	assert_int_equal(decode(&frame, frame.length).protocol, PACKET_OTHER);
	frame.bytes[14] = 0x55; /* version 5 */
	assert_int_equal(decode(&frame, frame.length).ip_version, 0);
}

static void what_is_not_tcp_or_udp_keeps_its_addresses(void **state)
{
	struct frame frame;

	(void)state;
	add_macs(&frame);
	add16(&frame, 0x0800);
	add_ipv4(&frame, 1, 28, 0, "", 0);
	add(&frame, "\3\3\0\0\0\0\0\0", 8);
	struct packet_view view = decode(&frame, frame.length);
	assert_int_equal(view.protocol, PACKET_OTHER);
	assert_int_equal(view.ip_protocol, 1);
	assert_int_equal(view.source.family, ADDRESS_IPV4);
	assert_int_equal(view.payload_length, 8);
	frame.bytes[12] = 0x08;
	frame.bytes[13] = 0x06; /* ARP */
	assert_int_equal(decode(&frame, frame.length).ip_version, 0);
}

/* The same but where the layers lie. */
static void assert_same_but_tagged(const struct packet_view *plain,
                                   const struct packet_view *tagged)
{
	assert_int_equal(tagged->protocol, plain->protocol);
	assert_memory_equal(&tagged->source, &plain->source, sizeof(plain->source));
	assert_memory_equal(&tagged->destination, &plain->destination, sizeof(plain->destination));
	assert_int_equal(tagged->ip_at, plain->ip_at ? plain->ip_at + 4 : 0);
	assert_int_equal(tagged->transport_at, plain->transport_at ? plain->transport_at + 4 : 0);
	assert_int_equal(tagged->payload_at, plain->payload_at ? plain->payload_at + 4 : 0);
	assert_int_equal(tagged->payload_length, plain->payload_length);
	assert_int_equal(tagged->payload_captured, plain->payload_captured);
	assert_int_equal(tagged->ip_version, plain->ip_version);
	assert_int_equal(tagged->ttl, plain->ttl);
	assert_int_equal(tagged->ip_protocol, plain->ip_protocol);
	assert_int_equal(tagged->more_fragments, plain->more_fragments);
	assert_int_equal(tagged->fragment_at, plain->fragment_at);
	assert_int_equal(tagged->ip_id, plain->ip_id);
	assert_int_equal(tagged->sequence, plain->sequence);
	assert_int_equal(tagged->acknowledgement, plain->acknowledgement);
	assert_int_equal(tagged->window, plain->window);
	assert_int_equal(tagged->flags, plain->flags);
	assert_int_equal(tagged->urgent, plain->urgent);
	assert_int_equal(tagged->option_mss, plain->option_mss);
	assert_int_equal(tagged->option_window_scale, plain->option_window_scale);
	assert_int_equal(tagged->option_sack_permitted, plain->option_sack_permitted);
	assert_int_equal(tagged->option_timestamps, plain->option_timestamps);
	assert_int_equal(tagged->timestamp_value, plain->timestamp_value);
	assert_int_equal(tagged->timestamp_echo, plain->timestamp_echo);
	assert_int_equal(tagged->sack_count, plain->sack_count);
	assert_int_equal(tagged->datagram_length, plain->datagram_length);
}

/* A VLAN tag keeps a packet off the short way that most are decoded on. One byte of the headers is
 * any, one more in every second; and the capture may have cut the packet. */
static void a_packet_is_decoded_the_same_behind_a_tag(void **state)
{
	static const char timestamps[] = "\1\1\10\12\0\0\1\0\0\0\2";
	unsigned random = 7;

	(void)state;
	for (unsigned round = 0; round < 40000; round++) {
		size_t options = round % 3 ? 12 : 0;
		struct frame frame, tagged;

		add_macs(&frame);
		add16(&frame, 0x0800);
		add_ipv4(&frame, 6, round % 5 ? 45 + (unsigned)options : 0, 0x4000, "", 0);
		add_tcp(&frame, timestamps, options);
		add(&frame, "hello!!!", 5 + round % 4);
		for (unsigned i = 0; i <= round % 2; i++) {
			random = random * 1103515245 + 12345;
			frame.bytes[14 + (random >> 8) % 52] = (uint8_t)(random >> 24);
		}
		add_macs(&tagged);
		add32(&tagged, 0x81000000);
		add(&tagged, frame.bytes + 12, frame.length - 12);
		random = random * 1103515245 + 12345;
		uint32_t cut = round % 4 ? 0 : (random >> 8) % (frame.length - 13);
		struct packet_view one = decode(&frame, frame.length - cut);
		struct packet_view other = decode(&tagged, tagged.length - cut);
		assert_same_but_tagged(&one, &other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tcp_segment_is_taken_apart),
		cmocka_unit_test(ethernet_padding_is_no_payload),
		cmocka_unit_test(vlan_tags_are_stepped_over_and_the_outermost_kept),
		cmocka_unit_test(ipv4_options_are_stepped_over),
		cmocka_unit_test(a_first_fragment_has_ports_and_later_ones_data),
		cmocka_unit_test(ipv6_extension_headers_are_stepped_over),
		cmocka_unit_test(ipv6_fragments_keep_their_identification),
		cmocka_unit_test(tcp_options_are_read),
		cmocka_unit_test(a_packet_is_decoded_the_same_behind_a_tag),
		cmocka_unit_test(broken_tcp_options_end_the_list),
		cmocka_unit_test(a_length_of_zero_is_taken_from_the_packet),
		cmocka_unit_test(a_snapped_packet_says_how_much_of_its_payload_is_there),
		cmocka_unit_test(a_packet_cut_within_its_headers_is_other),
		cmocka_unit_test(headers_that_contradict_the_packet_are_other),
		cmocka_unit_test(what_is_not_tcp_or_udp_keeps_its_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a scenario told the link to drop and never came, judged from events alone.
 */
#include "sim/undropped.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/packet.h"

static uint32_t up_drops[] = { 3, 7 }, down_drops[] = { 2 };

/* Ethernet, IPv4, UDP, ports 1 and 2, with two bytes of payload. */
static const uint8_t datagram[44] = {
	[12] = 8, [14] = 0x45, [17] = 30, [22] = 64, [23] = 17, [35] = 1, [37] = 2, [39] = 10
};

static const struct trace_interface taps[2] = { { .link_type = LINK_ETHERNET },
	                                        { .link_type = LINK_ETHERNET } };

static struct scenario drops(void)
{
	return (struct scenario){ .link = { .wire = true,
		                            .ways = { { .drop = up_drops, .drop_count = 2 },
		                                      { .drop = down_drops, .drop_count = 1 } } } };
}

static struct trace trace_of(struct link_event *events, size_t count)
{
	return (struct trace){ .about = { .wire = { .known = true } },
		               .interfaces = (struct trace_interface *)(uintptr_t)taps,
		               .interface_count = 2,
		               .events = events,
		               .event_count = count };
}

static void packets_that_were_dropped_are_no_remark(void **state)
{
	struct scenario scenario = drops();
	struct link_event events[] = { { .kind = LINK_LISTED, .data_number = 3 },
		                       { .kind = LINK_LISTED, .data_number = 7 },
		                       { .kind = LINK_LISTED, .down = true, .data_number = 2 } };
	struct trace trace = trace_of(events, 3);
	struct buffer out = { 0 };

	(void)state;
	undropped_describe(&out, &scenario, &trace);
	assert_int_equal(out.length, 0);
}

static void packets_that_never_came_are_named_with_how_many_did(void **state)
{
	struct scenario scenario = drops();
	struct link_event events[] = { { .kind = LINK_LISTED, .data_number = 3 },
		                       { .kind = LINK_DUPLICATED, .data_number = 7 },
		                       { .kind = LINK_LISTED, .data_number = 2 } };
	struct packet packets[] = {
		{ .captured = 44, .length = 44, .interface = 0, .direction = 2 },
		{ .captured = 44, .length = 44, .interface = 0, .direction = 2 },
		{ .captured = 42, .length = 42, .interface = 0, .direction = 1 },
		{ .captured = 44, .length = 44, .interface = 1, .direction = 1 },
	};
	struct trace trace = trace_of(events, 3);
	struct buffer out = { 0 };

	(void)state;
	trace.bytes = datagram;
	trace.size = sizeof(datagram);
	trace.packets = packets;
	trace.packet_count = 4;
	undropped_describe(&out, &scenario, &trace);
	assert_string_equal(
		out.bytes,
		"`drop` found no data packet 7 on the way from client to server: only 2 left there\n"
		"`drop` found no data packet 2 on the way from server to client: none left there\n");
	buffer_finish(&out);
}

static void a_number_of_both_directions_need_come_in_one_only(void **state)
{
	struct scenario scenario = drops();
	struct link_event events[] = { { .kind = LINK_LISTED, .data_number = 3 },
		                       { .kind = LINK_LISTED, .down = true, .data_number = 7 } };
	struct trace trace = trace_of(events, 2);
	struct buffer out = { 0 };

	(void)state;
	scenario.link.ways[1] = scenario.link.ways[0];
	undropped_describe(&out, &scenario, &trace);
	assert_int_equal(out.length, 0);
	trace.event_count = 1;
	undropped_describe(&out, &scenario, &trace);
	assert_non_null(strstr(out.bytes, "no data packet 7 on the way from client to server"));
	assert_non_null(strstr(out.bytes, "no data packet 7 on the way from server to client"));
	buffer_finish(&out);
}

static void a_trace_without_a_wire_is_not_judged(void **state)
{
	struct scenario scenario = drops();
	struct trace trace = trace_of(NULL, 0);
	struct buffer out = { 0 };

	(void)state;
	trace.about.wire.known = false;
	undropped_describe(&out, &scenario, &trace);
	assert_int_equal(out.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_that_were_dropped_are_no_remark),
		cmocka_unit_test(packets_that_never_came_are_named_with_how_many_did),
		cmocka_unit_test(a_number_of_both_directions_need_come_in_one_only),
		cmocka_unit_test(a_trace_without_a_wire_is_not_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

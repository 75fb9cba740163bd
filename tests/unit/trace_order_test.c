/* Packets that lie in the file in another order than that of time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/pcapng.h"
#include "trace_fixture.h"

#define MANY 2000

/* A packet whose bytes are its number among those of the file. */
static void add_packet(struct fixture *fixture, uint32_t number, int64_t time_ns)
{
	uint8_t bytes[64] = { 0 };

	memcpy(bytes, &number, sizeof(number));
	fixture_packet(fixture, 0, time_ns, bytes, sizeof(bytes), sizeof(bytes), 0);
}

static uint32_t number_of(const struct trace *trace, size_t index)
{
	uint32_t number;

	memcpy(&number, trace->bytes + trace->packets[index].at, sizeof(number));
	return number;
}

/* The frame of each packet of the file, by walking its blocks. */
static void list_frames(const struct trace *trace, uint32_t *frames)
{
	struct pcapng_reader reader = { .bytes = trace->bytes, .size = trace->size };
	struct pcapng_block block;
	uint32_t frame = 0, count = 0;

	while (pcapng_next(&reader, &block)) {
		frame += block.type == PCAPNG_PACKET || block.type == PCAPNG_JOURNAL;
		if (block.type == PCAPNG_PACKET)
			frames[count++] = frame;
	}
	assert_int_equal(count, MANY);
}

/* Packets are written at times that lie up to apart places from their own, every seventh with a
 * call behind it. */
static void check(uint32_t apart)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	uint32_t frames[MANY], random = 7;

	for (uint32_t i = 0; i < MANY; i++) {
		random = random * 1103515245 + 12345;
		add_packet(fixture, i, FIXTURE_T0 + (i + (random >> 8) % (apart + 1)) / 2 * 1000);
		if (i % 7 == 0)
			fixture_call(fixture, fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_SEND,
			                                         i * 1000, i * 1000 + 1));
	}
	const struct trace *trace = fixture_end(fixture);

	list_frames(trace, frames);
	assert_int_equal(trace->packet_count, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t frame = frames[number_of(trace, i)];

		assert_int_equal(trace_frame(trace, i), frame);
		assert_true(trace_is_frame(trace, i, frame));
		assert_false(trace_is_frame(trace, i, (int64_t)frame + 1));
		assert_false(trace_is_frame(trace, i, 0));
		if (i && trace->packets[i - 1].time_ns == trace->packets[i].time_ns)
			assert_true(number_of(trace, i - 1) < number_of(trace, i));
		else if (i)
			assert_true(trace->packets[i - 1].time_ns < trace->packets[i].time_ns);
	}
	assert_int_equal(trace_frame(trace, MANY), 0);
	assert_false(trace_is_frame(trace, UINT32_MAX, 1));
	fixture_destroy(fixture);
}

static void packets_in_order_are_numbered_by_what_lies_before_them(void **state)
{
	(void)state;
	check(0);
}

static void packets_a_few_places_apart_keep_their_numbers(void **state)
{
	(void)state;
	check(1);
	check(9);
}

static void packets_far_apart_keep_their_numbers(void **state)
{
	(void)state;
	check(4 * MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_in_order_are_numbered_by_what_lies_before_them),
		cmocka_unit_test(packets_a_few_places_apart_keep_their_numbers),
		cmocka_unit_test(packets_far_apart_keep_their_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A capture that grows in a pipe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "capture/spool.h"
#include "capture_fixture.h"

static void what_has_come_opens_up_to_its_last_whole_packet(void **state)
{
	struct capture_file file = { 0 };
	struct err err = { 0 };
	struct spool spool;
	size_t sent = 0, last = 0;
	struct trace early = { 0 };
	int ends[2];

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	for (uint32_t i = 0; i < 5; i++)
		capture_add(&file, 1000 * i,
		            &(struct capture_tcp){
				    .sequence = 1 + 10 * i, .length = 10, .flags = PACKET_ACK });
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(spool_begin(&spool, ends[0], &err), 0);
	assert_int_equal(spool_take(&spool, 1 << 20, &err), 0);
	assert_false(spool.ended);
	while (sent < file.bytes.length) {
		size_t part = file.bytes.length - sent < 50 ? file.bytes.length - sent : 50;
		struct trace trace;

		assert_int_equal(write(ends[1], file.bytes.bytes + sent, part), part);
		sent += part;
		assert_int_equal(spool_take(&spool, 1 << 20, &err), part);
		assert_int_equal(spool_open(&spool, "pipe", &trace, &err), 0);
		assert_int_equal(trace.packet_count, (sent - 24) / (16 + 64));
		assert_true(trace.packet_count >= last);
		last = trace.packet_count;
		if (!early.bytes && last)
			early = trace;
		else
			trace_close(&trace);
	}
	close(ends[1]);
	assert_int_equal(spool_take(&spool, 1 << 20, &err), 0);
	assert_true(spool.ended);
	assert_int_equal(last, 5);
	spool_finish(&spool);
	/* One that was opened earlier is as it was. */
	assert_int_equal(early.packet_count, 1);
	assert_int_equal(early.bytes[early.packets[0].at + 12], 8);
	trace_close(&early);
	close(ends[0]);
	buffer_finish(&file.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_come_opens_up_to_its_last_whole_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

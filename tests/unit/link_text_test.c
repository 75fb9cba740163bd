/*
 * How a link reads, and which of its keys is named where it cannot be had.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/link.h"
#include "sim/parse.h"

static struct scenario with_link(const char *link)
{
	char text[400];
	struct err err = { 0 };
	struct scenario scenario;

	snprintf(text, sizeof(text), "link: {%s}\nserver: {port: 1, script: []}\n", link);
	struct scenario_file *file =
		scenario_file_read(text, strlen(text), "x.yaml", NULL, 0, &err);

	if (!file)
		fail_msg("%s", err.text);
	assert_int_equal(scenario_file_resolve(file, 0, &scenario, &err), 0);
	scenario_file_destroy(file);
	return scenario;
}

static void links_read_as_a_person_would_say_them(void **state)
{
	static const struct {
		const char *link, *text;
	} rows[] = {
		{ "mtu: 1500, offload: off", "loopback, MTU 1500, offload off" },
		{ "type: wire", "wire" },
		{ "delay: 10ms", "wire, 10 ms each way" },
		{ "delay: 1.5ms, mtu: 9000", "wire, 1.5 ms each way, MTU 9000" },
		{ "delay: 10ms, mtu: 1500, rate: 10Mbit/s, queue: 20 packets, loss: 3%, drop: [7, "
		  "3], seed: 5, down: {delay: 30ms}",
		  "wire, 10 ms, MTU 1500, 10 Mbit/s, queue 20 packets, loss 3 %, drops data "
		  "packets 3 and 7, seed 5; back: 30 ms" },
		{ "up: {delay: 1s, jitter: 2us}",
		  "wire, 1 s, jitter 2 µs, seed 0; back: no delay, no jitter" },
		{ "drop: [1, 2, 3], down: {drop: []}",
		  "wire, drops data packets 1, 2 and 3; back: drops none by number" },
		{ "drop: [1, 2, 3, 4, 5, 6, 7, 8]",
		  "wire, drops data packets 1, 2, 3, 4, 5 and 3 more" },
		{ "rate: 500kbit/s, queue: 64 KiB, down: {rate: none}",
		  "wire, 500 kbit/s, queue 65536 B; back: any rate" },
		{ "duplicate: 0.5%, reorder: 1%, corrupt: 2%, seed: 7, up: {loss: 1%}",
		  "wire, loss 1 %, duplicate 0.5 %, reorder 1 %, corrupt 2 %, seed 7; back: no "
		  "loss" },
		{ "qdisc: tbf rate 10mbit burst 5kb latency 50ms, down: {qdisc: pfifo limit 20}",
		  "wire, the client sends through tbf 10 Mbit/s burst 5120 B limit 67620 B, the "
		  "server sends through pfifo limit 20" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scenario scenario = with_link(rows[i].link);
		struct buffer out = { 0 };

		link_describe(&scenario, &out);
		assert_string_equal(out.bytes, rows[i].text);
		buffer_finish(&out);
		scenario_finish(&scenario);
	}
}

static void the_key_that_needs_a_namespace_is_named(void **state)
{
	static const struct {
		const char *link, *key;
	} rows[] = {
		{ "type: wire", "link.type" },
		{ "type: loopback", NULL },
		{ "mtu: 1500", "link.mtu" },
		{ "mtu: 1500, loss: 1%", "link.loss" },
		{ "drop: 3", "link.drop" },
		{ "up: {rate: 1Mbit/s}", "link.up.rate" },
		{ "down: {delay: 1ms}", "link.down.delay" },
		{ "qdisc: pfifo", "link.qdisc" },
		{ "down: {qdisc: pfifo}", "link.down.qdisc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scenario scenario = with_link(rows[i].link);
		const char *key = link_needs_namespace(&scenario);

		if (rows[i].key)
			assert_string_equal(key, rows[i].key);
		else
			assert_null(key);
		scenario_finish(&scenario);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_read_as_a_person_would_say_them),
		cmocka_unit_test(the_key_that_needs_a_namespace_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sim/parse.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "sim/sockopt.h"

static struct scenario_file *open_file(const char *path)
{
	struct err err = { 0 };
	struct scenario_file *file = scenario_file_load(path, NULL, 0, &err);

	if (!file)
		fail_msg("%s", err.text);
	return file;
}

/* One variant of a text, which the caller finishes. */
static struct scenario resolve(const char *text, const char *variant)
{
	struct err err = { 0 };
	struct scenario scenario;
	struct scenario_file *file =
		scenario_file_read(text, strlen(text), "x.yaml", NULL, 0, &err);
	size_t index = 0;

	if (!file)
		fail_msg("%s", err.text);
	while (strcmp(scenario_file_variant(file, index), variant))
		assert_in_range(++index, 0, scenario_file_variant_count(file) - 1);
	assert_int_equal(scenario_file_resolve(file, index, &scenario, &err), 0);
	scenario_file_destroy(file);
	return scenario;
}

/* "socket* connect* send recv": the calls of a script, implied ones starred, loops in brackets. */
static void add_calls(char *out, size_t room, const struct step *script, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(out);
		const char *space = used && out[used - 1] != '[' ? " " : "";

		if (script[i].is_script) {
			snprintf(out + used, room - used, "%s[", space);
			add_calls(out, room, script[i].script, script[i].script_count);
			used = strlen(out);
			snprintf(out + used, room - used, "]");
			continue;
		}
		snprintf(out + used, room - used, "%s%s%s", space, call_name_text(script[i].call),
		         script[i].implied ? "*" : "");
	}
}

static void assert_calls(const struct scenario *scenario, const char *endpoint, const char *calls)
{
	const struct scenario_endpoint *found =
		&scenario->endpoints[scenario_endpoint(scenario, endpoint)];
	char actual[1000] = "";

	add_calls(actual, sizeof(actual), found->script, found->script_count);
	assert_string_equal(actual, calls);
}

static void every_scenario_loads_in_every_variant(void **state)
{
	static const char *const patterns[] = { SEAM_TESTS_DIR "/unit/scenarios/*.yaml",
		                                SEAM_SOURCE_DIR "/scenarios/*.yaml",
		                                SEAM_SOURCE_DIR "/scenarios/*/*.yaml" };
	size_t loaded = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		glob_t found = { 0 };

		if (glob(patterns[i], 0, NULL, &found) == 0) {
			for (size_t k = 0; k < found.gl_pathc; k++, loaded++)
				scenario_file_destroy(open_file(found.gl_pathv[k]));
			globfree(&found);
		}
	}
	assert_true(loaded >= 5);
}

static void a_file_knows_its_name_text_and_variants(void **state)
{
	struct scenario_file *file = open_file(SEAM_TESTS_DIR "/unit/scenarios/L11-hello-tcp.yaml");
	struct scenario scenario;
	struct err err = { 0 };
	size_t length;

	(void)state;
	assert_string_equal(scenario_file_title(file), "Hello over TCP");
	assert_non_null(strstr(scenario_file_about(file), "first FIN"));
	assert_memory_equal(scenario_file_text(file, &length), "title: Hello", 12);
	assert_true(length > 800);
	assert_int_equal(scenario_file_variant_count(file), 2);
	assert_string_equal(scenario_file_variant(file, 1), "client_closes");
	assert_int_equal(scenario_file_resolve(file, 1, &scenario, &err), 0);
	assert_string_equal(scenario.name, "L11-hello-tcp");
	assert_string_equal(scenario.variant, "client_closes");
	assert_int_equal(scenario.see_count, 2);
	assert_int_equal(scenario.transport, TRANSPORT_TCP);
	assert_int_equal(scenario.family, 4);
	assert_int_equal(scenario.link.mtu, 0);
	assert_int_equal(scenario.link.offload, -1);
	assert_int_equal(scenario.time_limit_ns, SCENARIO_TIME_LIMIT_NS);
	assert_int_equal(scenario.expectation_count, 7);
	assert_calls(&scenario, "server", "socket* bind* listen* accept* recv send recv close");
	assert_calls(&scenario, "client", "socket* connect* send recv close");
	assert_int_equal(scenario.endpoints[0].script[1].port, 8898);
	assert_int_equal(scenario.endpoints[0].script[2].backlog, 128);
	assert_int_equal(scenario.endpoints[0].script[6].until, UNTIL_EOF);
	assert_int_equal(scenario.endpoints[1].script[1].to, 0);
	scenario_finish(&scenario);
	scenario_file_destroy(file);
}

static void a_second_server_binds_for_itself(void **state)
{
	struct scenario_file *file =
		open_file(SEAM_TESTS_DIR "/unit/scenarios/L13-address-in-use.yaml");
	struct scenario scenario;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(scenario_file_resolve(file, 3, &scenario, &err), 0);
	assert_calls(&scenario, "again", "socket* wait bind listen");
	assert_false(scenario.endpoints[2].listens);
	assert_int_equal(scenario.endpoints[2].port, 8080);
	assert_true(scenario.endpoints[2].server_side);
	assert_int_equal(scenario.endpoints[2].script[1].wait_count, 2);
	assert_string_equal(scenario.endpoints[2].script[1].waits[1], "client");
	assert_int_equal(scenario.endpoints[0].setting_count, 1);
	assert_int_equal(scenario.endpoints[0].settings[0].option, sockopt_find("SO_REUSEADDR"));
	scenario_finish(&scenario);
	scenario_file_destroy(file);
}

static void a_chat_over_udp_connects_nobody(void **state)
{
	struct scenario_file *file = open_file(SEAM_TESTS_DIR "/unit/scenarios/L15-chat-udp.yaml");
	struct scenario scenario;
	const struct step *loop, *carol;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(scenario_file_resolve(file, 0, &scenario, &err), 0);
	assert_string_equal(scenario.variant, "");
	assert_calls(&scenario, "server", "socket* bind* [recvfrom sendto]");
	assert_calls(&scenario, "dave", "socket* note sendto recvfrom");
	loop = &scenario.endpoints[0].script[2];
	assert_int_equal(loop->times, 4);
	assert_int_equal(loop->script[1].to, SCENARIO_SENDER);
	carol = &scenario.endpoints[3].script[1];
	assert_int_equal(carol->to, 0);
	assert_int_equal(carol->at_ns, 20000000);
	assert_int_equal(carol->payloads[0].length, 1500);
	assert_memory_equal(carol->payloads[0].bytes + 1497, "你", 3);
	assert_int_equal(carol->every_ns, SCENARIO_NO_TIME);
	scenario_finish(&scenario);
	scenario_file_destroy(file);
}

#define BOTH(server, client)                                                                       \
	"server: {port: 9000, script: [" server "]}\nclient: {script: [" client "]}\n"

static void calls_before_the_first_that_is_named_are_implied(void **state)
{
	static const struct {
		const char *server, *client, *server_calls, *client_calls;
	} cases[] = {
		{ "recv: 9", "send: 9 B", "socket* bind* listen* accept* recv",
		  "socket* connect* send" },
		{ "accept", "connect", "socket* bind* listen* accept", "socket* connect" },
		{ "listen: 5, accept", "bind: 5000, connect: server", "socket* bind* listen accept",
		  "socket* bind connect" },
		{ "bind, listen, accept", "", "socket* bind listen accept", "socket* connect*" },
		{ "socket, bind: 9001, listen", "socket: udp, connect: server",
		  "socket bind listen", "socket connect" },
		{ "{times: 2, script: [accept, close]}", "{times: 2, script: [connect, close]}",
		  "socket* bind* listen* [accept close]", "socket* [connect close]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[500];
		struct scenario scenario;

		snprintf(text, sizeof(text), BOTH("%s", "%s"), cases[i].server, cases[i].client);
		scenario = resolve(text, "");
		assert_calls(&scenario, "server", cases[i].server_calls);
		assert_calls(&scenario, "client", cases[i].client_calls);
		scenario_finish(&scenario);
	}
}

static void a_datagram_client_connects_if_it_sends_or_receives_to_nobody_named(void **state)
{
	static const struct {
		const char *script, *calls;
	} cases[] = {
		{ "send: 9 B", "socket* connect* send" },
		{ "recv: 9", "socket* connect* recv" },
		{ "writev: [9 B]", "socket* connect* writev" },
		{ "sendmsg: 9 B", "socket* connect* sendmsg" },
		{ "{sendmsg: 9 B, to: server}", "socket* sendmsg" },
		{ "{sendto: 9 B, to: server}, recvfrom: 9", "socket* sendto recvfrom" },
		{ "connect: server, recvfrom: 9", "socket* connect recvfrom" },
		{ "{times: 2, script: [{note: x}, {recv: 9}]}", "socket* connect* [note recv]" },
		{ "bind: 5000, recvfrom: 9", "socket* bind recvfrom" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static const char *const transports[] = { "udp", "unix-dgram" };

		for (size_t k = 0; k < 2; k++) {
			char text[500];
			struct scenario scenario;

			snprintf(text, sizeof(text), "transport: %s\n" BOTH("send: 9 B", "%s"),
			         transports[k], cases[i].script);
			scenario = resolve(text, "");
			assert_calls(&scenario, "server", "socket* bind* send");
			assert_int_equal(scenario.endpoints[0].script[2].to, SCENARIO_SENDER);
			assert_calls(&scenario, "client", cases[i].calls);
			scenario_finish(&scenario);
		}
	}
}

static void steps_of_other_variants_imply_nothing(void **state)
{
	static const char text[] = BOTH(
		"{accept: , only: a}, recv: 9",
		"{connect: server, except: [a, b]}, send: 9 B") "variants: {a: {}, b: {}, c: {}}\n";
	struct scenario a = resolve(text, "a"), b = resolve(text, "b"), c = resolve(text, "c");

	(void)state;
	assert_calls(&a, "server", "socket* bind* listen* accept recv");
	assert_calls(&b, "server", "socket* bind* listen* accept* recv");
	assert_calls(&a, "client", "socket* connect* send");
	assert_calls(&c, "client", "socket* connect send");
	scenario_finish(&a);
	scenario_finish(&b);
	scenario_finish(&c);
}

static void a_client_connects_to_server_or_to_the_only_one_that_listens(void **state)
{
	struct scenario scenario = resolve("client: {script: []}\n"
	                                   "endpoints:\n"
	                                   "  first: {port: 1, script: []}\n"
	                                   "server: {port: 2, script: []}\n",
	                                   "");

	(void)state;
	assert_int_equal(scenario.endpoints[0].script[1].to, 2);
	scenario_finish(&scenario);
	scenario = resolve("client: {script: []}\n"
	                   "endpoints:\n"
	                   "  first: {port: 1, script: []}\n"
	                   "  other: {script: [socket: unix-dgram]}\n",
	                   "");
	assert_int_equal(scenario.endpoints[0].script[1].to, 1);
	assert_int_equal(scenario.endpoints[2].script[0].transport, TRANSPORT_UNIX_DGRAM);
	assert_true(scenario.endpoints[1].server_side);
	assert_false(scenario.endpoints[2].server_side);
	scenario_finish(&scenario);
}

static void every_call_keeps_what_it_is_told(void **state)
{
	struct scenario scenario = resolve(
		BOTH("{accept: , as: peer}, {recv: 1 KiB, until: 200, on: peer}, "
	             "{shutdown: write, on: peer}, {close: , on: peer}",
	             "{send: \"ab\", size: 5, flags: [MSG_MORE, MSG_DONTWAIT]}, "
	             "{send: {hex: \"0a Ff\"}, times: 3, every: 1.5ms, at: 0s}, "
	             "{writev: [\"HEAD\", 100 B]}, {sendmsg: [1 B, \"\"]}, sendfile: 1 MiB, "
	             "{poll: [POLLIN, POLLOUT], timeout: 10ms}, {poll: POLLIN}, sleep: 2us, "
	             "signal: go, {wait: [go, server]}, setsockopt: {TCP_CORK: on, SO_LINGER: off, "
	             "SO_RCVTIMEO: 1.5ms}, {connect: \"127.0.0.1:77\", fails: ECONNREFUSED, "
	             "note: nobody}, {send: 0 B, fails: EWOULDBLOCK}"),
		"");
	const struct step *server = scenario.endpoints[0].script + 3;
	const struct step *client = scenario.endpoints[1].script + 1;

	(void)state;
	assert_string_equal(server[0].as, "peer");
	assert_int_equal(server[1].size, 1024);
	assert_int_equal(server[1].until, UNTIL_BYTES);
	assert_int_equal(server[1].until_bytes, 200);
	assert_string_equal(server[1].on, "peer");
	assert_int_equal(server[2].how, SHUT_WR);
	assert_int_equal(client[0].payloads[0].length, 5);
	assert_memory_equal(client[0].payloads[0].bytes, "ababa", 5);
	assert_int_equal(client[0].flags, MSG_MORE | MSG_DONTWAIT);
	assert_memory_equal(client[1].payloads[0].bytes, "\x0a\xff", 2);
	assert_int_equal(client[1].times, 3);
	assert_int_equal(client[1].every_ns, 1500000);
	assert_int_equal(client[1].at_ns, 0);
	assert_int_equal(client[2].payload_count, 2);
	assert_int_equal(client[2].payloads[1].length, 100);
	assert_null(client[2].payloads[1].bytes);
	assert_non_null(client[3].payloads[1].bytes);
	assert_int_equal(client[3].payloads[1].length, 0);
	assert_int_equal(client[4].payloads[0].length, 1 << 20);
	assert_int_equal(client[5].duration_ns, 10000000);
	assert_int_equal(client[6].duration_ns, -1);
	assert_int_equal(client[7].duration_ns, 2000);
	assert_string_equal(client[8].signal, "go");
	assert_int_equal(client[9].wait_count, 2);
	assert_int_equal(client[10].setting_count, 3);
	assert_int_equal(client[10].settings[0].value, 1);
	assert_int_equal(client[10].settings[1].value, SOCKOPT_LINGER_OFF);
	assert_int_equal(client[10].settings[2].value, 1500);
	assert_int_equal(client[11].to, SCENARIO_NOBODY);
	assert_int_equal(client[11].address.port, 77);
	assert_int_equal(client[11].fails, 111);
	assert_string_equal(client[11].note, "nobody");
	assert_int_equal(client[12].fails, 11);
	assert_null(client[12].payloads[0].bytes);
	scenario_finish(&scenario);
}

static void a_variant_lays_paths_and_mappings_over(void **state)
{
	static const char text[] =
		"title: Base\n"
		"link: {mtu: 1500}\n"
		"server: {port: 9000, sockopt: {SO_RCVBUF: 4096}, script: [recv: 9]}\n"
		"client: {script: [send: 9 B]}\n"
		"expect: {client.segments: 1, errors: none}\n"
		"variants:\n"
		"  plain: {}\n"
		"  other:\n"
		"    server.sockopt.TCP_NODELAY: 1\n"
		"    server.sockopt: {SO_RCVBUF: 8192}\n"
		"    link.offload: 0\n"
		"    client.script: [send: 1 B, send: 2 B]\n"
		"    endpoints.third: {script: []}\n"
		"    sysctl.tcp_autocorking: 0\n"
		"    time_limit: 5s\n"
		"    expect: {client.segments: 2, client.writes: 2}\n"
		"  udp: {transport: udp, server.sockopt.TCP_NODELAY: 1, family: ipv6}\n";
	struct scenario plain = resolve(text, "plain"), other = resolve(text, "other");
	struct scenario udp = resolve(text, "udp");

	(void)state;
	assert_int_equal(plain.link.mtu, 1500);
	assert_int_equal(plain.link.offload, -1);
	assert_int_equal(plain.expectation_count, 2);
	assert_int_equal(other.link.mtu, 1500);
	assert_int_equal(other.link.offload, 0);
	assert_int_equal(other.endpoints[0].setting_count, 2);
	assert_int_equal(other.endpoints[0].settings[0].value, 8192);
	assert_int_equal(other.endpoints[1].script_count, 4);
	assert_int_equal(other.endpoint_count, 3);
	assert_int_equal(other.expectation_count, 3);
	assert_string_equal(other.sysctls[0].key, "tcp_autocorking");
	assert_int_equal(other.time_limit_ns, 5000000000ll);
	assert_null(other.not_applied);
	assert_int_equal(udp.family, 6);
	assert_int_equal(udp.endpoints[0].setting_count, 1);
	assert_string_equal(udp.not_applied, "server.TCP_NODELAY=1: no option of udp over ipv6\n");
	scenario_finish(&plain);
	scenario_finish(&other);
	scenario_finish(&udp);
}

static void set_is_laid_over_every_variant(void **state)
{
	static const char text[] =
		BOTH("recv: 9",
	             "send: 9 B") "variants: {a: {client.sockopt.TCP_NODELAY: 0}, b: {}}\n";
	static const char *const overrides[] = { "client.sockopt.TCP_NODELAY=1",
		                                 "client.script=[{send: \"hi\", times: 3}]",
		                                 "expect.client.segments=[2 B]", "time_limit=60s" };
	struct err err = { 0 };
	struct scenario_file *file =
		scenario_file_read(text, strlen(text), "x.yaml", overrides, 4, &err);

	(void)state;
	if (!file)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < 2; i++) {
		struct scenario scenario;

		assert_int_equal(scenario_file_resolve(file, i, &scenario, &err), 0);
		assert_int_equal(scenario.endpoints[1].settings[0].value, 1);
		assert_int_equal(scenario.endpoints[1].script[2].times, 3);
		assert_int_equal(scenario.endpoints[1].script[2].place.line, 0);
		assert_int_equal(scenario.expectation_count, 1);
		assert_int_equal(scenario.time_limit_ns, 60000000000ll);
		scenario_finish(&scenario);
	}
	scenario_file_destroy(file);
}

static void assert_in_schema(const char *schema, const char *name)
{
	char quoted[60];

	snprintf(quoted, sizeof(quoted), "\"%s\":", name);
	if (!strstr(schema, quoted))
		fail_msg("the schema for editors lacks %s", name);
}

static void the_schema_for_editors_knows_every_call_and_option(void **state)
{
	static char schema[100000];
	FILE *file = fopen(SEAM_SOURCE_DIR "/scenarios/scenario.schema.json", "r");

	(void)state;
	assert_non_null(file);
	assert_in_range(fread(schema, 1, sizeof(schema) - 1, file), 1000, sizeof(schema) - 2);
	fclose(file);
	for (size_t i = 0; i < sockopt_count; i++)
		assert_in_schema(schema, sockopt_table[i].name);
	for (unsigned i = 0; i < CALL_NAME_COUNT; i++)
		assert_in_schema(schema, call_name_text((enum call_name)i));
}

static void a_scenario_without_a_title_is_called_as_its_file(void **state)
{
	struct scenario scenario = resolve(BOTH("", ""), "");

	(void)state;
	assert_string_equal(scenario.title, "x");
	assert_null(scenario.about);
	assert_null(scenario.folder);
	scenario_finish(&scenario);
}

/* ---- wires ---- */

#define ENDS "server: {port: 1, script: []}\n"

static void a_wire_takes_all_of_its_keys(void **state)
{
	struct scenario scenario = resolve(
		"link: {mtu: 9000, delay: 10ms, jitter: 500us, rate: 1.5Mbit/s, queue: 20 packets,\n"
		"       loss: 3%, drop: [7, 3], duplicate: 0.5%, reorder: 100%, corrupt: 0%,\n"
		"       seed: 4611686018427387904}\n" ENDS,
		"");
	const struct scenario_link *link = &scenario.link;

	(void)state;
	assert_true(link->wire);
	assert_int_equal(link->mtu, 9000);
	assert_true(link->seed == 4611686018427387904);
	for (int i = 0; i < 2; i++) {
		const struct impairment *way = &link->ways[i];

		assert_int_equal(way->delay_ns, 10000000);
		assert_int_equal(way->jitter_ns, 500000);
		assert_int_equal(way->rate_bits, 1500000);
		assert_int_equal(way->queue_packets, 20);
		assert_int_equal(way->queue_bytes, 0);
		assert_float_equal(way->loss, 0.03, 1e-12);
		assert_float_equal(way->duplicate, 0.005, 1e-12);
		assert_float_equal(way->reorder, 1, 0);
		assert_float_equal(way->corrupt, 0, 0);
		assert_int_equal(way->drop_count, 2);
		assert_int_equal(way->drop[0], 3);
		assert_int_equal(way->drop[1], 7);
	}
	assert_ptr_not_equal(link->ways[0].drop, link->ways[1].drop);
	scenario_finish(&scenario);
}

static void a_direction_overrides_key_by_key(void **state)
{
	struct scenario scenario =
		resolve("link: {delay: 10ms, loss: 3%, drop: 5, rate: 1Mbit/s, queue: 30 KiB,\n"
	                "       up: {drop: []}, down: {delay: 30ms, loss: 0%, rate: none}}\n" ENDS,
	                "");
	const struct impairment *up = &scenario.link.ways[0], *down = &scenario.link.ways[1];

	(void)state;
	assert_int_equal(up->delay_ns, 10000000);
	assert_int_equal(down->delay_ns, 30000000);
	assert_float_equal(up->loss, 0.03, 1e-12);
	assert_float_equal(down->loss, 0, 0);
	assert_int_equal(up->drop_count, 0);
	assert_int_equal(down->drop_count, 1);
	assert_int_equal(up->rate_bits, 1000000);
	assert_int_equal(up->queue_bytes, 30720);
	assert_int_equal(down->rate_bits, 0);
	assert_int_equal(down->queue_bytes, 0);
	scenario_finish(&scenario);
}

static void any_key_of_a_wire_makes_a_wire(void **state)
{
	static const char *const links[] = { "delay: 1ms",      "jitter: 1ms", "rate: 1Mbit/s",
		                             "loss: 1%",        "drop: [3]",   "duplicate: 1%",
		                             "reorder: 1%",     "corrupt: 1%", "seed: 1",
		                             "qdisc: pfifo",    "type: wire",  "up: {delay: 1ms}",
		                             "down: {loss: 1%}" };
	struct scenario scenario;

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		char text[200];

		snprintf(text, sizeof(text), "link: {%s}\n" ENDS, links[i]);
		scenario = resolve(text, "");
		if (!scenario.link.wire)
			fail_msg("no wire: %s", links[i]);
		scenario_finish(&scenario);
	}
	scenario = resolve("link: {mtu: 1500}\n" ENDS, "");
	assert_false(scenario.link.wire);
	scenario_finish(&scenario);
}

static void variants_reach_into_a_wire(void **state)
{
	static const char text[] = "link: {mtu: 1500}\n" ENDS "variants:\n"
				   "  plain: {}\n"
				   "  drop: {link.drop: [3, 7]}\n"
				   "  up: {link.up.delay: 5ms, link.down: {loss: 2%}}\n"
				   "  qdisc: {link.down.qdisc: {kind: pfifo, limit: 9}}\n";
	struct scenario scenario = resolve(text, "plain");

	(void)state;
	assert_false(scenario.link.wire);
	scenario_finish(&scenario);
	scenario = resolve(text, "drop");
	assert_true(scenario.link.wire);
	assert_int_equal(scenario.link.mtu, 1500);
	assert_int_equal(scenario.link.ways[1].drop[1], 7);
	scenario_finish(&scenario);
	scenario = resolve(text, "up");
	assert_int_equal(scenario.link.ways[0].delay_ns, 5000000);
	assert_int_equal(scenario.link.ways[1].delay_ns, 0);
	assert_float_equal(scenario.link.ways[1].loss, 0.02, 1e-12);
	scenario_finish(&scenario);
	scenario = resolve(text, "qdisc");
	assert_int_equal(scenario.link.qdiscs[0].kind, QDISC_NONE);
	assert_int_equal(scenario.link.qdiscs[1].kind, QDISC_PFIFO);
	assert_int_equal(scenario.link.qdiscs[1].limit, 9);
	scenario_finish(&scenario);
}

static void a_qdisc_in_words_is_that_of_the_mapping(void **state)
{
	struct scenario words =
		resolve("link: {qdisc: \"tbf rate 10mbit burst 5kb latency 50ms\"}\n" ENDS, "");
	struct scenario map = resolve("link: {qdisc: {kind: tbf, rate: 10Mbit/s, burst: 5 KiB,\n"
	                              "               latency: 50ms}}\n" ENDS,
	                              "");
	const struct qdisc *qdisc = &words.link.qdiscs[0];

	(void)state;
	assert_int_equal(qdisc->kind, QDISC_TBF);
	assert_int_equal(qdisc->rate_bits, 10000000);
	assert_int_equal(qdisc->burst_bytes, 5120);
	assert_int_equal(qdisc->limit, 62500 + 5120); /* 50 ms at 1.25 MB/s, as tc counts it */
	assert_memory_equal(qdisc, &map.link.qdiscs[0], sizeof(*qdisc));
	assert_int_equal(words.link.qdiscs[1].kind, QDISC_NONE);
	scenario_finish(&words);
	scenario_finish(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scenario_loads_in_every_variant),
		cmocka_unit_test(a_file_knows_its_name_text_and_variants),
		cmocka_unit_test(a_second_server_binds_for_itself),
		cmocka_unit_test(a_chat_over_udp_connects_nobody),
		cmocka_unit_test(calls_before_the_first_that_is_named_are_implied),
		cmocka_unit_test(
			a_datagram_client_connects_if_it_sends_or_receives_to_nobody_named),
		cmocka_unit_test(steps_of_other_variants_imply_nothing),
		cmocka_unit_test(a_client_connects_to_server_or_to_the_only_one_that_listens),
		cmocka_unit_test(every_call_keeps_what_it_is_told),
		cmocka_unit_test(a_variant_lays_paths_and_mappings_over),
		cmocka_unit_test(set_is_laid_over_every_variant),
		cmocka_unit_test(the_schema_for_editors_knows_every_call_and_option),
		cmocka_unit_test(a_scenario_without_a_title_is_called_as_its_file),
		cmocka_unit_test(a_wire_takes_all_of_its_keys),
		cmocka_unit_test(a_direction_overrides_key_by_key),
		cmocka_unit_test(any_key_of_a_wire_makes_a_wire),
		cmocka_unit_test(variants_reach_into_a_wire),
		cmocka_unit_test(a_qdisc_in_words_is_that_of_the_mapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

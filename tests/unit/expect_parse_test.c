#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/expect_value.h"

static char client[] = "client", server[] = "server", again[] = "again";

static struct scenario_endpoint endpoints[] = {
	{ .name = client },
	{ .name = server, .server_side = true },
	{ .name = again },
};

static const struct scenario scenario = { .endpoints = endpoints, .endpoint_count = 3 };

static int parse(const char *yaml, struct expectation **list, size_t *count, struct err *err)
{
	struct node *node = node_parse(yaml, strlen(yaml), "f.yaml", err);
	int status;

	if (!node)
		return -1;
	status = expect_parse(node, &scenario, list, count, err);
	node_destroy(node);
	return status;
}

/* The only key of yaml is read as name and value say it again. */
static void reads_as(const char *yaml, const char *name, const char *value)
{
	struct expectation *list;
	size_t count;
	struct err err = { 0 };
	struct buffer text = { 0 };

	if (parse(yaml, &list, &count, &err))
		fail_msg("%s", err.text);
	assert_int_equal(count, 1);
	expect_name_text(&text, &list[0], &scenario);
	assert_string_equal(text.bytes, name);
	buffer_clear(&text);
	expect_value_text(&text, &list[0], &scenario);
	assert_string_equal(text.bytes, value);
	buffer_finish(&text);
	expect_destroy(list, count);
}

static void is_refused(const char *yaml, const char *message)
{
	struct expectation *list = NULL;
	size_t count = 7;
	struct err err = { 0 };

	assert_int_equal(parse(yaml, &list, &count, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
	assert_null(list);
	assert_int_equal(count, 0);
}

static void sizes_and_counts_are_told_apart(void **state)
{
	(void)state;
	reads_as("client.segments: [10 B, 190 B]", "client.segments", "[10 B, 190 B]");
	reads_as("segments: 5× 104 B", "segments", "[5× 104 B]");
	reads_as("segments: 5x 104 B", "segments", "[5× 104 B]");
	reads_as("segments: [10x 10 B, 1 KiB]", "segments", "[10× 10 B, 1024 B]");
	reads_as("segments: [10 B, 2× 10 B]", "segments", "[3× 10 B]");
	reads_as("reads: []", "reads", "[]");
	reads_as("reads: [0 B, 95]", "reads", "[0 B, 95 B]");
	reads_as("writes: 20", "writes", "20");
	reads_as("writes: 104 B", "writes", "[104 B]");
	reads_as("server.datagrams: 3..5", "server.datagrams", "3..5");
	reads_as("datagrams: 3..", "datagrams", "3..");
	reads_as("datagrams: ..5", "datagrams", "..5");
	is_refused("segments: ten", "f.yaml:1:11: `ten` cannot be expected: a count is `3` or a "
	                            "range `3..5`, `3..`, `..5`");
	is_refused("segments: \"3\"",
	           "f.yaml:1:11: this takes a count `3`, a range `3..5`, or sizes `[10 B, 190 B]`, "
	           "not \"3\"");
	is_refused("segments:",
	           "f.yaml:1:1: this takes a count `3`, a range `3..5`, or sizes `[10 B, 190 B]`, "
	           "not nothing");
	is_refused("segments: 5..3",
	           "f.yaml:1:11: `5..3` cannot be expected: it ends before it begins");
	is_refused("segments: ..", "f.yaml:1:11: `..` cannot be expected: a count is `3` or a "
	                           "range `3..5`, `3..`, `..5`");
	is_refused("segments: 010", "f.yaml:1:11: `010` cannot be expected: a count is `3` or a "
	                            "range `3..5`, `3..`, `..5`");
	is_refused("segments: [10 B, 5 kB]", "f.yaml:1:18: `5 kB` cannot be expected: its unit is "
	                                     "one of B, KiB (1024 B), MiB, GiB");
	is_refused("segments: 5x 104", "f.yaml:1:11: `5x 104` cannot be expected: a size has a "
	                               "unit: `10 B`, `4 KiB`, `1 MiB`");
	is_refused("segments: [99999999999999999999 B]",
	           "f.yaml:1:12: `99999999999999999999 B` cannot be expected: it is too large to "
	           "mean anything");
}

static void boundaries_take_all_their_forms(void **state)
{
	(void)state;
	reads_as("boundaries: kept", "boundaries", "kept");
	reads_as("boundaries: lost", "boundaries", "lost");
	reads_as("boundaries: {segments: 1, reads: 0..3}", "boundaries",
	         "{segments: 1, reads: ..3}");
	reads_as("server.boundaries: {wire: kept, reads: {lost: 2}}", "server.boundaries",
	         "{segments: kept, reads: {lost: 2}}");
	reads_as("boundaries: {wire: {kept: 2..}}", "boundaries", "{segments: 2..}");
	reads_as("boundaries: {reads: lost}", "boundaries", "lost");
	is_refused("boundaries: all",
	           "f.yaml:1:13: boundaries take kept, lost, or {segments: 1, reads: 0..3}, not "
	           "`all`");
	is_refused("boundaries: {wire: kept, segments: 1}",
	           "f.yaml:1:36: `wire` and `segments` are the same: write one of them");
	is_refused("boundaries: {read: kept}",
	           "f.yaml:1:14: boundaries are kept or lost in `segments` (or `wire`) and in "
	           "`reads`, not in `read`: did you mean `reads`?");
	is_refused("boundaries: {reads: some}",
	           "f.yaml:1:21: boundaries are kept, lost, how many are kept (`1`, `0..3`), "
	           "{kept: 1} or {lost: 2}, not `some`");
}

static void holds_take_a_time_or_a_mapping(void **state)
{
	(void)state;
	reads_as("client.hold: ..5ms", "client.hold", "..5ms");
	reads_as("hold: 1.5ms..2s", "hold", "1500us..2s");
	reads_as("hold: {time: 35ms.., reason: nagle, count: 4}", "hold",
	         "{time: 35ms.., reason: nagle, count: 4}");
	reads_as("hold: {reason: autocork}", "hold", "{reason: autocork}");
	reads_as("hold: {count: 0}", "hold", "{count: 0}");
	is_refused("hold: 5", "f.yaml:1:7: `5` cannot be expected: a range of times is `35ms..`, "
	                      "`..5ms` or `1ms..2.5ms`");
	is_refused("hold: 5ms", "f.yaml:1:7: `5ms` cannot be expected: no hold takes exactly so "
	                        "long: write `..5ms` or `5ms..`");
	is_refused("hold: {reason: nagel}",
	           "f.yaml:1:16: no hold has the reason `nagel`: did you mean `nagle`?");
	is_refused("hold: {reason: because of it}",
	           "f.yaml:1:16: no hold has the reason `because of it`: there are nagle, cork, "
	           "more, eor, cwnd, rwnd, sndbuf, tsq, pacing, autocork, probe");
	is_refused("hold: {times: 3ms..}",
	           "f.yaml:1:8: a hold has `time`, `reason` and `count`, no `times`: did you mean "
	           "`time`?");
}

static void counts_and_endpoints_are_read(void **state)
{
	(void)state;
	reads_as("server.truncated: 1", "server.truncated", "1");
	reads_as("split_characters: 0", "split_characters", "0");
	reads_as("fragments: 3", "fragments", "3");
	reads_as("lost: 0..2", "lost", "..2");
	reads_as("client.unread: 1855 B", "client.unread", "1855 B");
	reads_as("first_fin: server", "first_fin", "server");
	reads_as("time_wait: again", "time_wait", "again");
	is_refused("first_fin: srever",
	           "f.yaml:1:12: no endpoint is called `srever`: did you mean `server`?");
	is_refused("clint.segments: 3",
	           "f.yaml:1:1: no endpoint is called `clint`: did you mean `client`?");
	is_refused("zzz.segments: 3",
	           "f.yaml:1:1: no endpoint is called `zzz`: there are client, server, again");
	is_refused("client.first_fin: server",
	           "f.yaml:1:1: `first_fin` goes without an endpoint before it: its value names "
	           "one");
	is_refused("unread: many",
	           "f.yaml:1:9: `unread` cannot be `many`: it must begin with a number");
}

static void calls_are_named_with_their_endpoint(void **state)
{
	(void)state;
	reads_as("pending: [client.recv, server.accept]", "pending",
	         "[client.recv, server.accept]");
	reads_as("pending: none", "pending", "none");
	reads_as("errors: none", "errors", "none");
	reads_as("errors: {again.bind: EADDRINUSE}", "errors", "{again.bind: EADDRINUSE}");
	reads_as("errors: {client.recv: EWOULDBLOCK}", "errors", "{client.recv: EAGAIN}");
	is_refused("pending: [recv]", "f.yaml:1:11: a call is named with its endpoint, like "
	                              "`client.recv`, not `recv`");
	is_refused("pending: [client.rcv]",
	           "f.yaml:1:11: no call is named `rcv`: did you mean `recv`?");
	is_refused("pending: client.recv",
	           "f.yaml:1:10: `pending` takes none, or a list of calls like [client.recv], not "
	           "`client.recv`");
	is_refused("errors: {again.bind: EADDRINUS}",
	           "f.yaml:1:22: no error is called `EADDRINUS`: did you mean `EADDRINUSE`?");
	is_refused("errors: some", "f.yaml:1:9: `errors` takes none, or a mapping like "
	                           "{again.bind: EADDRINUSE}, not `some`");
}

static void unknown_keys_get_the_nearest(void **state)
{
	(void)state;
	is_refused("segements: 3",
	           "f.yaml:1:1: nothing to expect is called `segements`: did you mean `segments`?");
	is_refused("qqqqqq: 3",
	           "f.yaml:1:1: nothing to expect is called `qqqqqq`: there are segments, reads, "
	           "writes, datagrams, boundaries, hold, truncated, split_characters, fragments, "
	           "lost, messages, unread, first_fin, time_wait, pending, errors, repeatable");
	is_refused("messages: {hole: 2}",
	           "f.yaml:1:12: messages are whole, merged, split, garbled or sent, not `hole`: "
	           "did you mean `whole`?");
	is_refused("messages: 2",
	           "f.yaml:1:11: messages take how many came how, {whole: 2, garbled: 1}, not `2`");
	is_refused("[1]", "f.yaml:1:1: `expect` takes a mapping like {segments: [10 B, 190 B]}, "
	                  "not a list");
}

static void a_share_is_more_than_nothing_and_at_most_all(void **state)
{
	const char *form = "a share is `95%` or `99.5%`: at least so many of all runs";
	const char *bounds = "a share is more than 0% and at most 100%";
	static const char *const malformed[] = { "95",    "1/2", "99.%",  "99.12345%",
		                                 "9999%", "-5%", "5..10%" };
	static const char *const beyond[] = { "0%", "0.0%", "100.1%", "150%" };

	(void)state;
	reads_as("repeatable: 95%", "repeatable", "95%");
	reads_as("repeatable: 99.50 %", "repeatable", "99.5%");
	reads_as("repeatable: 100%", "repeatable", "100%");
	reads_as("repeatable: 0.0001%", "repeatable", "0.0001%");
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		char yaml[64], message[200];

		snprintf(yaml, sizeof(yaml), "repeatable: %s", malformed[i]);
		snprintf(message, sizeof(message), "f.yaml:1:13: `%s` cannot be expected: %s",
		         malformed[i], form);
		is_refused(yaml, message);
	}
	for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
		char yaml[64], message[200];

		snprintf(yaml, sizeof(yaml), "repeatable: %s", beyond[i]);
		snprintf(message, sizeof(message), "f.yaml:1:13: `%s` cannot be expected: %s",
		         beyond[i], bounds);
		is_refused(yaml, message);
	}
	is_refused("repeatable: [95%]", "f.yaml:1:13: `repeatable` takes a share of all runs like "
	                                "`95%`, not a list");
	is_refused("client.repeatable: 95%", "f.yaml:1:1: `repeatable` goes without an endpoint "
	                                     "before it: it is about the whole run");
}

static void a_part_holds_a_share_exactly(void **state)
{
	(void)state;
	assert_true(expect_share_holds(950000, 19, 20));
	assert_false(expect_share_holds(950000, 18, 20));
	assert_true(expect_share_holds(950000, 190, 200));
	assert_false(expect_share_holds(950000, 189, 200));
	assert_true(expect_share_holds(EXPECT_WHOLE, 3, 3));
	assert_false(expect_share_holds(EXPECT_WHOLE, 99999, 100000));
	assert_true(expect_share_holds(333333, 1, 3));
	assert_false(expect_share_holds(333334, 1, 3));
	assert_false(expect_share_holds(1, 0, 0));
}

static void several_keys_keep_their_order_and_places(void **state)
{
	struct expectation *list;
	size_t count;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(parse("errors: none\n  \nclient.segments: 3\n", &list, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_int_equal(list[0].key, EXPECT_ERRORS);
	assert_int_equal(list[1].key, EXPECT_SEGMENTS);
	assert_int_equal(list[1].place.line, 3);
	assert_int_equal(list[1].place.column, 1);
	assert_int_equal(list[1].endpoint, 0);
	expect_destroy(list, count);
	expect_destroy(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_counts_are_told_apart),
		cmocka_unit_test(boundaries_take_all_their_forms),
		cmocka_unit_test(holds_take_a_time_or_a_mapping),
		cmocka_unit_test(counts_and_endpoints_are_read),
		cmocka_unit_test(calls_are_named_with_their_endpoint),
		cmocka_unit_test(unknown_keys_get_the_nearest),
		cmocka_unit_test(a_share_is_more_than_nothing_and_at_most_all),
		cmocka_unit_test(a_part_holds_a_share_exactly),
		cmocka_unit_test(several_keys_keep_their_order_and_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/message.h"
#include "viz/json_message.h"
#include "viz/messages.h"

static char client[] = "client", server[] = "server";
static struct trace_endpoint endpoints[] = { { .name = client }, { .name = server } };

static struct trace_message messages[] = {
	{ .endpoint = 1, .sent = true, .to = 104, .body_from = 4, .body_to = 104, .flow = 0 },
	{ .endpoint = 0, .to = 104, .body_from = 4, .body_to = 104, .spans = 1 },
	{ .endpoint = 0,
	  .from = 104,
	  .to = 110,
	  .body_from = 106,
	  .body_to = 110,
	  .stream_at = 104,
	  .spans = 1,
	  .verdict = MESSAGE_GARBLED,
	  .wrong_at = 106,
	  .of = UINT32_MAX },
	{ .endpoint = 0,
	  .from = 110,
	  .to = 114,
	  .body_from = 114,
	  .body_to = 114,
	  .stream_at = 110,
	  .verdict = MESSAGE_GARBLED,
	  .wrong_at = 110,
	  .finding = "the header says -2 B",
	  .of = UINT32_MAX },
};

static void the_summary_says_what_became_of_messages_and_why(void **state)
{
	(void)state;
	struct trace trace = { .endpoints = endpoints,
		               .endpoint_count = 2,
		               .messages = messages,
		               .message_count = 4 };
	struct trace none = { .endpoints = endpoints, .endpoint_count = 2 };
	struct timeline_group groups[] = { { .name = "plain", .trace = &none },
		                           { .name = "one_recv", .trace = &trace } };
	struct timeline timeline = { .groups = groups, .group_count = 2 };
	struct text_options options = { .width = 100 };
	struct buffer out = { 0 };

	messages_summary(&out, &timeline, &options);
	assert_string_equal(out.bytes,
	                    "\n   messages\n"
	                    "     one_recv   1 message sent, 3 decoded: 1 whole, 2 garbled\n"
	                    "                client, byte 106: 2 B were taken for a whole header\n"
	                    "                client, byte 110: the header says -2 B\n");
	buffer_clear(&out);
	timeline.group_count = 1;
	messages_summary(&out, &timeline, &options);
	assert_int_equal(out.length, 0);
	buffer_finish(&out);
}

static void json_has_a_row_for_each_message(void **state)
{
	(void)state;
	struct trace trace = { .endpoints = endpoints,
		               .endpoint_count = 2,
		               .messages = messages + 3,
		               .message_count = 1 };
	struct buffer out = { 0 };
	struct json_writer writer = { .out = &out };

	json_object(&writer, NULL);
	json_write_messages(&writer, &trace, 0);
	json_end(&writer);
	assert_non_null(strstr(out.bytes, "\"verdict\": \"garbled\""));
	assert_non_null(strstr(out.bytes, "\"finding\": \"the header says -2 B\""));
	assert_non_null(strstr(out.bytes, "\"wrong_at\": 110"));
	assert_null(strstr(out.bytes, "\"message\""));
	buffer_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_summary_says_what_became_of_messages_and_why),
		cmocka_unit_test(json_has_a_row_for_each_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

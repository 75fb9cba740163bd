#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/journal.h"
#include "capture/ledger.h"
#include "capture/message.h"

/* A client's writes and a server's reads of one stream, without packets: calls of 10 bytes each. */
#define CALLS 8

struct story {
	struct trace trace;
	struct ledger ledger;
	struct call calls[CALLS];
	struct trace_message messages[16];
	struct ledger_flow flow;
	struct ledger_write writes[CALLS];
	struct ledger_read reads[CALLS];
};

/* Calls 0..3 write, 4..7 read, 100 bytes each. */
static struct story *story_of(void)
{
	struct story *story = calloc(1, sizeof(*story));

	for (uint32_t i = 0; i < CALLS; i++)
		story->calls[i] = (struct call){ .serial = i, .offset = 100 * (i % 4) };
	for (uint32_t i = 0; i < 4; i++) {
		story->writes[i] = (struct ledger_write){ 100 * i, 100 * i + 100, i };
		story->reads[i] =
			(struct ledger_read){ .from = 100 * i, .length = 100, .call = 4 + i };
	}
	story->trace.calls = story->calls;
	story->trace.call_count = CALLS;
	story->trace.messages = story->messages;
	story->flow.directions[0].writes = story->writes;
	story->flow.directions[0].write_count = 4;
	story->flow.directions[0].reads = story->reads;
	story->flow.directions[0].read_count = 4;
	story->ledger.trace = &story->trace;
	story->ledger.flows = &story->flow;
	story->ledger.flow_count = 1;
	return story;
}

static struct trace_message *add(struct story *story, bool sent, uint64_t from, uint64_t body,
                                 uint64_t to)
{
	struct trace_message *message = &story->messages[story->trace.message_count];
	uint32_t call = (uint32_t)(from / 100);

	*message = (struct trace_message){ .serial = (uint32_t)story->trace.message_count++,
		                           .sent = sent,
		                           .from = from,
		                           .body_from = body,
		                           .body_to = to,
		                           .to = to,
		                           .first_call = sent ? call : call + 4,
		                           .last_call = sent ? call : call + 4 };
	return message;
}

static void what_was_sent_comes_whole_merged_split_or_garbled(void **state)
{
	(void)state;
	struct story *story = story_of();

	add(story, true, 0, 4, 50);
	add(story, true, 50, 54, 150);
	add(story, true, 150, 150, 200);
	add(story, true, 200, 200, 250);
	struct trace_message *whole = add(story, false, 0, 4, 50);
	struct trace_message *cut = add(story, false, 50, 54, 120);
	struct trace_message *lost = add(story, false, 120, 124, 130);
	struct trace_message *merged = add(story, false, 150, 150, 250);
	struct trace_message *nothing = add(story, false, 300, 300, 310);
	struct trace_message *found = add(story, false, 0, 4, 50);
	found->finding = "no";
	message_judge(&story->trace, &story->ledger);
	assert_int_equal(whole->verdict, MESSAGE_WHOLE);
	assert_int_equal(whole->of, 0);
	assert_int_equal(cut->verdict, MESSAGE_SPLIT);
	assert_int_equal(cut->of, 1);
	assert_int_equal(lost->verdict, MESSAGE_GARBLED);
	assert_int_equal(lost->wrong_at, 120);
	assert_int_equal(merged->verdict, MESSAGE_MERGED);
	assert_int_equal(merged->spans, 2);
	assert_int_equal(nothing->verdict, MESSAGE_GARBLED);
	assert_int_equal(nothing->of, UINT32_MAX);
	assert_int_equal(found->verdict, MESSAGE_GARBLED);

	struct message_counts counts = { 0 };
	struct buffer text = { 0 };
	message_count(&story->trace, 0, 0, &counts);
	message_describe(&text, &counts);
	assert_string_equal(text.bytes, "4 messages sent, 6 decoded: 1 whole, 1 merged (of 2), 1 "
	                                "split, 3 garbled");
	buffer_finish(&text);
	free(story);
}

/* UDP: the second datagram was lost, and the reader's own count does not know of it. */
static void a_reader_that_missed_bytes_is_judged_by_the_stream(void **state)
{
	(void)state;
	struct story *story = story_of();

	for (uint32_t i = 0; i < 3; i++)
		add(story, true, 100 * i, 100 * i, 100 * i + 100);
	add(story, false, 0, 0, 100);
	struct trace_message *third = add(story, false, 100, 100, 200);
	story->reads[1].from = 200;
	message_judge(&story->trace, &story->ledger);
	assert_int_equal(third->verdict, MESSAGE_WHOLE);
	assert_int_equal(third->of, 2);
	assert_int_equal(third->stream_at, 200);
	free(story);
}

static void a_header_of_other_bytes_is_garbled(void **state)
{
	(void)state;
	struct story *story = story_of();

	add(story, true, 0, 4, 100);
	struct trace_message *believed = add(story, false, 0, 2, 98);
	message_judge(&story->trace, &story->ledger);
	assert_int_equal(believed->verdict, MESSAGE_GARBLED);
	free(story);
}

static void an_empty_message_is_whole_where_an_empty_one_was_sent(void **state)
{
	(void)state;
	struct story *story = story_of();

	add(story, true, 0, 0, 100);
	add(story, true, 100, 100, 100);
	struct trace_message *first = add(story, false, 0, 0, 100);
	struct trace_message *empty = add(story, false, 100, 100, 100);
	message_judge(&story->trace, &story->ledger);
	assert_int_equal(first->verdict, MESSAGE_WHOLE);
	assert_int_equal(empty->verdict, MESSAGE_WHOLE);
	assert_int_equal(empty->of, 1);
	free(story);
}

static void an_entry_keeps_a_message(void **state)
{
	(void)state;
	struct trace_message message = { .socket = 3,
		                         .endpoint = 1,
		                         .from = 10,
		                         .to = 60,
		                         .body_from = 14,
		                         .body_to = 60,
		                         .first_call = 7,
		                         .last_call = 9,
		                         .begin_ns = 1767225600000041123,
		                         .end_ns = 1767225600000051123,
		                         .finding = "the header says -2 B",
		                         .wrong_at = 12 };
	struct trace_message back;
	struct buffer entry = { 0 };
	struct arena arena = { 0 };

	journal_write_message(&entry, &message, "client");
	assert_non_null(strstr(entry.bytes,
	                       "MESSAGE=client decoded a message: 46 B, stream 10..60: "
	                       "the header says -2 B\n"));
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_MESSAGE);
	assert_true(journal_read_message(entry.bytes, entry.length, &back, &arena));
	assert_string_equal(back.finding, message.finding);
	assert_int_equal(back.body_from, 14);
	assert_int_equal(back.last_call, 9);
	assert_int_equal(back.begin_ns, message.begin_ns);
	assert_int_equal(back.wrong_at, 12);
	assert_false(back.sent);
	/* Ranges that do not lie in each other are no message. */
	message.body_to = 61;
	journal_write_message(&entry, &message, "client");
	assert_false(journal_read_message(entry.bytes, entry.length, &back, &arena));
	buffer_finish(&entry);
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sent_comes_whole_merged_split_or_garbled),
		cmocka_unit_test(a_reader_that_missed_bytes_is_judged_by_the_stream),
		cmocka_unit_test(a_header_of_other_bytes_is_garbled),
		cmocka_unit_test(an_empty_message_is_whole_where_an_empty_one_was_sent),
		cmocka_unit_test(an_entry_keeps_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

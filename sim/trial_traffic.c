/*
 * Keys about bytes: counts, sizes, boundaries, holds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/quantity.h"
#include "sim/trial.h"

#define LIST_WIDTH  400 /* columns of a list of sizes; a difference behind it gets a remark */
#define HOLDS_SHOWN 6   /* the longest */

void trial_count(struct trial *trial, uint64_t count)
{
	trial->passed = expect_range_holds(&trial->expected->range, count);
	buffer_format(&trial->actual, "%" PRIu64, count);
}

/* ---- sizes ---- */

/* Two lists that are cut where they still agree: say where they part. */
static void remark_difference(struct trial *trial, const struct facts *facts)
{
	const struct expectation *expected = trial->expected;
	uint64_t at = 0;

	for (size_t i = 0; i < expected->size_count; i++) {
		for (uint64_t k = 0; k < expected->sizes[i].count; k++, at++) {
			if (at < facts->count && facts->numbers[at] == expected->sizes[i].size)
				continue;
			buffer_format(&trial->remark, "size %" PRIu64 " is to be %" PRIu64 " B",
			              at + 1, expected->sizes[i].size);
			if (at < facts->count)
				buffer_format(&trial->remark, " and is %" PRIu64 " B",
				              facts->numbers[at]);
			else
				buffer_text(&trial->remark, " and is not there");
			return;
		}
	}
	buffer_format(&trial->remark, "only %" PRIu64 " are to be there, of %zu", at, facts->count);
}

static void judge_sizes(struct trial *trial, const struct facts *facts)
{
	const struct expectation *expected = trial->expected;
	size_t count;

	if (!expected->is_sizes) {
		trial_count(trial, facts->count);
		return;
	}
	struct sizes_run *runs = sizes_fold(facts->numbers, facts->count, &count);
	trial->passed = count == expected->size_count &&
	                (!count || !memcmp(runs, expected->sizes, count * sizeof(*runs)));
	sizes_list_text(&trial->actual, runs, count, LIST_WIDTH);
	if (!trial->passed && strstr(trial->actual.bytes, "…"))
		remark_difference(trial, facts);
	free(runs);
}

void trial_list(struct trial *trial, trial_facts *collect)
{
	enum trace_transport transport = trial->ledger->trace->about.transport;
	enum expect_key key = trial->expected->key;
	struct facts facts = { 0 };

	collect(&facts, trial->ledger, trial->endpoint);
	judge_sizes(trial, &facts);
	if (!trial->passed && !facts.count && key == EXPECT_SEGMENTS && transport != TRANSPORT_TCP)
		buffer_format(&trial->remark, "the transport is %s: segments are TCP's",
		              trace_transport_text(transport));
	if (!trial->passed && !facts.count && key == EXPECT_DATAGRAMS &&
	    !trace_transport_is_message(transport))
		buffer_format(&trial->remark, "the transport is %s: it has no datagrams",
		              trace_transport_text(transport));
	facts_finish(&facts);
}

/* ---- boundaries ---- */

/* Lost is all that is not kept: inside a segment or read, or never reached. */
static bool boundary_holds(const struct expect_boundary *wish, uint64_t count, uint64_t kept)
{
	switch (wish->wish) {
	case WISH_NOT_ASKED: break;
	case WISH_ALL_KEPT: return kept == count;
	case WISH_SOME_LOST: return kept < count;
	case WISH_KEPT: return expect_range_holds(&wish->range, kept);
	case WISH_LOST: return expect_range_holds(&wish->range, count - kept);
	}
	return true;
}

static void boundary_text(struct buffer *out, const char *where, const struct expect_boundary *wish,
                          uint64_t count, uint64_t kept)
{
	bool lost = wish->wish == WISH_LOST;

	if (wish->wish == WISH_NOT_ASKED)
		return;
	buffer_format(out, "%s%s: %" PRIu64 " of %" PRIu64 " %s",
	              out->bytes[out->length - 1] == '{' ? "" : ", ", where,
	              lost ? count - kept : kept, count, lost ? "lost" : "kept");
}

void trial_boundaries(struct trial *trial)
{
	bool is_unix = trace_transport_is_unix(trial->ledger->trace->about.transport);
	struct facts_boundaries facts = facts_boundaries(trial->ledger, trial->endpoint);
	struct expect_boundary in_segments = trial->expected->in_segments;
	struct expect_boundary in_reads = trial->expected->in_reads;

	/* No packets: nothing on the wire could be lost. */
	if (is_unix && in_segments.wish == WISH_ALL_KEPT)
		in_segments.wish = WISH_NOT_ASKED;
	trial->passed = boundary_holds(&in_segments, facts.in_segments, facts.kept_in_segments) &&
	                boundary_holds(&in_reads, facts.in_reads, facts.kept_in_reads);
	buffer_text(&trial->actual, "{");
	boundary_text(&trial->actual, "segments", &in_segments, facts.in_segments,
	              facts.kept_in_segments);
	boundary_text(&trial->actual, "reads", &in_reads, facts.in_reads, facts.kept_in_reads);
	buffer_text(&trial->actual, "}");
}

/* ---- messages ---- */

void trial_messages(struct trial *trial)
{
	const struct expectation *expected = trial->expected;
	struct message_counts counts = { 0 };
	const char *separator = "{";

	facts_messages(&counts, trial->ledger, trial->endpoint);
	trial->passed = true;
	for (unsigned i = 0; i < EXPECT_MESSAGE_COUNT; i++) {
		uint64_t number = i == EXPECT_MESSAGE_SENT ? counts.sent : counts.of[i];
		bool asked = expected->messages_asked & 1u << i;

		if (asked && !expect_range_holds(&expected->messages[i], number))
			trial->passed = false;
		if (!asked && !number)
			continue;
		buffer_format(&trial->actual, "%s%s: %" PRIu64, separator, expect_message_text(i),
		              number);
		separator = ", ";
	}
	buffer_text(&trial->actual, *separator == '{' ? "{}" : "}");
}

/* ---- hold ---- */

static int longest_first(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a < *b) - (*a > *b);
}

/* "5 holds: 84.0 ms, 83.9 ms, …" */
static void holds_text(struct buffer *out, const struct facts *holds)
{
	char time[QUANTITY_TEXT];

	if (!holds->count) {
		buffer_text(out, "no hold");
		return;
	}
	buffer_format(out, "%zu hold%s:", holds->count, holds->count == 1 ? "" : "s");
	for (size_t i = 0; i < holds->count && i < HOLDS_SHOWN; i++)
		buffer_format(out, "%s %s", i ? "," : "",
		              quantity_time(time, (int64_t)holds->numbers[i]));
	if (holds->count > HOLDS_SHOWN)
		buffer_text(out, ", …");
}

void trial_hold(struct trial *trial)
{
	const struct expectation *expected = trial->expected;
	struct facts holds = { 0 };
	uint64_t within = 0;

	facts_holds(&holds, trial->ledger, trial->endpoint);
	for (size_t i = 0; i < holds.count; i++)
		within += expect_range_holds(&expected->hold_ns, holds.numbers[i]);
	if (expected->every_hold)
		trial->passed = within == holds.count && (holds.count || !expected->hold_ns.least);
	else
		trial->passed = expect_range_holds(&expected->range, within);
	if (holds.count)
		qsort(holds.numbers, holds.count, sizeof(*holds.numbers), longest_first);
	if (!expected->every_hold && within < holds.count)
		buffer_format(&trial->actual, "%" PRIu64 " of ", within);
	holds_text(&trial->actual, &holds);
	facts_finish(&holds);
}

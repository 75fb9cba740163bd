#include "sim/expect_value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The expected side of a result is not shortened by less than this: it is one line of its own. */
#define LIST_WIDTH 400

static const char *const keys[] = {
	[EXPECT_SEGMENTS] = "segments",     [EXPECT_READS] = "reads",
	[EXPECT_WRITES] = "writes",         [EXPECT_DATAGRAMS] = "datagrams",
	[EXPECT_BOUNDARIES] = "boundaries", [EXPECT_HOLD] = "hold",
	[EXPECT_TRUNCATED] = "truncated",   [EXPECT_SPLIT_CHARACTERS] = "split_characters",
	[EXPECT_FRAGMENTS] = "fragments",   [EXPECT_LOST] = "lost",
	[EXPECT_MESSAGES] = "messages",     [EXPECT_UNREAD] = "unread",
	[EXPECT_FIRST_FIN] = "first_fin",   [EXPECT_TIME_WAIT] = "time_wait",
	[EXPECT_PENDING] = "pending",       [EXPECT_ERRORS] = "errors",
	[EXPECT_REPEATABLE] = "repeatable",
};
static_assert(sizeof(keys) / sizeof(*keys) == EXPECT_KEY_COUNT, "a name for every key");

static const char *const reasons[] = {
	[HOLD_ANY] = "",          [HOLD_NAGLE] = "nagle",       [HOLD_CORK] = "cork",
	[HOLD_MORE] = "more",     [HOLD_EOR] = "eor",           [HOLD_CWND] = "cwnd",
	[HOLD_RWND] = "rwnd",     [HOLD_SNDBUF] = "sndbuf",     [HOLD_TSQ] = "tsq",
	[HOLD_PACING] = "pacing", [HOLD_AUTOCORK] = "autocork", [HOLD_PROBE] = "probe",
};
static_assert(sizeof(reasons) / sizeof(*reasons) == HOLD_REASON_COUNT, "a name for every reason");

const char *expect_key_text(enum expect_key key)
{
	return keys[key];
}

const char *hold_reason_text(enum hold_reason reason)
{
	return reasons[reason];
}

char *expect_errno_text(char out[EXPECT_ERRNO_TEXT], int error)
{
	const char *name = strerrorname_np(error);

	if (name)
		snprintf(out, EXPECT_ERRNO_TEXT, "%s", name);
	else
		snprintf(out, EXPECT_ERRNO_TEXT, "errno %d", error);
	return out;
}

bool expect_range_holds(const struct expect_range *range, uint64_t number)
{
	return number >= range->least && number <= range->most;
}

bool expect_share_holds(uint64_t share, uint64_t part, uint64_t all)
{
	return all && part * EXPECT_WHOLE >= share * all;
}

static const char *endpoint_name(const struct scenario *scenario, int endpoint)
{
	assert(endpoint >= 0 && (size_t)endpoint < scenario->endpoint_count);
	return scenario->endpoints[endpoint].name;
}

void expect_name_text(struct buffer *out, const struct expectation *expectation,
                      const struct scenario *scenario)
{
	if (expectation->endpoint != SCENARIO_NOBODY)
		buffer_format(out, "%s.", endpoint_name(scenario, expectation->endpoint));
	buffer_text(out, keys[expectation->key]);
}

static void count_text(struct buffer *out, uint64_t number)
{
	buffer_format(out, "%" PRIu64, number);
}

/* As a scenario takes it: the largest unit that leaves no fraction. */
static void time_text(struct buffer *out, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	size_t unit = 0;

	while (ns % units[unit].ns)
		unit++;
	if (!ns)
		unit = 1;
	buffer_format(out, "%" PRIu64 "%s", ns / units[unit].ns, units[unit].name);
}

/* "95%", "99.5%" */
static void share_text(struct buffer *out, uint64_t share)
{
	const uint64_t percent = EXPECT_WHOLE / 100;
	char rest[8];
	size_t digits = 4;

	buffer_format(out, "%" PRIu64, share / percent);
	snprintf(rest, sizeof(rest), "%04" PRIu64, share % percent);
	while (digits && rest[digits - 1] == '0')
		digits--;
	if (digits)
		buffer_format(out, ".%.*s", (int)digits, rest);
	buffer_char(out, '%');
}

static void range_text(struct buffer *out, const struct expect_range *range,
                       void (*number)(struct buffer *out, uint64_t number))
{
	if (range->least == range->most) {
		number(out, range->least);
		return;
	}
	if (range->least || range->most == EXPECT_NO_LIMIT)
		number(out, range->least);
	buffer_text(out, "..");
	if (range->most != EXPECT_NO_LIMIT)
		number(out, range->most);
}

void expect_range_text(struct buffer *out, const struct expect_range *range)
{
	range_text(out, range, count_text);
}

static void boundary_text(struct buffer *out, const struct expect_boundary *boundary)
{
	switch (boundary->wish) {
	case WISH_NOT_ASKED: break;
	case WISH_ALL_KEPT: buffer_text(out, "kept"); break;
	case WISH_SOME_LOST: buffer_text(out, "lost"); break;
	case WISH_KEPT: expect_range_text(out, &boundary->range); break;
	case WISH_LOST:
		buffer_text(out, "{lost: ");
		expect_range_text(out, &boundary->range);
		buffer_text(out, "}");
		break;
	}
}

/* The short forms: kept asks for both, lost for reads alone. */
static void boundaries_text(struct buffer *out, const struct expectation *expectation)
{
	enum boundary_wish segments = expectation->in_segments.wish;
	enum boundary_wish reads = expectation->in_reads.wish;

	if (segments == WISH_ALL_KEPT && reads == WISH_ALL_KEPT) {
		buffer_text(out, "kept");
		return;
	}
	if (segments == WISH_NOT_ASKED && reads == WISH_SOME_LOST) {
		buffer_text(out, "lost");
		return;
	}
	buffer_text(out, "{");
	if (segments != WISH_NOT_ASKED) {
		buffer_text(out, "segments: ");
		boundary_text(out, &expectation->in_segments);
	}
	if (reads != WISH_NOT_ASKED) {
		buffer_text(out, segments != WISH_NOT_ASKED ? ", reads: " : "reads: ");
		boundary_text(out, &expectation->in_reads);
	}
	buffer_text(out, "}");
}

static void hold_text(struct buffer *out, const struct expectation *expectation)
{
	const char *separator = "";

	if (expectation->every_hold) {
		range_text(out, &expectation->hold_ns, time_text);
		return;
	}
	buffer_text(out, "{");
	if (expectation->hold_ns.least || expectation->hold_ns.most != EXPECT_NO_LIMIT) {
		buffer_text(out, "time: ");
		range_text(out, &expectation->hold_ns, time_text);
		separator = ", ";
	}
	if (expectation->reason != HOLD_ANY) {
		buffer_format(out, "%sreason: %s", separator, reasons[expectation->reason]);
		separator = ", ";
	}
	if (expectation->range.least != 1 || expectation->range.most != EXPECT_NO_LIMIT) {
		buffer_format(out, "%scount: ", separator);
		expect_range_text(out, &expectation->range);
	}
	buffer_text(out, "}");
}

const char *expect_message_text(unsigned which)
{
	return which == EXPECT_MESSAGE_SENT ? "sent"
	                                    : message_verdict_text((enum message_verdict)which);
}

static void messages_text(struct buffer *out, const struct expectation *expectation)
{
	const char *separator = "{";

	for (unsigned i = 0; i < EXPECT_MESSAGE_COUNT; i++) {
		if (!(expectation->messages_asked & 1u << i))
			continue;
		buffer_format(out, "%s%s: ", separator, expect_message_text(i));
		expect_range_text(out, &expectation->messages[i]);
		separator = ", ";
	}
	buffer_text(out, "}");
}

static void calls_text(struct buffer *out, const struct expectation *expectation,
                       const struct scenario *scenario)
{
	bool errors = expectation->key == EXPECT_ERRORS;
	char name[EXPECT_ERRNO_TEXT];

	if (!expectation->call_count) {
		buffer_text(out, "none");
		return;
	}
	buffer_text(out, errors ? "{" : "[");
	for (size_t i = 0; i < expectation->call_count; i++) {
		const struct expect_call *call = &expectation->calls[i];

		buffer_format(out, "%s%s.%s", i ? ", " : "",
		              endpoint_name(scenario, call->endpoint), call_name_text(call->call));
		if (errors)
			buffer_format(out, ": %s", expect_errno_text(name, call->error));
	}
	buffer_text(out, errors ? "}" : "]");
}

void expect_value_text(struct buffer *out, const struct expectation *expectation,
                       const struct scenario *scenario)
{
	switch (expectation->key) {
	case EXPECT_SEGMENTS:
	case EXPECT_READS:
	case EXPECT_WRITES:
	case EXPECT_DATAGRAMS:
		if (expectation->is_sizes)
			sizes_list_text(out, expectation->sizes, expectation->size_count,
			                LIST_WIDTH);
		else
			expect_range_text(out, &expectation->range);
		break;
	case EXPECT_BOUNDARIES: boundaries_text(out, expectation); break;
	case EXPECT_HOLD: hold_text(out, expectation); break;
	case EXPECT_TRUNCATED:
	case EXPECT_SPLIT_CHARACTERS:
	case EXPECT_FRAGMENTS:
	case EXPECT_LOST: expect_range_text(out, &expectation->range); break;
	case EXPECT_MESSAGES: messages_text(out, expectation); break;
	case EXPECT_UNREAD: buffer_format(out, "%" PRIu64 " B", expectation->range.least); break;
	case EXPECT_FIRST_FIN:
	case EXPECT_TIME_WAIT: buffer_text(out, endpoint_name(scenario, expectation->who)); break;
	case EXPECT_PENDING:
	case EXPECT_ERRORS: calls_text(out, expectation, scenario); break;
	case EXPECT_REPEATABLE: share_text(out, expectation->range.least); break;
	case EXPECT_KEY_COUNT: break;
	}
}

void expect_destroy(struct expectation *expectations, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(expectations[i].sizes);
		free(expectations[i].calls);
	}
	free(expectations);
}

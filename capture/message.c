/*
 * What became of messages. Both ends know their own offsets; the ledger knows which bytes of a
 * direction each call wrote or read. So a decoded message is held against those whose bytes it has:
 *
 *	sent      [--- A ---)[--- B ---)
 *	whole     [---------)
 *	merged    [-------------------)
 *	split     [----)
 *	garbled       [----)             a header that was read where none was sent
 */
#include "capture/message.h"

#include <inttypes.h>
#include <stdlib.h>

#include "capture/buffer.h"
#include "capture/ledger.h"
#include "capture/mem.h"

const char *message_verdict_text(enum message_verdict verdict)
{
	static const char *const texts[] = {
		[MESSAGE_WHOLE] = "whole",
		[MESSAGE_MERGED] = "merged",
		[MESSAGE_SPLIT] = "split",
		[MESSAGE_GARBLED] = "garbled",
	};

	return (unsigned)verdict < MESSAGE_VERDICT_COUNT ? texts[verdict] : "?";
}

/* ---- where the bytes of a call are ---- */

struct place {
	uint32_t flow; /* UINT32_MAX: none */
	uint8_t direction;
	uint64_t from;
};

static struct place *find_places(const struct ledger *ledger)
{
	size_t count = ledger->trace->call_count;
	struct place *places = mem_alloc(count, sizeof(*places));

	for (size_t i = 0; i < count; i++)
		places[i].flow = UINT32_MAX;
	for (uint32_t flow = 0; flow < ledger->flow_count; flow++) {
		for (uint8_t side = 0; side < 2; side++) {
			const struct ledger_direction *direction =
				&ledger->flows[flow].directions[side];

			for (size_t i = 0; i < direction->write_count; i++)
				places[direction->writes[i].call] =
					(struct place){ flow, side, direction->writes[i].from };
			for (size_t i = 0; i < direction->read_count; i++)
				places[direction->reads[i].call] =
					(struct place){ flow, side, direction->reads[i].from };
		}
	}
	return places;
}

static size_t find_call(const struct trace *trace, uint32_t serial)
{
	size_t from = 0, to = trace->call_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (trace->calls[middle].serial < serial)
			from = middle + 1;
		else
			to = middle;
	}
	return from < trace->call_count && trace->calls[from].serial == serial ? from : SIZE_MAX;
}

static void locate(const struct trace *trace, const struct place *places,
                   struct trace_message *message)
{
	size_t call = find_call(trace, message->first_call);

	message->flow = UINT32_MAX;
	message->stream_at = message->from;
	if (call == SIZE_MAX || places[call].flow == UINT32_MAX)
		return;
	message->flow = places[call].flow;
	message->direction = places[call].direction;
	/* Its socket counts from the first byte that it read; the stream, what was sent. */
	if (trace->calls[call].offset >= 0 && message->from >= (uint64_t)trace->calls[call].offset)
		message->stream_at =
			places[call].from + message->from - (uint64_t)trace->calls[call].offset;
}

/* ---- the sent ones in order ---- */

struct sent {
	const struct trace_message *message;
};

static int by_stream(const void *one, const void *two)
{
	const struct trace_message *a = ((const struct sent *)one)->message;
	const struct trace_message *b = ((const struct sent *)two)->message;

	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	if (a->stream_at != b->stream_at)
		return a->stream_at < b->stream_at ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

static uint64_t end_of(const struct trace_message *message)
{
	return message->stream_at + (message->to - message->from);
}

static struct sent *sort_sent(const struct trace *trace, size_t *count)
{
	struct sent *list = mem_alloc(trace->message_count, sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < trace->message_count; i++) {
		if (trace->messages[i].sent && trace->messages[i].flow != UINT32_MAX)
			list[(*count)++].message = &trace->messages[i];
	}
	if (*count)
		qsort(list, *count, sizeof(*list), by_stream);
	return list;
}

/* Whether it lies wholly before the message, in another flow or in the same stream. */
static bool is_before(const struct trace_message *sent, const struct trace_message *message)
{
	uint64_t end = end_of(sent);

	if (sent->flow != message->flow)
		return sent->flow < message->flow;
	if (sent->direction != message->direction)
		return sent->direction < message->direction;
	return end < message->stream_at || (end == message->stream_at &&
	                                    (sent->to > sent->from || message->to > message->from));
}

/* The first that has bytes of it; an empty one has those of an empty one in its place. */
static size_t first_of(const struct sent *list, size_t count, const struct trace_message *message)
{
	size_t from = 0, to = count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (is_before(list[middle].message, message))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool shares(const struct trace_message *sent, const struct trace_message *message)
{
	if (sent->flow != message->flow || sent->direction != message->direction)
		return false;
	if (message->to == message->from)
		return sent->stream_at == message->stream_at;
	return sent->stream_at < end_of(message);
}

/* ---- judging ---- */

static enum message_verdict judge(const struct trace_message *first, struct trace_message *message)
{
	uint64_t header = message->body_from - message->from;

	if (message->finding)
		return MESSAGE_GARBLED;
	if (!message->spans || (header && (first->stream_at != message->stream_at ||
	                                   first->body_from - first->from != header))) {
		message->wrong_at = message->spans && first->stream_at == message->stream_at
		                            ? message->body_from
		                            : message->from;
		return MESSAGE_GARBLED;
	}
	if (message->spans > 1)
		return MESSAGE_MERGED;
	return first->stream_at == message->stream_at && end_of(first) == end_of(message)
	               ? MESSAGE_WHOLE
	               : MESSAGE_SPLIT;
}

static void judge_one(const struct sent *list, size_t count, struct trace_message *message)
{
	size_t at = first_of(list, count, message), first = at;
	uint64_t body = message->stream_at + (message->body_from - message->from);

	message->of = UINT32_MAX;
	message->spans = 0;
	for (; at < count && shares(list[at].message, message); at++) {
		message->spans++;
		if (list[at].message->stream_at <= body &&
		    (body < end_of(list[at].message) || message->body_from == message->to))
			message->of = list[at].message->serial;
	}
	message->verdict = (uint8_t)judge(message->spans ? list[first].message : NULL, message);
}

void message_judge(struct trace *trace, const struct ledger *ledger)
{
	struct place *places;
	struct sent *list;
	size_t count;

	if (!trace->message_count)
		return;
	places = find_places(ledger);
	for (size_t i = 0; i < trace->message_count; i++)
		locate(trace, places, &trace->messages[i]);
	list = sort_sent(trace, &count);
	for (size_t i = 0; i < trace->message_count; i++) {
		if (!trace->messages[i].sent)
			judge_one(list, count, &trace->messages[i]);
	}
	free(list);
	free(places);
}

void message_add(struct message_counts *counts, const struct trace_message *message)
{
	if (message->sent) {
		counts->sent++;
		return;
	}
	counts->decoded++;
	counts->of[message->verdict]++;
	if (message->verdict == MESSAGE_MERGED)
		counts->merged += message->spans;
}

void message_count(const struct trace *trace, uint32_t flow, uint32_t direction,
                   struct message_counts *counts)
{
	for (size_t i = 0; i < trace->message_count; i++) {
		const struct trace_message *message = &trace->messages[i];

		if (message->flow == flow && message->direction == direction)
			message_add(counts, message);
	}
}

void message_describe(struct buffer *out, const struct message_counts *counts)
{
	const char *between = ": ";

	if (!counts->sent && !counts->decoded)
		return;
	buffer_format(out, "%" PRIu64 " message%s sent, %" PRIu64 " decoded", counts->sent,
	              counts->sent == 1 ? "" : "s", counts->decoded);
	for (int verdict = 0; verdict < MESSAGE_VERDICT_COUNT; verdict++) {
		if (!counts->of[verdict])
			continue;
		buffer_format(out, "%s%" PRIu64 " %s", between, counts->of[verdict],
		              message_verdict_text((enum message_verdict)verdict));
		if (verdict == MESSAGE_MERGED)
			buffer_format(out, " (of %" PRIu64 ")", counts->merged);
		between = ", ";
	}
}

/*
 * Comments are written for millions of packets: without printf, into room that was reserved once
 * for the longest there can be.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/wireshark_parts.h"

/* Of a packet: its pieces, those that it releases, words and times; a number takes 20. */
#define COMMENT_MOST (6 * (WIRESHARK_PIECES + 2) * 64 + 1024)

struct wireshark_comments {
	struct wireshark_index index;
};

/* Where the next byte goes, and whether anything stands before. */
struct line {
	char *start, *at;
};

struct wireshark_comments *wireshark_comments_create(const struct ledger *ledger)
{
	struct wireshark_comments *comments = mem_alloc(1, sizeof(*comments));

	wireshark_index_init(&comments->index, ledger, false);
	return comments;
}

void wireshark_comments_destroy(struct wireshark_comments *comments)
{
	if (comments)
		wireshark_index_finish(&comments->index);
	free(comments);
}

static void put(struct line *line, const char *text)
{
	size_t length = strlen(text);

	memcpy(line->at, text, length);
	line->at += length;
}

static void put_number(struct line *line, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	memcpy(line->at, digits + at, sizeof(digits) - at);
	line->at += sizeof(digits) - at;
}

static uint64_t microseconds(int64_t ns)
{
	return ns > 0 ? ((uint64_t)ns + 500) / 1000 : 0;
}

/* "39.812 ms" */
static void put_time(struct line *line, int64_t ns)
{
	uint64_t us = microseconds(ns), rest = us % 1000;

	put_number(line, us / 1000);
	*line->at++ = '.';
	*line->at++ = (char)('0' + rest / 100);
	*line->at++ = (char)('0' + rest / 10 % 10);
	*line->at++ = (char)('0' + rest % 10);
	put(line, " ms");
}

/* Between two parts; the first stands alone. */
static void part(struct line *line)
{
	if (line->at > line->start)
		put(line, "; ");
}

static void put_range(struct line *line, uint64_t from, uint64_t to)
{
	*line->at++ = '[';
	put_number(line, from);
	put(line, "..");
	put_number(line, to);
	*line->at++ = ')';
}

/* "#3[0..10)" */
static void put_piece(struct line *line, const struct ledger *ledger,
                      const struct ledger_direction *direction, size_t write, uint64_t from,
                      uint64_t to)
{
	const struct ledger_write *of = &direction->writes[write];
	const struct call *call = &ledger->trace->calls[of->call];

	if (call->message != UINT32_MAX) {
		*line->at++ = '#';
		put_number(line, (uint64_t)call->message + 1);
	} else {
		put(line, "call ");
		put_number(line, call->serial);
	}
	put_range(line, from - of->from, to - of->from);
}

/* The writes of a segment, from the one that holds its first byte on. */
struct carried {
	size_t first, last, count; /* last is in it; count 0: none is known */
	bool whole;                /* one write, all of it */
	bool cut;                  /* it ends within the last */
};

static struct carried carried(const struct ledger_direction *direction,
                              const struct ledger_segment *segment)
{
	uint64_t to = segment->from + segment->length;
	uint32_t first = ledger_segment_write(direction, segment);
	struct carried found = { .first = first, .last = first };

	if (first == LEDGER_NONE || !segment->length)
		return found;
	for (size_t i = found.first; i < direction->write_count && direction->writes[i].from < to;
	     i++) {
		const struct ledger_write *write = &direction->writes[i];

		if (write->from == write->to)
			continue;
		found.first = found.count ? found.first : i;
		found.last = i;
		found.count++;
	}
	if (!found.count)
		return found;
	found.cut = direction->writes[found.last].to > to;
	found.whole = found.count == 1 && !found.cut &&
	              direction->writes[found.first].from == segment->from;
	return found;
}

static void put_pieces(struct line *line, const struct ledger *ledger,
                       const struct ledger_direction *direction,
                       const struct ledger_segment *segment, const struct carried *carried)
{
	uint64_t from = segment->from, to = from + segment->length;
	size_t put_so_far = 0;

	for (size_t i = carried->first; i <= carried->last; i++) {
		const struct ledger_write *write = &direction->writes[i];

		if (write->from == write->to)
			continue;
		if (put_so_far == WIRESHARK_PIECES) {
			put(line, i == carried->last ? " " : " … ");
			i = carried->last;
			write = &direction->writes[i];
		} else if (put_so_far) {
			put(line, " ");
		}
		put_piece(line, ledger, direction, i, write->from > from ? write->from : from,
		          write->to < to ? write->to : to);
		put_so_far++;
	}
}

static bool is_message(const struct ledger *ledger, uint32_t direction)
{
	return trace_transport_is_message(ledger->flows[direction / 2].transport);
}

/* "2 writes in one segment; goes on behind" */
static void put_count(struct line *line, const struct carried *carried, bool message)
{
	if (carried->count > 1) {
		put_number(line, carried->count);
		put(line, message ? " writes in one datagram" : " writes in one segment");
	} else {
		put(line, carried->whole ? "one write" : "part of one write");
	}
	if (carried->cut)
		put(line, "; goes on behind");
}

static void put_first_time(struct line *line, const struct ledger *ledger, uint32_t number,
                           const struct ledger_segment *segment)
{
	const struct ledger_direction *direction = wireshark_direction(ledger, number);
	uint32_t first = ledger_segment_at(direction, segment->from);

	put(line, "sent again");
	if (first == LEDGER_NONE)
		return;
	put(line, ", ");
	put_time(line, ledger_sent_ns(ledger, direction, segment) -
	                       ledger_sent_ns(ledger, direction, &direction->segments[first]));
	put(line, " after the first time");
}

/* What the link did, or that it never came. */
static void put_fate(struct line *line, const struct ledger *ledger, uint32_t event)
{
	unsigned kind = ledger->trace->events[event].kind;

	part(line);
	put(line, link_event_deed(kind));
	put(line, " by the link: ");
	put(line, link_event_text(kind));
}

static void put_flight(struct line *line, const struct ledger *ledger,
                       const struct ledger_direction *direction,
                       const struct ledger_segment *segment, uint32_t packet)
{
	const struct packet *packets = ledger->trace->packets;
	uint32_t event = ledger_segment_event(direction, segment);
	uint32_t arrival = ledger_arrival(direction, segment);

	if (event != LEDGER_NONE)
		put_fate(line, ledger, event);
	else if (ledger_is_lost(ledger, direction, segment))
		put(line, "; never arrived");
	if (arrival == LEDGER_NONE || arrival == segment->packet)
		return;
	put(line, packet == segment->packet ? "; arrives " : "; left ");
	put_time(line, packets[arrival].time_ns - packets[segment->packet].time_ns);
	put(line, packet == segment->packet ? " later" : " before");
}

static void put_kind(struct line *line, const struct ledger *ledger, uint32_t number,
                     const struct ledger_segment *segment, const struct carried *carried)
{
	bool message = is_message(ledger, number);

	switch ((enum segment_kind)segment->kind) {
	case SEGMENT_KEEPALIVE: put(line, "keep-alive"); return;
	case SEGMENT_PROBE: put(line, "window probe"); return;
	case SEGMENT_RETRANSMISSION: put_first_time(line, ledger, number, segment); return;
	case SEGMENT_DATA: break;
	}
	if (carried->count)
		put_count(line, carried, message);
	else if (!segment->length && message)
		put(line, "an empty datagram");
	else if (segment->length)
		put(line, "of no write that is known");
}

static void put_segment(struct line *line, const struct ledger *ledger, uint32_t number,
                        const struct ledger_segment *segment, uint32_t packet)
{
	const struct ledger_direction *direction = wireshark_direction(ledger, number);
	struct carried of = carried(direction, segment);
	int64_t held_ns =
		segment->kind == SEGMENT_DATA ? ledger_held_ns(ledger, direction, segment) : 0;

	part(line);
	if (of.count) {
		put_pieces(line, ledger, direction, segment, &of);
		put(line, ": ");
	} else if (segment->length) {
		put_range(line, segment->from, segment->from + segment->length);
		put(line, ": ");
	} else if (of.first != LEDGER_NONE && segment->kind == SEGMENT_DATA) {
		put_piece(line, ledger, direction, (uint32_t)of.first, segment->from,
		          segment->from);
		put(line, ": ");
	}
	put_kind(line, ledger, number, segment, &of);
	if (microseconds(held_ns)) {
		put(line, "; held ");
		put_time(line, held_ns);
	}
	uint32_t repeated = ledger_segment_repeated(direction, segment);
	uint32_t fragments = ledger_segment_fragments(direction, segment);

	if (repeated) {
		put(line, "; and again ");
		put_number(line, repeated);
		put(line, " B");
	}
	if (fragments > 1) {
		put(line, "; in ");
		put_number(line, fragments);
		put(line, " fragments");
	}
	put_flight(line, ledger, direction, segment, packet);
}

static void put_release(struct line *line, const struct ledger *ledger,
                        const struct wireshark_mark *mark)
{
	const struct ledger_direction *direction = wireshark_direction(ledger, mark->direction);
	const struct ledger_segment *segment = &direction->segments[mark->index];
	struct carried of = carried(direction, segment);

	if (!of.count)
		return;
	part(line);
	put(line, "releases ");
	put_pieces(line, ledger, direction, segment, &of);
	put(line, ": held ");
	put_time(line, ledger_held_ns(ledger, direction, segment));
}

static void put_mark(struct line *line, const struct ledger *ledger,
                     const struct wireshark_mark *mark)
{
	switch ((enum wireshark_mark_kind)mark->kind) {
	case WIRESHARK_MARK_EVENT: put_fate(line, ledger, mark->index); return;
	case WIRESHARK_MARK_FIN:
		part(line);
		put(line, "end of the stream");
		return;
	case WIRESHARK_MARK_RESET:
		part(line);
		put(line, "reset");
		return;
	case WIRESHARK_MARK_RELEASE: put_release(line, ledger, mark); return;
	}
}

void wireshark_comment(struct buffer *out, struct wireshark_comments *comments, uint32_t packet)
{
	const struct ledger *ledger = comments->index.ledger;
	struct wireshark_spot spot = wireshark_index_spot(&comments->index, packet);
	size_t count;
	const struct wireshark_mark *marks =
		wireshark_index_marks(&comments->index, packet, &count);
	struct line line;

	if (spot.direction == LEDGER_NONE && !count)
		return;
	line.start = line.at = buffer_reserve(out, COMMENT_MOST);
	if (spot.direction != LEDGER_NONE) {
		const struct ledger_direction *direction =
			wireshark_direction(ledger, spot.direction);

		/* One packet may fill two gaps; more are not told. */
		for (size_t i = spot.segment; i < direction->segment_count && i < spot.segment + 2u;
		     i++) {
			const struct ledger_segment *segment = &direction->segments[i];

			if (segment->packet == packet ||
			    ledger_arrival(direction, segment) == packet)
				put_segment(&line, ledger, spot.direction, segment, packet);
		}
	}
	/* Of what it releases one is told. */
	for (size_t i = 0; i < count && i < 3; i++)
		put_mark(&line, ledger, &marks[i]);
	*line.at = '\0';
	out->length += (size_t)(line.at - line.start);
}

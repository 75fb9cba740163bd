/*
 * Boundaries kept, lost, open, and splits: one walk over the writes beside the segments, one beside
 * the reads. The fate of the boundary behind each write stays in a byte of fates: segments in bits
 * 0–1, reads in bits 2–3.
 */
#include <stdlib.h>

#include <assert.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define READS_SHIFT 2

enum boundary_fate ledger_fate_in_segments(const struct ledger_direction *direction, size_t write)
{
	return (enum boundary_fate)(direction->fates[write] & 3);
}

enum boundary_fate ledger_fate_in_reads(const struct ledger_direction *direction, size_t write)
{
	return (enum boundary_fate)(direction->fates[write] >> READS_SHIFT & 3);
}

static void count(struct ledger_boundaries *boundaries, uint8_t *fate, enum boundary_fate which,
                  unsigned shift)
{
	boundaries->count++;
	boundaries->kept += which == BOUNDARY_KEPT;
	boundaries->lost += which == BOUNDARY_LOST;
	boundaries->open += which == BOUNDARY_OPEN;
	*fate = (uint8_t)(*fate | which << shift);
}

/* ---- streams ---- */

/* The pieces, segments or reads, of a stream in order of offset; run: of the segment before. */
struct pieces {
	const struct ledger_direction *direction;
	const struct side *side;
	bool reads;
	size_t count, run;
};

/* Each segment is the next one, or one of the last. */
static const struct ledger_segment *data_segment(struct pieces *pieces, size_t at)
{
	const struct ledger_direction *direction = pieces->direction;
	const struct ledger_run *runs = direction->runs;

	if (!runs)
		return direction->segments + at;
	if (runs[pieces->run].at > at)
		pieces->run = 0;
	while (pieces->run + 1 < direction->run_count && runs[pieces->run + 1].at <= at)
		pieces->run++;
	return direction->segments + runs[pieces->run].segment + (at - runs[pieces->run].at);
}

static void piece(struct pieces *pieces, size_t at, size_t *oob, uint64_t *from, uint64_t *to)
{
	const struct side *side = pieces->side;

	if (!pieces->reads) {
		const struct ledger_segment *segment = data_segment(pieces, at);

		*from = segment->from;
		*to = segment->from + segment->length;
		return;
	}
	*from = pieces->direction->reads[at].from;
	*to = *from + pieces->direction->reads[at].length;
	/* A read that stops before an out-of-band byte ends behind it. */
	while (*oob < side->oob_count && side->oob[*oob] < *to)
		++*oob;
	if (*oob < side->oob_count && side->oob[*oob] == *to)
		++*to;
}

/* The next write that has bytes, or write_count. */
static size_t next_full(const struct ledger_direction *direction, size_t at)
{
	while (at < direction->write_count &&
	       direction->writes[at].from == direction->writes[at].to)
		at++;
	return at;
}

static void walk_boundaries(struct ledger_direction *direction, struct pieces *pieces,
                            struct ledger_boundaries *boundaries, unsigned shift)
{
	size_t at = 0, oob = 0, write = next_full(direction, 0), next;
	uint64_t from = 0, to = 0;

	for (; write < direction->write_count; write = next) {
		uint64_t end = direction->writes[write].to;
		enum boundary_fate fate = BOUNDARY_OPEN;

		next = next_full(direction, write + 1);
		if (next == direction->write_count)
			break;
		/* The first piece that ends at the boundary or behind it. */
		while (at < pieces->count) {
			piece(pieces, at, &oob, &from, &to);
			if (to >= end)
				break;
			at++;
		}
		if (at < pieces->count && to == end)
			fate = BOUNDARY_KEPT;
		else if (at < pieces->count && from < end)
			fate = BOUNDARY_LOST;
		count(boundaries, direction->fates + write, fate, shift);
	}
}

static uint64_t count_splits(const struct ledger_direction *direction, struct pieces *pieces)
{
	size_t write = 0, oob = 0;
	uint64_t splits = 0, from, to;

	for (size_t at = 0; at < pieces->count && direction->write_count; at++) {
		piece(pieces, at, &oob, &from, &to);
		while (write < direction->write_count && direction->writes[write].to < to)
			write++;
		splits += write < direction->write_count && direction->writes[write].to > to;
	}
	return splits;
}

void ledger_stream_boundaries(struct ledger_direction *direction, const struct side *side,
                              bool segments)
{
	struct pieces carried = { direction, side, false, direction->data_count, 0 };
	struct pieces read = { direction, side, true, direction->read_count, 0 };

	direction->fates = mem_alloc(direction->write_count, sizeof(*direction->fates));
	if (segments) {
		walk_boundaries(direction, &carried, &direction->in_segments, 0);
		direction->in_segments.splits = count_splits(direction, &carried);
	}
	walk_boundaries(direction, &read, &direction->in_reads, READS_SHIFT);
	direction->in_reads.splits = count_splits(direction, &read);
}

/* ---- messages ---- */

static bool is_seen(const struct datagram *datagram, bool reads)
{
	return reads ? datagram->reader != LEDGER_NONE : datagram->segment != LEDGER_NONE;
}

/* Where the segment, or the best read, that has this datagram ends. */
static uint64_t carrier_end(const struct ledger_direction *direction,
                            const struct datagram *datagram, bool reads)
{
	if (!reads) {
		const struct ledger_segment *segment = direction->segments + datagram->segment;

		return segment->from + segment->length;
	}
	return direction->reads[datagram->best].from + direction->reads[datagram->best].length;
}

/* Between two writes of one message: lost in the datagram around the offset, unless a cut of
 * UDP_SEGMENT, or the end of a read that was too short, is just there. */
static enum boundary_fate fate_within(const struct ledger_direction *direction,
                                      const struct side *side, const struct message *message,
                                      uint64_t at, bool reads)
{
	const struct datagram *datagram = side->datagrams + message->first_datagram;
	const struct datagram *end = datagram + message->datagram_count;
	uint64_t reached;

	while (datagram + 1 < end && datagram->from + datagram->length < at)
		datagram++;
	if (datagram == end || !is_seen(datagram, reads))
		return BOUNDARY_OPEN;
	reached = carrier_end(direction, datagram, reads);
	if (reached == at && at > message->from && at < message->from + message->length)
		return BOUNDARY_KEPT;
	return reached < at ? BOUNDARY_OPEN : BOUNDARY_LOST;
}

/* Between two messages: kept if the first one's last datagram was seen, unless one read went on. */
static enum boundary_fate fate_between(const struct ledger_direction *direction,
                                       const struct side *side, const struct message *message,
                                       uint64_t at, bool reads)
{
	const struct datagram *last;

	if (!message->datagram_count)
		return BOUNDARY_OPEN;
	last = side->datagrams + message->first_datagram + message->datagram_count - 1;
	if (!is_seen(last, reads))
		return BOUNDARY_OPEN;
	return reads && carrier_end(direction, last, reads) > at ? BOUNDARY_LOST : BOUNDARY_KEPT;
}

/* Whether that write or a later one ends there. */
static bool is_write_end(const struct ledger_direction *direction, uint32_t write, uint64_t end)
{
	while (write < direction->write_count && direction->writes[write].to < end)
		write++;
	return write < direction->write_count && direction->writes[write].to == end;
}

static uint64_t count_message_splits(const struct ledger_direction *direction,
                                     const struct side *side, bool reads)
{
	uint64_t splits = 0, last_end = UINT64_MAX;

	for (size_t i = 0; i < side->datagram_count; i++) {
		const struct datagram *datagram = side->datagrams + i;
		uint32_t first_write = side->messages[datagram->message].first_write;
		uint64_t end;

		if (!is_seen(datagram, reads) || !datagram->length || first_write == LEDGER_NONE)
			continue;
		end = carrier_end(direction, datagram, reads);
		if (end == last_end)
			continue;
		last_end = end;
		splits += !is_write_end(direction, first_write, end);
	}
	return splits;
}

static void walk_messages(struct ledger_direction *direction, const struct side *side, bool reads)
{
	struct ledger_boundaries *boundaries =
		reads ? &direction->in_reads : &direction->in_segments;
	unsigned shift = reads ? READS_SHIFT : 0;

	for (size_t i = 0; i < side->message_count; i++) {
		const struct message *message = side->messages + i;

		if (message->first_write == LEDGER_NONE)
			break;
		for (uint32_t k = 0; k < message->write_count; k++) {
			uint32_t write = message->first_write + k;
			uint64_t at = direction->writes[write].to;
			enum boundary_fate fate;

			if (write + 1 == direction->write_count)
				break;
			fate = k + 1 < message->write_count
			               ? fate_within(direction, side, message, at, reads)
			               : fate_between(direction, side, message, at, reads);
			count(boundaries, direction->fates + write, fate, shift);
		}
	}
	boundaries->splits = count_message_splits(direction, side, reads);
}

void ledger_message_boundaries(struct ledger_direction *direction, const struct side *side,
                               bool segments)
{
	direction->fates = mem_alloc(direction->write_count, sizeof(*direction->fates));
	if (segments)
		walk_messages(direction, side, false);
	walk_messages(direction, side, true);
}

void ledger_no_boundaries(struct ledger_direction *direction)
{
	static_assert(BOUNDARY_NONE == 0, "zeroed fates are none");
	direction->fates = mem_alloc(direction->write_count, sizeof(*direction->fates));
}

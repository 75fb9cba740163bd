#include "sim/split_character.h"

#include "capture/escape.h"
#include "capture/packet.h"

#define CHARACTER_MAX 4 /* bytes of the longest UTF-8 sequence */

/* The byte of a stream at offset, from its packet or its call; false if neither kept it. */
static bool stream_byte(const struct ledger *ledger, const struct ledger_direction *direction,
                        uint64_t offset, char *byte)
{
	const struct trace *trace = ledger->trace;
	uint32_t at = ledger_segment_at(direction, offset);

	/* Where in the packet the new bytes lie is plain only if it repeats none. */
	if (at != LEDGER_NONE && !ledger_segment_repeated(direction, &direction->segments[at])) {
		const struct ledger_segment *segment = &direction->segments[at];
		const struct packet *packet = &trace->packets[segment->packet];
		uint64_t index = offset - segment->from;
		struct packet_view view;

		trace_decode(trace, segment->packet, &view);
		if (index < view.payload_captured) {
			*byte = (char)trace->bytes[packet->at + view.payload_at + index];
			return true;
		}
	}
	at = ledger_write_at(direction, offset);
	if (at == LEDGER_NONE)
		return false;
	const struct ledger_write *write = &direction->writes[at];
	const struct call *call = &trace->calls[write->call];
	if (!call->payload || offset - write->from >= call->payload_length)
		return false;
	*byte = (char)call->payload[offset - write->from];
	return true;
}

static bool is_inside_character(const struct ledger *ledger,
                                const struct ledger_direction *direction, uint64_t cut)
{
	char bytes[2 * CHARACTER_MAX - 2];
	char *at = bytes + CHARACTER_MAX - 1; /* of the byte behind the cut */
	size_t before = 0, after = 0;

	while (before < CHARACTER_MAX - 1 && before < cut &&
	       stream_byte(ledger, direction, cut - before - 1, at - before - 1))
		before++;
	while (after < CHARACTER_MAX - 1 && stream_byte(ledger, direction, cut + after, at + after))
		after++;
	for (size_t i = before; i > 0; i--) {
		unsigned code;

		if (escape_utf8(at - i, i + after, &code) > i)
			return true;
	}
	return false;
}

uint64_t split_characters(const struct ledger *ledger, int endpoint)
{
	uint64_t count = 0;

	for (size_t i = 0; i < 2 * ledger->flow_count; i++) {
		const struct ledger_direction *direction = &ledger->flows[i / 2].directions[i % 2];

		for (size_t k = 0; k < direction->read_count; k++) {
			const struct ledger_read *read = &direction->reads[k];
			uint16_t reader = ledger->trace->calls[read->call].endpoint;

			if (read->length && (endpoint == FACTS_ALL || reader == endpoint))
				count += is_inside_character(ledger, direction,
				                             read->from + read->length);
		}
	}
	return count;
}

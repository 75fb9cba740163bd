#include "viz/direction.h"

#include <assert.h>

static const char *name(char out[DIRECTION_TEXT], const struct ledger *ledger, uint16_t endpoint,
                        const struct address *address)
{
	const struct trace *trace = ledger->trace;

	if (endpoint < trace->endpoint_count && trace->endpoints[endpoint].name)
		return trace->endpoints[endpoint].name;
	return address_text(out, address);
}

const char *direction_sender(char out[DIRECTION_TEXT], const struct ledger *ledger,
                             const struct ledger_flow *flow,
                             const struct ledger_direction *direction)
{
	return name(out, ledger, direction->from_endpoint,
	            direction == &flow->directions[0] ? &flow->a : &flow->b);
}

const char *direction_receiver(char out[DIRECTION_TEXT], const struct ledger *ledger,
                               const struct ledger_flow *flow,
                               const struct ledger_direction *direction)
{
	return name(out, ledger, direction->to_endpoint,
	            direction == &flow->directions[0] ? &flow->b : &flow->a);
}

static const char *const fates[] = {
	[BOUNDARY_KEPT] = "kept",
	[BOUNDARY_LOST] = "lost",
	[BOUNDARY_OPEN] = "open",
};
static_assert(sizeof(fates) / sizeof(*fates) == BOUNDARY_FATE_COUNT, "a word for every fate");

const char *direction_fate_text(enum boundary_fate fate)
{
	return fates[fate];
}

static const char *const lost_keys[] = {
	[LOST_NONE] = "none",   [LOST_TRUNCATED] = "truncated", [LOST_BUFFER] = "buffer",
	[LOST_RESET] = "reset", [LOST_NOBODY] = "nobody",       [LOST_CLOSED] = "closed",
	[LOST_WIRE] = "wire",
};
static_assert(sizeof(lost_keys) / sizeof(*lost_keys) == LOST_CAUSE_COUNT, "a key for every cause");

const char *direction_lost_key(enum lost_cause cause)
{
	return lost_keys[cause];
}

static enum boundary_fate fate_in_segments(const struct ledger_direction *direction, uint64_t at)
{
	uint32_t index = ledger_segment_at(direction, at - 1);
	const struct ledger_segment *segment;

	if (index == LEDGER_NONE)
		return BOUNDARY_OPEN;
	segment = &direction->segments[index];
	return segment->from + segment->length == at ? BOUNDARY_KEPT : BOUNDARY_LOST;
}

/* Reads are in order of offset, and so are the boundaries: the walk never goes back. */
static enum boundary_fate fate_in_reads(struct direction_boundaries *walk)
{
	const struct ledger_direction *direction = walk->direction;
	const struct ledger_read *read;

	for (; walk->next_read < direction->read_count; walk->next_read++) {
		read = &direction->reads[walk->next_read];
		if (read->from + read->length + read->truncated >= walk->at)
			break;
	}
	if (walk->next_read == direction->read_count)
		return BOUNDARY_OPEN;
	read = &direction->reads[walk->next_read];
	if (read->from >= walk->at)
		return BOUNDARY_OPEN;
	if (read->from + read->length == walk->at ||
	    read->from + read->length + read->truncated == walk->at)
		return BOUNDARY_KEPT;
	return read->from + read->length > walk->at ? BOUNDARY_LOST : BOUNDARY_OPEN;
}

bool direction_next_boundary(struct direction_boundaries *walk)
{
	const struct ledger_direction *direction = walk->direction;
	bool inside = walk->next_write > 0;

	for (; walk->next_write < direction->write_count; walk->next_write++) {
		const struct ledger_write *write = &direction->writes[walk->next_write];

		if (write->from == write->to)
			continue;
		if (inside)
			break;
		inside = true;
	}
	if (walk->next_write >= direction->write_count)
		return false;
	walk->at = direction->writes[walk->next_write++].from;
	walk->in_segments = fate_in_segments(direction, walk->at);
	walk->in_reads = fate_in_reads(walk);
	return true;
}

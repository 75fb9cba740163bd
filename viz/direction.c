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

const char *direction_fate_text(enum boundary_fate fate)
{
	switch (fate) {
	case BOUNDARY_KEPT: return "kept";
	case BOUNDARY_LOST: return "lost";
	case BOUNDARY_OPEN: return "open";
	case BOUNDARY_NONE: break;
	}
	return NULL;
}

const char *direction_kind_text(enum segment_kind kind)
{
	switch (kind) {
	case SEGMENT_DATA: return "data";
	case SEGMENT_RETRANSMISSION: return "retransmission";
	case SEGMENT_KEEPALIVE: return "keepalive";
	case SEGMENT_PROBE: return "probe";
	}
	return "";
}

static const char *const lost_keys[] = {
	[LOST_NONE] = "none",   [LOST_TRUNCATED] = "truncated", [LOST_BUFFER] = "buffer",
	[LOST_RESET] = "reset", [LOST_NOBODY] = "nobody",       [LOST_CLOSED] = "closed",
	[LOST_WIRE] = "wire",   [LOST_SENDER] = "sender",
};
static_assert(sizeof(lost_keys) / sizeof(*lost_keys) == LOST_CAUSE_COUNT, "a key for every cause");

const char *direction_lost_key(enum lost_cause cause)
{
	return lost_keys[cause];
}

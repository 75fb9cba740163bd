#include "sim/undropped.h"

#include <inttypes.h>

#include "capture/packet.h"

#define SHOWN     6
#define TAP_COUNT 2

/* The link met a data packet of that number, and dropped it. */
static bool was_dropped(const struct trace *trace, bool down, uint32_t number)
{
	for (size_t i = 0; i < trace->event_count; i++) {
		const struct link_event *event = &trace->events[i];

		if (event->down == down && event->data_number == number &&
		    link_event_is_loss(event->kind))
			return true;
	}
	return false;
}

static bool is_listed(const struct impairment *way, uint32_t number)
{
	for (size_t i = 0; i < way->drop_count; i++) {
		if (way->drop[i] == number)
			return true;
	}
	return false;
}

/* Data packets that left on that way: outbound at the tap of its sender. */
static uint64_t count_data(const struct trace *trace, bool down)
{
	uint64_t count = 0;

	for (size_t i = 0; i < trace->packet_count; i++) {
		const struct packet *packet = &trace->packets[i];
		struct packet_view view;

		if (packet->interface != down || packet->direction != 2)
			continue;
		trace_decode(trace, i, &view);
		count += view.payload_length > 0;
	}
	return count;
}

static void describe_way(struct buffer *out, const struct impairment *ways,
                         const struct trace *trace, bool down)
{
	const struct impairment *way = &ways[down], *other = &ways[!down];
	size_t missing = 0;

	for (size_t i = 0; i < way->drop_count; i++) {
		uint32_t number = way->drop[i];

		if (was_dropped(trace, down, number) ||
		    (is_listed(other, number) && was_dropped(trace, !down, number)))
			continue;
		if (!missing++)
			buffer_text(out, "`drop` found no data packet ");
		else if (missing <= SHOWN)
			buffer_text(out, ", ");
		if (missing <= SHOWN)
			buffer_format(out, "%" PRIu32, number);
	}
	if (!missing)
		return;
	if (missing > SHOWN)
		buffer_format(out, " and %zu more", missing - SHOWN);
	uint64_t left = count_data(trace, down);

	buffer_format(out,
	              " on the way %s: ", down ? "from server to client" : "from client to server");
	if (left)
		buffer_format(out, "only %" PRIu64 " left there\n", left);
	else
		buffer_text(out, "none left there\n");
}

void undropped_describe(struct buffer *out, const struct scenario *scenario,
                        const struct trace *trace)
{
	if (!trace->about.wire.known || trace->interface_count != TAP_COUNT)
		return;
	for (int way = 0; way < 2; way++)
		describe_way(out, scenario->link.ways, trace, way == 1);
}

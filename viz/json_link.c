#include "viz/json_link.h"

#include "viz/moment.h"

static void write_way(struct json_writer *writer, const struct trace *trace, int way)
{
	const struct trace_wire *wire = &trace->about.wire;

	json_object_row(writer, way ? "down" : "up");
	json_number(writer, "delay_ns", wire->delay_ns[way]);
	if (wire->rate_bits[way])
		json_count(writer, "rate_bits", wire->rate_bits[way]);
	if (trace->complete)
		json_number(writer, "packets", wire->packets[way]);
	json_end(writer);
}

void json_write_wire(struct json_writer *writer, const struct trace *trace)
{
	if (!trace->about.wire.known)
		return;
	json_object(writer, "wire");
	write_way(writer, trace, 0);
	write_way(writer, trace, 1);
	json_end(writer);
}

void json_write_events(struct json_writer *writer, const struct ledger *ledger, int64_t zero_ns)
{
	const struct trace *trace = ledger->trace;

	if (!trace->event_count)
		return;
	json_array(writer, "events");
	for (uint32_t i = 0; i < trace->event_count; i++) {
		const struct link_event *event = &trace->events[i];
		uint32_t packet = ledger_event_packet(ledger, i);

		json_object_row(writer, NULL);
		json_number(writer, "at_ns", moment_since(zero_ns, event->time_ns));
		json_text(writer, "kind", link_event_text(event->kind));
		json_text(writer, "from", event->down ? "server" : "client");
		json_count(writer, "number", event->number);
		if (event->data_number)
			json_count(writer, "data_number", event->data_number);
		if (packet != LEDGER_NONE)
			json_count(writer, "packet", packet);
		json_count(writer, "length", event->length);
		json_end(writer);
	}
	json_end(writer);
}

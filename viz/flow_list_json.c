/* The same as flow_list.c for machines. */
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/flow_list.h"
#include "viz/flow_rank.h"
#include "viz/json.h"
#include "viz/json_writer.h"
#include "viz/moment.h"

static const char *const kinds[] = {
	[STALL_HOLD] = "hold",     [STALL_ACK] = "ack",   [STALL_LOSS] = "retransmission",
	[STALL_WINDOW] = "window", [STALL_IDLE] = "idle",
};

static void write_wait(struct json_writer *writer, const char *key, const struct ledger *ledger,
                       const struct stall *stall)
{
	const struct packet *packets = ledger->trace->packets;

	json_object_row(writer, key);
	json_text(writer, "kind", kinds[stall->kind]);
	json_count(writer, "flow", stall->flow);
	json_count(writer, "direction", stall->direction);
	json_number(writer, "took_ns", stall->to_ns - stall->from_ns);
	json_count(writer, "since_frame", trace_frame(ledger->trace, stall->since));
	json_count(writer, "frame", trace_frame(ledger->trace, stall->packet));
	json_number(writer, "at_ns", moment_since(packets[0].time_ns, stall->to_ns));
	json_end(writer);
}

static void write_some(struct json_writer *writer, const char *key, uint64_t count)
{
	if (count)
		json_count(writer, key, count);
}

static void write_direction(struct json_writer *writer, const struct ledger_direction *direction)
{
	json_object_row(writer, NULL);
	json_count(writer, "bytes", direction->bytes);
	json_count(writer, "segments", direction->segment_count);
	write_some(writer, "retransmissions", direction->retransmissions);
	write_some(writer, "out_of_order", direction->out_of_order);
	write_some(writer, "sacks", direction->sacks);
	write_some(writer, "zero_windows", direction->shut_count);
	write_some(writer, "probes", direction->probes);
	write_some(writer, "keepalives", direction->keepalives);
	write_some(writer, "resets", direction->resets);
	write_some(writer, "copies", direction->copies);
	write_some(writer, "cut", direction->cut);
	if (direction->disputed) {
		json_count(writer, "disputed_bytes", direction->disputed);
		json_count(writer, "disputed_at", direction->disputed_at);
	}
	json_end(writer);
}

static void write_flow(struct json_writer *writer, const struct ledger *ledger,
                       const struct flow_rank *rank)
{
	const struct ledger_flow *flow = ledger->flows + rank->flow;
	const struct packet *packets = ledger->trace->packets;
	char text[ADDRESS_TEXT];

	json_object_row(writer, NULL);
	json_count(writer, "id", rank->flow);
	json_text(writer, "protocol", trace_transport_text(flow->transport));
	json_text(writer, "a", address_text(text, &flow->a));
	json_text(writer, "b", address_text(text, &flow->b));
	write_some(writer, "mss", flow->mss);
	json_count(writer, "packets", flow->packets);
	if (flow->first_packet != LEDGER_NONE) {
		json_number(writer, "begin_ns",
		            moment_since(packets[0].time_ns, packets[flow->first_packet].time_ns));
		json_number(writer, "took_ns",
		            packets[flow->last_packet].time_ns -
		                    packets[flow->first_packet].time_ns);
	}
	if (flow->refused)
		json_switch(writer, "refused", true);
	write_some(writer, "super_packets", rank->super);
	write_some(writer, "super_packets_on_wire", rank->super_wire);
	json_array(writer, "directions");
	write_direction(writer, flow->directions);
	write_direction(writer, flow->directions + 1);
	json_end(writer);
	if (rank->waited)
		write_wait(writer, "worst", ledger, &rank->worst);
	json_end(writer);
}

static void write_flows(struct json_writer *writer, const struct ledger *ledger)
{
	struct flow_rank *ranks = flow_rank(ledger);

	json_array(writer, "flows");
	for (size_t i = 0; i < ledger->flow_count; i++)
		write_flow(writer, ledger, ranks + i);
	json_end(writer);
	free(ranks);
}

static void write_worst(struct json_writer *writer, const struct ledger *ledger, size_t most)
{
	struct stall *list = mem_alloc(most, sizeof(*list));
	size_t count = stalls_of_all(ledger, list, most);

	json_array(writer, "worst");
	for (size_t i = 0; i < count; i++)
		write_wait(writer, NULL, ledger, list + i);
	json_end(writer);
	free(list);
}

void flow_list_json(struct buffer *out, const struct ledger *ledger, const char *name, size_t most)
{
	const struct trace *trace = ledger->trace;
	struct json_writer writer = { .out = out };
	char t0[MOMENT_TEXT];

	json_object(&writer, NULL);
	json_number(&writer, "format", JSON_FORMAT);
	json_text(&writer, "capture", name);
	json_text(&writer, "form", trace->form);
	json_text(&writer, "t0",
	          moment_text(t0, trace->packet_count ? trace->packets[0].time_ns : 0));
	json_count(&writer, "packets", trace->packet_count);
	json_count(&writer, "other_packets", ledger->other_packets);
	write_some(&writer, "unknown_links", ledger->unknown_links);
	json_text(&writer, "warning", trace->warning);
	json_text(&writer, "doubt", ledger->doubt);
	write_flows(&writer, ledger);
	if (most)
		write_worst(&writer, ledger, most);
	json_end(&writer);
}

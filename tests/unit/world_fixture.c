#include "world_fixture.h"

#include <assert.h>
#include <string.h>

static char client[] = "client", server[] = "server", again[] = "again", lo[] = "lo";

void world_init(struct world *world, enum trace_transport transport)
{
	memset(world, 0, sizeof(*world));
	world->endpoints[0].name = client;
	world->endpoints[1].name = server;
	world->endpoints[2].name = again;
	world->interface.name = lo;
	world->trace.about.transport = transport;
	world->trace.endpoints = world->endpoints;
	world->trace.endpoint_count = 3;
	world->trace.interfaces = &world->interface;
	world->trace.interface_count = 1;
	world->trace.packets = world->packets;
	world->trace.calls = world->calls;
	world->ledger.trace = &world->trace;
	world->ledger.flows = &world->flow;
	world->ledger.flow_count = 1;
	world->flow.transport = transport;
	world->flow.mss = 1448;
	world->flow.b_endpoint = 1;
	for (uint16_t side = 0; side < 2; side++) {
		struct ledger_direction *direction = &world->flow.directions[side];

		direction->from_endpoint = side;
		direction->to_endpoint = !side;
		direction->writes = world->writes[side];
		direction->segments = world->segments[side];
		direction->reads = world->reads[side];
		direction->acks = world->acks[side];
		direction->fin_packet = LEDGER_NONE;
		direction->rst_packet = LEDGER_NONE;
		direction->syn_packet = LEDGER_NONE;
	}
}

struct call *world_call(struct world *world, uint16_t endpoint, enum call_name name,
                        int64_t begin_us, int64_t end_us, int64_t result)
{
	size_t at = world->trace.call_count++;
	struct call *call = &world->calls[at];

	assert(at < WORLD_MAX);
	*call = (struct call){
		.serial = (uint32_t)at,
		.socket = endpoint + 1u,
		.made = CALL_NO_SOCKET,
		.endpoint = endpoint,
		.name = (uint8_t)name,
		.ended = true,
		.begin_ns = begin_us * 1000,
		.end_ns = end_us * 1000,
		.asked = result > 0 ? result : 0,
		.result = result,
		.step_line = (uint32_t)at + 10,
	};
	return call;
}

struct call *world_write(struct world *world, int side, int64_t begin_us, int64_t end_us,
                         int64_t size)
{
	struct ledger_direction *direction = &world->flow.directions[side];
	struct call *call =
		world_call(world, direction->from_endpoint, CALL_SEND, begin_us, end_us, size);

	direction->writes[direction->write_count++] =
		(struct ledger_write){ direction->bytes, direction->bytes + (uint64_t)size,
		                       call->serial };
	direction->bytes += (uint64_t)size;
	return call;
}

struct call *world_read(struct world *world, int side, int64_t begin_us, int64_t end_us,
                        int64_t size)
{
	struct ledger_direction *direction = &world->flow.directions[side];
	struct call *call =
		world_call(world, direction->to_endpoint, CALL_RECV, begin_us, end_us, size);
	const struct ledger_read *last = direction->reads + direction->read_count;
	uint64_t from = direction->read_count ? last[-1].from + last[-1].length : 0;

	direction->reads[direction->read_count++] = (struct ledger_read){
		.from = from, .length = (uint32_t)size, .call = call->serial, .segment = LEDGER_NONE
	};
	return call;
}

static uint32_t add_packet(struct world *world, int64_t at_us)
{
	assert(world->trace.packet_count < WORLD_MAX);
	world->packets[world->trace.packet_count].time_ns = at_us * 1000;
	return (uint32_t)world->trace.packet_count++;
}

struct ledger_segment *world_segment(struct world *world, int side, int64_t sent_us,
                                     uint32_t length)
{
	struct ledger_direction *direction = &world->flow.directions[side];
	struct ledger_segment *segment = direction->segments + direction->segment_count;
	uint64_t from = direction->segment_count ? segment[-1].from + segment[-1].length : 0;
	uint32_t packet = add_packet(world, sent_us);

	*segment = (struct ledger_segment){
		.from = from, .length = length, .packet = packet, .kind = SEGMENT_DATA
	};
	direction->segment_count++;
	direction->data_count++;
	return segment;
}

uint32_t world_ack(struct world *world, int side, int64_t at_us, uint64_t upto)
{
	struct ledger_direction *direction = &world->flow.directions[side];
	uint32_t packet = add_packet(world, at_us);

	direction->acks[direction->ack_count++] = (struct ledger_ack){ upto, packet };
	return packet;
}

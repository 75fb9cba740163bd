#include "trace_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "capture/recording_blocks.h"
#include "capture/trace_counters.h"

#define FRAME_MAX   (14 + 40 + 60 + 65536)
#define SERVER_PORT 9000
#define WINDOW      65535

struct side {
	uint32_t isn;
	uint64_t sent; /* upto this stream offset */
	bool syn, fin;
	int64_t written, read; /* by calls */
	uint32_t socket;
};

struct flow {
	uint16_t client_port;
	struct side sides[2];
};

struct fixture {
	struct trace_about about;
	struct trace_endpoint *endpoints;
	size_t endpoint_count, endpoint_capacity;
	struct trace_interface *interfaces;
	size_t interface_count, interface_capacity;
	struct flow *flows;
	size_t flow_count, flow_capacity, flow;
	uint32_t serial, message, interface;
	uint16_t ip_id;
	uint8_t direction;
	uint8_t frame[LINK_EVENT_FRAME]; /* of the packet recorded last */
	uint32_t frame_captured, frame_length;
	bool interrupted;
	int64_t last_ns; /* of all that was recorded */
	struct recording head, body;
	struct trace trace;
	bool opened;
};

struct fixture *fixture_begin(enum trace_transport transport)
{
	struct fixture *fixture = mem_alloc(1, sizeof(*fixture));

	fixture->about = (struct trace_about){
		.scenario = (char *)"fixture",
		.title = (char *)"A trace made from code",
		.text = (char *)"title: A trace made from code\n",
		.variant = (char *)"",
		.engine = (char *)"kernel",
		.tier = (char *)"user namespace",
		.kernel = (char *)"6.18.44",
		.link = (char *)"loopback",
		.hz = 250,
		.transport = transport,
		.t0_ns = FIXTURE_T0,
		.t0_mono_ns = FIXTURE_MS(1000),
		.time_limit_ns = FIXTURE_MS(30000),
	};
	fixture->last_ns = FIXTURE_T0;
	recording_begin(&fixture->head, -1, RECORDING_LIMIT);
	recording_begin(&fixture->body, -1, RECORDING_LIMIT);
	fixture_endpoint(fixture, "client", false);
	fixture_endpoint(fixture, "server", true);
	if (!trace_transport_is_unix(transport))
		fixture_interface(fixture, "lo");
	fixture_flow(fixture, 45000);
	return fixture;
}

struct trace_about *fixture_about(struct fixture *fixture)
{
	return &fixture->about;
}

void fixture_interrupt(struct fixture *fixture)
{
	fixture->interrupted = true;
}

uint16_t fixture_endpoint(struct fixture *fixture, const char *name, bool server_side)
{
	fixture->endpoints = mem_grow(fixture->endpoints, &fixture->endpoint_capacity,
	                              fixture->endpoint_count, sizeof(*fixture->endpoints));
	fixture->endpoints[fixture->endpoint_count] =
		(struct trace_endpoint){ .name = (char *)(uintptr_t)name,
		                         .server_side = server_side };
	return (uint16_t)fixture->endpoint_count++;
}

uint32_t fixture_interface(struct fixture *fixture, const char *name)
{
	fixture->interfaces = mem_grow(fixture->interfaces, &fixture->interface_capacity,
	                               fixture->interface_count, sizeof(*fixture->interfaces));
	fixture->interfaces[fixture->interface_count] = (struct trace_interface){
		.name = (char *)(uintptr_t)name,
		.link_type = 1,
		.snap_length = 262144,
	};
	return (uint32_t)fixture->interface_count++;
}

void fixture_tap(struct fixture *fixture, uint32_t interface, uint8_t direction)
{
	fixture->interface = interface;
	fixture->direction = direction;
}

void fixture_flow(struct fixture *fixture, uint16_t client_port)
{
	for (size_t i = 0; i < fixture->flow_count; i++) {
		if (fixture->flows[i].client_port == client_port) {
			fixture->flow = i;
			return;
		}
	}
	fixture->flows = mem_grow(fixture->flows, &fixture->flow_capacity, fixture->flow_count,
	                          sizeof(*fixture->flows));
	uint32_t socket = (uint32_t)fixture->flow_count * 2 + 1;
	fixture->flows[fixture->flow_count] = (struct flow){
		.client_port = client_port,
		.sides = { { .isn = 1000, .socket = socket },
		           { .isn = 5000, .socket = socket + 1 } },
	};
	fixture->flow = fixture->flow_count++;
}

static struct side *side_of(struct fixture *fixture, char from)
{
	return &fixture->flows[fixture->flow].sides[from == 'b'];
}

void fixture_isn(struct fixture *fixture, char from, uint32_t isn)
{
	side_of(fixture, from)->isn = isn;
}

static void note_time(struct fixture *fixture, int64_t time_ns)
{
	if (time_ns > fixture->last_ns)
		fixture->last_ns = time_ns;
}

/* ---- calls ---- */

static struct address address_of(const struct fixture *fixture, bool server)
{
	struct address address = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };

	if (trace_transport_is_unix(fixture->about.transport)) {
		address = (struct address){ .family = server ? ADDRESS_UNIX : ADDRESS_NONE };
		memcpy(address.bytes, "server", server ? 6 : 0);
	} else {
		address.port = server ? SERVER_PORT : fixture->flows[fixture->flow].client_port;
	}
	return address;
}

struct call fixture_usual_call(struct fixture *fixture, uint16_t endpoint, enum call_name name,
                               int64_t begin_ns, int64_t end_ns)
{
	bool server = endpoint == FIXTURE_SERVER, ended = end_ns != CALL_PENDING;
	int64_t to_mono = fixture->about.t0_mono_ns;

	return (struct call){
		.socket = side_of(fixture, server ? 'b' : 'a')->socket,
		.made = CALL_NO_SOCKET,
		.endpoint = endpoint,
		.name = (uint8_t)name,
		.ended = ended,
		.begin_ns = FIXTURE_T0 + begin_ns,
		.end_ns = ended ? FIXTURE_T0 + end_ns : CALL_PENDING,
		.begin_mono_ns = to_mono + begin_ns,
		.end_mono_ns = ended ? to_mono + end_ns : 0,
		.late_ns = -1,
		.offset = -1,
		.message = UINT32_MAX,
		.local = address_of(fixture, server),
		.remote = address_of(fixture, !server),
	};
}

uint32_t fixture_call(struct fixture *fixture, struct call call)
{
	struct call begun = call;

	call.serial = begun.serial = fixture->serial;
	note_time(fixture, call.ended ? call.end_ns : call.begin_ns);
	begun.ended = false;
	begun.end_ns = CALL_PENDING;
	recording_add_call(&fixture->body, &begun, fixture->endpoints[call.endpoint].name);
	if (call.ended)
		recording_add_call(&fixture->body, &call, fixture->endpoints[call.endpoint].name);
	return fixture->serial++;
}

static void set_result(struct call *call, int64_t result)
{
	call->result = call->ended ? result : 0;
	call->error = call->ended && result < 0 ? EAGAIN : 0;
}

uint32_t fixture_write(struct fixture *fixture, uint16_t endpoint, int64_t begin_ns, int64_t end_ns,
                       int64_t asked, int64_t result)
{
	struct side *side = side_of(fixture, endpoint == FIXTURE_SERVER ? 'b' : 'a');
	struct call call = fixture_usual_call(fixture, endpoint, CALL_SEND, begin_ns, end_ns);
	uint8_t payload[CALL_PAYLOAD_MAX];

	memset(payload, 'A' + (int)(fixture->message % 26), sizeof(payload));
	call.asked = asked;
	call.offset = side->written;
	call.message = fixture->message++;
	call.payload = payload;
	call.payload_length = asked < CALL_PAYLOAD_MAX ? (uint32_t)asked : CALL_PAYLOAD_MAX;
	set_result(&call, result);
	side->written += call.result > 0 ? call.result : 0;
	return fixture_call(fixture, call);
}

uint32_t fixture_read(struct fixture *fixture, uint16_t endpoint, int64_t begin_ns, int64_t end_ns,
                      int64_t asked, int64_t result)
{
	struct side *side = side_of(fixture, endpoint == FIXTURE_SERVER ? 'b' : 'a');
	struct call call = fixture_usual_call(fixture, endpoint, CALL_RECV, begin_ns, end_ns);

	call.asked = asked;
	call.offset = side->read;
	set_result(&call, result);
	side->read += call.result > 0 ? call.result : 0;
	return fixture_call(fixture, call);
}

/* A tcp of zeros is one that the test says nothing of. */
static struct trace_socket usual_socket(const struct trace_socket *socket)
{
	static const struct trace_tcp zeros;
	struct trace_socket known = *socket;

	if (!memcmp(&known.tcp, &zeros, sizeof(zeros)))
		known.tcp = trace_tcp_unknown();
	return known;
}

void fixture_socket(struct fixture *fixture, const struct trace_socket *socket)
{
	struct trace_socket known = usual_socket(socket);

	note_time(fixture, socket->at_ns);
	recording_add_socket(&fixture->body, &known, fixture->endpoints[socket->endpoint].name);
}

void fixture_mark(struct fixture *fixture, uint32_t note, const struct trace_socket *socket)
{
	struct trace_mark mark = { .note = note, .socket = usual_socket(socket) };

	recording_add_mark(&fixture->body, &mark, fixture->endpoints[socket->endpoint].name,
	                   fixture->last_ns);
}

void fixture_counter(struct fixture *fixture, const char *host, const char *name, int64_t rose,
                     uint32_t mark)
{
	struct trace_counter counter = { .host = (char *)(uintptr_t)host,
		                         .name = (char *)(uintptr_t)name,
		                         .rose = rose,
		                         .mark = mark };

	recording_add_counters(&fixture->body, &counter, 1, fixture->last_ns);
}

/* ---- packets ---- */

static uint8_t *put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value & 0xffff);
}

static uint16_t checksum(const uint8_t *at, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

/* Ethernet and IPv4 in front of length bytes; returns where they begin. */
static uint8_t *put_headers(uint8_t *frame, uint8_t protocol, uint32_t length, uint16_t id,
                            uint16_t fragment)
{
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	uint8_t *ip = frame + 14, *at = ip;

	memset(frame, 0, 12);
	put16(frame + 12, 0x0800);
	at = put16(at, 0x4500);
	at = put16(at, 20 + length);
	at = put16(at, id);
	at = put16(at, fragment);
	*at++ = 64;
	*at++ = protocol;
	at = put16(at, 0);
	memcpy(at, loopback, 4);
	memcpy(at + 4, loopback, 4);
	put16(ip + 10, checksum(ip, 20));
	return ip + 20;
}

static uint8_t *put_ports(const struct fixture *fixture, uint8_t *at, char from)
{
	uint16_t client = fixture->flows[fixture->flow].client_port;

	return from == 'b' ? put16(put16(at, SERVER_PORT), client)
	                   : put16(put16(at, client), SERVER_PORT);
}

static uint8_t *put_payload(uint8_t *at, const void *payload, uint64_t offset, uint32_t length)
{
	if (payload)
		memcpy(at, payload, length);
	for (uint32_t i = 0; !payload && i < length; i++)
		at[i] = (uint8_t)('a' + (offset + i) % 26);
	return at + length;
}

static void record_frame(struct fixture *fixture, int64_t time_ns, const uint8_t *frame,
                         const uint8_t *end)
{
	fixture_packet(fixture, fixture->interface, time_ns, frame, (uint32_t)(end - frame),
	               (uint32_t)(end - frame), fixture->direction);
}

void fixture_packet(struct fixture *fixture, uint32_t interface, int64_t time_ns,
                    const uint8_t *bytes, uint32_t captured, uint32_t length, uint8_t direction)
{
	note_time(fixture, FIXTURE_T0 + time_ns);
	fixture->frame_captured = captured < LINK_EVENT_FRAME ? captured : LINK_EVENT_FRAME;
	fixture->frame_length = length;
	memcpy(fixture->frame, bytes, fixture->frame_captured);
	recording_add_packet(&fixture->body, interface, FIXTURE_T0 + time_ns, bytes, captured,
	                     length, direction);
}

void fixture_tcp_acking(struct fixture *fixture, int64_t time_ns, char from, uint64_t offset,
                        uint8_t flags, uint64_t acknowledged, const void *payload, uint32_t length)
{
	struct side *side = side_of(fixture, from);
	const struct side *other = side_of(fixture, from == 'a' ? 'b' : 'a');
	uint32_t header = flags & PACKET_SYN ? 24 : 20;
	uint8_t *frame = mem_alloc(1, FRAME_MAX);
	uint8_t *at = put_headers(frame, 6, header + length, fixture->ip_id++, 0x4000);

	at = put_ports(fixture, at, from);
	at = put32(at, flags & PACKET_SYN ? side->isn : side->isn + 1 + (uint32_t)offset);
	at = put32(at, flags & PACKET_ACK ? other->isn + 1 + (uint32_t)acknowledged : 0);
	*at++ = (uint8_t)(header / 4 << 4);
	*at++ = flags;
	at = put32(put16(at, WINDOW), 0);
	if (flags & PACKET_SYN)
		at = put32(at, 0x02040000u | FIXTURE_MSS);
	at = put_payload(at, payload, offset, length);
	record_frame(fixture, time_ns, frame, at);
	free(frame);
	if (!(flags & PACKET_SYN) && offset + length > side->sent)
		side->sent = offset + length;
	side->fin |= flags & PACKET_FIN;
}

void fixture_tcp(struct fixture *fixture, int64_t time_ns, char from, uint64_t offset,
                 uint8_t flags, const void *payload, uint32_t length)
{
	const struct side *other = side_of(fixture, from == 'a' ? 'b' : 'a');

	fixture_tcp_acking(fixture, time_ns, from, offset, flags, other->sent + other->fin, payload,
	                   length);
}

void fixture_handshake(struct fixture *fixture, int64_t time_ns)
{
	fixture_tcp(fixture, time_ns, 'a', 0, PACKET_SYN, NULL, 0);
	fixture_tcp(fixture, time_ns + FIXTURE_US(10), 'b', 0, PACKET_SYN | PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, time_ns + FIXTURE_US(20), 'a', 0, PACKET_ACK, NULL, 0);
}

void fixture_udp(struct fixture *fixture, int64_t time_ns, char from, const void *payload,
                 uint32_t length)
{
	struct side *side = side_of(fixture, from);
	uint8_t *frame = mem_alloc(1, FRAME_MAX);
	uint8_t *at = put_headers(frame, 17, 8 + length, fixture->ip_id++, 0);

	at = put16(put16(put_ports(fixture, at, from), 8 + length), 0);
	at = put_payload(at, payload, side->sent, length);
	record_frame(fixture, time_ns, frame, at);
	free(frame);
	side->sent += length;
}

void fixture_udp_fragment(struct fixture *fixture, int64_t time_ns, char from, uint16_t id,
                          uint32_t at, uint32_t length, bool more, uint32_t total)
{
	uint8_t *frame = mem_alloc(1, FRAME_MAX);
	uint16_t fragment = (uint16_t)(at / 8 | (more ? 0x2000 : 0));
	uint8_t *start = put_headers(frame, 17, length, id, fragment), *end = start;

	if (!at)
		end = put16(put16(put_ports(fixture, end, from), 8 + total), 0);
	put_payload(end, NULL, at ? at - 8 : 0, length - (uint32_t)(end - start));
	record_frame(fixture, time_ns, frame, start + length);
	free(frame);
}

void fixture_ip_id(struct fixture *fixture, uint16_t id)
{
	fixture->ip_id = id;
}

void fixture_event(struct fixture *fixture, enum link_event_kind kind, bool down, int64_t time_ns,
                   uint64_t number, uint64_t data_number)
{
	struct link_event event = { .time_ns = FIXTURE_T0 + time_ns,
		                    .kind = (uint8_t)kind,
		                    .down = down,
		                    .length = fixture->frame_length,
		                    .number = number,
		                    .data_number = data_number,
		                    .captured = fixture->frame_captured };

	memcpy(event.frame, fixture->frame, event.captured);
	note_time(fixture, event.time_ns);
	recording_add_event(&fixture->body, &event);
}

void fixture_statistics(struct fixture *fixture, uint64_t received, uint64_t dropped)
{
	for (uint32_t i = 0; i < fixture->interface_count; i++)
		recording_add_statistics(&fixture->body, i, FIXTURE_T0, received, i ? 0 : dropped);
}

/* ---- the end ---- */

const struct trace *fixture_end(struct fixture *fixture)
{
	struct buffer *bytes = &fixture->head.pending;
	struct err err = { 0 };

	if (!fixture->interrupted)
		recording_add_end_at(&fixture->body, &fixture->about,
		                     fixture->last_ns + FIXTURE_MS(1));
	recording_add_header_at(&fixture->head, &fixture->about, fixture->endpoints,
	                        fixture->endpoint_count, fixture->interfaces,
	                        fixture->interface_count, FIXTURE_T0 - FIXTURE_MS(20));
	buffer_add(bytes, fixture->body.pending.bytes, fixture->body.pending.length);
	if (trace_read((const uint8_t *)bytes->bytes, bytes->length, "fixture", &fixture->trace,
	               &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	fixture->opened = true;
	return &fixture->trace;
}

const uint8_t *fixture_bytes(const struct fixture *fixture, size_t *size)
{
	*size = fixture->head.pending.length;
	return (const uint8_t *)fixture->head.pending.bytes;
}

void fixture_destroy(struct fixture *fixture)
{
	if (fixture->opened)
		trace_close(&fixture->trace);
	recording_finish(&fixture->head);
	recording_finish(&fixture->body);
	free(fixture->endpoints);
	free(fixture->interfaces);
	free(fixture->flows);
	free(fixture);
}

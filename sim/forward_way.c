#include "sim/forward_way.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/packet.h"
#include "sim/clock.h"

#define ROOM_BYTES (8u << 20)
#define FRAME_BYTES                                                                                \
	(65535 + 18) /* the largest MTU of a veth, an Ethernet header and a VLAN tag               \
	              */

int forward_way_open(struct forward_way *way, const struct forward_options *options,
                     struct err *err)
{
	size_t room = options->room_bytes ? options->room_bytes : ROOM_BYTES;

	impair_init(&way->impair, &options->directions[way->direction], options->seed,
	            way->direction);
	way->held_bytes = mem_alloc(1, FRAME_BYTES);
	return flight_open(&way->flight, room, err);
}

void forward_way_close(struct forward_way *way)
{
	impair_finish(&way->impair);
	flight_close(&way->flight);
	free(way->held_bytes);
	way->held_bytes = NULL;
}

size_t forward_way_count(const struct forward_way *way)
{
	return way->flight.count + way->holds;
}

static void say(const struct forward_way *way, enum link_event_kind kind, int64_t time_ns,
                const struct flight_frame *frame, const uint8_t *bytes)
{
	struct link_event event = { .time_ns = time_ns,
		                    .kind = (uint8_t)kind,
		                    .down = way->direction == FORWARD_DOWN,
		                    .number = frame->number,
		                    .data_number = frame->data_number,
		                    .length = frame->length };

	event.captured = frame->length < LINK_EVENT_FRAME ? frame->length : LINK_EVENT_FRAME;
	memcpy(event.frame, bytes, event.captured);
	way->each(way->context, &event);
}

/* ---- receiving ---- */

/*
 * Flips a bit that the transport's checksum covers: of the payload, or else of the ports, so that
 * neither a length nor UDP's checksum itself (0 means none) can make the packet valid.
 */
static void corrupt(uint8_t *bytes, const struct packet_view *view, uint32_t captured,
                    uint32_t random)
{
	uint32_t from = view->transport_at ? view->transport_at : 14, count = 4;

	if (view->payload_captured) {
		from = view->payload_at;
		count = view->payload_captured;
	}
	uint32_t bit = random % (count * 8);

	if (from + bit / 8 < captured)
		bytes[from + bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void add(struct forward_way *way, const struct flight_frame *frame, const uint8_t *bytes,
                int64_t time_ns)
{
	if (!flight_add(&way->flight, frame, bytes))
		say(way, LINK_NO_ROOM, time_ns, frame, bytes);
}

static void release_held(struct forward_way *way, int64_t due_ns, int64_t time_ns)
{
	if (!way->holds)
		return;
	way->holds = false;
	way->held.due_ns = due_ns;
	add(way, &way->held, way->held_bytes, time_ns);
}

static void hold(struct forward_way *way, const struct flight_frame *frame, const uint8_t *bytes)
{
	way->holds = true;
	way->held = *frame;
	memcpy(way->held_bytes, bytes, frame->length);
}

static void dispose(struct forward_way *way, const struct impair_verdict *verdict,
                    const struct flight_frame *frame, const uint8_t *bytes, int64_t time_ns)
{
	/* One that nothing followed in time; it is due before this one. */
	if (way->holds && frame->due_ns > way->held.due_ns)
		release_held(way, way->held.due_ns, time_ns);
	if (verdict->reordered)
		hold(way, frame, bytes);
	else
		add(way, frame, bytes, time_ns);
	if (verdict->duplicated && !verdict->reordered)
		add(way, frame, bytes, time_ns);
	if (verdict->releases)
		release_held(way, frame->due_ns, time_ns);
}

/* Out of which port: upwards the server's, downwards that of the client with this address. One with
 * an address of nobody's goes to the first client, whose kernel says so. */
static uint16_t port_for(const struct forward_way *way, const uint8_t *bytes, uint32_t captured)
{
	bool six = captured > 14 && bytes[14] >> 4 == 6;
	uint32_t at = six ? 38 : 30; /* of the destination, behind 14 bytes of Ethernet */
	uint32_t end = six ? at + 16 : at + 4;

	if (way->direction == FORWARD_UP)
		return (uint16_t)(way->ports->count - 1);
	if (captured < end)
		return 0;
	if (six ? bytes[at] == 0xff : bytes[at] >= 224)
		return FORWARD_WAY_ALL;
	return way->ports_of_hosts[bytes[end - 1]];
}

static void take(struct forward_way *way, const struct port_frame *arrived, int64_t arrived_ns)
{
	static const enum link_event_kind kinds[IMPAIR_FATE_COUNT] = {
		[IMPAIR_QUEUE_FULL] = LINK_QUEUE_FULL,
		[IMPAIR_LOST] = LINK_LOST,
		[IMPAIR_LISTED] = LINK_LISTED,
	};
	struct packet_view view;

	packet_decode(arrived->bytes, arrived->captured, arrived->length, &view);
	struct impair_verdict verdict =
		impair_packet(&way->impair, arrived_ns, arrived->length, view.payload_length > 0);
	struct flight_frame frame = { .due_ns = verdict.due_ns,
		                      .number = verdict.number,
		                      .data_number = (uint32_t)verdict.data_number,
		                      .length = arrived->length,
		                      .port = port_for(way, arrived->bytes, arrived->captured) };

	if (verdict.fate != IMPAIR_LEAVES) {
		say(way, kinds[verdict.fate], arrived->time_ns, &frame, arrived->bytes);
		return;
	}
	if (arrived->captured < arrived->length || arrived->length > FRAME_BYTES) {
		say(way, LINK_NO_ROOM, arrived->time_ns, &frame, arrived->bytes);
		release_held(way, verdict.releases ? frame.due_ns : way->held.due_ns,
		             arrived->time_ns);
		return;
	}
	/* Events show the packet as it came, undamaged. */
	if (verdict.corrupted)
		say(way, LINK_CORRUPTED, arrived->time_ns, &frame, arrived->bytes);
	if (verdict.reordered)
		say(way, LINK_REORDERED, arrived->time_ns, &frame, arrived->bytes);
	else if (verdict.duplicated)
		say(way, LINK_DUPLICATED, arrived->time_ns, &frame, arrived->bytes);
	if (verdict.corrupted)
		corrupt(arrived->bytes, &view, arrived->captured, verdict.corrupt_random);
	dispose(way, &verdict, &frame, arrived->bytes, arrived->time_ns);
}

void forward_way_receive(struct forward_way *way, const struct port_frame *frame, int64_t apart_ns)
{
	/* The kernel's stamp: how long the thread took to wake does not count. */
	int64_t arrived_ns = frame->time_ns - apart_ns;

	if (arrived_ns < way->last_arrived_ns)
		arrived_ns = way->last_arrived_ns;
	way->last_arrived_ns = arrived_ns;
	way->packets++;
	take(way, frame, arrived_ns);
}

/* ---- sending ---- */

int64_t forward_way_next_ns(const struct forward_way *way)
{
	const struct flight_frame *first = flight_first(&way->flight);
	int64_t next_ns = first ? first->due_ns : INT64_MAX;

	return way->holds && way->held.due_ns < next_ns ? way->held.due_ns : next_ns;
}

static int send_to(const struct forward_way *way, size_t port, const struct flight_frame *frame,
                   const uint8_t *bytes)
{
	if (ports_send(way->ports, port, bytes, frame->length) == 0)
		return 0;
	if (errno == ENETDOWN || errno == ENXIO || errno == ENODEV || errno == EBADF)
		return errno;
	say(way, LINK_REFUSED, clock_realtime_ns(), frame, bytes);
	return 0;
}

/* 0, or an errno that ends the link. */
static int send_frame(struct forward_way *way, const struct flight_frame *frame,
                      const uint8_t *bytes, int64_t now_ns)
{
	int error = 0;

	lateness_add(way->late, now_ns - frame->due_ns);
	if (frame->port != FORWARD_WAY_ALL)
		return send_to(way, frame->port, frame, bytes);
	for (size_t port = 0; port + 1 < way->ports->count && !error; port++)
		error = send_to(way, port, frame, bytes);
	return error;
}

int forward_way_send(struct forward_way *way, unsigned limit)
{
	int error = 0;

	for (unsigned sent = 0; sent < limit && !error; sent++) {
		const struct flight_frame *first = flight_first(&way->flight);
		int64_t now_ns = clock_monotonic_ns();

		if (first && first->due_ns <= now_ns) {
			error = send_frame(way, first, flight_bytes(first), now_ns);
			flight_remove(&way->flight);
		} else if (way->holds && way->held.due_ns <= now_ns) {
			way->holds = false;
			error = send_frame(way, &way->held, way->held_bytes, now_ns);
		} else {
			break;
		}
	}
	return error;
}

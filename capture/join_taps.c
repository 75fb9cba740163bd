/*
 * Captures of both ends. Each is accounted for alone; their flows are matched by addresses and, of
 * TCP, by the sequence numbers that both begin with.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/flow_trace.h"
#include "capture/join_parts.h"
#include "capture/mem.h"
#include "capture/quantity.h"

#define ETHERNET     1 /* LINKTYPE_ETHERNET */
#define FRAME_HEADER 14

enum {
	CLIENT,
	SERVER,
	INBOUND = 1,
	OUTBOUND = 2,
};

/* One capture. */
struct end {
	const struct trace *trace;
	struct trace bare;
	struct ledger ledger;
	int64_t resolution_ns;
};

/* A flow that is in both captures; side: which of its sides the client's capture was made at. */
struct both {
	uint32_t flow[2];
	uint8_t side;
	int64_t shift[2]; /* by direction: what the server's offsets are ahead of the client's */
};

struct taps {
	struct end ends[2];
	struct both *list;
	size_t count, capacity;
	struct join_bounds bounds;
};

/* ---- which flows ---- */

/* The sequence number of a direction's offset 0; false if no packet shows it. */
static bool base_of(const struct end *end, const struct ledger_direction *direction, uint32_t *base)
{
	struct packet_view view;

	if (direction->syn_packet != LEDGER_NONE) {
		join_view(end->trace, direction->syn_packet, &view);
		*base = view.sequence + 1;
		return true;
	}
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;

		if (segment->kind != SEGMENT_DATA || ledger_segment_repeated(direction, segment))
			continue;
		join_view(end->trace, segment->packet, &view);
		*base = view.sequence - (uint32_t)segment->from;
		return true;
	}
	return false;
}

#define FARTHEST (1 << 30) /* apart: not the same connection */

/* Whether both flows are one connection, by its sequence numbers. */
static bool shifts_of(const struct taps *taps, struct both *both)
{
	for (int at = 0; at < 2; at++) {
		uint32_t bases[2];
		bool known = true;

		for (int end = 0; end < 2; end++)
			known &= base_of(
				&taps->ends[end],
				&taps->ends[end].ledger.flows[both->flow[end]].directions[at],
				&bases[end]);
		both->shift[at] = known ? (int32_t)(bases[CLIENT] - bases[SERVER]) : 0;
		if (both->shift[at] > FARTHEST || both->shift[at] < -FARTHEST)
			return false;
	}
	return true;
}

static bool is_one(const struct taps *taps, struct both *both)
{
	const struct ledger_flow *one = taps->ends[CLIENT].ledger.flows + both->flow[CLIENT];
	const struct ledger_flow *other = taps->ends[SERVER].ledger.flows + both->flow[SERVER];

	return one->transport == other->transport && address_equal(&one->a, &other->a) &&
	       address_equal(&one->b, &other->b) &&
	       (one->transport != TRANSPORT_TCP || shifts_of(taps, both));
}

/* More connections are opened by the client than to it: which side of a flow is the client's. */
static uint8_t side_of_client(const struct taps *taps, const struct address *a)
{
	size_t opens = 0, opened = 0;

	for (size_t i = 0; i < taps->count; i++) {
		const struct ledger_flow *flow =
			taps->ends[CLIENT].ledger.flows + taps->list[i].flow[CLIENT];

		opens += !memcmp(flow->a.bytes, a->bytes, sizeof(a->bytes));
		opened += !memcmp(flow->b.bytes, a->bytes, sizeof(a->bytes));
	}
	return opened > opens;
}

static void match(struct taps *taps)
{
	size_t servers = taps->ends[SERVER].ledger.flow_count;
	bool *taken = mem_alloc(servers, sizeof(*taken));

	for (uint32_t i = 0; i < taps->ends[CLIENT].ledger.flow_count; i++)
		for (uint32_t j = 0; j < servers; j++) {
			struct both both = { .flow = { i, j } };

			if (taken[j] || !is_one(taps, &both))
				continue;
			taps->list = mem_grow(taps->list, &taps->capacity, taps->count,
			                      sizeof(*taps->list));
			taps->list[taps->count++] = both;
			taken[j] = true;
			break;
		}
	free(taken);
	for (size_t i = 0; i < taps->count; i++)
		taps->list[i].side = side_of_client(
			taps, &taps->ends[CLIENT].ledger.flows[taps->list[i].flow[CLIENT]].a);
}

/* ---- evidence ---- */

/* What left one end as one packet, and arrived at the other as another. */
static void add(struct taps *taps, int sender, uint32_t left, uint32_t arrived)
{
	uint32_t packet[2];
	int64_t client_ns, server_ns;
	bool upper = sender == SERVER;

	if (left == LEDGER_NONE || arrived == LEDGER_NONE)
		return;
	packet[sender] = left;
	packet[!sender] = arrived;
	client_ns = taps->ends[CLIENT].trace->packets[packet[CLIENT]].time_ns;
	server_ns = taps->ends[SERVER].trace->packets[packet[SERVER]].time_ns;
	join_bounds_add(&taps->bounds,
	                &(struct join_bound){
				.time_ns = server_ns,
				.offset_ns = client_ns - server_ns +
	                                     (upper ? taps->ends[CLIENT].resolution_ns
	                                            : -taps->ends[SERVER].resolution_ns),
				.upper = upper,
				.first = packet[CLIENT],
				.second = packet[SERVER],
			});
}

static const struct ledger_direction *direction_at(const struct taps *taps, const struct both *both,
                                                   int end, int at)
{
	return taps->ends[end].ledger.flows[both->flow[end]].directions + at;
}

/* Each byte that ends a segment at its receiver. */
static void gather_bytes(struct taps *taps, const struct both *both, int at)
{
	int sender = at == both->side ? CLIENT : SERVER;
	const struct ledger_direction *out = direction_at(taps, both, sender, at);
	const struct ledger_direction *in = direction_at(taps, both, !sender, at);
	int64_t shift = sender == CLIENT ? -both->shift[at] : both->shift[at];

	for (size_t i = 0; i < in->segment_count; i++) {
		const struct ledger_segment *segment = in->segments + i;
		int64_t last = (int64_t)(segment->from + segment->length) - 1 + shift;
		uint32_t found;

		if (segment->kind != SEGMENT_DATA || !segment->length || last < 0)
			continue;
		found = ledger_segment_at(out, (uint64_t)last);
		if (found != LEDGER_NONE)
			add(taps, sender, out->segments[found].packet, segment->packet);
	}
	add(taps, sender, out->syn_packet, in->syn_packet);
}

/* Acknowledgements go the other way: the first that says so much left before it came. */
static void gather_acks(struct taps *taps, const struct both *both, int at)
{
	int sender = at == both->side ? SERVER : CLIENT;
	const struct ledger_direction *out = direction_at(taps, both, sender, at);
	const struct ledger_direction *in = direction_at(taps, both, !sender, at);
	int64_t shift = sender == CLIENT ? -both->shift[at] : both->shift[at];
	size_t left = 0;

	for (size_t i = 0; i < in->ack_count; i++) {
		int64_t upto = (int64_t)in->acks[i].upto + shift;

		while (left < out->ack_count && (int64_t)out->acks[left].upto < upto)
			left++;
		if (left < out->ack_count)
			add(taps, sender, out->acks[left].packet, in->acks[i].packet);
	}
}

#define LOOK_AHEAD 64 /* datagrams that were lost on the way */

static bool is_same(const struct taps *taps, uint32_t client, uint32_t server)
{
	const uint8_t *one, *other;
	uint32_t length = join_payload(taps->ends[CLIENT].trace, client, &one);
	uint32_t other_length = join_payload(taps->ends[SERVER].trace, server, &other);

	length = length < other_length ? length : other_length;
	return !length || !memcmp(one, other, length);
}

static void gather_datagrams(struct taps *taps, const struct both *both, int at)
{
	int sender = at == both->side ? CLIENT : SERVER;
	const struct ledger_direction *out = direction_at(taps, both, sender, at);
	const struct ledger_direction *in = direction_at(taps, both, !sender, at);
	size_t cursor = 0;

	for (size_t i = 0; i < in->segment_count; i++)
		for (size_t j = cursor; j < out->segment_count && j < cursor + LOOK_AHEAD; j++) {
			uint32_t left = out->segments[j].packet, came = in->segments[i].packet;

			if (out->segments[j].length != in->segments[i].length ||
			    !is_same(taps, sender == CLIENT ? left : came,
			             sender == CLIENT ? came : left))
				continue;
			add(taps, sender, left, came);
			cursor = j + 1;
			break;
		}
}

static void gather(struct taps *taps)
{
	for (size_t i = 0; i < taps->count; i++)
		for (int at = 0; at < 2; at++) {
			const struct both *both = taps->list + i;

			if (taps->ends[CLIENT].ledger.flows[both->flow[CLIENT]].transport ==
			    TRANSPORT_UDP) {
				gather_datagrams(taps, both, at);
				continue;
			}
			gather_bytes(taps, both, at);
			gather_acks(taps, both, at);
		}
}

/* ---- the trace ---- */

/* Of connections that are in both: which end of it sent. */
static bool sender_of(const struct taps *taps, const struct packet_view *view, int *sender)
{
	for (size_t i = 0; i < taps->count; i++) {
		const struct both *both = taps->list + i;
		const struct ledger_flow *flow =
			taps->ends[CLIENT].ledger.flows + both->flow[CLIENT];
		bool from_a = address_equal(&view->source, &flow->a) &&
		              address_equal(&view->destination, &flow->b);
		bool from_b = address_equal(&view->source, &flow->b) &&
		              address_equal(&view->destination, &flow->a);

		if ((flow->transport == TRANSPORT_UDP) != (view->protocol == PACKET_UDP) ||
		    (!from_a && !from_b))
			continue;
		*sender = (from_a ? 0 : 1) == both->side ? CLIENT : SERVER;
		return true;
	}
	return false;
}

/* As an Ethernet frame, since both ends of a recording are of one kind. */
static void add_frame(struct buffer *bytes, const struct end *end, struct packet *packet,
                      const struct packet_view *view)
{
	static const char types[2][2] = { "\x08\x00", "\x86\xdd" };
	const uint8_t *from = end->trace->bytes + packet->at;
	uint32_t skipped = view->ip_at;

	if (end->trace->interfaces[packet->interface].link_type == ETHERNET) {
		packet->at = bytes->length & PACKET_AT_MAX;
		buffer_add(bytes, from, packet->captured);
		return;
	}
	packet->at = bytes->length & PACKET_AT_MAX;
	buffer_fill(bytes, '\0', FRAME_HEADER - 2);
	buffer_add(bytes, types[view->ip_version == 6], 2);
	buffer_add(bytes, from + skipped, packet->captured - skipped);
	packet->captured = packet->captured - skipped + FRAME_HEADER;
	packet->length = packet->length - skipped + FRAME_HEADER;
}

static void add_packets(struct taps *taps, struct trace *out, int end, struct buffer *bytes,
                        const struct join_clock *clock, struct join_counts *counts)
{
	const struct trace *trace = taps->ends[end].trace;

	for (uint32_t i = 0; i < trace->packet_count; i++) {
		struct packet packet = trace->packets[i];
		struct packet_view view;
		int sender;

		join_view(trace, i, &view);
		if ((view.protocol != PACKET_TCP && view.protocol != PACKET_UDP) ||
		    !sender_of(taps, &view, &sender)) {
			counts->other_packets++;
			continue;
		}
		add_frame(bytes, &taps->ends[end], &packet, &view);
		packet.interface = (uint16_t)end;
		packet.direction = sender == end ? OUTBOUND : INBOUND;
		packet.time_ns =
			end == SERVER ? join_clock_shift(clock, packet.time_ns) : packet.time_ns;
		out->packets[out->packet_count++] = packet;
	}
}

static int by_time(const void *one, const void *two)
{
	const struct packet *a = one, *b = two;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	/* Of one time, what left before what arrived. */
	return (a->direction < b->direction) - (a->direction > b->direction);
}

static void add_ends(struct taps *taps, struct trace *out)
{
	static const char *const names[] = { "client", "server" };

	out->interfaces = mem_alloc(2, sizeof(*out->interfaces));
	out->endpoints = mem_alloc(2, sizeof(*out->endpoints));
	out->interface_count = out->endpoint_count = 2;
	for (int end = 0; end < 2; end++) {
		out->endpoints[end].name = arena_text(&out->texts, names[end], 6);
		out->endpoints[end].server_side = end == SERVER;
		out->interfaces[end] = (struct trace_interface){
			.name = arena_text(&out->texts, names[end], 6),
			.link_type = ETHERNET,
			.snap_length = 262144,
		};
	}
	out->sockets = mem_alloc(taps->count, 2 * sizeof(*out->sockets));
	for (size_t i = 0; i < taps->count; i++)
		for (int end = 0; end < 2; end++) {
			const struct both *both = taps->list + i;
			const struct ledger_flow *flow =
				taps->ends[CLIENT].ledger.flows + both->flow[CLIENT];
			bool is_b = (end == CLIENT) == (both->side == 1);
			struct trace_socket *socket = out->sockets + out->socket_count;

			*socket = (struct trace_socket){ .socket = (uint32_t)out->socket_count++,
				                         .endpoint = (uint16_t)end,
				                         .local = is_b ? flow->b : flow->a,
				                         .remote = is_b ? flow->a : flow->b,
				                         .at_ns = out->ended_ns,
				                         .unread_bytes = -1,
				                         .unsent_bytes = -1,
				                         .drops = -1 };
			memset(&socket->tcp, 0xff, sizeof(socket->tcp));
		}
}

/* ---- guessed writes ---- */

static int by_begin(const void *one, const void *two)
{
	const struct call *a = one, *b = two;

	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

/* What one end is guessed to have written, as its own capture shows it. */
static void take_guesses(struct taps *taps, struct trace *out, size_t *capacity, size_t index,
                         int at, const struct join_clock *clock)
{
	const struct both *both = taps->list + index;
	int end = at == both->side ? CLIENT : SERVER;
	struct trace guessed;

	flow_trace(&guessed, &taps->ends[end].ledger, both->flow[end]);
	for (size_t i = 0; i < guessed.call_count; i++) {
		struct call call = guessed.calls[i];

		if (call.endpoint != at || !call_is_write(call.name))
			continue;
		call.endpoint = (uint16_t)end;
		call.socket = (uint32_t)(index * 2 + (size_t)end);
		call.serial = (uint32_t)out->call_count;
		if (end == SERVER) {
			call.begin_ns = join_clock_shift(clock, call.begin_ns);
			call.end_ns = join_clock_shift(clock, call.end_ns);
		}
		call.payload =
			call.payload_length
				? (uint8_t *)arena_text(&out->texts, (const char *)call.payload,
		                                        call.payload_length)
				: NULL;
		call.detail = call.note = NULL;
		out->calls = mem_grow(out->calls, capacity, out->call_count, sizeof(call));
		out->calls[out->call_count++] = call;
	}
	trace_close(&guessed);
}

static void guess_writes(struct taps *taps, struct trace *out, const struct join_clock *clock)
{
	size_t capacity = 0;

	for (size_t i = 0; i < taps->count; i++)
		for (int at = 0; at < 2; at++)
			take_guesses(taps, out, &capacity, i, at, clock);
	if (out->call_count)
		qsort(out->calls, out->call_count, sizeof(*out->calls), by_begin);
	for (size_t i = 0; i < out->call_count; i++)
		out->calls[i].serial = out->calls[i].message = (uint32_t)i;
}

static void make(struct taps *taps, struct trace *out, const struct join_clock *clock,
                 struct join_counts *counts)
{
	const struct ledger_flow *first =
		taps->ends[CLIENT].ledger.flows + taps->list[0].flow[CLIENT];
	struct buffer bytes = { 0 };

	*out = (struct trace){ .about = { .transport = first->transport } };
	*counts = (struct join_counts){ .connections = taps->count };
	out->packets = mem_alloc(taps->ends[CLIENT].trace->packet_count +
	                                 taps->ends[SERVER].trace->packet_count,
	                         sizeof(*out->packets));
	add_packets(taps, out, CLIENT, &bytes, clock, counts);
	add_packets(taps, out, SERVER, &bytes, clock, counts);
	qsort(out->packets, out->packet_count, sizeof(*out->packets), by_time);
	counts->packets = out->packet_count;
	out->bytes = (uint8_t *)bytes.bytes;
	out->size = out->cut_at = bytes.length;
	out->owned = out->complete = true;
	out->begun_ns = out->packets[0].time_ns;
	out->ended_ns = out->packets[out->packet_count - 1].time_ns;
	add_ends(taps, out);
	guess_writes(taps, out, clock);
}

/* ---- refusals ---- */

static int refuse(const struct taps *taps, enum join_verdict verdict,
                  const struct join_bound *const conflict[2], struct err *err)
{
	char apart[QUANTITY_TEXT];

	if (!taps->count)
		return err_input(err, "no connection is in both captures, by addresses, ports and "
		                      "sequence numbers: capture the same connections at both "
		                      "ends (through address translation they cannot be told)");
	if (verdict == JOIN_ONE_SIDED)
		return err_input(err, "the captures have packets of one direction only in common: "
		                      "the clocks cannot be compared without an answer");
	return err_input(
		err,
		"the captures contradict each other by %s: packet %" PRIu32
		" of the client's left it as packet %" PRIu32
		" of the server's arrived, and packet %" PRIu32
		" of the server's left as packet %" PRIu32
		" of the client's arrived; with no offset between their clocks are both possible. "
		"Are --client and --server swapped?",
		quantity_time(apart, conflict[1]->offset_ns - conflict[0]->offset_ns),
		trace_frame(taps->ends[CLIENT].trace, conflict[1]->first),
		trace_frame(taps->ends[SERVER].trace, conflict[1]->second),
		trace_frame(taps->ends[SERVER].trace, conflict[0]->second),
		trace_frame(taps->ends[CLIENT].trace, conflict[0]->first));
}

int join_taps(struct trace *out, const struct trace *client, const struct trace *server,
              struct join_clock *clock, struct join_counts *counts, struct err *err)
{
	struct taps taps = { .ends = { { .trace = client }, { .trace = server } } };
	const struct join_bound *conflict[2];
	enum join_verdict verdict;
	int result = 0;

	for (int end = 0; end < 2; end++) {
		join_account(&taps.ends[end].ledger, &taps.ends[end].bare, taps.ends[end].trace);
		taps.ends[end].resolution_ns = join_resolution(taps.ends[end].trace);
	}
	match(&taps);
	gather(&taps);
	verdict = join_solve(&taps.bounds, false, clock, conflict);
	if (taps.count && verdict == JOIN_FITS)
		make(&taps, out, clock, counts);
	else
		result = refuse(&taps, verdict, conflict, err);
	join_bounds_finish(&taps.bounds);
	for (int end = 0; end < 2; end++)
		ledger_finish(&taps.ends[end].ledger);
	free(taps.list);
	return result;
}

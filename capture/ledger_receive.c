/*
 * Which datagram a read got. Its receive stamp is exactly the time of a packet; without one, a
 * socket reads in the order of arrival, and length and first bytes must agree. Datagrams that the
 * capture missed are tried last, in the order of sending.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define LOOK_AHEAD 4096 /* datagrams without segments that a read is compared with */

/* A read, and the place that was found for it. */
struct reading {
	struct build *build;
	uint32_t party, index;
	const struct call *call;
	uint32_t got; /* bytes that the call took */
	uint32_t flow, datagram;
	uint8_t side;
	size_t arrival;
};

struct datagram *arrival_datagram(const struct build *build, const struct arrival *arrival)
{
	const struct side *side = build->work[arrival->flow].sides + arrival->side;

	return side->datagrams +
	       (side->datagram_of ? side->datagram_of[arrival->segment] : arrival->segment);
}

static bool is_udp(const struct build *build)
{
	return build->trace->about.transport == TRANSPORT_UDP;
}

/* Whether what goes that way on the flow can come to the reading socket. */
static bool leads_here(const struct reading *reading, uint32_t index, uint8_t side)
{
	const struct build *build = reading->build;
	const struct ledger_flow *flow = build->ledger->flows + index;
	const struct address *source = side ? &flow->b : &flow->a;
	const struct address *target = side ? &flow->a : &flow->b;
	struct address sender = address_plain(&reading->call->remote);

	if (!is_udp(build))
		return build->work[index].sides[!side].party == reading->party;
	if (flow->transport != TRANSPORT_UDP)
		return false;
	if (sender.port && !address_fits(&sender, source))
		return false;
	return party_takes(build->parties + reading->party, source, target);
}

/* The part of what arrived that this socket has not read: UDP_SEGMENT makes several. */
static uint32_t unread_part(const struct reading *reading, uint32_t flow, uint8_t side,
                            const struct datagram *first)
{
	const struct side *from = reading->build->work[flow].sides + side;
	uint32_t at = (uint32_t)(first - from->datagrams);

	for (; at < from->datagram_count && from->datagrams[at].segment == first->segment; at++) {
		if (from->datagrams[at].reader != reading->party)
			return at;
		if (first->segment == LEDGER_NONE)
			break;
	}
	return LEDGER_NONE;
}

static bool same_bytes(const struct reading *reading, const struct ledger_direction *direction,
                       const struct side *side, const struct datagram *datagram)
{
	const struct trace *trace = reading->build->trace;
	const struct message *message = side->messages + datagram->message;
	const struct call *call = reading->call, *write;
	uint32_t length = call->payload_length < reading->got ? call->payload_length : reading->got;

	if (!call->payload || message->first_write == LEDGER_NONE ||
	    datagram->from != message->from)
		return true;
	write = trace->calls + direction->writes[message->first_write].call;
	if (!write->payload)
		return true;
	if (write->payload_length < length)
		length = write->payload_length;
	return !memcmp(write->payload, call->payload, length);
}

/* Behind the last datagram that the socket gets as one with this one: what arrived in one piece,
 * and was not cut up again for a reader without UDP_GRO. */
static uint32_t batch_end(const struct reading *reading, uint32_t flow, uint8_t way, uint32_t at)
{
	const struct build *build = reading->build;
	const struct ledger_direction *direction = build->ledger->flows[flow].directions + way;
	const struct side *side = build->work[flow].sides + way;
	uint32_t segment = side->datagrams[at].segment, end = at + 1;

	if (segment == LEDGER_NONE ||
	    ledger_arrived_ns(build->ledger, direction, direction->segments + segment) <
	            build->parties[reading->party].gro_ns)
		return end;
	while (end < side->datagram_count && side->datagrams[end].segment == segment)
		end++;
	return end;
}

static uint32_t batch_length(const struct reading *reading, uint32_t flow, uint8_t way, uint32_t at)
{
	const struct datagram *datagrams = reading->build->work[flow].sides[way].datagrams;
	uint32_t end = batch_end(reading, flow, way, at), length = 0;

	while (at < end)
		length += datagrams[at++].length;
	return length;
}

/* UDP_GRO joins datagrams of one size, of which only the last may be smaller. */
static bool makes_up(const struct side *side, uint32_t at, uint32_t got)
{
	uint32_t size = side->datagrams[at].length;

	for (; at < side->datagram_count && size; at++) {
		uint32_t length = side->datagrams[at].length;

		if (got <= size)
			return got == length;
		if (length != size)
			return false;
		got -= length;
	}
	return false;
}

static bool is_plausible(const struct reading *reading, uint32_t flow, uint8_t at, uint32_t index)
{
	const struct side *side = reading->build->work[flow].sides + at;
	const struct datagram *datagram = side->datagrams + index;
	const struct call *call = reading->call;

	if (side->messages[datagram->message].open ||
	    !same_bytes(reading, reading->build->ledger->flows[flow].directions + at, side,
	                datagram))
		return false;
	if (call->flags & MSG_TRUNC)
		return call->result == batch_length(reading, flow, at, index);
	if (call->got_flags & MSG_TRUNC)
		return batch_length(reading, flow, at, index) > reading->got;
	if (reading->got == datagram->length)
		return true;
	/* The second: a recording without the flags that recvmsg returned. */
	return (is_udp(reading->build) && makes_up(side, index, reading->got)) ||
	       (call->asked == reading->got && datagram->length > reading->got);
}

static void found(struct reading *reading, uint32_t flow, uint8_t side, uint32_t datagram,
                  size_t arrival)
{
	reading->flow = flow;
	reading->side = side;
	reading->datagram = datagram;
	reading->arrival = arrival;
}

static bool find_by_stamp(struct reading *reading)
{
	const struct build *build = reading->build;
	size_t low = 0, high = build->arrival_count;
	bool repeat = false;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (build->arrivals[middle].time_ns < reading->call->stamp_ns)
			low = middle + 1;
		else
			high = middle;
	}
	for (;
	     low < build->arrival_count && build->arrivals[low].time_ns == reading->call->stamp_ns;
	     low++) {
		const struct arrival *arrival = build->arrivals + low;
		const struct datagram *first = arrival_datagram(build, arrival);
		uint32_t part;

		if (!leads_here(reading, arrival->flow, arrival->side))
			continue;
		part = unread_part(reading, arrival->flow, arrival->side, first);
		if (part != LEDGER_NONE) {
			found(reading, arrival->flow, arrival->side, part, low);
			return true;
		}
		/* The link may have made two of it: then it is read twice. */
		if (!build->two_taps || repeat)
			continue;
		repeat = true;
		found(reading, arrival->flow, arrival->side,
		      (uint32_t)(first - build->work[arrival->flow].sides[arrival->side].datagrams),
		      low);
	}
	return repeat;
}

static bool find_in_order(struct reading *reading)
{
	const struct build *build = reading->build;
	const struct party *party = build->parties + reading->party;

	for (size_t i = party->inbox_at; i < build->arrival_count; i++) {
		const struct arrival *arrival = build->arrivals + i;
		uint32_t part;

		if (arrival->time_ns > reading->call->end_ns)
			break;
		if (arrival->time_ns < party->bound_ns ||
		    !leads_here(reading, arrival->flow, arrival->side))
			continue;
		part = unread_part(reading, arrival->flow, arrival->side,
		                   arrival_datagram(build, arrival));
		if (part == LEDGER_NONE ||
		    !is_plausible(reading, arrival->flow, arrival->side, part))
			continue;
		found(reading, arrival->flow, arrival->side, part, i);
		return true;
	}
	return false;
}

static bool find_unseen(struct reading *reading)
{
	const struct build *build = reading->build;

	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint8_t at = 0; at < 2; at++) {
			struct side *side = build->work[flow].sides + at;
			size_t i = side->unseen_at, end;

			while (i < side->datagram_count &&
			       (side->datagrams[i].segment != LEDGER_NONE ||
			        side->datagrams[i].reader != LEDGER_NONE))
				i++;
			side->unseen_at = i;
			if (i == side->datagram_count || !leads_here(reading, flow, at))
				continue;
			end = i + LOOK_AHEAD < side->datagram_count ? i + LOOK_AHEAD
			                                            : side->datagram_count;
			for (; i < end; i++) {
				const struct datagram *datagram = side->datagrams + i;

				if (datagram->segment != LEDGER_NONE ||
				    datagram->reader != LEDGER_NONE ||
				    side->messages[datagram->message].begin_ns >
				            reading->call->end_ns ||
				    !is_plausible(reading, flow, at, (uint32_t)i))
					continue;
				found(reading, flow, at, (uint32_t)i, SIZE_MAX);
				return true;
			}
		}
	return false;
}

/* Notes what the read took of one datagram; returns that. */
static uint32_t take_part(const struct reading *reading, struct datagram *datagram, uint32_t got,
                          uint32_t read)
{
	uint32_t part = got < datagram->length ? got : datagram->length;

	datagram->reader = reading->party;
	if (datagram->best == LEDGER_NONE || part > datagram->got) {
		datagram->got = part;
		datagram->best = read;
	}
	return part;
}

/* UDP_GRO: one read of several datagrams, which follow each other. Of those that came in one piece
 * the read takes all or, if it was too short, cuts off the rest. */
static uint32_t take_all(const struct reading *reading, struct side *side, uint32_t read,
                         uint32_t *truncated)
{
	uint32_t at = reading->datagram;
	uint32_t taken = take_part(reading, side->datagrams + at, reading->got, read);
	uint32_t length = side->datagrams[at].length, end;

	while (taken < reading->got && ++at < side->datagram_count &&
	       side->datagrams[at].from ==
	               side->datagrams[at - 1].from + side->datagrams[at - 1].length) {
		taken += take_part(reading, side->datagrams + at, reading->got - taken, read);
		length += side->datagrams[at].length;
	}
	end = at < side->datagram_count && (reading->call->got_flags & MSG_TRUNC || length > taken)
	              ? batch_end(reading, reading->flow, reading->side, at)
	              : at;
	while (++at < end) {
		take_part(reading, side->datagrams + at, 0, read);
		length += side->datagrams[at].length;
	}
	*truncated = length - taken;
	return taken;
}

static void take(struct reading *reading)
{
	struct build *build = reading->build;
	struct ledger_flow *flow = build->ledger->flows + reading->flow;
	struct ledger_direction *direction = flow->directions + reading->side;
	struct side *side = build->work[reading->flow].sides + reading->side;
	struct party *party = build->parties + reading->party;
	struct datagram *datagram = side->datagrams + reading->datagram;
	uint32_t read = (uint32_t)direction->read_count;
	uint32_t truncated, taken = take_all(reading, side, read, &truncated);

	direction->reads = mem_grow(direction->reads, &direction->read_capacity,
	                            direction->read_count, sizeof(*direction->reads));
	direction->reads[direction->read_count++] =
		(struct ledger_read){ .from = datagram->from,
		                      .length = taken,
		                      .truncated = truncated,
		                      .call = reading->index,
		                      .segment = datagram->segment };
	direction->truncated_reads += truncated > 0;
	direction->last_read_ns = reading->call->end_ns;
	*(reading->side ? &flow->a_endpoint : &flow->b_endpoint) = party->endpoint;
	if (reading->arrival == SIZE_MAX)
		return;
	if (reading->arrival + 1 > party->last_taken)
		party->last_taken = reading->arrival + 1;
	/* A part of what arrived then may still be unread. */
	party->inbox_at = party->last_taken - 1;
}

static void receive(struct build *build, uint32_t index)
{
	const struct call *call = build->trace->calls + index;
	struct reading reading = {
		.build = build, .party = build->party_of_call[index], .index = index, .call = call
	};
	int64_t got = call->result < call->asked ? call->result : call->asked;

	if (!call->ended || call->result < 0 || call->flags & (MSG_PEEK | MSG_ERRQUEUE))
		return;
	reading.got = got > 0 ? (uint32_t)got : 0;
	/* A stamp that no packet has is that of one that the capture missed. */
	if (call->stamp_ns
	            ? find_by_stamp(&reading) || find_unseen(&reading) || find_in_order(&reading)
	            : find_in_order(&reading) || find_unseen(&reading))
		take(&reading);
	else if (call->result)
		ledger_doubt(build,
		             "A read of %lld bytes (call %u) fits no datagram that was sent.",
		             (long long)call->result, call->serial);
}

static int by_time(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->segment < y->segment ? -1 : x->segment > y->segment;
}

/* Over UNIX sockets a message is there when it is sent. */
static void list_unix_arrivals(struct build *build)
{
	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint8_t at = 0; at < 2; at++) {
			struct side *side = build->work[flow].sides + at;

			if (!trace_transport_is_unix(build->ledger->flows[flow].transport))
				continue;
			free(side->datagram_of);
			side->datagram_of = NULL;
			for (uint32_t i = 0; i < side->datagram_count; i++)
				ledger_add_arrival(
					build, side->messages[side->datagrams[i].message].begin_ns,
					flow, at, i);
		}
}

static void sort_arrivals(struct build *build)
{
	for (size_t i = 1; i < build->arrival_count; i++)
		if (build->arrivals[i].time_ns < build->arrivals[i - 1].time_ns) {
			qsort(build->arrivals, build->arrival_count, sizeof(*build->arrivals),
			      by_time);
			return;
		}
}

void ledger_receive(struct build *build)
{
	const struct trace *trace = build->trace;

	if (!is_udp(build))
		list_unix_arrivals(build);
	sort_arrivals(build);
	for (uint32_t i = 0; i < trace->call_count; i++)
		if (build->party_of_call[i] != LEDGER_NONE &&
		    trace->calls[i].name < CALL_NAME_COUNT && call_is_read(trace->calls[i].name))
			receive(build, i);
}

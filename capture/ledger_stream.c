/*
 * The calls of a byte stream (TCP, UNIX): each write takes the next bytes of its direction, each
 * read the next after the read before it.
 *
 * A byte sent with MSG_OOB keeps its place in the stream, but reads stop before it and go on behind
 * it (tcp_recvmsg_locked never spans the urgent mark). A later out-of-band byte that arrives before
 * the reader has come to the mark takes the mark over (tcp_check_urg), and the earlier byte is read
 * like any other. Where the reader has SO_OOBINLINE, every one is, though reads still stop before
 * it.
 */
#include "capture/ledger_internal.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "capture/mem.h"

static uint32_t clamp(int64_t length)
{
	return length < 0 ? 0 : length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
}

static void add_write(struct build *build, uint32_t index, uint32_t flow, uint8_t at)
{
	const struct call *call = build->trace->calls + index;
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	struct side *side = build->work[flow].sides + at;
	uint32_t length = call->ended ? clamp(call->result) : 0;

	if (call->ended && call->result < 0)
		return;
	direction->writes = mem_grow(direction->writes, &direction->write_capacity,
	                             direction->write_count, sizeof(*direction->writes));
	direction->writes[direction->write_count] =
		(struct ledger_write){ side->written, side->written + length, index };
	side->pending = call->ended ? LEDGER_NONE : (uint32_t)direction->write_count;
	direction->write_count++;
	side->written += length;
	if (!(call->flags & MSG_OOB) || !length ||
	    build->ledger->flows[flow].transport != TRANSPORT_TCP)
		return;
	side->oob = mem_grow(side->oob, &side->oob_capacity, side->oob_count, sizeof(*side->oob));
	side->oob[side->oob_count++] = side->written - 1;
}

static void add_read(struct build *build, uint32_t index, uint32_t flow, uint8_t at)
{
	const struct call *call = build->trace->calls + index;
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;

	if (!call->ended || call->result <= 0 || call->flags & (MSG_PEEK | MSG_OOB))
		return;
	direction->reads = mem_grow(direction->reads, &direction->read_capacity,
	                            direction->read_count, sizeof(*direction->reads));
	direction->reads[direction->read_count++] = (struct ledger_read){
		.length = clamp(call->result), .call = index, .segment = LEDGER_NONE
	};
}

void ledger_stream_calls(struct build *build)
{
	const struct trace *trace = build->trace;
	bool tcp = trace->about.transport == TRANSPORT_TCP;

	for (uint32_t i = 0; i < trace->call_count; i++) {
		const struct call *call = trace->calls + i;
		uint32_t index = build->party_of_call[i];
		uint32_t made =
			call->name == CALL_ACCEPT ? party_of(build, call->made) : LEDGER_NONE;
		const struct party *party;

		if (tcp && made != LEDGER_NONE)
			ledger_connect_tcp(build, call, made);
		if (index == LEDGER_NONE || call->name >= CALL_NAME_COUNT)
			continue;
		if (tcp)
			ledger_connect_tcp(build, call, index);
		party = build->parties + index;
		if (party->flow == LEDGER_NONE)
			continue;
		if (call_is_write(call->name))
			add_write(build, i, party->flow, party->side);
		else if (call_is_read(call->name))
			add_read(build, i, party->flow, !party->side);
	}
}

/* Whether a later out-of-band byte had come before the read before this one began. */
static bool mark_moved(const struct build *build, const struct ledger_direction *direction,
                       uint64_t later, size_t read)
{
	uint32_t segment = ledger_segment_at(direction, later);

	return read && segment != LEDGER_NONE &&
	       ledger_arrived_ns(build->ledger, direction, direction->segments + segment) <=
	               build->trace->calls[direction->reads[read - 1].call].begin_ns;
}

/* Gives each read its place; leaves in side->oob only what was not read with the stream, nor will
 * be. inline_ns: from when the reader wants it there. */
static void place_reads(const struct build *build, struct ledger_direction *direction,
                        struct side *side, int64_t inline_ns)
{
	uint64_t at = 0;
	size_t next = 0, kept = 0;

	for (size_t i = 0; i < direction->read_count; i++) {
		const struct call *call = build->trace->calls + direction->reads[i].call;

		if (next < side->oob_count && side->oob[next] == at && call->begin_ns < inline_ns &&
		    !(next + 1 < side->oob_count &&
		      mark_moved(build, direction, side->oob[next + 1], i))) {
			side->oob[kept++] = at++;
			next++;
		}
		direction->reads[i].from = at;
		at += direction->reads[i].length;
		while (next < side->oob_count && side->oob[next] < at)
			next++;
	}
	while (next < side->oob_count && inline_ns == NO_TIME)
		side->oob[kept++] = side->oob[next++];
	side->oob_count = kept;
	side->read_end = at;
	if (direction->read_count)
		direction->last_read_ns =
			build->trace->calls[direction->reads[direction->read_count - 1].call]
				.end_ns;
}

/* What the sender's socket says that it accepted: what was acknowledged by then, and SIOCOUTQ. 0 if
 * it says nothing; after a reset it means nothing. */
static uint64_t accepted_end(const struct build *build, const struct ledger_direction *direction,
                             const struct side *side)
{
	const struct trace_socket *facts =
		side->party == LEDGER_NONE ? NULL : build->parties[side->party].facts;
	uint64_t acked = 0;

	if (!facts || facts->unsent_bytes < 0 || !facts->tcp_state ||
	    facts->tcp_state == TCP_CLOSE || facts->tcp_state == TCP_SYN_SENT)
		return 0;
	for (size_t i = 0; i < direction->ack_count; i++) {
		const struct ledger_ack *ack = direction->acks + i;

		if (build->trace->packets[ack->packet].time_ns > facts->at_ns)
			break;
		acked = ack->upto;
	}
	return acked + (uint64_t)facts->unsent_bytes;
}

/* A write that has not returned has written what is seen or accepted beyond the writes before it.
 */
static void settle_pending(const struct build *build, struct ledger_direction *direction,
                           struct side *side, uint64_t seen)
{
	uint64_t accepted = accepted_end(build, direction, side);
	struct ledger_write *last;
	uint64_t beyond, asked;

	if (accepted > seen)
		seen = accepted;
	if (side->pending == LEDGER_NONE || seen <= side->written)
		return;
	last = direction->writes + side->pending;
	beyond = seen - side->written;
	asked = clamp(build->trace->calls[last->call].asked);
	last->to += beyond < asked ? beyond : asked;
	side->written = last->to;
}

void ledger_stream_account(struct build *build, uint32_t flow, uint8_t at)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	struct side *side = build->work[flow].sides + at;
	uint32_t reader = build->work[flow].sides[!at].party;
	const struct trace_socket *facts =
		reader == LEDGER_NONE ? NULL : build->parties[reader].facts;
	uint64_t seen = side->next > 0 ? (uint64_t)side->next : 0;
	uint64_t waiting = facts && facts->unread_bytes > 0 ? (uint64_t)facts->unread_bytes : 0;

	place_reads(build, direction, side,
	            reader == LEDGER_NONE ? NO_TIME : build->parties[reader].inline_ns);
	/* The acknowledgement of a FIN that was not captured would count as a byte. */
	if (side->acked > 0 && (uint64_t)side->acked > seen && side->fin_seen)
		seen = (uint64_t)side->acked;
	if (side->read_end + waiting > seen)
		seen = side->read_end + waiting;
	settle_pending(build, direction, side, seen);
	direction->bytes = side->written;
	if (side->next > 0 && (uint64_t)side->next > direction->bytes)
		direction->bytes = (uint64_t)side->next;
	if (side->read_end > direction->bytes)
		direction->bytes = side->read_end;
	ledger_stream_state(build, flow, at);
	if (build->trace->foreign)
		ledger_no_boundaries(direction);
	else
		ledger_stream_boundaries(direction, side,
		                         build->ledger->flows[flow].transport == TRANSPORT_TCP);
}

/*
 * What the files of the ledger share while one is built; nobody else includes this.
 *
 * The order of work (ledger_build):
 *   events   each event of the link finds its packet (ledger_event.c)
 *   packets  each packet finds its flow (flow_table.c) and becomes segments and acks
 *            (ledger_tcp.c, ledger_datagram.c; ledger_tap.c joins two taps)
 *   parties  the sockets that the calls speak of (ledger_party.c)
 *   calls    each write and read finds its flow and direction (ledger_stream.c for byte streams,
 *            ledger_message.c, ledger_align.c and ledger_receive.c for messages, ledger_unix.c for
 * who talks to whom) account  offsets, states, boundaries (ledger_stream.c, ledger_message.c,
 * ledger_boundaries.c)
 *
 * A TCP offset is signed here: before the end of the packets it may be relative to a byte that was
 * not the first (a capture that began in the middle).
 */
#ifndef SEAM_CAPTURE_LEDGER_INTERNAL_H
#define SEAM_CAPTURE_LEDGER_INTERNAL_H

#include "capture/gaps.h"
#include "capture/ledger.h"
#include "capture/ledger_held.h"
#include "capture/packet.h"

#define NO_TIME INT64_MAX

/* The direction of a packet. */
enum {
	TAP_INBOUND = 1,
	TAP_OUTBOUND = 2,
};

/* A socket that calls speak of. */
struct party {
	uint32_t id; /* of the recording */
	uint16_t endpoint;
	bool listening, accepted;
	bool close_implied;
	struct address local, remote;     /* as last known; remote NONE if it is not connected */
	const struct trace_socket *facts; /* NULL if the recording has none */
	int64_t bound_ns;                 /* from when it could receive */
	int64_t closed_ns;                /* begin of its close; NO_TIME */
	int64_t inline_ns;                /* SO_OOBINLINE is on from then; NO_TIME off */
	uint32_t flow; /* of its connection, LEDGER_NONE; in it the party is on side */
	uint8_t side;

	/* Messages. */
	bool cork;
	uint32_t gso;       /* UDP_SEGMENT, 0 off */
	int64_t gro_ns;     /* UDP_GRO is on from then; NO_TIME off */
	uint32_t open_flow; /* the corked message that it is filling, the last of its direction; */
	uint8_t open_side;  /* open_flow LEDGER_NONE: none */
	size_t inbox_at;    /* the first arrival that it may still read in order */
	size_t last_taken;  /* one behind the latest arrival that it read */
	uint64_t drops_found; /* unread and older than one that it read */
};

/* What one write, or several under a cork, sent as one; with UDP_SEGMENT cut into several. */
struct message {
	uint64_t from;
	uint32_t length, sent; /* sent: bytes that segments were found for */
	uint32_t first_write, write_count;
	uint32_t gso, segments;
	uint32_t first_datagram, datagram_count;
	int64_t begin_ns;
	bool open;   /* corked, never let go; or its call has not returned */
	bool excess; /* no write is known for it though the direction's writes are */
};

/* What a receiver gets as one unit. */
struct datagram {
	uint64_t from;
	uint32_t length;
	uint32_t segment; /* LEDGER_NONE: not seen, or UNIX */
	uint32_t message;
	uint32_t got;    /* bytes that the best read took */
	uint32_t best;   /* that read, LEDGER_NONE */
	uint32_t reader; /* party that took it last, LEDGER_NONE */
	uint8_t cause;   /* enum lost_cause */
	bool denied;     /* its receiver's socket was empty, though nothing took it out */
};

/* One direction of a flow. */
struct side {
	/* TCP sequence space. */
	bool started, based, has_syn, fin_seen, window_shut, disordered, lowered;
	uint32_t isn, base; /* base: sequence number of offset 0 */
	int64_t next;       /* behind the highest byte seen */
	int64_t lowest, acked, fin_at, data_end;
	struct gaps gaps;
	/* Two taps: acknowledgements that left the other end, each further than the one before. */
	struct departure {
		int64_t upto;
		uint32_t packet;
	} * departures;
	size_t departure_count, departure_capacity, departure_at;

	/* Calls. */
	uint32_t party;   /* that writes here, LEDGER_NONE */
	uint32_t pending; /* index of the write whose call has not returned, LEDGER_NONE */
	uint64_t written; /* bytes of the writes so far */
	uint64_t *oob;    /* offsets of bytes sent out of band */
	size_t oob_count, oob_capacity;
	uint64_t read_end; /* behind the last byte read */

	/* Messages. */
	struct message *messages;
	size_t message_count, message_capacity;
	struct datagram *datagrams;
	size_t datagram_count, datagram_capacity;
	uint32_t *datagram_of; /* one a segment: its first datagram */
	uint32_t *nobody;      /* segments answered by ICMP port unreachable */
	size_t nobody_count, nobody_capacity;
	size_t seen_end;  /* behind the last datagram that has a segment */
	size_t unseen_at; /* the first datagram without a segment that may still be read */
};

struct work {
	struct side sides[2];
	uint32_t next_tuple, next_ports; /* chains of the flow table */
	int64_t first_ns;
	bool unreachable;
};

/* A datagram's arrival, as a receiver's stamp may show it. */
struct arrival {
	int64_t time_ns;
	uint32_t flow;
	uint32_t segment; /* UNIX: the datagram */
	uint8_t side;
};

struct flow_table {
	uint32_t *tuples, *ports; /* heads of chains; size is a power of 2 */
	size_t size, count;
	uint32_t last; /* the flow that was found last */
};

/* What the link did to a packet. */
struct link_fate {
	uint32_t loss, other;    /* the first event of each; LEDGER_NONE */
	uint8_t leaving;         /* how often it left the link: 0 if it was dropped, 2 if doubled */
	bool damaged, held_back; /* held_back: until the next packet had left */
};
#define LINK_JUST_CARRIED ((struct link_fate){ LEDGER_NONE, LEDGER_NONE, 1, false, false })

/* Of the packets that events are about. NULL if there are none. */
struct links {
	uint32_t *fate_of; /* one a packet: its place in fates, from 1; 0 none */
	struct link_fate *fates;
	size_t count, capacity;
	bool *damaged; /* one a packet: arrived in a form that its receiver throws away */
};

/* A segment on its way between two taps. */
struct flight {
	uint64_t left; /* its number among those that left the link that way */
	uint32_t segment;
	uint32_t next[2];     /* the next that left: of its key and id, of its key */
	uint8_t copies, seen; /* copies: how often it is to arrive; seen so far */
	bool held_back;
};

/* Flights of one key in order of departure: of one id or, at first and among all, of any. */
struct flight_queue {
	uint64_t key;
	uint32_t id, flow, next; /* of one for any id: that of its first flight */
	uint32_t first, last;    /* flights; no flight before first is still to come */
	uint32_t arrived;        /* the last that has arrived, LEDGER_NONE */
	uint8_t side;
	bool any, mixed; /* mixed: flights of several ids, each with a queue of its own too */
};

struct flights {
	struct flight *list;
	size_t count, capacity;
	struct flight_queue *queues;
	size_t queue_count, queue_capacity;
	uint32_t *heads; /* of chains of queues */
	size_t size;
};

/* A datagram of which not all fragments have been seen yet. */
struct reassembly {
	struct address source, destination;
	uint32_t id;
	uint16_t interface;
	bool used;
	uint32_t flow, segment; /* LEDGER_NONE until the first fragment is seen */
	uint8_t side;
	uint32_t fragments, bytes, total, first_packet;
	uint32_t last_at;     /* offset of the fragment seen last; 0 the first or none */
	uint64_t early_bytes; /* of the frames seen before the first fragment's */
};

#define REASSEMBLIES 64

struct build {
	struct ledger *ledger;
	const struct trace *trace;
	struct work *work; /* one a flow */
	size_t work_capacity;
	struct flow_table table;
	struct flights flights;
	struct links links;
	uint64_t left[2]; /* packets that left the link, by the interface of their sender */
	struct reassembly reassemblies[REASSEMBLIES];
	size_t reassembly_next;
	struct arrival *arrivals;
	size_t arrival_count, arrival_capacity;
	struct party *parties; /* by id */
	size_t party_count;
	uint32_t *party_of_call; /* one a call; LEDGER_NONE */
	uint32_t *by_port;       /* parties by local port */
	struct sighting *sightings; /* recent packets, of somebody else's capture; NULL */
	bool two_taps;
	uint64_t dropped; /* packets that the capture lost */
	bool all_seen;    /* the capture says of itself that it is whole and lost none */
	uint64_t waiting; /* datagrams that may still be in the queues of senders' devices */
};

/* ---- flow_table.c ---- */

/* The flow of a packet from source to destination, the latest if the pair was used again;
 * LEDGER_NONE. *side gets 0 if source is a. */
uint32_t flow_find(struct build *build, enum trace_transport transport,
                   const struct address *source, const struct address *destination, uint8_t *side);
/* A new flow; hashed unless it is UNIX. */
uint32_t flow_add(struct build *build, enum trace_transport transport, const struct address *a,
                  const struct address *b, uint32_t first_packet, int64_t first_ns);
/* The latest flow between two ports, whatever the addresses; then the one before it. */
uint32_t flow_by_ports(const struct build *build, enum trace_transport transport, uint16_t one,
                       uint16_t other);
uint32_t flow_by_ports_next(const struct build *build, enum trace_transport transport, uint16_t one,
                            uint16_t other, uint32_t flow);
void flow_table_finish(struct flow_table *table);

/* ---- ledger_tap.c ---- */

/* Whether the packet leaves its sender, or arrives, where it was seen; both where there is one tap.
 */
static inline bool tap_leaves(const struct build *build, uint32_t packet)
{
	return !build->two_taps || build->trace->packets[packet].direction != TAP_INBOUND;
}

static inline bool tap_arrives(const struct build *build, uint32_t packet)
{
	return !build->two_taps || build->trace->packets[packet].direction != TAP_OUTBOUND;
}
/*
 * Two taps only: a segment that left, unless the link lost it; and the segment whose packet has
 * arrived, of those with that key the next that is to come with the same IP identification, else
 * that has arrived with it (a duplicate), else of any; LEDGER_NONE.
 */
void flights_add(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side,
                 uint32_t segment);
uint32_t flights_take(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side);
void flights_finish(struct flights *flights);

/* ---- ledger_copies.c ---- */

/* Whether the packet has just been seen already, elsewhere; else it is remembered. */
bool copies_take(struct build *build, uint32_t packet, const struct packet_view *view);

/* ---- ledger_overlap.c ---- */

/* What retransmissions carry, against what was carried first; for a direction that is settled, its
 * lowest offset having been lowest. */
void ledger_compare_overlaps(struct build *build, uint32_t flow, uint8_t side, int64_t lowest);

/* ---- ledger_event.c ---- */

void links_match(struct build *build);
static inline struct link_fate links_fate(const struct build *build, uint32_t packet)
{
	const struct links *links = &build->links;

	return links->fate_of && links->fate_of[packet] ? links->fates[links->fate_of[packet] - 1]
	                                                : LINK_JUST_CARRIED;
}
/* How often the packet arrives in a form that its receiver takes. */
unsigned links_arrivals(const struct link_fate *fate);
/* The event that a segment tells of; LEDGER_NONE. */
uint32_t links_event(const struct link_fate *fate);
/* Whether this is the arrival of a packet that was damaged on the link. */
static inline bool links_damaged(const struct build *build, uint32_t packet)
{
	return build->links.damaged && build->links.damaged[packet];
}
void links_finish(struct links *links);

/* ---- ledger_tcp.c, ledger_datagram.c ---- */

void ledger_tcp_packet(struct build *build, uint32_t packet, const struct packet_view *view);
/* Brings offsets to start at 0 and the DATA segments into order. */
void ledger_tcp_settle(struct build *build, uint32_t flow, uint8_t side);
void ledger_udp_packet(struct build *build, uint32_t packet, const struct packet_view *view);
void ledger_fragment(struct build *build, uint32_t packet, const struct packet_view *view);
/* An ICMP error about a datagram; false if it is anything else. */
bool ledger_unreachable(struct build *build, uint32_t packet, const struct packet_view *view);
void ledger_add_arrival(struct build *build, int64_t time_ns, uint32_t flow, uint8_t side,
                        uint32_t segment);

/* ---- ledger_party.c ---- */

void ledger_find_parties(struct build *build);
/* Again, after a party's address was learned from its packets. */
void ledger_sort_parties(struct build *build);
uint32_t party_of(const struct build *build, uint32_t id);
/* An IPv4 address in IPv6's clothes (::ffff:1.2.3.4) as IPv4. */
struct address address_plain(const struct address *address);
/* Whether a socket of that local address gets what is sent to destination. */
bool address_takes(const struct address *local, const struct address *destination);
/* Whether what a call knows of an address (its host may be 0.0.0.0) fits the one in a packet. */
bool address_fits(const struct address *known, const struct address *actual);
bool party_takes(const struct party *party, const struct address *source,
                 const struct address *destination);
/* A party that takes what source sends to destination at that time: a connected one before others;
 * LEDGER_NONE. NO_TIME: at any time. */
uint32_t party_receiving(const struct build *build, const struct address *source,
                         const struct address *destination, int64_t at_ns);

/* The party writes on that side of the flow. */
void party_take_side(struct build *build, uint32_t party, uint32_t flow, uint8_t side);
/* The same, and all that the party does is on that flow. */
void party_join(struct build *build, uint32_t party, uint32_t flow, uint8_t side);

/* The party on that side, or the listening socket of a connection that nobody accepted;
 * LEDGER_NONE. */
uint32_t party_owning(const struct build *build, uint32_t flow, uint8_t side);

/* ---- ledger_connect.c ---- */

/* Finds the TCP connection that the call speaks of and joins its socket to it, where the socket has
 * none yet or connects (again). */
void ledger_connect_tcp(struct build *build, const struct call *call, uint32_t party);

/* ---- ledger_stream.c: TCP and UNIX streams ---- */

/* Writes and reads of every connection; of reads, offsets come with ledger_stream_account(). */
void ledger_stream_calls(struct build *build);
void ledger_stream_account(struct build *build, uint32_t flow, uint8_t side);

/* ---- ledger_stream_state.c ---- */

void ledger_stream_state(struct build *build, uint32_t flow, uint8_t side);
/* Says why bytes are unknown; the first sentence stays. */
void ledger_doubt(struct build *build, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- ledger_message.c, ledger_align.c, ledger_receive.c, ledger_message_state.c ---- */
/* UDP, UNIX datagrams and packets. */

/* Writes of every direction, and the messages that they make. */
void ledger_message_calls(struct build *build);
struct message *ledger_add_message(struct side *side, uint64_t from, uint32_t length);
/* Finds the segments of the messages, in order, and so the segments' offsets and the datagrams. */
void ledger_message_align(struct build *build, uint32_t flow, uint8_t side);
/* Finds the datagram of every read. */
void ledger_receive(struct build *build);
/* The datagram that arrived, the first of several with UDP_SEGMENT. */
struct datagram *arrival_datagram(const struct build *build, const struct arrival *arrival);
void ledger_message_state(struct build *build);

/* ---- ledger_unix.c ---- */

/* Pairs connections with acceptances: flows without packets. */
void ledger_connect_unix(struct build *build);
/* The flow that carries a datagram from one UNIX socket to the name; LEDGER_NONE. */
uint32_t unix_datagram_flow(struct build *build, uint32_t party, const struct call *call,
                            uint8_t *side);

/* ---- ledger_boundaries.c ---- */

/* segments: whether the transport has any. */
void ledger_stream_boundaries(struct ledger_direction *direction, const struct side *side,
                              bool segments);
/* Of guessed writes nothing is kept or lost. */
void ledger_no_boundaries(struct ledger_direction *direction);
void ledger_message_boundaries(struct ledger_direction *direction, const struct side *side,
                               bool segments);

#endif

/*
 * A trace is a recording in memory: its packets, calls and what it says of itself, in order of
 * time. It knows nothing of streams: the ledger derives those.
 */
#ifndef SEAM_CAPTURE_TRACE_H
#define SEAM_CAPTURE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/arena.h"
#include "capture/call.h"
#include "capture/err.h"
#include "capture/link_event.h"
#include "capture/message.h"
#include "capture/progress.h"

#define TRACE_FORMAT 1 /* SEAM_FORMAT of the recordings that this version writes and reads */

enum trace_transport {
	TRANSPORT_TCP,
	TRANSPORT_UDP,
	TRANSPORT_UNIX_STREAM,
	TRANSPORT_UNIX_DGRAM,
	TRANSPORT_UNIX_SEQPACKET,
	TRANSPORT_COUNT,
};
/* "tcp", "udp", "unix-stream", "unix-dgram", "unix-seqpacket". */
const char *trace_transport_text(enum trace_transport transport);
bool trace_transport_parse(const char *text, enum trace_transport *transport);
/* Keeps boundaries: udp, unix-dgram, unix-seqpacket. */
bool trace_transport_is_message(enum trace_transport transport);
bool trace_transport_is_unix(enum trace_transport transport);

/* Times of a trace are 0..TRACE_TIME_MAX, whatever the file says: sums of two do not overflow. */
#define TRACE_TIME_MAX (INT64_C(1) << 61)

/* Where a packet may lie in a file: 64 TiB. A larger file is refused. */
#define PACKET_AT_BITS 46
#define PACKET_AT_MAX  ((UINT64_C(1) << PACKET_AT_BITS) - 1)

/* A packet as it lies in the file; packet_decode() says what is in it. 24 bytes, because a trace
 * has millions; trace_frame() tells its number in the file. */
struct packet {
	int64_t time_ns;              /* CLOCK_REALTIME */
	uint64_t at : PACKET_AT_BITS; /* of its first byte, from trace->bytes */
	uint64_t interface : 16;      /* index into trace->interfaces */
	uint64_t direction : 2;       /* 0 unknown, 1 inbound, 2 outbound (the epb_flags option) */
	uint32_t captured;            /* bytes there */
	uint32_t length;              /* bytes on the wire, ≥ captured */
};

struct trace_interface {
	char *name; /* "lo", "client", "server" */
	uint16_t link_type;
	uint32_t snap_length;
	uint64_t received, dropped; /* from the Interface Statistics Block; dropped 0 if absent */
	bool has_statistics;
};

/* Who takes part, in the order of the scenario's file: the order of lanes. */
struct trace_endpoint {
	char *name;
	bool server_side; /* which side of a wire it is on */
};

/* What the kernel says of a connection (TCP_INFO, include/uapi/linux/tcp.h); -1 unknown. */
struct trace_tcp {
	int64_t rtt_us, rttvar_us, min_rtt_us; /* smoothed round trip, as the sender measures it */
	int64_t rto_us, ato_us;                /* timeouts of retransmission and of a delayed ACK */
	int64_t cwnd, ssthresh;                /* segments; ssthresh -1 before the first loss */
	int64_t mss, pmtu;
	int64_t retransmits;      /* segments sent again, over all its life */
	int64_t lost, reordering; /* thought lost now; how far apart packets have been swapped */
	int64_t bytes_retransmitted, dsack_duplicates;
	int64_t busy_us, rwnd_limited_us, sndbuf_limited_us; /* of sending, and what limited it */
};

/* What a socket looked like, asked of the kernel. */
struct trace_socket {
	uint32_t socket;
	uint16_t endpoint;
	struct address local, remote;
	int64_t at_ns;
	int64_t unread_bytes; /* FIONREAD; -1 unknown */
	int64_t unsent_bytes; /* SIOCOUTQ: unsent or unacknowledged; -1 unknown */
	int64_t drops; /* datagrams dropped at its full receive buffer (SO_MEMINFO); -1 unknown */
	int tcp_state; /* TCP_ESTABLISHED … of TCP_INFO; 0 unknown */
	struct trace_tcp tcp;
};

/* A socket as it was when its endpoint came to a note that stands alone in its script. */
struct trace_mark {
	uint32_t note; /* serial of the call */
	struct trace_socket socket;
};

/* A counter of a host's kernel (/proc/net/netstat, /proc/net/snmp) that has risen in the run. */
struct trace_counter {
	char *host; /* "client", "server"; "lo" where one namespace is both */
	char *name; /* "TcpExtDelayedACKs" */
	int64_t rose;
	uint32_t mark; /* serial of the note at which it was read; TRACE_END at the end. rose is
	                  always since before the endpoints began, so handshakes count */
};
#define TRACE_END UINT32_MAX

/* The link of a wire, in numbers; way 0 is from the client's side to the server's, 1 back. */
struct trace_wire {
	bool known; /* false on a loopback, and the rest means nothing */
	int64_t delay_ns[2];
	uint64_t rate_bits[2]; /* 0: no limit */
	int64_t packets[2];    /* that reached the link */
	int64_t missed;        /* that found no room on their way into the link: none should */
	/* How late the link itself sent, of all packets; -1 unknown. */
	int64_t late_median_ns, late_p99_ns, late_max_ns;
};

/* What the recording says of itself. Texts are NULL where it says nothing; owned by the trace. */
struct trace_about {
	char *scenario;  /* the file's base name without ".yaml": "nagle" */
	char *title;     /* the scenario's title, one line */
	char *text;      /* the scenario's whole text */
	char *path;      /* where it was read from */
	char *variant;   /* "nagle"; "" for a scenario without variants */
	char *overrides; /* --set KEY=VALUE, a line each */
	char *engine;    /* "kernel" */
	char *tier;      /* "user namespace", "network namespace", "host loopback" */
	char *kernel;    /* uname -r */
	char *link;    /* as a person would say it: "loopback", "loopback, MTU 1500, offload off" */
	char *options; /* socket options and sysctls in force, and those not applied, a line each */
	int hz;        /* the kernel's timer frequency, 0 unknown */
	enum trace_transport transport;
	int64_t t0_ns;         /* CLOCK_REALTIME of at: 0; 0 if the run never got there */
	int64_t t0_mono_ns;    /* CLOCK_MONOTONIC of the same moment */
	int64_t time_limit_ns; /* of the whole run */
	bool time_limit_hit;   /* then calls may be pending */
	int64_t clock_step_ns; /* by how much CLOCK_REALTIME was set against CLOCK_MONOTONIC during
	                          the run */
	uint64_t run;          /* K of --repeat, from 1; 0 if it was run once */
	uint64_t try; /* from 2: an earlier try had failed a check of itself; 0 the first */
	struct trace_wire wire;
};

struct trace {
	const uint8_t *bytes; /* the file, or what was unpacked of it, mapped or owned */
	size_t size;
	bool foreign; /* no Seam block is in it: somebody else's capture. about says nothing then,
	                 and there are no endpoints and calls but those of flow_trace() */
	const char *form; /* "pcapng", "pcap", "pcap (modified)": how the file was read */
	struct trace_about about;
	struct trace_interface *interfaces;
	size_t interface_count;
	struct trace_endpoint *endpoints;
	size_t endpoint_count;
	struct packet *packets; /* by time */
	size_t packet_count;
	struct call *calls; /* by serial; each once, its end merged into its begin */
	size_t call_count;
	struct trace_socket *sockets; /* when its endpoint's script had ended */
	size_t socket_count;
	struct trace_mark *marks; /* sockets at the notes of their endpoints, by note; see
	                             trace_counters.h */
	size_t mark_count;
	struct trace_counter *counters; /* that rose, by mark, host and name; each once */
	size_t counter_count;
	struct link_event *events; /* by time */
	size_t event_count;
	struct trace_message *messages; /* by begin; capture/message.h */
	size_t message_count;
	int64_t begun_ns; /* CLOCK_REALTIME when it was begun, to the µs */
	int64_t ended_ns; /* of the completion block; 0 if it is not there */
	bool complete;    /* the completion block is there */
	uint64_t cut_at;  /* file offset after the last whole block, if it was cut; else size */
	char *warning;    /* what a reader should be told: cut, unknown blocks; NULL if nothing */

	/* Frames of the file that are no packets here, by offset: trace_frame(). */
	uint64_t *other_frames;
	size_t other_frame_count;
	uint32_t *frames;  /* one a packet; NULL if time is the order of the file */
	bool frames_known; /* false in a trace that did not come from a file */

	/* How it is held; trace.c only. */
	struct arena texts;
	bool mapped, owned;
};

/*
 * Opens a recording or any capture ("-": standard input) and reads all of it but the payloads,
 * which stay in the mapped file: pcapng, pcap in both byte orders with micro- and nanoseconds, the
 * variants of pcap that libpcap reads, and any of these in gzip or zstd. Also opens NAME.partial
 * and cut files, up to the last whole block or packet, with a warning. Without a Seam block it is
 * foreign. Refuses in one sentence what is no capture, and a newer SEAM_FORMAT. *trace is filled
 * only on success.
 */
int trace_open(const char *path, struct trace *trace, struct err *err);
/* The same of an open file or pipe, which stays the caller's; name is for messages. */
int trace_open_descriptor(int fd, const char *name, struct trace *trace, struct err *err);
/* The same from memory, which must stay until trace_close(); name is for messages. What had to be
 * unpacked is the trace's own: its bytes are then not those given. */
int trace_read(const uint8_t *bytes, size_t size, const char *name, struct trace *trace,
               struct err *err);
/* The same, telling how many bytes it has been through; ERR_INPUT if it is stopped. progress may be
 * NULL. */
int trace_read_telling(const uint8_t *bytes, size_t size, const char *name,
                       struct progress *progress, struct trace *trace, struct err *err);
/* Accepts a zeroed trace. */
void trace_close(struct trace *trace);

struct packet_view;
/* What is in packet number index, by the link type of its interface. */
void trace_decode(const struct trace *trace, size_t index, struct packet_view *view);

/*
 * The number in the file of a packet (index into trace->packets), from 1, as Wireshark counts:
 * journal entries are frames too. 0 if it is not known. A binary search among those entries, but
 * where the file is not in order of time.
 */
uint32_t trace_frame(const struct trace *trace, uint32_t packet);
/* Whether that is the packet's number; cheaper than to ask for it. false for LEDGER_NONE. */
bool trace_is_frame(const struct trace *trace, uint32_t packet, int64_t frame);

#endif

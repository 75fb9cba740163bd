/*
 * Traces made from code, for tests of what reads them: a real recording written with recording_*()
 * into memory and opened with trace_read(). Times are nanoseconds since FIXTURE_T0, the run's t0.
 *
 *   struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
 *   fixture_handshake(fixture, 0);
 *   fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
 *   fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
 *   fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(90), FIXTURE_US(120), 1024, 10);
 *   const struct trace *trace = fixture_end(fixture);
 *   …
 *   fixture_destroy(fixture);
 *
 * There are two endpoints, "client" (which is a) and "server" (b), one interface "lo", and one flow
 * 127.0.0.1:45000 → 127.0.0.1:9000 between sockets 1 and 2; fixture_flow() begins another.
 */
#ifndef SEAM_TESTS_TRACE_FIXTURE_H
#define SEAM_TESTS_TRACE_FIXTURE_H

#include "capture/packet.h"
#include "capture/trace.h"

#define FIXTURE_T0    INT64_C(1767225600000000000)
#define FIXTURE_US(n) ((int64_t)(n)*1000)
#define FIXTURE_MS(n) ((int64_t)(n)*1000000)
#define FIXTURE_MSS   1460

enum {
	FIXTURE_CLIENT,
	FIXTURE_SERVER,
};

struct fixture;

struct fixture *fixture_begin(enum trace_transport transport);
/* What the recording says of itself; change it before fixture_end(). Texts must stay until then. */
struct trace_about *fixture_about(struct fixture *fixture);
/* Leaves the completion block out, as if the run had been interrupted. */
void fixture_interrupt(struct fixture *fixture);

/* One more endpoint; its index. name must stay. */
uint16_t fixture_endpoint(struct fixture *fixture, const char *name, bool server_side);

/*
 * What follows belongs to another flow of that client port: sockets 3 and 4, then 5 and 6, …; back
 * to an earlier one by its port.
 */
void fixture_flow(struct fixture *fixture, uint16_t client_port);
/* Initial sequence number of that side of the flow; before its first packet. */
void fixture_isn(struct fixture *fixture, char from, uint32_t isn);

/*
 * A call of the current flow's socket with everything usual filled in, ended without error
 * (end_ns CALL_PENDING: not ended). Nothing is recorded: change it, then fixture_call().
 */
struct call fixture_usual_call(struct fixture *fixture, uint16_t endpoint, enum call_name name,
                               int64_t begin_ns, int64_t end_ns);
/* Records a call whose times are absolute; sets its serial, and returns it. */
uint32_t fixture_call(struct fixture *fixture, struct call call);
/* send() and recv() of the current flow, with the socket's offset and the write's message number
 * counted; result -1 is EAGAIN. Return the serial. */
uint32_t fixture_write(struct fixture *fixture, uint16_t endpoint, int64_t begin_ns, int64_t end_ns,
                       int64_t asked, int64_t result);
uint32_t fixture_read(struct fixture *fixture, uint16_t endpoint, int64_t begin_ns, int64_t end_ns,
                      int64_t asked, int64_t result);
/* at_ns in *socket is absolute; a tcp that was left zeroed is unknown. */
void fixture_socket(struct fixture *fixture, const struct trace_socket *socket);
/* The same at a note, by the serial of its call. */
void fixture_mark(struct fixture *fixture, uint32_t note, const struct trace_socket *socket);
/* A kernel counter that rose; mark is a note's serial or TRACE_END. */
void fixture_counter(struct fixture *fixture, const char *host, const char *name, int64_t rose,
                     uint32_t mark);

/*
 * A TCP segment from 'a' or 'b' that begins at offset of its stream. payload NULL: letters by
 * offset. It acknowledges all that the other side has sent (with PACKET_ACK). A SYN ignores offset.
 */
void fixture_tcp(struct fixture *fixture, int64_t time_ns, char from, uint64_t offset,
                 uint8_t flags, const void *payload, uint32_t length);
/* The same, acknowledging the other stream up to acknowledged. */
void fixture_tcp_acking(struct fixture *fixture, int64_t time_ns, char from, uint64_t offset,
                        uint8_t flags, uint64_t acknowledged, const void *payload, uint32_t length);
/* SYN, SYN+ACK, ACK, 10 µs apart. */
void fixture_handshake(struct fixture *fixture, int64_t time_ns);
void fixture_udp(struct fixture *fixture, int64_t time_ns, char from, const void *payload,
                 uint32_t length);
/* A part of an IP datagram: id names the datagram, at is the part's offset in the UDP datagram,
 * header included; the part at 0 makes the header itself, of a datagram of total payload bytes. */
void fixture_udp_fragment(struct fixture *fixture, int64_t time_ns, char from, uint16_t id,
                          uint32_t at, uint32_t length, bool more, uint32_t total);
/* Any frame, of which captured bytes are there. */
void fixture_packet(struct fixture *fixture, uint32_t interface, int64_t time_ns,
                    const uint8_t *bytes, uint32_t captured, uint32_t length, uint8_t direction);
/* Further interfaces; packets made from here on are seen on interface, with direction. */
uint32_t fixture_interface(struct fixture *fixture, const char *name);
void fixture_tap(struct fixture *fixture, uint32_t interface, uint8_t direction);
/* IP identification of the next packet; it counts on from there. The same again makes the same
 * frame. */
void fixture_ip_id(struct fixture *fixture, uint16_t id);
/* What the link did to the packet that was recorded last, as the number-th of its way (with
 * payload: also the data_number-th of those). It comes from interface 0 unless down. */
void fixture_event(struct fixture *fixture, enum link_event_kind kind, bool down, int64_t time_ns,
                   uint64_t number, uint64_t data_number);
/* What the capture counted on each interface; it dropped on interface 0 alone. */
void fixture_statistics(struct fixture *fixture, uint64_t received, uint64_t dropped);

/* Opens what was recorded; lent until fixture_destroy(). Aborts if it does not open. */
const struct trace *fixture_end(struct fixture *fixture);
/* The bytes of the recording, after fixture_end(). */
const uint8_t *fixture_bytes(const struct fixture *fixture, size_t *size);
void fixture_destroy(struct fixture *fixture);

#endif

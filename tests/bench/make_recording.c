/*
 * Writes a recording of many packets: one connection over loopback that sends 100 bytes every
 * microsecond or so, acknowledged every second segment; now and then it stalls for 40 ms, repeats a
 * segment, and is written to and read from by calls. As .pcap it is what tcpdump would have made of
 * that: the packets alone, and if asked for of many connections, 64 of them at a time.
 *
 *   make_recording PACKETS FILE.pcapng
 *   make_recording PACKETS FILE.pcap [CONNECTIONS]
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/packet.h"
#include "capture/recording.h"

#define PAYLOAD  100u
#define HEADERS  54u
#define A_WRITE  200u   /* segments of one write */
#define A_STALL  10000u /* segments from one stall to the next */
#define A_REPEAT 1000u  /* segments from one retransmission to the next */
#define STALL_NS 40000000
#define FLUSH    (1u << 20)
#define BEGIN_NS INT64_C(1767225600000000000)
#define AT_ONCE  64u /* connections that are open at the same time */
#define SNAP     262144u

struct maker {
	struct recording recording;
	bool pcap;
	uint32_t left; /* packets still to be made */
	int64_t now_ns;
	uint32_t serial, base, other, sent, acked, read;
	uint32_t client, server; /* addresses */
	uint16_t port;
};

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

static void add_frame(struct maker *maker, const uint8_t *frame, uint32_t length)
{
	uint64_t us = (uint64_t)maker->now_ns / 1000;
	uint32_t record[4] = { htole32((uint32_t)(us / 1000000)), htole32((uint32_t)(us % 1000000)),
		               htole32(length), htole32(length) };

	if (!maker->pcap) {
		recording_add_packet(&maker->recording, 0, maker->now_ns, frame, length, length, 2);
		return;
	}
	buffer_add(&maker->recording.pending, record, sizeof(record));
	buffer_add(&maker->recording.pending, frame, length);
}

static void add_packet(struct maker *maker, bool answer, uint8_t flags, uint32_t sequence,
                       uint32_t acknowledgement, uint32_t payload)
{
	uint8_t frame[HEADERS + PAYLOAD] = { 0 }, *at = put16(frame + 12, 0x0800);

	at = put32(put16(put16(at, 0x4500), 40 + payload), 0x4000);
	at[0] = 64;
	at[1] = 6;
	put32(at + 4, answer ? maker->server : maker->client);
	put32(at + 8, answer ? maker->client : maker->server);
	at = put16(put16(at + 12, answer ? 9000 : maker->port), answer ? maker->port : 9000);
	at = put32(put32(at, sequence), acknowledgement);
	at[0] = 5 << 4;
	at[1] = flags;
	put16(at + 2, 65535);
	memset(frame + HEADERS, 'A' + (int)(sequence / PAYLOAD % 26), payload);
	maker->now_ns += 700 + sequence % 600;
	add_frame(maker, frame, HEADERS + payload);
	maker->left -= maker->left > 0;
}

static void add_call(struct maker *maker, enum call_name name, int64_t bytes, uint32_t stream_at)
{
	bool reads = name == CALL_RECV;
	struct address one = { .bytes = { 127, 0, 0, 1 }, .port = 45000, .family = ADDRESS_IPV4 };
	struct address other = one;
	struct call call = { .serial = maker->serial++,
		             .socket = reads ? 2 : 1,
		             .made = CALL_NO_SOCKET,
		             .endpoint = reads,
		             .name = (uint8_t)name,
		             .ended = true,
		             .begin_ns = maker->now_ns,
		             .end_ns = maker->now_ns + 400,
		             .begin_mono_ns = maker->now_ns - BEGIN_NS,
		             .end_mono_ns = maker->now_ns - BEGIN_NS + 400,
		             .late_ns = -1,
		             .asked = bytes,
		             .result = bytes,
		             .offset = stream_at,
		             .message = reads ? UINT32_MAX : stream_at / (A_WRITE * PAYLOAD) };

	other.port = 9000;
	if (maker->pcap)
		return;
	call.local = reads ? other : one;
	call.remote = reads ? one : other;
	recording_add_call(&maker->recording, &call, reads ? "server" : "client");
}

/* What one write of A_WRITE segments causes. */
static void add_write(struct maker *maker, uint32_t segments)
{
	uint32_t bytes = segments * PAYLOAD;

	add_call(maker, CALL_SEND, bytes, maker->sent);
	for (uint32_t i = 0; i < segments; i++) {
		uint32_t number = maker->sent / PAYLOAD;

		if (number % A_STALL == A_STALL - 1)
			maker->now_ns += STALL_NS;
		add_packet(maker, false, PACKET_ACK | (i + 1 == segments ? PACKET_PSH : 0),
		           maker->base + maker->sent, maker->other, PAYLOAD);
		if (number % A_REPEAT == A_REPEAT - 1)
			add_packet(maker, false, PACKET_ACK, maker->base + maker->sent,
			           maker->other, PAYLOAD);
		maker->sent += PAYLOAD;
		if (number % 2 || i + 1 == segments)
			add_packet(maker, true, PACKET_ACK, maker->other, maker->base + maker->sent,
			           0);
	}
	add_call(maker, CALL_RECV, bytes, maker->read);
	maker->read += bytes;
}

static int flush(struct maker *maker, struct err *err)
{
	return maker->recording.pending.length > FLUSH ? recording_flush(&maker->recording, err)
	                                               : 0;
}

static void begin_connection(struct maker *maker)
{
	add_packet(maker, false, PACKET_SYN, maker->base - 1, 0, 0);
	add_packet(maker, true, PACKET_SYN | PACKET_ACK, maker->other - 1, maker->base, 0);
}

static int make_one(struct maker *maker, struct err *err)
{
	begin_connection(maker);
	while (maker->left) {
		uint32_t segments = maker->left * 2 / 3;

		add_write(maker, segments < A_WRITE ? segments + !segments : A_WRITE);
		if (flush(maker, err))
			return -1;
	}
	return 0;
}

static void choose(struct maker *maker, uint32_t connection)
{
	maker->client = 0x0a000001u + connection;
	maker->server = 0x0aff0001u;
	maker->port = (uint16_t)(40000 + connection % 20000);
	maker->base = connection * 2654435761u;
}

/* Connections first to last, each with its share of the packets, in turns of a segment. */
static void make_group(struct maker *maker, uint32_t first, uint32_t last, uint32_t share)
{
	uint32_t segments = share > 5 ? (share - 5) * 2 / 3 : 1;

	for (uint32_t i = first; i < last; i++) {
		choose(maker, i);
		begin_connection(maker);
	}
	for (uint32_t segment = 0; segment < segments; segment++) {
		for (uint32_t i = first; i < last; i++) {
			uint32_t sent = segment * PAYLOAD;

			choose(maker, i);
			add_packet(maker, false, PACKET_ACK | PACKET_PSH, maker->base + sent,
			           maker->other, PAYLOAD);
			if (segment % 2)
				add_packet(maker, true, PACKET_ACK, maker->other,
				           maker->base + sent + PAYLOAD, 0);
		}
	}
	for (uint32_t i = first; i < last; i++) {
		uint32_t end = segments * PAYLOAD;

		choose(maker, i);
		add_packet(maker, false, PACKET_FIN | PACKET_ACK, maker->base + end, maker->other,
		           0);
		add_packet(maker, true, PACKET_FIN | PACKET_ACK, maker->other,
		           maker->base + end + 1, 0);
		add_packet(maker, false, PACKET_ACK, maker->base + end + 1, maker->other + 1, 0);
	}
}

static int make_many(struct maker *maker, uint32_t connections, struct err *err)
{
	uint32_t share = maker->left / connections;

	for (uint32_t i = 0; i < connections; i += AT_ONCE) {
		make_group(maker, i, i + AT_ONCE < connections ? i + AT_ONCE : connections, share);
		if (flush(maker, err))
			return -1;
	}
	return 0;
}

static int make_pcap(struct maker *maker, uint32_t connections, struct err *err)
{
	const uint32_t header[6] = { htole32(0xa1b2c3d4), htole32(4u << 16 | 2u), 0, 0,
		                     htole32(SNAP),       htole32(LINK_ETHERNET) };

	buffer_add(&maker->recording.pending, header, sizeof(header));
	if (connections > 1 ? make_many(maker, connections, err) : make_one(maker, err))
		return -1;
	return recording_flush(&maker->recording, err);
}

static int make(struct maker *maker, struct err *err)
{
	char engine[] = "kernel", scenario[] = "generated", variant[] = "many-packets";
	char client[] = "client", server[] = "server", loopback[] = "lo";
	struct trace_about about = { .scenario = scenario,
		                     .variant = variant,
		                     .engine = engine,
		                     .t0_ns = BEGIN_NS,
		                     .transport = TRANSPORT_TCP };
	const struct trace_endpoint endpoints[] = { { .name = client },
		                                    { .name = server, .server_side = true } };
	const struct trace_interface interface = { .name = loopback,
		                                   .link_type = 1,
		                                   .snap_length = SNAP };
	uint32_t packets = maker->left;

	recording_add_header(&maker->recording, &about, endpoints, 2, &interface, 1);
	if (make_one(maker, err))
		return -1;
	recording_add_statistics(&maker->recording, 0, maker->now_ns, packets, 0);
	recording_add_end(&maker->recording, &about);
	return recording_flush(&maker->recording, err);
}

int main(int argc, char **argv)
{
	struct maker maker = { .now_ns = BEGIN_NS,
		               .base = UINT32_MAX - 5000000,
		               .other = 7,
		               .client = 0x7f000001,
		               .server = 0x7f000001,
		               .port = 45000 };
	uint32_t connections = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1;
	struct err err = { 0 };
	int fd, result;

	if (argc < 3 || argc > 4 || !(maker.left = (uint32_t)strtoul(argv[1], NULL, 10)) ||
	    !connections) {
		fprintf(stderr, "usage: make_recording PACKETS FILE.pcapng\n"
		                "       make_recording PACKETS FILE.pcap [CONNECTIONS]\n");
		return 2;
	}
	maker.pcap = strlen(argv[2]) > 5 && !strcmp(argv[2] + strlen(argv[2]) - 5, ".pcap");
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		fprintf(stderr, "make_recording: %s: %s\n", argv[2], strerror(errno));
		return 2;
	}
	recording_begin(&maker.recording, fd, UINT64_MAX);
	result = maker.pcap ? make_pcap(&maker, connections, &err) : make(&maker, &err);
	if (result != 0)
		fprintf(stderr, "make_recording: %s\n", err.text);
	recording_finish(&maker.recording);
	close(fd);
	return result ? 2 : 0;
}

/*
 * Writes a recording of many packets: one connection over loopback that sends 100 bytes every
 * microsecond or so, acknowledged every second segment; now and then it stalls for 40 ms, repeats a
 * segment, and is written to and read from by calls.
 *
 *   make_recording PACKETS FILE.pcapng
 */
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

struct maker {
	struct recording recording;
	uint32_t left; /* packets still to be made */
	int64_t now_ns;
	uint32_t serial, base, other, sent, acked, read;
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

static void add_packet(struct maker *maker, bool answer, uint8_t flags, uint32_t sequence,
                       uint32_t acknowledgement, uint32_t payload)
{
	static const uint8_t host[4] = { 127, 0, 0, 1 };
	uint8_t frame[HEADERS + PAYLOAD] = { 0 }, *at = put16(frame + 12, 0x0800);

	at = put32(put16(put16(at, 0x4500), 40 + payload), 0x4000);
	at[0] = 64;
	at[1] = 6;
	memcpy(at + 4, host, 4);
	memcpy(at + 8, host, 4);
	at = put16(put16(at + 12, answer ? 9000 : 45000), answer ? 45000 : 9000);
	at = put32(put32(at, sequence), acknowledgement);
	at[0] = 5 << 4;
	at[1] = flags;
	put16(at + 2, 65535);
	memset(frame + HEADERS, 'A' + (int)(sequence / PAYLOAD % 26), payload);
	maker->now_ns += 700 + sequence % 600;
	recording_add_packet(&maker->recording, 0, maker->now_ns, frame, HEADERS + payload,
	                     HEADERS + payload, 2);
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
		                                   .snap_length = 262144 };
	uint32_t packets = maker->left;

	recording_add_header(&maker->recording, &about, endpoints, 2, &interface, 1);
	add_packet(maker, false, PACKET_SYN, maker->base - 1, 0, 0);
	add_packet(maker, true, PACKET_SYN | PACKET_ACK, maker->other - 1, maker->base, 0);
	while (maker->left) {
		uint32_t segments = maker->left * 2 / 3;

		add_write(maker, segments < A_WRITE ? segments + !segments : A_WRITE);
		if (maker->recording.pending.length > FLUSH &&
		    recording_flush(&maker->recording, err) != 0)
			return -1;
	}
	recording_add_statistics(&maker->recording, 0, maker->now_ns, packets, 0);
	recording_add_end(&maker->recording, &about);
	return recording_flush(&maker->recording, err);
}

int main(int argc, char **argv)
{
	struct maker maker = { .now_ns = BEGIN_NS, .base = UINT32_MAX - 5000000, .other = 7 };
	struct err err = { 0 };
	int fd, result;

	if (argc != 3 || !(maker.left = (uint32_t)strtoul(argv[1], NULL, 10))) {
		fprintf(stderr, "usage: make_recording PACKETS FILE.pcapng\n");
		return 2;
	}
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		fprintf(stderr, "make_recording: %s: %s\n", argv[2], strerror(errno));
		return 2;
	}
	recording_begin(&maker.recording, fd, UINT64_MAX);
	result = make(&maker, &err);
	if (result != 0)
		fprintf(stderr, "make_recording: %s\n", err.text);
	recording_finish(&maker.recording);
	close(fd);
	return result ? 2 : 0;
}

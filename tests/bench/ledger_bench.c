/*
 * How fast the ledger is, and how much memory it takes: a million segments, as a list or as JSON.
 *
 *   ledger_bench [--json]
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/ledger.h"
#include "capture/mem.h"
#include "capture/packet.h"

#define SEGMENTS 1000000u
#define PAYLOAD  100u
#define FRAME    64u /* what is kept of each packet: its headers */

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

static void make_packet(struct trace *trace, uint8_t *bytes, bool answer, uint8_t flags,
                        uint32_t sequence, uint32_t acknowledgement, uint32_t payload)
{
	static const uint8_t host[4] = { 127, 0, 0, 1 };
	size_t index = trace->packet_count++;
	uint8_t *frame = bytes + index * FRAME, *at = put16(frame + 12, 0x0800);

	trace->packets[index] = (struct packet){ .time_ns = (int64_t)index * 1000,
		                                 .at = index * FRAME,
		                                 .captured = 54,
		                                 .length = 54 + payload };
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
}

/* A million segments, one retransmission in a thousand, an acknowledgement for every second. */
static void make_packets(struct trace *trace, uint8_t *bytes)
{
	uint32_t base = UINT32_MAX - 5000000, other = 7;

	make_packet(trace, bytes, false, PACKET_SYN, base - 1, 0, 0);
	make_packet(trace, bytes, true, PACKET_SYN | PACKET_ACK, other - 1, base, 0);
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		uint32_t sequence = base + i * PAYLOAD;

		make_packet(trace, bytes, false, PACKET_ACK, sequence, other, PAYLOAD);
		if (i % 1000 == 999)
			make_packet(trace, bytes, false, PACKET_ACK, sequence - 10 * PAYLOAD, other,
			            PAYLOAD);
		if (i % 2)
			make_packet(trace, bytes, true, PACKET_ACK, other, sequence + PAYLOAD, 0);
	}
}

static struct call make_call(uint32_t serial, bool reads)
{
	struct address one = { .bytes = { 127, 0, 0, 1 }, .port = 45000, .family = ADDRESS_IPV4 };
	struct address other = one;

	other.port = 9000;
	return (struct call){ .serial = serial,
		              .socket = reads ? 2 : 1,
		              .made = CALL_NO_SOCKET,
		              .endpoint = reads,
		              .name = reads ? CALL_RECV : CALL_SEND,
		              .ended = true,
		              .begin_ns = serial,
		              .end_ns = serial + 1,
		              .asked = PAYLOAD * 10,
		              .result = PAYLOAD * 10,
		              .local = reads ? other : one,
		              .remote = reads ? one : other };
}

static double seconds(void)
{
	struct timespec now;

	/* Of this process, which only computes: other work on the machine does not count. */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

int main(int argc, char **argv)
{
	size_t packets = SEGMENTS * 2, calls = SEGMENTS / 5, before;
	uint8_t *bytes = mem_alloc(packets, FRAME);
	struct trace trace = { .bytes = bytes, .size = packets * FRAME };
	struct ledger ledger;
	double best = 1e9, memory;

	trace.packets = mem_alloc(packets, sizeof(*trace.packets));
	trace.calls = mem_alloc(calls, sizeof(*trace.calls));
	make_packets(&trace, bytes);
	for (; trace.call_count < calls; trace.call_count++)
		trace.calls[trace.call_count] =
			make_call((uint32_t)trace.call_count, trace.call_count % 2);
	for (int i = 0; i < 5; i++) {
		double begin = seconds(), took;

		before = heap();
		ledger_build(&ledger, &trace);
		took = seconds() - begin;
		memory = (double)(heap() - before);
		best = took < best ? took : best;
		if (!ledger.accounted || ledger.flows[0].directions[0].data_count != SEGMENTS)
			abort();
		ledger_finish(&ledger);
	}
	printf(argc > 1 && !strcmp(argv[1], "--json")
	               ? "{\"segments\": %u, \"seconds\": %.3f, \"segments_per_second\": %.0f, "
	                 "\"bytes_per_segment\": %.1f}\n"
	               : "ledger  %u segments  %.3f s  %.0f segments/s  %.1f bytes/segment\n",
	       SEGMENTS, best, SEGMENTS / best, memory / SEGMENTS);
	free(trace.calls);
	free(trace.packets);
	free(bytes);
	return 0;
}

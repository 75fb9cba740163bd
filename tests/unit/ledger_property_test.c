/*
 * Random traces against a truth kept byte by byte: an array that says of each byte which packet
 * carried it first, which write wrote it and which read took it. The ledger must say the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "ledger_fixture.h"

#define ROUNDS    400
#define MAX_BYTES 4096
#define NOBODY    UINT32_MAX

struct truth {
	uint64_t random;
	struct fixture *fixture;
	int64_t now_ns;
	uint32_t bytes, packets;
	uint32_t write_of[MAX_BYTES], packet_of[MAX_BYTES], read_of[MAX_BYTES];
	bool write_end[MAX_BYTES + 1], segment_end[MAX_BYTES + 1], read_end[MAX_BYTES + 1];
	uint32_t fresh[MAX_BYTES], length[MAX_BYTES]; /* of each packet */
	uint32_t read_bytes, acked;
	uint32_t writes, reads;
};

static uint32_t below(struct truth *truth, uint32_t limit)
{
	truth->random ^= truth->random << 13;
	truth->random ^= truth->random >> 7;
	truth->random ^= truth->random << 17;
	return (uint32_t)((truth->random >> 20) % limit);
}

static int64_t tick(struct truth *truth)
{
	truth->now_ns += FIXTURE_US(10);
	return truth->now_ns;
}

static void write_all(struct truth *truth)
{
	uint32_t count = 1 + below(truth, 30);

	truth->write_end[0] = true;
	while (truth->writes < count) {
		uint32_t length = below(truth, 5) ? 1 + below(truth, 100) : 0;
		int64_t at = tick(truth);

		fixture_write(truth->fixture, FIXTURE_CLIENT, at, at + 10, length + 3, length);
		for (uint32_t i = 0; i < length; i++)
			truth->write_of[truth->bytes + i] = truth->writes;
		truth->bytes += length;
		truth->write_end[truth->bytes] = true;
		truth->writes++;
	}
}

static void send_segment(struct truth *truth, uint32_t from, uint32_t to)
{
	uint32_t packet = truth->packets++;

	fixture_tcp(truth->fixture, tick(truth), 'a', from, PACKET_ACK, NULL, to - from);
	truth->length[packet] = to - from;
	for (uint32_t i = from; i < to; i++) {
		if (truth->packet_of[i] != NOBODY)
			continue;
		truth->packet_of[i] = packet;
		truth->fresh[packet]++;
	}
}

/* Cuts the stream at random, swaps some neighbours, leaves some out, and sends ranges again. */
static void send_all(struct truth *truth)
{
	uint32_t held_from = 0, held_to = 0;

	for (uint32_t at = 0, to; at < truth->bytes; at = to) {
		to = at + 1 + below(truth, 120);
		to = to < truth->bytes ? to : truth->bytes;
		if (held_from == held_to && !below(truth, 5)) {
			held_from = at;
			held_to = to;
			continue;
		}
		send_segment(truth, at, to);
		if (held_from < held_to && below(truth, 2)) {
			send_segment(truth, held_from, held_to);
			held_from = held_to = 0;
		}
		if (!below(truth, 4)) {
			uint32_t from = below(truth, to), end = from + 1 + below(truth, 200);

			send_segment(truth, from, end < truth->bytes ? end : truth->bytes);
		}
	}
	if (below(truth, 2))
		return;
	for (uint32_t i = 0; i < truth->bytes; i++)
		if (truth->packet_of[i] == NOBODY)
			send_segment(truth, i, i + 1 + below(truth, truth->bytes - i));
}

static void read_some(struct truth *truth)
{
	uint32_t whole = 0;

	while (whole < truth->bytes && truth->packet_of[whole] != NOBODY)
		whole++;
	if (whole) {
		truth->acked = below(truth, whole + 1);
		fixture_tcp_acking(truth->fixture, tick(truth), 'b', 0, PACKET_ACK, truth->acked,
		                   NULL, 0);
	}
	while (truth->read_bytes < whole && below(truth, 12)) {
		uint32_t length = 1 + below(truth, 150);
		int64_t at = tick(truth);

		if (length > whole - truth->read_bytes)
			length = whole - truth->read_bytes;
		fixture_read(truth->fixture, FIXTURE_SERVER, at, at + 10, 1024, length);
		for (uint32_t i = 0; i < length; i++)
			truth->read_of[truth->read_bytes + i] = truth->reads;
		truth->reads++;
		truth->read_bytes += length;
		truth->read_end[truth->read_bytes] = true;
	}
}

/* ---- comparing ---- */

static void compare_bytes(const struct truth *truth, const struct ledger_direction *direction,
                          uint32_t first_packet)
{
	for (uint32_t i = 0; i < truth->bytes; i++) {
		uint32_t segment = ledger_segment_at(direction, i);

		assert_int_equal(ledger_write_at(direction, i), truth->write_of[i]);
		if (truth->packet_of[i] == NOBODY)
			assert_int_equal(segment, LEDGER_NONE);
		else
			assert_int_equal(direction->segments[segment].packet - first_packet,
			                 truth->packet_of[i]);
	}
	for (size_t i = 0; i < direction->read_count; i++)
		for (uint32_t k = 0; k < direction->reads[i].length; k++)
			assert_int_equal(truth->read_of[direction->reads[i].from + k], i);
	assert_int_equal(direction->read_count, truth->reads);
}

static void compare_packets(const struct truth *truth, const struct ledger_direction *direction,
                            uint32_t first_packet)
{
	uint64_t fresh[MAX_BYTES] = { 0 }, length[MAX_BYTES] = { 0 };

	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;
		uint32_t packet = segment->packet - first_packet;
		struct ledger_piece pieces[128];
		size_t count = ledger_pieces(direction, segment->from,
		                             segment->from + segment->length, pieces, 128);
		uint64_t at = segment->from;

		length[packet] += segment->length + ledger_segment_repeated(direction, segment);
		fresh[packet] += segment->kind == SEGMENT_DATA ? segment->length : 0;
		assert_int_equal(ledger_segment_write(direction, segment),
		                 truth->write_of[segment->from]);
		for (size_t k = 0; k < count; k++) {
			assert_int_equal(pieces[k].from, at);
			assert_int_equal(pieces[k].write, truth->write_of[at]);
			at = pieces[k].to;
		}
		assert_int_equal(at, segment->from + segment->length);
	}
	for (uint32_t i = 0; i < truth->packets; i++) {
		assert_int_equal(fresh[i], truth->fresh[i]);
		assert_int_equal(length[i], truth->length[i]);
	}
}

/* A boundary as its neighbours tell: the bytes on both sides in one carrier, in two, or unseen. */
static enum boundary_fate fate(const uint32_t *carrier, const bool *ends, uint32_t at)
{
	if (ends[at])
		return BOUNDARY_KEPT;
	return carrier[at - 1] != NOBODY && carrier[at - 1] == carrier[at] ? BOUNDARY_LOST
	                                                                   : BOUNDARY_OPEN;
}

static void compare_boundaries(struct truth *truth, const struct ledger_direction *direction)
{
	uint64_t kept = 0, lost = 0, open = 0, splits = 0, read_splits = 0, read_kept = 0;

	for (size_t i = 0; i < direction->data_count; i++) {
		const struct ledger_segment *segment =
			direction->segments + ledger_data_segment(direction, i);

		truth->segment_end[segment->from + segment->length] = true;
		splits += !truth->write_end[segment->from + segment->length];
	}
	for (uint32_t at = 1; at < truth->bytes; at++) {
		enum boundary_fate expected = fate(truth->packet_of, truth->segment_end, at);

		read_splits += truth->read_end[at] && !truth->write_end[at];
		if (!truth->write_end[at])
			continue;
		assert_int_equal(ledger_fate_in_segments(direction,
		                                         ledger_write_at(direction, at - 1)),
		                 expected);
		kept += expected == BOUNDARY_KEPT;
		lost += expected == BOUNDARY_LOST;
		open += expected == BOUNDARY_OPEN;
		read_kept += fate(truth->read_of, truth->read_end, at) == BOUNDARY_KEPT;
	}
	assert_int_equal(direction->in_segments.kept, kept);
	assert_int_equal(direction->in_segments.lost, lost);
	assert_int_equal(direction->in_segments.open, open);
	assert_int_equal(direction->in_segments.splits, splits);
	assert_int_equal(direction->in_reads.kept, read_kept);
	assert_int_equal(direction->in_reads.splits, read_splits);
}

static void compare_state(const struct truth *truth, const struct ledger_direction *direction)
{
	uint32_t arrived = truth->acked > truth->read_bytes ? truth->acked : truth->read_bytes;
	uint32_t in_flight = 0, unsent = 0;

	for (uint32_t i = arrived; i < truth->bytes; i++) {
		in_flight += truth->packet_of[i] != NOBODY;
		unsent += truth->packet_of[i] == NOBODY;
	}
	assert_int_equal(direction->bytes, truth->bytes);
	assert_int_equal(direction->state.read, truth->read_bytes);
	assert_int_equal(direction->state.queued, arrived - truth->read_bytes);
	assert_int_equal(direction->state.in_flight, in_flight);
	assert_int_equal(direction->state.unsent, unsent);
	assert_int_equal(direction->write_count, truth->writes);
}

static void random_streams_are_accounted_for(void **state)
{
	static struct truth truth;
	struct built built;

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		memset(&truth, 0, sizeof(truth));
		memset(truth.packet_of, 0xff, sizeof(truth.packet_of));
		memset(truth.read_of, 0xff, sizeof(truth.read_of));
		truth.random = 0x9e3779b97f4a7c15u * (round + 1);
		truth.fixture = fixture_begin(TRANSPORT_TCP);
		fixture_isn(truth.fixture, 'a', UINT32_MAX - below(&truth, 3000));
		fixture_handshake(truth.fixture, 0);
		truth.now_ns = FIXTURE_US(100);
		write_all(&truth);
		send_all(&truth);
		read_some(&truth);
		ledger_of(&built, truth.fixture);
		compare_state(&truth, built.ab);
		compare_bytes(&truth, built.ab, 3);
		compare_packets(&truth, built.ab, 3);
		compare_boundaries(&truth, built.ab);
		ledger_done(&built);
	}
}

/* ---- datagrams ---- */

struct sent {
	uint32_t from, length, first_write;
	int64_t at_ns;
	bool dropped;
};

static uint32_t send_datagrams(struct truth *truth, struct sent *sent, bool *open_write)
{
	uint32_t count = 0, writes = 1 + below(truth, 40);
	bool more = false;

	for (uint32_t i = 0; i < writes; i++) {
		uint32_t length = below(truth, 4) ? below(truth, 60) : 0;
		int64_t at = tick(truth);

		if (!more)
			sent[count] = (struct sent){ .from = truth->bytes, .first_write = i };
		more = !below(truth, 4);
		ledger_send(truth->fixture, FIXTURE_CLIENT, at, more ? MSG_MORE : 0, length);
		sent[count].length += length;
		truth->bytes += length;
		if (more)
			continue;
		sent[count].at_ns = at + 100;
		sent[count].dropped = !below(truth, 5);
		fixture_udp(truth->fixture, at + 100, 'a', NULL, sent[count].length);
		count++;
	}
	*open_write = more;
	truth->writes = writes;
	return count;
}

static void random_datagrams_are_accounted_for(void **state)
{
	static struct truth truth;
	static struct sent sent[64];
	struct built built;

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint64_t read = 0, cut = 0, waiting = 0, dropped = 0, unsent;
		uint32_t count, last = 0, limit;
		size_t reads = 0;
		bool open;

		memset(&truth, 0, sizeof(truth));
		truth.random = 0x9e3779b97f4a7c15u * (round + 7);
		truth.fixture = fixture_begin(TRANSPORT_UDP);
		truth.now_ns = FIXTURE_US(100);
		ledger_call(truth.fixture, FIXTURE_SERVER, CALL_BIND, 0, true);
		count = send_datagrams(&truth, sent, &open);
		unsent = open ? sent[count].length : 0;
		limit = below(&truth, count + 1);
		for (uint32_t i = 0; i < limit; i++) {
			uint32_t asked = 1 + below(&truth, 80);
			uint32_t got = asked < sent[i].length ? asked : sent[i].length;

			if (sent[i].dropped)
				continue;
			ledger_recv(truth.fixture, FIXTURE_SERVER, tick(&truth), asked, got,
			            sent[i].at_ns);
			read += got;
			cut += sent[i].length - got;
			last = i + 1;
			reads++;
		}
		for (uint32_t i = 0; i < count; i++) {
			if (i >= last)
				waiting += sent[i].length;
			else if (sent[i].dropped)
				dropped += sent[i].length;
		}
		ledger_of(&built, truth.fixture);
		assert_int_equal(built.ab->bytes, truth.bytes);
		assert_int_equal(built.ab->segment_count, count);
		for (uint32_t i = 0; i < count; i++) {
			assert_int_equal(built.ab->segments[i].from, sent[i].from);
			assert_int_equal(built.ab->segments[i].length, sent[i].length);
		}
		assert_int_equal(built.ab->read_count, reads);
		assert_int_equal(built.ab->state.read, read);
		assert_int_equal(built.ab->state.lost[LOST_TRUNCATED], cut);
		assert_int_equal(built.ab->state.lost[LOST_BUFFER], dropped);
		assert_int_equal(built.ab->state.queued, waiting);
		assert_int_equal(built.ab->state.unsent, unsent);
		assert_int_equal(built.ab->in_segments.count, truth.writes - 1);
		if (count)
			assert_int_equal(built.ab->in_segments.kept, count - !open);
		assert_true(built.ledger.accounted);
		ledger_done(&built);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_streams_are_accounted_for),
		cmocka_unit_test(random_datagrams_are_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

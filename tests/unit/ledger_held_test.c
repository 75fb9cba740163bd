/* What a direction tells of its segments, against plain arrays of the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/ledger_held.h"
#include "capture/mem.h"

#define MANY   300
#define ROUNDS 200

/* A direction, and what it should say. */
struct truth {
	struct ledger_direction direction;
	uint32_t arrival[MANY], event[MANY], repeated[MANY], fragments[MANY], write[MANY];
	uint32_t departure[MANY], order[MANY];
	size_t count;
};

static unsigned draw(unsigned *random, unsigned below)
{
	*random = *random * 1103515245 + 12345;
	return (*random >> 8) % below;
}

static void add_writes(struct truth *truth, unsigned *random)
{
	struct ledger_direction *direction = &truth->direction;
	uint64_t at = 0;

	while (direction->write_count < MANY) {
		uint64_t size = draw(random, 4) ? draw(random, 200) : 0;

		direction->writes = mem_grow(direction->writes, &direction->write_capacity,
		                             direction->write_count, sizeof(*direction->writes));
		direction->writes[direction->write_count++] =
			(struct ledger_write){ .from = at, .to = at + size };
		at += size;
	}
	direction->bytes = at;
}

/* Mostly in order; one in late fills a gap, one in again carries old bytes. */
static void add_segments(struct truth *truth, unsigned *random, unsigned late, unsigned again)
{
	struct ledger_direction *direction = &truth->direction;
	uint64_t next = 0, gap = UINT64_MAX;

	for (uint32_t i = 0; i < MANY; i++) {
		struct ledger_segment segment = { .length = 1 + draw(random, 100),
			                          .packet = i * 2 };

		if (late && gap == UINT64_MAX && !draw(random, late)) {
			gap = next;
			next += segment.length;
		}
		segment.from = next;
		if (again && next && !draw(random, again)) {
			segment.kind = SEGMENT_RETRANSMISSION;
			segment.from = draw(random, (unsigned)next);
		} else if (gap != UINT64_MAX && !draw(random, 5)) {
			segment.from = gap;
			segment.length = 1;
			gap = UINT64_MAX;
		} else {
			next += segment.length;
		}
		direction->data_count += segment.kind == SEGMENT_DATA;
		assert_int_equal(ledger_add_segment(direction, &segment), i);
		truth->arrival[i] = i * 2;
		truth->event[i] = LEDGER_NONE;
		truth->fragments[i] = 1;
	}
	truth->count = MANY;
}

/* Few segments are rare, and some become so long after they were added. */
static void add_rares(struct truth *truth, unsigned *random, bool two_taps)
{
	struct ledger_direction *direction = &truth->direction;

	for (unsigned i = 0; i < MANY / 4; i++) {
		uint32_t at = draw(random, MANY);

		switch (draw(random, two_taps ? 4 : 3)) {
		case 0: ledger_make_rare(direction, at)->event = truth->event[at] = i; break;
		case 1: ledger_make_rare(direction, at)->repeated = truth->repeated[at] = i; break;
		case 2:
			ledger_make_rare(direction, at)->fragments = truth->fragments[at] = i + 2;
			break;
		default:
			truth->arrival[at] = draw(random, 2) ? LEDGER_NONE : at * 2 + 1;
			ledger_set_arrival(direction, at, truth->arrival[at]);
		}
	}
}

static void add_acks(struct truth *truth, unsigned *random, bool two_taps)
{
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t departure = two_taps && !draw(random, 3) ? LEDGER_NONE : i;

		ledger_add_ack(&truth->direction, &(struct ledger_ack){ i * 10, i }, departure);
		truth->departure[i] = departure;
	}
}

static void check_told(const struct truth *truth)
{
	const struct ledger_direction *direction = &truth->direction;

	for (size_t i = 0; i < truth->count; i++) {
		const struct ledger_segment *segment = &direction->segments[i];

		assert_int_equal(ledger_arrival(direction, segment), truth->arrival[i]);
		assert_int_equal(ledger_segment_event(direction, segment), truth->event[i]);
		assert_int_equal(ledger_segment_repeated(direction, segment), truth->repeated[i]);
		assert_int_equal(ledger_segment_fragments(direction, segment), truth->fragments[i]);
		assert_int_equal(ledger_segment_write(direction, segment),
		                 ledger_write_at(direction, segment->from));
	}
	for (size_t i = 0; i < direction->ack_count; i++)
		assert_int_equal(ledger_departure(direction, &direction->acks[i]),
		                 truth->departure[i]);
}

/* The DATA segments by offset, each found by its bytes. */
static void check_order(struct truth *truth)
{
	const struct ledger_direction *direction = &truth->direction;
	uint64_t end = 0;
	size_t count = 0;

	for (uint32_t i = 0; i < truth->count; i++) {
		size_t to = count;

		if (direction->segments[i].kind != SEGMENT_DATA)
			continue;
		for (; to &&
		       direction->segments[truth->order[to - 1]].from > direction->segments[i].from;
		     to--)
			truth->order[to] = truth->order[to - 1];
		truth->order[to] = i;
		count++;
	}
	assert_int_equal(count, direction->data_count);
	for (size_t i = 0; i < count; i++) {
		const struct ledger_segment *segment = &direction->segments[truth->order[i]];

		assert_int_equal(ledger_data_segment(direction, i), truth->order[i]);
		for (uint64_t at = end; at < segment->from; at++)
			assert_int_equal(ledger_segment_at(direction, at), LEDGER_NONE);
		end = segment->from + segment->length;
		assert_int_equal(ledger_segment_at(direction, segment->from), truth->order[i]);
		assert_int_equal(ledger_segment_at(direction, end - 1), truth->order[i]);
	}
	assert_int_equal(ledger_segment_at(direction, end), LEDGER_NONE);
}

static void a_direction_tells_what_it_was_told(void **state)
{
	unsigned random = 7;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct truth truth = { 0 };
		bool two_taps = round % 2;

		add_writes(&truth, &random);
		add_segments(&truth, &random, round % 3 * 10, round % 5 * 4);
		add_rares(&truth, &random, two_taps);
		add_acks(&truth, &random, two_taps);
		ledger_order_data(&truth.direction);
		ledger_fit_direction(&truth.direction);
		check_told(&truth);
		check_order(&truth);
		ledger_finish_direction(&truth.direction);
	}
}

static void an_empty_datagram_knows_its_write(void **state)
{
	struct ledger_direction direction = { 0 };
	const struct ledger_write writes[] = { { 0, 5, 0 }, { 5, 5, 1 }, { 5, 5, 2 }, { 5, 9, 3 } };

	(void)state;
	direction.writes = mem_alloc(4, sizeof(*writes));
	memcpy(direction.writes, writes, sizeof(writes));
	direction.write_count = direction.write_capacity = 4;
	for (uint32_t i = 0; i < 4; i++)
		ledger_add_segment(&direction,
		                   &(struct ledger_segment){
					   .from = writes[i].from,
					   .length = (uint32_t)(writes[i].to - writes[i].from),
					   .packet = i });
	ledger_set_empty(&direction, 1, 1);
	ledger_set_empty(&direction, 2, 2);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(ledger_segment_write(&direction, &direction.segments[i]), i);
	ledger_finish_direction(&direction);
}

static void what_is_in_order_takes_nothing_beside_it(void **state)
{
	struct ledger_direction direction = { 0 };

	(void)state;
	assert_int_equal(sizeof(struct packet), 24);
	assert_int_equal(sizeof(struct ledger_segment), 16);
	assert_int_equal(sizeof(struct ledger_ack), 12);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t at = ledger_add_segment(&direction,
		                                 &(struct ledger_segment){
							 .from = i, .length = 1, .packet = i });

		ledger_set_arrival(&direction, at, i);
		ledger_add_ack(&direction, &(struct ledger_ack){ i, i }, i);
		direction.data_count++;
	}
	assert_null(direction.arrivals);
	assert_null(direction.departures);
	assert_null(direction.rares);
	ledger_order_data(&direction);
	assert_int_equal(direction.run_count, 1);
	ledger_finish_direction(&direction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_direction_tells_what_it_was_told),
		cmocka_unit_test(an_empty_datagram_knows_its_write),
		cmocka_unit_test(what_is_in_order_takes_nothing_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

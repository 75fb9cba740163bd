#include "ledger_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/mem.h"

void ledger_of(struct built *built, struct fixture *fixture)
{
	built->fixture = fixture;
	ledger_build(&built->ledger, fixture_end(fixture));
	ledger_check(&built->ledger);
	assert_true(built->ledger.flow_count >= 1);
	built->ab = built->ledger.flows[0].directions;
	built->ba = built->ledger.flows[0].directions + 1;
}

void ledger_done(struct built *built)
{
	ledger_finish(&built->ledger);
	fixture_destroy(built->fixture);
}

static void check_state(const struct ledger_direction *direction)
{
	const struct ledger_state *state = &direction->state;
	uint64_t sum = state->read + state->queued + state->in_flight + state->unsent +
	               state->out_of_band + state->unknown;

	for (int i = 0; i < LOST_CAUSE_COUNT; i++)
		sum += state->lost[i];
	assert_int_equal(sum, direction->bytes);
	assert_int_equal(state->lost[LOST_NONE], 0);
}

static void check_ranges(const struct ledger_direction *direction, bool stream)
{
	uint64_t end = 0;

	for (size_t i = 0; i < direction->write_count; i++) {
		assert_int_equal(direction->writes[i].from, end);
		assert_true(direction->writes[i].to >= end);
		end = direction->writes[i].to;
	}
	assert_true(end <= direction->bytes);
	end = 0;
	for (size_t i = 0; i < direction->data_count; i++) {
		const struct ledger_segment *segment =
			direction->segments + ledger_data_segment(direction, i);

		assert_int_equal(segment->kind, SEGMENT_DATA);
		assert_true(segment->from >= end);
		end = segment->from + segment->length;
		if (segment->length)
			assert_ptr_equal(direction->segments +
			                         ledger_segment_at(direction, segment->from),
			                 segment);
	}
	assert_true(end <= direction->bytes);
	end = 0;
	for (size_t i = 0; stream && i < direction->read_count; i++) {
		assert_true(direction->reads[i].from >= end);
		end = direction->reads[i].from + direction->reads[i].length;
	}
}

static void check_boundaries(const struct ledger_direction *direction,
                             const struct ledger_boundaries *boundaries,
                             enum boundary_fate fate_of(const struct ledger_direction *, size_t))
{
	uint64_t counts[4] = { 0 };

	for (size_t i = 0; i < direction->write_count; i++)
		counts[fate_of(direction, i)]++;
	assert_int_equal(counts[BOUNDARY_KEPT], boundaries->kept);
	assert_int_equal(counts[BOUNDARY_LOST], boundaries->lost);
	assert_int_equal(counts[BOUNDARY_OPEN], boundaries->open);
	assert_int_equal(boundaries->kept + boundaries->lost + boundaries->open, boundaries->count);
}

void ledger_check(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->flow_count; i++) {
		const struct ledger_flow *flow = ledger->flows + i;

		for (int at = 0; at < 2; at++) {
			const struct ledger_direction *direction = flow->directions + at;

			check_state(direction);
			check_ranges(direction, !trace_transport_is_message(flow->transport));
			check_boundaries(direction, &direction->in_segments,
			                 ledger_fate_in_segments);
			check_boundaries(direction, &direction->in_reads, ledger_fate_in_reads);
		}
	}
}

void ledger_option(struct fixture *fixture, uint16_t endpoint, int64_t at_ns, const char *detail)
{
	struct call call = fixture_usual_call(fixture, endpoint, CALL_SETSOCKOPT, at_ns, at_ns + 1);

	call.detail = detail;
	fixture_call(fixture, call);
}

void ledger_send(struct fixture *fixture, uint16_t endpoint, int64_t at_ns, uint32_t flags,
                 int64_t length)
{
	struct call call =
		fixture_usual_call(fixture, endpoint, CALL_SEND, at_ns, at_ns + FIXTURE_US(5));

	call.asked = call.result = length;
	call.flags = flags;
	fixture_call(fixture, call);
}

void ledger_recv(struct fixture *fixture, uint16_t endpoint, int64_t at_ns, int64_t asked,
                 int64_t result, int64_t stamp_ns)
{
	struct call call =
		fixture_usual_call(fixture, endpoint, CALL_RECV, at_ns, at_ns + FIXTURE_US(5));

	call.asked = asked;
	call.result = result;
	call.stamp_ns = stamp_ns ? FIXTURE_T0 + stamp_ns : 0;
	fixture_call(fixture, call);
}

void ledger_call(struct fixture *fixture, uint16_t endpoint, enum call_name name, int64_t at_ns,
                 bool implied)
{
	struct call call = fixture_usual_call(fixture, endpoint, name, at_ns, at_ns + 1);

	call.implied = implied;
	fixture_call(fixture, call);
}

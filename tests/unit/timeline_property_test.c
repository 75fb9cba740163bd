/*
 * What a timeline makes on demand is what a plain computation over the ledger gives, whatever order
 * things happened in; and so are its steps and the index of a window.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/ledger_held.h"
#include "capture/mem.h"
#include "story_fixture.h"
#include "viz/item_parts.h"
#include "viz/scene_index.h"

#define FLOWS      3
#define RELEASE_NS 1000000

static uint32_t roll(uint32_t *random, uint32_t below)
{
	*random = *random * 1103515245 + 12345;
	return (*random >> 8) % below;
}

/* Several flows both ways at once: in order, jittered, lost, sent again, dropped by the link. */
static void tell(struct story *story, uint32_t seed, size_t steps)
{
	static const enum link_event_kind kinds[] = { LINK_LOST, LINK_CORRUPTED, LINK_DUPLICATED,
		                                      LINK_REORDERED, LINK_QUEUE_FULL };
	uint32_t random = seed, flows = 1 + seed % FLOWS;
	double at_us = 0, jitter_us = seed % 4 ? 40 : 0;

	story_begin(story, "", TRANSPORT_TCP);
	story->trace.complete = seed % 2;
	if (seed % 3)
		story_wire(story, 30, seed % 3 == 2 ? 100000000 : 0);
	for (uint32_t i = 1; i < flows; i++)
		story_flow(story, 0, 1);
	for (size_t i = 0; i < steps; i++) {
		uint32_t flow = roll(&random, flows), direction = seed % 5 ? roll(&random, 2) : 0;
		const struct ledger_direction *in =
			&story->ledger.flows[flow].directions[direction];
		double arrived_us = at_us + 30 + (jitter_us > 0 ? roll(&random, 40) : 0);

		switch (roll(&random, 8)) {
		case 0: story_write(story, flow, direction, at_us, roll(&random, 300)); break;
		case 1:
			if (!in->ack_count || in->acks[in->ack_count - 1].upto < i)
				story_ack(story, flow, direction, at_us, at_us + 20, i);
			break;
		case 2:
			if (jitter_us > 0)
				story_loss(story, flow, direction, at_us, 50);
			break;
		case 3:
			if (in->segment_count && jitter_us > 0)
				story_again(story, flow, direction, at_us,
				            roll(&random, 3) ? arrived_us : -1, 0);
			break;
		case 4:
			if (in->segment_count && jitter_us > 0 &&
			    ledger_segment_event(in, &in->segments[in->segment_count - 1]) ==
			            LEDGER_NONE)
				story_event(story, flow, direction, kinds[roll(&random, 5)]);
			break;
		default:
			story_segment(story, flow, direction, at_us, seed % 7 ? arrived_us : at_us,
			              roll(&random, 120));
		}
		at_us += roll(&random, 4) * 5;
	}
}

/* As a recording has them: packets by time. */
static void sort_packets(struct story *story)
{
	struct trace *trace = &story->trace;
	uint32_t *place = mem_alloc(trace->packet_count, sizeof(*place));
	struct packet *sorted = mem_alloc(trace->packet_count, sizeof(*sorted));

	for (uint32_t i = 0; i < trace->packet_count; i++) {
		for (uint32_t k = 0; k < trace->packet_count; k++)
			place[i] +=
				trace->packets[k].time_ns < trace->packets[i].time_ns ||
				(trace->packets[k].time_ns == trace->packets[i].time_ns && k < i);
		sorted[place[i]] = trace->packets[i];
	}
	memcpy(trace->packets, sorted, trace->packet_count * sizeof(*sorted));
	for (size_t d = 0; d < story->ledger.flow_count * 2; d++) {
		struct ledger_direction *in = &story->ledger.flows[d / 2].directions[d % 2];

		for (size_t i = 0; i < in->segment_count; i++) {
			uint32_t arrival = ledger_arrival(in, &in->segments[i]);

			in->segments[i].packet = place[in->segments[i].packet];
			ledger_set_arrival(in, (uint32_t)i,
			                   arrival == LEDGER_NONE ? LEDGER_NONE : place[arrival]);
		}
		for (size_t i = 0; i < in->ack_count; i++)
			in->acks[i].packet = place[in->acks[i].packet];
	}
	for (size_t i = 0; i < trace->event_count; i++)
		if (story->ledger.event_packets[i] != LEDGER_NONE)
			story->ledger.event_packets[i] = place[story->ledger.event_packets[i]];
	free(place);
	free(sorted);
}

struct told {
	struct story story;
	struct timeline timeline;
	const struct timeline_group *group;
};

static void open_told(struct told *told, uint32_t seed, size_t steps)
{
	const struct ledger *ledger = &told->story.ledger;

	tell(&told->story, seed, steps);
	if (seed % 4 != 3)
		sort_packets(&told->story);
	timeline_build(&told->timeline, &ledger, 1);
	told->group = told->timeline.groups;
}

static void close_told(struct told *told)
{
	timeline_finish(&told->timeline);
	story_finish(&told->story);
}

/* ---- the plain computation ---- */

struct plain {
	int64_t sent_ns, arrived_ns;
	uint32_t flow, direction, segment;
	uint8_t cause;
	bool got, gone; /* gone: by the ledger or an event */
	const struct ledger_direction *in;
	const struct ledger_segment *of;
};

static int plain_order(const void *left, const void *right)
{
	const struct plain *a = left, *b = right;

	if (a->sent_ns != b->sent_ns)
		return a->sent_ns < b->sent_ns ? -1 : 1;
	if (a->flow * 2 + a->direction != b->flow * 2 + b->direction)
		return a->flow * 2 + a->direction < b->flow * 2 + b->direction ? -1 : 1;
	return a->segment < b->segment ? -1 : a->segment > b->segment;
}

static struct plain *list_plain(const struct timeline_group *group, size_t *count)
{
	const struct trace *trace = group->trace;
	struct plain *list = mem_alloc(group->segment_count, sizeof(*list));

	*count = 0;
	for (uint32_t d = 0; d < group->ledger->flow_count * 2; d++) {
		const struct ledger_direction *in = &group->ledger->flows[d / 2].directions[d % 2];

		for (uint32_t i = 0; i < in->segment_count; i++) {
			const struct ledger_segment *of = &in->segments[i];
			uint32_t event = ledger_segment_event(in, of);
			uint32_t arrival = ledger_arrival(in, of);
			struct plain plain = { .flow = d / 2,
				               .direction = d % 2,
				               .segment = i,
				               .in = in,
				               .of = of,
				               .cause = event == LEDGER_NONE
				                                ? LINK_EVENT_KIND_COUNT
				                                : trace->events[event].kind,
				               .got = arrival != LEDGER_NONE };

			plain.sent_ns = trace->packets[of->packet].time_ns - group->zero_ns;
			plain.arrived_ns =
				plain.got ? trace->packets[arrival].time_ns - group->zero_ns
					  : plain.sent_ns;
			plain.gone = ledger_is_lost(group->ledger, in, of) ||
			             (plain.cause < LINK_EVENT_KIND_COUNT &&
			              link_event_is_loss(plain.cause));
			list[(*count)++] = plain;
		}
	}
	qsort(list, *count, sizeof(*list), plain_order);
	return list;
}

static bool is_overtaken(const struct plain *list, size_t count, size_t at)
{
	for (size_t i = at + 1; list[at].got && !list[at].gone && i < count; i++)
		if (list[i].flow == list[at].flow && list[i].direction == list[at].direction &&
		    list[i].got && !list[i].gone && list[i].arrived_ns < list[at].arrived_ns)
			return true;
	return false;
}

static void assert_segment(const struct timeline_group *group, const struct plain *list,
                           size_t count, size_t i)
{
	struct timeline_segment segment = timeline_segment(group, i);
	const struct plain *plain = &list[i];
	int64_t sent_ns, arrived_ns;
	uint32_t lane;

	assert_int_equal(segment.sent_ns, plain->sent_ns);
	assert_int_equal(segment.flow, plain->flow);
	assert_int_equal(segment.direction, plain->direction);
	assert_int_equal(segment.segment, plain->segment);
	assert_int_equal(segment.from, plain->of->from);
	assert_int_equal(segment.to - segment.from, plain->of->length);
	assert_int_equal(segment.kind, plain->of->kind);
	assert_int_equal(segment.lost, plain->gone);
	assert_int_equal(segment.under_way, !plain->got && !plain->gone);
	assert_int_equal(segment.late,
	                 is_overtaken(list, count, i) || plain->cause == LINK_REORDERED);
	assert_int_equal(segment.twice, plain->cause == LINK_DUPLICATED);
	if (plain->got && !plain->gone)
		assert_int_equal(segment.arrived_ns, plain->arrived_ns);
	if (segment.lost)
		assert_int_equal(segment.arrived_ns, segment.death.at_ns);
	timeline_segment_span(group, i, &sent_ns, &arrived_ns, &lane);
	assert_int_equal(sent_ns, segment.sent_ns);
	assert_int_equal(sent_ns, timeline_sent_ns(group, i));
	assert_int_equal(arrived_ns, segment.arrived_ns);
	assert_int_equal(lane, segment.from_lane);
	assert_int_equal(timeline_is_lost(group, i), segment.lost);
	assert_int_equal(timeline_segment_index(group, plain->flow, plain->direction,
	                                        plain->segment),
	                 i);
}

/* Bytes from the first whose write had returned before the segment left. */
static uint64_t waited_to(const struct timeline_group *group, const struct plain *plain)
{
	uint64_t to = plain->of->from, end = plain->of->from + plain->of->length;

	for (uint32_t w = ledger_write_at(plain->in, to); w < plain->in->write_count && to < end;
	     w++) {
		const struct call *call = &group->trace->calls[plain->in->writes[w].call];

		if (!call->ended || call->end_ns - group->zero_ns > plain->sent_ns)
			break;
		to = plain->in->writes[w].to;
	}
	return to < end ? to : end;
}

/* The newest acknowledgement of that direction by then, if it came in the wait and just now. */
static uint32_t let_go_by(const struct timeline_group *group, const struct timeline_hold *hold)
{
	uint32_t newest = TIMELINE_NONE;

	for (uint32_t i = 0; i < group->ack_count; i++) {
		struct timeline_ack ack = timeline_ack(group, i);

		if (ack.flow == hold->flow && ack.direction == hold->direction &&
		    ack.arrived_ns <= hold->to_ns)
			newest = i;
	}
	if (newest == TIMELINE_NONE)
		return newest;
	int64_t arrived_ns = timeline_ack(group, newest).arrived_ns;
	return arrived_ns < hold->from_ns || hold->to_ns - arrived_ns > RELEASE_NS ? TIMELINE_NONE
	                                                                           : newest;
}

static void assert_holds(const struct timeline_group *group, const struct plain *list, size_t count)
{
	uint32_t *released = mem_alloc(group->ack_count, sizeof(*released));
	size_t hold = 0;

	memset(released, 0xff, group->ack_count * sizeof(*released));
	for (size_t i = 0; i < count; i++) {
		const struct plain *plain = &list[i];
		int64_t held_ns = ledger_held_ns(group->ledger, plain->in, plain->of);
		uint64_t to = waited_to(group, plain);

		if (plain->of->kind != SEGMENT_DATA || held_ns <= 0 || to == plain->of->from) {
			assert_int_equal(item_hold_of(group, (uint32_t)i), TIMELINE_NONE);
			continue;
		}
		assert_true(hold < group->hold_count);
		struct timeline_hold made = timeline_hold(group, hold);
		int64_t from_ns, to_ns;
		uint32_t lane;

		assert_int_equal(made.from_ns, plain->sent_ns - held_ns);
		assert_int_equal(made.to_ns, plain->sent_ns);
		assert_int_equal(made.from, plain->of->from);
		assert_int_equal(made.to, to);
		assert_int_equal(made.segment, plain->segment);
		assert_int_equal(made.ack, let_go_by(group, &made));
		if (made.ack != TIMELINE_NONE && released[made.ack] == TIMELINE_NONE)
			released[made.ack] = (uint32_t)hold;
		timeline_hold_span(group, hold, &from_ns, &to_ns, &lane);
		assert_true(from_ns == made.from_ns && to_ns == made.to_ns && lane == made.lane);
		assert_int_equal(item_hold_of(group, (uint32_t)i), hold);
		assert_int_equal(item_segment_of(group, (uint32_t)hold), i);
		hold++;
	}
	assert_int_equal(hold, group->hold_count);
	for (size_t i = 0; i < group->ack_count; i++)
		assert_int_equal(timeline_ack(group, i).released, released[i]);
	free(released);
}

static void assert_acks(const struct timeline_group *group)
{
	size_t count = 0;

	for (uint32_t d = 0; d < group->ledger->flow_count * 2; d++)
		count += group->ledger->flows[d / 2].directions[d % 2].ack_count;
	assert_int_equal(group->ack_count, count);
	for (size_t i = 0; i < count; i++) {
		struct timeline_ack ack = timeline_ack(group, i), before;
		int64_t sent_ns, arrived_ns;
		uint32_t lane;

		timeline_ack_span(group, i, &sent_ns, &arrived_ns, &lane);
		assert_true(sent_ns == ack.sent_ns && arrived_ns == ack.arrived_ns &&
		            lane == ack.from_lane);
		if (!i)
			continue;
		before = timeline_ack(group, i - 1);
		assert_true(before.arrived_ns < ack.arrived_ns ||
		            (before.arrived_ns == ack.arrived_ns &&
		             (before.flow * 2 + before.direction < ack.flow * 2 + ack.direction ||
		              (before.flow * 2 + before.direction == ack.flow * 2 + ack.direction &&
		               before.upto < ack.upto))));
	}
}

static void what_is_made_on_demand_is_what_a_plain_computation_gives(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 60; seed++) {
		struct told told;
		struct plain *list;
		size_t count;

		open_told(&told, seed, 300);
		list = list_plain(told.group, &count);
		assert_int_equal(told.group->segment_count, count);
		for (size_t i = 0; i < count; i++)
			assert_segment(told.group, list, count, i);
		assert_holds(told.group, list, count);
		assert_acks(told.group);
		free(list);
		close_told(&told);
	}
}

static void arrays_have_what_is_made_one_by_one(void **state)
{
	struct told told;
	struct timeline unfolded;

	(void)state;
	open_told(&told, 7, 300);
	timeline_unfold(&unfolded, &told.timeline);
	for (size_t i = 0; i < told.group->segment_count; i++)
		assert_int_equal(unfolded.groups->segments[i].arrived_ns,
		                 timeline_segment(told.group, i).arrived_ns);
	for (size_t i = 0; i < told.group->hold_count; i++)
		assert_int_equal(timeline_hold(unfolded.groups, i).to,
		                 timeline_hold(told.group, i).to);
	timeline_fold(&unfolded);
	assert_null(told.group->segments);
	close_told(&told);
}

/* ---- steps ---- */

static struct item_step *sort_steps(const struct timeline *timeline, size_t *count)
{
	size_t capacity = 0;
	struct item_step *list = NULL;

	*count = 0;
	for (uint32_t r = 0; r < ITEM_RULES; r++) {
		size_t items = item_count(timeline->groups, item_rules[r].item);

		for (uint32_t i = 0; i < items; i++) {
			struct item_step step = { .kind = item_rules[r].step,
				                  .item = { item_rules[r].item, 0, i } };

			if (!item_rules[r].moment(timeline->groups, i, &step.at_ns))
				continue;
			list = mem_grow(list, &capacity, *count, sizeof(*list));
			list[(*count)++] = step;
		}
	}
	qsort(list, *count, sizeof(*list), item_step_order);
	return list;
}

static size_t first_after(const struct item_step *list, size_t count, int64_t ns, unsigned kind)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].at_ns > ns && (kind == STEP_KIND_COUNT || list[i].kind == kind))
			return i;
	return count;
}

static size_t last_before(const struct item_step *list, size_t count, int64_t ns, unsigned kind)
{
	for (size_t i = count; i-- > 0;)
		if (list[i].at_ns < ns && (kind == STEP_KIND_COUNT || list[i].kind == kind))
			return first_after(list, count, list[i].at_ns - 1, kind);
	return count;
}

static void steps_are_what_sorting_them_gives(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 24; seed++) {
		struct told told;
		struct item_steps steps;
		struct item_window window = { .steps = &steps };
		struct item_step *list;
		size_t count;

		open_told(&told, seed, 700);
		item_steps_build(&steps, &told.timeline);
		list = sort_steps(&told.timeline, &count);
		assert_int_equal(steps.count, count);
		for (size_t i = 0; i < count; i++) {
			struct item_step at = item_steps_at(&steps, i);

			assert_int_equal(item_step_order(&at, &list[i]), 0);
			assert_int_equal(item_step_order(item_window_at(&window, i), &list[i]), 0);
			assert_int_equal(item_steps_below(&steps, &list[i]), i);
		}
		for (size_t i = 0; i < count; i += 13)
			for (unsigned kind = 0; kind <= STEP_KIND_COUNT; kind++) {
				int64_t ns = list[i].at_ns + (int64_t)(i % 3) - 1;

				assert_int_equal(item_steps_after(&steps, ns, kind),
				                 first_after(list, count, ns, kind));
				assert_int_equal(item_steps_before(&steps, ns, kind),
				                 last_before(list, count, ns, kind));
			}
		free(list);
		item_steps_finish(&steps);
		close_told(&told);
	}
}

/* ---- the index ---- */

static void assert_columns(const struct index_series *series, const struct timeline_group *group,
                           enum item_kind kind, double from_ns, double column_ns, size_t count)
{
	struct index_column *columns =
		index_columns(series, group, kind, from_ns, column_ns, count);
	size_t *counts = mem_alloc(count, sizeof(*counts)), *bad = mem_alloc(count, sizeof(*bad));

	for (size_t i = 0; i < series->count; i++) {
		size_t item = index_item(series, i);
		int64_t begin_ns, end_ns;
		uint32_t lane;
		double place;

		index_span(group, kind, item, &begin_ns, &end_ns, &lane);
		place = ((double)begin_ns - from_ns) / column_ns;
		if (place < 0 || place >= (double)count)
			continue;
		counts[(size_t)place]++;
		bad[(size_t)place] += kind == ITEM_SEGMENT && timeline_segment(group, item).lost;
	}
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(columns[i].count, counts[i]);
		assert_int_equal(columns[i].longest != TIMELINE_NONE, counts[i] > 0);
		assert_int_equal(columns[i].bad != TIMELINE_NONE, bad[i] > 0);
	}
	free(columns);
	free(counts);
	free(bad);
}

static void assert_sight(const struct index_series *series, const struct timeline_group *group,
                         enum item_kind kind, int64_t from_ns, int64_t to_ns)
{
	struct index_list list = { 0 };
	size_t at = 0, count;

	assert_true(index_in_sight(series, group, kind, from_ns, to_ns, SIZE_MAX / 2, &list));
	for (size_t i = 0; i < series->count; i++) {
		int64_t begin_ns, end_ns;
		uint32_t lane;

		index_span(group, kind, index_item(series, i), &begin_ns, &end_ns, &lane);
		if (begin_ns > to_ns || end_ns < from_ns)
			continue;
		assert_true(at < list.count);
		assert_int_equal(list.items[at++], index_item(series, i));
	}
	assert_int_equal(at, list.count);
	count = list.count;
	if (count)
		assert_false(index_in_sight(series, group, kind, from_ns, to_ns, count - 1, &list));
	assert_int_equal(list.count, count);
	free(list.items);
}

static void an_index_counts_at_every_level_what_there_is(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed < 7; seed++) {
		struct told told;
		struct scene_index *index;
		int64_t end_ns;

		/* More than 64 × 64 segments, so that there are blocks of blocks of blocks. */
		open_told(&told, seed, seed == 5 ? 12000 : 1500);
		index = scene_index_new(&told.timeline);
		end_ns = told.timeline.end_ns;
		for (unsigned kind = ITEM_WRITE; kind <= ITEM_DROP; kind++)
			for (uint32_t lane = 0; lane < told.group->lane_count; lane++) {
				const struct index_series *series =
					index_series(index, 0, (enum item_kind)kind, lane);

				for (double zoom = 1; zoom < 5000; zoom *= 7) {
					double span_ns = (double)end_ns / zoom;
					double from_ns = (double)end_ns * (1 - 1 / zoom) / 2;

					assert_columns(series, told.group, (enum item_kind)kind,
					               from_ns, span_ns / 97, 97);
					assert_sight(series, told.group, (enum item_kind)kind,
					             (int64_t)from_ns,
					             (int64_t)(from_ns + span_ns));
				}
				assert_columns(series, told.group, (enum item_kind)kind, -1e9, 4e9,
				               1);
			}
		scene_index_free(index);
		close_told(&told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_on_demand_is_what_a_plain_computation_gives),
		cmocka_unit_test(arrays_have_what_is_made_one_by_one),
		cmocka_unit_test(steps_are_what_sorting_them_gives),
		cmocka_unit_test(an_index_counts_at_every_level_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

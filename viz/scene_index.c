#include "viz/scene_index.h"

#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/item_parts.h"
#include "viz/scene_parts.h"

#define BLOCK 64
#define KINDS (ITEM_DROP + 1)

static void set(int64_t from, int64_t to, uint32_t in, int64_t *from_ns, int64_t *to_ns,
                uint32_t *lane)
{
	*from_ns = from;
	*to_ns = to > from ? to : from;
	*lane = in;
}

void index_span(const struct timeline_group *group, enum item_kind kind, size_t item,
                int64_t *from_ns, int64_t *to_ns, uint32_t *lane)
{
	const struct timeline_tick *tick = &group->ticks[item];
	int64_t end_ns;

	switch (kind) {
	case ITEM_WRITE:
		timeline_is_blocked(group, &group->writes[item], &end_ns);
		set(group->writes[item].begin_ns, end_ns, group->writes[item].lane, from_ns, to_ns,
		    lane);
		break;
	case ITEM_HOLD:
		set(group->holds[item].from_ns, group->holds[item].to_ns, group->holds[item].lane,
		    from_ns, to_ns, lane);
		break;
	case ITEM_SEGMENT:
		set(group->segments[item].sent_ns, group->segments[item].arrived_ns,
		    group->segments[item].from_lane, from_ns, to_ns, lane);
		break;
	case ITEM_ACK:
		set(group->acks[item].sent_ns, group->acks[item].arrived_ns,
		    group->acks[item].from_lane, from_ns, to_ns, lane);
		break;
	case ITEM_READ:
		set(group->reads[item].end_ns, group->reads[item].end_ns, group->reads[item].lane,
		    from_ns, to_ns, lane);
		break;
	case ITEM_TICK:
		set(tick->failed ? tick->begin_ns : tick->at_ns,
		    tick->pending ? group->end_ns : tick->at_ns, tick->lane, from_ns, to_ns, lane);
		break;
	case ITEM_CONTROL:
		set(group->controls[item].sent_ns, group->controls[item].arrived_ns,
		    group->controls[item].from_lane, from_ns, to_ns, lane);
		break;
	case ITEM_DROP:
		set(group->drops[item].sent_ns, group->drops[item].death.at_ns,
		    group->drops[item].from_lane, from_ns, to_ns, lane);
		break;
	default: set(0, 0, TIMELINE_NONE, from_ns, to_ns, lane);
	}
}

static bool is_bad(const struct timeline_group *group, enum item_kind kind, size_t item)
{
	switch (kind) {
	case ITEM_SEGMENT: return group->segments[item].lost;
	case ITEM_TICK: return group->ticks[item].failed || group->ticks[item].pending;
	case ITEM_CONTROL: return group->controls[item].lost;
	case ITEM_DROP: return true;
	default: return false;
	}
}

const struct index_series *index_series(const struct scene_index *index, size_t group,
                                        enum item_kind kind, uint32_t lane)
{
	return &index->groups[group]
	                .series[(size_t)kind * index->timeline->groups[group].lane_count + lane];
}

static void add_item(struct index_series *series, const struct timeline_group *group,
                     enum item_kind kind, uint32_t item, int64_t from_ns, int64_t to_ns)
{
	size_t at = series->count++;
	struct index_block *block = &series->blocks[at / BLOCK];

	series->items[at] = item;
	series->begins[at] = from_ns;
	if (at % BLOCK == 0)
		*block = (struct index_block){ from_ns,         from_ns,      to_ns,
			                       to_ns - from_ns, (uint32_t)at, TIMELINE_NONE };
	block->first_ns = from_ns < block->first_ns ? from_ns : block->first_ns;
	block->last_ns = from_ns > block->last_ns ? from_ns : block->last_ns;
	block->end_ns = to_ns > block->end_ns ? to_ns : block->end_ns;
	if (to_ns - from_ns > block->longest_ns) {
		block->longest_ns = to_ns - from_ns;
		block->longest = (uint32_t)at;
	}
	if (is_bad(group, kind, item))
		block->bad = (uint32_t)at;
}

/* Counts first, so that each list takes what it needs. */
static void index_kind(struct scene_index *index, size_t at, enum item_kind kind)
{
	const struct timeline_group *group = &index->timeline->groups[at];
	struct index_series *series = &index->groups[at].series[(size_t)kind * group->lane_count];
	size_t count = item_count(group, kind);
	int64_t from_ns, to_ns;
	uint32_t lane;

	for (size_t i = 0; i < count; i++) {
		index_span(group, kind, i, &from_ns, &to_ns, &lane);
		if (lane < group->lane_count)
			series[lane].count++;
		index->first_ns = from_ns < index->first_ns ? from_ns : index->first_ns;
		index->end_ns = to_ns > index->end_ns ? to_ns : index->end_ns;
	}
	for (size_t i = 0; i < group->lane_count; i++) {
		size_t most = series[i].count;

		series[i] = (struct index_series){
			mem_alloc(most, sizeof(uint32_t)), mem_alloc(most, sizeof(int64_t)),
			mem_alloc(most / BLOCK + 1, sizeof(struct index_block)), 0
		};
	}
	for (size_t i = 0; i < count; i++) {
		index_span(group, kind, i, &from_ns, &to_ns, &lane);
		if (lane < group->lane_count)
			add_item(&series[lane], group, kind, (uint32_t)i, from_ns, to_ns);
	}
}

/* Neighbours of one place are one range, whatever write they are of. */
static void find_ranges(struct index_bytes *bytes)
{
	const struct at *at = &bytes->at;
	uint64_t left = 0;

	bytes->range_count = 0;
	for (size_t i = 0; i < at->count; i++) {
		const struct at_run *run = &at->runs[i];

		if (run->place != AT_UNWRITTEN && run->place != AT_WAITING)
			left = run->to;
		if (bytes->range_count &&
		    bytes->ranges[bytes->range_count - 1].place == run->place) {
			bytes->ranges[bytes->range_count - 1].to = run->to;
			continue;
		}
		bytes->ranges = mem_grow(bytes->ranges, &bytes->range_capacity, bytes->range_count,
		                         sizeof(*bytes->ranges));
		bytes->ranges[bytes->range_count++] = *run;
	}
	bytes->kept_from = left > at->unacknowledged ? left - at->unacknowledged : 0;
}

const struct index_bytes *index_bytes(struct scene_index *index, size_t group, uint32_t flow,
                                      uint32_t direction, int64_t ns)
{
	struct index_group *in = &index->groups[group];
	const struct timeline_group *of = &index->timeline->groups[group];
	struct index_bytes *bytes;

	if (!in->bytes)
		in->bytes = mem_alloc(of->ledger->flow_count * 2, sizeof(*in->bytes));
	bytes = &in->bytes[(size_t)flow * 2 + direction];
	if (!bytes->at.runs || bytes->ns != ns) {
		at_build(&bytes->at, of, flow, direction, ns);
		bytes->ns = ns;
		find_ranges(bytes);
	}
	return bytes;
}

const struct index_column *index_strip(struct scene_index *index, size_t group, enum item_kind kind,
                                       uint32_t lane, double from_ns, double column_ns,
                                       size_t count)
{
	struct index_group *in = &index->groups[group];
	const struct timeline_group *of = &index->timeline->groups[group];
	struct index_strip *strip;

	if (!in->strips)
		in->strips = mem_alloc(KINDS * of->lane_count, sizeof(*in->strips));
	strip = &in->strips[(size_t)kind * of->lane_count + lane];
	if (!strip->columns || strip->from_ns != from_ns || strip->column_ns != column_ns ||
	    strip->count != count) {
		free(strip->columns);
		*strip = (struct index_strip){ index_columns(index_series(index, group, kind, lane),
			                                     of, kind, from_ns, column_ns, count),
			                       count, from_ns, column_ns };
	}
	return strip->columns;
}

static void index_lanes(struct index_group *out, const struct timeline_group *group)
{
	out->peaks = mem_alloc(group->lane_count, sizeof(*out->peaks));
	out->lanes = mem_alloc(group->lane_count, sizeof(*out->lanes));
	for (uint32_t i = 0; i < group->lane_count; i++) {
		out->peaks[i] = scene_buffer_peak(group, i);
		scene_say_lane(&out->lanes[i], group, i);
	}
}

struct scene_index *scene_index_new(const struct timeline *timeline)
{
	struct scene_index *index = mem_alloc(1, sizeof(*index));

	*index = (struct scene_index){
		.timeline = timeline,
		.groups = mem_alloc(timeline->group_count, sizeof(*index->groups)),
		.end_ns = timeline->end_ns,
	};
	for (size_t g = 0; g < timeline->group_count; g++) {
		const struct timeline_group *group = &timeline->groups[g];
		struct index_group *out = &index->groups[g];

		out->series = mem_alloc(KINDS * group->lane_count, sizeof(*out->series));
		for (unsigned kind = ITEM_WRITE; kind <= ITEM_DROP; kind++)
			index_kind(index, g, (enum item_kind)kind);
		index_lanes(out, group);
		for (size_t i = 0; i < group->lane_count; i++)
			index->peak = out->peaks[i] > index->peak ? out->peaks[i] : index->peak;
		for (size_t i = 0; i < group->segment_count; i++) {
			int64_t flight = group->segments[i].arrived_ns - group->segments[i].sent_ns;

			out->flight_ns = flight > out->flight_ns ? flight : out->flight_ns;
		}
		out->counts = summary_count(group);
		out->fates = scene_wire_fates(group);
		ruler_collect(group, out->cells, out->cell_counts);
		out->needs_writes = ruler_needs_writes(timeline, g);
	}
	return index;
}

void scene_index_free(struct scene_index *index)
{
	if (!index)
		return;
	for (size_t g = 0; g < index->timeline->group_count; g++) {
		size_t lanes = index->timeline->groups[g].lane_count;
		struct index_group *group = &index->groups[g];

		for (size_t i = 0; i < KINDS * lanes; i++) {
			free(group->series[i].items);
			free(group->series[i].begins);
			free(group->series[i].blocks);
		}
		for (size_t i = 0; i < lanes; i++)
			buffer_finish(&group->lanes[i]);
		for (size_t i = 0; i < 3; i++)
			free(group->cells[i]);
		for (size_t i = 0;
		     group->bytes && i < index->timeline->groups[g].ledger->flow_count * 2; i++) {
			at_finish(&group->bytes[i].at);
			free(group->bytes[i].ranges);
		}
		for (size_t i = 0; group->strips && i < KINDS * lanes; i++)
			free(group->strips[i].columns);
		free(group->bytes);
		free(group->strips);
		free(group->series);
		free(group->peaks);
		free(group->lanes);
	}
	free(index->groups);
	free(index);
}

bool index_in_sight(const struct index_series *series, const struct timeline_group *group,
                    enum item_kind kind, int64_t from_ns, int64_t to_ns, size_t most,
                    struct index_list *list)
{
	size_t before = list->count;

	for (size_t at = 0; at < series->count; at += BLOCK) {
		const struct index_block *block = &series->blocks[at / BLOCK];
		size_t end = at + BLOCK < series->count ? at + BLOCK : series->count;

		if (block->first_ns > to_ns || block->end_ns < from_ns)
			continue;
		for (size_t i = at; i < end; i++) {
			int64_t begin_ns, end_ns;
			uint32_t lane;

			if (series->begins[i] > to_ns)
				continue;
			index_span(group, kind, series->items[i], &begin_ns, &end_ns, &lane);
			if (end_ns < from_ns)
				continue;
			if (list->count - before == most) {
				list->count = before;
				return false;
			}
			list->items = mem_grow(list->items, &list->capacity, list->count,
			                       sizeof(*list->items));
			list->items[list->count++] = series->items[i];
		}
	}
	return true;
}

static void count_in(struct index_column *column, size_t count, uint32_t longest,
                     int64_t longest_ns, uint32_t bad)
{
	column->count += count;
	if (column->longest == TIMELINE_NONE || longest_ns > column->longest_ns) {
		column->longest = longest;
		column->longest_ns = longest_ns;
	}
	if (bad != TIMELINE_NONE)
		column->bad = bad;
}

/* The columns that are asked for, and whose items they count. */
struct counting {
	const struct index_series *series;
	const struct timeline_group *group;
	enum item_kind kind;
	double from_ns, column_ns;
	struct index_column *columns;
	size_t count;
};

/* One that begins to the left of the columns is in none. */
static void count_block(const struct counting *counting, size_t at)
{
	const struct index_series *series = counting->series;
	const struct index_block *block = &series->blocks[at / BLOCK];
	size_t end = at + BLOCK < series->count ? at + BLOCK : series->count;
	double first = floor(((double)block->first_ns - counting->from_ns) / counting->column_ns);
	double last = floor(((double)block->last_ns - counting->from_ns) / counting->column_ns);

	if (last < 0 || first >= (double)counting->count)
		return;
	if (first == last) {
		count_in(&counting->columns[(size_t)first], end - at, series->items[block->longest],
		         block->longest_ns,
		         block->bad == TIMELINE_NONE ? TIMELINE_NONE : series->items[block->bad]);
		return;
	}
	for (size_t i = at; i < end; i++) {
		double place = floor(((double)series->begins[i] - counting->from_ns) /
		                     counting->column_ns);
		uint32_t item = series->items[i];
		bool bad = block->bad != TIMELINE_NONE &&
		           is_bad(counting->group, counting->kind, item);

		if (place >= 0 && place < (double)counting->count)
			count_in(&counting->columns[(size_t)place], 1, item,
			         i == block->longest ? block->longest_ns : 0,
			         bad ? item : TIMELINE_NONE);
	}
}

/* Of a block over several columns only the longest told how long it took. */
static void measure_columns(const struct counting *counting)
{
	for (size_t i = 0; i < counting->count; i++) {
		struct index_column *column = &counting->columns[i];
		int64_t from_ns, to_ns;
		uint32_t lane;

		if (column->longest == TIMELINE_NONE || column->longest_ns)
			continue;
		index_span(counting->group, counting->kind, column->longest, &from_ns, &to_ns,
		           &lane);
		column->longest_ns = to_ns - from_ns;
	}
}

struct index_column *index_columns(const struct index_series *series,
                                   const struct timeline_group *group, enum item_kind kind,
                                   double from_ns, double column_ns, size_t count)
{
	struct counting counting = { series,    group,
		                     kind,      from_ns,
		                     column_ns, mem_alloc(count, sizeof(*counting.columns)),
		                     count };

	for (size_t i = 0; i < count; i++)
		counting.columns[i] = (struct index_column){ 0, TIMELINE_NONE, TIMELINE_NONE, 0 };
	for (size_t at = 0; at < series->count; at += BLOCK)
		count_block(&counting, at);
	measure_columns(&counting);
	return counting.columns;
}

#include "viz/scene_index.h"

#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/item_parts.h"
#include "viz/scene_parts.h"

#define KINDS (ITEM_DROP + 1)
#define FEW   3 /* columns of a block: their ends are searched for in the whole of it */

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
	case ITEM_HOLD: timeline_hold_span(group, item, from_ns, to_ns, lane); break;
	case ITEM_SEGMENT:
		timeline_segment_span(group, item, from_ns, to_ns, lane);
		*to_ns = *to_ns > *from_ns ? *to_ns : *from_ns;
		break;
	case ITEM_ACK:
		timeline_ack_span(group, item, from_ns, to_ns, lane);
		*to_ns = *to_ns > *from_ns ? *to_ns : *from_ns;
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

static uint32_t lane_of(const struct timeline_group *group, enum item_kind kind, size_t item)
{
	switch (kind) {
	case ITEM_WRITE: return group->writes[item].lane;
	case ITEM_HOLD: return timeline_hold_lane(group, item);
	case ITEM_SEGMENT: return timeline_segment_lane(group, item);
	case ITEM_ACK: return timeline_ack_lane(group, item);
	case ITEM_READ: return group->reads[item].lane;
	case ITEM_TICK: return group->ticks[item].lane;
	case ITEM_CONTROL: return group->controls[item].from_lane;
	case ITEM_DROP: return group->drops[item].from_lane;
	default: return TIMELINE_NONE;
	}
}

static bool is_bad(const struct timeline_group *group, enum item_kind kind, size_t item)
{
	switch (kind) {
	case ITEM_SEGMENT: return timeline_is_lost(group, item);
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

uint32_t index_item(const struct index_series *series, size_t at)
{
	return series->items ? series->items[at] : (uint32_t)at;
}

/* A list of what is taken in turn: the first longest, the last bad. */
static void join(struct index_block *block, const struct index_block *next)
{
	block->first_ns = next->first_ns < block->first_ns ? next->first_ns : block->first_ns;
	block->last_ns = next->last_ns > block->last_ns ? next->last_ns : block->last_ns;
	block->end_ns = next->end_ns > block->end_ns ? next->end_ns : block->end_ns;
	if (next->longest_ns > block->longest_ns) {
		block->longest_ns = next->longest_ns;
		block->longest = next->longest;
	}
	if (next->bad != TIMELINE_NONE)
		block->bad = next->bad;
}

static void add_item(struct index_series *series, const struct timeline_group *group,
                     enum item_kind kind, uint32_t item, int64_t from_ns, int64_t to_ns)
{
	uint32_t at = (uint32_t)series->count++;
	struct index_block *block = &series->blocks[0][at / INDEX_FAN];
	struct index_block one = { from_ns, from_ns, to_ns, to_ns - from_ns, at, TIMELINE_NONE };

	if (is_bad(group, kind, item))
		one.bad = at;
	if (series->items)
		series->items[at] = item;
	if (at && from_ns < series->latest_ns)
		series->in_order = false;
	series->latest_ns = from_ns;
	if (at % INDEX_FAN == 0)
		*block = one;
	else
		join(block, &one);
}

/* Blocks of blocks, until there is one. */
static void add_levels(struct index_series *series)
{
	size_t count = (series->count + INDEX_FAN - 1) / INDEX_FAN;

	for (size_t level = 1; level < INDEX_LEVELS && count > 1; level++) {
		const struct index_block *below = series->blocks[level - 1];
		struct index_block *blocks = mem_alloc(count / INDEX_FAN + 1, sizeof(*blocks));

		for (size_t i = 0; i < count; i++) {
			if (i % INDEX_FAN == 0)
				blocks[i / INDEX_FAN] = below[i];
			else
				join(&blocks[i / INDEX_FAN], &below[i]);
		}
		series->blocks[level] = blocks;
		count = (count + INDEX_FAN - 1) / INDEX_FAN;
	}
}

/* Counts first, so that each list takes what it needs: none where all are of one lane. */
static void index_kind(struct scene_index *index, size_t at, enum item_kind kind)
{
	const struct timeline_group *group = &index->timeline->groups[at];
	struct index_series *series = &index->groups[at].series[(size_t)kind * group->lane_count];
	size_t count = item_count(group, kind), *counts;
	int64_t from_ns, to_ns;
	uint32_t lane;

	counts = mem_alloc(group->lane_count, sizeof(*counts));
	for (size_t i = 0; i < count; i++) {
		lane = lane_of(group, kind, i);
		if (lane < group->lane_count)
			counts[lane]++;
	}
	for (size_t i = 0; i < group->lane_count; i++) {
		series[i] = (struct index_series){ .in_order = true };
		if (counts[i] < count)
			series[i].items = mem_alloc(counts[i], sizeof(*series[i].items));
		series[i].blocks[0] =
			mem_alloc(counts[i] / INDEX_FAN + 1, sizeof(*series[i].blocks[0]));
	}
	free(counts);
	for (size_t i = 0; i < count; i++) {
		index_span(group, kind, i, &from_ns, &to_ns, &lane);
		index->first_ns = from_ns < index->first_ns ? from_ns : index->first_ns;
		index->end_ns = to_ns > index->end_ns ? to_ns : index->end_ns;
		if (kind == ITEM_SEGMENT && to_ns - from_ns > index->groups[at].flight_ns)
			index->groups[at].flight_ns = to_ns - from_ns;
		if (lane < group->lane_count)
			add_item(&series[lane], group, kind, (uint32_t)i, from_ns, to_ns);
	}
	for (size_t i = 0; i < group->lane_count; i++)
		add_levels(&series[i]);
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
		at_places(&bytes->at, of, flow, direction, ns);
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
	out->peaks = scene_buffer_peaks(group);
	out->lanes = mem_alloc(group->lane_count, sizeof(*out->lanes));
	for (uint32_t i = 0; i < group->lane_count; i++) {
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
		out->counts = summary_count(group);
		out->fates = scene_wire_fates(group);
		for (unsigned kind = 0; kind < 3; kind++)
			ruler_open_row(&out->rows[kind], group, kind);
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
			for (size_t level = 0; level < INDEX_LEVELS; level++)
				free(group->series[i].blocks[level]);
		}
		for (size_t i = 0; i < lanes; i++)
			buffer_finish(&group->lanes[i]);
		for (size_t i = 0; i < 3; i++)
			ruler_finish_row(&group->rows[i]);
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

/* How many items a block of a level has. */
static size_t span_of(int level)
{
	return (size_t)INDEX_FAN << 6 * level;
}

/* The largest block that begins at an item. */
static int level_at(const struct index_series *series, size_t at)
{
	int level = 0;

	while (level + 1 < INDEX_LEVELS && series->blocks[level + 1] &&
	       at % span_of(level + 1) == 0)
		level++;
	return level;
}

static size_t end_of(const struct index_series *series, size_t at, int level)
{
	return at + span_of(level) < series->count ? at + span_of(level) : series->count;
}

/* ---- what is in sight ---- */

struct looking {
	const struct index_series *series;
	const struct timeline_group *group;
	enum item_kind kind;
	int64_t from_ns, to_ns;
	size_t most; /* as long as the list may be */
	struct index_list *list;
};

/* Where to look on: behind the largest block of which nothing is in sight; at if its least block is
 * to be looked into. */
static size_t pass_by(const struct looking *looking, size_t at)
{
	const struct index_series *series = looking->series;

	for (int level = level_at(series, at); level >= 0; level--) {
		const struct index_block *block = &series->blocks[level][at / span_of(level)];

		if (block->first_ns > looking->to_ns || block->end_ns < looking->from_ns)
			return end_of(series, at, level);
	}
	return at;
}

/* False if there are more than may be. */
static bool look_into(const struct looking *looking, size_t from, size_t end)
{
	struct index_list *list = looking->list;

	for (size_t i = from; i < end; i++) {
		uint32_t item = index_item(looking->series, i), lane;
		int64_t begin_ns, end_ns;

		index_span(looking->group, looking->kind, item, &begin_ns, &end_ns, &lane);
		if (begin_ns > looking->to_ns || end_ns < looking->from_ns)
			continue;
		if (list->count == looking->most)
			return false;
		list->items =
			mem_grow(list->items, &list->capacity, list->count, sizeof(*list->items));
		list->items[list->count++] = item;
	}
	return true;
}

bool index_in_sight(const struct index_series *series, const struct timeline_group *group,
                    enum item_kind kind, int64_t from_ns, int64_t to_ns, size_t most,
                    struct index_list *list)
{
	struct looking looking = { series, group, kind, from_ns, to_ns, list->count + most, list };
	size_t before = list->count;

	for (size_t at = 0; at < series->count;) {
		size_t next = pass_by(&looking, at);

		if (next == at) {
			next = end_of(series, at, 0);
			if (!look_into(&looking, at, next)) {
				list->count = before;
				return false;
			}
		}
		at = next;
	}
	return true;
}

/* ---- columns ---- */

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

static double column_at(const struct counting *counting, int64_t ns)
{
	return floor(((double)ns - counting->from_ns) / counting->column_ns);
}

static double item_column(const struct counting *counting, size_t at)
{
	int64_t from_ns, to_ns;
	uint32_t lane;

	index_span(counting->group, counting->kind, index_item(counting->series, at), &from_ns,
	           &to_ns, &lane);
	return column_at(counting, from_ns);
}

/* One that begins to the left of the columns is in none. Of a block over several columns only the
 * longest tells how long it took. */
static void count_item(const struct counting *counting, const struct index_block *block, size_t at,
                       double place)
{
	uint32_t item = index_item(counting->series, at);
	bool bad = block->bad != TIMELINE_NONE && is_bad(counting->group, counting->kind, item);

	if (place >= 0 && place < (double)counting->count)
		count_in(&counting->columns[(size_t)place], 1, item,
		         at == block->longest ? block->longest_ns : 0, bad ? item : TIMELINE_NONE);
}

/* Neighbours of one column, none of them bad. */
static void count_run(const struct counting *counting, const struct index_block *block, size_t from,
                      size_t end, double place)
{
	struct index_column *column;

	if (place < 0 || place >= (double)counting->count)
		return;
	column = &counting->columns[(size_t)place];
	count_in(column, end - from, index_item(counting->series, from),
	         from == block->longest ? block->longest_ns : 0, TIMELINE_NONE);
	if (block->longest > from && block->longest < end)
		count_in(column, 0, index_item(counting->series, block->longest), block->longest_ns,
		         TIMELINE_NONE);
}

/* Behind the last of at..end that is in the same column: they are in order, and mostly few. */
static size_t run_end(const struct counting *counting, const struct index_block *block, size_t at,
                      size_t end, double place)
{
	size_t low = at + 1, step = 1;
	bool few = column_at(counting, block->last_ns) - place <= FEW;

	while (!few && low < end) {
		size_t next = low + step - 1 < end ? low + step - 1 : end - 1;

		if (item_column(counting, next) != place) {
			end = next;
			break;
		}
		low = next + 1;
		step *= 2;
	}
	while (low < end) {
		size_t middle = low + (end - low) / 2;

		if (item_column(counting, middle) == place)
			low = middle + 1;
		else
			end = middle;
	}
	return low;
}

static void count_items(const struct counting *counting, size_t from, size_t end)
{
	const struct index_block *block = &counting->series->blocks[0][from / INDEX_FAN];
	bool runs = counting->series->in_order && block->bad == TIMELINE_NONE;

	for (size_t at = from, next; at < end; at = next) {
		double place = item_column(counting, at);

		next = runs ? run_end(counting, block, at, end, place) : at + 1;
		if (runs)
			count_run(counting, block, at, next, place);
		else
			count_item(counting, block, at, place);
	}
}

/* The largest block at an item that is in one column, or in none; at if its least one is in
 * several. */
static size_t count_block(const struct counting *counting, size_t at)
{
	const struct index_series *series = counting->series;

	for (int level = level_at(series, at); level >= 0; level--) {
		const struct index_block *block = &series->blocks[level][at / span_of(level)];
		double first = column_at(counting, block->first_ns);
		double last = column_at(counting, block->last_ns);
		size_t end = end_of(series, at, level);

		if (last < 0 || first >= (double)counting->count)
			return end;
		if (first != last)
			continue;
		count_in(&counting->columns[(size_t)first], end - at,
		         index_item(series, block->longest), block->longest_ns,
		         block->bad == TIMELINE_NONE ? TIMELINE_NONE
		                                     : index_item(series, block->bad));
		return end;
	}
	return at;
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
	for (size_t at = 0; at < series->count;) {
		size_t next = count_block(&counting, at);

		if (next == at) {
			next = end_of(series, at, 0);
			count_items(&counting, at, next);
		}
		at = next;
	}
	measure_columns(&counting);
	return counting.columns;
}

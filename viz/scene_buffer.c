/*
 * The send buffer in its endpoint's lane: vertical is the order in which bytes leave, the next at
 * the wire; horizontal is time. A write that waits is a hatched strip from its begin to its
 * departure, and falls whenever bytes before it leave. A write that does not wait is a line to the
 * wire; several at once are an upright block in the same order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"

#define STRIPS_MOST 12000 /* from there on, and below that thickness, only the outline is drawn */
#define STRIP_LEAST 1.0
#define SHARE_LEAST 0.3 /* of the buffer's height, for the smallest hold of all groups */
#define WAITS_MOST  200 /* captions of one lane */

/* The holds of one lane, in order of departure. */
struct queue {
	const struct timeline_hold **holds;
	uint64_t *before; /* bytes of the holds before each, and of all */
	size_t count;
	uint64_t peak; /* most bytes that waited at once */
};

static void open_queue(struct queue *queue, const struct timeline_group *group, uint32_t lane)
{
	size_t first = 0;

	*queue = (struct queue){ .holds = mem_alloc(group->hold_count, sizeof(*queue->holds)),
		                 .before = mem_alloc(group->hold_count + 1, sizeof(uint64_t)) };
	for (size_t i = 0; i < group->hold_count; i++) {
		const struct timeline_hold *hold = &group->holds[i];
		uint64_t waiting;

		if (hold->lane != lane)
			continue;
		while (first < queue->count && queue->holds[first]->to_ns <= hold->from_ns)
			first++;
		queue->before[queue->count + 1] =
			queue->before[queue->count] + (hold->to - hold->from);
		queue->holds[queue->count++] = hold;
		waiting = queue->before[queue->count] - queue->before[first];
		queue->peak = waiting > queue->peak ? waiting : queue->peak;
	}
}

static void close_queue(struct queue *queue)
{
	free(queue->holds);
	free(queue->before);
}

/* What of a lane waits as holds pass by, those that left first in front. */
struct waiting {
	struct left {
		int64_t to_ns;
		uint64_t bytes;
	} * list;
	size_t first, end, capacity;
	uint64_t bytes;
};

static void leave(struct waiting *waiting, int64_t ns)
{
	while (waiting->first < waiting->end && waiting->list[waiting->first].to_ns <= ns)
		waiting->bytes -= waiting->list[waiting->first++].bytes;
}

static void enter(struct waiting *waiting, const struct timeline_hold *hold)
{
	/* The room of those that are gone first, once they are half of it. */
	if (waiting->end == waiting->capacity && waiting->first > waiting->end / 2) {
		waiting->end -= waiting->first;
		memmove(waiting->list, waiting->list + waiting->first,
		        waiting->end * sizeof(*waiting->list));
		waiting->first = 0;
	}
	waiting->list =
		mem_grow(waiting->list, &waiting->capacity, waiting->end, sizeof(*waiting->list));
	waiting->list[waiting->end++] = (struct left){ hold->to_ns, hold->to - hold->from };
	waiting->bytes += hold->to - hold->from;
}

uint64_t *scene_buffer_peaks(const struct timeline_group *group)
{
	uint64_t *peaks = mem_alloc(group->lane_count, sizeof(*peaks));
	struct waiting *lanes = mem_alloc(group->lane_count, sizeof(*lanes));

	for (size_t i = 0; i < group->hold_count; i++) {
		struct timeline_hold hold = timeline_hold(group, i);

		if (hold.lane >= group->lane_count)
			continue;
		leave(&lanes[hold.lane], hold.from_ns);
		enter(&lanes[hold.lane], &hold);
		if (lanes[hold.lane].bytes > peaks[hold.lane])
			peaks[hold.lane] = lanes[hold.lane].bytes;
	}
	for (size_t i = 0; i < group->lane_count; i++)
		free(lanes[i].list);
	free(lanes);
	return peaks;
}

/* The most that waited at once in any lane of the picture, so that lanes compare. */
static uint64_t peak_of_all(const struct timeline *timeline)
{
	uint64_t peak = 0;

	for (size_t g = 0; g < timeline->group_count; g++) {
		uint64_t *peaks = scene_buffer_peaks(&timeline->groups[g]);

		for (uint32_t i = 0; i < timeline->groups[g].lane_count; i++)
			peak = peaks[i] > peak ? peaks[i] : peak;
		free(peaks);
	}
	return peak;
}

/* What is needed to draw into one lane's buffer. */
struct stack {
	struct page *page;
	const struct group_place *place;
	const struct timeline_group *group;
	const struct lane_place *lane;
	double pixel_bytes; /* height of a byte */
};

/* Bytes from..to above the wire, while they wait from x0 to x1. */
static struct draw_box level(const struct stack *stack, double x0, double x1, uint64_t from,
                             uint64_t to)
{
	double low = (double)from * stack->pixel_bytes, high = (double)to * stack->pixel_bytes;
	const struct lane_place *lane = stack->lane;

	return (struct draw_box){ x0,
		                  lane->flipped ? lane->buffer_y + low
		                                : lane->buffer_y + lane->buffer_h - high,
		                  x1 - x0, high - low };
}

/* One write's part of hold k: a strip that falls at each departure before its own. */
static void draw_strip(const struct stack *stack, const struct queue *queue, size_t k,
                       const struct ledger_piece *piece, const struct timeline_write *write)
{
	const struct timeline_hold *hold = queue->holds[k];
	size_t j = k;
	int64_t from_ns = write->begin_ns;

	while (j > 0 && queue->holds[j - 1]->to_ns > from_ns)
		j--;
	for (; j <= k; j++) {
		uint64_t under = queue->before[k] - queue->before[j];
		double x0 = page_x(stack->page, from_ns);
		double x1 = page_x(stack->page, queue->holds[j]->to_ns);

		if (x1 - x0 >= 0.5) {
			struct draw_box box = level(stack, x0, x1, under + piece->from - hold->from,
			                            under + piece->to - hold->from);
			size_t mark = scene_mark(stack->page);

			draw_hatch(&stack->page->draw, box, names_colour(write->number));
			scene_happens(stack->page, mark, from_ns, queue->holds[j]->to_ns);
			scene_answers(stack->page, stack->place, ITEM_HOLD,
			              (size_t)(hold - stack->group->holds), box, 0);
			scene_shows(stack->page, write->number, box, 0);
		}
		from_ns = queue->holds[j]->to_ns;
	}
}

static void draw_hold(const struct stack *stack, const struct queue *queue, size_t k)
{
	const struct timeline_hold *hold = queue->holds[k];
	const struct timeline_group *group = stack->group;
	const struct ledger_direction *in =
		&group->ledger->flows[hold->flow].directions[hold->direction];
	size_t count = ledger_pieces(in, hold->from, hold->to, NULL, 0);
	struct ledger_piece *pieces = mem_alloc(count, sizeof(*pieces));

	ledger_pieces(in, hold->from, hold->to, pieces, count);
	for (size_t i = 0; i < count; i++) {
		uint32_t index =
			timeline_write_index(group, hold->flow, hold->direction, pieces[i].write);

		if (index != TIMELINE_NONE)
			draw_strip(stack, queue, k, &pieces[i], &group->writes[index]);
	}
	free(pieces);
}

/* Bytes that begin to wait, and stop, column by column. */
static void count_columns(const struct stack *stack, const struct timeline_hold *hold,
                          double *change, size_t columns)
{
	const struct timeline_group *group = stack->group;
	const struct ledger_direction *in =
		&group->ledger->flows[hold->flow].directions[hold->direction];
	double left = stack->page->left, last = (double)columns - 1;
	double end = fmin(fmax(ceil(page_x(stack->page, hold->to_ns) - left), 0), last);
	uint32_t write = ledger_write_at(in, hold->from);

	for (; write < in->write_count && in->writes[write].from < hold->to; write++) {
		uint32_t index = timeline_write_index(group, hold->flow, hold->direction, write);
		uint64_t from = in->writes[write].from, to = in->writes[write].to;
		double begin;

		if (index == TIMELINE_NONE)
			continue;
		from = from > hold->from ? from : hold->from;
		to = to < hold->to ? to : hold->to;
		begin = page_x(stack->page, group->writes[index].begin_ns) - left;
		change[(size_t)fmin(fmax(floor(begin), 0), end)] += (double)(to - from);
		change[(size_t)end] -= (double)(to - from);
	}
}

/* Where strips would be too many or too thin: how much waits, in one colour. */
static void draw_outline(const struct stack *stack, const struct queue *queue)
{
	const struct page *page = stack->page;
	size_t columns = (size_t)(page->right - page->left) + 2, from = 0;
	double *change = mem_alloc(columns, sizeof(*change)), waiting = 0;

	for (size_t k = 0; k < queue->count; k++)
		count_columns(stack, queue->holds[k], change, columns);
	for (size_t i = 0; i < columns; i++) {
		if (change[i] == 0)
			continue;
		if (waiting > 0.5) {
			double x0 = page->left + (double)from, x1 = page->left + (double)i;
			size_t mark = scene_mark(page);

			draw_hatch(&stack->page->draw, level(stack, x0, x1, 0, (uint64_t)waiting),
			           draw_colour(&page->draw, THEME_TEXT_3));
			scene_happens(stack->page, mark, page_ns(page, x0), page_ns(page, x1));
		}
		waiting += change[i];
		from = i;
	}
	free(change);
}

/* How many strips there would be, and how thick they would be on average. */
static bool too_fine(const struct stack *stack, const struct queue *queue)
{
	size_t strips = 0, pieces = 0, first = 0;

	for (size_t k = 0; k < queue->count; k++) {
		const struct timeline_hold *hold = queue->holds[k];
		const struct ledger_direction *in =
			&stack->group->ledger->flows[hold->flow].directions[hold->direction];
		size_t count = ledger_pieces(in, hold->from, hold->to, NULL, 0);

		while (queue->holds[first]->to_ns <= hold->from_ns)
			first++;
		pieces += count;
		strips += count * (k - first + 1);
	}
	return strips > STRIPS_MOST ||
	       (double)queue->before[queue->count] / (double)pieces * stack->pixel_bytes <
	               STRIP_LEAST;
}

static int longer(const void *left, const void *right)
{
	const struct timeline_hold *a = *(const struct timeline_hold *const *)left;
	const struct timeline_hold *b = *(const struct timeline_hold *const *)right;
	int64_t first = a->to_ns - a->from_ns, second = b->to_ns - b->from_ns;

	if (first != second)
		return first > second ? -1 : 1;
	return a->to_ns < b->to_ns ? -1 : a->to_ns > b->to_ns;
}

/* What one caption speaks for: the longest of holds that waited together. */
struct wait {
	const struct timeline_hold *longest;
	uint64_t bytes;
	size_t count;
};

/* Whether a hold lay mostly within a longer one. */
static bool waited_with(const struct timeline_hold *hold, const struct timeline_hold *longer_one)
{
	int64_t from_ns = hold->from_ns, to_ns = hold->to_ns;

	if (longer_one->from_ns > from_ns)
		from_ns = longer_one->from_ns;
	if (longer_one->to_ns < to_ns)
		to_ns = longer_one->to_ns;
	return (to_ns - from_ns) * 2 > hold->to_ns - hold->from_ns;
}

/* Folds holds, the longest first, into at most WAITS_MOST waits; returns how many. */
static size_t fold_waits(const struct timeline_hold *const *holds, size_t count, struct wait *waits)
{
	size_t folded = 0;

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < folded && !waited_with(holds[i], waits[k].longest))
			k++;
		if (k == WAITS_MOST)
			continue;
		if (k == folded)
			waits[folded++] = (struct wait){ .longest = holds[i] };
		waits[k].bytes += holds[i]->to - holds[i]->from;
		waits[k].count++;
	}
	return folded;
}

static void say_wait(struct buffer *out, const struct wait *wait, bool whole)
{
	const struct timeline_hold *hold = wait->longest;
	char size[QUANTITY_TEXT], time[QUANTITY_TEXT];

	quantity_time(time, hold->to_ns - hold->from_ns);
	if (!whole) {
		buffer_text(out, time);
		return;
	}
	buffer_format(out, "%s wait %s%s", quantity_bytes(size, wait->bytes),
	              wait->count > 1 ? "up to " : "", time);
	if (hold->details)
		buffer_format(out, " %s", hold->details);
}

static void add_caption(struct group_place *place, struct scene_caption caption)
{
	place->captions = mem_grow(place->captions, &place->caption_capacity, place->caption_count,
	                           sizeof(*place->captions));
	place->captions[place->caption_count++] = caption;
}

/* "190 B wait 19.7 ms for the ack of A  nagle", or its length alone; none where neither fits. */
static void place_caption(struct page *page, struct group_place *place,
                          const struct lane_place *lane, const struct wait *wait)
{
	double left = page_x(page, wait->longest->from_ns);
	double right = page_x(page, wait->longest->to_ns);
	double y = lane->buffer_y + (lane->buffer_h - 22) / 2;

	for (int whole = 1; whole >= 0; whole--) {
		const char *more = whole ? wait->longest->reason : NULL;
		struct buffer text = { 0 };
		struct draw_box box;
		bool fits;

		say_wait(&text, wait, whole);
		box = scene_pill(page, left, y, text.bytes, more, true);
		box.x = draw_snap(&page->draw, fmin(right - box.w - 6, page->right - box.w - 4));
		fits = box.x >= fmax(left, page->left) + 6 && draw_room_free(&place->room, box);
		if (fits) {
			draw_room_take(&place->room, box);
			add_caption(place, (struct scene_caption){ box.x, y, text, more,
			                                           wait->longest->from_ns });
			return;
		}
		buffer_finish(&text);
	}
}

static void place_captions(struct page *page, struct group_place *place,
                           const struct lane_place *lane, const struct queue *queue)
{
	const struct timeline_hold **holds = mem_alloc(queue->count, sizeof(*holds));
	struct wait *waits = mem_alloc(WAITS_MOST, sizeof(*waits));
	size_t count;

	memcpy(holds, queue->holds, queue->count * sizeof(*holds));
	qsort(holds, queue->count, sizeof(*holds), longer);
	count = fold_waits(holds, queue->count, waits);
	for (size_t i = 0; i < count; i++)
		place_caption(page, place, lane, &waits[i]);
	free(waits);
	free(holds);
}

void scene_buffer(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;
	uint64_t most = page->window        ? window_peak(page)
	                : group->hold_count ? peak_of_all(page->timeline)
	                                    : 0;

	for (uint32_t i = 0; i < group->lane_count; i++) {
		struct queue queue;

		open_queue(&queue, group, i);
		if (queue.count) {
			const struct lane_place *lane = &place->lanes[i];
			uint64_t peak =
				page->window ? window_lane_peak(page, place->index, i) : queue.peak;
			double share = fmax((double)peak / (double)most, SHARE_LEAST);
			struct stack stack = {
				.page = page,
				.place = place,
				.group = group,
				.lane = lane,
				.pixel_bytes = share * (lane->buffer_h - 4) / (double)peak,
			};

			if (too_fine(&stack, &queue))
				draw_outline(&stack, &queue);
			else
				for (size_t k = 0; k < queue.count; k++)
					draw_hold(&stack, &queue, k);
			place_captions(page, place, lane, &queue);
		}
		close_queue(&queue);
	}
}

void scene_captions(struct page *page, struct group_place *place)
{
	for (size_t i = 0; i < place->caption_count; i++) {
		struct scene_caption *caption = &place->captions[i];

		size_t mark = scene_mark(page);

		scene_pill(page, caption->x, caption->y, caption->text.bytes, caption->more, false);
		scene_happens(page, mark, caption->from_ns, caption->from_ns);
		buffer_finish(&caption->text);
	}
	free(place->captions);
	place->captions = NULL;
	place->caption_count = place->caption_capacity = 0;
}

#include "viz/waiting.h"

#include "capture/mem.h"
#include "capture/quantity.h"

#define TOGETHER 3 /* columns between departures that are drawn as one */

/* Whether a hold goes on where the last one ended, and leaves with it. */
static bool continues(const struct frame *frame, const struct waiting *last,
                      const struct timeline_hold *hold)
{
	return last->flow == hold->flow && last->direction == hold->direction &&
	       last->name_to == hold->from && last->to == hold->from &&
	       frame_columns(frame, hold->to_ns - last->to_ns) <= TOGETHER;
}

struct waiting *waiting_find(const struct frame *frame, uint32_t lane, size_t *count)
{
	struct waiting *list = NULL;
	size_t capacity = 0;

	*count = 0;
	for (size_t i = 0; i < frame->group->hold_count; i++) {
		const struct timeline_hold *hold = &frame->group->holds[i];
		int64_t held_ns = hold->to_ns - hold->from_ns;
		const struct ledger_segment *segment = &frame->group->ledger->flows[hold->flow]
		                                                .directions[hold->direction]
		                                                .segments[hold->segment];

		if (hold->lane != lane || !frame_has(frame, hold->to_ns) ||
		    frame_columns(frame, held_ns) <= WAITING_COLUMNS)
			continue;
		if (*count && continues(frame, &list[*count - 1], hold)) {
			struct waiting *last = &list[*count - 1];

			last->to = hold->to;
			last->name_to = segment->from + segment->length;
			last->longest_ns = held_ns > last->longest_ns ? held_ns : last->longest_ns;
			continue;
		}
		list = mem_grow(list, &capacity, *count, sizeof(*list));
		list[(*count)++] = (struct waiting){
			.from_ns = hold->from_ns,
			.to_ns = hold->to_ns,
			.longest_ns = held_ns,
			.flow = hold->flow,
			.direction = hold->direction,
			.from = hold->from,
			.to = hold->to,
			.name_to = segment->from + segment->length,
			.first_hold = (uint32_t)i,
		};
	}
	return list;
}

/* The forms of a caption, the longest first; an empty one does not apply. */
static void caption_form(const struct frame *frame, const struct waiting *waiting, int form,
                         struct label *caption)
{
	const struct timeline_hold *hold = &frame->group->holds[waiting->first_hold];
	const char *reason = hold->reason, *details = hold->details;
	char bytes[QUANTITY_TEXT], time[QUANTITY_TEXT];

	quantity_bytes(bytes, waiting->to - waiting->from);
	quantity_time(time, waiting->longest_ns);
	*caption = (struct label){ .count = 0 };
	switch (form) {
	case 0:
		if (reason && details)
			label_format(caption, "%s wait %s %s: %s", bytes, time, details, reason);
		break;
	case 1:
		if (reason)
			label_format(caption, "%s wait %s: %s", bytes, time, reason);
		else
			label_format(caption, "%s wait %s", bytes, time);
		break;
	case 2:
		if (reason)
			label_format(caption, "%s: %s", time, reason);
		else
			label_text(caption, time);
		break;
	case 3:
		if (reason)
			label_text(caption, reason);
		break;
	}
}

bool waiting_caption(const struct frame *frame, const struct waiting *waiting, int columns,
                     struct label *caption)
{
	for (int form = 0; form <= 3; form++) {
		caption_form(frame, waiting, form, caption);
		if (caption->width && caption->width <= columns)
			return true;
	}
	return false;
}

/* The longest run of blanks within from..to. */
static void longest_blank(const struct cells *cells, int row, int from, int to, int *start,
                          int *length)
{
	*length = 0;
	*start = from;
	for (int at = from, run = 0; at < to; at++) {
		run = cells_blank(cells, row, at, at + 1) ? run + 1 : 0;
		if (run > *length) {
			*length = run;
			*start = at + 1 - run;
		}
	}
}

bool waiting_fill(const struct frame *frame, struct cells *cells, int row,
                  const struct waiting *waiting, int from, int to)
{
	struct label caption, shortest;
	int start, length;

	longest_blank(cells, row, from, to, &start, &length);
	/* A blank and one ▒ on each side. */
	bool fits = waiting_caption(frame, waiting, length - 4, &caption);
	if (fits) {
		int at = start + (length - caption.width) / 2;

		cells_fill(cells, row, at - 1, at + caption.width + 1, " ");
		cells_label(cells, row, at, &caption);
		cells_fill(cells, row, start, at - 1, "▒");
		cells_fill(cells, row, at + caption.width + 1, start + length, "▒");
	}
	for (int at = from; at < to; at++)
		if (cells_blank(cells, row, at, at + 1) &&
		    (!fits || at < start || at >= start + length))
			cells_fill(cells, row, at, at + 1, "▒");
	caption_form(frame, waiting, 2, &shortest);
	return fits && caption.width >= shortest.width;
}

#include "viz/comb_label.h"

#include "capture/sizes.h"

static void ack_label(const struct frame *frame, const struct comb *comb, int form,
                      struct label *label)
{
	const struct timeline_ack *ack = &frame->group->acks[comb->first_item];

	if (comb->count > 1) {
		if (!form)
			label_format(label, "%zu acks", comb->count);
		return;
	}
	label_text(label, "ack");
	if (!form && ack->upto) {
		const struct ledger_direction *data =
			&frame->group->ledger->flows[ack->flow].directions[ack->direction];
		uint32_t write = ledger_write_at(data, ack->upto - 1);

		if (write == LEDGER_NONE)
			return;
		label_text(label, " of ");
		label_write(label, timeline_number(frame->group, ack->flow, ack->direction, write));
	}
}

static void drop_label(const struct frame *frame, const struct comb *comb, struct label *label)
{
	const char *name = timeline_flags_text(frame->group->drops[comb->first_item].flags);

	if (comb->count > 1)
		label_format(label, "%zu %ss", comb->count, name);
	else
		label_text(label, name);
}

/* What the packets of a comb are called; the plural by count. */
static const char *noun(const struct frame *frame, const struct comb *comb)
{
	const struct timeline_segment *segment = &frame->group->segments[comb->first_item];
	bool message =
		trace_transport_is_message(frame->group->ledger->flows[segment->flow].transport);

	return message ? "datagrams" : "segments";
}

/* Indexed by enum segment_kind. */
static const char *const kinds[] = {
	[SEGMENT_DATA] = "",
	[SEGMENT_RETRANSMISSION] = "again",
	[SEGMENT_KEEPALIVE] = "keep-alive",
	[SEGMENT_PROBE] = "probe",
};

/* What is not plain about the segments of a comb. */
static const char *manner(const struct comb *comb)
{
	if (comb->kind != SEGMENT_DATA)
		return kinds[comb->kind];
	return comb->late ? "late" : comb->twice ? "twice" : "";
}

/* Sizes and manner; their number and manner; the manner alone. */
static void data_label(const struct frame *frame, const struct comb *comb, int form, int room,
                       struct label *label)
{
	struct buffer sizes = { 0 };

	if (form == 0) {
		sizes_text(&sizes, comb->sizes, comb->count, SIZES_ANY_WIDTH, false);
		if (cells_width(sizes.bytes, sizes.length) > room) {
			buffer_finish(&sizes);
			return;
		}
		label_text(label, sizes.bytes);
	} else if (form == 1 && comb->count > 1) {
		label_format(label, "%zu %s", comb->count, noun(frame, comb));
	}
	if (*manner(comb) && (label->count || form == 2)) {
		label_text(label, label->count ? " " : "");
		label_text(label, manner(comb));
	}
	buffer_finish(&sizes);
}

static void comb_label(const struct frame *frame, const struct comb *comb, int form, int room,
                       struct label *label)
{
	if (comb->ack)
		ack_label(frame, comb, form, label);
	else if (comb->drop)
		drop_label(frame, comb, label);
	else
		data_label(frame, comb, form, room, label);
}

#define FORMS 3

int comb_stretch(const struct comb *comb, int *start)
{
	int length = 0;

	*start = 0;
	for (int at = comb->start, run = 0; at <= comb->end; at++) {
		run = comb->left[at] || comb->came[at] ? 0 : run + 1;
		if (run > length) {
			length = run;
			*start = at + 1 - run;
		}
	}
	return length;
}

void comb_inner(const struct frame *frame, const struct comb *comb, int length, struct label *label)
{
	for (int form = 0; form < FORMS; form++) {
		*label = (struct label){ .count = 0 };
		comb_label(frame, comb, form, length - 2, label);
		if (label->count && label->width + 2 <= length)
			return;
	}
	*label = (struct label){ .count = 0 };
}

void comb_tail(const struct frame *frame, const struct comb *comb, struct label *label)
{
	struct timeline_death death = { .cause = comb->cause };
	int start, length = comb_stretch(comb, &start);
	struct label inner;

	*label = (struct label){ .count = 0 };
	if (!comb->lost && (comb->ack || !*manner(comb)))
		return;
	comb_inner(frame, comb, length, &inner);
	for (int form = 0; form < FORMS && !inner.count && !label->count; form++)
		comb_label(frame, comb, form, LABEL_GLYPHS / 4, label);
	if (!comb->lost || comb->cause == LINK_EVENT_KIND_COUNT)
		return;
	label_text(label, label->count ? " " : "");
	label_text(label, timeline_death_text(&death));
}

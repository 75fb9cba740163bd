#include <assert.h>
#include <string.h>

#include "capture/escape.h"
#include "viz/item_parts.h"
#include "viz/names.h"

#define NOTE_MOST 40 /* bytes of a note that a name holds */

static const char *const kinds[] = {
	[ITEM_NONE] = "nothing",      [ITEM_WRITE] = "write",     [ITEM_HOLD] = "hold",
	[ITEM_SEGMENT] = "segment",   [ITEM_ACK] = "ack",         [ITEM_READ] = "read",
	[ITEM_TICK] = "call",         [ITEM_CONTROL] = "control", [ITEM_DROP] = "drop",
	[ITEM_BOUNDARY] = "boundary",
};
static_assert(sizeof(kinds) / sizeof(*kinds) == ITEM_KIND_COUNT, "a word for every kind");

const char *item_kind_text(unsigned kind)
{
	return kind < ITEM_KIND_COUNT ? kinds[kind] : kinds[ITEM_NONE];
}

/* ---- names ---- */

/* " of B–T"; nothing where the writes are not known. */
static bool name_range(struct buffer *out, const struct timeline_group *group, uint32_t flow,
                       uint32_t direction, uint64_t from, uint64_t to)
{
	const struct ledger_direction *in = &group->ledger->flows[flow].directions[direction];
	uint32_t first = from < to ? ledger_write_at(in, from) : LEDGER_NONE;
	uint32_t last = from < to ? ledger_write_at(in, to - 1) : LEDGER_NONE;

	if (first == LEDGER_NONE || last == LEDGER_NONE)
		return false;
	buffer_text(out, " of ");
	names_range(out, timeline_number(group, flow, direction, first),
	            timeline_number(group, flow, direction, last),
	            in->writes[first].from<from, in->writes[last].to> to, false);
	return true;
}

static void name_segment(struct buffer *out, const struct timeline_group *group, uint32_t index)
{
	static const char *const said[] = {
		[SEGMENT_DATA] = NULL,
		[SEGMENT_RETRANSMISSION] = "retransmission",
		[SEGMENT_KEEPALIVE] = "keep-alive",
		[SEGMENT_PROBE] = "window probe",
	};
	struct timeline_segment segment = timeline_segment(group, index);
	bool messages = trace_transport_is_message(group->ledger->flows[segment.flow].transport);

	assert(segment.kind < sizeof(said) / sizeof(*said));
	buffer_format(out, "%s %u", messages ? "datagram" : "segment", index + 1);
	if (said[segment.kind])
		buffer_format(out, " (%s%s)", said[segment.kind], segment.lost ? ", lost" : "");
	else if (segment.lost)
		buffer_text(out, " (lost)");
}

/* An empty datagram has no bytes to tell its write by, but its segment knows. */
static uint32_t empty_write(const struct timeline_group *group, const struct timeline_read *read)
{
	const struct ledger_direction *in =
		&group->ledger->flows[read->flow].directions[read->direction];

	return read->segment < in->segment_count
	               ? ledger_segment_write(in, &in->segments[read->segment])
	               : LEDGER_NONE;
}

static void name_read(struct buffer *out, const struct timeline_group *group, uint32_t index)
{
	const struct timeline_read *read = &group->reads[index];
	uint32_t number = TIMELINE_NONE;

	buffer_text(out, "read");
	if (name_range(out, group, read->flow, read->direction, read->from, read->to))
		return;
	if (read->from == read->to)
		number = timeline_number(group, read->flow, read->direction,
		                         empty_write(group, read));
	if (number == TIMELINE_NONE) {
		buffer_format(out, " %u", index + 1);
		return;
	}
	buffer_text(out, " of ");
	names_write(out, number);
}

static void name_note(struct buffer *out, const char *note)
{
	size_t length = strlen(note), end = 0, count;
	unsigned code;

	while (end < length) {
		count = escape_utf8(note + end, length - end, &code);
		count = count ? count : 1;
		if (end + count > NOTE_MOST)
			break;
		end += count;
	}
	buffer_text(out, " \"");
	escape_terminal(out, note, end);
	buffer_text(out, end < length ? "…\"" : "\"");
}

static void name_tick(struct buffer *out, const struct timeline_group *group, uint32_t index)
{
	const struct timeline_tick *tick = &group->ticks[index];
	const struct call *call = &group->trace->calls[tick->call];

	buffer_text(out, call_name_text((enum call_name)call->name));
	if (call->name == CALL_NOTE && call->note)
		name_note(out, call->note);
	if (tick->failed || tick->pending)
		buffer_text(out, tick->failed ? " (failed)" : " (pending)");
}

static void name_boundary(struct buffer *out, const struct timeline_group *group, uint32_t index)
{
	buffer_text(out, "boundary ");
	names_write(out, group->writes[index].number);
	buffer_char(out, '|');
	names_write(out, group->writes[item_write_behind(group, index)].number);
}

static void name_packet(struct buffer *out, uint8_t flags, bool lost)
{
	buffer_format(out, "%s%s", timeline_flags_text(flags), lost ? " (lost)" : "");
}

void item_name(struct buffer *out, const struct timeline *timeline, struct item item)
{
	const struct timeline_group *group;

	if (!item_is_of(item, timeline)) {
		buffer_text(out, kinds[ITEM_NONE]);
		return;
	}
	group = &timeline->groups[item.group];
	switch ((enum item_kind)item.kind) {
	case ITEM_NONE:
	case ITEM_KIND_COUNT: break;
	case ITEM_WRITE:
		buffer_text(out, "write ");
		names_write(out, group->writes[item.index].number);
		break;
	case ITEM_HOLD: {
		struct timeline_hold hold = timeline_hold(group, item.index);

		buffer_text(out, "hold");
		name_range(out, group, hold.flow, hold.direction, hold.from, hold.to);
		break;
	}
	case ITEM_SEGMENT: name_segment(out, group, item.index); break;
	case ITEM_ACK: {
		struct timeline_ack ack = timeline_ack(group, item.index);

		buffer_text(out, "ack");
		name_range(out, group, ack.flow, ack.direction, item_ack_from(group, &ack),
		           ack.upto);
		break;
	}
	case ITEM_READ: name_read(out, group, item.index); break;
	case ITEM_TICK: name_tick(out, group, item.index); break;
	case ITEM_CONTROL:
		name_packet(out, group->controls[item.index].flags,
		            group->controls[item.index].lost);
		break;
	case ITEM_DROP: name_packet(out, group->drops[item.index].flags, true); break;
	case ITEM_BOUNDARY: name_boundary(out, group, item.index); break;
	}
}

/* ---- addresses ---- */

/* Whether item_parse() finds the group by its name, and a line can show it as it is. */
static bool is_plain(const struct timeline *timeline, uint32_t group)
{
	const char *name = timeline->groups[group].name;
	size_t length = strlen(name);
	struct buffer shown = { 0 };
	bool plain = length && name[0] != '#' && name[0] != ' ' && name[length - 1] != ' ';

	escape_terminal(&shown, name, length);
	plain = plain && shown.length == length;
	buffer_finish(&shown);
	for (size_t i = 0; plain && i < timeline->group_count; i++)
		plain = i == group || strcmp(timeline->groups[i].name, name) != 0;
	return plain;
}

void item_address(struct buffer *out, const struct timeline *timeline, struct item item)
{
	if (!item_is_of(item, timeline)) {
		buffer_text(out, kinds[ITEM_NONE]);
		return;
	}
	if (timeline->group_count > 1 && is_plain(timeline, item.group))
		buffer_format(out, "%s ", timeline->groups[item.group].name);
	else if (timeline->group_count > 1)
		buffer_format(out, "#%u ", item.group + 1);
	buffer_format(out, "%s %zu", kinds[item.kind], item_rank(timeline, item) + 1);
}

/* What died on the wire, what was sent again, windows that shut, connections that were reset. */
#include <inttypes.h>

#include "viz/explain_parts.h"

#define AGAIN_SEEN 100000 /* segments that are looked through for one that was sent again */

/* ---- losses ---- */

/* The next segment that carries a byte of this one again; LEDGER_NONE. */
static uint32_t sent_again(const struct ledger_direction *direction, uint32_t segment)
{
	const struct ledger_segment *lost = &direction->segments[segment];
	size_t end = direction->segment_count;

	if (end - segment > AGAIN_SEEN)
		end = segment + AGAIN_SEEN;
	for (size_t i = segment + 1; i < end; i++) {
		const struct ledger_segment *other = &direction->segments[i];

		if (other->kind != SEGMENT_DATA && other->from < lost->from + lost->length &&
		    other->from + other->length > lost->from)
			return (uint32_t)i;
	}
	return LEDGER_NONE;
}

static void say_repeat(struct telling *telling, const struct way *way,
                       const struct ledger_segment *lost, uint32_t again)
{
	const struct ledger_direction *direction = way->direction;

	if (again == LEDGER_NONE) {
		say(telling, way->tcp ? " Its bytes were not sent again."
		                      : " A datagram is not sent again.");
		return;
	}
	const struct ledger_segment *repeat = &direction->segments[again];
	say(telling, " Its bytes were sent again ");
	say_time(telling, packet_at(telling, repeat->packet) - packet_at(telling, lost->packet));
	say(telling, " later");
	say_frame(telling, repeat->packet);
	if (ledger_is_lost(telling->ledger, direction, repeat))
		say(telling, ", and lost again");
	else if (ledger_arrival(direction, repeat) != LEDGER_NONE)
		say(telling, ", and arrived");
	say(telling, ".");
}

static void tell_loss(struct telling *telling, const struct way *way, uint32_t index,
                      const struct timeline_segment *shown)
{
	const struct ledger_segment *segment = &way->direction->segments[index];
	uint32_t again = way->tcp ? sent_again(way->direction, index) : LEDGER_NONE;
	struct explain_item *item;

	say(telling, "The %s of ", way->messages ? "datagram" : "segment");
	say_range(telling, way, segment->from, segment->from + segment->length);
	say_frame(telling, segment->packet);
	say(telling, " died on the wire");
	if (shown->death.cause != LINK_EVENT_KIND_COUNT)
		say(telling, ": %s", timeline_death_text(&shown->death));
	say(telling, ".");
	say_repeat(telling, way, segment, again);
	item = tell(telling, EXPLAIN_LOSS, way, shown->sent_ns);
	item->cause =
		shown->death.cause != LINK_EVENT_KIND_COUNT ? EXPLAIN_BY_LINK : EXPLAIN_UNKNOWN;
	item->packet = segment->packet;
	item->from = segment->from;
	item->to = segment->from + segment->length;
	if (again != LEDGER_NONE)
		item->took_ns =
			packet_at(telling, way->direction->segments[again].packet) - shown->sent_ns;
}

/* Sent again though nothing shows that the first was lost. */
static void tell_repeat(struct telling *telling, const struct way *way, uint32_t index)
{
	const struct ledger_direction *direction = way->direction;
	const struct ledger_segment *repeat = &direction->segments[index];
	uint32_t first = ledger_segment_at(direction, repeat->from);
	struct explain_item *item;

	if (first == LEDGER_NONE ||
	    ledger_is_lost(telling->ledger, direction, &direction->segments[first]))
		return;
	const struct ledger_segment *before = &direction->segments[first];
	say_range(telling, way, repeat->from, repeat->from + repeat->length);
	say(telling, " left once more");
	say_frame(telling, repeat->packet);
	say(telling, ", ");
	say_time(telling, packet_at(telling, repeat->packet) - packet_at(telling, before->packet));
	say(telling, " after the first time");
	say_frame(telling, before->packet);
	if (telling->ledger->trace->interface_count > 1 &&
	    ledger_arrival(direction, before) != LEDGER_NONE)
		say(telling, ", which had arrived");
	say(telling, ".");
	begin_sentence(telling, 0);
	item = tell(telling, EXPLAIN_REPEAT, way, packet_at(telling, repeat->packet));
	item->took_ns = packet_at(telling, repeat->packet) - packet_at(telling, before->packet);
	item->since = before->packet;
	item->packet = repeat->packet;
	item->from = repeat->from;
	item->to = repeat->from + repeat->length;
}

void explain_losses(struct telling *telling, const struct way *way)
{
	const struct timeline_group *group = telling->group;

	for (uint32_t i = 0; way->packets && i < way->direction->segment_count; i++) {
		const struct ledger_segment *segment = &way->direction->segments[i];

		if (segment->kind == SEGMENT_RETRANSMISSION)
			tell_repeat(telling, way, i);
		if (segment->kind != SEGMENT_DATA || !group->deaths.count)
			continue;
		uint32_t at = timeline_segment_index(group, way->flow_index, way->index, i);
		if (!timeline_is_lost(group, at))
			continue;
		struct timeline_segment shown = timeline_segment(group, at);
		tell_loss(telling, way, i, &shown);
	}
}

/* Packets without bytes. */
void explain_drops(struct telling *telling)
{
	const struct timeline_group *group = telling->group;

	for (size_t i = 0; i < group->drop_count; i++) {
		const struct timeline_drop *drop = &group->drops[i];
		struct way way = way_of(telling->ledger, drop->flow, drop->direction);
		struct explain_item *item;
		const char *what = timeline_flags_text(drop->flags);

		/* "An ACK", "an RST", but "a packet" */
		say(telling, "A%s %s of ", what[0] == 'p' ? "" : "n",
		    what[0] == 'a' ? "ACK" : what);
		say_sender(telling, &way);
		uint32_t packet = ledger_event_packet(telling->ledger, drop->event);
		say_frame(telling, packet);
		say(telling, " died on the wire: %s.", timeline_death_text(&drop->death));
		item = tell(telling, EXPLAIN_LOSS, &way, drop->sent_ns);
		item->cause = EXPLAIN_BY_LINK;
		item->packet = packet;
	}
}

/* ---- windows and resets ---- */

static void tell_shut(struct telling *telling, const struct way *way,
                      const struct ledger_shut *shut)
{
	bool opened = shut->opened != LEDGER_NONE;
	int64_t from_ns = packet_at(telling, shut->packet);
	struct explain_item *item;

	say_receiver(telling, way);
	say(telling, " shut its window");
	say_frame(telling, shut->packet);
	if (opened) {
		say(telling, " and opened it ");
		say_time(telling, packet_at(telling, shut->opened) - from_ns);
		say(telling, " later");
		say_frame(telling, shut->opened);
		say(telling, ": in between it had room for no byte.");
	} else {
		say(telling, " and never opened it again: it had room for no byte.");
	}
	item = tell(telling, EXPLAIN_WINDOW, way,
	            opened ? packet_at(telling, shut->opened) : from_ns);
	item->since = shut->packet;
	item->packet = shut->opened;
	item->took_ns = opened ? item->at_ns - from_ns : 0;
}

void explain_ends(struct telling *telling, const struct way *way)
{
	const struct ledger_direction *direction = way->direction;

	for (size_t i = 0; i < direction->shut_count; i++)
		tell_shut(telling, way, &direction->shuts[i]);
	if (direction->rst_packet == LEDGER_NONE)
		return;
	say_sender(telling, way);
	say(telling, way->flow->refused ? " refused the connection" : " reset the connection");
	say_frame(telling, direction->rst_packet);
	say(telling,
	    way->flow->refused ? ": nothing listened there." : ": it took no byte after that.");
	tell(telling, EXPLAIN_RESET, way, packet_at(telling, direction->rst_packet))->packet =
		direction->rst_packet;
}

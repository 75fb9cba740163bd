/* Where a packet was lost on the wire, and why, as far as an event of the link says it. */
#include <inttypes.h>

#include "viz/details_rows.h"

static const char *place(const struct timeline_death *death)
{
	if (death->part <= 0)
		return "at the link's entry";
	return death->part >= 1 ? "where it arrived" : "on the wire";
}

/* In whole sentences; the words for a row are link_event_text()'s. */
static const char *reason(uint8_t kind)
{
	switch ((enum link_event_kind)kind) {
	case LINK_QUEUE_FULL: return "the queue of the link was full";
	case LINK_LOST: return "the link lost it by chance, as it was told to";
	case LINK_LISTED: return "the scenario lists it to be lost";
	case LINK_NO_ROOM: return "Seam had no room for more packets on the way";
	case LINK_REFUSED: return "the kernel did not take it where it was to leave the link";
	case LINK_CORRUPTED:
		return "the link damaged it, so its checksum failed at the far host, which threw "
		       "it away";
	case LINK_DUPLICATED:
	case LINK_REORDERED:
	case LINK_EVENT_KIND_COUNT: break;
	}
	return "no event of the link says why";
}

void details_add_lost(struct making *making, const struct timeline_death *death, uint32_t event)
{
	const struct trace *trace = making->group->trace;
	bool told = death->cause < LINK_EVENT_KIND_COUNT;

	details_add(making, DETAILS_HEADING, "LOST", timeline_death_text(death), NULL);
	details_add(making, DETAILS_TEXT, NULL,
	            told ? details_say(making, "It died %s: %s.", place(death),
	                               reason(death->cause))
	                 : "It was not seen where it should have arrived; no event of the link "
	                   "says why.",
	            NULL);
	if (event >= trace->event_count)
		return;
	const struct link_event *of = &trace->events[event];
	details_add(making, DETAILS_ROW, "at the link",
	            details_time(making, of->time_ns - making->group->zero_ns),
	            details_say(making, "packet %" PRIu64 " of its way", of->number));
	if (of->data_number)
		details_add(making, DETAILS_ROW, "with bytes",
		            details_say(making, "number %" PRIu64, of->data_number),
		            "as the list of a scenario counts");
	if (link_event_is_fault(of->kind))
		details_add(making, DETAILS_TEXT, NULL,
		            "The scenario did not ask for it: the run is not to be believed.",
		            NULL);
}

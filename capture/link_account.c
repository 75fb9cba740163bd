#include "capture/link_account.h"

#include <inttypes.h>

/* The events of one way and kind. */
struct group {
	uint64_t count, with_data;
	uint64_t numbers[LINK_ACCOUNT_NUMBERS]; /* of the first with data */
};

static void take(struct group *group, const struct link_event *event)
{
	group->count++;
	if (!event->data_number)
		return;
	if (group->with_data < LINK_ACCOUNT_NUMBERS)
		group->numbers[group->with_data] = event->data_number;
	group->with_data++;
}

/* ": data packets 3 and 7, and 2 without data" */
static void add_numbers(struct buffer *out, const struct group *group)
{
	uint64_t bare = group->count - group->with_data;

	if (!group->with_data) {
		buffer_text(out, ", without data");
		return;
	}
	if (group->with_data > LINK_ACCOUNT_NUMBERS)
		return;
	buffer_text(out, group->with_data == 1 ? ": data packet" : ": data packets");
	for (uint64_t i = 0; i < group->with_data; i++)
		buffer_format(out, "%s %" PRIu64,
		              !i                         ? ""
		              : i + 1 < group->with_data ? ","
		                                         : " and",
		              group->numbers[i]);
	if (bare)
		buffer_format(out, ", and %" PRIu64 " without data", bare);
}

static void add_line(struct buffer *out, const struct trace *trace, const struct group *group,
                     unsigned kind, bool down)
{
	const struct trace_wire *wire = &trace->about.wire;
	int64_t packets = wire->known ? wire->packets[down] : 0;

	buffer_format(out, "%s %" PRIu64, link_event_deed(kind), group->count);
	if (packets > 0)
		buffer_format(out, " of %" PRId64, packets);
	buffer_format(out, " packet%s from %s", packets > 1 || group->count > 1 ? "s" : "",
	              down ? "server to client" : "client to server");
	add_numbers(out, group);
	buffer_format(out, " (%s)\n", link_event_text(kind));
}

void link_account_describe(struct buffer *out, const struct trace *trace)
{
	struct group groups[2][LINK_EVENT_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < trace->event_count; i++)
		take(&groups[trace->events[i].down][trace->events[i].kind], &trace->events[i]);
	for (int down = 0; down < 2; down++)
		for (unsigned kind = 0; kind < LINK_EVENT_KIND_COUNT; kind++)
			if (groups[down][kind].count)
				add_line(out, trace, &groups[down][kind], kind, down);
}

uint64_t link_account_faults(const struct trace *trace)
{
	uint64_t faults = trace->about.wire.known ? (uint64_t)trace->about.wire.missed : 0;

	for (size_t i = 0; i < trace->event_count; i++)
		faults += link_event_is_fault(trace->events[i].kind);
	return faults;
}

uint64_t link_account_losses(const struct trace *trace)
{
	uint64_t losses = 0;

	for (size_t i = 0; i < trace->event_count; i++)
		losses += link_event_is_loss(trace->events[i].kind) &&
		          !link_event_is_fault(trace->events[i].kind);
	return losses;
}

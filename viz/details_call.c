/* What there is to know of a call: of its own, and behind a write or a read. */
#include <inttypes.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/trace_counters.h"
#include "viz/counters.h"
#include "viz/details_rows.h"
#include "viz/message_flags.h"
#include "viz/moment.h"

const struct call *details_call(const struct making *making, uint32_t call)
{
	return &making->group->trace->calls[call];
}

/* "MSG_MORE | MSG_DONTWAIT" */
static void add_flags(struct buffer *out, uint32_t flags)
{
	char name[MESSAGE_FLAGS_TEXT];
	const char *gap = "";

	while (message_flags_next(&flags, name)) {
		buffer_format(out, "%s%s", gap, name);
		gap = " | ";
	}
}

static void add_result(struct buffer *out, const struct call *call)
{
	const char *error = call->error ? strerrorname_np(call->error) : NULL;

	if (!call->ended)
		buffer_text(out, " has not returned");
	else if (error)
		buffer_format(out, " = %" PRId64 " %s", call->result, error);
	else if (call->error)
		buffer_format(out, " = %" PRId64 " error %d", call->result, call->error);
	else if (call->name < CALL_SLEEP)
		buffer_format(out, " = %" PRId64, call->result);
}

const char *details_call_text(struct making *making, const struct call *call)
{
	enum call_name name = (enum call_name)call->name;
	struct buffer text = { 0 };
	const char *gap = "";

	buffer_format(&text, "%s(", call_name_text(name));
	if (call_is_write(name) || call_is_read(name)) {
		buffer_format(&text, "%" PRId64, call->asked);
		gap = ", ";
	}
	if (call->detail && *call->detail) {
		buffer_format(&text, "%s%s", gap, call->detail);
		gap = ", ";
	}
	if (call->flags)
		buffer_text(&text, gap);
	add_flags(&text, call->flags);
	buffer_char(&text, ')');
	add_result(&text, call);
	return details_keep(making, &text);
}

static void add_error(struct making *making, const struct call *call)
{
	const char *error = strerrordesc_np(call->error);

	if (!call->ended || !call->error)
		return;
	details_add(making, DETAILS_ROW, "error",
	            strerrorname_np(call->error) ? strerrorname_np(call->error)
	                                         : details_say(making, "%d", call->error),
	            error ? details_say(making, "%s", error) : "this system has no name for it");
}

static void add_addresses(struct making *making, const struct call *call)
{
	char text[ADDRESS_TEXT];

	if (call->local.family != ADDRESS_NONE)
		details_add(making, DETAILS_ROW, "local",
		            details_say(making, "%s", address_text(text, &call->local)), NULL);
	if (call->remote.family != ADDRESS_NONE)
		details_add(making, DETAILS_ROW, "remote",
		            details_say(making, "%s", address_text(text, &call->remote)), NULL);
}

static void add_socket(struct making *making, const struct call *call)
{
	const char *made = call->ended && call->made != CALL_NO_SOCKET
	                           ? details_say(making, "it made socket %u", call->made)
	                           : NULL;

	if (call->socket != CALL_NO_SOCKET)
		details_add(making, DETAILS_ROW, "socket", details_say(making, "%u", call->socket),
		            made);
	else if (made)
		details_add(making, DETAILS_ROW, "socket", made, NULL);
}

/* When, as the clocks of the machine had it. */
static void add_times(struct making *making, const struct call *call)
{
	int64_t zero_ns = making->group->zero_ns;

	details_add(making, DETAILS_ROW, "began",
	            details_time(making, moment_since(zero_ns, call->begin_ns)),
	            call->late_ns >= 0 ? details_say(making, "%s after its time",
	                                             details_lasting(making, call->late_ns))
	                               : NULL);
	if (call->ended)
		details_add(making, DETAILS_ROW, "returned",
		            details_time(making, moment_since(zero_ns, call->end_ns)),
		            details_say(making, "after %s",
		                        details_lasting(making, moment_since(call->begin_ns,
		                                                             call->end_ns))));
	else
		details_add(making, DETAILS_ROW, "returned", "never", NULL);
	if (call->stamp_ns)
		details_add(making, DETAILS_ROW, "stamped",
		            details_time(making, moment_since(zero_ns, call->stamp_ns)),
		            "by the receiving kernel");
}

static void add_script(struct making *making, const struct call *call)
{
	if (call->step_line)
		details_add(making, DETAILS_ROW, "line",
		            details_say(making, "%u of the scenario", call->step_line),
		            call->repetition ? details_say(making, "turn %" PRIu64,
		                                           (uint64_t)call->repetition + 1)
		                             : NULL);
	else if (call->implied)
		details_add(making, DETAILS_ROW, "line", "none", "Seam implied it");
}

void details_add_call(struct making *making, const struct call *call)
{
	struct buffer flags = { 0 };

	details_add(making, DETAILS_HEADING, "CALL", details_say(making, "number %u", call->serial),
	            NULL);
	details_add(making, DETAILS_ROW, "call", details_call_text(making, call), NULL);
	if (call->note)
		details_add(making, DETAILS_ROW, "note", details_say(making, "%s", call->note),
		            NULL);
	add_error(making, call);
	if (call->ended && call->got_flags) {
		add_flags(&flags, call->got_flags);
		details_add(making, DETAILS_ROW, "got", details_keep(making, &flags), NULL);
	}
	add_times(making, call);
	add_socket(making, call);
	add_addresses(making, call);
	add_script(making, call);
}

static void add_marks(struct making *making, const struct call *call)
{
	const struct trace *trace = making->group->trace;
	size_t mark_count, counter_count;
	const struct trace_mark *marks = trace_marks_at(trace, call->serial, &mark_count);
	const struct trace_counter *counters =
		trace_counters_at(trace, call->serial, &counter_count);

	if (mark_count)
		details_add(making, DETAILS_HEADING, "SOCKETS THEN", NULL, NULL);
	for (size_t i = 0; i < mark_count; i++)
		details_add_socket(making, &marks[i].socket);
	details_add_counters(making, counters, counter_count, "COUNTERS THEN");
}

/* What the tick is of, in a sentence. */
static void add_sentence(struct making *making, const struct call *call)
{
	const char *name = call_name_text((enum call_name)call->name);
	const char *error = strerrordesc_np(call->error);

	if (!call->ended)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "%s() has not returned: the recording ends first.",
		                        name),
		            NULL);
	else if (call->error)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "%s() failed: %s.", name,
		                        error ? error : "an error without a name here"),
		            NULL);
	else if (call->note)
		details_add(making, DETAILS_TEXT, NULL, details_say(making, "%s", call->note),
		            NULL);
}

void details_of_tick(struct making *making)
{
	const struct timeline_tick *tick = &making->group->ticks[making->item.index];
	const struct call *call = details_call(making, tick->call);

	details_add_title(making, details_lane(making, tick->lane));
	add_sentence(making, call);
	/* A read that took nothing: a peek, an out-of-band byte, the end of the stream. */
	if (!call->payload_length && call->ended && !call->error && !call->result &&
	    call_is_read((enum call_name)call->name))
		details_add(making, DETAILS_TEXT, NULL, "It got no bytes: the stream had ended.",
		            NULL);
	if (making->wall_clock)
		details_add_times(making, "DAY");
	details_add_call(making, call);
	add_marks(making, call);
	if (call->payload && call->payload_length) {
		struct details_row *row;

		details_add(making, DETAILS_HEADING, "BYTES", "outside the stream's reads", NULL);
		row = details_add(making, DETAILS_BYTES, NULL, NULL, NULL);
		row->flow = row->direction = TIMELINE_NONE;
		row->to = call->payload_length;
		row->bytes = call->payload;
	}
}

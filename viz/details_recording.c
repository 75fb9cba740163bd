/* What there is to know of recordings as a whole: how they were made, and what they came to. */
#include <inttypes.h>
#include <netinet/tcp.h>
#include <string.h>

#include "capture/checks.h"
#include "capture/trace_counters.h"
#include "viz/counters.h"
#include "viz/details_rows.h"
#include "viz/moment.h"
#include "viz/summary.h"

static void add_known(struct making *making, const char *name, const char *text)
{
	if (text && *text)
		details_add(making, DETAILS_ROW, name, details_say(making, "%s", text), NULL);
}

/* A row a line. */
static void add_lines(struct making *making, const char *name, const char *text)
{
	while (text && *text) {
		size_t length = strcspn(text, "\n");

		if (length) {
			details_add(making, DETAILS_ROW, name,
			            details_say(making, "%.*s", (int)length, text), NULL);
			name = "";
		}
		text += length + !!text[length];
	}
}

static void add_words(struct making *making, const char *name, struct buffer *words)
{
	if (words->length)
		details_add(making, DETAILS_ROW, name, details_keep(making, words), NULL);
	buffer_finish(words);
}

/* "10 of 19 kept on the wire, 2 in reads". */
static void say_boundaries(struct buffer *out, const struct summary_counts *counts)
{
	const struct ledger_boundaries *wire = &counts->in_segments, *reads = &counts->in_reads;
	bool differ = counts->packets_seen && wire->kept != reads->kept;

	if (!reads->count) {
		summary_boundaries(out, counts);
		return;
	}
	buffer_format(out, "%" PRIu64 " of %" PRIu64 " kept", differ ? wire->kept : reads->kept,
	              reads->count);
	if (differ)
		buffer_format(out, " on the wire, %" PRIu64 " in reads", reads->kept);
	if (reads->open)
		buffer_format(out, ", %" PRIu64 " not read", reads->open);
}

/* What it came to: "20 writes → 2 segments → 2 reads". */
static void add_result(struct making *making)
{
	struct summary_counts counts = summary_count(making->group);
	struct timeline_deaths deaths = timeline_count_deaths(making->group);
	struct buffer words = { 0 };

	summary_ways(&words, &counts);
	add_words(making, "ways", &words);
	say_boundaries(&words, &counts);
	add_words(making, "boundaries", &words);
	summary_fate(&words, &counts.state);
	add_words(making, "bytes", &words);
	if (counts.retransmissions)
		details_add(making, DETAILS_ROW, "sent again",
		            details_say(making, "%zu packet%s", counts.retransmissions,
		                        counts.retransmissions == 1 ? "" : "s"),
		            NULL);
	if (deaths.count)
		details_add(making, DETAILS_ROW, "lost",
		            details_say(making, "%zu packet%s", deaths.count,
		                        deaths.count == 1 ? "" : "s"),
		            deaths.cause < LINK_EVENT_KIND_COUNT ? link_event_text(deaths.cause)
		                                                 : NULL);
	if (making->group->race_margin_ns >= 0)
		details_add(making, DETAILS_ROW, "race margin",
		            details_lasting(making, making->group->race_margin_ns), NULL);
	details_add(making, DETAILS_ROW, "ends", details_time(making, making->group->end_ns), NULL);
}

/* What it was made with. */
static void add_conditions(struct making *making)
{
	const struct trace_about *about = &making->group->trace->about;
	char text[MOMENT_TEXT];

	add_known(making, "scenario", about->path ? about->path : about->scenario);
	add_lines(making, "changed", about->overrides);
	add_known(making, "link", about->link);
	add_known(making, "kernel", about->kernel);
	add_known(making, "where", about->tier);
	add_lines(making, "options", about->options);
	/* With a blank, where it may be wrapped. */
	details_add(making, DETAILS_ROW, "begun",
	            details_say(making, "%.10s %s", moment_text(text, making->group->zero_ns),
	                        text + 11),
	            making->group->write_count ? "the first write" : NULL);
	if (about->run)
		details_add(making, DETAILS_ROW, "run", details_say(making, "%" PRIu64, about->run),
		            about->try > 1 ? details_say(making, "try %" PRIu64, about->try)
		                           : NULL);
}

/* What makes it less than whole. */
static void add_doubts(struct making *making)
{
	const struct trace *trace = making->group->trace;
	const struct ledger *ledger = making->group->ledger;

	if (!ledger->accounted)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "Not every byte is accounted for: %s",
		                        ledger->doubt ? ledger->doubt : "the recording has gaps"),
		            NULL);
	if (trace->warning)
		details_add(making, DETAILS_TEXT, NULL, details_say(making, "%s", trace->warning),
		            NULL);
	if (trace->about.time_limit_hit)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "The time limit of %s ended it.",
		                        details_lasting(making, trace->about.time_limit_ns)),
		            NULL);
	if (trace->about.clock_step_ns > CHECKS_CLOCK_STEP_NS)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "The clock was set by %s while it ran.",
		                        details_lasting(making, trace->about.clock_step_ns)),
		            NULL);
}

static void add_interfaces(struct making *making)
{
	const struct trace *trace = making->group->trace;

	for (size_t i = 0; i < trace->interface_count; i++) {
		const struct trace_interface *interface = &trace->interfaces[i];

		details_add(making, DETAILS_ROW, i ? "" : "captured on",
		            details_say(making, "%s", interface->name ? interface->name : "?"),
		            !interface->has_statistics
		                    ? NULL
		                    : details_say(making,
		                                  "%" PRIu64 " packets, %" PRIu64 " dropped",
		                                  interface->received, interface->dropped));
	}
}

void details_add_socket(struct making *making, const struct trace_socket *socket)
{
	const struct trace *trace = making->group->trace;
	struct buffer text = { 0 };
	char address[ADDRESS_TEXT];
	const char *owner = socket->endpoint < trace->endpoint_count
	                            ? trace->endpoints[socket->endpoint].name
	                            : NULL;

	if (socket->remote.family != ADDRESS_NONE)
		buffer_format(&text, "to %s", address_text(address, &socket->remote));
	else
		buffer_format(&text, "socket %u", socket->socket);
	if (socket->unread_bytes > 0)
		buffer_format(&text, ", unread %" PRId64 " B", socket->unread_bytes);
	/* A UNIX socket counts what its messages take in memory until they are read. */
	if (socket->unsent_bytes > 0)
		buffer_format(&text,
		              trace_transport_is_unix(trace->about.transport)
		                      ? ", %" PRId64 " B of memory for what is not read yet"
		                      : ", not acknowledged %" PRId64 " B",
		              socket->unsent_bytes);
	if (socket->drops > 0)
		buffer_format(&text, ", %" PRId64 " dropped", socket->drops);
	details_add(making, DETAILS_ROW, details_say(making, "%s", owner ? owner : "?"),
	            details_keep(making, &text), NULL);
	if (!trace_tcp_known(&socket->tcp))
		return;
	counters_tcp(&text, &socket->tcp);
	add_words(making, "", &text);
}

void details_add_counters(struct making *making, const struct trace_counter *counters, size_t count,
                          const char *heading)
{
	const char *host = NULL;

	for (size_t i = 0; i < count; i++) {
		struct buffer words = { 0 };
		bool first = !host || strcmp(counters[i].host, host) != 0;

		if (!counters_have_words(&counters[i]))
			continue;
		if (!host)
			details_add(making, DETAILS_HEADING, heading, NULL, NULL);
		host = counters[i].host;
		counters_words(&words, &counters[i]);
		details_add(making, DETAILS_ROW, first ? details_say(making, "%s", host) : "",
		            details_keep(making, &words), NULL);
	}
}

static void add_sockets(struct making *making)
{
	const struct trace *trace = making->group->trace;

	bool any = false;

	for (size_t i = 0; i < trace->socket_count; i++) {
		/* A listener has nothing to say. */
		if (trace->sockets[i].tcp_state == TCP_LISTEN)
			continue;
		if (!any)
			details_add(making, DETAILS_HEADING, "SOCKETS AT THE END", NULL, NULL);
		any = true;
		details_add_socket(making, &trace->sockets[i]);
	}
}

static void add_title(struct making *making)
{
	const struct trace_about *about = &making->group->trace->about;
	const char *name = about->scenario ? about->scenario : "";

	details_add(making, DETAILS_TITLE,
	            details_say(making, "%s",
	                        about->title && *about->title ? about->title
	                        : *name                       ? name
	                                                      : "A recording"),
	            details_say(making, "%s", name), NULL);
}

void details_of_recording(struct making *making)
{
	const struct timeline *timeline = making->timeline;

	for (uint32_t i = 0; i < timeline->group_count; i++) {
		const struct trace *trace = timeline->groups[i].trace;
		size_t count;

		making->group = &timeline->groups[i];
		making->item.group = i;
		if (!i)
			add_title(making);
		details_add(making, DETAILS_HEADING,
		            *making->group->name ? details_say(making, "%s", making->group->name)
		                                 : "RECORDING",
		            trace_transport_text(trace->about.transport), NULL);
		add_doubts(making);
		add_result(making);
		add_conditions(making);
		add_interfaces(making);
		add_sockets(making);
		const struct trace_counter *counters = trace_counters_at(trace, TRACE_END, &count);
		details_add_counters(making, counters, count, "WHAT THE KERNEL COUNTED");
	}
}

#include <inttypes.h>

#include "capture/join_parts.h"
#include "capture/journal.h"
#include "capture/quantity.h"

static int refuse_nothing(const struct join_match *match, struct err *err)
{
	const struct strace_log *log = match->log;
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT];

	if (match->begun_before)
		return err_input(err,
		                 "the log has only connections that were there before it began "
		                 "(%zu): start strace before they are made",
		                 match->begun_before);
	for (size_t i = 0; i < log->socket_count; i++)
		if (log->sockets[i].remote.family != ADDRESS_NONE)
			return err_input(err,
			                 "no connection of the log is in the capture, for example "
			                 "%s → %s: capture on the interface that carries it (lo "
			                 "within one machine), or on any, while strace runs",
			                 address_text(local, &log->sockets[i].local),
			                 address_text(remote, &log->sockets[i].remote));
	return err_input(err, "the log does not say which addresses its sockets have: run strace "
	                      "again with -yy, from before the connections are made");
}

static void describe_call(struct buffer *out, const struct join_match *match, uint32_t index)
{
	const struct call *call = match->log->calls + index;

	journal_describe_call(out, call, match->log->endpoints[call->endpoint].name);
}

static int refuse_contradiction(const struct join_match *match,
                                const struct join_bound *const conflict[2], struct err *err)
{
	struct buffer write = { 0 }, read = { 0 };
	char apart[QUANTITY_TEXT];

	describe_call(&write, match, conflict[0]->second);
	describe_call(&read, match, conflict[1]->second);
	err_input(
		err,
		"log and capture contradict each other by %s: what \"%s\" wrote left in packet "
		"%" PRIu32 ", and \"%s\" had what packet %" PRIu32
		" brought; with no offset between their clocks are both possible. Are they of the "
		"same run?",
		quantity_time(apart, conflict[1]->offset_ns - conflict[0]->offset_ns), write.bytes,
		trace_frame(match->packets, conflict[0]->first), read.bytes,
		trace_frame(match->packets, conflict[1]->first));
	buffer_finish(&write);
	buffer_finish(&read);
	return -1;
}

static int refuse_one_sided(const struct join_bound *const conflict[2], struct err *err)
{
	if (!conflict[0] && !conflict[1])
		return err_input(
			err, "no call of the log has its packets in the capture: the clocks "
			     "cannot be compared. Begin both before the connection is made, and "
			     "trace read and write too (-e trace=%%network,read,write,…)");
	return err_input(err,
	                 "the log has only calls that %s, so the clocks cannot be compared: trace "
	                 "network, read and write (-e trace=%%network,read,write,readv,writev,…)",
	                 conflict[0] ? "send" : "receive");
}

int join_calls(struct trace *out, const struct strace_log *log, const struct trace *packets,
               struct join_clock *clock, struct join_counts *counts, struct err *err)
{
	struct join_match match;
	struct join_bounds bounds = { 0 };
	const struct join_bound *conflict[2];
	bool any = false;
	int result = -1;

	join_match_begin(&match, log, packets);
	for (size_t i = 0; i < log->socket_count; i++)
		any |= match.places[i].flow != LEDGER_NONE;
	if (!any) {
		refuse_nothing(&match, err);
		goto out;
	}
	join_gather(&match, &bounds);
	switch (join_solve(&bounds, true, clock, conflict)) {
	case JOIN_FITS: result = join_make(out, &match, &bounds, clock, counts, err); break;
	case JOIN_ONE_SIDED: refuse_one_sided(conflict, err); break;
	case JOIN_CONTRADICTS: refuse_contradiction(&match, conflict, err); break;
	}
out:
	join_bounds_finish(&bounds);
	join_match_finish(&match);
	return result;
}

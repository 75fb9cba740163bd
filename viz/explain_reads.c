/* What readers got, what they never got, and the calls that did not go as asked. */
#include <inttypes.h>
#include <string.h>

#include "capture/trace_counters.h"
#include "viz/counters.h"
#include "viz/explain_parts.h"

static const struct call *call_of(const struct telling *telling, uint32_t call)
{
	return &telling->ledger->trace->calls[call];
}

static struct explain_item *tell_read(struct telling *telling, enum explain_kind kind,
                                      const struct way *way, const struct ledger_read *read)
{
	const struct call *call = call_of(telling, read->call);
	struct explain_item *item;

	begin_sentence(telling, 0);
	item = tell(telling, kind, way, call->end_ns - telling->explain->zero_ns);
	item->from = read->from;
	item->to = read->from + read->length;
	return item;
}

/* ---- reads that joined, cut, or cut off ---- */

/* Whether it got writes from their first byte to their last. */
static bool is_whole(const struct way *way, const struct ledger_read *read)
{
	const struct ledger_write *writes = way->direction->writes;
	uint64_t end = read->from + read->length;
	uint32_t first, last;

	return writes_of(way->direction, read->from, end, &first, &last) &&
	       writes[first].from == read->from && writes[last].to == end;
}

static void tell_join(struct telling *telling, const struct way *way,
                      const struct ledger_read *read, uint64_t lost, uint64_t kept)
{
	uint64_t end = read->from + read->length;

	say(telling, "One read of ");
	say_receiver(telling, way);
	say(telling, " got ");
	say_range(telling, way, read->from, end);
	if (is_whole(way, read))
		say(telling, ", %" PRIu32 " B", read->length);
	if (!way->packets)
		say(telling, lost == 1 ? "; the boundary between them is lost"
		                       : "; the boundaries between them are lost");
	else if (!kept)
		say(telling, ", joined as they had come");
	else if (kept == 1)
		say(telling, "; %s boundary that the wire had kept is lost here",
		    lost == 1 ? "the" : "a");
	else
		say(telling, "; %" PRIu64 " boundaries that the wire had kept are lost here", kept);
	say(telling, ".");
	tell_read(telling, EXPLAIN_JOIN, way, read);
}

static void tell_cut(struct telling *telling, const struct way *way, const struct ledger_read *read,
                     uint32_t write)
{
	const struct ledger_write *cut = &way->direction->writes[write];
	int64_t asked = call_of(telling, read->call)->asked;
	uint64_t end = read->from + read->length;

	say(telling, "A read of ");
	say_receiver(telling, way);
	if (asked == (int64_t)read->length)
		say(telling, " asked for %" PRIi64 " B and got them", asked);
	else
		say(telling, " asked for %" PRIi64 " B and got %" PRIu32, asked, read->length);
	say(telling, ": it ended inside write ");
	say_names(telling, way, write, write);
	say(telling, ", %" PRIu64 " of whose %" PRIu64 " B were left for the next.", cut->to - end,
	    cut->to - cut->from);
	tell_read(telling, EXPLAIN_CUT, way, read);
}

static void tell_truncation(struct telling *telling, const struct way *way,
                            const struct ledger_read *read)
{
	uint32_t first, last;

	say(telling, "A read of ");
	say_receiver(telling, way);
	say(telling, " had room for %" PRIi64 " B, and the datagram",
	    call_of(telling, read->call)->asked);
	if (writes_of(way->direction, read->from, read->from + read->length, &first, &last)) {
		say(telling, " of ");
		say_writes(telling, way, first, last);
	}
	say(telling, " had %" PRIu64 ": its last ", (uint64_t)read->length + read->truncated);
	say_bytes(telling, read->truncated);
	say(telling, " are lost.");
	tell_read(telling, EXPLAIN_TRUNCATION, way, read);
}

void explain_reads(struct telling *telling, const struct way *way)
{
	const struct ledger_direction *direction = way->direction;

	for (size_t i = 0; i < direction->read_count; i++) {
		const struct ledger_read *read = &direction->reads[i];
		uint64_t end = read->from + read->length, kept, lost;
		uint32_t write;

		if (!call_of(telling, read->call)->ended)
			continue;
		if (read->truncated)
			tell_truncation(telling, way, read);
		if (!read->length)
			continue;
		lost = boundaries_in(direction, read->from, end, &kept);
		if (lost)
			tell_join(telling, way, read, lost, kept);
		write = ledger_write_at(direction, end - 1);
		if (!way->messages && write != LEDGER_NONE && direction->writes[write].to > end)
			tell_cut(telling, way, read, write);
	}
}

/* ---- calls ---- */

static void tell_tick(struct telling *telling, const struct timeline_tick *tick)
{
	const struct trace *trace = telling->ledger->trace;
	const struct call *call = &trace->calls[tick->call];
	const char *error = call->error ? strerrorname_np(call->error) : NULL;
	int64_t waited_ns = timeline_waited_ns(telling->group, tick->begin_ns);
	struct explain_item *item;

	say(telling, "%s's %s",
	    call->endpoint < trace->endpoint_count ? trace->endpoints[call->endpoint].name : "?",
	    call_name_text(call->name));
	if (tick->pending) {
		say(telling, " never returned");
		if (waited_ns) {
			say(telling, ": it had waited for ");
			say_time(telling, waited_ns);
			say(telling, " when the time limit ended the run");
		}
	} else if (error) {
		say(telling, " failed with %s", error);
	} else {
		say(telling, " failed with error %d", call->error);
	}
	say(telling, ".");
	item = tell(telling, EXPLAIN_CALL, NULL, tick->at_ns);
	item->took_ns = tick->pending ? waited_ns : 0;
}

void explain_calls(struct telling *telling)
{
	for (size_t i = 0; i < telling->group->tick_count; i++)
		if (telling->group->ticks[i].failed || telling->group->ticks[i].pending)
			tell_tick(telling, &telling->group->ticks[i]);
}

/* ---- what no read got ---- */

static void tell_fate(struct telling *telling, const struct way *way, uint64_t bytes,
                      const char *format)
{
	if (!bytes)
		return;
	say_bytes(telling, bytes);
	say(telling, " from ");
	say_sender(telling, way);
	say(telling, " to ");
	say_receiver(telling, way);
	say(telling, " %s %s.", bytes == 1 ? "was" : "were", format);
	tell(telling, EXPLAIN_FATE, way, 0)->total = true;
}

static void tell_lost(struct telling *telling, const struct way *way, enum lost_cause cause)
{
	struct buffer words = { 0 };

	buffer_format(&words, "lost: %s", lost_cause_text(cause));
	tell_fate(telling, way, way->direction->state.lost[cause], words.bytes);
	buffer_finish(&words);
}

void explain_fates(struct telling *telling, const struct way *way)
{
	const struct ledger_state *state = &way->direction->state;

	tell_fate(telling, way, state->unsent,
	          "written and never left: the sender's kernel still had them at the end");
	tell_fate(telling, way, state->in_flight,
	          "still under way at the end: neither an ACK nor a read shows that they came");
	tell_fate(telling, way, state->queued,
	          "never read: they had come, and waited in the receive buffer at the end");
	tell_fate(telling, way, state->out_of_band, "sent out of band, beside the stream of reads");
	tell_fate(telling, way, state->unknown, "not accounted for");
	/* What reads cut off has its own sentences. */
	for (int cause = LOST_TRUNCATED + 1; cause < LOST_CAUSE_COUNT; cause++)
		tell_lost(telling, way, (enum lost_cause)cause);
}

/* ---- what the kernel counted ---- */

/* All that matters of one host; the counters of a host stand side by side. */
static void tell_host(struct telling *telling, const struct trace_counter *counters, size_t count)
{
	bool only = !strcmp(counters->host, "lo");
	size_t told = 0, matter = 0;

	for (size_t i = 0; i < count; i++)
		matter += counters_matter(&counters[i]);
	if (!matter)
		return;
	say(telling, "The kernel%s%s counted ", only ? "" : " of ", only ? "" : counters->host);
	for (size_t i = 0; i < count; i++) {
		if (!counters_matter(&counters[i]))
			continue;
		say(telling, "%s", !told ? "" : told + 1 == matter ? " and " : ", ");
		counters_words(&telling->line, &counters[i]);
		told++;
	}
	say(telling, ".");
	tell(telling, EXPLAIN_COUNTER, NULL, 0)->total = true;
}

void explain_counters(struct telling *telling)
{
	size_t count, first = 0;
	const struct trace_counter *counters =
		trace_counters_at(telling->ledger->trace, TRACE_END, &count);

	for (size_t i = 1; i <= count; i++) {
		if (i < count && !strcmp(counters[i].host, counters[first].host))
			continue;
		tell_host(telling, counters + first, i - first);
		first = i;
	}
}

#include "viz/json_counter.h"

#include <string.h>

#include "capture/trace_counters.h"
#include "viz/json_call.h"
#include "viz/moment.h"

static void write_known(struct json_writer *writer, const char *key, int64_t value)
{
	if (value >= 0)
		json_number(writer, key, value);
}

void json_write_tcp(struct json_writer *writer, const struct trace_tcp *tcp)
{
	if (!trace_tcp_known(tcp))
		return;
	json_object_row(writer, "tcp");
	write_known(writer, "rtt_us", tcp->rtt_us);
	write_known(writer, "rttvar_us", tcp->rttvar_us);
	write_known(writer, "min_rtt_us", tcp->min_rtt_us);
	write_known(writer, "rto_us", tcp->rto_us);
	write_known(writer, "ato_us", tcp->ato_us);
	write_known(writer, "cwnd", tcp->cwnd);
	write_known(writer, "ssthresh", tcp->ssthresh);
	write_known(writer, "mss", tcp->mss);
	write_known(writer, "pmtu", tcp->pmtu);
	write_known(writer, "retransmits", tcp->retransmits);
	write_known(writer, "lost", tcp->lost);
	write_known(writer, "reordering", tcp->reordering);
	write_known(writer, "bytes_retransmitted", tcp->bytes_retransmitted);
	write_known(writer, "dsack_duplicates", tcp->dsack_duplicates);
	write_known(writer, "busy_us", tcp->busy_us);
	write_known(writer, "rwnd_limited_us", tcp->rwnd_limited_us);
	write_known(writer, "sndbuf_limited_us", tcp->sndbuf_limited_us);
	json_end(writer);
}

/* {"client": {"TcpExtDelayedACKs": 3}}: names are plain words, journal_counter.h. */
static void write_hosts(struct json_writer *writer, const struct trace_counter *counters,
                        size_t count)
{
	if (!count)
		return;
	json_object(writer, "counters");
	for (size_t i = 0; i < count; i++) {
		bool first = !i || strcmp(counters[i].host, counters[i - 1].host) != 0;

		if (first && i)
			json_end(writer);
		if (first)
			json_object(writer, counters[i].host);
		json_number(writer, counters[i].name, counters[i].rose);
	}
	json_end(writer);
	json_end(writer);
}

void json_write_counters(struct json_writer *writer, const struct trace *trace)
{
	size_t count;
	const struct trace_counter *counters = trace_counters_at(trace, TRACE_END, &count);

	write_hosts(writer, counters, count);
}

static bool is_mark(const struct trace *trace, const struct call *call)
{
	size_t sockets = 0, counters = 0;

	if (call->name == CALL_NOTE) {
		trace_marks_at(trace, call->serial, &sockets);
		trace_counters_at(trace, call->serial, &counters);
	}
	return sockets || counters;
}

static void write_mark(struct json_writer *writer, const struct trace *trace,
                       const struct call *note, int64_t zero_ns)
{
	size_t socket_count, counter_count;
	const struct trace_mark *marks = trace_marks_at(trace, note->serial, &socket_count);
	const struct trace_counter *counters =
		trace_counters_at(trace, note->serial, &counter_count);

	json_object_row(writer, NULL);
	json_count(writer, "call", note->serial);
	json_text(writer, "endpoint", trace->endpoints[note->endpoint].name);
	json_number(writer, "at_ns", moment_since(zero_ns, note->begin_ns));
	json_text(writer, "note", note->note);
	json_array(writer, "sockets");
	for (size_t i = 0; i < socket_count; i++)
		json_write_socket(writer, trace, &marks[i].socket, zero_ns);
	json_end(writer);
	write_hosts(writer, counters, counter_count);
	json_end(writer);
}

void json_write_marks(struct json_writer *writer, const struct trace *trace, int64_t zero_ns)
{
	bool begun = false;

	for (size_t i = 0; i < trace->call_count; i++) {
		if (!is_mark(trace, &trace->calls[i]))
			continue;
		if (!begun)
			json_array(writer, "marks");
		begun = true;
		write_mark(writer, trace, &trace->calls[i], zero_ns);
	}
	if (begun)
		json_end(writer);
}

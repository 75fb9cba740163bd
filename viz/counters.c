#include "viz/counters.h"

#include <string.h>

#include "capture/quantity.h"
#include "capture/trace_counters.h"
#include "viz/cells.h"

#define NAME_WIDTH     13 /* as the rows of the rounds and of the table */
#define GAP            3
/* Hosts that may stand behind each other; where they are more, each has a line. */
#define HOSTS_TOGETHER 2

/*
 * Names of net/ipv4/proc.c, in the order in which they are told; what each counts is in
 * include/uapi/linux/snmp.h and where the kernel adds to it. What is not here is counted for every
 * segment (TcpExtTCPHPHits, IpInReceives, …) or seen elsewhere in the picture.
 */
static const struct phrase {
	const char *name, *one, *many;
	bool matters;
} phrases[] = {
	/* An ACK that the timer sent, after nothing else had carried it: tcp_delack_timer(). */
	{ "TcpExtDelayedACKs", "delayed ACK", "delayed ACKs", true },
	{ "TcpExtDelayedACKLocked", "delayed ACK put off by a call",
	  "delayed ACKs put off by a call", true },
	{ "TcpExtDelayedACKLost", "ACK sent again for a repeated segment",
	  "ACKs sent again for repeated segments", true },
	{ "TcpExtTCPAckCompressed", "ACK left out", "ACKs left out", true },
	{ "TcpExtTCPAutoCorking", "write autocorked", "writes autocorked", true },
	{ "TcpRetransSegs", "segment retransmitted", "segments retransmitted", true },
	{ "TcpExtTCPSynRetrans", "SYN retransmitted", "SYNs retransmitted", true },
	{ "TcpExtTCPLossProbes", "tail loss probe", "tail loss probes", true },
	{ "TcpExtTCPLossProbeRecovery", "loss repaired by a probe", "losses repaired by probes",
	  true },
	{ "TcpExtTCPTimeouts", "retransmission timeout", "retransmission timeouts", true },
	{ "TcpExtTCPSpuriousRTOs", "spurious retransmission timeout",
	  "spurious retransmission timeouts", true },
	{ "TcpExtTCPFastRetrans", "fast retransmission", "fast retransmissions", true },
	{ "TcpExtTCPSlowStartRetrans", "retransmission in slow start",
	  "retransmissions in slow start", false },
	{ "TcpExtTCPLostRetransmit", "retransmission lost too", "retransmissions lost too", true },
	{ "TcpExtTCPRetransFail", "retransmission that could not be sent",
	  "retransmissions that could not be sent", true },
	{ "TcpExtTCPRenoRecovery", "recovery by duplicate ACKs", "recoveries by duplicate ACKs",
	  false },
	{ "TcpExtTCPSackRecovery", "recovery by selective ACKs", "recoveries by selective ACKs",
	  false },
	{ "TcpExtTCPFullUndo", "reaction to a loss undone", "reactions to a loss undone", true },
	{ "TcpExtTCPPartialUndo", "reaction to a loss undone in part",
	  "reactions to a loss undone in part", true },
	{ "TcpExtTCPDSACKUndo", "reaction undone by a duplicate's ACK",
	  "reactions undone by duplicates' ACKs", true },
	{ "TcpExtTCPLossUndo", "timeout's reaction undone", "timeouts' reactions undone", true },
	{ "TcpExtTCPDSACKRecv", "duplicate reported by the peer", "duplicates reported by the peer",
	  true },
	{ "TcpExtTCPDSACKOfoRecv", "early duplicate reported by the peer",
	  "early duplicates reported by the peer", true },
	{ "TcpExtTCPDSACKOldSent", "duplicate received", "duplicates received", true },
	{ "TcpExtTCPDSACKOfoSent", "early duplicate received", "early duplicates received", true },
	{ "TcpExtTCPSACKReorder", "reordering seen by selective ACKs",
	  "reorderings seen by selective ACKs", true },
	{ "TcpExtTCPRenoReorder", "reordering seen by duplicate ACKs",
	  "reorderings seen by duplicate ACKs", true },
	{ "TcpExtTCPTSReorder", "reordering seen by timestamps", "reorderings seen by timestamps",
	  true },
	{ "TcpExtTCPOFOQueue", "segment received out of order", "segments received out of order",
	  true },
	{ "TcpExtTCPOFODrop", "segment out of order dropped", "segments out of order dropped",
	  true },
	{ "TcpExtTCPRcvCoalesce", "received segment joined in the queue",
	  "received segments joined in the queue", true },
	{ "TcpExtTCPBacklogCoalesce", "received segment joined in the backlog",
	  "received segments joined in the backlog", true },
	{ "TcpExtTCPRcvCollapsed", "received segment collapsed to save memory",
	  "received segments collapsed to save memory", true },
	{ "TcpExtPruneCalled", "time the receive queue was pruned",
	  "times the receive queue was pruned", true },
	{ "TcpExtTCPBacklogDrop", "segment dropped at a full backlog",
	  "segments dropped at a full backlog", true },
	{ "TcpExtTCPRcvQDrop", "segment dropped at a full receive queue",
	  "segments dropped at a full receive queue", true },
	{ "TcpExtTCPZeroWindowDrop", "segment dropped at a closed window",
	  "segments dropped at a closed window", true },
	{ "TcpExtTCPToZeroWindowAdv", "window closed", "windows closed", true },
	{ "TcpExtTCPFromZeroWindowAdv", "window opened again", "windows opened again", false },
	{ "TcpExtTCPWantZeroWindowAdv", "window that was to close", "windows that were to close",
	  false },
	{ "TcpExtTCPWinProbe", "window probe", "window probes", true },
	{ "TcpExtTCPKeepAlive", "keep-alive", "keep-alives", false },
	{ "TcpExtTCPAbortOnData", "connection aborted with data", "connections aborted with data",
	  false },
	{ "TcpExtTCPAbortOnClose", "connection aborted for unread bytes",
	  "connections aborted for unread bytes", false },
	{ "TcpExtTCPAbortOnTimeout", "connection aborted at a timeout",
	  "connections aborted at a timeout", true },
	{ "TcpExtListenOverflows", "connection too many for the backlog",
	  "connections too many for the backlog", true },
	{ "TcpExtListenDrops", "SYN dropped by a listener", "SYNs dropped by listeners", true },
	{ "TcpInCsumErrors", "segment with a wrong checksum", "segments with a wrong checksum",
	  true },
	{ "TcpEstabResets", "connection reset", "connections reset", false },
	{ "TcpOutRsts", "RST sent", "RSTs sent", false },
	{ "TcpAttemptFails", "connection not made", "connections not made", false },
	{ "TcpActiveOpens", "connect", "connects", false },
	{ "TcpPassiveOpens", "connection accepted", "connections accepted", false },
	{ "TcpInSegs", "segment received", "segments received", false },
	{ "TcpOutSegs", "segment sent", "segments sent", false },
	{ "UdpInDatagrams", "datagram received", "datagrams received", false },
	{ "UdpOutDatagrams", "datagram sent", "datagrams sent", false },
	{ "UdpRcvbufErrors", "datagram dropped at a full receive buffer",
	  "datagrams dropped at a full receive buffer", true },
	{ "UdpSndbufErrors", "datagram dropped at a full send buffer",
	  "datagrams dropped at a full send buffer", true },
	{ "UdpInCsumErrors", "datagram with a wrong checksum", "datagrams with a wrong checksum",
	  true },
	{ "UdpNoPorts", "datagram for nobody", "datagrams for nobody", true },
	{ "IpFragCreates", "IP fragment made", "IP fragments made", true },
	{ "IpReasmOKs", "datagram put together from fragments",
	  "datagrams put together from fragments", false },
	{ "IpReasmFails", "datagram whose fragments did not all come",
	  "datagrams whose fragments did not all come", true },
};
#define PHRASES (sizeof(phrases) / sizeof(*phrases))

static const struct phrase *find_phrase(const struct trace_counter *counter)
{
	for (size_t i = 0; i < PHRASES; i++) {
		if (!strcmp(phrases[i].name, counter->name))
			return &phrases[i];
	}
	return NULL;
}

bool counters_have_words(const struct trace_counter *counter)
{
	return find_phrase(counter) != NULL;
}

bool counters_matter(const struct trace_counter *counter)
{
	const struct phrase *phrase = find_phrase(counter);

	return phrase && phrase->matters;
}

static void say(struct buffer *out, const struct phrase *phrase, int64_t rose)
{
	buffer_format(out, "%lld %s", (long long)rose, rose == 1 ? phrase->one : phrase->many);
}

void counters_words(struct buffer *out, const struct trace_counter *counter)
{
	const struct phrase *phrase = find_phrase(counter);

	if (phrase)
		say(out, phrase, counter->rose);
	else
		buffer_format(out, "%s %lld", counter->name, (long long)counter->rose);
}

static void add_time(struct buffer *out, size_t begun, const char *name, int64_t us)
{
	char text[QUANTITY_TEXT];

	if (us >= 0)
		buffer_format(out, "%s%s %s", out->length > begun ? ", " : "", name,
		              quantity_time(text, us > INT64_MAX / 1000 ? INT64_MAX : us * 1000));
}

static void add_count(struct buffer *out, size_t begun, const char *before, int64_t count,
                      const char *behind)
{
	if (count >= 0)
		buffer_format(out, "%s%s%lld%s", out->length > begun ? ", " : "", before,
		              (long long)count, behind);
}

void counters_tcp(struct buffer *out, const struct trace_tcp *tcp)
{
	size_t begun = out->length;

	add_time(out, begun, "rtt", tcp->rtt_us);
	add_time(out, begun, "at least", tcp->min_rtt_us);
	add_time(out, begun, "rto", tcp->rto_us);
	add_count(out, begun, "cwnd ", tcp->cwnd, "");
	add_count(out, begun, "ssthresh ", tcp->ssthresh, "");
	add_count(out, begun, "mss ", tcp->mss, "");
	if (tcp->retransmits)
		add_count(out, begun, "", tcp->retransmits, " retransmitted");
	if (tcp->lost)
		add_count(out, begun, "", tcp->lost, " thought lost");
	if (tcp->dsack_duplicates)
		add_count(out, begun, "", tcp->dsack_duplicates, " sent in vain");
	if (tcp->rwnd_limited_us)
		add_time(out, begun, "the peer's window full for", tcp->rwnd_limited_us);
	if (tcp->sndbuf_limited_us)
		add_time(out, begun, "the send buffer full for", tcp->sndbuf_limited_us);
}

static const char one_host[] = "lo";

/* What matters of a host at the end, in the order of phrases; returns how many. */
static size_t choose(const struct trace_counter *counters, size_t count, const char *host,
                     const struct trace_counter *chosen[PHRASES])
{
	size_t found = 0;

	for (size_t p = 0; p < PHRASES; p++) {
		for (size_t i = 0; phrases[p].matters && i < count; i++) {
			if (!strcmp(counters[i].name, phrases[p].name) &&
			    !strcmp(counters[i].host, host))
				chosen[found++] = &counters[i];
		}
	}
	return found;
}

/* Lines of parts that go on under their begin. */
struct line {
	struct buffer *out;
	const struct text_options *options;
	int indent, column;
};

static void next_line(struct line *line)
{
	buffer_char(line->out, '\n');
	buffer_fill(line->out, ' ', (size_t)line->indent);
	line->column = line->indent;
}

static void add_part(struct line *line, const char *part, const char *between, int gap)
{
	int width = (int)cells_width(part, strlen(part));
	int before = (int)strlen(between);

	if (line->column > line->indent) {
		buffer_text(line->out, between);
		line->column += before;
		if (line->column + gap + width + 1 > line->options->width) {
			next_line(line);
		} else {
			buffer_fill(line->out, ' ', (size_t)gap);
			line->column += gap;
		}
	}
	cells_print_text(line->out, part, line->options->ascii);
	line->column += width;
}

/* The host that comes after this one in order of name, NULL to begin with. */
static const char *next_host(const struct trace_counter *counters, size_t count, const char *host)
{
	for (size_t i = 0; i < count; i++) {
		if (!host || strcmp(counters[i].host, host) > 0)
			return counters[i].host;
	}
	return NULL;
}

/* Of which anything is told. */
static size_t count_hosts(const struct trace_counter *counters, size_t count)
{
	const struct trace_counter *chosen[PHRASES];
	const char *host = NULL;
	size_t hosts = 0;

	while ((host = next_host(counters, count, host)))
		hosts += choose(counters, count, host, chosen) > 0;
	return hosts;
}

static void add_hosts(struct line *line, const struct trace *trace)
{
	size_t count;
	const struct trace_counter *counters = trace_counters_at(trace, TRACE_END, &count);
	bool apart = count_hosts(counters, count) > HOSTS_TOGETHER;
	const char *host = NULL;

	while ((host = next_host(counters, count, host))) {
		const struct trace_counter *chosen[PHRASES];
		size_t found = choose(counters, count, host, chosen);

		if (apart && found && line->column > line->indent)
			next_line(line);
		for (size_t i = 0; i < found; i++) {
			struct buffer part = { 0 };

			if (!i && strcmp(host, one_host) != 0)
				buffer_format(&part, "%s: ", host);
			counters_words(&part, chosen[i]);
			add_part(line, part.bytes, i ? "," : "", i ? 1 : 3);
			buffer_finish(&part);
		}
	}
}

static bool has_any(const struct trace *trace)
{
	size_t count;
	const struct trace_counter *counters = trace_counters_at(trace, TRACE_END, &count);

	for (size_t i = 0; i < count; i++) {
		if (counters_matter(&counters[i]))
			return true;
	}
	return false;
}

/* "        stall   " */
static void add_name(struct buffer *out, const char *name, const struct text_options *options)
{
	struct label label = { .count = 0 };

	label_foreign(&label, name, NAME_WIDTH);
	buffer_fill(out, ' ', (size_t)(NAME_WIDTH - label.width));
	for (int i = 0; i < label.count; i++)
		cells_print_text(out, label.glyphs[i].bytes, options->ascii);
	buffer_fill(out, ' ', GAP);
}

void counters_summary(struct buffer *out, const struct timeline *timeline,
                      const struct text_options *options)
{
	static const char title[] = "   kernel counters";
	bool any = false, several = timeline->group_count > 1;

	for (size_t i = 0; i < timeline->group_count; i++)
		any = any || has_any(timeline->groups[i].trace);
	if (!any)
		return;
	buffer_format(out, "\n%s%s", title, several ? "\n" : "   ");
	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct timeline_group *group = &timeline->groups[i];
		int indent = (several ? NAME_WIDTH : (int)sizeof(title) - 1) + GAP;
		struct line line = { out, options, indent, indent };

		if (!has_any(group->trace))
			continue;
		if (several)
			add_name(out, group->name, options);
		add_hosts(&line, group->trace);
		buffer_char(out, '\n');
	}
}

#include "picture_fixture.h"

#include <stdlib.h>

#include "capture/ledger_held.h"
#include "capture/mem.h"

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#include <stb/stb_image.h>

#define MSS    1448
#define WINDOW 10
#define START  INT64_C(1767225600000000000)

/* One recording while it is made. */
struct maker {
	const struct picture_case *what;
	struct trace *trace;
	struct ledger_direction *out;
	uint64_t written, sent;
	size_t flight; /* segments not yet acknowledged; they come back in order */
	size_t acked;
	size_t packet_capacity, call_capacity;
	uint32_t messages; /* serial of the next write over all directions */
};

static uint32_t add_packet(struct maker *maker, int64_t at_ns)
{
	struct trace *trace = maker->trace;

	trace->packets = mem_grow(trace->packets, &maker->packet_capacity, trace->packet_count,
	                          sizeof(*trace->packets));
	trace->packets[trace->packet_count] = (struct packet){ .time_ns = at_ns };
	return (uint32_t)trace->packet_count++;
}

static uint32_t add_call(struct maker *maker, enum call_name name, uint16_t endpoint,
                         int64_t begin_ns, int64_t end_ns, int64_t result)
{
	struct trace *trace = maker->trace;

	trace->calls = mem_grow(trace->calls, &maker->call_capacity, trace->call_count,
	                        sizeof(*trace->calls));
	trace->calls[trace->call_count] = (struct call){
		.serial = (uint32_t)trace->call_count,
		.endpoint = endpoint,
		.name = (uint8_t)name,
		.ended = true,
		.begin_ns = begin_ns,
		.end_ns = end_ns,
		.result = result,
		.message = call_is_write(name) ? (uint32_t)maker->out->write_count : UINT32_MAX,
	};
	return (uint32_t)trace->call_count++;
}

static void add_segment(struct maker *maker, uint64_t length, int64_t now_ns)
{
	struct ledger_direction *out = maker->out;
	uint32_t packet = add_packet(maker, now_ns);
	uint32_t arrival =
		maker->what->delay_ns ? add_packet(maker, now_ns + maker->what->delay_ns) : packet;

	out->data_count++;
	ledger_set_arrival(out,
	                   ledger_add_segment(out,
	                                      &(struct ledger_segment){ .from = maker->sent,
	                                                                .length = (uint32_t)length,
	                                                                .packet = packet }),
	                   arrival);
	maker->sent += length;
	maker->flight++;
}

static void send_what_may(struct maker *maker, int64_t now_ns)
{
	enum picture_sender sender = maker->what->sender;
	size_t most = sender == PICTURE_NAGLE ? 1 : sender == PICTURE_NODELAY ? WINDOW : SIZE_MAX;

	while (maker->sent < maker->written && maker->flight < most) {
		uint64_t length = maker->written - maker->sent;

		add_segment(maker, length < MSS || sender == PICTURE_UDP ? length : MSS, now_ns);
	}
}

static int64_t next_ack_ns(const struct maker *maker)
{
	const struct ledger_segment *segment;

	if (maker->what->sender >= PICTURE_UDP || maker->acked == maker->out->segment_count)
		return INT64_MAX;
	segment = &maker->out->segments[maker->acked];
	return maker->trace->packets[segment->packet].time_ns + 2 * maker->what->delay_ns + 15000;
}

static void take_ack(struct maker *maker, int64_t now_ns)
{
	struct ledger_direction *out = maker->out;
	const struct ledger_segment *segment = &out->segments[maker->acked++];

	ledger_add_ack(out,
	               &(struct ledger_ack){ segment->from + segment->length,
	                                     add_packet(maker, now_ns) },
	               LEDGER_NONE);
	out->ack_packets++;
	maker->flight--;
	send_what_may(maker, now_ns + 8000);
}

static void add_write(struct maker *maker, int64_t now_ns)
{
	struct ledger_direction *out = maker->out;
	uint32_t call = add_call(maker, CALL_SEND, 0, now_ns, now_ns + 6000, maker->what->size);

	out->writes =
		mem_grow(out->writes, &out->write_capacity, out->write_count, sizeof(*out->writes));
	out->writes[out->write_count++] =
		(struct ledger_write){ maker->written, maker->written + maker->what->size, call };
	maker->written += maker->what->size;
	send_what_may(maker, now_ns + 4000);
}

static int64_t arrival_ns(const struct maker *maker, size_t segment)
{
	const struct ledger_direction *out = maker->out;

	return maker->trace->packets[ledger_arrival(out, &out->segments[segment])].time_ns;
}

static void add_read(struct maker *maker, uint64_t from, uint64_t to, size_t segment, int64_t at_ns)
{
	struct ledger_direction *out = maker->out;
	bool message = maker->what->sender == PICTURE_UDP;

	out->reads =
		mem_grow(out->reads, &out->read_capacity, out->read_count, sizeof(*out->reads));
	out->reads[out->read_count++] = (struct ledger_read){
		.from = from,
		.length = (uint32_t)(to - from),
		.call = add_call(maker, CALL_RECV, 1, at_ns - 5000, at_ns, (int64_t)(to - from)),
		.segment = message ? (uint32_t)segment : LEDGER_NONE,
	};
	out->last_read_ns = at_ns;
}

static void add_reads(struct maker *maker)
{
	const struct ledger_direction *out = maker->out;

	for (size_t i = 0, end; i < out->segment_count; i = end) {
		int64_t at_ns = arrival_ns(maker, i) + 40000;

		end = i + 1;
		while (maker->what->merge_reads && end < out->segment_count &&
		       arrival_ns(maker, end) < at_ns)
			end++;
		add_read(maker, out->segments[i].from,
		         out->segments[end - 1].from + out->segments[end - 1].length, i, at_ns);
	}
}

static void count_boundaries(struct ledger_direction *out)
{
	size_t segment = 0, read = 0;

	for (size_t i = 0; i + 1 < out->write_count; i++) {
		uint64_t at = out->writes[i].to;

		while (segment < out->segment_count &&
		       out->segments[segment].from + out->segments[segment].length < at)
			segment++;
		while (read < out->read_count &&
		       out->reads[read].from + out->reads[read].length < at)
			read++;
		out->in_segments.count++;
		out->in_reads.count++;
		if (segment < out->segment_count &&
		    out->segments[segment].from + out->segments[segment].length == at)
			out->in_segments.kept++;
		if (read < out->read_count && out->reads[read].from + out->reads[read].length == at)
			out->in_reads.kept++;
	}
	out->in_segments.lost = out->in_segments.count - out->in_segments.kept;
	out->in_reads.lost = out->in_reads.count - out->in_reads.kept;
}

/* What the recording says of itself. */
static void describe(struct trace *trace, const struct picture_case *what)
{
	trace->about.scenario = mem_text("nagle");
	trace->about.title = mem_text("Small writes, and what becomes of them");
	trace->about.variant = mem_text(what->variant);
	trace->about.kernel = mem_text("6.18.44");
	trace->about.tier = mem_text("user namespace");
	trace->about.link = mem_text(what->delay_ns ? "wire, 10 ms each way, MTU 1500"
	                                            : "loopback, MTU 1500, offload off");
	trace->endpoints = mem_alloc(2, sizeof(*trace->endpoints));
	trace->endpoint_count = 2;
	trace->endpoints[0].name = mem_text("client");
	trace->endpoints[1] = (struct trace_endpoint){ mem_text("server"), true };
}

static void make(struct trace *trace, struct ledger *ledger, const struct picture_case *what)
{
	static const enum trace_transport transports[] = {
		[PICTURE_NAGLE] = TRANSPORT_TCP,
		[PICTURE_NODELAY] = TRANSPORT_TCP,
		[PICTURE_UDP] = TRANSPORT_UDP,
		[PICTURE_UNIX] = TRANSPORT_UNIX_SEQPACKET,
	};
	struct maker maker = { .what = what, .trace = trace };

	describe(trace, what);
	trace->complete = true;
	ledger->trace = trace;
	ledger->flows = mem_alloc(1, sizeof(*ledger->flows));
	ledger->flow_count = 1;
	ledger->flows[0].transport = transports[what->sender];
	ledger->flows[0].directions[0] =
		(struct ledger_direction){ .from_endpoint = 0, .to_endpoint = 1 };
	ledger->flows[0].directions[1] =
		(struct ledger_direction){ .from_endpoint = 1, .to_endpoint = 0 };
	for (int i = 0; i < 2; i++) {
		maker.out = &ledger->flows[0].directions[i];
		maker.out->syn_packet = maker.out->fin_packet = maker.out->rst_packet = LEDGER_NONE;
	}
	maker.out = &ledger->flows[0].directions[0];
	for (size_t i = 0; i < what->writes; i++) {
		int64_t now_ns = START + (int64_t)i * what->gap_ns;

		while (next_ack_ns(&maker) <= now_ns)
			take_ack(&maker, next_ack_ns(&maker));
		add_write(&maker, now_ns);
	}
	while (next_ack_ns(&maker) != INT64_MAX)
		take_ack(&maker, next_ack_ns(&maker));
	maker.out->bytes = maker.written;
	maker.out->state.read = maker.written;
	add_reads(&maker);
	count_boundaries(maker.out);
	ledger->accounted = true;
}

void picture_fixture_build(struct picture_fixture *fixture, const struct picture_case *cases,
                           size_t count)
{
	const struct ledger **lent = mem_alloc(count, sizeof(*lent));

	*fixture = (struct picture_fixture){ .traces = mem_alloc(count, sizeof(struct trace)),
		                             .ledgers = mem_alloc(count, sizeof(struct ledger)),
		                             .count = count };
	for (size_t i = 0; i < count; i++) {
		make(&fixture->traces[i], &fixture->ledgers[i], &cases[i]);
		lent[i] = &fixture->ledgers[i];
	}
	timeline_build(&fixture->timeline, lent, count);
	/* Two taps: an acknowledgement left the other end a delay before it arrived. */
	for (size_t i = 0; i < count; i++) {
		timeline_unfold_group(&fixture->timeline.groups[i]);
		for (size_t a = 0; a < fixture->timeline.groups[i].ack_count; a++)
			fixture->timeline.groups[i].acks[a].sent_ns -= cases[i].delay_ns;
	}
	free(lent);
}

/* One write, its segment after delay_ns, its arrival after way_ns, its read. */
static void say(struct maker *maker, struct ledger_direction *out, uint32_t size, int64_t at_ns,
                int64_t delay_ns, int64_t way_ns)
{
	uint64_t from = out->bytes;
	uint32_t packet, arrival;

	maker->out = out;
	out->writes =
		mem_grow(out->writes, &out->write_capacity, out->write_count, sizeof(*out->writes));
	out->writes[out->write_count] =
		(struct ledger_write){ from, from + size,
		                       add_call(maker, CALL_SEND, out->from_endpoint, START + at_ns,
		                                START + at_ns + 9000, size) };
	maker->trace->calls[out->writes[out->write_count].call].message = maker->messages++;
	out->write_count++;
	packet = add_packet(maker, START + at_ns + delay_ns);
	arrival = way_ns < 0 ? LEDGER_NONE : add_packet(maker, START + at_ns + delay_ns + way_ns);
	out->data_count++;
	ledger_set_arrival(out,
	                   ledger_add_segment(out, &(struct ledger_segment){ .from = from,
	                                                                     .length = size,
	                                                                     .packet = packet }),
	                   arrival);
	out->bytes += size;
	if (arrival == LEDGER_NONE)
		return;
	out->reads =
		mem_grow(out->reads, &out->read_capacity, out->read_count, sizeof(*out->reads));
	out->reads[out->read_count++] = (struct ledger_read){
		.from = from,
		.length = size,
		.truncated = size > 60 ? 36 : 0,
		.call = add_call(maker, CALL_RECV, out->to_endpoint, START + at_ns,
		                 START + at_ns + delay_ns + way_ns + 60000, size),
		.segment = LEDGER_NONE,
	};
	out->last_read_ns = START + at_ns + delay_ns + way_ns + 60000;
}

static void add_odd_calls(struct maker *maker)
{
	struct trace *trace = maker->trace;
	uint32_t call = add_call(maker, CALL_CONNECT, 0, START - 3000000, START - 2990000, -1);

	trace->calls[call].error = 111;
	call = add_call(maker, CALL_NOTE, 1, START + 22000000, START + 22000000, 0);
	trace->calls[call].note = "der zweite Client redet dazwischen";
	call = add_call(maker, CALL_RECV, 0, START + 61000000, CALL_PENDING, 0);
	trace->calls[call].ended = false;
	add_call(maker, CALL_SLEEP, 0, START + 30000000, START + 31000000, 0);
	call = add_call(maker, CALL_SEND, 2, START + 72000000, START + 72010000, -1);
	trace->calls[call].error = 32;
}

void picture_fixture_odd(struct picture_fixture *fixture)
{
	struct trace *trace = mem_alloc(1, sizeof(*trace));
	struct ledger *ledger = mem_alloc(1, sizeof(*ledger));
	const struct ledger *lent = ledger;
	struct maker maker = { .trace = trace };
	struct ledger_direction *first, *second;

	*fixture = (struct picture_fixture){ .traces = trace, .ledgers = ledger, .count = 1 };
	describe(trace, &(struct picture_case){ .variant = "zwei\x1b[31m Clients \xff 再見",
	                                        .delay_ns = 1 });
	free(trace->endpoints[1].name);
	free(trace->endpoints[0].name);
	free(trace->endpoints);
	trace->endpoints = mem_alloc(3, sizeof(*trace->endpoints));
	trace->endpoint_count = 3;
	trace->endpoints[0].name = mem_text("client");
	trace->endpoints[1].name = mem_text("ein-recht-langer-name");
	trace->endpoints[2] = (struct trace_endpoint){ mem_text("server"), true };
	trace->complete = true;
	ledger->trace = trace;
	ledger->accounted = true;
	ledger->flows = mem_alloc(2, sizeof(*ledger->flows));
	ledger->flow_count = 2;
	for (uint16_t i = 0; i < 4; i++) {
		struct ledger_direction *out = &ledger->flows[i / 2].directions[i % 2];

		out->from_endpoint = i % 2 ? 2 : i / 2;
		out->to_endpoint = i % 2 ? i / 2 : 2;
		out->syn_packet = out->fin_packet = out->rst_packet = LEDGER_NONE;
	}
	first = ledger->flows[0].directions;
	second = ledger->flows[1].directions;
	say(&maker, &first[0], 10, 0, 20000, 9000000);
	say(&maker, &second[0], 64, 1000000, 20000, 9000000);
	say(&maker, &first[1], 30, 10000000, 20000, 9000000);
	say(&maker, &first[0], 10, 20000000, 15000000, 9000000);
	say(&maker, &first[0], 40, 40000000, 20000, -1);
	say(&maker, &second[0], 20, 45000000, 20000, 9000000);
	say(&maker, &second[1], 20, 55000000, 20000, 9000000);
	first[0].segments[2].kind = SEGMENT_DATA;
	first[1].fin_packet = add_packet(&maker, START + 75000000);
	second[1].rst_packet = add_packet(&maker, START + 78000000);
	add_odd_calls(&maker);
	timeline_build(&fixture->timeline, &lent, 1);
}

static void finish_trace(struct trace *trace)
{
	free(trace->about.scenario);
	free(trace->about.title);
	free(trace->about.variant);
	free(trace->about.kernel);
	free(trace->about.tier);
	free(trace->about.link);
	for (size_t i = 0; i < trace->endpoint_count; i++)
		free(trace->endpoints[i].name);
	free(trace->endpoints);
	free(trace->packets);
	free(trace->calls);
}

void picture_fixture_finish(struct picture_fixture *fixture)
{
	timeline_finish(&fixture->timeline);
	for (size_t i = 0; i < fixture->count; i++) {
		for (size_t d = 0; d < fixture->ledgers[i].flow_count * 2; d++) {
			struct ledger_direction *out =
				&fixture->ledgers[i].flows[d / 2].directions[d % 2];

			ledger_finish_direction(out);
		}
		free(fixture->ledgers[i].flows);
		finish_trace(&fixture->traces[i]);
	}
	free(fixture->traces);
	free(fixture->ledgers);
}

void picture_fixture_three(struct picture_fixture *fixture, size_t writes, int64_t gap_ns,
                           int64_t delay_ns)
{
	const struct picture_case cases[] = {
		{ "nagle", PICTURE_NAGLE, writes, 10, gap_ns, delay_ns, false },
		{ "nodelay", PICTURE_NODELAY, writes, 10, gap_ns, delay_ns, true },
		{ "udp", PICTURE_UDP, writes, 10, gap_ns, delay_ns, false },
	};

	picture_fixture_build(fixture, cases, 3);
}

uint8_t *picture_fixture_load(const char *path, int *width, int *height)
{
	int channels;

	return stbi_load(path, width, height, &channels, 3);
}

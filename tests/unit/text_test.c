/* The pictures in characters: each case draws a run told by hand and compares it with a file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "capture/mem.h"
#include "capture/packet.h"
#include "golden_fixture.h"
#include "losses_fixture.h"
#include "viz/cells.h"
#include "viz/names.h"
#include "viz/summary.h"
#include "viz/text.h"

#define NAGLE_TITLE "20 writes of 10 B, back to back"

enum {
	CLIENT,
	SERVER,
};

struct stories {
	struct story list[4];
	size_t count;
};

static struct story *tell(struct stories *stories, const char *variant,
                          enum trace_transport transport)
{
	struct story *story = &stories->list[stories->count++];

	story_begin(story, variant, transport);
	return story;
}

static void expect_lines_within(const struct buffer *out, int width, bool ascii, unsigned run)
{
	for (size_t at = 0; at < out->length;) {
		size_t length = strcspn(out->bytes + at, "\n");

		if (cells_width(out->bytes + at, length) > width)
			fail_msg("run %u: wider than %d: %.*s", run, width, (int)length,
			         out->bytes + at);
		for (size_t i = 0; ascii && i < length; i++)
			if (out->bytes[at + i] & 0x80)
				fail_msg("run %u: not ASCII: %.*s", run, (int)length,
				         out->bytes + at);
		at += length + 1;
	}
}

/* Draws, compares, frees. */
static void compare(struct stories *stories, const char *name, const struct text_options *options,
                    const struct summary_closing *closing,
                    void (*adjust)(struct timeline *timeline))
{
	struct story *pointers[4];
	struct timeline timeline;
	struct buffer out = { 0 };

	for (size_t i = 0; i < stories->count; i++)
		pointers[i] = &stories->list[i];
	story_timeline(&timeline, pointers, stories->count);
	if (adjust)
		adjust(&timeline);
	text_render(&out, &timeline, options);
	if (closing) {
		buffer_char(&out, '\n');
		summary_closing(&out, closing, options);
	}
	golden_compare(name, out.bytes);
	if (!options->colour)
		expect_lines_within(&out, text_options_checked(options).width, options->ascii, 0);
	buffer_finish(&out);
	timeline_finish(&timeline);
	for (size_t i = 0; i < stories->count; i++)
		story_finish(&stories->list[i]);
	stories->count = 0;
}

static void writes(struct story *story, int count, double from_us, double gap_us, uint32_t bytes)
{
	for (int i = 0; i < count; i++)
		story_write(story, 0, 0, from_us + i * gap_us, bytes);
}

/* The wire of 10 ms each way: 20 writes within 70 µs. */
static void tell_wire(struct stories *stories)
{
	struct story *nagle = tell(stories, "nagle", TRANSPORT_TCP);
	story_about(nagle, "nagle", NAGLE_TITLE, "wire, 10 ms each way");
	writes(nagle, 20, 0, 3.5, 10);
	story_segment(nagle, 0, 0, 1, 10060, 10);
	story_ack(nagle, 0, 0, 10070, 20080, 10);
	story_segment(nagle, 0, 0, 20090, 30150, 190);
	story_ack(nagle, 0, 0, 30160, 40170, 200);
	story_read(nagle, 0, 0, 10100, 10);
	story_read(nagle, 0, 0, 30290, 190);

	struct story *nodelay = tell(stories, "nodelay", TRANSPORT_TCP);
	story_about(nodelay, "nagle", NAGLE_TITLE, "wire, 10 ms each way");
	writes(nodelay, 20, 0, 25, 10);
	for (int i = 0; i < 10; i++)
		story_segment(nodelay, 0, 0, i * 25 + 1, 10060 + i * 45, 10);
	story_ack(nodelay, 0, 0, 10070, 20080, 10);
	story_segment(nodelay, 0, 0, 20090, 30150, 100);
	story_read(nodelay, 0, 0, 10100, 10);
	story_read(nodelay, 0, 0, 10520, 90);
	story_read(nodelay, 0, 0, 30250, 100);

	struct story *udp = tell(stories, "udp", TRANSPORT_UDP);
	story_about(udp, "nagle", NAGLE_TITLE, "wire, 10 ms each way");
	writes(udp, 20, 0, 16, 10);
	for (unsigned i = 0; i < 20; i++)
		story_segment(udp, 0, 0, i * 16 + 1, 10070 + i * 16, 10);
	for (unsigned i = 0; i < 20; i++)
		story_read_datagram(udp, 0, 0, 10110 + i * 35, i);
}

static void give_reasons(struct timeline *timeline)
{
	timeline_explain(&timeline->groups[0], 0, "nagle", "for the ack of A");
	timeline_explain(&timeline->groups[1], 0, "cwnd", "with 10 in flight");
	timeline->groups[0].race_margin_ns = 19800000;
	timeline->groups[1].race_margin_ns = 19800000;
}

static const char *const wire_files[] = { "nagle.nagle.pcapng", "nagle.nodelay.pcapng",
	                                  "nagle.udp.pcapng" };
static const struct summary_closing wire_closing = {
	.repeatable = "yes. No ack came closer than 19.8 ms to a write whose fate it decided",
	.files = wire_files,
	.file_count = 3,
	.next = "seam view nagle.*.pcapng",
	.next_about = "step through all three, side by side",
};

static void wire_with_reasons(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	tell_wire(&stories);
	compare(&stories, "wire", &(struct text_options){ 0 }, &wire_closing, give_reasons);
}

static void wire_without_reasons_in_ascii(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	tell_wire(&stories);
	compare(&stories, "wire-ascii", &(struct text_options){ .ascii = true }, &wire_closing,
	        NULL);
}

static void wire_in_sixty_columns(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	tell_wire(&stories);
	compare(&stories, "wire-60", &(struct text_options){ .width = 40 }, &wire_closing,
	        give_reasons);
}

static void wire_in_two_hundred_columns(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	tell_wire(&stories);
	compare(&stories, "wire-200", &(struct text_options){ .width = 200 }, &wire_closing, NULL);
}

static void wire_in_colour_with_all_acks(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	tell_wire(&stories);
	compare(&stories, "wire-colour", &(struct text_options){ .colour = true, .all_acks = true },
	        NULL, NULL);
}

static void loopback(void **state)
{
	static const double at_us[] = { 0,   245, 280, 380, 405, 430, 440, 475, 495, 505,
		                        515, 525, 535, 545, 555, 565, 575, 590, 600, 610 };
	static const double nodelay_us[] = { 0,   120, 150, 165, 200, 230, 245, 285, 300, 310,
		                             325, 335, 350, 360, 375, 385, 400, 435, 445, 460 };
	static const uint32_t sizes[] = { 10, 30, 10, 10, 20, 20, 10, 20, 10, 10, 10, 20, 20 };
	struct stories stories = { 0 };

	(void)state;
	struct story *nagle = tell(&stories, "nagle", TRANSPORT_TCP);
	story_about(nagle, "nagle", NAGLE_TITLE, "loopback");
	for (int i = 0; i < 20; i++)
		story_write(nagle, 0, 0, at_us[i], 10);
	for (int i = 0; i < 17; i++) {
		story_segment(nagle, 0, 0, at_us[i] + 1, at_us[i] + 1, 10);
		story_ack(nagle, 0, 0, at_us[i] + 3, at_us[i] + 3, (uint64_t)i * 10 + 10);
	}
	story_segment(nagle, 0, 0, 915, 915, 30);
	story_read(nagle, 0, 0, 105, 10);
	story_read(nagle, 0, 0, 1005, 160);
	story_read(nagle, 0, 0, 1072, 30);

	struct story *nodelay = tell(&stories, "nodelay", TRANSPORT_TCP);
	story_about(nodelay, "nagle", NAGLE_TITLE, "loopback");
	for (int i = 0; i < 20; i++)
		story_write(nodelay, 0, 0, nodelay_us[i], 10);
	for (int i = 0; i < 20; i++)
		story_segment(nodelay, 0, 0, nodelay_us[i] + 1, nodelay_us[i] + 1, 10);
	for (int i = 0; i < 13; i++)
		story_read(nodelay, 0, 0, i ? 205 + i * 30 : 105, sizes[i]);

	struct story *udp = tell(&stories, "udp", TRANSPORT_UDP);
	story_about(udp, "nagle", NAGLE_TITLE, "loopback");
	for (unsigned i = 0; i < 20; i++)
		story_write(udp, 0, 0, i ? 70 + i * 12 : 0, 10);
	for (unsigned i = 0; i < 20; i++)
		story_segment(udp, 0, 0, i ? 71 + i * 12 : 1, i ? 71 + i * 12 : 1, 10);
	for (unsigned i = 0; i < 20; i++)
		story_read_datagram(udp, 0, 0, i ? 115 + i * 18 : 55, i);
	compare(&stories, "loopback", &(struct text_options){ 0 },
	        &(struct summary_closing){
			.repeatable = "no, a race. An ack came within 4.7 µs of a write: the next "
				      "run may differ, and so may its reads. Count it: --repeat "
				      "20. Settle it: --set link.delay=10ms",
		},
	        NULL);
}

/* A request in two writes and its answer; the acknowledgement of the first is late from 2 on. */
static void exchange(struct story *story, uint32_t turn, double at_us, double delay_us, bool held)
{
	uint64_t before = turn * 104;
	double second_us = held ? at_us + 20150 + delay_us : at_us + 4;

	story->turn = turn;
	story_write(story, 0, 0, at_us, 4);
	story_write(story, 0, 0, at_us + 3, 100);
	story->turn = 0; /* the server's own loop is not the client's */
	story_segment(story, 0, 0, at_us + 1, at_us + 10060, 4);
	story_read(story, 0, 0, at_us + 10100, 4);
	if (held) {
		story_ack(story, 0, 0, at_us + 10070 + delay_us, at_us + 20140 + delay_us,
		          before + 4);
	}
	story_segment(story, 0, 0, second_us, second_us + 10060, 100);
	story_read(story, 0, 0, second_us + 10100, 100);
	story_write(story, 0, 1, second_us + 10110, 200);
	story_segment(story, 0, 1, second_us + 10112, second_us + 20170, 200);
	story_read(story, 0, 1, second_us + 20200, 200);
}

static void stall_in_rounds(void **state)
{
	static const double delays_us[] = { 0, 42300, 43100, 43400, 43300 };
	struct stories stories = { 0 };
	double at_us = 0;

	(void)state;
	struct story *stall = tell(&stories, "stall", TRANSPORT_TCP);
	story_about(stall, "write-write-read", "a request in two writes, an answer, five times",
	            "wire, 10 ms each way");
	for (uint32_t i = 0; i < 5; i++) {
		exchange(stall, i, at_us, delays_us[i], true);
		at_us += 40600 + delays_us[i];
	}
	struct story *nodelay = tell(&stories, "nodelay", TRANSPORT_TCP);
	story_about(nodelay, "write-write-read", "a request in two writes, an answer, five times",
	            "wire, 10 ms each way");
	for (uint32_t i = 0; i < 5; i++)
		exchange(nodelay, i, i * 20600.0, 0, false);
	compare(&stories, "stall", &(struct text_options){ 0 }, NULL, NULL);
}

static void three_writes(void **state)
{
	static const uint32_t sizes[] = { 4, 100, 3000 };
	static const char title[] = "three writes of 4, 100 and 3000 B, 1 ms apart";
	struct stories stories = { 0 };

	(void)state;
	struct story *nagle = tell(&stories, "nagle", TRANSPORT_TCP);
	story_about(nagle, "three", title, "wire, 10 ms each way");
	for (int i = 0; i < 3; i++)
		story_write(nagle, 0, 0, i * 1000, sizes[i]);
	story_segment(nagle, 0, 0, 1, 10050, 4);
	story_segment(nagle, 0, 0, 2001, 12050, 1448);
	story_segment(nagle, 0, 0, 2002, 12060, 1448);
	story_ack(nagle, 0, 0, 10060, 20080, 4);
	story_segment(nagle, 0, 0, 20090, 30060, 204);
	story_read(nagle, 0, 0, 10070, 4);
	story_read(nagle, 0, 0, 12090, 2896);
	story_read(nagle, 0, 0, 30100, 204);

	struct story *nodelay = tell(&stories, "nodelay", TRANSPORT_TCP);
	story_about(nodelay, "three", title, "wire, 10 ms each way");
	for (int i = 0; i < 3; i++)
		story_write(nodelay, 0, 0, i * 1000, sizes[i]);
	story_segment(nodelay, 0, 0, 1, 10050, 4);
	story_segment(nodelay, 0, 0, 1001, 11050, 100);
	story_segment(nodelay, 0, 0, 2001, 12050, 1448);
	story_segment(nodelay, 0, 0, 2002, 12060, 1448);
	story_segment(nodelay, 0, 0, 2003, 12070, 104);
	story_read(nodelay, 0, 0, 10070, 4);
	story_read(nodelay, 0, 0, 11090, 100);
	story_read(nodelay, 0, 0, 12100, 3000);
	compare(&stories, "three", &(struct text_options){ 0 }, NULL, NULL);
}

static void forty_writes(void **state)
{
	static const char title[] = "forty writes of 10 B, 1 ms apart";
	struct stories stories = { 0 };

	(void)state;
	struct story *nagle = tell(&stories, "nagle", TRANSPORT_TCP);
	story_about(nagle, "forty", title, "wire, 10 ms each way");
	writes(nagle, 40, 0, 1000, 10);
	story_segment(nagle, 0, 0, 1, 10050, 10);
	story_ack(nagle, 0, 0, 10060, 20060, 10);
	story_segment(nagle, 0, 0, 20070, 30070, 200);
	story_ack(nagle, 0, 0, 30080, 40080, 210);
	story_segment(nagle, 0, 0, 40090, 50090, 190);
	story_read(nagle, 0, 0, 10090, 10);
	story_read(nagle, 0, 0, 30110, 200);
	story_read(nagle, 0, 0, 50200, 190);

	struct story *nodelay = tell(&stories, "nodelay", TRANSPORT_TCP);
	story_about(nodelay, "forty", title, "wire, 10 ms each way");
	writes(nodelay, 40, 0, 1000, 10);
	for (int i = 0; i < 10; i++)
		story_segment(nodelay, 0, 0, i * 1000 + 1, i * 1000 + 10050, 10);
	story_ack(nodelay, 0, 0, 10060, 20060, 10);
	story_segment(nodelay, 0, 0, 20070, 30070, 110);
	for (int i = 21; i < 40; i++)
		story_segment(nodelay, 0, 0, i * 1000 + 1, i * 1000 + 10050, 10);
	for (int i = 0; i < 10; i++)
		story_read(nodelay, 0, 0, i * 1000 + 10090, 10);
	story_read(nodelay, 0, 0, 30110, 110);
	for (int i = 21; i < 40; i++)
		story_read(nodelay, 0, 0, i * 1000 + 10090, 10);
	compare(&stories, "forty", &(struct text_options){ 0 }, NULL, NULL);
}

static void four_hundred_writes(void **state)
{
	static const char title[] = "four hundred writes of 10 B, 0.5 ms apart";
	struct stories stories = { 0 };

	(void)state;
	struct story *nagle = tell(&stories, "nagle", TRANSPORT_TCP);
	story_about(nagle, "four-hundred", title, "wire, 10 ms each way");
	writes(nagle, 400, 0, 500, 10);
	story_segment(nagle, 0, 0, 1, 10050, 10);
	story_read(nagle, 0, 0, 10090, 10);
	for (int i = 1; i <= 10; i++) {
		uint32_t size = i == 9 ? 410 : i == 10 ? 380 : 400;

		story_ack(nagle, 0, 0, i * 20080 - 10010, i * 20080, 10);
		story_segment(nagle, 0, 0, i * 20080 + 10, i * 20080 + 10060, size);
		story_read(nagle, 0, 0, i * 20080 + 10100, size);
	}
	struct story *nodelay = tell(&stories, "nodelay", TRANSPORT_TCP);
	story_about(nodelay, "four-hundred", title, "wire, 10 ms each way");
	writes(nodelay, 400, 0, 500, 10);
	for (int i = 0; i < 370; i++) {
		int write = i < 10 ? i : i + 30;
		uint32_t size = i == 10 ? 310 : 10;

		story_segment(nodelay, 0, 0, write * 500 + 1, write * 500 + 10050, size);
		story_read(nodelay, 0, 0, write * 500 + 10090, size);
	}
	compare(&stories, "four-hundred", &(struct text_options){ 0 }, NULL, NULL);
}

static void losses_and_retransmissions(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *tcp = tell(&stories, "tcp", TRANSPORT_TCP);
	story_about(tcp, "loss", "three writes, the second lost", "wire, 10 ms each way, loss");
	writes(tcp, 3, 0, 10000, 500);
	story_segment(tcp, 0, 0, 1, 10050, 500);
	story_loss(tcp, 0, 0, 10001, 500);
	story_segment(tcp, 0, 0, 20001, 30050, 500);
	story_again(tcp, 0, 0, 45000, 55050, 1);
	story_read(tcp, 0, 0, 10090, 500);
	story_read(tcp, 0, 0, 55090, 1000);
	struct story *udp = tell(&stories, "udp", TRANSPORT_UDP);
	story_about(udp, "loss", "three writes, the second lost", "wire, 10 ms each way, loss");
	writes(udp, 3, 0, 10000, 500);
	story_segment(udp, 0, 0, 1, 10050, 500);
	story_loss(udp, 0, 0, 10001, 500);
	story_segment(udp, 0, 0, 20001, 30050, 500);
	story_read_datagram(udp, 0, 0, 10090, 0);
	story_read_datagram(udp, 0, 0, 30090, 2);
	compare(&stories, "loss", &(struct text_options){ 0 }, NULL, NULL);
}

static void crosses_where_packets_died(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	losses_loss(&stories.list[stories.count++]);
	losses_queue(&stories.list[stories.count++]);
	losses_odd(&stories.list[stories.count++]);
	compare(&stories, "wire-losses", &(struct text_options){ 0 }, NULL, NULL);
}

static void crosses_in_ascii(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	losses_loss(&stories.list[stories.count++]);
	losses_queue(&stories.list[stories.count++]);
	losses_odd(&stories.list[stories.count++]);
	compare(&stories, "wire-losses-ascii",
	        &(struct text_options){ .width = 80, .ascii = true, .all_acks = true }, NULL, NULL);
}

static void one_in_twenty_lost(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	losses_many(&stories.list[stories.count++], 40);
	compare(&stories, "loss-forty", &(struct text_options){ 0 }, NULL, NULL);
	losses_many(&stories.list[stories.count++], 400);
	compare(&stories, "loss-four-hundred", &(struct text_options){ 0 }, NULL, NULL);
}

static void both_directions(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *story = tell(&stories, "", TRANSPORT_TCP);
	story_about(story, "shell-tcp", "two commands and what they print", "loopback");
	for (int i = 0; i < 2; i++) {
		double at_us = i * 5000;
		story_write(story, 0, 0, at_us, 6);
		story_segment(story, 0, 0, at_us + 1, at_us + 1, 6);
		story_read(story, 0, 0, at_us + 40, 6);
		for (int line = 0; line < 3; line++) {
			double then_us = at_us + 900 + line * 300;
			story_write(story, 0, 1, then_us, 80);
			story_segment(story, 0, 1, then_us + 1, then_us + 1, 80);
			story_read(story, 0, 1, then_us + 40, 80);
		}
	}
	compare(&stories, "both-directions", &(struct text_options){ 0 }, NULL, NULL);
}

static void chat_of_four(void **state)
{
	static const char *const names[] = { "ann", "bob", "cleo" };
	struct stories stories = { 0 };

	(void)state;
	struct story *story = tell(&stories, "", TRANSPORT_UDP);
	story_about(story, "chat-udp", "four clients and a server", "loopback");
	for (int i = 0; i < 3; i++)
		story_flow(story, story_endpoint(story, names[i], false), SERVER);
	for (uint32_t from = 0; from < 4; from++) {
		double at_us = from * 2000;

		story_write(story, from, 0, at_us, 12);
		story_segment(story, from, 0, at_us + 1, at_us + 1, 12);
		story_read_datagram(story, from, 0, at_us + 30, 0);
		for (uint32_t to = 0; to <= from; to++) {
			size_t sent = story->ledger.flows[to].directions[1].segment_count;

			story_write(story, to, 1, at_us + 60 + to * 15, 20);
			story_segment(story, to, 1, at_us + 61 + to * 15, at_us + 61 + to * 15, 20);
			story_read_datagram(story, to, 1, at_us + 110 + to * 15, (uint32_t)sent);
		}
	}
	compare(&stories, "chat", &(struct text_options){ 0 }, NULL, NULL);
}

static void refused_connection(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *story = tell(&stories, "late", TRANSPORT_TCP);
	story_about(story, "hello-tcp", "nobody listens", "loopback");
	story->ledger.flows[0].refused = true;
	story_call(story, CLIENT, CALL_CONNECT, 0, ECONNREFUSED);
	compare(&stories, "refused", &(struct text_options){ 0 }, NULL, NULL);
}

static void failed_and_pending_calls_and_notes(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *story = tell(&stories, "pending", TRANSPORT_TCP);
	story_about(story, "slow-reader", "a reader that stops reading", "loopback");
	story->note = "the first byte";
	writes(story, 3, 0, 500, 4000);
	for (int i = 0; i < 6; i++)
		story_call(story, CLIENT, CALL_SEND, 1500 + i * 10, EAGAIN);
	for (int i = 0; i < 3; i++)
		story_segment(story, 0, 0, i * 500 + 1, i * 500 + 1, 4000);
	story_read(story, 0, 0, 700, 4096);
	story->note = "from here on it\x1b[31m sleeps";
	story_call(story, SERVER, CALL_SLEEP, 720, 0);
	story_call(story, SERVER, CALL_RECV, 1900, -1);
	compare(&stories, "pending", &(struct text_options){ 0 }, NULL, NULL);
}

static void links_that_differ_stand_under_their_headings(void **state)
{
	static const char *const links[] = {
		"wire, 10 ms each way",
		"wire, 10 ms each way, 1 Mbit/s, queue 12 packets, 2% lost, 1% doubled",
	};
	struct stories stories = { 0 };
	struct story *pointers[2];
	struct timeline timeline;
	struct buffer out = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		pointers[i] = tell(&stories, i ? "slow" : "fast", TRANSPORT_TCP);
		story_about(pointers[i], "links", "one write", links[i]);
		writes(pointers[i], 1, 0, 0, 100);
	}
	story_timeline(&timeline, pointers, 2);
	text_render(&out, &timeline, &(struct text_options){ .width = 60 });
	assert_memory_equal(out.bytes, "links · one write\n", strlen("links · one write\n"));
	assert_non_null(strstr(out.bytes, "\n   wire, 10 ms each way\n   "));
	assert_non_null(strstr(out.bytes,
	                       "\n   wire, 10 ms each way, 1 Mbit/s, queue 12 packets, 2%\n"
	                       "   lost, 1% doubled\n"));
	buffer_finish(&out);
	timeline_finish(&timeline);
	for (int i = 0; i < 2; i++)
		story_finish(pointers[i]);
}

/* One variant waits to the time limit: what led to it is seen as well as without. */
static void a_wait_to_the_time_limit(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *blocked = tell(&stories, "blocked", TRANSPORT_TCP);
	story_about(blocked, "slow-reader", "a reader that stops reading", "loopback");
	writes(blocked, 2, 0, 300, 4000);
	for (int i = 0; i < 2; i++)
		story_segment(blocked, 0, 0, i * 300 + 1, i * 300 + 1, 4000);
	story_read(blocked, 0, 0, 400, 4000);
	story_call(blocked, SERVER, CALL_RECV, 500, -1);
	blocked->trace.calls[1].ended = false;
	blocked->trace.calls[1].end_ns = CALL_PENDING;
	blocked->trace.calls[1].asked = 9000;
	blocked->trace.about.t0_ns = blocked->trace.calls[0].begin_ns;
	blocked->trace.about.time_limit_ns = 30000000000;
	blocked->trace.about.time_limit_hit = true;
	struct story *well = tell(&stories, "well", TRANSPORT_TCP);
	story_about(well, "slow-reader", "a reader that stops reading", "loopback");
	writes(well, 2, 0, 300, 4000);
	for (int i = 0; i < 2; i++)
		story_segment(well, 0, 0, i * 300 + 1, i * 300 + 1, 4000);
	story_read(well, 0, 0, 700, 8000);
	compare(&stories, "time-limit", &(struct text_options){ 0 }, NULL, NULL);
}

/* The letters leave no column for a cut, and the segments are too many for letters. */
static void segments_cut_everywhere_are_boxes(void **state)
{
	struct story story, *pointer = &story;
	struct timeline timeline;
	struct buffer out = { 0 };

	(void)state;
	story_begin(&story, "cut", TRANSPORT_TCP);
	writes(&story, 20, 0, 10, 2500);
	for (int i = 0; i < 33; i++)
		story_segment(&story, 0, 0, 1 + i * 6, 2 + i * 6, i < 32 ? 1515 : 1520);
	for (int i = 0; i < 14; i++)
		story_read(&story, 0, 0, 10 + i * 20, i < 13 ? 3571 : 3577);
	story_timeline(&timeline, &pointer, 1);
	text_render(&out, &timeline, &(struct text_options){ .width = 100 });
	assert_non_null(strstr(out.bytes, " 33 of 1515–1520 B ┆"));
	buffer_finish(&out);
	timeline_finish(&timeline);
	story_finish(&story);
}

/* Writes of one size, so many that a round offset falls where there is no column for it. */
static void an_offset_without_a_column_has_no_label(void **state)
{
	(void)state;
	for (int count = 20; count <= NAMES_LETTERS; count++) {
		for (int width = TEXT_WIDTH_MIN; width <= 130; width++) {
			struct story story, *pointer = &story;
			struct timeline timeline;
			struct buffer out = { 0 };

			story_begin(&story, "", TRANSPORT_TCP);
			writes(&story, count, 0, 10, 803);
			story_timeline(&timeline, &pointer, 1);
			text_render(&out, &timeline, &(struct text_options){ .width = width });
			assert_non_null(strstr(out.bytes, "\n        bytes 0"));
			buffer_finish(&out);
			timeline_finish(&timeline);
			story_finish(&story);
		}
	}
}

static void one_large_write(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *story = tell(&stories, "mtu-1500", TRANSPORT_TCP);
	story_about(story, "large-write", "one write of 4000 B", "loopback, MTU 1500, offload off");
	writes(story, 1, 0, 0, 4000);
	story_segment(story, 0, 0, 3, 3, 1448);
	story_segment(story, 0, 0, 4, 4, 1448);
	story_segment(story, 0, 0, 5, 5, 1104);
	story_read(story, 0, 0, 30, 2896);
	story_read(story, 0, 0, 45, 1104);
	struct story *large = tell(&stories, "large", TRANSPORT_TCP);
	story_about(large, "large-write", "one write of 4000 B", "loopback, MTU 1500, offload off");
	writes(large, 1, 0, 0, 1448 * 200);
	for (int i = 0; i < 200; i++)
		story_segment(large, 0, 0, 3 + i * 0.2, 3 + i * 0.2, 1448);
	story_read(large, 0, 0, 30, 1448 * 90);
	story_read(large, 0, 0, 50, 1448 * 110);
	compare(&stories, "large-write", &(struct text_options){ 0 }, NULL, NULL);
}

static void unix_sockets_have_no_segments(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	struct story *stream = tell(&stories, "stream", TRANSPORT_UNIX_STREAM);
	story_about(stream, "unix-sockets", "五つの書き込み、一つの名前", NULL);
	writes(stream, 5, 0, 20, 100);
	story_read(stream, 0, 0, 200, 500);
	struct story *seqpacket = tell(&stories, "seqpacket", TRANSPORT_UNIX_SEQPACKET);
	story_about(seqpacket, "unix-sockets", "五つの書き込み、一つの名前", NULL);
	writes(seqpacket, 5, 0, 20, 100);
	for (int i = 0; i < 5; i++)
		story_read(seqpacket, 0, 0, 200 + i * 10, 100);
	compare(&stories, "unix", &(struct text_options){ 0 }, NULL, NULL);
}

static void empty_run(void **state)
{
	struct stories stories = { 0 };

	(void)state;
	tell(&stories, "quiet", TRANSPORT_TCP);
	compare(&stories, "empty", &(struct text_options){ 0 }, NULL, NULL);
}

static void lines_a_flow(void **state)
{
	struct stories stories = { 0 };
	struct story *pointers[3];
	struct timeline timeline;
	struct buffer out = { 0 };

	(void)state;
	tell_wire(&stories);
	for (size_t i = 0; i < 3; i++)
		pointers[i] = &stories.list[i];
	story_timeline(&timeline, pointers, 3);
	summary_flows(&out, &timeline, &(struct text_options){ 0 });
	golden_compare("flows", out.bytes);
	buffer_finish(&out);
	timeline_finish(&timeline);
	for (size_t i = 0; i < 3; i++)
		story_finish(&stories.list[i]);
}

/* A small generator: the same runs everywhere. */
static unsigned next_random(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

/* Some writes, cut and joined at random, over a random flight. */
/* Anything may happen to the last segment, or to a packet without bytes. */
static void happen(struct story *story, uint32_t way, double at_us, unsigned *seed)
{
	static const uint8_t flags[] = { PACKET_ACK, PACKET_SYN, PACKET_FIN, PACKET_RST };

	if (!next_random(seed, 4))
		story_event(story, 0, way, next_random(seed, LINK_EVENT_KIND_COUNT));
	if (!next_random(seed, 9))
		story_drop(story, 0, !way, at_us, flags[next_random(seed, 4)],
		           next_random(seed, LINK_CORRUPTED + 1));
}

static void tell_anything(struct story *story, unsigned *seed)
{
	unsigned count = 1 + next_random(seed, 1 + next_random(seed, 90));
	unsigned flight_us = next_random(seed, 3) * 4000;
	unsigned gap_us = next_random(seed, 3000);
	bool messages = trace_transport_is_message(story->trace.about.transport);
	bool packets = !trace_transport_is_unix(story->trace.about.transport);
	uint64_t sent = 0, read = 0;
	double at_us = 0;

	if (next_random(seed, 2))
		story_wire(story, flight_us, next_random(seed, 2) * 10000000);
	for (unsigned i = 0; i < count; i++) {
		uint32_t bytes = next_random(seed, 5000);

		at_us = i * gap_us;
		story_write(story, 0, next_random(seed, 8) == 0, at_us, bytes);
	}
	for (uint32_t way = 0; way < 2; way++) {
		struct ledger_direction *bytes = &story->ledger.flows[0].directions[way];
		unsigned datagram = 0;

		for (sent = read = 0, at_us = 1; messages && datagram < bytes->write_count;
		     datagram++) {
			const struct ledger_write *write = &bytes->writes[datagram];
			uint32_t size = (uint32_t)(write->to - write->from);

			at_us = datagram * gap_us + 1;
			if (!packets) {
				story_read(story, 0, way, at_us + 50, size);
			} else if (next_random(seed, 6)) {
				story_segment(story, 0, way, at_us, at_us + flight_us, size);
				story_read_datagram(story, 0, way, at_us + flight_us + 50,
				                    (uint32_t)bytes->segment_count - 1);
			} else {
				story_loss(story, 0, way, at_us, size);
			}
			if (packets)
				happen(story, way, at_us, seed);
		}
		while (!messages && sent < bytes->bytes) {
			uint64_t left = bytes->bytes - sent;
			uint32_t size = 1 + next_random(seed, 3000);

			size = size > left ? (uint32_t)left : size;
			at_us += next_random(seed, 2000);
			if (packets)
				story_segment(story, 0, way, at_us, at_us + flight_us, size);
			if (packets)
				happen(story, way, at_us, seed);
			if (packets && !next_random(seed, 3))
				story_ack(story, 0, way, at_us + flight_us, at_us + 2 * flight_us,
				          sent + size);
			sent += size;
			if (next_random(seed, 2)) {
				story_read(story, 0, way, at_us + flight_us + 20,
				           (uint32_t)(sent - read));
				read = sent;
			}
			if (!next_random(seed, 9))
				story_call(story, SERVER, CALL_RECV, at_us, EINTR);
		}
	}
}

static void no_run_is_wider_than_its_terminal(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (unsigned run = 0; run < 400; run++) {
		struct stories stories = { 0 };
		struct story *story =
			tell(&stories, "a variant 名前 of a long name", run % TRANSPORT_COUNT);
		struct timeline timeline;
		struct buffer out = { 0 };
		struct text_options options = { .width = 60 + (int)(run * 7 % 141),
			                        .ascii = run % 3 == 0,
			                        .all_acks = run % 2 };

		story_about(story, "anything",
		            "a title that goes on and on and on until it has "
		            "to be broken somewhere",
		            "link");
		tell_anything(story, &seed);
		story_timeline(&timeline, &story, 1);
		text_render(&out, &timeline, &options);
		expect_lines_within(&out, options.width, options.ascii, run);
		buffer_finish(&out);
		timeline_finish(&timeline);
		story_finish(story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wire_with_reasons),
		cmocka_unit_test(wire_without_reasons_in_ascii),
		cmocka_unit_test(wire_in_sixty_columns),
		cmocka_unit_test(wire_in_two_hundred_columns),
		cmocka_unit_test(wire_in_colour_with_all_acks),
		cmocka_unit_test(loopback),
		cmocka_unit_test(stall_in_rounds),
		cmocka_unit_test(three_writes),
		cmocka_unit_test(forty_writes),
		cmocka_unit_test(four_hundred_writes),
		cmocka_unit_test(losses_and_retransmissions),
		cmocka_unit_test(crosses_where_packets_died),
		cmocka_unit_test(crosses_in_ascii),
		cmocka_unit_test(one_in_twenty_lost),
		cmocka_unit_test(both_directions),
		cmocka_unit_test(chat_of_four),
		cmocka_unit_test(refused_connection),
		cmocka_unit_test(failed_and_pending_calls_and_notes),
		cmocka_unit_test(links_that_differ_stand_under_their_headings),
		cmocka_unit_test(a_wait_to_the_time_limit),
		cmocka_unit_test(segments_cut_everywhere_are_boxes),
		cmocka_unit_test(an_offset_without_a_column_has_no_label),
		cmocka_unit_test(one_large_write),
		cmocka_unit_test(unix_sockets_have_no_segments),
		cmocka_unit_test(empty_run),
		cmocka_unit_test(lines_a_flow),
		cmocka_unit_test(no_run_is_wider_than_its_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

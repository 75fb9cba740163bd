#include "losses_fixture.h"

#include "capture/packet.h"

static void begin(struct story *story, const char *variant, enum trace_transport transport,
                  uint64_t rate_bits)
{
	story_begin(story, variant, transport);
	story_about(story, "losses", "what a wire does to packets", "wire, 10 ms each way");
	story_wire(story, 10000, rate_bits);
}

static void writes(struct story *story, int count, double gap_us, uint32_t bytes)
{
	for (int i = 0; i < count; i++)
		story_write(story, 0, 0, i * gap_us, bytes);
}

void losses_loss(struct story *story)
{
	begin(story, "loss", TRANSPORT_TCP, 0);
	writes(story, 3, 10000, 500);
	story_segment(story, 0, 0, 1, 10050, 500);
	story_ack(story, 0, 0, 10060, 20100, 500);
	story_loss(story, 0, 0, 10001, 500);
	story_event(story, 0, 0, LINK_LOST);
	story_segment(story, 0, 0, 20001, 30050, 500);
	story_again(story, 0, 0, 42000, 52050, 1);
	story_drop(story, 0, 1, 52060, PACKET_ACK, LINK_LOST);
	story_control(story, 0, 0, 32000, PACKET_FIN);
	story_read(story, 0, 0, 10090, 500);
	story_read(story, 0, 0, 52090, 1000);
}

void losses_queue(struct story *story)
{
	begin(story, "queue", TRANSPORT_UDP, 1000000);
	writes(story, 8, 200, 500);
	for (int i = 0; i < 4; i++)
		story_segment(story, 0, 0, i * 200 + 1, 14529 + i * 4528, 500);
	for (int i = 4; i < 8; i++) {
		story_loss(story, 0, 0, i * 200 + 1, 500);
		story_event(story, 0, 0, LINK_QUEUE_FULL);
	}
	for (unsigned i = 0; i < 4; i++)
		story_read_datagram(story, 0, 0, 14570 + i * 4528, i);
}

void losses_odd(struct story *story)
{
	begin(story, "odd", TRANSPORT_UDP, 0);
	writes(story, 5, 10000, 500);
	story_segment(story, 0, 0, 1, 10050, 500);
	story_event(story, 0, 0, LINK_DUPLICATED);
	story_segment(story, 0, 0, 10001, 30060, 500);
	story_event(story, 0, 0, LINK_REORDERED);
	story_segment(story, 0, 0, 20001, 30050, 500);
	story_loss(story, 0, 0, 30001, 500);
	story_event(story, 0, 0, LINK_CORRUPTED);
	story_loss(story, 0, 0, 40001, 500);
	story_event(story, 0, 0, LINK_LISTED);
	story_read_datagram(story, 0, 0, 10090, 0);
	story_read_datagram(story, 0, 0, 30100, 2);
	story_read_datagram(story, 0, 0, 30200, 1);
}

void losses_many(struct story *story, int count)
{
	unsigned random = 7;

	begin(story, "nodelay", TRANSPORT_TCP, 0);
	writes(story, count, 1000, 10);
	for (int i = 0; i < count; i++) {
		double at_us = i * 1000 + 1;

		random = random * 1103515245 + 12345;
		if ((random >> 16) % 20) {
			story_segment(story, 0, 0, at_us, at_us + 10050, 10);
			continue;
		}
		story_loss(story, 0, 0, at_us, 10);
		story_event(story, 0, 0, LINK_LOST);
		story_again(story, 0, 0, at_us + 24000, at_us + 34050,
		            story->ledger.flows[0].directions[0].segment_count - 1);
	}
	story_read(story, 0, 0, count * 1000 + 40000, (uint32_t)count * 10);
}

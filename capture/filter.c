#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/packet.h"

#define SNAP 262144 /* of a packet; any that is not smaller does */

/* Numbers in files are the same everywhere, those of this machine's libpcap not (pcap-common.c). */
static int datalink_of(uint16_t link_type)
{
	return link_type == LINK_RAW || link_type == LINK_RAW_OPENBSD ? DLT_RAW : link_type;
}

static int compile(uint16_t link_type, const char *expression, struct bpf_program *program,
                   struct err *err)
{
	pcap_t *pcap = pcap_open_dead(datalink_of(link_type), SNAP);
	int result = 0;

	if (!pcap)
		return err_input(err, "--filter: libpcap knows no link type %u", link_type);
	if (pcap_compile(pcap, program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		result = err_input(err, "--filter \"%s\": %s; pcap-filter(7) has the language",
		                   expression, pcap_geterr(pcap));
	pcap_close(pcap);
	return result;
}

/* One program a link type: programs[of[type] - 1], of[type] 0 where there is none yet. */
struct programs {
	struct bpf_program *list;
	size_t count, capacity;
	uint32_t *of;
};

static int compile_all(const struct trace *trace, const char *expression, struct programs *programs,
                       struct err *err)
{
	for (size_t i = 0; i < trace->interface_count; i++) {
		uint16_t type = trace->interfaces[i].link_type;

		if (programs->of[type])
			continue;
		programs->list = mem_grow(programs->list, &programs->capacity, programs->count,
		                          sizeof(*programs->list));
		if (compile(type, expression, programs->list + programs->count, err) < 0)
			return -1;
		programs->of[type] = (uint32_t)++programs->count;
	}
	return 0;
}

static bool passes(const struct trace *trace, const struct packet *packet,
                   const struct programs *programs)
{
	uint16_t type = trace->interfaces[packet->interface].link_type;
	const struct pcap_pkthdr header = { .caplen = packet->captured, .len = packet->length };

	return pcap_offline_filter(programs->list + programs->of[type] - 1, &header,
	                           trace->bytes + packet->at) != 0;
}

/* What is left is no longer numbered by its place. */
static void write_frames(struct trace *trace)
{
	uint32_t *frames;

	if (trace->frames)
		return;
	frames = mem_alloc(trace->packet_count, sizeof(*frames));
	for (uint32_t i = 0; i < trace->packet_count; i++)
		frames[i] = trace_frame(trace, i);
	trace->frames = frames;
}

int filter_trace(struct trace *trace, const char *expression, struct err *err)
{
	struct programs programs = { .of = mem_alloc(UINT16_MAX + 1, sizeof(*programs.of)) };
	int result = compile_all(trace, expression, &programs, err);
	size_t kept = 0;

	if (!result)
		write_frames(trace);
	for (size_t i = 0; !result && i < trace->packet_count; i++) {
		if (!passes(trace, trace->packets + i, &programs))
			continue;
		trace->frames[kept] = trace->frames[i];
		trace->packets[kept++] = trace->packets[i];
	}
	if (!result)
		trace->packet_count = kept;
	for (size_t i = 0; i < programs.count; i++)
		pcap_freecode(programs.list + i);
	free(programs.list);
	free(programs.of);
	return result;
}

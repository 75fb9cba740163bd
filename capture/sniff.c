#include "capture/sniff.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/mem.h"

struct sniff {
	pcap_t *pcap;
	uint64_t received, dropped; /* libpcap counts in 32 bits; these do not wrap */
	uint32_t last_received, last_dropped;
	sniff_packet *each;
	void *context;
};

static int refuse(struct sniff *sniff, const char *device, const char *step, int code,
                  struct err *err)
{
	const char *said = pcap_geterr(sniff->pcap);

	if (code == PCAP_ERROR_PERM_DENIED)
		return err_machine(
			err,
			"cannot capture on %s: the kernel refuses packet sockets (%s); capturing needs "
			"CAP_NET_RAW, which a user namespace gives: see `seam doctor`",
			device, said);
	if (code == PCAP_ERROR_NO_SUCH_DEVICE)
		return err_machine(err, "cannot capture on %s: there is no such interface (%s)",
		                   device, said);
	return err_machine(
		err,
		"cannot capture on %s: %s failed: %s; `seam doctor` says what this machine allows",
		device, step, *said ? said : pcap_statustostr(code));
}

/*
 * On lo each packet is delivered to packet sockets twice, leaving and arriving; libpcap drops the
 * first copy, but only after it has filled half of the ring. The kernel (≥ 4.20) can leave it out.
 */
static void ignore_outgoing(pcap_t *pcap)
{
	int on = 1;

	setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
}

static int filter(struct sniff *sniff, const char *device, const char *text, struct err *err)
{
	struct bpf_program program;

	if (pcap_compile(sniff->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return refuse(sniff, device, "compiling the filter", PCAP_ERROR, err);
	int code = pcap_setfilter(sniff->pcap, &program);

	pcap_freecode(&program);
	return code == 0 ? 0 : refuse(sniff, device, "setting the filter", code, err);
}

struct sniff *sniff_open(const char *device, const struct sniff_options *options, struct err *err)
{
	char said[PCAP_ERRBUF_SIZE] = "";
	struct sniff *sniff = mem_alloc(1, sizeof(*sniff));
	int code;

	sniff->pcap = pcap_create(device, said);
	if (!sniff->pcap) {
		err_machine(err, "cannot capture on %s: %s", device, said);
		goto fail;
	}
	pcap_set_snaplen(sniff->pcap, (int)options->snap_length);
	pcap_set_buffer_size(sniff->pcap, (int)options->ring_bytes);
	pcap_set_timeout(sniff->pcap, options->timeout_ms);
	pcap_set_tstamp_precision(sniff->pcap, PCAP_TSTAMP_PRECISION_NANO);
	code = pcap_activate(sniff->pcap);
	if (code < 0) {
		refuse(sniff, device, "pcap_activate", code, err);
		goto fail;
	}
	if (options->loopback)
		ignore_outgoing(sniff->pcap);
	if (options->filter && filter(sniff, device, options->filter, err) != 0)
		goto fail;
	if (pcap_setnonblock(sniff->pcap, 1, said) != 0) {
		err_machine(err, "cannot capture on %s: %s", device, said);
		goto fail;
	}
	return sniff;
fail:
	sniff_close(sniff);
	return NULL;
}

int sniff_link_type(const struct sniff *sniff)
{
	return pcap_datalink(sniff->pcap);
}

int sniff_fd(const struct sniff *sniff)
{
	return pcap_get_selectable_fd(sniff->pcap);
}

static void hand_over(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	const struct sniff *sniff = (const struct sniff *)(void *)user;
	/* With PCAP_TSTAMP_PRECISION_NANO tv_usec counts nanoseconds. */
	int64_t time_ns = (int64_t)header->ts.tv_sec * 1000000000 + header->ts.tv_usec;

	sniff->each(sniff->context, time_ns, bytes, header->caplen, header->len);
}

int sniff_dispatch(struct sniff *sniff, sniff_packet *each, void *context, struct err *err)
{
	int count;

	sniff->each = each;
	sniff->context = context;
	count = pcap_dispatch(sniff->pcap, -1, hand_over, (u_char *)sniff);
	if (count < 0)
		return err_machine(err, "the capture stopped: %s", pcap_geterr(sniff->pcap));
	return count;
}

int sniff_statistics(struct sniff *sniff, uint64_t *received, uint64_t *dropped, struct err *err)
{
	struct pcap_stat stat;

	if (pcap_stats(sniff->pcap, &stat) != 0)
		return err_machine(err, "cannot ask whether the capture lost packets: %s",
		                   pcap_geterr(sniff->pcap));
	sniff->received += stat.ps_recv - sniff->last_received;
	sniff->dropped += stat.ps_drop - sniff->last_dropped;
	sniff->last_received = stat.ps_recv;
	sniff->last_dropped = stat.ps_drop;
	*received = sniff->received;
	*dropped = sniff->dropped;
	return 0;
}

void sniff_close(struct sniff *sniff)
{
	if (!sniff)
		return;
	if (sniff->pcap)
		pcap_close(sniff->pcap);
	free(sniff);
}

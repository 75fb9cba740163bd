#include "sim/tcp_info.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include "capture/trace_counters.h"

#define STATE_LISTEN      10         /* TCP_LISTEN of include/net/tcp_states.h */
#define INFINITE_SSTHRESH 0x7fffffff /* TCP_INFINITE_SSTHRESH of include/net/tcp.h */

/* A member of info, or -1 where the kernel's answer ends before it. */
#define GET(member)                                                                                \
	(offsetof(struct tcp_info, member) + sizeof(info->member) <= length                        \
	         ? (int64_t)info->member                                                           \
	         : -1)

/* 0 is what the kernel says of a time that it has not measured yet. */
static int64_t measured(int64_t us)
{
	return us > 0 && us != UINT32_MAX ? us : -1;
}

struct trace_tcp tcp_info_read(const struct tcp_info *info, size_t length)
{
	struct trace_tcp tcp = {
		.rtt_us = measured(GET(tcpi_rtt)),
		.rttvar_us = GET(tcpi_rttvar),
		.min_rtt_us = measured(GET(tcpi_min_rtt)),
		.rto_us = GET(tcpi_rto),
		.ato_us = measured(GET(tcpi_ato)),
		.cwnd = GET(tcpi_snd_cwnd),
		.ssthresh = GET(tcpi_snd_ssthresh),
		.mss = GET(tcpi_snd_mss),
		.pmtu = GET(tcpi_pmtu),
		.retransmits = GET(tcpi_total_retrans),
		.lost = GET(tcpi_lost),
		.reordering = GET(tcpi_reordering),
		.bytes_retransmitted = GET(tcpi_bytes_retrans),
		.dsack_duplicates = GET(tcpi_dsack_dups),
		.busy_us = GET(tcpi_busy_time),
		.rwnd_limited_us = GET(tcpi_rwnd_limited),
		.sndbuf_limited_us = GET(tcpi_sndbuf_limited),
	};

	if (tcp.rtt_us < 0)
		tcp.rttvar_us = -1;
	if (tcp.ssthresh >= INFINITE_SSTHRESH)
		tcp.ssthresh = -1;
	return tcp;
}

void tcp_info_ask(int fd, int *state, struct trace_tcp *tcp)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || !length)
		return;
	*state = info.tcpi_state;
	if (info.tcpi_state != STATE_LISTEN)
		*tcp = tcp_info_read(&info, length);
}

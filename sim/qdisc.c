#include "sim/qdisc.h"

#include <assert.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/netlink.h"

static const char *const kinds[] = {
	[QDISC_NONE] = "none",   [QDISC_TBF] = "tbf", [QDISC_PFIFO] = "pfifo",
	[QDISC_BFIFO] = "bfifo", [QDISC_FQ] = "fq",   [QDISC_FQ_CODEL] = "fq_codel"
};
static_assert(sizeof(kinds) / sizeof(*kinds) == QDISC_KIND_COUNT, "a name for each kind");

const char *qdisc_kind_text(enum qdisc_kind kind)
{
	return kinds[kind];
}

/*
 * TCA_TBF_BURST (Linux 3.14) gives the burst in bytes, and a link layer that is known makes the
 * kernel compute times itself (tbf_change()): no rate table, no psched ticks.
 */
static void put_tbf(struct netlink_request *request, const struct qdisc *qdisc)
{
	uint64_t rate_bytes = qdisc->rate_bits / 8;
	struct tc_tbf_qopt parameters = {
		.rate = { .linklayer = TC_LINKLAYER_ETHERNET,
		          .rate = rate_bytes < UINT32_MAX ? (uint32_t)rate_bytes : UINT32_MAX },
		.limit = qdisc->limit,
	};
	size_t options = netlink_nest(request, TCA_OPTIONS);

	netlink_put(request, TCA_TBF_PARMS, &parameters, sizeof(parameters));
	netlink_put_u32(request, TCA_TBF_BURST, qdisc->burst_bytes);
	if (rate_bytes >= UINT32_MAX)
		netlink_put(request, TCA_TBF_RATE64, &rate_bytes, sizeof(rate_bytes));
	netlink_end(request, options);
}

static void put_fifo(struct netlink_request *request, const struct qdisc *qdisc)
{
	struct tc_fifo_qopt parameters = { .limit = qdisc->limit };

	if (qdisc->limit)
		netlink_put(request, TCA_OPTIONS, &parameters, sizeof(parameters));
}

static int refused(const struct qdisc *qdisc, const char *device, struct err *err)
{
	const char *kind = kinds[qdisc->kind];

	/* ENOENT of a kind that is neither built in nor a module that could be loaded; EOPNOTSUPP
	 * of a kernel without traffic control. */
	if (errno == ENOENT || errno == EOPNOTSUPP)
		return err_lacks(err, "this kernel has no %s, which link.qdisc asks for%s%s", kind,
		                 errno == ENOENT ? "; as root: modprobe sch_" : "",
		                 errno == ENOENT ? kind : "");
	return err_machine(err, "link.qdisc: the kernel does not put a %s on %s: %s", kind, device,
	                   strerror(errno));
}

int qdisc_install(const struct qdisc *qdisc, const char *device, struct err *err)
{
	struct tcmsg place = { .tcm_family = AF_UNSPEC,
		               .tcm_ifindex = (int)if_nametoindex(device),
		               .tcm_handle = 1u << 16, /* "1:" */
		               .tcm_parent = TC_H_ROOT };
	struct netlink_request request;

	if (qdisc->kind == QDISC_NONE)
		return 0;
	netlink_begin(&request, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, &place, sizeof(place));
	netlink_put_text(&request, TCA_KIND, kinds[qdisc->kind]);
	if (qdisc->kind == QDISC_TBF)
		put_tbf(&request, qdisc);
	if (qdisc->kind == QDISC_PFIFO || qdisc->kind == QDISC_BFIFO)
		put_fifo(&request, qdisc);
	return netlink_ask(&request) == 0 ? 0 : refused(qdisc, device, err);
}

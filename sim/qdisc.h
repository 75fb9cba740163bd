/*
 * A queueing discipline on a host's own device (tc(8)): where packets wait before they leave, seen
 * by TCP as not yet sent. Unlike the link's `rate` and `queue`, which lie behind the tap, it is
 * what autocorking and TCP's small queues look at.
 */
#ifndef SEAM_SIM_QDISC_H
#define SEAM_SIM_QDISC_H

#include <stdint.h>

#include "capture/err.h"

enum qdisc_kind {
	QDISC_NONE, /* the device's own: a veth has none, packets leave at once */
	QDISC_TBF,
	QDISC_PFIFO,
	QDISC_BFIFO,
	QDISC_FQ,       /* with the kernel's parameters */
	QDISC_FQ_CODEL, /* likewise */
	QDISC_KIND_COUNT,
};

struct qdisc {
	enum qdisc_kind kind;
	uint64_t rate_bits;   /* tbf: bits a second of whole frames */
	uint32_t burst_bytes; /* tbf: what may leave at once */
	uint32_t limit; /* what may wait: tbf and bfifo bytes, pfifo packets; 0 (not of tbf): the
	                   kernel's */
};

/* As tc(8) calls it; "none". */
const char *qdisc_kind_text(enum qdisc_kind kind);

/*
 * Puts it on a device of the caller's network namespace, as the root. QDISC_NONE does nothing. A
 * kernel without that kind gives an ERR_LACKS.
 */
int qdisc_install(const struct qdisc *qdisc, const char *device, struct err *err);

#endif

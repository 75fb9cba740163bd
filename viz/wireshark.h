/*
 * A recording as Wireshark reads it best: one tap, a comment on each packet that says what it
 * carries and how long it was held, each call as a row in time order, names for addresses. Pure but
 * for what the sink does.
 */
#ifndef SEAM_VIZ_WIRESHARK_H
#define SEAM_VIZ_WIRESHARK_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"

enum wireshark_tap {
	WIRESHARK_TAP_CLIENT, /* of a wire; a loopback has one tap only, which is all three */
	WIRESHARK_TAP_SERVER,
	WIRESHARK_TAP_BOTH, /* every packet twice: Wireshark takes the second for a retransmission
	                     */
};

struct wireshark_options {
	enum wireshark_tap tap;
	bool no_payload; /* bytes of payload become the letters of their writes; checksums with them
	                  */
	bool pcap;       /* classic, microseconds or nanoseconds as the times need: packets alone */
};

/* Takes whole blocks as they come; -1 with err ends the export. */
struct wireshark_sink {
	int (*take)(void *context, const char *bytes, size_t length, struct err *err);
	void *context;
};

/*
 * pcapng: the scenario, variant and what was in force in the section's comment; an interface a tap
 * with its description and statistics; a Name Resolution Block where the ends have addresses of
 * their own (on a loopback one address is both); then packets and Journal rows by time. Linear in
 * packets and calls; memory of a block or a megabyte, whichever is more.
 */
int wireshark_export(const struct ledger *ledger, const struct wireshark_options *options,
                     const struct wireshark_sink *sink, struct err *err);

/*
 * "#3[0..10) #4[0..10): 2 writes in one segment; held 39.8 ms": what a packet carries (data,
 * retransmissions, the FIN, an ACK that released a hold), a line; nothing for one that has nothing
 * to say. Ranges are of the write's own bytes.
 */
void wireshark_comment(struct buffer *out, const struct ledger *ledger, uint32_t packet);

#endif

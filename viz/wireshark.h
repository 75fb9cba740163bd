/*
 * A recording as Wireshark reads it best: one tap, a comment on each packet that says what it
 * carries and how long it was held, each call as a row in time order, names for addresses. Pure but
 * for what the sink does.
 *
 * What comes out is a recording again, and opens in every command: of a loopback with the same
 * ledger. Of a wire it is the recording of one end (SEAM_TAP says which): what left there and what
 * came in there at its times; when a packet was at the other end, and whether it came there, it no
 * longer tells but for what the link itself said.
 */
#ifndef SEAM_VIZ_WIRESHARK_H
#define SEAM_VIZ_WIRESHARK_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"

enum wireshark_tap {
	WIRESHARK_TAP_CLIENT, /* of a wire; a loopback has one tap only, which is all three, and of
	                         a capture of somebody else's all interfaces stay */
	WIRESHARK_TAP_SERVER,
	WIRESHARK_TAP_BOTH, /* every packet twice: Wireshark takes the second for a retransmission
	                     */
	WIRESHARK_TAP_COUNT,
};
/* "client", "server", "both". */
const char *wireshark_tap_text(enum wireshark_tap tap);
/* False if text is none of these. */
bool wireshark_tap_parse(const char *text, enum wireshark_tap *tap);

struct wireshark_options {
	enum wireshark_tap tap;
	/*
	 * Bytes of payload become the letter of their write (A–Z a–z, repeating), those of none
	 * that is known a '.', in packets, in what ICMP quotes, in what events of the link keep and
	 * in calls; the scenario's text, its path and what was set over it are left out; notes and
	 * the title stay. Checksums are right where they were right or left to the device, and
	 * wrong where they were wrong.
	 */
	bool no_payload;
	bool pcap; /* classic, microseconds or nanoseconds as the times need: packets alone, all of
	              one link type, or ERR_INPUT */
};

/* Takes whole blocks as they come; -1 with err ends the export. */
struct wireshark_sink {
	int (*take)(void *context, const char *bytes, size_t length, struct err *err);
	void *context;
};

/*
 * pcapng: the scenario, variant and what was in force in the section's comment; an interface a tap
 * with its description and statistics; a Name Resolution Block where the ends have addresses of
 * their own (on a loopback one address is both); then packets and Journal rows by time, as
 * capture/recording_rows.h orders them. Linear in packets and calls; beside the ledger it takes 8
 * bytes a packet where there are writes, 24 a call, and a block or a quarter of a megabyte.
 */
int wireshark_export(const struct ledger *ledger, const struct wireshark_options *options,
                     const struct wireshark_sink *sink, struct err *err);

/* ---- comments ---- */

/* What each packet of a ledger carries. The ledger must stay. */
struct wireshark_comments;
struct wireshark_comments *wireshark_comments_create(const struct ledger *ledger);
/* Accepts NULL. */
void wireshark_comments_destroy(struct wireshark_comments *comments);

/*
 * Appends what the packet has to say, one line of plain words, or nothing:
 *
 *   #3[0..10) #4[0..10): 2 writes in one segment; held 39.812 ms
 *   #5[0..1448): part of one write; goes on behind; arrives 10.041 ms later
 *   #5[0..1448): sent again, 204.113 ms after the first time
 *   #7[0..10): one write; dropped by the link: queue full
 *   end of the stream
 *   releases #4[0..10) #5[0..10): held 39.812 ms
 *
 * A write is named as in the row of its call ("client send #3"); ranges are half-open and of the
 * write's own bytes; of more than WIRESHARK_PIECES the first stand there and, behind "…", the last.
 * "goes on behind": it ends within that write. Parts are separated by "; ", what it releases stands
 * last. Times are in ms to the µs; a hold of less than half a µs is none. It arrives where there
 * are two taps, and its second sighting says when it left. Asked in order of packets nothing is
 * searched for.
 */
#define WIRESHARK_PIECES 6
void wireshark_comment(struct buffer *out, struct wireshark_comments *comments, uint32_t packet);

#endif

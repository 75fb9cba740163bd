/*
 * Classic pcap (draft-ietf-opsawg-pcap), little endian: for tools that know no pcapng.
 */
#ifndef SEAM_VIZ_WIRESHARK_PCAP_H
#define SEAM_VIZ_WIRESHARK_PCAP_H

#include <stdbool.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/trace.h"

/*
 * The header of a file with the packets of those interfaces; *nanoseconds: that a time of them
 * needs them. ERR_INPUT where their link types differ, which such a file cannot say.
 */
int pcap_begin(struct buffer *out, const struct trace *trace, const bool *taps, bool *nanoseconds,
               struct err *err);
void pcap_write_packet(struct buffer *out, const struct packet *packet, const uint8_t *bytes,
                       bool nanoseconds);

#endif

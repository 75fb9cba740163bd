/*
 * Filters of packets in libpcap's language (pcap-filter(7)).
 */
#ifndef SEAM_CAPTURE_FILTER_H
#define SEAM_CAPTURE_FILTER_H

#include "capture/err.h"
#include "capture/trace.h"

/*
 * Leaves in the trace only the packets that the expression lets through; what is left keeps its
 * order and its numbers of frames. ERR_INPUT with what libpcap says where it does not parse, or
 * asks for something that a link type in the trace does not have: then nothing has changed.
 */
int filter_trace(struct trace *trace, const char *expression, struct err *err);

#endif

/*
 * What the link of a run did to its packets, in words, from the events of its recording. Pure.
 */
#ifndef SEAM_CAPTURE_LINK_ACCOUNT_H
#define SEAM_CAPTURE_LINK_ACCOUNT_H

#include "capture/buffer.h"
#include "capture/trace.h"

#define LINK_ACCOUNT_NUMBERS                                                                       \
	6 /* packets named by their numbers; of more only how many they are                        \
	   */

/*
 * A line for each way and each thing that the link did, in the order of enum link_event_kind:
 *
 *   dropped 2 of 40 packets from client to server: data packets 3 and 7 (listed loss)
 *   dropped 1200 of 40000 packets from client to server (queue full)
 *
 * Nothing where it carried all of them in order. A run that was cut short has no totals.
 */
void link_account_describe(struct buffer *out, const struct trace *trace);

/* Packets that the link lost although the scenario did not ask for it: what found no room, what the
 * kernel refused. */
uint64_t link_account_faults(const struct trace *trace);
/* Packets that it lost because it was asked to. */
uint64_t link_account_losses(const struct trace *trace);

#endif

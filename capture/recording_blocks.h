/*
 * The two blocks of a recording that carry the moment of their writing, with that moment given.
 */
#ifndef SEAM_CAPTURE_RECORDING_BLOCKS_H
#define SEAM_CAPTURE_RECORDING_BLOCKS_H

#include "capture/recording.h"

/* As recording_add_header() and recording_add_end(), at now_ns of CLOCK_REALTIME. */
void recording_add_header_at(struct recording *recording, const struct trace_about *about,
                             const struct trace_endpoint *endpoints, size_t endpoint_count,
                             const struct trace_interface *interfaces, size_t interface_count,
                             int64_t now_ns);
void recording_add_end_at(struct recording *recording, const struct trace_about *about,
                          int64_t now_ns);

#endif

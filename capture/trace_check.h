/*
 * Whether bytes can be a recording or a capture at all, told from how they begin.
 */
#ifndef SEAM_CAPTURE_TRACE_CHECK_H
#define SEAM_CAPTURE_TRACE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

/* Begins as a pcapng file does. */
bool trace_is_pcapng(const uint8_t *bytes, size_t size);
/* Begins as pcap does, or one of its variants that libpcap reads. */
bool trace_may_be_pcap(const uint8_t *bytes, size_t size);
/* Either, or in gzip or zstd; size may be as little as 4. */
bool trace_may_be(const uint8_t *bytes, size_t size);

/* -1 with a sentence that says what the file is instead, and what to do. */
int trace_refuse_other(const uint8_t *bytes, size_t size, const char *name, struct err *err);

#endif

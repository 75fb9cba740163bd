/*
 * The Journal entry of a host's kernel counters at one moment: those that have risen since before
 * the endpoints began. A part of journal.h's format:
 *
 *   SEAM_RECORD=counter
 *   SEAM_HOST=server
 *   SEAM_MARK=17
 *   SEAM_COUNTER=TcpExtDelayedACKs
 *   SEAM_ROSE=3
 *   …
 *
 * SEAM_MARK is the serial of a note; without one it is the end of the run.
 */
#ifndef SEAM_CAPTURE_JOURNAL_COUNTER_H
#define SEAM_CAPTURE_JOURNAL_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/arena.h"
#include "capture/buffer.h"
#include "capture/trace.h"

/* Names of hosts and counters are plain words, so that they may be keys anywhere: letters, digits,
 * - and _, at most so many. */
#define JOURNAL_COUNTER_NAME_MAX 64

/* Empties entry and writes counters, all of one host and moment, at least one. */
void journal_write_counters(struct buffer *entry, const struct trace_counter *counters,
                            size_t count, int64_t time_ns);

/*
 * Appends what an entry says to *list, which grows by mem_grow(); texts go to the arena. A counter
 * whose name is no plain word, or that did not rise, is passed over. False if the entry names no
 * host, or a mark that is no serial.
 */
bool journal_read_counters(const char *entry, size_t length, struct trace_counter **list,
                           size_t *count, size_t *capacity, struct arena *arena);

#endif

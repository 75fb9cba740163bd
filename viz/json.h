/*
 * The JSON of a recording: its ledger in one stable shape, described by recording.schema.json.
 * Times are integers of nanoseconds since t0, ranges of bytes are half-open stream offsets, and a
 * field that does not apply is left out. Pure.
 *
 * Calls are named by their serial number, packets by their number in the recording from 0, writes
 * by their index in the same direction's "writes", flows by their index.
 */
#ifndef SEAM_VIZ_JSON_H
#define SEAM_VIZ_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/ledger.h"

#define JSON_FORMAT    1 /* "format": changes when a field changes its meaning or goes away */
#define JSON_NO_MARGIN (-1)

/* The acknowledgement and the write (or the read) that came closest to each other, from sim/race.h.
 */
struct json_race {
	uint32_t flow;
	uint8_t direction;
	uint32_t write;  /* index into the direction's writes */
	uint32_t packet; /* the acknowledgement's */
	bool ack_first;
	uint32_t read; /* index into the direction's reads, if it is one; else LEDGER_NONE */
};

struct json_options {
	bool pretty;            /* indented, a line a write, segment, read and call */
	int64_t race_margin_ns; /* of the run, from sim/race.h; JSON_NO_MARGIN leaves it out */
	const struct json_race *race; /* whose margin that is; NULL leaves it out */
};

/*
 * Appends one object, on one line unless pretty, and a newline. Always valid JSON and valid UTF-8,
 * whatever the recording holds.
 */
void json_recording(struct buffer *out, const struct ledger *ledger,
                    const struct json_options *options);

struct json_writer;
/* The same as a member of a larger document; options but for pretty, which is the writer's. */
void json_write_recording(struct json_writer *writer, const char *key, const struct ledger *ledger,
                          const struct json_options *options);

#endif

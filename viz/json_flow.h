/*
 * The flows of a recording as JSON: who talked, and for each direction its writes, segments, reads,
 * boundaries and the state of every byte. A part of json.h's document; pure.
 */
#ifndef SEAM_VIZ_JSON_FLOW_H
#define SEAM_VIZ_JSON_FLOW_H

#include <stdint.h>

#include "capture/ledger.h"
#include "viz/json_writer.h"

/* The member "flows". */
void json_write_flows(struct json_writer *writer, const struct ledger *ledger, int64_t zero_ns);

#endif

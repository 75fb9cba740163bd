/*
 * The link of a wire as JSON: its settings and what it carried, and each thing that it did to a
 * packet. A part of json.h's document; pure.
 */
#ifndef SEAM_VIZ_JSON_LINK_H
#define SEAM_VIZ_JSON_LINK_H

#include <stdint.h>

#include "capture/ledger.h"
#include "viz/json_writer.h"

/* The member "wire"; nothing on a loopback. */
void json_write_wire(struct json_writer *writer, const struct trace *trace);
/* The member "events"; nothing if the link did nothing but carry. */
void json_write_events(struct json_writer *writer, const struct ledger *ledger, int64_t zero_ns);

#endif

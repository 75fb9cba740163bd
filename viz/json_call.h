/*
 * The calls of a recording as JSON, and what its sockets looked like at the end. A part of json.h's
 * document; pure.
 */
#ifndef SEAM_VIZ_JSON_CALL_H
#define SEAM_VIZ_JSON_CALL_H

#include <stdint.h>

#include "capture/trace.h"
#include "viz/json_writer.h"

/* The member "calls": every call, in order of serial number. */
void json_write_calls(struct json_writer *writer, const struct trace *trace, int64_t zero_ns);
/* One socket, as an element of an array. */
void json_write_socket(struct json_writer *writer, const struct trace *trace,
                       const struct trace_socket *socket, int64_t zero_ns);
/* The member "sockets"; nothing if the trace has none. */
void json_write_sockets(struct json_writer *writer, const struct trace *trace, int64_t zero_ns);

#endif

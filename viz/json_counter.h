/*
 * What the kernel counted and how it saw its connections, as JSON. A part of json.h's document;
 * pure.
 */
#ifndef SEAM_VIZ_JSON_COUNTER_H
#define SEAM_VIZ_JSON_COUNTER_H

#include <stdint.h>

#include "capture/trace.h"
#include "viz/json_writer.h"

/* The member "tcp"; nothing if nothing is known. */
void json_write_tcp(struct json_writer *writer, const struct trace_tcp *tcp);
/* The member "counters": what rose over the run, by host. Nothing if nothing did. */
void json_write_counters(struct json_writer *writer, const struct trace *trace);
/* The member "marks": counters and sockets at each note that stands alone. Nothing if there are
 * none. */
void json_write_marks(struct json_writer *writer, const struct trace *trace, int64_t zero_ns);

#endif

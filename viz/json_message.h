/*
 * Messages as JSON: what each end framed, and what it decoded. A part of json.h's document; pure.
 */
#ifndef SEAM_VIZ_JSON_MESSAGE_H
#define SEAM_VIZ_JSON_MESSAGE_H

#include <stdint.h>

#include "capture/trace.h"
#include "viz/json_writer.h"

/* The member "messages"; nothing without any. */
void json_write_messages(struct json_writer *writer, const struct trace *trace, int64_t zero_ns);

#endif

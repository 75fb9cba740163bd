/*
 * The calls of one endpoint, in memory, on their way into the recording. One thread (the
 * endpoint's) appends, one other (the recorder) takes out; neither waits for the other. A call is
 * published when it begins and again when it ends, so that one which never returns is known too.
 */
#ifndef SEAM_SIM_CALL_LOG_H
#define SEAM_SIM_CALL_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/call.h"

struct call_log;
struct call_slot;

struct call_log *call_log_create(void);
/* When neither thread uses it any more. Accepts NULL. */
void call_log_destroy(struct call_log *log);

/* ---- the endpoint's side ---- */

/*
 * Publishes the begin of a call; its payload (at most CALL_PAYLOAD_MAX bytes), detail and note are
 * copied. Of a read the payload is not known yet: it comes with the end.
 */
struct call_slot *call_log_begin(struct call_log *log, const struct call *call);
/* Publishes its end: call is the whole call, the fields of its begin unchanged. */
void call_log_end(struct call_slot *slot, const struct call *call);

/* ---- the recorder's side ---- */

/*
 * The next thing to record: a call that has ended, or one that has begun and not ended (handed out
 * once so, and again when it has ended). false if there is nothing new. Texts in *call are lent
 * until the next call of this function.
 */
bool call_log_take(struct call_log *log, struct call *call);

#endif

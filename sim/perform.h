/*
 * Performs one call of a step on behalf of an endpoint, and logs it.
 */
#ifndef SEAM_SIM_PERFORM_H
#define SEAM_SIM_PERFORM_H

#include "sim/endpoint.h"

#define PERFORM_NOT_DUE INT64_MIN

/*
 * Performs step once; a recv with `until`, a setsockopt of several options and a socket with the
 * endpoint's options make several calls. due_ns: when it was to begin, on CLOCK_MONOTONIC, or
 * PERFORM_NOT_DUE; the caller has waited. Returns the errno of the first call that failed, 0 if
 * none did.
 */
int perform_step(struct endpoint *endpoint, const struct step *step, int64_t due_ns,
                 uint32_t repetition);

/* Logs a remark of Seam's own, as a note that failed: a failure that was announced and did not
 * come. */
void perform_remark(struct endpoint *endpoint, const struct step *step, const char *remark);

/* Closes a socket at the end of a script, logged as implied. */
void perform_implied_close(struct endpoint *endpoint, struct socket_entry *entry);

#endif

/*
 * The two halves of perform_message(), and the calls that they are made of. For sim/perform_*.c
 * only.
 */
#ifndef SEAM_SIM_MESSAGE_CALLS_H
#define SEAM_SIM_MESSAGE_CALLS_H

#include "sim/attempt.h"
#include "sim/framing.h"

const struct framing *message_framing(const struct turn *turn);

/* One write of these bytes; number and made as in struct turn. Returns its errno. */
int message_write(const struct turn *turn, enum call_name call, struct payload *payloads,
                  size_t count, const char *note, const uint32_t *number, int64_t due_ns,
                  struct call *made);
/* One recv; what it got is in the endpoint's room. */
int message_read(const struct turn *turn, uint64_t room, const char *note, struct call *made);

int message_send(const struct turn *turn, struct socket_entry *entry);
int message_recv(const struct turn *turn, struct socket_entry *entry);

#endif

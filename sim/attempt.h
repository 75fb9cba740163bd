/*
 * One call being made: stamps its begin, publishes it, and stamps its end. Only perform*.c use
 * this.
 *
 *   struct attempt attempt = attempt_of(turn, CALL_SEND, entry);
 *   attempt.call.asked = length;
 *   attempt_begin(&attempt);
 *   result = send(…);
 *   error = attempt_end(&attempt, result);
 */
#ifndef SEAM_SIM_ATTEMPT_H
#define SEAM_SIM_ATTEMPT_H

#include "sim/endpoint.h"

/* One turn of a step. */
struct turn {
	struct endpoint *endpoint;
	const struct step *step;
	int64_t due_ns; /* PERFORM_NOT_DUE */
	uint32_t repetition;
	const uint32_t *number; /* of a write: its letter, taken before; NULL: the next */
	struct call *made;      /* NULL, or gets the last call that it made, as published */
};

struct attempt {
	const struct turn *turn;
	struct call call;
	struct call_slot *slot;
};

/* entry may be NULL. The caller may fill more of call before attempt_begin(). */
struct attempt attempt_of(const struct turn *turn, enum call_name name,
                          const struct socket_entry *entry);
void attempt_begin(struct attempt *attempt);
/* result < 0 takes errno. The caller may fill more of call between. Returns the errno, 0 if it did
 * not fail. */
int attempt_end(struct attempt *attempt, int64_t result);
/* The same, with errno and end stamped before by attempt_stamp(), for what must be asked in
 * between. */
void attempt_stamp(struct attempt *attempt, int64_t result);
int attempt_publish(struct attempt *attempt);

/* ---- the calls; each performs a whole step and returns the errno of its first failure ---- */

int perform_write(const struct turn *turn);
int perform_read(const struct turn *turn);
int perform_message(const struct turn *turn); /* send_message recv_message */
int perform_setup(const struct turn *turn);   /* socket bind listen accept connect setsockopt */

/* What a write of that number is filled with. */
char perform_letter(uint32_t message);
/* The socket that the step is about; NULL if the endpoint has none such. */
struct socket_entry *attempt_socket(const struct turn *turn);
/* Where an endpoint can be reached, as its port or what its socket is bound to; ADDRESS_NONE if
 * nowhere yet. */
struct address attempt_target(const struct turn *turn, int endpoint);

#endif

/*
 * send_message and recv_message: a message becomes the writes that its framing makes of it, and is
 * taken out of the reads again. The calls are those that a script could spell; beside them the
 * message itself is kept, as its own end saw it.
 */
#include "sim/message_calls.h"
#include "sim/perform.h"

const struct framing *message_framing(const struct turn *turn)
{
	return &turn->endpoint->spec->framing;
}

/* One write of these bytes. */
int message_write(const struct turn *turn, enum call_name call, struct payload *payloads,
                  size_t count, const char *note, const uint32_t *number, int64_t due_ns,
                  struct call *made)
{
	struct step step = *turn->step;
	struct turn part = *turn;

	step.is_message = false;
	step.call = call;
	step.payloads = payloads;
	step.payload_count = count;
	step.flags = 0;
	step.note = (char *)(uintptr_t)note;
	part.step = &step;
	part.number = number;
	part.due_ns = due_ns;
	part.made = made;
	return perform_write(&part);
}

int message_read(const struct turn *turn, uint64_t room, const char *note, struct call *made)
{
	struct step step = *turn->step;
	struct turn part = *turn;

	step.is_message = false;
	step.call = CALL_RECV;
	step.size = room;
	step.until = UNTIL_NONE;
	step.flags = 0;
	step.note = (char *)(uintptr_t)note;
	part.step = &step;
	part.due_ns = PERFORM_NOT_DUE;
	part.made = made;
	return perform_read(&part);
}

int perform_message(const struct turn *turn)
{
	struct socket_entry *entry = attempt_socket(turn);

	return call_is_write(turn->step->call) ? message_send(turn, entry)
	                                       : message_recv(turn, entry);
}

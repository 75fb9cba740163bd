/*
 * recv_message: reads until the decoder has a message; what it has beyond that waits for the next
 * step.
 */
#include "capture/mem.h"
#include "sim/message_calls.h"
#include "sim/perform.h"

/* Of one socket. */
struct message_reader {
	struct framing_decoder decoder;
	uint64_t waiting; /* decoded, and not yet asked for */
	bool over;        /* the stream has ended */
	uint32_t first_call;
	int64_t begin_ns;
};

/* What one read brought. */
struct arrival {
	const struct turn *turn;
	struct socket_entry *entry;
	const struct call *made;
	uint64_t from; /* its offset */
};

static void keep_decoded(void *context, const struct framing_message *message)
{
	const struct arrival *arrival = context;
	struct message_reader *reader = arrival->entry->reader;
	const struct call *made = arrival->made;
	bool earlier = message->from < arrival->from;
	const struct trace_message kept = {
		.socket = arrival->entry->id,
		.endpoint = (uint16_t)arrival->turn->endpoint->index,
		.from = message->from,
		.to = message->to,
		.body_from = message->body_from,
		.body_to = message->body_to,
		.first_call = earlier ? reader->first_call : made->serial,
		.last_call = made->serial,
		.begin_ns = earlier ? reader->begin_ns : made->begin_ns,
		.end_ns = made->end_ns,
		.finding = message->finding,
		.wrong_at = message->wrong_at,
	};

	reader->waiting++;
	message_log_add(&arrival->turn->endpoint->messages, &kept);
}

/* Where a message that this read did not end began in it. */
static void remember_begin(const struct arrival *arrival)
{
	struct message_reader *reader = arrival->entry->reader;
	uint64_t from;

	if (!framing_has_begun(&reader->decoder, &from) || from < arrival->from)
		return;
	reader->first_call = arrival->made->serial;
	reader->begin_ns = arrival->made->begin_ns;
}

static struct message_reader *reader_of(const struct turn *turn, struct socket_entry *entry)
{
	struct message_reader *reader = entry->reader;
	uint64_t from;

	if (!reader)
		reader = entry->reader = mem_alloc(1, sizeof(*reader));
	else if (framing_has_begun(&reader->decoder, &from) ||
	         framing_is_broken(&reader->decoder) || reader->waiting)
		return reader;
	/* Plain reads may have come between. */
	framing_decoder_begin(&reader->decoder, message_framing(turn), entry->read);
	return reader;
}

static int send_ready(const struct turn *turn)
{
	static const char ready[] = "recv_ready";
	struct payload payload = { sizeof(ready) - 1, (uint8_t *)(uintptr_t)ready };

	return message_write(turn, CALL_SEND, &payload, 1, "ready", NULL, PERFORM_NOT_DUE, NULL);
}

static int read_some(const struct turn *turn, struct socket_entry *entry)
{
	struct message_reader *reader = entry->reader;
	bool keeps = trace_transport_is_message(entry->transport);
	uint64_t room = turn->step->size;
	struct call made;
	struct arrival arrival = { turn, entry, &made, entry->read };
	uint64_t from;
	/* The label of a message stands on its first read. */
	const char *note = framing_has_begun(&reader->decoder, &from) ? NULL : turn->step->note;
	int error = message_read(turn, keeps ? room : framing_wants(&reader->decoder, room), note,
	                         &made);

	if (error)
		return error;
	/* Only UDP and UNIX datagrams have empty ones. */
	if (!made.result && (!keeps || entry->transport == TRANSPORT_UNIX_SEQPACKET)) {
		framing_decode_end(&reader->decoder, keep_decoded, &arrival);
		reader->over = true;
		return 0;
	}
	framing_decode(&reader->decoder, (const uint8_t *)turn->endpoint->room.bytes,
	               (size_t)made.result, keep_decoded, &arrival);
	remember_begin(&arrival);
	return framing_owes_ready(&reader->decoder) ? send_ready(turn) : 0;
}

int message_recv(const struct turn *turn, struct socket_entry *entry)
{
	struct message_reader *reader = reader_of(turn, entry);
	bool all = turn->step->until == UNTIL_EOF;

	while (!reader->over && (all || !reader->waiting) &&
	       (all || !framing_is_broken(&reader->decoder))) {
		int error = read_some(turn, entry);

		if (error)
			return error;
	}
	if (all)
		reader->waiting = 0;
	else if (reader->waiting)
		reader->waiting--;
	return 0;
}

/*
 * send_message: the writes that its framing makes of a message, with the letter of the write that
 * carries the body in it.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/message_calls.h"

#define READY_ROOM  1024
#define NUMBERS_MAX 3 /* writes up to the first with bytes of the body */

struct sending {
	const struct turn *turn;
	struct socket_entry *entry;
	struct framing_pieces pieces;
	uint32_t numbers[NUMBERS_MAX]; /* of its first writes, taken before the body is filled */
	size_t number_count, written;
	int64_t due_ns;
	struct trace_message message;
};

/* Which of a message's writes has the first byte of its body: that write's letter fills it. */
static size_t write_with_body(const struct framing *framing)
{
	if (framing->writes != FRAMING_SEPARATE || framing->ready)
		return 0;
	switch (framing->kind) {
	case FRAMING_NONE:
	case FRAMING_FIXED:
	case FRAMING_DELIMITER: return 0;
	case FRAMING_JSON:
	case FRAMING_HTTP_CHUNKED: return 2;
	case FRAMING_LENGTH:
	case FRAMING_VARINT:
	case FRAMING_LENGTH_TEXT:
	case FRAMING_DNS:
	case FRAMING_HTTP_LENGTH:
	case FRAMING_TLS:
	case FRAMING_KIND_COUNT: break;
	}
	return 1;
}

/* The body in memory of its own, which is to be freed. */
static uint8_t *make_body(struct sending *sending)
{
	const struct payload *payload = sending->turn->step->payloads;
	uint8_t *body = mem_alloc(payload->length + 1, 1);

	if (payload->bytes)
		memcpy(body, payload->bytes, payload->length);
	else if (payload->length)
		memset(body, perform_letter(sending->numbers[sending->number_count - 1]),
		       payload->length);
	return body;
}

static void add_written(struct sending *sending, const struct call *made)
{
	struct trace_message *message = &sending->message;

	if (!sending->written++) {
		message->first_call = made->serial;
		message->begin_ns = made->begin_ns;
	}
	message->last_call = made->serial;
	message->end_ns = made->end_ns;
	message->to = sending->entry->written;
	sending->due_ns = made->end_mono_ns;
}

static int write_pieces(struct sending *sending, enum call_name call, struct payload *payloads,
                        size_t count, const char *note)
{
	bool known = sending->written < sending->number_count;
	const uint32_t *number = known ? &sending->numbers[sending->written] : NULL;
	struct call made;
	int error = message_write(sending->turn, call, payloads, count, note, number,
	                          sending->due_ns, &made);

	if (!error)
		add_written(sending, &made);
	return error;
}

static int write_separate(struct sending *sending)
{
	const struct step *step = sending->turn->step;
	bool alone = sending->pieces.count == 1;

	for (size_t i = 0; i < sending->pieces.count; i++) {
		const struct framing_piece *piece = &sending->pieces.list[i];
		struct payload payload = { piece->length, (uint8_t *)(uintptr_t)piece->bytes };
		bool is_body = alone || piece->part == FRAMING_BODY;
		const char *note = is_body                         ? step->note
		                   : piece->part == FRAMING_HEADER ? "header"
		                                                   : "end";
		struct call made;
		int error = write_pieces(sending, CALL_SEND, &payload, 1, note);

		if (!error && piece->awaits) {
			error = message_read(sending->turn, READY_ROOM, "ready", &made);
			sending->due_ns = made.end_mono_ns;
		}
		if (error)
			return error;
	}
	return 0;
}

static int write_joined(struct sending *sending)
{
	struct buffer all = { 0 };
	int error;

	for (size_t i = 0; i < sending->pieces.count; i++)
		buffer_add(&all, sending->pieces.list[i].bytes, sending->pieces.list[i].length);
	struct payload payload = { all.length, (uint8_t *)all.bytes };

	error = write_pieces(sending, CALL_SEND, &payload, 1, sending->turn->step->note);
	buffer_finish(&all);
	return error;
}

static int write_vector(struct sending *sending)
{
	size_t count = sending->pieces.count;
	struct payload *payloads = mem_alloc(count, sizeof(*payloads));
	int error;

	for (size_t i = 0; i < count; i++)
		payloads[i] =
			(struct payload){ sending->pieces.list[i].length,
			                  (uint8_t *)(uintptr_t)sending->pieces.list[i].bytes };
	error = write_pieces(sending, CALL_WRITEV, payloads, count, sending->turn->step->note);
	free(payloads);
	return error;
}

/* Where the body lies in the message, as a decoder sees it. */
static void mark_body(struct sending *sending)
{
	bool chunked = message_framing(sending->turn)->kind == FRAMING_HTTP_CHUNKED;
	struct trace_message *message = &sending->message;
	uint64_t at = message->from;
	bool begun = false;

	for (size_t i = 0; i < sending->pieces.count; i++) {
		const struct framing_piece *piece = &sending->pieces.list[i];

		if (!begun && (piece->part != FRAMING_HEADER || (chunked && i == 1))) {
			message->body_from = message->body_to = at;
			begun = true;
		}
		at += piece->length;
		if (!begun)
			message->body_from = message->body_to = at;
		if (piece->part == FRAMING_BODY)
			message->body_to = at;
	}
}

static void keep_sent(struct sending *sending)
{
	struct trace_message *message = &sending->message;

	mark_body(sending);
	/* A write that failed left the rest of it unsent. */
	if (message->body_from > message->to)
		message->body_from = message->to;
	if (message->body_to > message->to)
		message->body_to = message->to;
	message_log_add(&sending->turn->endpoint->messages, message);
}

static int write_all(struct sending *sending)
{
	switch (message_framing(sending->turn)->writes) {
	case FRAMING_JOINED: return write_joined(sending);
	case FRAMING_WRITEV: return write_vector(sending);
	case FRAMING_SEPARATE:
	case FRAMING_WRITES_COUNT: break;
	}
	return write_separate(sending);
}

int message_send(const struct turn *turn, struct socket_entry *entry)
{
	const struct framing *framing = message_framing(turn);
	struct stage *stage = turn->endpoint->stage;
	struct sending sending = { .turn = turn, .entry = entry, .due_ns = turn->due_ns };
	struct err err = { 0 };
	uint8_t *body;
	int error = 0;

	sending.message = (struct trace_message){ .socket = entry->id,
		                                  .endpoint = (uint16_t)turn->endpoint->index,
		                                  .sent = true,
		                                  .from = entry->written,
		                                  .to = entry->written };
	if (turn->step->payloads->length || write_with_body(framing) == 0)
		sending.number_count = write_with_body(framing) + 1;
	for (size_t i = 0; i < sending.number_count; i++)
		sending.numbers[i] = stage_next_message(stage);
	body = make_body(&sending);
	/* The parser has seen that it fits. */
	if (framing_encode(framing, body, turn->step->payloads->length, turn->step->claimed,
	                   &sending.pieces, &err) == 0)
		error = write_all(&sending);
	if (sending.written)
		keep_sent(&sending);
	for (size_t i = sending.number_count; i > sending.written; i--)
		stage_return_message(stage, sending.numbers[i - 1]);
	framing_pieces_finish(&sending.pieces);
	free(body);
	return error;
}

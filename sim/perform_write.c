/*
 * Writes. What the script did not spell is filled with one letter a write, the same that names it
 * in the picture, so that a hex dump shows the sticking too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "capture/mem.h"
#include "sim/attempt.h"

/* Lays out all parts of the write; *vectors is to be freed. Filled parts share the endpoint's room.
 */
static uint64_t gather(const struct turn *turn, uint32_t message, struct iovec **vectors)
{
	struct buffer *room = &turn->endpoint->room;
	const struct step *step = turn->step;
	uint64_t total = 0, longest = 0;

	*vectors = mem_alloc(step->payload_count, sizeof(**vectors));
	for (size_t i = 0; i < step->payload_count; i++) {
		if (!step->payloads[i].bytes && step->payloads[i].length > longest)
			longest = step->payloads[i].length;
		total += step->payloads[i].length;
	}
	buffer_clear(room);
	buffer_fill(room, perform_letter(message), longest);
	for (size_t i = 0; i < step->payload_count; i++) {
		const struct payload *payload = &step->payloads[i];

		(*vectors)[i].iov_base = payload->bytes ? (char *)payload->bytes : room->bytes;
		(*vectors)[i].iov_len = payload->length;
	}
	return total;
}

/* The first bytes of all parts, for the record. */
static uint32_t excerpt(const struct iovec *vectors, size_t count, uint8_t out[CALL_PAYLOAD_MAX])
{
	size_t have = 0;

	for (size_t i = 0; i < count && have < CALL_PAYLOAD_MAX; i++) {
		size_t part = vectors[i].iov_len;

		if (part > CALL_PAYLOAD_MAX - have)
			part = CALL_PAYLOAD_MAX - have;
		if (part)
			memcpy(out + have, vectors[i].iov_base, part);
		have += part;
	}
	return (uint32_t)have;
}

/* A file with the bytes of the write, for sendfile(2); -1 with errno. */
static int memory_file(const struct iovec *vectors, size_t count)
{
	int fd = memfd_create("seam", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char *at = vectors[i].iov_base;
		size_t left = vectors[i].iov_len;

		while (left) {
			ssize_t written = write(fd, at, left);

			if (written <= 0) {
				close(fd);
				return -1;
			}
			at += written;
			left -= (size_t)written;
		}
	}
	return fd;
}

/* Where the write goes: to an address, or over the connection (NONE). */
static struct address target_of(const struct turn *turn, const struct socket_entry *entry)
{
	const struct step *step = turn->step;

	if (step->address.family != ADDRESS_NONE)
		return step->address;
	if (step->to >= 0)
		return attempt_target(turn, step->to);
	/* A socket that is not connected answers whoever sent what was read last. */
	if (step->to == SCENARIO_SENDER ||
	    (trace_transport_is_message(entry->transport) && entry->remote.family == ADDRESS_NONE))
		return entry->last_sender;
	return (struct address){ 0 };
}

static ssize_t write_bytes(const struct turn *turn, const struct socket_entry *entry,
                           const struct msghdr *message, int file, uint64_t length)
{
	const struct iovec *vectors = message->msg_iov;
	int flags = (int)turn->step->flags;

	switch (turn->step->call) {
	case CALL_SENDFILE: return sendfile(entry->fd, file, &(off_t){ 0 }, length);
	case CALL_WRITEV: return writev(entry->fd, vectors, (int)message->msg_iovlen);
	case CALL_SEND:
		if (!message->msg_name)
			return send(entry->fd, vectors->iov_base, vectors->iov_len, flags);
		/* fallthrough */
	case CALL_SENDTO:
		return sendto(entry->fd, vectors->iov_base, vectors->iov_len, flags,
		              message->msg_name, message->msg_namelen);
	default: return sendmsg(entry->fd, message, flags);
	}
}

char perform_letter(uint32_t message)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return letters[message % (sizeof(letters) - 1)];
}

int perform_write(const struct turn *turn)
{
	struct socket_entry *entry = attempt_socket(turn);
	struct attempt attempt = attempt_of(turn, turn->step->call, entry);
	uint8_t payload[CALL_PAYLOAD_MAX];
	struct sockaddr_storage storage;
	struct address target = target_of(turn, entry);
	struct msghdr message = { .msg_iovlen = turn->step->payload_count };
	int file = -1;

	attempt.call.message =
		turn->number ? *turn->number : stage_next_message(turn->endpoint->stage);
	uint64_t length = gather(turn, attempt.call.message, &message.msg_iov);

	if (target.family != ADDRESS_NONE) {
		message.msg_namelen = address_to_sockaddr(&target, &storage);
		message.msg_name = &storage;
		attempt.call.remote = target;
	}
	if (turn->step->call == CALL_SENDFILE)
		file = memory_file(message.msg_iov, message.msg_iovlen);
	attempt.call.payload_length = excerpt(message.msg_iov, message.msg_iovlen, payload);
	attempt.call.payload = payload;
	attempt.call.asked = (int64_t)length;
	attempt.call.offset = (int64_t)entry->written;
	attempt_begin(&attempt);
	attempt_stamp(&attempt, write_bytes(turn, entry, &message, file, length));
	if (attempt.call.result > 0)
		entry->written += (uint64_t)attempt.call.result;
	if (attempt.call.result < 0)
		stage_return_message(turn->endpoint->stage, attempt.call.message);
	/* The first datagram binds its socket. */
	if (!entry->local.port && trace_transport_is_message(entry->transport)) {
		socket_learn_addresses(entry);
		attempt.call.local = entry->local;
		stage_set_address(turn->endpoint->stage, turn->endpoint->index, entry->local);
	}
	if (file >= 0)
		close(file);
	free(message.msg_iov);
	return attempt_publish(&attempt);
}

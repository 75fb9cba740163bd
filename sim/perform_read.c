/*
 * Reads, by recvmsg(2) throughout: it returns the flags, the sender and the kernel's receive stamp
 * beside the bytes.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "sim/attempt.h"

/* The receive stamp among the control messages, 0 if there is none. */
static int64_t stamp_of(struct msghdr *message)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		struct timespec stamp;

		if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(control), sizeof(stamp));
		return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
	}
	return 0;
}

static int read_once(const struct turn *turn, struct socket_entry *entry, int64_t *result)
{
	struct attempt attempt = attempt_of(turn, turn->step->call, entry);
	bool is_message = trace_transport_is_message(entry->transport);
	struct sockaddr_storage sender;
	char control[512];
	struct iovec vector = { .iov_base = turn->endpoint->room.bytes,
		                .iov_len = turn->step->size };
	struct msghdr message = { .msg_name = &sender,
		                  .msg_namelen = sizeof(sender),
		                  .msg_iov = &vector,
		                  .msg_iovlen = 1,
		                  .msg_control = control,
		                  .msg_controllen = sizeof(control) };

	attempt.call.asked = (int64_t)turn->step->size;
	attempt.call.offset = (int64_t)entry->read;
	attempt_begin(&attempt);
	attempt_stamp(&attempt, recvmsg(entry->fd, &message, (int)turn->step->flags));
	*result = attempt.call.result;
	if (*result < 0)
		return attempt_publish(&attempt);
	attempt.call.got_flags = (uint32_t)message.msg_flags;
	if (is_message) {
		attempt.call.stamp_ns = stamp_of(&message);
		if (message.msg_namelen) {
			entry->last_sender = address_from_sockaddr(&sender, message.msg_namelen);
			attempt.call.remote = entry->last_sender;
		}
	}
	if (!(turn->step->flags & MSG_PEEK))
		entry->read += (uint64_t)*result;
	uint64_t got = (uint64_t)*result < turn->step->size ? (uint64_t)*result : turn->step->size;

	/* With MSG_TRUNC TCP throws the bytes away instead of copying them. */
	if (!(turn->step->flags & MSG_TRUNC) || is_message) {
		attempt.call.payload = (const uint8_t *)turn->endpoint->room.bytes;
		attempt.call.payload_length =
			(uint32_t)(got < CALL_PAYLOAD_MAX ? got : CALL_PAYLOAD_MAX);
	}
	return attempt_publish(&attempt);
}

/* A read of 0 bytes is the end of a stream; of a connection of messages only if the peer is gone,
 * else an empty one. */
static bool is_end(const struct socket_entry *entry)
{
	struct pollfd poll_fd = { .fd = entry->fd, .events = POLLRDHUP };

	if (!trace_transport_is_message(entry->transport))
		return true;
	return entry->transport == TRANSPORT_UNIX_SEQPACKET && poll(&poll_fd, 1, 0) > 0 &&
	       (poll_fd.revents & (POLLRDHUP | POLLHUP));
}

int perform_read(const struct turn *turn)
{
	struct socket_entry *entry = attempt_socket(turn);
	const struct step *step = turn->step;
	uint64_t total = 0;
	int64_t result = 0;
	int error;

	buffer_clear(&turn->endpoint->room);
	buffer_fill(&turn->endpoint->room, '\0', step->size);
	do {
		error = read_once(turn, entry, &result);
		if (error || step->until == UNTIL_NONE)
			return error;
		total += (uint64_t)result;
		if (!result && is_end(entry))
			return 0;
	} while (step->until == UNTIL_EOF || total < step->until_bytes);
	return 0;
}

#include "sim/perform.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/quantity.h"
#include "sim/attempt.h"
#include "sim/clock.h"

static int no_socket(const struct turn *turn)
{
	struct attempt attempt = attempt_of(turn, turn->step->call, NULL);

	attempt_begin(&attempt);
	errno = EBADF; /* what the kernel says of a descriptor that is not open */
	return attempt_end(&attempt, -1);
}

static int do_shutdown(const struct turn *turn, struct socket_entry *entry)
{
	static const char *const names[] = { "SHUT_RD", "SHUT_WR", "SHUT_RDWR" };
	struct attempt attempt = attempt_of(turn, CALL_SHUTDOWN, entry);

	attempt.call.detail = names[turn->step->how];
	attempt_begin(&attempt);
	return attempt_end(&attempt, shutdown(entry->fd, turn->step->how));
}

static int do_close(const struct turn *turn, struct socket_entry *entry, bool implied)
{
	struct attempt attempt = attempt_of(turn, CALL_CLOSE, entry);
	struct endpoint *endpoint = turn->endpoint;
	int fd = entry->fd;

	attempt.call.implied |= implied;
	if (!implied)
		endpoint_remember(endpoint, entry);
	attempt_begin(&attempt);
	/* Out of the table first: the recorder must not ask a descriptor that is another's by then.
	 */
	pthread_mutex_lock(&endpoint->lock);
	entry->fd = -1;
	pthread_mutex_unlock(&endpoint->lock);
	return attempt_end(&attempt, close(fd));
}

static int do_poll(const struct turn *turn, struct socket_entry *entry)
{
	struct attempt attempt = attempt_of(turn, CALL_POLL, entry);
	struct pollfd poll_fd = { .fd = entry->fd, .events = turn->step->events };
	int64_t wait_ns = turn->step->duration_ns;
	struct timespec wait = { .tv_sec = wait_ns / 1000000000, .tv_nsec = wait_ns % 1000000000 };
	char detail[64];

	snprintf(detail, sizeof(detail), "%s%s", poll_fd.events & POLLIN ? "POLLIN" : "",
	         poll_fd.events & POLLOUT ? (poll_fd.events & POLLIN ? "|POLLOUT" : "POLLOUT")
	                                  : "");
	attempt.call.detail = detail;
	attempt_begin(&attempt);
	return attempt_end(&attempt, ppoll(&poll_fd, 1, wait_ns < 0 ? NULL : &wait, NULL));
}

static int do_sleep(const struct turn *turn)
{
	struct attempt attempt = attempt_of(turn, CALL_SLEEP, NULL);
	char detail[QUANTITY_TEXT];

	attempt.call.detail = quantity_time(detail, turn->step->duration_ns);
	attempt_begin(&attempt);
	clock_wait_until(attempt.call.begin_mono_ns + turn->step->duration_ns);
	return attempt_end(&attempt, 0);
}

static int do_signal(const struct turn *turn)
{
	struct attempt attempt = attempt_of(turn, CALL_SIGNAL, NULL);

	attempt.call.detail = turn->step->signal;
	attempt_begin(&attempt);
	stage_raise(turn->endpoint->stage, turn->step->signal);
	return attempt_end(&attempt, 0);
}

static int do_wait(const struct turn *turn)
{
	struct attempt attempt = attempt_of(turn, CALL_WAIT, NULL);
	struct buffer names = { 0 };

	for (size_t i = 0; i < turn->step->wait_count; i++)
		buffer_format(&names, "%s%s", i ? ", " : "", turn->step->waits[i]);
	attempt.call.detail = names.bytes;
	attempt_begin(&attempt);
	stage_wait_signals(turn->endpoint->stage, turn->step->waits, turn->step->wait_count);
	attempt_stamp(&attempt, 0);
	attempt_publish(&attempt);
	buffer_finish(&names);
	return 0;
}

static int do_note(const struct turn *turn)
{
	struct attempt attempt = attempt_of(turn, CALL_NOTE, NULL);

	attempt_begin(&attempt);
	attempt_end(&attempt, 0);
	endpoint_mark(turn->endpoint, &attempt.call);
	return 0;
}

static int perform_turn(const struct turn *turn)
{
	struct socket_entry *entry = attempt_socket(turn);
	enum call_name call = turn->step->call;

	switch (call) {
	case CALL_SOCKET: return perform_setup(turn);
	case CALL_SLEEP: return do_sleep(turn);
	case CALL_SIGNAL: return do_signal(turn);
	case CALL_WAIT: return do_wait(turn);
	case CALL_NOTE: return do_note(turn);
	default: break;
	}
	if (!entry)
		return no_socket(turn);
	if (turn->step->is_message)
		return perform_message(turn);
	switch (call) {
	case CALL_SHUTDOWN: return do_shutdown(turn, entry);
	case CALL_CLOSE: return do_close(turn, entry, false);
	case CALL_POLL: return do_poll(turn, entry);
	default: break;
	}
	if (call_is_write(call))
		return perform_write(turn);
	return call_is_read(call) ? perform_read(turn) : perform_setup(turn);
}

int perform_step(struct endpoint *endpoint, const struct step *step, int64_t due_ns,
                 uint32_t repetition)
{
	struct turn turn = {
		.endpoint = endpoint, .step = step, .due_ns = due_ns, .repetition = repetition
	};

	return perform_turn(&turn);
}

void perform_remark(struct endpoint *endpoint, const struct step *step, const char *remark)
{
	struct turn turn = { .endpoint = endpoint, .step = step, .due_ns = PERFORM_NOT_DUE };
	struct attempt attempt = attempt_of(&turn, CALL_NOTE, NULL);

	attempt.call.note = remark;
	attempt.call.implied = true;
	attempt_begin(&attempt);
	errno = EPROTO;
	attempt_end(&attempt, -1);
}

void perform_implied_close(struct endpoint *endpoint, struct socket_entry *entry)
{
	static const struct step nothing = { .times = 1, .implied = true };
	struct turn turn = { .endpoint = endpoint, .step = &nothing, .due_ns = PERFORM_NOT_DUE };

	do_close(&turn, entry, true);
}

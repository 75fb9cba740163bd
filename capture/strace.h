/*
 * The log of `strace -f -ttt -T -yy -e trace=network,read,write,… COMMAND` as calls: what the
 * application did, from any machine on which only strace can be run. Pure: text in, calls out.
 *
 * Understood: with and without pids (-f, [pid N], -Y's names), absolute times to the microsecond or
 * nanosecond (-ttt, --timestamps=unix,ns; others are refused with the option that helps), -T
 * durations, unfinished/resumed pairs, signals, exits, strings with escapes and cut ones ("…"...),
 * -y/-yy decorations of descriptors, -x. Calls: socket bind listen accept accept4 connect send
 * sendto sendmsg sendmmsg write writev recv recvfrom recvmsg recvmmsg read readv sendfile
 * setsockopt shutdown close dup dup2 dup3 fcntl(F_DUPFD) getsockname getpeername poll ppoll
 * epoll_wait (as moments), fork vfork clone clone3 (descriptors are inherited, or shared by
 * threads), execve (names). Sockets of other families than TCP's and UDP's, files and pipes are
 * passed over: nothing of them is on a wire.
 *
 * What strace says of time is early: it stamps a call, spells its arguments (with -yy it asks the
 * kernel about the socket), and only then lets it begin and takes the time that -T measures
 * (syscall.c, syscall_entering_finish()). So begin and end of a call are up to that later than the
 * log says; what is certain is that it had ended when strace stamped its next line.
 */
#ifndef SEAM_CAPTURE_STRACE_H
#define SEAM_CAPTURE_STRACE_H

#include <stddef.h>
#include <stdint.h>

#include "capture/arena.h"
#include "capture/call.h"
#include "capture/err.h"
#include "capture/trace.h"

/* A socket of the log; its index is the id that calls name. */
struct strace_socket {
	enum trace_transport transport;
	struct address local, remote; /* as last known; ADDRESS_NONE or port 0: never said */
	uint16_t endpoint;            /* whose it was first */
	bool whole;                   /* the log has it from its begin: stream offsets count */
	bool listening, accepted;
};

struct strace_log {
	struct call *calls; /* by begin; times in the log's clock; serials, offsets, messages are
	                       set; texts and payloads lent by the log */
	size_t call_count;
	int64_t *latest_ns; /* one a call: by then it had ended; INT64_MAX unknown */
	struct strace_socket *sockets;
	size_t socket_count;
	struct trace_endpoint *endpoints; /* one a process that used a socket, "curl 4711" */
	size_t endpoint_count;
	uint64_t lines, passed_over; /* lines that are no call, or of one not understood */
	int64_t resolution_ns;       /* a time is up to that later than it says */
	int64_t spelling_ns; /* what strace itself takes for a call: nine of ten took less */
	struct arena texts;
};

/* ERR_INPUT with the line where it cannot be an strace log, or has no absolute times, or no
 * durations, or no call on a TCP or UDP socket. name is for messages. */
int strace_read(const char *text, size_t length, const char *name, struct strace_log *log,
                struct err *err);
/* Accepts a zeroed log. */
void strace_finish(struct strace_log *log);

#endif
